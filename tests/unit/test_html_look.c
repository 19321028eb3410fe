/* test_html_look.c - what an inbox's line says of a mail, and the mail in the light and in the dark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "content/html_look.h"

#define HEAD "<!DOCTYPE html><html><head><title>No</title><style>p { color: red }</style></head><body>"

static const struct {
	const char *name, *html, *want;
} snippets[] = {
	{ "nothing", "", "" },
	{ "text", "Hello", "Hello" },
	{ "without what is no text", HEAD "<!-- no --><!--[if mso]><p>no</p><![endif]--><p>Yes</p>", "Yes " },
	{ "hidden or not", "<div style=\"display:none\">First</div>then", "First then" },
	{ "white space is one space", "a \r\n\t b<p>  c</p>", "a b c " },
	{ "non-breaking spaces stay", "a&nbsp;&nbsp;&#160;b", "a\xc2\xa0\xc2\xa0\xc2\xa0"
							      "b" },
	{ "what has no width goes", "a&#847;&zwnj;&#8203;\xe2\x80\x8d&shy;b", "ab" },
	{ "references, once", "&lt;b&gt; &amp;lt; &middot; &#233; &hellip;", "<b> &lt; \xc2\xb7 \xc3\xa9 \xe2\x80\xa6" },
	{ "one that is not known stays", "&unknown; &nbsp", "&unknown; &nbsp" },
	{ "numbers", "&#x41;&#X4a;&#66 &#;&#x;&#xg; &#1;&#99999999999;&#x110000;.", "AJB &#;&#x;&#xg; ." },
	{ "a number that the text ends with", "&#65", "A" },
	{ "no UTF-8", "a\xff"
		      "b\xc3",
	    "a\xff"
	    "b\xc3" },
	{ "a declaration that does not end", "a<!b", "a " },
	{ "an open tag", "a<p class=\"", "a " },
	{ "a lone sign", "1 < 2 & 3", "1 < 2 & 3" },
};

static void
test_snippet(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(snippets) / sizeof(snippets[0]); i++) {
		buf_reset(&out);
		html_snippet(&out, snippets[i].html, strlen(snippets[i].html));
		if (strcmp(out.data, snippets[i].want) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", snippets[i].name, out.data, snippets[i].want);
	}
	buf_release(&out);
}

static void
test_snippet_is_short(void **state)
{
	struct buf html = BUF_INIT, out = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		buf_addstr(&html, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97");
	html_snippet(&out, html.data, html.len);
	assert_true(text_is_utf8(out.data, out.len));
	assert_int_equal(text_length(out.data, out.len), HTML_SNIPPET);
	buf_release(&html);
	buf_release(&out);
}

static const struct {
	const char *name, *html, *light, *dark;
} schemes[] = {
	{ "nothing", "", "", "" },
	{ "a question", "<style>@media (prefers-color-scheme: dark) { a { b: c } }</style>",
	    "<style>@media (max-width: 0) { a { b: c } }</style>", "<style>@media (min-width: 0) { a { b: c } }</style>" },
	{ "however it is written", "<STYLE>@media screen and ( Prefers-Color-Scheme:DARK ) {}</STYLE>",
	    "<STYLE>@media screen and (max-width: 0) {}</STYLE>", "<STYLE>@media screen and (min-width: 0) {}</STYLE>" },
	{ "for the light", "<style>(prefers-color-scheme: light)(prefers-color-scheme: dark)</style>",
	    "<style>(min-width: 0)(max-width: 0)</style>", "<style>(max-width: 0)(min-width: 0)</style>" },
	{ "an attribute", "<source media=\"(prefers-color-scheme: dark)\">", "<source media=\"(max-width: 0)\">",
	    "<source media=\"(min-width: 0)\">" },
	{ "what the root takes", "<style>:root { color-scheme: light dark; supported-color-schemes: light dark }</style>",
	    "<style>:root { color-scheme: light; supported-color-schemes: light dark }</style>",
	    "<style>:root { color-scheme: dark; supported-color-schemes: light dark }</style>" },
	{ "text stays", "<p>(prefers-color-scheme: dark)</p><!-- (prefers-color-scheme: dark) -->",
	    "<p>(prefers-color-scheme: dark)</p><!-- (prefers-color-scheme: dark) -->",
	    "<p>(prefers-color-scheme: dark)</p><!-- (prefers-color-scheme: dark) -->" },
	{ "another word", "<style>(prefers-color-scheme: sepia) (prefers-color-scheme) (prefers-color-scheme: darkest)</style>",
	    "<style>(prefers-color-scheme: sepia) (prefers-color-scheme) (prefers-color-scheme: darkest)</style>",
	    "<style>(prefers-color-scheme: sepia) (prefers-color-scheme) (prefers-color-scheme: darkest)</style>" },
	{ "cut off", "<style>(prefers-color-scheme: dark", "<style>(prefers-color-scheme: dark", "<style>(prefers-color-scheme: dark" },
};

/* A page of one paragraph is one text to the tokenizer: its length must not be squared. */
static void
test_snippet_is_quick(void **state)
{
	struct buf html = BUF_INIT, out = BUF_INIT;
	int64_t began = clock_mono_us();
	int i;

	(void)state;
	for (i = 0; i < 400000; i++)
		buf_addstr(&html, "*a ");
	html_snippet(&out, html.data, html.len);
	assert_int_equal(text_length(out.data, out.len), HTML_SNIPPET);
	assert_true(clock_mono_us() - began < 5000000);
	buf_release(&html);
	buf_release(&out);
}

static void
test_scheme(void **state)
{
	struct buf light = BUF_INIT, dark = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		buf_reset(&light);
		buf_reset(&dark);
		html_scheme(&light, schemes[i].html, strlen(schemes[i].html), false);
		html_scheme(&dark, schemes[i].html, strlen(schemes[i].html), true);
		if (strcmp(light.data, schemes[i].light) != 0)
			fail_msg("%s, light: %s", schemes[i].name, light.data);
		if (strcmp(dark.data, schemes[i].dark) != 0)
			fail_msg("%s, dark: %s", schemes[i].name, dark.data);
	}
	buf_release(&light);
	buf_release(&dark);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snippet),
		cmocka_unit_test(test_snippet_is_short),
		cmocka_unit_test(test_snippet_is_quick),
		cmocka_unit_test(test_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
