/* test_markdown.c - CommonMark as mail: what comes out, and that nothing hostile does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/markdown.h"
#include "content/url.h"
#include "content/wrap.h"

static const struct markdown_style style = { .base_url = "https://calm.example/blog/post", .colour = "#2f6f4f" };

/* Tags without their attributes but href, src, alt and start, and without <p>: what is said, not how it looks. */
static void
skeleton(struct buf *out, const char *html)
{
	static const char *const kept[] = { "href=\"", "src=\"", "alt=\"", "start=\"" };
	size_t i;

	while (*html) {
		if (*html != '<') {
			buf_addch(out, *html++);
			continue;
		}
		while (*html && *html != '>') {
			if (*html != ' ') {
				buf_addch(out, *html++);
				continue;
			}
			html++;
			for (i = 0; i < 4 && strncmp(html, kept[i], strlen(kept[i])) != 0; i++)
				;
			if (i < 4) {
				buf_addch(out, ' ');
				buf_addstr(out, kept[i]);
				html += strlen(kept[i]);
				while (*html && *html != '"')
					buf_addch(out, *html++);
				buf_addch(out, '"');
			} else
				html += strcspn(html, "\"");
			if (*html == '"' && i == 4)
				html += 1 + strcspn(html + 1, "\"");
			if (*html == '"')
				html++;
		}
	}
}

// clang-format off
static const struct {
	const char *name, *in, *html, *text;	/* html as skeleton() leaves it */
} cases[] = {
	{ "a paragraph", "One\ntwo.", "<p>One\ntwo.</p>\n", "One two.\n" },
	{ "nothing", "", "", "" },
	{ "headings", "# One\n\nTwo\n===\n\n## Three\n#### Four",
	  "<h1>One</h1>\n<h1>Two</h1>\n<h2>Three</h2>\n<h4>Four</h4>\n",
	  "One\n===\n\nTwo\n===\n\nThree\n-----\n\nFour\n~~~~\n" },
	{ "emphasis", "*a* **b** `c*`", "<p><em>a</em> <strong>b</strong> <code>c*</code></p>\n", "_a_ *b* `c*`\n" },
	{ "a hard break", "a\\\nb", "<p>a<br>\nb</p>\n", "a\nb\n" },
	{ "a link", "see [a b](https://x.example/?a=1&b=2).", "<p>see <a href=\"https://x.example/?a=1&amp;b=2\">a b</a>.</p>\n",
	  "see a b [1].\n\n[1] https://x.example/?a=1&b=2\n" },
	{ "links to one address", "[a](/x) [b](../x) [c](/y)",
	  "<p><a href=\"https://calm.example/x\">a</a> <a href=\"https://calm.example/x\">b</a> <a href=\"https://calm.example/y\">c</a></p>\n",
	  "a [1] b [1] c [2]\n\n[1] https://calm.example/x\n[2] https://calm.example/y\n" },
	{ "an autolink", "<https://x.example/> <a@x.example>",
	  "<p><a href=\"https://x.example/\">https://x.example/</a> <a href=\"mailto:a@x.example\">a@x.example</a></p>\n",
	  "https://x.example/ a@x.example\n" },
	{ "an autolink alone is no button", "<https://x.example/>", "<p><a href=\"https://x.example/\">https://x.example/</a></p>\n", "https://x.example/\n" },
	{ "an address in the words of a link", "Hi [a <x@y.example> b](/c)",
	    "<p>Hi <a href=\"https://calm.example/c\">a x@y.example b</a></p>\n", "Hi a x@y.example b [1]\n\n[1] https://calm.example/c\n" },
	{ "and of one that leads nowhere", "Hi [a <x@y.example> b](javascript:x)",
	    "<p>Hi a <a href=\"mailto:x@y.example\">x@y.example</a> b</p>\n", "Hi a x@y.example b\n" },
	{ "a button", "Hi\n\n[Book *now*](/book)",
	  "<p>Hi</p>\n<table><tr><td><a href=\"https://calm.example/book\">Book <em>now</em></a></td></tr></table>\n",
	  "Hi\n\nBook _now_\nhttps://calm.example/book\n" },
	{ "no button in a list", "- [a](/b)", "<ul>\n<li><a href=\"https://calm.example/b\">a</a></li>\n</ul>\n",
	  "- a [1]\n\n[1] https://calm.example/b\n" },
	{ "no button in a quote", "> [a](/b)",
	  "<blockquote>\n<p><a href=\"https://calm.example/b\">a</a></p>\n</blockquote>\n",
	  "> a [1]\n\n[1] https://calm.example/b\n" },
	{ "no button without a target", "[a](javascript:x)", "<p>a</p>\n", "a\n" },
	{ "an empty link", "a[](https://x.example/)", "<p>a<a href=\"https://x.example/\"></a></p>\n", "a\n" },
	{ "an image", "![A *calm* \"lake\"](/l.jpg)", "<p><img src=\"https://calm.example/l.jpg\" alt=\"A calm &quot;lake&quot;\"></p>\n",
	  "[A calm \"lake\"]\n" },
	{ "an image without words", "![](/l.jpg)", "<p><img src=\"https://calm.example/l.jpg\" alt=\"\"></p>\n", "" },
	{ "an image in a link", "[![a\\[](/l.jpg)](/x)", "<p><a href=\"https://calm.example/x\"><img src=\"https://calm.example/l.jpg\" alt=\"a[\"></a></p>\n",
	  "[a[] [1]\n\n[1] https://calm.example/x\n" },
	{ "… without words", "[![](/l.jpg)](/x)", "<p><a href=\"https://calm.example/x\"><img src=\"https://calm.example/l.jpg\" alt=\"\"></a></p>\n",
	  "[1]\n\n[1] https://calm.example/x\n" },
	{ "code and a hard break in an image", "![a `b`\\\nc](/l.jpg)", "<p><img src=\"https://calm.example/l.jpg\" alt=\"a b\nc\"></p>\n", "[a `b` c]\n" },
	{ "a link in an image", "![a [b](/c) **d** ![e](/f)](/l.jpg)", "<p><img src=\"https://calm.example/l.jpg\" alt=\"a b d e\"></p>\n", "[a b d e]\n" },
	{ "lists", "- a\n- b\n  1. c\n  2. d\n- e", "<ul>\n<li>a</li>\n<li>b<ol>\n<li>c</li>\n<li>d</li>\n</ol>\n</li>\n<li>e</li>\n</ul>\n",
	  "- a\n- b\n  1. c\n  2. d\n- e\n" },
	{ "a loose list", "9. a\n\n10. b\n\n    c", "<ol start=\"9\">\n<li><p>a</p>\n</li>\n<li><p>b</p>\n<p>c</p>\n</li>\n</ol>\n", "9. a\n\n10. b\n\n    c\n" },
	{ "two lists", "- a\n\n* b", "<ul>\n<li>a</li>\n</ul>\n<ul>\n<li>b</li>\n</ul>\n", "- a\n\n- b\n" },
	{ "an empty item", "- a\n-\n- b", "<ul>\n<li>a</li>\n<li></li>\n<li>b</li>\n</ul>\n", "- a\n-\n- b\n" },
	{ "a list at once in a list", "- - a\n  - b", "<ul>\n<li><ul>\n<li>a</li>\n<li>b</li>\n</ul>\n</li>\n</ul>\n", "- - a\n  - b\n" },
	{ "a quote", "> a\n>\n> > b\n\nc",
	  "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>\n<p>c</p>\n",
	  "> a\n>\n> > b\n\nc\n" },
	{ "a quote in an item", "1. > a\n   > b\n\n   c", "<ol>\n<li><blockquote>\n<p>a\nb</p>\n</blockquote>\n<p>c</p>\n</li>\n</ol>\n",
	  "1. > a b\n\n   c\n" },
	{ "code", "```sh\na  <b>\n\n\tc\n```", "<table><tr><td><pre>a  &lt;b&gt;\n\n\tc\n</pre></td></tr></table>\n", "    a  <b>\n\n    \tc\n" },
	{ "code in an item", "- a\n\n      b", "<ul>\n<li><p>a</p>\n<table><tr><td><pre>b\n</pre></td></tr></table>\n</li>\n</ul>\n", "- a\n\n      b\n" },
	{ "a rule", "a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n", "a\n\n* * *\n\nb\n" },
	{ "HTML is text", "<script>alert(1)</script>\n\na <b onclick=\"x\">b</b>",
	  "<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p>\n<p>a &lt;b onclick=&quot;x&quot;&gt;b&lt;/b&gt;</p>\n",
	  "<script>alert(1)</script>\n\na <b onclick=\"x\">b</b>\n" },
	{ "comments are not for readers", "a\n\n<!-- more -->\n\nb <!-- c --> d\n\n<!-- x --> y", "<p>a</p>\n<p>b  d</p>\n<p> y\n</p>\n", "a\n\nb  d\n\ny\n" },
	{ "no script", "[a](javascript:alert(1)) [b](JavaScript:x) [c](data:text/html,x) [d](vbscript:x) [e](file:///etc/passwd)",
	  "<p>a b c d e</p>\n", "a b c d e\n" },
	{ "nor a hidden one", "[a](&#1;javascript:x) [b](<java\tscript:x>) [c](&#9;javascript:x) [d](java&#10;script:x) [e](java&#x85;script:x)",
	  "<p>a b c d e</p>\n", "a b c d e\n" },
	{ "images load nothing odd", "![a](data:image/png;base64,xx) ![b](mailto:a@x.example) ![c](cid:1)", "<p>a b c</p>\n", "[a] [b] [c]\n" },
	{ "no attribute breaks out", "[a](https://x.example/\"onclick=\"x) ![\" onerror=\"x](/l.jpg)",
	  "<p><a href=\"https://x.example/%22onclick=%22x\">a</a> <img src=\"https://calm.example/l.jpg\" alt=\"&quot; onerror=&quot;x\"></p>\n",
	  "a [1] [\" onerror=\"x]\n\n[1] https://x.example/%22onclick=%22x\n" },
	{ "no slot from entities", "Dear &#1;name|x&#2;&#x7f;&#x9b;! `\001a`\n\n[&#1;b](/&#1;x)", "<p>Dear name|x! <code>a</code></p>\n"
	  "<table><tr><td><a href=\"https://calm.example/x\">b</a></td></tr></table>\n", "Dear name|x! `a`\n\nb\nhttps://calm.example/x\n" },
	{ "mail and telephone", "[m](mailto:a@x.example) [t](tel:+34-1)", "<p><a href=\"mailto:a@x.example\">m</a> <a href=\"tel:+34-1\">t</a></p>\n",
	  "m [1] t [2]\n\n[1] mailto:a@x.example\n[2] tel:+34-1\n" },
	{ "a heading of more than a line", "# aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hh iiiii",
	  "<h1>aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hh iiiii</h1>\n",
	  "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hh\niiiii\n"
	  "========================================================================\n" },
	{ "wrapped at 72", "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hh 3 iiiiiiiii",
	  "<p>aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hh 3 iiiiiiiii</p>\n",
	  "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hh\n3 iiiiiiiii\n" },
};
// clang-format on

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf html = BUF_INIT, bare = BUF_INIT, text = BUF_INIT;

		markdown_html(&html, cases[i].in, strlen(cases[i].in), &style);
		skeleton(&bare, html.data);
		if (strcmp(bare.data, cases[i].html) != 0)
			fail_msg("%s: html is\n%s\nwant\n%s", cases[i].name, bare.data, cases[i].html);
		markdown_text(&text, cases[i].in, strlen(cases[i].in), &style);
		if (strcmp(text.data, cases[i].text) != 0)
			fail_msg("%s: text is\n%s\nwant\n%s", cases[i].name, text.data, cases[i].text);
		buf_release(&html);
		buf_release(&bare);
		buf_release(&text);
	}
}

static void
test_looks(void **state)
{
	static const struct {
		const char *name, *in, *colour, *want;
	} looks[] = {
		{ "an image is fluid", "![a](/b)", "#2f6f4f", "width=\"536\" border=\"0\" style=\"display:block;width:100%;max-width:536px;height:auto;border:0\"" },
		{ "a link has the accent", "a [b](/c)", "#2f6f4f", "style=\"color:#2f6f4f;text-decoration:underline\"" },
		{ "a button is white on dark", "[b](/c)", "#2f6f4f", "background-color:#2f6f4f;color:#ffffff" },
		{ "… and dark on bright", "[b](/c)", "#ffd54f", "background-color:#ffd54f;color:#111111" },
		{ "a button has room in Outlook", "[b](/c)", "#2f6f4f", "mso-padding-alt:12px 24px" },
		{ "long words break", "a", "#2f6f4f", "<p style=\"margin:0 0 16px;line-height:1.6;word-break:break-word\">a</p>" },
		{ "… in lists", "- a", "#2f6f4f", "line-height:1.6;word-break:break-word\">a</li>" },
		{ "… and in code", "    a", "#2f6f4f", "white-space:pre-wrap;word-wrap:break-word;word-break:break-word\">a" },
		{ "code has a class for dark mode", "    a", "#2f6f4f", "<td class=\"code\" bgcolor=\"#f3f4f6\"" },
		{ "and so has a button", "[b](/c)", "#2f6f4f", "class=\"button\"" },
		{ "a quote has a bar", "> a", "#2f6f4f", "border-left:4px solid #2f6f4f" },
		{ "a quote ends with its text", "> a\n>\n> b", "#2f6f4f", "<p style=\"margin:0;line-height:1.6;word-break:break-word\">b</p>" },
		{ "a layout table says so", "[b](/c)", "#2f6f4f", "<table role=\"presentation\"" },
		{ "a colour that is none", "a [b](/c)", "red;x:y", "style=\"color:#1f6f5c;" },
		{ "no colour", "a [b](/c)", NULL, "style=\"color:#1f6f5c;" },
		{ "the first heading has no gap", "# a\n# b", "#2f6f4f", "margin:0 0 12px" },
		{ "later ones do", "# a\n# b", "#2f6f4f", "margin:32px 0 12px" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct markdown_style s = { .base_url = "https://calm.example/", .colour = looks[i].colour };
		struct buf html = BUF_INIT;

		markdown_html(&html, looks[i].in, strlen(looks[i].in), &s);
		if (!strstr(html.data, looks[i].want))
			fail_msg("%s: no %s in\n%s", looks[i].name, looks[i].want, html.data);
		buf_release(&html);
	}
}

static void
test_small_questions(void **state)
{
	static const struct {
		const char *name, *in, *title, *excerpt, *image; /* title and image NULL: there is none */
	} questions[] = {
		{ "cut behind a sentence", "One two three four. Five six.", NULL, "One two three four…", NULL },
		{ "all three", "# T\n\nOne two *three* four five six.\n\n![x](/i.jpg)", "T", "One two three four…", "https://calm.example/i.jpg" },
		{ "behind a comma", "One, two, three, four, five", NULL, "One, two, three, four…", NULL },
		{ "behind a question", "One two three four? Five", NULL, "One two three four? …", NULL },
		{ "no more than a dash", "- - - -", NULL, "", NULL },
		{ "before a dash", "One two three - four five", NULL, "One two three…", NULL },
		{ "just enough", "One two\nthree   `four`", NULL, "One two three four", NULL },
		{ "across blocks", "One\n\n- two\n- three\n\n> four\n\nfive", NULL, "One two three four…", NULL },
		{ "no code, HTML or bare address", "    a\n\n<b>\n\nOne <https://x.example> <b>two</b> [three](/x)", NULL, "One two three", NULL },
		{ "inside of a word", "O*n*e two", NULL, "One two", NULL },
		{ "no words of a button", "One\n\n[Book](/x)\n\ntwo", NULL, "One two", NULL },
		{ "but where it comes first", "[Book](/x)", NULL, "Book", NULL },
		{ "nothing", "", NULL, "", NULL },
		{ "a title in a list", "- # a", NULL, "", NULL },
		{ "the first of two images", "![One *calm*\nlake](/a.png) ![b](/b.png)", NULL, "", "https://calm.example/a.png" },
		{ "an image that is none", "![a](data:x) ![b](c.png)", NULL, "", "https://calm.example/blog/c.png" },
		{ "one long word", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL,
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…", NULL },
		{ "cut between characters", "日日日日日日日日日日日日日日日日日日日日日日日日日日", NULL, "日日日日日日日日日日日日日日日日日日日日日…", NULL },
		{ "long words", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccc", NULL,
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbb…", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct buf title = BUF_INIT, excerpt = BUF_INIT, image = BUF_INIT;
		const char *in = questions[i].in;

		assert_int_equal(markdown_title(&title, in, strlen(in)), questions[i].title ? 0 : -1);
		markdown_excerpt(&excerpt, in, strlen(in), 4);
		assert_int_equal(markdown_image(&image, NULL, in, strlen(in), &style), questions[i].image ? 0 : -1);
		if (strcmp(title.data, questions[i].title ? questions[i].title : "") != 0 ||
		    strcmp(excerpt.data, questions[i].excerpt) != 0 ||
		    strcmp(image.data, questions[i].image ? questions[i].image : "") != 0)
			fail_msg("%s: \"%s\", \"%s\", \"%s\"", questions[i].name, title.data, excerpt.data, image.data);
		buf_release(&title);
		buf_release(&excerpt);
		buf_release(&image);
	}
}

static void
test_alt(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} images[] = {
		{ "words", "![One *calm*\nlake &amp; `sea`](/a.png)", "One calm lake & sea" },
		{ "none", "![](/a.png)", "" },
		{ "of the one that is taken", "![a](data:x) ![b](/b.png) ![c](/c.png)", "b" },
		{ "in a link", "[![b](/b.png) d](/c)", "b" },
		{ "no mark", "![a&#1;name&#2;](/b.png)", "aname" },
	};
	struct buf in = BUF_INIT, url = BUF_INIT, alt = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		buf_reset(&alt);
		assert_int_equal(markdown_image(&url, &alt, images[i].in, strlen(images[i].in), &style), 0);
		if (strcmp(alt.data, images[i].want) != 0)
			fail_msg("%s: \"%s\", want \"%s\"", images[i].name, alt.data, images[i].want);
	}
	buf_addstr(&in, "![");
	while (in.len < 3000)
		buf_addstr(&in, "日");
	buf_addstr(&in, "](/a.png)");
	buf_reset(&alt);
	assert_int_equal(markdown_image(&url, &alt, in.data, in.len, &style), 0);
	assert_true(alt.len > MARKDOWN_ALT_MAX - 4 && alt.len <= MARKDOWN_ALT_MAX && text_is_utf8(alt.data, alt.len));
	buf_release(&in);
	buf_release(&url);
	buf_release(&alt);
}

/* What is said in the title is not said again. */
static void
test_without_title(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} texts[] = {
		{ "a line of #", "# Title\n\nText", "\nText" },
		{ "with blanks before it", "   # Title\nText", "Text" },
		{ "a line below", "Title\n=====\nText", "Text" },
		{ "with blanks before that", "Title\n  of two lines\n   == \nText", "Text" },
		{ "at the end", "Title\n=", "" },
		{ "with a definition before it", "[a]: /b\nTitle\n===\nText [a]", "[a]: /b\nText [a]" },
		{ "no title", "Text\n\n===\n", "Text\n\n===\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf out = BUF_INIT;

		markdown_without_title(&out, texts[i].in, strlen(texts[i].in));
		if (strcmp(out.data, texts[i].want) != 0)
			fail_msg("%s: \"%s\", want \"%s\"", texts[i].name, out.data, texts[i].want);
		buf_release(&out);
	}
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

/* Every tag that is opened is closed, in order, and none stays open. */
static void
assert_balanced(const char *name, const char *html)
{
	struct buf open = BUF_INIT;

	while ((html = strchr(html, '<'))) {
		bool close = html[1] == '/';
		const char *tag = html + 1 + close;
		size_t n = strcspn(tag, " >\n");

		html = tag;
		if ((n == 2 && (!strncmp(tag, "hr", 2) || !strncmp(tag, "br", 2))) || (n == 3 && !strncmp(tag, "img", 3)))
			continue;
		if (!close) {
			buf_addch(&open, '<');
			buf_add(&open, tag, n);
			continue;
		}
		if (open.len <= n || strncmp(open.data + open.len - n, tag, n) != 0 || open.data[open.len - n - 1] != '<')
			fail_msg("%s: </%.*s> after %s", name, (int)n, tag, open.data);
		buf_truncate(&open, open.len - n - 1);
	}
	if (open.len)
		fail_msg("%s: open: %.200s", name, open.data);
	buf_release(&open);
}

static void
test_depth(void **state)
{
	static const struct {
		const char *name, *open, *close, *tag;
	} nests[] = {
		{ "quotes", "> ", "", "<blockquote" },
		{ "lists", "- ", "", "<ul" },
		{ "numbered lists", "1. ", "", "<ol" },
		{ "emphasis", "*a **b ", "** b*", "<em" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(nests) / sizeof(nests[0]); i++) {
		struct buf in = BUF_INIT, html = BUF_INIT, text = BUF_INIT;
		const char *line, *end;

		for (j = 0; j < 5000; j++)
			buf_addstr(&in, nests[i].open);
		buf_addstr(&in, "deep");
		for (j = 0; j < 5000; j++)
			buf_addstr(&in, nests[i].close);
		markdown_html(&html, in.data, in.len, &style);
		assert_balanced(nests[i].name, html.data);
		assert_in_range(count(html.data, nests[i].tag), 1, MARKDOWN_MAX_DEPTH);
		assert_non_null(strstr(html.data, "deep"));
		markdown_text(&text, in.data, in.len, &style);
		assert_non_null(strstr(text.data, "deep"));
		for (line = text.data; (end = strchr(line, '\n')); line = end + 1)
			if (end - line > 80)
				fail_msg("%s: a line of %d bytes", nests[i].name, (int)(end - line));
		buf_release(&in);
		buf_release(&html);
		buf_release(&text);
	}
}

static void
test_hostile(void **state)
{
	static const struct {
		const char *text;
		size_t size; /* bytes of it in a row */
	} units[] = {
		{ "![[]()", MARKDOWN_MAX + 100 }, { "[a](", 100000 }, { "*a_ ", 100000 }, { "`", 100000 }, { "<!-- ", 100000 }, { "> ", 100000 },
		{ "- a\n", 100000 }, { "[ (](", 100000 }, { "![a](b) ", 100000 }, { "&#1;", 100000 }, { "<a:b>", 100000 }, { "\x80", 100000 },
		{ "\xc2", 100000 }, { "# a\n", MARKDOWN_MAX + 100 }, { "a\n=\n", 100000 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct buf in = BUF_INIT, html = BUF_INIT, text = BUF_INIT, rest = BUF_INIT;
		int64_t start = clock_mono_us();

		while (in.len < units[i].size)
			buf_addstr(&in, units[i].text);
		markdown_html(&html, in.data, in.len, &style);
		markdown_text(&text, in.data, in.len, &style);
		markdown_excerpt(&rest, in.data, in.len, 40);
		markdown_title(&rest, in.data, in.len);
		markdown_image(&rest, NULL, in.data, in.len, &style);
		assert_true(text_is_utf8(html.data, html.len) && text_is_utf8(text.data, text.len) && text_is_utf8(rest.data, rest.len));
		assert_false(text_has_control(html.data, html.len, "\t\n") || text_has_control(text.data, text.len, "\t\n"));
		assert_true(html.len < MARKDOWN_MAX_OUTPUT + MARKDOWN_MAX && text.len < MARKDOWN_MAX_OUTPUT + 4 * MARKDOWN_MAX);
		if (clock_mono_us() - start > 60000000) /* a few seconds under sanitizers; minutes if it were quadratic */
			fail_msg("%s takes too long", units[i].text);
		buf_release(&in);
		buf_release(&html);
		buf_release(&text);
		buf_release(&rest);
	}
}

/* RFC 3986 section 5.4, and what people write. */
static void
test_url(void **state)
{
	static const struct {
		const char *ref, *want;
	} refs[] = {
		{ "g:h", "g:h" }, { "g", "http://a/b/c/g" }, { "./g", "http://a/b/c/g" }, { "g/", "http://a/b/c/g/" }, { "/g", "http://a/g" },
		{ "//g", "http://g" }, { "?y", "http://a/b/c/d;p?y" }, { "g?y", "http://a/b/c/g?y" }, { "#s", "http://a/b/c/d;p?q#s" },
		{ "g#s", "http://a/b/c/g#s" }, { "g?y#s", "http://a/b/c/g?y#s" }, { ";x", "http://a/b/c/;x" }, { "g;x", "http://a/b/c/g;x" },
		{ "g;x?y#s", "http://a/b/c/g;x?y#s" }, { "", "http://a/b/c/d;p?q" }, { ".", "http://a/b/c/" }, { "./", "http://a/b/c/" },
		{ "..", "http://a/b/" }, { "../", "http://a/b/" }, { "../g", "http://a/b/g" }, { "../..", "http://a/" }, { "../../", "http://a/" },
		{ "../../g", "http://a/g" }, { "../../../g", "http://a/g" }, { "../../../../g", "http://a/g" }, { "/./g", "http://a/g" },
		{ "/../g", "http://a/g" }, { "g.", "http://a/b/c/g." }, { ".g", "http://a/b/c/.g" }, { "g..", "http://a/b/c/g.." },
		{ "..g", "http://a/b/c/..g" }, { "./../g", "http://a/b/g" }, { "./g/.", "http://a/b/c/g/" }, { "g/./h", "http://a/b/c/g/h" },
		{ "g/../h", "http://a/b/c/h" }, { "g;x=1/./y", "http://a/b/c/g;x=1/y" }, { "g;x=1/../y", "http://a/b/c/y" },
		{ "g?y/./x", "http://a/b/c/g?y/./x" }, { "g?y/../x", "http://a/b/c/g?y/../x" }, { "g#s/./x", "http://a/b/c/g#s/./x" },
		{ "g#s/../x", "http://a/b/c/g#s/../x" }, { "http:g", "http:g" }
	};
	static const struct {
		const char *in, *want;
		enum url_kind kind;
	} cleans[] = {
		{ " https://x.example/a b ", "https://x.example/a%20b", URL_HTTP },
		{ "HTTPS://X.example", "HTTPS://X.example", URL_HTTP },
		{ "https://bücher.example:8443/ü?ü#ü", "https://xn--bcher-kva.example:8443/%C3%BC?%C3%BC#%C3%BC", URL_HTTP },
		{ "https://u@bücher.example/", "https://u@xn--bcher-kva.example/", URL_HTTP },
		{ "https://b\u034f<\"x.example/", "https://b%3C%22x.example/", URL_HTTP },
		{ "https://[2001:db8::1]/[x]", "https://[2001:db8::1]/%5Bx%5D", URL_HTTP },
		{ "/a%20b%2", "/a%20b%252", URL_RELATIVE },
		{ "https:\\\\x", "https:%5C%5Cx", URL_OTHER },
		{ "https://", "https://", URL_OTHER },
		{ "mailto:", "mailto:", URL_OTHER },
		{ "mailto:a@b.example?subject=x y", "mailto:a@b.example?subject=x%20y", URL_CONTACT },
		{ "java\tscript\n:x", "javascript:x", URL_OTHER },
		{ "java script:x", "java%20script:x", URL_OTHER },
		{ ":x", ":x", URL_OTHER },
		{ "a/b:c", "a/b:c", URL_RELATIVE },
		{ "#a:b", "#a:b", URL_RELATIVE },
		{ "", "", URL_RELATIVE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		struct buf out = BUF_INIT;

		url_resolve(&out, "http://a/b/c/d;p?q", refs[i].ref);
		if (strcmp(out.data, refs[i].want) != 0)
			fail_msg("%s: %s, want %s", refs[i].ref, out.data, refs[i].want);
		buf_reset(&out);
		url_resolve(&out, "", refs[i].ref);
		assert_string_equal(out.data, refs[i].ref);
		buf_release(&out);
	}
	for (i = 0; i < sizeof(cleans) / sizeof(cleans[0]); i++) {
		struct buf out = BUF_INIT;

		url_clean(&out, cleans[i].in, strlen(cleans[i].in));
		if (strcmp(out.data, cleans[i].want) != 0 || url_kind(out.data) != cleans[i].kind)
			fail_msg("%s: %s, want %s; kind %d", cleans[i].in, out.data, cleans[i].want, (int)url_kind(out.data));
		buf_release(&out);
	}
}

static void
test_wrap(void **state)
{
	static const struct {
		const char *name, *in, *want; /* want: the lines, each ended by '|' */
	} wraps[] = {
		{ "words", "one two three", "one two|three|" },
		{ "an exact fit", "one two 89", "one two 89|" },
		{ "one too many", "one two 890", "one two|890|" },
		{ "a long word", "a 12345678901234 b", "a|12345678901234|b|" },
		{ "a long word first", "12345678901234 b", "12345678901234|b|" },
		{ "several spaces", "one     two    x", "one|two    x|" },
		{ "a newline", "one\ntwo", "one|two|" },
		{ "spaces before it", "one  \ntwo", "one|two|" },
		{ "umlauts count one", "öööö öööö ö", "öööö öööö|ö|" },
		{ "wide ones two", "日本語日本語", "日本語日本|語|" },
		{ "no mark in front", "日本語日本。語", "日本語日|本。語|" },
		{ "no bracket behind", "日本語日「本語", "日本語日|「本語|" },
		{ "marks take none", "e\xcc\x81 e\xcc\x81 e\xcc\x81 e\xcc\x81 e\xcc\x81 x", "e\xcc\x81 e\xcc\x81 e\xcc\x81 e\xcc\x81 e\xcc\x81|x|" },
		{ "a slot is not broken", "a " SLOT_MARK("name|dear re r") " b", "a|" SLOT_MARK("name|dear re r") "|b|" },
		{ "it counts as its fallback", "a " SLOT_MARK("name|dear you") " b", "a " SLOT_MARK("name|dear you") "|b|" },
		{ "or its name", "a " SLOT_MARK("name") " 8901", "a " SLOT_MARK("name") "|8901|" },
		{ "no end, no slot", "a \001name|dear y", "a|\001name|dear|y|" },
		{ "an emoji", "12345678 🙂", "12345678|🙂|" },
		{ "no break before letters' marks", "日本語日,aa", "日本語|日,aa|" },
		{ "but before letters and numbers", "日本語日aaa1本b", "日本語日|aaa1本b|" },
		{ "bytes that are no UTF-8", "a\xff"
					     "b \xe6\x97 \xe6z\x97 b c",
		    "a\xff"
		    "b \xe6\x97 \xe6z\x97|b c|" },
		{ "half a character at the end", "a \xe6\x97", "a \xe6\x97|" },
		{ "nothing", "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		const char *s = wraps[i].in;
		size_t n = strlen(s), next;
		struct buf out = BUF_INIT;

		for (; n; s += next, n -= next) {
			buf_add(&out, s, wrap_line(s, n, 10, &next));
			buf_addch(&out, '|');
		}
		if (strcmp(out.data, wraps[i].want) != 0)
			fail_msg("%s: \"%s\", want \"%s\"", wraps[i].name, out.data, wraps[i].want);
		buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_small_questions),
		cmocka_unit_test(test_alt),
		cmocka_unit_test(test_without_title),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_wrap),
	};

	return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
