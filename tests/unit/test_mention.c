/* test_mention.c - whether a message names an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mail/mention.h"

static const struct {
	const char *name, *text;
	bool named;
} cases[] = {
	{ "nothing", "", false },
	{ "alone", "ann@example.org", true },
	{ "a header", "From: Ann <Ann@Example.ORG>\r\n\r\nHello\r\n", true },
	{ "at the end of a sentence", "write to ann@example.org.\n", true },
	{ "in quotes", "'ann@example.org'", true },
	{ "behind an equals sign", "envelope-from=ann@example.org;", true },
	{ "a longer local part", "joann@example.org", false },
	{ "a local part with a dot", "mary.ann@example.org", false },
	{ "a longer domain", "ann@example.organic", false },
	{ "one more label", "ann@example.org.uk", false },
	{ "a hyphen behind", "ann@example.org-mail.example", false },
	{ "another, then ours", "joann@example.org, ann@example.org", true },
	{ "cut", "ann@example.or", false },
	{ "a soft line end within", "to ann@exam=\r\nple.org it went", true },
	{ "a soft line end, LF", "to ann@exam=\nple.org it went", true },
	{ "letters as hex", "to =41nn=40example.org", true },
	{ "a word of a header", "Subject: =?utf-8?Q?for_ann=40example=2Eorg?=", true },
	/* base64 of "to ann@example.org and more", as a body of two lines, and in a word of a header */
	{ "base64", "Content-Transfer-Encoding: base64\r\n\r\ndG8gYW5uQGV4\r\nYW1wbGUub3JnIGFuZCBtb3Jl\r\n", true },
	{ "base64 behind a word", "Content-Transfer-Encoding: base64\r\n\r\nxdG8gYW5uQGV4YW1wbGUub3JnIGFuZCBtb3Jl", true },
	{ "base64 in a header", "Subject: =?utf-8?B?dG8gYW5uQGV4YW1wbGUub3JnIGFuZCBtb3Jl?=", true },
	{ "base64, at its end, one octet over", "\r\nYW5uQGV4YW1wbGUub3Jn", true },
	{ "base64, at its end, with padding", "\r\nLGFubkBleGFtcGxlLm9yZw==\r\n", true },
	{ "base64 of another", "\r\nam9hbm5AZXhhbXBsZS5vcmc=\r\n", false },
	{ "much of nothing", "==============================================", false },
};

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (mention_of(cases[i].text, strlen(cases[i].text), "ann@example.org") != cases[i].named)
			fail_msg("%s", cases[i].name);
}

/* NULs and bytes of any value are text like any other. */
static void
test_octets(void **state)
{
	char text[64] = "\0\0\xff<ann@example.org>\0";

	(void)state;
	assert_true(mention_of(text, sizeof(text), "ann@example.org"));
	text[10] = 'x';
	assert_false(mention_of(text, sizeof(text), "ann@example.org"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
