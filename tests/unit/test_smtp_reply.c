/* test_smtp_reply.c - replies as relays send them, whole, byte by byte, and wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mail/smtp_reply.h"

// clang-format off
static const struct {
	const char *name, *in;
	int code;			/* 0: not readable */
	const char *enhanced, *text;
} cases[] = {
	{ "plain",                "250 Ok\r\n",                                  250, "",       "Ok" },
	{ "with a bare LF",       "250 Ok\n",                                    250, "",       "Ok" },
	{ "no text",              "250\r\n",                                     250, "",       "" },
	{ "no text but a space",  "250 \r\n",                                    250, "",       "" },
	{ "enhanced",             "550 5.1.1 User unknown\r\n",                  550, "5.1.1",  "User unknown" },
	{ "enhanced alone",       "250 2.0.0\r\n",                               250, "2.0.0",  "" },
	{ "enhanced, long",       "550 5.7.509 Access denied\r\n",               550, "5.7.509", "Access denied" },
	{ "an address is none",   "220 5.1.1.1 is my name\r\n",                  220, "",       "5.1.1.1 is my name" },
	{ "a version is none",    "220 3.1.1 mailer\r\n",                        220, "",       "3.1.1 mailer" },
	{ "too many digits",      "550 5.1.1111 no\r\n",                         550, "",       "5.1.1111 no" },
	{ "two numbers",          "550 5.1 no\r\n",                              550, "",       "5.1 no" },
	{ "two lines",            "550-5.1.1 The account\r\n550 5.1.1 is gone\r\n", 550, "5.1.1", "The account is gone" },
	{ "empty middle line",    "250-a\r\n250-\r\n250 b\r\n",                  250, "",       "a b" },
	{ "last code counts",     "250-fine\r\n550 or not\r\n",                  550, "",       "fine or not" },
	{ "control characters",   "250 a\x01" "b\x7f\tc\r\n",                    250, "",       "a?b??c" },
	{ "UTF-8 stays",          "550 5.1.1 b\xc3\xbcrger\r\n",                 550, "5.1.1",  "b\xc3\xbcrger" },
	{ "UTF-8, long",          "550 \xe2\x82\xac \xf0\x9f\x90\xa2\r\n",       550, "",       "\xe2\x82\xac \xf0\x9f\x90\xa2" },
	{ "broken UTF-8",         "550 \xc3 \xff\r\n",                           550, "",       "? ?" },
	{ "CR inside",            "250 a\rb\r\n",                                250, "",       "a?b" },
	{ "no code",              "hello\r\n",                                   0, NULL, NULL },
	{ "empty line",           "\r\n",                                        0, NULL, NULL },
	{ "two digits",           "25\r\n",                                      0, NULL, NULL },
	{ "1xx",                  "150 wait\r\n",                                0, NULL, NULL },
	{ "6xx",                  "650 what\r\n",                                0, NULL, NULL },
	{ "four digits",          "2500 what\r\n",                               0, NULL, NULL },
	{ "other separator",      "250:what\r\n",                                0, NULL, NULL },
	{ "garbage after a line", "250-a\r\nb\r\n",                              0, NULL, NULL },
};
// clang-format on

/* Feed in pieces of `piece` bytes until one reply is whole or unreadable. */
static enum smtp_read
feed(struct smtp_reader *r, const char *p, size_t n, size_t piece)
{
	enum smtp_read got = SMTP_READ_MORE;
	size_t used;

	while (n > 0 && got != SMTP_READ_REPLY && got != SMTP_READ_BAD) {
		got = smtp_reader_feed(r, p, piece < n ? piece : n, &used);
		p += used;
		n -= used;
	}
	if (got != SMTP_READ_BAD)
		assert_int_equal(n, 0);
	return got;
}

static void
replies(void **state)
{
	struct smtp_reader r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece <= 64; piece *= 4) {
			smtp_reader_init(&r);
			if (cases[i].code == 0) {
				if (feed(&r, cases[i].in, strlen(cases[i].in), piece) != SMTP_READ_BAD)
					fail_msg("%s: was read", cases[i].name);
				continue;
			}
			if (feed(&r, cases[i].in, strlen(cases[i].in), piece) != SMTP_READ_REPLY)
				fail_msg("%s: not read", cases[i].name);
			if (r.reply.code != cases[i].code || strcmp(r.reply.enhanced, cases[i].enhanced) != 0 ||
			    strcmp(r.reply.text, cases[i].text) != 0)
				fail_msg("%s: %d [%s] [%s]", cases[i].name, r.reply.code, r.reply.enhanced, r.reply.text);
		}
}

static void
one_after_the_other(void **state)
{
	const char *in = "250 2.1.0 a\r\n550 5.1.1 b\r\n354 c\r\n", *p = in;
	const int want[] = { 250, 550, 354 };
	struct smtp_reader r;
	size_t used;

	(void)state;
	smtp_reader_init(&r);
	for (size_t i = 0; i < 3; i++, p += used) {
		assert_int_equal(smtp_reader_feed(&r, p, strlen(p), &used), SMTP_READ_REPLY);
		assert_int_equal(r.reply.code, want[i]);
	}
	assert_string_equal(r.reply.enhanced, "");
	assert_string_equal(r.reply.text, "c");
	assert_int_equal(*p, '\0');
	assert_int_equal(smtp_reader_feed(&r, p, 0, &used), SMTP_READ_MORE);
	assert_string_equal(r.reply.text, "c");
}

static void
long_lines_are_cut(void **state)
{
	char *in = malloc(20000);
	struct smtp_reader r;

	(void)state;
	memset(in, 'x', 20000);
	memcpy(in, "550 5.7.1 ", 10);
	/* A character of two bytes where the text ends is dropped whole. */
	for (size_t i = 11; i + 1 < 15000; i += 2)
		memcpy(in + i, "\xc3\xbc", 2);
	memcpy(in + 19998, "\r\n", 2);
	for (size_t piece = 1; piece <= 20000; piece *= 10) {
		smtp_reader_init(&r);
		assert_int_equal(feed(&r, in, 20000, piece), SMTP_READ_REPLY);
		assert_int_equal(r.reply.code, 550);
		assert_in_range(strlen(r.reply.text), 390, sizeof(r.reply.text) - 1);
		assert_int_equal((unsigned char)r.reply.text[strlen(r.reply.text) - 1], 0xbc);
	}
	free(in);
}

static void
endless_is_unreadable(void **state)
{
	struct smtp_reader r;
	enum smtp_read got = SMTP_READ_MORE;
	size_t used, total = 0;

	(void)state;
	smtp_reader_init(&r);
	while (got == SMTP_READ_MORE && total < (size_t)10 * SMTP_REPLY_MAX) {
		got = smtp_reader_feed(&r, "2222222222", 10, &used);
		total += used;
	}
	assert_int_equal(got, SMTP_READ_BAD);
	assert_in_range(total, SMTP_REPLY_MAX, SMTP_REPLY_MAX + 10);
	smtp_reader_init(&r);
	for (total = 0, got = SMTP_READ_LINE; got == SMTP_READ_LINE && total < (size_t)10 * SMTP_REPLY_MAX; total += used)
		got = smtp_reader_feed(&r, "250-more\r\n", 10, &used);
	assert_int_equal(got, SMTP_READ_BAD);
	assert_in_range(total, SMTP_REPLY_MAX, SMTP_REPLY_MAX + 10);
	/* And stays so. */
	assert_int_equal(smtp_reader_feed(&r, "250 ok\r\n", 8, &used), SMTP_READ_BAD);
}

static void
nul_does_not_end_the_text(void **state)
{
	struct smtp_reader r;
	size_t used;

	(void)state;
	smtp_reader_init(&r);
	assert_int_equal(smtp_reader_feed(&r, "250 a\0b\r\n", 9, &used), SMTP_READ_REPLY);
	assert_string_equal(r.reply.text, "a?b");
	smtp_reader_init(&r);
	assert_int_equal(smtp_reader_feed(&r, "25\0 a\r\n", 7, &used), SMTP_READ_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies),
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(endless_is_unreadable),
		cmocka_unit_test(nul_does_not_end_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
