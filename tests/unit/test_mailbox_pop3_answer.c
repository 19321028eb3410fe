/* test_mailbox_pop3_answer.c - answers of POP3 servers, whole, cut at every place, and wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mail/mailbox_pop3_answer.h"

#define MOST 12

// clang-format off
static const struct {
	const char *name, *in, *want;
	size_t rest;			/* octets behind its end */
} messages[] = {
	{ "plain",                "a\r\nb\r\n.\r\n",              "a\r\nb\r\n",       0 },
	{ "empty",                ".\r\n",                        "",                 0 },
	{ "the next answer",      "a\r\n.\r\n+OK x\r\n",          "a\r\n",            7 },
	{ "stuffed",              "..a\r\n..\r\n.\r\n",           ".a\r\n.\r\n",      0 },
	{ "three dots",           "...\r\n.\r\n",                 "..\r\n",           0 },
	{ "not stuffed",          ".a\r\n.\r\n",                  "a\r\n",            0 },
	{ "a dot within",         "a.\r\n.\r\n",                  "a.\r\n",           0 },
	{ "bare LF is text",      "a\n.\nb\r\n.\r\n",             "a\n.\nb\r\n",      0 },
	{ "bare CR is text",      "a\r.\rb\r\n.\r\n",             "a\r.\rb\r\n",      0 },
	{ "a dot and a CR",       ".\rb\r\n.\r\n",                "\rb\r\n",          0 },
	{ "a dot and two CR",     ".\r\r\n.\r\n",                 "\r\r\n",           0 },
	{ "two CR and an end",    "a\r\r\n.\r\n",                 "a\r\r\n",          0 },
	{ "just as long",         "0123456789\r\n.\r\n",          "0123456789\r\n",   0 },
	{ "too long",             "01234567890\r\n.\r\n+",        NULL,               1 },
	{ "too long at the end",  "a\r\nb\r\nc\r\nd\r\n..\r\n.\r\n", NULL,            0 },
};
// clang-format on

static void
test_messages(void **state)
{
	struct buf sink = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		for (size_t n = strlen(messages[i].in), cut = 0; cut <= n; cut++) {
			struct pop3_reader r;
			enum pop3_read got = POP3_MORE;
			size_t at = 0, used;

			pop3_reader_init(&r);
			pop3_reader_expect_message(&r, &sink, MOST);
			while (at < n && got == POP3_MORE) {
				got = pop3_reader_feed(&r, messages[i].in + at, (at < cut ? cut : n) - at, &used);
				at += used;
			}
			if (got != POP3_END || n - at != messages[i].rest || r.over != (messages[i].want == NULL) ||
			    strcmp(sink.data, messages[i].want ? messages[i].want : "") != 0)
				fail_msg("%s, cut at %zu: \"%s\", %zu left", messages[i].name, cut, sink.data, n - at);
			/* thrown away, it ends at the same place */
			pop3_reader_expect_message(&r, NULL, 0);
			assert_int_equal(pop3_reader_feed(&r, messages[i].in, n, &used), POP3_END);
			assert_int_equal(n - used, messages[i].rest);
		}
	buf_release(&sink);
}

static void
test_lines(void **state)
{
	static const char in[] = "+OK 2 messages\r\n1 abc\n2 d.\r\n.\r\n+OK";
	struct pop3_reader r;
	size_t n = sizeof(in) - 1;

	(void)state;
	for (size_t piece = 1; piece <= n; piece++) {
		struct buf all = BUF_INIT;
		enum pop3_read got = POP3_MORE;
		size_t used;

		pop3_reader_init(&r);
		pop3_reader_expect(&r, POP3_STATUS);
		for (size_t at = 0; at < n && got != POP3_END; at += used) {
			got = pop3_reader_feed(&r, in + at, piece < n - at ? piece : n - at, &used);
			if (got != POP3_LINE)
				continue;
			buf_addf(&all, "%s|", r.line);
			if (r.part == POP3_STATUS)
				pop3_reader_expect(&r, POP3_LIST);
		}
		assert_int_equal(got, POP3_END);
		assert_string_equal(all.data, "+OK 2 messages|1 abc|2 d.|");
		buf_release(&all);
	}
}

static void
test_bounds(void **state)
{
	char line[POP3_LINE_MAX + 2];
	struct pop3_reader r;
	size_t used;

	(void)state;
	memset(line, 'x', sizeof(line));
	pop3_reader_init(&r);
	pop3_reader_expect(&r, POP3_STATUS);
	assert_int_equal(pop3_reader_feed(&r, line, POP3_LINE_MAX, &used), POP3_MORE);
	assert_int_equal(pop3_reader_feed(&r, "\r\n", 2, &used), POP3_BAD);
	pop3_reader_expect(&r, POP3_STATUS);
	assert_int_equal(pop3_reader_feed(&r, line, POP3_LINE_MAX, &used), POP3_MORE);
	assert_int_equal(pop3_reader_feed(&r, "\n", 1, &used), POP3_LINE);
	assert_int_equal(strlen(r.line), POP3_LINE_MAX);
	pop3_reader_expect(&r, POP3_LIST);
	assert_int_equal(pop3_reader_feed(&r, line, sizeof(line), &used), POP3_BAD);
	pop3_reader_expect(&r, POP3_STATUS);
	assert_int_equal(pop3_reader_feed(&r, "+OK a\0b\r\n", 9, &used), POP3_BAD);
}

static void
test_words(void **state)
{
	const char *words;
	uint32_t n;
	bool good;

	(void)state;
	assert_true(pop3_status("+OK hello", &good, &words) && good);
	assert_string_equal(words, "hello");
	assert_true(pop3_status("-err", &good, &words) && !good);
	assert_string_equal(words, "");
	assert_false(pop3_status("* OK", &good, &words));
	assert_false(pop3_status("", &good, &words));
	assert_true(pop3_listed("4294967295  a b", &n, &words));
	assert_int_equal(n, UINT32_MAX);
	assert_string_equal(words, "a b");
	assert_false(pop3_listed("4294967296 a", &n, &words));
	assert_false(pop3_listed("0 a", &n, &words));
	assert_false(pop3_listed("1", &n, &words));
	assert_false(pop3_listed("1 ", &n, &words));
	assert_false(pop3_listed(" 1 a", &n, &words));
	assert_false(pop3_listed("-1 a", &n, &words));
	assert_false(pop3_listed("1a", &n, &words));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
