/* test_markdown_slot.c - a person's own values in Markdown: where they are slots, where they are text, and that nobody forges one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slot.h"
#include "content/markdown.h"
#include "mail/message.h"

#define NAME SLOT_MARK("name|there")
#define DEAR SLOT_MARK("name|dear reader")
#define LEAVE SLOT_MARK("unsubscribe_url")

static const struct markdown_style style = {
	.base_url = "https://calm.example/blog/", .colour = "#2f6f4f", .slots = true, .somebody = "there"
};

// clang-format off
static const struct {
	const char *name, *in, *html, *text; /* html: what it holds */
} cases[] = {
	{ "a name", "Hello {{name}}!", ">Hello " NAME "!</p>", "Hello " NAME "!\n" },
	{ "a fallback", "Hello {{name|dear reader}}!", ">Hello " DEAR "!</p>", "Hello " DEAR "!\n" },
	{ "blanks around all", "{{ name | dear\nreader }}", ">" DEAR "</p>", DEAR "\n" },
	{ "none wanted", "Hello {{name|}}!", ">Hello " SLOT_MARK("name|") "!</p>", "Hello " SLOT_MARK("name|") "!\n" },
	{ "a fallback is no Markdown", "{{name|*dear* _r_ `x`}}", ">" SLOT_MARK("name|*dear* _r_ `x`") "</p>", SLOT_MARK("name|*dear* _r_ `x`") "\n" },
	{ "nor HTML", "{{name|Tom & Ann's}}", ">" SLOT_MARK("name|Tom & Ann's") "</p>", SLOT_MARK("name|Tom & Ann's") "\n" },
	{ "in emphasis", "**{{name}}** _{{name}}_", "<strong>" NAME "</strong> <em>" NAME "</em>", "*" NAME "* _" NAME "_\n" },
	{ "in a heading", "# For {{name}}", ">For " NAME "</h1>", "For " NAME "\n=========\n" },
	{ "two that touch", "{{name}}{{name}}", ">" NAME NAME "</p>", NAME NAME "\n" },
	{ "an address as words", "Leave: {{unsubscribe_url}}", ">Leave: " LEAVE "</p>", "Leave: " LEAVE "\n" },
	{ "a link", "You may [leave *now*]({{unsubscribe_url}}).", "<a href=\"" LEAVE "\" style=", "You may leave _now_ [1].\n\n[1] " LEAVE "\n" },
	{ "a link in <>", "You may [leave](<{{ view_url }}>).", "<a href=\"" SLOT_MARK("view_url") "\" style=",
	  "You may leave [1].\n\n[1] " SLOT_MARK("view_url") "\n" },
	{ "a reference", "[leave][1] it\n\n[1]: {{preferences_url}}", "<a href=\"" SLOT_MARK("preferences_url") "\" style=",
	  "leave [1] it\n\n[1] " SLOT_MARK("preferences_url") "\n" },
	{ "more behind it", "x [leave]({{view_url}}#a\"b)", "<a href=\"" SLOT_MARK("view_url") "#a%22b\" style=", "x leave [1]\n\n[1] " SLOT_MARK("view_url") "#a%22b\n" },
	{ "a button", "[Leave, {{name}}]({{unsubscribe_url}})", "<a href=\"" LEAVE "\" class=\"button\"", "Leave, " NAME "\n" LEAVE "\n" },
	{ "a name in an address", "a [b](/book?for={{name|dear reader}}&x={{name}})", "href=\"https://calm.example/book?for=" DEAR "&amp;x=" NAME "\"",
	  "a b [1]\n\n[1] https://calm.example/book?for=" DEAR "&x=" NAME "\n" },
	{ "a name that begins one", "a [b]({{name}})", "href=\"https://calm.example/blog/" NAME "\"", "a b [1]\n\n[1] https://calm.example/blog/" NAME "\n" },
	{ "no name for a server", "a ![b](/x.png?{{name}}) ![c]({{view_url}})", ">a b c</p>", "a [b] [c]\n" },
	{ "an alt text", "a ![for {{name}}](/x.png)", "alt=\"for " NAME "\"", "a [for " NAME "]\n" },
	{ "code", "`{{name}}`\n\n    {{name|x}}\n\n```\n{{unsubscribe_url}}\n```", ">{{name}}</code></p>", "`{{name}}`\n\n    {{name|x}}\n\n    {{unsubscribe_url}}\n" },
	{ "escaped", "\\{\\{name}} \\{{name}} {\\{name}}", ">{{name}} {{name}} {{name}}</p>", "{{name}} {{name}} {{name}}\n" },
	{ "an escaped backslash", "\\\\{{name}}", ">\\" NAME "</p>", "\\" NAME "\n" },
	{ "unknown", "{{nome}} {{name|a}b}} {{Name}} {{na me}} {{}} {{{name}}}", ">{{nome}} " SLOT_MARK("name|a}b") " {{Name}} {{na me}} {{}} {" NAME "}</p>",
	  "{{nome}} " SLOT_MARK("name|a}b") " {{Name}} {{na me}} {{}} {" NAME "}\n" },
	{ "an address without fallback", "{{view_url|x}} {{confirm_url}}", ">{{view_url|x}} {{confirm_url}}</p>", "{{view_url|x}} {{confirm_url}}\n" },
	{ "no HTML in a fallback", "{{name|a\"b}} {{name|<b>}}", ">{{name|a&quot;b}} {{name|&lt;b&gt;}}</p>", "{{name|a\"b}} {{name|<b>}}\n" },
	{ "HTML shown as text", "<i>{{name}}</i>\n\n<div title={{name}}>{{name}}</div>", ">&lt;i&gt;" NAME "&lt;/i&gt;</p>",
	  "<i>" NAME "</i>\n\n<div title={{name}}>{{name}}</div>\n" },
	{ "no mark from outside", "\001name\002 &#1;name&#2; {{name|a\001b}}", ">name name {{name|ab}}</p>", "name name {{name|ab}}\n" },
	{ "no token from outside", "a\xef\xb7\x90\xee\x80\x80 &#xfdd0;&#xe000; [b](/\xef\xb7\x90\xee\x80\x80)", ">a\xee\x80\x80 \xef\xb7\x90\xee\x80\x80 ",
	  "a\xee\x80\x80 \xef\xb7\x90\xee\x80\x80 b [1]\n\n[1] https://calm.example/%EE%80%80\n" },
	{ "no encoded one from outside", "{{name}} [b](/%EF%B7%90x) [c](/%EF%B7%90%EE%80%89)", ">" NAME " <a href=\"https://calm.example/%EF%B7%90x\"",
	  NAME " b [1] c [2]\n\n[1] https://calm.example/%EF%B7%90x\n[2] https://calm.example/%EF%B7%90%EE%80%89\n" },
	{ "one that is there at most", "{{name}} &#xfdd0;&#xe000; &#xfdd0;&#xe001;&#xfdd0;", ">" NAME " " NAME " \xee\x80\x81</p>", NAME " " NAME " \xee\x80\x81\n" },
};
// clang-format on

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf html = BUF_INIT, text = BUF_INIT;

		markdown_html(&html, cases[i].in, strlen(cases[i].in), &style);
		if (!strstr(html.data, cases[i].html))
			fail_msg("%s: html is\n%s\nwithout\n%s", cases[i].name, html.data, cases[i].html);
		markdown_text(&text, cases[i].in, strlen(cases[i].in), &style);
		if (strcmp(text.data, cases[i].text) != 0)
			fail_msg("%s: text is\n%s\nwant\n%s", cases[i].name, text.data, cases[i].text);
		buf_release(&html);
		buf_release(&text);
	}
}

/* Whatever comes out can be compiled and merged: no mark stands where none may. */
static void
test_compiles(void **state)
{
	struct message_values values = { {
	    [SLOT_NAME] = "Ann \"<b>\" & co",
	    [SLOT_TO] = "ann@x.example",
	    [SLOT_UNSUBSCRIBE_URL] = "https://x.example/u/1",
	    [SLOT_PREFERENCES_URL] = "https://x.example/p/1",
	    [SLOT_VIEW_URL] = "https://x.example/v/1",
	    [SLOT_DATE] = "d",
	    [SLOT_MESSAGE_ID] = "m@x",
	} };
	struct markdown_style raw = style;
	struct err e = ERR_INIT;
	size_t i, j;

	(void)state;
	raw.raw_html = true;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (j = 0; j < 2; j++) {
			struct buf html = BUF_INIT, text = BUF_INIT, merged_text = BUF_INIT, merged_html = BUF_INIT;
			struct message_spec spec = { "", "a@x.example", "", "s", NULL, NULL, "", "", "", false, false, false };
			struct message *m;

			markdown_html(&html, cases[i].in, strlen(cases[i].in), j ? &raw : &style);
			markdown_text(&text, cases[i].in, strlen(cases[i].in), j ? &raw : &style);
			spec.html = html.data;
			spec.text = text.data;
			m = message_compile(&spec, &e);
			if (!m)
				fail_msg("%s: %s", cases[i].name, e.text);
			assert_int_equal(message_bodies(m, &values, &merged_text, &merged_html, &e), 0);
			assert_null(strstr(merged_html.data, "\"<b>\""));
			message_free(m);
			buf_release(&html);
			buf_release(&text);
			buf_release(&merged_text);
			buf_release(&merged_html);
		}
}

/* What is fetched, and what is asked of a text, knows no slots. */
static void
test_off(void **state)
{
	static const char in[] = "Hello {{name|you}}, [leave]({{unsubscribe_url}}) ![{{name}}](/i.png)";
	struct markdown_style off = style;
	struct buf out = BUF_INIT, alt = BUF_INIT;

	(void)state;
	off.slots = false;
	markdown_html(&out, in, strlen(in), &off);
	markdown_text(&out, in, strlen(in), &off);
	markdown_excerpt(&out, in, strlen(in), 40);
	assert_int_equal(markdown_image(&out, &alt, in, strlen(in), &style), 0);
	assert_null(strchr(out.data, SLOT_START));
	assert_null(strstr(out.data, "\xef\xb7\x90"));
	assert_string_equal(alt.data, "{{name}}");
	buf_release(&out);
	buf_release(&alt);
}

static void
test_lines(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} lines[] = {
		{ "a name", "{{name}}, spring is here", NAME ", spring is here" },
		{ "a fallback", "For {{name|you & me}}", "For " SLOT_MARK("name|you & me") },
		{ "no Markdown", "*{{name}}* & `{{name}}`", "*" NAME "* & `" NAME "`" },
		{ "no links", "{{unsubscribe_url}} {{foo}}", "{{unsubscribe_url}} {{foo}}" },
		{ "escaped", "\\{{name}} \\{\\{name}} \\x", "{{name}} {{name}} \\x" },
		{ "no mark from outside", "a\001name\002\xc2\x85z", "anamez" },
		{ "nothing", "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct buf out = BUF_INIT;

		markdown_line(&out, lines[i].in, "there");
		if (strcmp(out.data, lines[i].want) != 0)
			fail_msg("%s: \"%s\", want \"%s\"", lines[i].name, out.data, lines[i].want);
		buf_release(&out);
	}
}

/* More slots than there may be stay text; many half ones take no time. */
static void
test_many(void **state)
{
	struct buf in = BUF_INIT, out = BUF_INIT;
	const char *p;
	size_t i, marks = 0;

	(void)state;
	for (i = 0; i < 1001; i++)
		buf_addstr(&in, "{{name}} ");
	markdown_html(&out, in.data, in.len, &style);
	for (p = out.data; (p = strchr(p, SLOT_START)); p++)
		marks++;
	assert_int_equal(marks, 1000);
	assert_non_null(strstr(out.data, "{{name}}"));
	buf_reset(&in);
	while (in.len < MARKDOWN_MAX)
		buf_addstr(&in, "{{");
	buf_reset(&out);
	markdown_text(&out, in.data, in.len, &style);
	assert_true(out.len > MARKDOWN_MAX / 2);
	buf_release(&in);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_compiles),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("markdown_slot", tests, NULL, NULL);
}
