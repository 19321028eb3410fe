/* test_addr.c - what people type as an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "mail/addr.h"

#define U8 "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
#define U19 U8 U8 "\xc3\xbc\xc3\xbc\xc3\xbc"
#define U57 U19 U19 U19 /* u-umlauts: an A-label of 63 */
#define A56 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// clang-format off
static const struct {
	const char *name, *in, *text, *key;	/* text NULL: must be refused; key NULL: as text */
	bool smtputf8;
} cases[] = {
	{ "plain",                    "ann@example.org",            "ann@example.org", NULL, false },
	{ "domain is lowered",        "Ann@Example.ORG",            "Ann@example.org", "ann@example.org", false },
	{ "white space around",       " \t ann@example.org\r\n",    "ann@example.org", NULL, false },
	{ "dots in the local part",   "a.b.c@example.org",          "a.b.c@example.org", NULL, false },
	{ "every atext",              "!#$%&'*+-/=?^_`{|}~@b.org",  "!#$%&'*+-/=?^_`{|}~@b.org", NULL, false },
	{ "plus",                     "ann+news@example.org",       "ann+news@example.org", NULL, false },
	{ "IDN",                      "ann@b\xc3\xbc" "cher.example",      "ann@xn--bcher-kva.example", NULL, false },
	{ "IDN in upper case",        "ann@B\xc3\x9c" "CHER.example",      "ann@xn--bcher-kva.example", NULL, false },
	{ "IDN decomposed",           "ann@bu\xcc\x88" "cher.example",     "ann@xn--bcher-kva.example", NULL, false },
	{ "sharp s is kept",          "ann@fa\xc3\x9f.example",     "ann@xn--fa-hia.example", NULL, false },
	{ "IDN top level",            "ann@\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", "ann@xn--r8jz45g.xn--zckzah", NULL, false },
	{ "ideographic full stop",    "ann@example\xe3\x80\x82org", "ann@example.org", NULL, false },
	{ "A-label typed",            "ann@XN--bcher-kva.example",  "ann@xn--bcher-kva.example", NULL, false },
	{ "UTF-8 local part",         "J\xc3\x96RG@Example.org",    "J\xc3\x96RG@example.org", "j\xc3\x96rg@example.org", true },
	{ "digits in the domain",     "a@4you.123.org",             "a@4you.123.org", NULL, false },
	{ "local part of 64",         L63 "b@c.org",                L63 "b@c.org", NULL, false },
	{ "255 octets",               "aa@" L63 "." L63 "." L63 "." "cccccccccccccccccccccccccccccccccccccccccccccccccccccccc.org", NULL, NULL, false },
	{ "just 254 octets",          "a@" L63 "." L63 "." L63 "." "cccccccccccccccccccccccccccccccccccccccccccccccccccccccc.org",
	    "a@" L63 "." L63 "." L63 "." "cccccccccccccccccccccccccccccccccccccccccccccccccccccccc.org", NULL, false },

	{ "full-width dot",           "ann@example\xef\xbc\x8eorg", "ann@example.org", NULL, false },
	{ "half-width ideographic stop", "ann@example\xef\xbd\xa1org", "ann@example.org", NULL, false },
	{ "full-width domain",        "ann@\xef\xbd\x85\xef\xbd\x98.org", "ann@ex.org", NULL, false },
	{ "ligature in the domain",   "ann@\xef\xac\x81re.example", "ann@fire.example", NULL, false },
	{ "mixed scripts",            "ann@\xd0\xb0pple.com",      "ann@xn--pple-43d.com", NULL, false },
	{ "Hebrew domain",            "ann@\xd7\x90\xd7\x91\xd7\x92.com", "ann@xn--4dbcd.com", NULL, false },
	{ "middle dot of Catalan",    "ann@gal\xc2\xb7la.cat",     "ann@xn--galla-sja.cat", NULL, false },
	{ "two hyphens early",        "ann@ab--cd.com",             "ann@ab--cd.com", NULL, false },
	{ "emoji in the local part",  "a\xf0\x9f\x98\x80@b.org",  "a\xf0\x9f\x98\x80@b.org", NULL, true },
	{ "longest label of U-labels", "ann@" U57 ".org",           "ann@xn--tda" A56 ".org", NULL, false },
	{ "label of 63",              "a@" L63 ".org",              "a@" L63 ".org", NULL, false },

	{ "empty",                    "",                           NULL, NULL, false },
	{ "blank",                    " \r\n ",                     NULL, NULL, false },
	{ "no at",                    "ann.example.org",            NULL, NULL, false },
	{ "only at",                  "@",                          NULL, NULL, false },
	{ "no local part",            "@example.org",               NULL, NULL, false },
	{ "no domain",                "ann@",                       NULL, NULL, false },
	{ "two at",                   "ann@b@example.org",          NULL, NULL, false },
	{ "full-width at",            "ann@b\xef\xbc\xa0" "example.org", NULL, NULL, false },
	{ "two addresses",            "a@b.org,c@d.org",            NULL, NULL, false },
	{ "two addresses, spaced",    "a@b.org c@d.org",            NULL, NULL, false },
	{ "display name",             "Ann <ann@example.org>",      NULL, NULL, false },
	{ "angle brackets",           "<ann@example.org>",          NULL, NULL, false },
	{ "comment",                  "ann(x)@example.org",         NULL, NULL, false },
	{ "quoted string",            "\"ann b\"@example.org",      NULL, NULL, false },
	{ "backslash",                "a\\b@example.org",           NULL, NULL, false },
	{ "space inside",             "an n@example.org",           NULL, NULL, false },
	{ "leading dot",              ".ann@example.org",           NULL, NULL, false },
	{ "trailing dot",             "ann.@example.org",           NULL, NULL, false },
	{ "double dot",               "a..b@example.org",           NULL, NULL, false },
	{ "local part of 65",         L63 "bc@d.org",               NULL, NULL, false },
	{ "header injection CRLF",    "a@b.org\r\nBcc: c@d.org",    NULL, NULL, false },
	{ "header injection LF",      "a\nBcc: c@b.org",            NULL, NULL, false },
	{ "SMTP injection",           "a@b.org>\r\nRCPT TO:<c@d.org", NULL, NULL, false },
	{ "NUL-like control",         "a\x01@b.org",                NULL, NULL, false },
	{ "slot mark",                "\x01name\x02@b.org",         NULL, NULL, false },
	{ "DEL",                      "a\x7f@b.org",                NULL, NULL, false },
	{ "C1 control",               "a\xc2\x85@b.org",            NULL, NULL, false },
	{ "zero-width space",         "ann\xe2\x80\x8b@b.org",      NULL, NULL, false },
	{ "byte order mark",          "\xef\xbb\xbf" "ann@b.org",   NULL, NULL, false },
	{ "no-break space at end",    "ann@b.org\xc2\xa0",          NULL, NULL, false },
	{ "right-to-left override",   "ann\xe2\x80\xae@b.org",      NULL, NULL, false },
	{ "no UTF-8",                 "ann\xff@b.org",              NULL, NULL, false },
	{ "overlong UTF-8",           "ann\xc0\x80@b.org",          NULL, NULL, false },
	{ "single label",             "root@localhost",             NULL, NULL, false },
	{ "final dot",                "ann@example.org.",           NULL, NULL, false },
	{ "empty label",              "ann@example..org",           NULL, NULL, false },
	{ "leading hyphen",           "ann@-example.org",           NULL, NULL, false },
	{ "trailing hyphen",          "ann@example-.org",           NULL, NULL, false },
	{ "underscore",               "ann@ex_ample.org",           NULL, NULL, false },
	{ "address literal",          "ann@[127.0.0.1]",            NULL, NULL, false },
	{ "IP address",               "ann@127.0.0.1",              NULL, NULL, false },
	{ "label of 64",              "a@" L63 "b.org",             NULL, NULL, false },
	{ "one character longer",     "ann@" U57 "\xc3\xbc.org",    NULL, NULL, false },
	{ "ideographic final stop",   "ann@example.org\xe3\x80\x82", NULL, NULL, false },
	{ "full-width local part",    "\xef\xbd\x81nn@example.org", NULL, NULL, false },
	{ "full-width dot in it",     "ann\xef\xbc\x8elee@example.org", NULL, NULL, false },
	{ "only a full-width at",     "ann\xef\xbc\xa0" "example.org", NULL, NULL, false },
	{ "only a small at",          "ann\xef\xb9\xab" "example.org", NULL, NULL, false },
	{ "one dot leader",           "ann@example\xe2\x80\xa4org", NULL, NULL, false },
	{ "soft hyphen",              "ann@exam\xc2\xadple.org",   NULL, NULL, false },
	{ "ideographic space",        "ann\xe3\x80\x80@example.org", NULL, NULL, false },
	{ "em space",                 "a\xe2\x80\x83" "b@example.org", NULL, NULL, false },
	{ "Braille blank",            "a\xe2\xa0\x80" "b@example.org", NULL, NULL, false },
	{ "Hangul filler",            "a\xe3\x85\xa4" "b@example.org", NULL, NULL, false },
	{ "variation selector",       "a\xef\xb8\x8f" "b@example.org", NULL, NULL, false },
	{ "tag",                      "a\xf3\xa0\x81\x81" "b@example.org", NULL, NULL, false },
	{ "zero-width joiner",        "a\xe2\x80\x8d" "b@example.org", NULL, NULL, false },
	{ "isolate",                  "a\xe2\x81\xa6" "b@example.org", NULL, NULL, false },
	{ "replacement character",    "a\xef\xbf\xbd" "b@example.org", NULL, NULL, false },
	{ "private use",              "a\xee\x80\x80" "b@example.org", NULL, NULL, false },
	{ "bidi rule",                "ann@1\xd7\x90\xd7\x91.com", NULL, NULL, false },
	{ "emoji domain",             "ann@i\xe2\x9d\xa4.ws",     NULL, NULL, false },
	{ "emoji domain's A-label",   "ann@xn--i-7iq.ws",           NULL, NULL, false },
	{ "A-label of nothing",       "ann@xn--.org",               NULL, NULL, false },
	{ "full-width IP address",    "ann@\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", NULL, NULL, false },
	{ "mailto:",                  "mailto:ann@example.org",     NULL, NULL, false },
	{ "a query",                  "ann@example.org?subject=x",  NULL, NULL, false },
	{ "source route",             "@a.org,@b.org:c@d.org",      NULL, NULL, false },
	{ "broken A-label",           "a@xn--\xc3\xbc.org",         NULL, NULL, false },
	{ "domain with a space",      "a@exa mple.org",             NULL, NULL, false },
	{ "domain with a slash",      "a@b.org/c",                  NULL, NULL, false },
};
// clang-format on

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = ERR_INIT;
		struct addr a;
		int rc = addr_parse(&a, cases[i].in, &e);

		if (rc != (cases[i].text ? 0 : -1))
			fail_msg("%s: %s %s", cases[i].name, rc ? "refused:" : "taken as", rc ? e.text : a.text);
		if (rc == -1) {
			assert_int_equal(e.code, ERR_INPUT);
			assert_true(*e.text);
			if (strlen(cases[i].in) > 3 && strstr(e.text, cases[i].in))
				fail_msg("%s: the address is in the error", cases[i].name);
			continue;
		}
		if (strcmp(a.text, cases[i].text) != 0 || strcmp(a.key, cases[i].key ? cases[i].key : cases[i].text) != 0 ||
		    a.smtputf8 != cases[i].smtputf8)
			fail_msg("%s: text %s key %s smtputf8 %d", cases[i].name, a.text, a.key, a.smtputf8);
		assert_string_equal(a.domain, strchr(a.text, '@') + 1);
	}
}

/* What was taken once is taken again, and stays. */
static void
test_stable(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = ERR_INIT;
		struct addr a, b;

		if (!cases[i].text)
			continue;
		assert_int_equal(addr_parse(&a, cases[i].in, &e), 0);
		assert_int_equal(addr_parse(&b, a.text, &e), 0);
		assert_string_equal(a.text, b.text);
		assert_int_equal(addr_parse(&b, a.key, &e), 0);
		assert_string_equal(a.key, b.key);
	}
}

static void
test_too_long(void **state)
{
	static char text[100000];
	struct err e = ERR_INIT;
	struct addr a;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(addr_parse(&a, text, &e), -1);
	memcpy(text, "a@", 2);
	memcpy(text + sizeof(text) - 5, ".org", 5);
	assert_int_equal(addr_parse(&a, text, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
