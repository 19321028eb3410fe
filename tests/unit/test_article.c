/* test_article.c - Markdown files as articles and promotions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "content/article.h"
#include "content/markdown.h"

static char folder[] = "/tmp/test_article.XXXXXX", path[64];

static void
put(const char *text, size_t n)
{
	struct err e = ERR_INIT;

	if (file_write(path, 0600, text, n, &e) == -1)
		fail_msg("%s", e.text);
}

#define BASE "https://calm.example/blog/"

/* Every field as "key=value;" in the struct's order, those that are empty left out. */
static char *
describe(const struct article_text *a)
{
	const struct {
		const char *name, *value;
	} fields[] = {
		{ "title", a->title },
		{ "url", a->url },
		{ "excerpt", a->excerpt },
		{ "author", a->author },
		{ "image", a->image },
		{ "alt", a->image_alt },
		{ "topic", a->topic },
		{ "body", a->body },
		{ "preheader", a->preheader },
		{ "action_text", a->action_text },
		{ "action_url", a->action_url },
	};
	struct buf out = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].value[0])
			buf_addf(&out, "%s=%s;", fields[i].name, fields[i].value);
	if (a->published)
		buf_addf(&out, "published=%lld;", (long long)a->published);
	if (a->valid_until)
		buf_addf(&out, "valid_until=%lld;", (long long)a->valid_until);
	return buf_detach(&out);
}

static const struct {
	const char *name, *in, *want; /* want: the fields, or what the error says behind the path when it starts with '!' */
} cases[] = {
	{ "everything",
	    "---\ntitle: A calm day\ndate: 2026-03-01\nurl: calm\nexcerpt: In short.\nauthor: Ann\nimage: /i.jpg\ntopic: articles\n---\nBody\n",
	    "title=A calm day;url=" BASE "calm;excerpt=In short.;author=Ann;image=https://calm.example/i.jpg;topic=articles;body=Body\n;published=1772323200;" },
	{ "a promotion", "---\nsubject: Spring\npreheader: Ten off\nvalid-until: 2026-03-31\naction-text: Book\naction-url: /book\n---\nx",
	    "title=Spring;excerpt=x;body=x;preheader=Ten off;action_text=Book;action_url=https://calm.example/book;valid_until=1775001599;" },
	{ "underscores", "---\ntitle: T\nvalid_until: 2026-03-31 12:00\naction_url: https://b.example/\n---\nx",
	    "title=T;excerpt=x;body=x;action_url=https://b.example/;valid_until=1774958400;" },
	{ "other keys", "---\ntitle: T\ndraft: false\ntags: [a, b]\nseo: {a: {b: c}}\n---\nx", "title=T;excerpt=x;body=x;" },
	{ "a title before a subject", "---\nsubject: S\ntitle: T\n---\nx", "title=T;excerpt=x;body=x;" },
	{ "a title from the heading", "# A *calm* day &amp; `night`\n\nBody [here](/x).\n",
	    "title=A calm day & night;excerpt=Body here.;body=\nBody [here](/x).\n;" },
	{ "… an underlined one", "Long\ntitle\n=====\nBody\n", "title=Long title;excerpt=Body;body=Body\n;" },
	{ "… behind a definition", "[x]: /u\nTitle\n---\n[y][x]\n", "title=Title;excerpt=y;body=[x]: /u\n[y][x]\n;" },
	{ "… that starts with a hash", "#calm\n===\nBody", "title=#calm;excerpt=Body;body=Body;" },
	{ "… after a paragraph", "First\n\n## Title ##\nBody", "title=Title;excerpt=First Body;body=First\n\nBody;" },
	{ "… at the end", "First\n\nTitle\n===", "title=Title;excerpt=First;body=First\n\n;" },
	{ "… with CRLF", "# Title\r\n\r\nBody\r\n", "title=Title;excerpt=Body;body=\r\nBody\r\n;" },
	{ "… and CR", "# Title\r\rBody\r", "title=Title;excerpt=Body;body=\rBody\r;" },
	{ "no slot from an entity", "# Dear &#1;name&#2;\n\nHi &#1;name&#2;&#x85;!", "title=Dear name;excerpt=Hi name!;body=\nHi &#1;name&#2;&#x85;!;" },
	{ "a heading in a quote is none", "> # Quoted\n\n# Title\n", "title=Title;body=> # Quoted\n\n;" },
	{ "an empty title falls back", "---\ntitle:\n---\n# T\n", "title=T;" },
	{ "a folded title", "---\ntitle: >\n  one\n  two\n---\n", "title=one two;" },
	{ "several authors", "---\ntitle: T\nauthor: [Ann, Bob]\n---\n", "title=T;author=Ann, Bob;" },
	{ "an image in a mapping", "---\ntitle: T\nimage: {path: x}\nauthor: {name: Ann}\n---\n", "title=T;" },
	{ "its image's words", "---\ntitle: T\nimage: /i.jpg\nimage-alt: A gull\n---\n![A boat](/b.jpg)",
	    "title=T;image=https://calm.example/i.jpg;alt=A gull;body=![A boat](/b.jpg);" },
	{ "the first image of the text",
	    "---\ntitle: T\nurl: 2026/calm/\n---\n![no](data:image/png;base64,xx) ![A *boat*](b.jpg) ![c](c.jpg)",
	    "title=T;url=" BASE "2026/calm/;image=" BASE "2026/calm/b.jpg;alt=A boat;"
	    "body=![no](data:image/png;base64,xx) ![A *boat*](b.jpg) ![c](c.jpg);" },
	{ "… by reference, with words of its own", "---\ntitle: T\nimage-alt: Mine\n---\n![A boat][b]\n\n[b]: /b.jpg",
	    "title=T;image=https://calm.example/b.jpg;alt=Mine;body=![A boat][b]\n\n[b]: /b.jpg;" },
	{ "an excerpt in lines", "---\ntitle: T\nexcerpt: |\n  one\n\n  two\n---\n", "title=T;excerpt=one two;" },
	{ "a date with a zone", "---\ntitle: T\ndate: 2026-03-01T01:00:00+01:00\n---\n", "title=T;published=1772323200;" },
	{ "a date as Jekyll's", "---\ntitle: T\ndate: 2026-03-01 01:00:00 +0100\n---\n", "title=T;published=1772323200;" },
	{ "an international url", "---\ntitle: T\nurl: https://Bücher.example/ä b\n---\n", "title=T;url=https://xn--bcher-kva.example/%C3%A4%20b;" },

	{ "nothing", "", "!no title: start the file with" },
	{ "no title", "Only words.\n", "!no title: start the file with" },
	{ "bad front matter", "---\ntitle: a: b\n---\n", "!line 2: not valid YAML" },
	{ "no UTF-8", "# Caf\xe9\n", "!line 1: not UTF-8" },
	{ "a slot", "# T\n\nDear \001name\002", "!line 3: a control character" },
	{ "a title of two lines", "---\ntitle: \"a\\nBcc: x@y.example\"\n---\n", "!the title must be one line" },
	{ "a subject with a tab", "---\nsubject: \"a\\tb\"\n---\n", "!the subject must be one line" },
	{ "a title that is a list", "---\ntitle: [a]\n---\n", "!\"title\" must be one text" },
	{ "a topic that is a mapping", "---\ntitle: T\ntopic: {a: b}\n---\n", "!\"topic\" must be one text" },
	{ "no date", "---\ntitle: T\ndate: soon\n---\n", "!date \"soon\" is no date" },
	{ "a date that moves", "---\ntitle: T\ndate: now\n---\n", "!date \"now\" is no date" },
	{ "31 February", "---\ntitle: T\nvalid-until: 2026-02-31\n---\n", "!valid-until \"2026-02-31\" is no date" },
	{ "javascript", "---\ntitle: T\nurl: \"javascript:alert(1)\"\n---\n", "!url \"javascript:alert(1)\" is no web address" },
	{ "mailto as url", "---\ntitle: T\nurl: mailto:a@b.example\n---\n", "!url \"mailto:a@b.example\" is no web address" },
	{ "data as image", "---\ntitle: T\nimage: \"data:image/png;base64,xx\"\n---\n", "!image \"data:" },
	{ "an action without a host", "---\ntitle: T\naction-url: https:///x\n---\n", "!action-url \"https:///x\" is no web address" },
};

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *want = cases[i].want;
		struct article_text a;
		struct err e = ERR_INIT;
		char *got;
		int rc;

		put(cases[i].in, strlen(cases[i].in));
		rc = article_text_read(&a, path, BASE, &e);
		got = describe(&a);
		if (want[0] == '!') {
			if (rc == 0 || e.code != ERR_INPUT || strncmp(e.text, path, strlen(path)) != 0 ||
			    strncmp(e.text + strlen(path), ": ", 2) != 0 ||
			    strncmp(e.text + strlen(path) + 2, want + 1, strlen(want + 1)) != 0)
				fail_msg("%s: \"%s\", want \"%s\"", cases[i].name, rc ? e.text : got, want);
		} else if (rc == -1 || strcmp(got, want) != 0)
			fail_msg("%s: \"%s\", want \"%s\"; %s", cases[i].name, got, want, rc ? e.text : "");
		free(got);
		article_text_release(&a);
	}
}

static void
test_relative_without_base(void **state)
{
	struct article_text a;
	struct err e = ERR_INIT;

	(void)state;
	put("---\ntitle: T\nurl: /x\n---\n", 24);
	assert_int_equal(article_text_read(&a, path, "", &e), -1);
	assert_non_null(strstr(e.text, "url \"/x\" is relative: write it with https:// or set the site's base URL"));
	article_text_release(&a);
}

static void
test_hash(void **state)
{
	struct article_text a;
	struct err e = ERR_INIT;

	(void)state;
	put("# abc\n", 6);
	assert_int_equal(article_text_read(&a, path, "", &e), 0);
	assert_string_equal(a.hash, "c96d70129517a804082ed92c0ff5cc78c880c661376df954acf1d349484a7715");
	article_text_release(&a);
}

static void
test_bounds(void **state)
{
	struct buf text = BUF_INIT;
	struct article_text a;
	struct err e = ERR_INIT;

	(void)state;
	buf_addstr(&text, "# ");
	while (text.len < 2 + ARTICLE_TITLE_MAX)
		buf_addch(&text, 'x');
	put(text.data, text.len);
	assert_int_equal(article_text_read(&a, path, "", &e), 0);
	assert_int_equal(strlen(a.title), ARTICLE_TITLE_MAX);
	article_text_release(&a);
	buf_addch(&text, 'x');
	put(text.data, text.len);
	assert_int_equal(article_text_read(&a, path, "", &e), -1);
	assert_non_null(strstr(e.text, "the title has more than 300 bytes"));
	article_text_release(&a);

	buf_reset(&text);
	buf_addstr(&text, "# T\n");
	while (text.len < MARKDOWN_MAX)
		buf_addch(&text, 'x');
	put(text.data, text.len);
	assert_int_equal(article_text_read(&a, path, "", &e), 0);
	assert_int_equal(strlen(a.excerpt), (size_t)ARTICLE_EXCERPT_WORDS * 16 + strlen("…"));
	article_text_release(&a);
	buf_addch(&text, 'x');
	put(text.data, text.len);
	assert_int_equal(article_text_read(&a, path, "", &e), -1);
	assert_non_null(strstr(e.text, "more than 1048576 bytes of Markdown"));
	article_text_release(&a);
	buf_reserve(&text, 100000);
	memset(text.data + text.len, 'x', 100000);
	put(text.data, text.len + 100000);
	assert_int_equal(article_text_read(&a, path, "", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	article_text_release(&a);
	buf_release(&text);

	assert_int_equal(article_text_read(&a, "/tmp/test_article.none/x.md", "", &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	article_text_release(&a);
}

static int
set_up(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	if (!mkdtemp(folder) || clock_init("UTC", &e) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/a.md", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_relative_without_base),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests_name("article", tests, set_up, tear_down);
}
