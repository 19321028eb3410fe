/* test_http_archive.c - what the feed says of a mailing, out of its text part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/http_archive.h"

#define RULE "------------------------------------------------------------------------\n"
#define TEN "word word "
#define LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define SEE "ääääääääää"
#define MANY SEE SEE SEE SEE SEE
#define NAME "\xee\x80\x80"

static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "as the templates write it",
	    "Site\n\nUnsubscribe:\nhttps://a.example/u\n\n" RULE "\nSpring\n\nHello " NAME ",\n\nFirst line\nand second.\n\nMore.\n\nBook:\nhttps://b.example\n\n" RULE
	    "You are getting this\n",
	    "First line and second. More." },
	{ "no rule at all", "Spring\n\nOne.\n", "One." },
	{ "a short line of hyphens is none", RULE "One.\n---\nTwo.\n", "One. --- Two." },
	{ "empty", "", "" },
	{ "nothing but what is left out", RULE "Spring\n\n" NAME "\n\nhttps://a.example\n", "" },
	{ "a name within a text", RULE "Hello " NAME ",\n\nThis is for you " NAME ", and for everybody else who reads it.\n",
	    "This is for you, and for everybody else who reads it." },
	{ "no line end", RULE "One.", "One." },
	{ "a rule at the very end", "One.\n" RULE, "" },
	{ "400 bytes", RULE LONG LONG LONG LONG "\n", LONG LONG LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN "word word" },
	{ "more are cut at a word's end", RULE LONG LONG LONG LONG "\n\nx\n", LONG LONG LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN "word word…" },
	{ "a word without an end is cut between characters", RULE "x" MANY MANY MANY MANY "\n", "x" MANY MANY MANY SEE SEE SEE SEE "äääääääää…" },
};

static void
test_summary(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;

		archive_summary(&out, cases[i].text, "Spring", NAME);
		if (strcmp(out.data, cases[i].want) != 0)
			fail_msg("%s:\ngot  \"%s\"\nwant \"%s\"", cases[i].name, out.data, cases[i].want);
		buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_summary) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
