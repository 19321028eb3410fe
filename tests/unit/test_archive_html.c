/* test_archive_html.c - a mail's HTML as a page under a strict policy: what stays, what goes, what its style becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "content/archive_html.h"

#define W ":not(#_):not(#_):not(#_)"

static const struct {
	const char *name, *html, *body, *rules; /* rules NULL: none */
} cases[] = {
	{ "text", "Hello & <b>you</b>", "Hello & <b>you</b>", NULL },
	{ "references stay", "a&nbsp;&#8212;&lt;b", "a&nbsp;&#8212;&lt;b", NULL },
	{ "a lone sign", "1 < 2 <", "1 &lt; 2 &lt;", NULL },
	{ "style to class", "<p style=\"margin:0\">a</p>", "<p class=\"nl-s1\">a</p>", ".nl-s1" W "{margin:0}\n" },
	{ "the same style once", "<p style=\"margin:0\">a<b style='margin:0;'>b</b></p>",
	    "<p class=\"nl-s1\">a<b class=\"nl-s1\">b</b></p>",
	    ".nl-s1" W "{margin:0}\n" },
	{ "class and style", "<td class=\"pad  ink\" width=\"600\" bgcolor=#ffffff style=\"color:red\">x",
	    "<td width=\"600\" bgcolor=\"#ffffff\" class=\"pad ink nl-s1\">x</td>", ".nl-s1" W "{color:red}\n" },
	{ "a class like ours", "<p class=\"nl-s7 a NL-s1\">x</p>", "<p class=\"a\">x</p>", NULL },
	{ "no class left", "<p class=\"nl-s7\">x</p>", "<p>x</p>", NULL },
	{ "quotes in style", "<p style=\"font-family:'Segoe UI',&quot;A;B&quot;;color:red\">x</p>", "<p class=\"nl-s1\">x</p>",
	    ".nl-s1" W "{font-family:'Segoe UI',\"A;B\";color:red}\n" },
	{ "important stays", "<p style=\"color : red !important;;\">x</p>", "<p class=\"nl-s1\">x</p>", ".nl-s1" W "{color : red !important}\n" },
	{ "a brace", "<p style=\"color:red}body{color:blue;margin:0\">x</p>", "<p class=\"nl-s1\">x</p>", ".nl-s1" W "{margin:0}\n" },
	{ "an end of the sheet", "<p style=\"a:'&lt;/style>&lt;script>'\">x</p>", "<p>x</p>", NULL },
	{ "an open string", "<p style=\"color:red;font:'a;margin:0\">x</p>", "<p class=\"nl-s1\">x</p>", ".nl-s1" W "{color:red}\n" },
	{ "an open parenthesis", "<p style=\"background:url(a;margin:0\">x</p>", "<p>x</p>", NULL },
	{ "a comment", "<p style=\"color:red/*;margin:0\">x</p>", "<p class=\"nl-s1\">x</p>", ".nl-s1" W "{margin:0}\n" },
	{ "a backslash at the end", "<p style=\"color:red;margin:0\\\">x</p>", "<p class=\"nl-s1\">x</p>", ".nl-s1" W "{color:red}\n" },
	{ "a backslash before the last space", "<p style=\"color:red;margin:0\\ ;\">x</p>", "<p class=\"nl-s1\">x</p>",
	    ".nl-s1" W "{color:red}\n" },
	{ "an escaped semicolon", "<p style=\"content:\\;a\">x</p>", "<p class=\"nl-s1\">x</p>", ".nl-s1" W "{content:\\;a}\n" },
	{ "an at-rule", "<p style=\"@import 'x';color:red\">x</p>", "<p class=\"nl-s1\">x</p>", ".nl-s1" W "{color:red}\n" },
	{ "url() stays for the policy to judge", "<td style=\"background:url(https://a.example/b.png)\">x", "<td class=\"nl-s1\">x</td>",
	    ".nl-s1" W "{background:url(https://a.example/b.png)}\n" },
	{ "handlers", "<img src=\"https://a.example/b.png\" onerror=alert(1) alt=\"a\">", "<img src=\"https://a.example/b.png\" alt=\"a\">", NULL },
	{ "script", "a<script>x</p></script >b", "ab", NULL },
	{ "script in capitals without an end", "a<SCRIPT>x</p>", "a", NULL },
	{ "the first attribute counts", "<p title=a title=b ONCLICK=x>y</p>", "<p title=\"a\">y</p>", NULL },
	{ "links", "<a href='https://a.example/?a=1&amp;b=2'>x</a>", "<a href=\"https://a.example/?a=1&amp;b=2\">x</a>", NULL },
	{ "mail links", "<a href=mailto:a@b.example>x</a>", "<a href=\"mailto:a@b.example\">x</a>", NULL },
	{ "javascript", "<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>", NULL },
	{ "javascript in references", "<a href=\"&#106;avascript&colon;alert(1)\">x</a>", "<a>x</a>", NULL },
	{ "javascript behind a space", "<a href=\" \tjavascript:alert(1)\">x</a>", "<a>x</a>", NULL },
	{ "data image", "<img src=\"data:image/png;base64,AA\" alt=\"\">", "<img alt=\"\">", NULL },
	{ "a background", "<td background=https://a.example/b.png>x", "<td background=\"https://a.example/b.png\">x</td>", NULL },
	{ "… that is not encrypted", "<td background=http://a.example/b.png>x", "<td>x</td>", NULL },
	{ "the first class and style count", "<p class=a class=b style=color:red style=color:blue>x</p>", "<p class=\"a nl-s1\">x</p>",
	    ".nl-s1" W "{color:red}\n" },
	{ "forms", "<form action=\"https://x.example\"><input name=a>ask<button>b</button></form>", "askb", NULL },
	{ "base, link and meta", "<base href=\"https://x.example\"><link rel=stylesheet href=x><meta http-equiv=refresh content=0>a", "a", NULL },
	{ "comments", "a<!--[if mso]><table><tr><td><![endif]-->b<!-->c<!--->d<!-- - -- > -->e", "abcde", NULL },
	{ "a comment that does not end", "a<!-- b", "a", NULL },
	{ "odd declarations", "a<!DOCTYPE html><?xml x?></ >b<![if !mso]>c<![endif]>", "abc", NULL },
	{ "not closed", "<div><p>a<br>", "<div><p>a<br></p></div>", NULL },
	{ "closed in the wrong order", "<b><i>a</b></i>c", "<b><i>a</i></b>c", NULL },
	{ "closed and never opened", "a</div></main></body>b", "ab", NULL },
	{ "main is ours", "<main>a</main>", "a", NULL },
	{ "the page ends in a tag", "a<p title=\"b", "a", NULL },
	{ "the page ends behind a sign", "a<p title=", "a", NULL },
	{ "or blanks behind it", "a<p title= \n", "a", NULL },
	{ "a quote in a single-quoted value", "<p title='a\"b>c<d'>x</p>", "<p title=\"a&quot;b&gt;c&lt;d\">x</p>", NULL },
	{ "control characters", "a\001name\002b\x7f<p title=\"c\001\">\r\n", "anameb<p title=\"c\">\n</p>", NULL },
	{ "a nested frame", "<iframe src=x><p>a</iframe>b<svg><a xlink:href=x></a></svg>c", "bc", NULL },
	{ "aria", "<div role=\"article\" aria-label=\"x\" aria-on.x=y data-x=1>a</div>", "<div role=\"article\" aria-label=\"x\">a</div>", NULL },
	{ "an id that weighs", "<p id=_>a</p><p id=b>c</p>", "<p>a</p><p id=\"b\">c</p>", NULL },
	{ "a slash", "<br/><img alt=a /><p/>b", "<br><img alt=\"a\"><p>b</p>", NULL },
};

static void
test_cases(void **state)
{
	struct err e = ERR_INIT;
	struct archive_html a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *rules = cases[i].rules ? cases[i].rules : "";

		assert_int_equal(archive_html(&a, cases[i].html, strlen(cases[i].html), &e), 0);
		if (strcmp(a.body.data, cases[i].body) != 0 || strcmp(a.rules.data, rules) != 0)
			fail_msg("%s:\ngot  %s\nwant %s\ngot  %s\nwant %s", cases[i].name, a.body.data, cases[i].body, a.rules.data, rules);
		archive_html_release(&a);
	}
}

static void
test_page(void **state)
{
	static const char page[] = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>T <b></title>"
				   "<style>a{b:c}</style><style>.x > p{d:e}</style></head>"
				   "<body class=\"page\" style=\"margin:0\" bgcolor=\"#fff\" onload=\"x()\"><p>a</p></body></html>";
	struct err e = ERR_INIT;
	struct archive_html a;

	(void)state;
	assert_int_equal(archive_html(&a, page, strlen(page), &e), 0);
	assert_string_equal(a.language, "en");
	assert_int_equal(a.sheets, 2);
	assert_string_equal(a.sheet[0].data, "a{b:c}");
	assert_string_equal(a.sheet[1].data, ".x > p{d:e}");
	assert_string_equal(a.attributes.data, " bgcolor=\"#fff\" class=\"page nl-s1\"");
	assert_string_equal(a.rules.data, ".nl-s1" W "{margin:0}\n");
	assert_string_equal(a.body.data, "<p>a</p>");
	archive_html_release(&a);
}

static void
test_limits(void **state)
{
	struct buf page = BUF_INIT;
	struct err e = ERR_INIT;
	struct archive_html a;
	int i;

	(void)state;
	for (i = 0; i < ARCHIVE_RULES + 5; i++)
		buf_addf(&page, "<p style=\"margin:%dpx\"></p>", i);
	for (i = 0; i < 300; i++)
		buf_addstr(&page, "<div>");
	for (i = 0; i < ARCHIVE_SHEETS + 2; i++)
		buf_addf(&page, "<style>p{margin:%d}</style>", i);
	assert_int_equal(archive_html(&a, page.data, page.len, &e), 0);
	assert_non_null(strstr(a.rules.data, "{margin:1999px}"));
	assert_null(strstr(a.rules.data, "{margin:2000px}"));
	assert_int_equal(a.sheets, ARCHIVE_SHEETS);
	archive_html_release(&a);
	buf_reset(&page);
	while (page.len < ARCHIVE_HTML_MAX)
		buf_addch(&page, 'a');
	assert_int_equal(archive_html(&a, page.data, page.len, &e), 0);
	archive_html_release(&a);
	buf_addch(&page, 'a');
	assert_int_equal(archive_html(&a, page.data, page.len, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	archive_html_release(&a);
	assert_int_equal(archive_html(&a, "\xff", 1, &e), -1);
	archive_html_release(&a);
	buf_release(&page);
}

/* A control character that is left out must not make an end tag. */
static void
test_sheet_end(void **state)
{
	static const char page[] = "<style>a{}</sty\001le><b>x</b></style>c";
	struct err e = ERR_INIT;
	struct archive_html a;

	(void)state;
	assert_int_equal(archive_html(&a, page, strlen(page), &e), 0);
	assert_int_equal(a.sheets, 0);
	assert_string_equal(a.body.data, "c");
	archive_html_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_sheet_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
