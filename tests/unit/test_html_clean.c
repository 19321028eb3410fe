/* test_html_clean.c - HTML by hand, made fit for a mail: what stays, what goes, and that it ends nothing but itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/html_clean.h"
#include "content/markdown.h"

// clang-format off
static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "words", "a <b>b</b> <i>c</i>", "a <b>b</b> <i>c</i>" },
	{ "case", "<B>b</b><BR>", "<b>b</b><br>" },
	{ "signs", "a < b > c & d \" '", "a &lt; b &gt; c &amp; d &quot; &#39;" },
	{ "references", "&eacute;&amp;&lt;&#233;&#x2014;&nbsp;&eacute &bogus; &;", "&eacute;&amp;&lt;é—&nbsp;&amp;eacute &bogus; &amp;;" },
	{ "no mark", "a\001name\002 &#1;name&#2; &#x85;\xc2\x85.", "a name   name   ." },
	{ "lines", "<pre>a\n\tb</pre>", "<pre>a\n\tb</pre>" },
	{ "left open", "<div><b>a", "<div><b>a</b></div>" },
	{ "closed only", "a</b></div></td></table>", "a" },
	{ "crossed", "<b><i>a</b>b</i>", "<b><i>a</i></b>b" },
	{ "unknown", "<blink>a</blink><x-y>b</x-y>", "ab" },
	{ "script", "a<script>alert(1)</script>b<style>p{}</style>c<iframe src=x>d</iframe>e", "abce" },
	{ "forms", "<form action=x><input name=a><button>b</button></form>", "b" },
	{ "svg and objects", "<svg><a>x</a></svg><object data=x>y</object><math>z</math>!", "!" },
	{ "comments", "a<!-- b --><!doctype html><?php c ?></ d>e", "ae" },
	{ "half a tag", "a<b", "a" },
	{ "handlers", "<b onclick=\"x\" ONLOAD='y' on=z>a</b>", "<b>a</b>" },
	{ "class and id", "<p class=button id=x name=y data-z=1>a</p>", "<p>a</p>" },
	{ "a link", "<a href=\"https://x.example/?a=1&amp;b=2&c=3\" target=_blank rel=x>a</a>", "<a href=\"https://x.example/?a=1&amp;b=2&amp;c=3\">a</a>" },
	{ "a script in a link", "<a href=\"java&#10;script:x\">a</a><a href='data:text/html,x'>b</a><a href=javascript&colon;x>c</a>",
	  "<a>a</a><a>b</a><a href=\"javascript&amp;colon;x\">c</a>" },
	{ "a link in a link", "<a href=https://x.example/>a<a href=https://y.example/>b</a>c</a>", "<a href=\"https://x.example/\">ab</a>c" },
	{ "no quote breaks out", "<a title='\"><script>' href=\"https://x.example/'&quot;<\">a</a>",
	  "<a title=\"&quot;&gt;&lt;script&gt;\" href=\"https://x.example/&#39;%22%3C\">a</a>" },
	{ "an image", "<img src=https://x.example/a.png alt=\"a &amp; b\" width=900>",
	  "<img src=\"https://x.example/a.png\" alt=\"a &amp; b\" width=\"536\" style=\"max-width:100%;height:auto\">" },
	{ "a small one", "<img style='max-width:50px' width=50% src=https://x.example/a.png>",
	  "<img width=\"50%\" src=\"https://x.example/a.png\" style=\"max-width:50px\">" },
	{ "images that load nothing", "a<img src=data:image/png;base64,x><img src=cid:1><img alt=b><img src=mailto:a@b.example>c", "ac" },
	{ "styles", "<p style=\"COLOR: Red ; font:bold 12px/1.5 'Gill Sans', serif;border-left:1px solid rgb(1, 2, 3)\">a</p>",
	  "<p style=\"color:Red;font:bold 12px/1.5 &#39;Gill Sans&#39;, serif;border-left:1px solid rgb(1, 2, 3)\">a</p>" },
	{ "styles that move", "<p style=\"position:absolute;top:0;float:left;margin-top:-500px;margin:1px -.5em;z-index:9;display:none;transform:none\">a</p>", "<p>a</p>" },
	{ "styles that load", "<p style=\"background:url(x);background-color:url(x);width:expression(1);behavior:x;color:var(--x);-moz-binding:x\">a</p>", "<p>a</p>" },
	{ "styles that hide", "<p style=\"color:red/**/;font:\\75rl(x);color:blue!important;color:'a;border:0}b{c:d\">a</p>", "<p>a</p>" },
	{ "widths", "<table width=2000 style='width:900px'><tr><td width=50% style=width:20%>a</td></tr></table>",
	  "<table width=\"100%\"><tr><td width=\"50%\" style=\"width:20%\">a</td></tr></table>" },
	{ "numbers", "<table cellpadding=8 cellspacing=99999 border=x><tr><td colspan=2 rowspan=-1>a</td></tr></table>",
	  "<table cellpadding=\"8\"><tr><td colspan=\"2\">a</td></tr></table>" },
	{ "a table without ends", "<table><tr><td>a<td>b<tr><th>c</table>d", "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>d" },
	{ "parts of no table", "<td>a</td><tr>b</tr><tbody>c</tbody><caption>d</caption><col><th>e", "abcde" },
	{ "a table in a table's place", "<table><table><tr><td>a</td></tr></table></table>b", "<table><tr><td>a</td></tr></table>b" },
	{ "a table in a cell", "<table><tr><td><table><tr><td>a</td></tr></table>b</table>", "<table><tr><td><table><tr><td>a</td></tr></table>b</td></tr></table>" },
	{ "an end in a cell", "<div><table><tr><td></div>a</td></tr></table></div>b", "<div><table><tr><td>a</td></tr></table></div>b" },
	{ "lists without ends", "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>" },
	{ "an item alone", "<li>a</li><dt>b", "ab" },
	{ "paragraphs without ends", "<p>a<p>b<div>c</div>d</p>", "<p>a</p><p>b</p><div>c</div>d" },
	{ "a block in words of a paragraph", "<p><b>a<div>b</div></b></p>", "<p><b>a</b></p><div>b</div>" },
	{ "an item in a table's place", "<table><li>a</li></table>b", "<table>a</table>b" },
	{ "an item in a cell of a list's", "<ul><li><table><tr><td><li>a</li></td></tr></table></li></ul>", "<ul><li><table><tr><td>a</td></tr></table></li></ul>" },
	{ "parentheses that do not match", "<p style=\"color:rgb(1;border:0);font:a)b\">a</p>", "<p>a</p>" },
	{ "quotes that do not", "<p style=\"font-family:'a(b)';color:'a\">a</p>", "<p>a</p>" },
	{ "any width that is none", "<img style='width:auto' src=https://x.example/a.png><p style=width:12em>a</p><p style=width:px>b</p>",
	  "<img src=\"https://x.example/a.png\" style=\"width:auto;max-width:100%;height:auto\"><p>a</p><p>b</p>" },
	{ "a role of its own", "<table role=presentation></table><table role=button></table>", "<table role=\"presentation\"></table><table></table>" },
	{ "headings", "<h1>a<h2>b</h2></h1>", "<h1>a</h1><h2>b</h2>" },
	{ "nothing", "", "" },
};
// clang-format on

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct html_clean c = { 0 }, again = { 0 };
		struct buf out = BUF_INIT, twice = BUF_INIT;

		html_clean_add(&c, &out, cases[i].in, strlen(cases[i].in));
		html_clean_end(&c, &out);
		if (strcmp(out.data, cases[i].want) != 0)
			fail_msg("%s: %s\nwant %s", cases[i].name, out.data, cases[i].want);
		html_clean_add(&again, &twice, out.data, out.len);
		html_clean_end(&again, &twice);
		assert_string_equal(twice.data, out.data);
		buf_release(&out);
		buf_release(&twice);
	}
}

/* Without the styles of ours, which are others' tests. */
static void
without_styles(struct buf *out, const char *html)
{
	const char *style;
	size_t i;

	while ((style = strstr(html, " style=\""))) {
		buf_add(out, html, (size_t)(style - html));
		html = strchr(style + strlen(" style=\""), '"') + 1;
	}
	buf_addstr(out, html);
	for (i = 0; i < out->len; i++)
		if (out->data[i] == '\n')
			out->data[i] = '.';
}

// clang-format off
static const struct {
	const char *name, *in, *want, *text; /* line ends in want are dots */
} mixed[] = {
	{ "words in words", "a <u>b *c*</u> d", "<p>a <u>b <em>c</em></u> d</p>.", "a b _c_ d\n" },
	{ "left open in a paragraph", "a <u>b\n\nc", "<p>a <u>b</u></p>.<p>c</p>.", "a b\n\nc\n" },
	{ "crossed with emphasis", "*a <u>b* c</u>", "<p><em>a <u>b</u></em> c</p>.", "_a b_ c\n" },
	{ "a block around Markdown", "<div align=center>\n\n# a\n\n</div>\n\nb", "<div align=\"center\">.<h1>a</h1>.</div>.<p>b</p>.", "a\n=\n\nb\n" },
	{ "no block in a paragraph", "a <div>b</div> <p>c", "<p>a b c</p>.", "a b  c\n" },
	{ "no stray end", "a </p></td></table> b\n\n</td></tr></table>\n\nc", "<p>a  b</p>..<p>c</p>.", "a  b\n\nc\n" },
	{ "a table is no place for Markdown", "<table><tr>\n\n[a](/b)\n\n</tr></table>\n\nc",
	  "<table><tr>.</tr></table><table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td bgcolor=\"#1f6f5c\">"
	  "<a href=\"https://x.example/b\" class=\"button\">a</a></td></tr></table>..<p>c</p>.", "a\nhttps://x.example/b\n\nc\n" },
	{ "a cell is", "<table><tr><td>\n\na\n\n</td><td>b</td></tr></table>", "<table><tr><td>.<p>a</p>.</td><td>b</td></tr></table>.", "a\n\nb\n" },
	{ "an open paragraph ends", "<p>\n\na\n\n<p>b", "<p>.</p><p>a</p>.<p>b.</p>", "a\n\nb\n" },
	{ "a quote holds its own", "> <div>a\n\nb\n\n</div>", "<blockquote>.<div>a.</div></blockquote>.<p>b</p>..", "> a\n\nb\n" },
	{ "no link in a link", "<a href=https://y.example/>\n\n[a](/b) c\n\n</a>", "<a href=\"https://y.example/\">.<p>a c</p>.</a>.", "a c\n\n[1]\n\n[1] https://y.example/\n" },
	{ "nor the other way round", "a [b <u>c</u><a href=https://y.example/>d</a>](/d)", "<p>a <a href=\"https://x.example/d\">b <u>c</u>d</a></p>.", "a b cd [1]\n\n[1] https://x.example/d\n" },
	{ "links and images", "see <a href=\"/b?a&amp;c\">b</a> <img src=/i.png alt='an &eacute; &quot;i&quot;'>",
	  "<p>see <a href=\"https://x.example/b?a&amp;c\">b</a> <img src=\"https://x.example/i.png\" alt=\"an &eacute; &quot;i&quot;\"></p>.",
	  "see b [1] [an é \"i\"]\n\n[1] https://x.example/b?a&c\n" },
	{ "a list", "<ul>\n<li>a &mdash; b</li>\n<li><b>c</b></li>\n</ul>\nd", "<ul>.<li>a &mdash; b</li>.<li><b>c</b></li>.</ul>.d.", "- a — b\n- c\n\nd\n" },
	{ "cells in a line", "<table><tr><td>a</td><td>b</td></tr></table>", "<table><tr><td>a</td><td>b</td></tr></table>.", "a | b\n" },
	{ "lines as they are", "<pre>a\tb\n c</pre>", "<pre>a\tb. c</pre>.", "a b\n c\n" },
	{ "line ends", "<p>a<br>b\nc<hr>d</p>\n", "<p>a<br>b.c</p><hr>d.", "a\nb c\n\n* * *\n\nd\n" },
	{ "script", "<script>\nalert(1)\n</script>\n\na<style>b</style>", ".<p>ab</p>.", "ab\n" },
	{ "a comment", "a\n\n<!-- b -->\n\nc <!-- d -->e", "<p>a</p>..<p>c e</p>.", "a\n\nc e\n" },
	{ "slots", "<div title=\"{{name}}\">Hello {{name|you}}, <a href=\"{{unsubscribe_url}}\">leave</a></div>",
	  "<div title=\"" SLOT_MARK("name") "\">Hello " SLOT_MARK("name|you") ", <a href=\"" SLOT_MARK("unsubscribe_url") "\">leave</a></div>.",
	  "Hello " SLOT_MARK("name|you") ", leave [1]\n\n[1] " SLOT_MARK("unsubscribe_url") "\n" },
	{ "no forged slot", "<b>&#1;name&#2;\001name\002</b>", "<p><b>namename</b></p>.", "namename\n" },
	{ "code is code", "`<b>` <b>`c`", "<p><code>&lt;b&gt;</code> <b><code>c</code></b></p>.", "`<b>` `c`\n" },
};
// clang-format on

static void
test_mixed(void **state)
{
	const struct markdown_style style = { .base_url = "https://x.example/", .slots = true, .raw_html = true };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mixed) / sizeof(mixed[0]); i++) {
		struct buf html = BUF_INIT, bare = BUF_INIT, text = BUF_INIT;

		markdown_html(&html, mixed[i].in, strlen(mixed[i].in), &style);
		without_styles(&bare, html.data);
		if (strcmp(bare.data, mixed[i].want) != 0)
			fail_msg("%s: html is\n%s\nwant\n%s", mixed[i].name, bare.data, mixed[i].want);
		markdown_text(&text, mixed[i].in, strlen(mixed[i].in), &style);
		if (strcmp(text.data, mixed[i].text) != 0)
			fail_msg("%s: text is\n%s\nwant\n%s", mixed[i].name, text.data, mixed[i].text);
		buf_release(&html);
		buf_release(&bare);
		buf_release(&text);
	}
}

/* Nothing takes more time than its length. */
static void
test_hostile(void **state)
{
	static const char *const units[] = { "<b>", "&a;", "<p><div>\n\n", "<div><table><tr><td>\n\n", "<a href=x>", "<ul><li>", "</b>",
		"<!--", "<div a b c ", "<style>", "> <div>\n", "- <div>\n", "<b style='color:red;color:blue;", "<img src=x>", "{{name|",
		"<b>{{name|a}}", "&#1;", "<b>*a " };
	const struct markdown_style style = { .base_url = "https://x.example/", .slots = true, .raw_html = true };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct buf in = BUF_INIT, html = BUF_INIT, text = BUF_INIT;
		int64_t start = clock_mono_us();

		while (in.len < 300000)
			buf_addstr(&in, units[i]);
		markdown_html(&html, in.data, in.len, &style);
		markdown_text(&text, in.data, in.len, &style);
		assert_true(text_is_utf8(html.data, html.len) && text_is_utf8(text.data, text.len));
		assert_true(html.len < MARKDOWN_MAX_OUTPUT + MARKDOWN_MAX && text.len < MARKDOWN_MAX_OUTPUT + MARKDOWN_MAX);
		if (clock_mono_us() - start > 60000000) /* a second or two under sanitizers; minutes if it were quadratic */
			fail_msg("%s takes too long", units[i]);
		buf_release(&in);
		buf_release(&html);
		buf_release(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests_name("html_clean", tests, NULL, NULL);
}
