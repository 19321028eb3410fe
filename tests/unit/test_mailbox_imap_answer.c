/* test_mailbox_imap_answer.c - answers of IMAP servers, whole, cut at every place, and wrong; and sets of UIDs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mail/mailbox_imap_answer.h"
#include "mail/mailbox_imap_set.h"

#define MOST 20 /* octets of a message that are kept */

/* The answer, said in one line: see show(). */
// clang-format off
static const struct {
	const char *name, *in, *want;		/* want NULL: must be refused */
} cases[] = {
	{ "tagged ok",           "n12 OK Done\r\n",                                  "tagged 12 ok [] Done" },
	{ "a bare LF",           "n12 OK Done\n",                                    "tagged 12 ok [] Done" },
	{ "no text",             "n1 OK\r\n",                                        "tagged 1 ok [] " },
	{ "refused, a code",     "n3 NO [TRYCREATE] No such mailbox\r\n",            "tagged 3 no [TRYCREATE] No such mailbox" },
	{ "bad, small letters",  "n3 bad what?\r\n",                                 "tagged 3 bad [] what?" },
	{ "code without end",    "n3 NO [TRYCREATE\r\n",                             "tagged 3 no [] [TRYCREATE" },
	{ "untagged status",     "* OK [UIDVALIDITY 7] fine\r\n",                    "status ok [UIDVALIDITY 7] fine" },
	{ "good-bye",            "* BYE shutting down\r\n",                          "status bye [] shutting down" },
	{ "text like a literal", "* OK who knows {5}\r\n",                           "status ok [] who knows {5}" },
	{ "tagged, the same",    "n1 NO who knows {5}\r\n",                          "tagged 1 no [] who knows {5}" },
	{ "exists",              "* 23 EXISTS\r\n",                                  "exists 23" },
	{ "expunge",             "* 44 EXPUNGE\r\n",                                 "expunge 44" },
	{ "recent",              "* 0 RECENT\r\n",                                   "other" },
	{ "flags",               "* FLAGS (\\Answered \\Deleted)\r\n",               "other" },
	{ "a continuation",      "+ idling\r\n",                                     "other" },
	{ "a list's literal",    "* LIST () \"/\" {5}\r\na\r\nb)\r\n",               "other" },
	{ "capability",          "* CAPABILITY IMAP4rev1 UIDPLUS MOVE\r\n",          "capability IMAP4rev1 UIDPLUS MOVE" },
	{ "size",                "* 1 FETCH (UID 5 RFC822.SIZE 6081)\r\n",           "fetch 1 uid 5 size 6081" },
	{ "flags, deleted",      "* 1 FETCH (FLAGS (\\Seen \\Deleted) UID 5)\r\n",   "fetch 1 uid 5 size -1 deleted" },
	{ "a keyword like it",   "* 1 FETCH (FLAGS (\\Deletedly) UID 5)\r\n",        "fetch 1 uid 5 size -1 flags" },
	{ "no flags",            "* 1 FETCH (FLAGS () UID 5)\r\n",                   "fetch 1 uid 5 size -1 flags" },
	{ "what is not known",   "* 1 FETCH (MODSEQ (12) X-A (a (b \")\") c) UID 5)\r\n", "fetch 1 uid 5 size -1" },
	{ "a message",           "* 1 FETCH (UID 5 BODY[] {6}\r\na\r\nb\r\n)\r\n",   "fetch 1 uid 5 size -1 body <a\r\nb\r\n>" },
	{ "its uid last",        "* 1 FETCH (BODY[] {3}\r\n)\r\n UID 5)\r\n",        "fetch 1 uid 5 size -1 body <)\r\n>" },
	{ "small letters",       "* 1 fetch (body[] {1}\r\nx uid 5)\r\n",            "fetch 1 uid 5 size -1 body <x>" },
	{ "an empty one",        "* 1 FETCH (UID 5 BODY[] {0}\r\n)\r\n",             "fetch 1 uid 5 size -1 body <>" },
	{ "in quotes",           "* 1 FETCH (UID 5 BODY[] \"a \\\"b\\\\\")\r\n",     "fetch 1 uid 5 size -1 body <a \"b\\>" },
	{ "NIL",                 "* 1 FETCH (UID 5 BODY[] NIL)\r\n",                 "fetch 1 uid 5 size -1" },
	{ "too long",            "* 1 FETCH (UID 5 BODY[] {21}\r\n012345678901234567890)\r\n", "fetch 1 uid 5 size -1 long" },
	{ "just not",            "* 1 FETCH (UID 5 BODY[] {20}\r\n01234567890123456789)\r\n",
	                         "fetch 1 uid 5 size -1 body <01234567890123456789>" },
	{ "too long in quotes",  "* 1 FETCH (UID 5 BODY[] \"012345678901234567890\")\r\n", "fetch 1 uid 5 size -1 long" },
	{ "another's literal",   "* 1 FETCH (UID 5 X {3}\r\nabc BODY[] {2}\r\nhi)\r\n", "fetch 1 uid 5 size -1 body <hi>" },
	{ "the second is no more", "* 1 FETCH (UID 5 BODY[] {2}\r\nhi BODY[] {2}\r\nho)\r\n", "fetch 1 uid 5 size -1 body <hi>" },
	{ "an empty line",       "\r\n",                                             NULL },
	{ "a tag of nobody's",   "A001 OK Done\r\n",                                 NULL },
	{ "a tag too long",      "n99999999999 OK Done\r\n",                         NULL },
	{ "a tag alone",         "n1\r\n",                                           NULL },
	{ "no status",           "n1 FINE\r\n",                                      NULL },
	{ "no data",             "* \r\n",                                           NULL },
	{ "a number too large",  "* 4294967296 EXISTS\r\n",                          NULL },
	{ "a uid too large",     "* 1 FETCH (UID 4294967296)\r\n",                   NULL },
	{ "a uid that is none",  "* 1 FETCH (UID 5x)\r\n",                           NULL },
	{ "a negative size",     "* 1 FETCH (RFC822.SIZE -1)\r\n",                   NULL },
	{ "no end",              "* 1 FETCH (UID 5\r\n",                             NULL },
	{ "more behind it",      "* 1 FETCH (UID 5) x\r\n",                          NULL },
	{ "a quote without end", "* 1 FETCH (X \"abc UID 5)\r\n",                    NULL },
	{ "no value",            "* 1 FETCH (UID )\r\n",                             NULL },
	{ "no value, no end",    "* 1 FETCH (UID \r\n",                              NULL },
	{ "no list",             "* 1 FETCH UID 5\r\n",                              NULL },
	{ "a name alone",        "* 1 FETCH (UID)\r\n",                              NULL },
	{ "no name",             "* 1 FETCH ( 5)\r\n",                               NULL },
	{ "a list without end",  "* 1 FETCH (FLAGS (\\Seen\r\n",                     NULL },
	{ "a brace alone",       "* LIST () \"/\" a}\r\n",                           "other" },
	{ "no length in braces", "* LIST () \"/\" {x}\r\n",                          "other" },
	{ "more in the braces",  "* LIST () \"/\" {5x}\r\n",                         "other" },
	{ "a literal too large", "* 1 FETCH (UID 5 BODY[] {99999999999999999999}\r\n", NULL },
	{ "more than any message", "* 1 FETCH (UID 5 BODY[] {1073741825}\r\n",       NULL },
};
// clang-format on

static void
show(struct buf *out, const struct imap_reader *r, const struct buf *body)
{
	static const char *const status[] = { "ok", "no", "bad", "preauth", "bye" };
	const struct imap_answer *a = &r->answer;

	switch (a->kind) {
	case IMAP_TAGGED: buf_addf(out, "tagged %u %s [%s] %s", a->tag, status[a->status], a->code, a->text); break;
	case IMAP_STATUS: buf_addf(out, "status %s [%s] %s", status[a->status], a->code, a->text); break;
	case IMAP_EXISTS: buf_addf(out, "exists %u", a->number); break;
	case IMAP_EXPUNGE: buf_addf(out, "expunge %u", a->number); break;
	case IMAP_CAPABILITY: buf_addf(out, "capability %s", a->text); break;
	case IMAP_OTHER: buf_addstr(out, "other"); break;
	case IMAP_FETCH:
		buf_addf(out, "fetch %u uid %u size %lld", a->number, a->uid, (long long)a->size);
		if (a->flags)
			buf_addstr(out, a->deleted ? " deleted" : " flags");
		if (a->body == IMAP_BODY)
			buf_addf(out, " body <%s>", body->data);
		if (a->body == IMAP_LONG)
			buf_addstr(out, body->len == 0 ? " long" : " long and kept");
		break;
	}
}

/* Read `in` in two pieces, cut at `cut`; then a second answer, to see that nothing of the first is left. */
static void
read_cut(struct buf *out, const char *in, size_t cut)
{
	struct imap_reader *r = malloc(sizeof(*r));
	struct buf body = BUF_INIT;
	enum imap_read got = IMAP_MORE;
	size_t n = strlen(in), at = 0, used;

	assert_non_null(r);
	imap_reader_init(r);
	imap_reader_want(r, &body, MOST);
	while (at < n && got == IMAP_MORE) {
		got = imap_reader_feed(r, in + at, (at < cut ? cut : n) - at, &used);
		at += used;
	}
	buf_reset(out);
	if (got == IMAP_ANSWER) {
		assert_int_equal(at, n);
		show(out, r, &body);
		assert_int_equal(imap_reader_feed(r, "n7 OK x\r\n* ", 11, &used), IMAP_ANSWER);
		assert_int_equal(used, 9);
		assert_int_equal(r->answer.tag, 7);
		assert_int_equal(r->answer.body, IMAP_NO_BODY);
	} else if (got == IMAP_BAD) {
		assert_true(r->bad[0] != '\0');
		buf_addstr(out, "bad");
	}
	buf_release(&body);
	free(r);
}

static void
test_cases(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t cut = 0; cut <= strlen(cases[i].in); cut++) {
			const char *want = cases[i].want ? cases[i].want : "bad";

			read_cut(&out, cases[i].in, cut);
			if (strcmp(out.data, want) != 0)
				fail_msg("%s, cut at %zu: got \"%s\", want \"%s\"", cases[i].name, cut, out.data, want);
		}
	buf_release(&out);
}

/* Read in pieces of `piece`; what came of the last one. */
static enum imap_read
feed(struct imap_reader *r, const char *p, size_t n, size_t piece)
{
	enum imap_read got = IMAP_MORE;

	for (size_t used; n > 0 && got == IMAP_MORE; p += used, n -= used)
		got = imap_reader_feed(r, p, piece < n ? piece : n, &used);
	return got;
}

static void
test_bounds(void **state)
{
	struct imap_reader *r = malloc(sizeof(*r));
	struct buf in = BUF_INIT, body = BUF_INIT;

	(void)state;
	assert_non_null(r);
	for (size_t piece = 1; piece <= 100000; piece *= 10) {
		imap_reader_init(r);
		buf_reset(&in);
		buf_addstr(&in, "* OK ");
		while (in.len < IMAP_LINE_MAX)
			buf_addch(&in, 'x');
		assert_int_equal(feed(r, in.data, in.len, piece), IMAP_MORE);
		assert_int_equal(feed(r, "\n", 1, 1), IMAP_ANSWER);
		buf_addch(&in, 'x');
		imap_reader_init(r);
		assert_int_equal(feed(r, in.data, in.len, piece), IMAP_BAD);
		imap_reader_init(r);
		assert_int_equal(feed(r, "* OK a\0b\r\n", 10, piece), IMAP_BAD);
		/* NULs are fine in a message */
		imap_reader_init(r);
		imap_reader_want(r, &body, 10);
		assert_int_equal(feed(r, "* 1 FETCH (UID 1 BODY[] {3}\r\na\0b)\r\n", 36, piece), IMAP_ANSWER);
		assert_int_equal(body.len, 3);
		assert_memory_equal(body.data, "a\0b", 3);
		/* what is not wanted is not kept */
		imap_reader_want(r, NULL, 0);
		assert_int_equal(feed(r, "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n", 36, piece), IMAP_ANSWER);
		assert_int_equal(r->answer.body, IMAP_NO_BODY);
	}
	buf_release(&in);
	buf_release(&body);
	free(r);
}

static void
test_words(void **state)
{
	uint32_t n = 7;

	(void)state;
	assert_true(imap_lists("IMAP4rev1 UIDPLUS  move", "MOVE"));
	assert_true(imap_lists("UIDPLUS", "uidplus"));
	assert_false(imap_lists("UIDPLUSX XUIDPLUS", "UIDPLUS"));
	assert_false(imap_lists("", "UIDPLUS"));
	assert_true(imap_code("UIDVALIDITY 4294967295", "UIDVALIDITY", &n));
	assert_int_equal(n, UINT32_MAX);
	assert_false(imap_code("UIDVALIDITY 4294967296", "UIDVALIDITY", &n));
	assert_false(imap_code("UIDVALIDITY", "UIDVALIDITY", &n));
	assert_false(imap_code("UIDNEXT 5", "UIDVALIDITY", &n));
}

static void
test_sets(void **state)
{
	uint32_t some[] = { 9, 1, 2, 3, 7, 7, 10, UINT32_MAX }, many[5000];
	struct buf out = BUF_INIT;
	size_t n = imap_set_sort(some, 8), from = 0;

	(void)state;
	assert_int_equal(n, 7);
	assert_int_equal(imap_set_add(&out, some, n, 0), 7);
	assert_string_equal(out.data, "1:3,7,9:10,4294967295");
	assert_int_equal(imap_set_add(&out, some, n, 6), 7);
	assert_string_equal(out.data, "4294967295");
	assert_true(imap_set_has(some, n, 7) && imap_set_has(some, n, 1) && imap_set_has(some, n, UINT32_MAX));
	assert_false(imap_set_has(some, n, 8) || imap_set_has(some, 0, 1));
	assert_int_equal(imap_set_sort(some, 0), 0);
	/* nothing in a row, and the longest numbers: each set fits a line, and all come in some set */
	for (size_t i = 0; i < 5000; i++)
		many[i] = 4000000000U + 2 * (uint32_t)i;
	for (size_t next; from < 5000; from = next) {
		next = imap_set_add(&out, many, 5000, from);
		assert_true(next > from && next - from <= IMAP_SET_UIDS);
		assert_true(out.len < IMAP_SET_MAX + 24);
	}
	/* one range is cut, too */
	for (size_t i = 0; i < 5000; i++)
		many[i] = 1 + (uint32_t)i;
	assert_int_equal(imap_set_add(&out, many, 5000, 0), IMAP_SET_UIDS);
	assert_string_equal(out.data, "1:1000");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
