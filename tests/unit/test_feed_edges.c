/* test_feed_edges.c - what of a feed is cut short, said in a way of its own, or no use: what is made of it all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "content/feed.h"
#include "content/feed_html.h"

static struct err err;

static int
parse(const char *s, size_t n, const char *charset, struct feed *out)
{
	const struct feed_options o = { "https://e.example/feed", charset, 0 };
	struct feed_parser *p = feed_begin(&o);
	int rc;

	err = ERR_INIT;
	rc = feed_add(p, s, n, &err) == 0 ? feed_end(p, out, &err) : -1;
	feed_free(p);
	return rc;
}

#define ITEM(x) "<item><link>/1</link>" x "</item></channel></rss>"
#define RSS(x) "<rss xmlns:media=\"http://search.yahoo.com/mrss/\"><channel>" ITEM(x)
#define ATOM(x) "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><link href=\"/1\"/>" x "</entry></feed>"
#define TITLE(x) RSS("<title>" x "</title>")
#define BODY(x) RSS("<title>t</title><description><![CDATA[" x "]]></description>")
#define HUNDRED "ééééééééééééééééééééééééééééééééééééééééééééééééé "

enum field {
	AUTHOR,
	BODY_TEXT,
	IMAGE,
	ALT,
	NAME,
	URL
};

/* A field of the first item. */
static const struct {
	const char *name, *text;
	enum field field;
	const char *want;
} fields[] = {
	{ "lines in a title", TITLE("one&lt;br&gt;&lt;br&gt;two"), NAME, "one two" },
	{ "paragraphs in a title", TITLE("&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two"), NAME, "one two" },
	{ "an apostrophe by its name", TITLE("don&apos;t"), NAME, "don't" },
	{ "an apostrophe by its name, again escaped", TITLE("don&amp;apos;t"), NAME, "don't" },
	{ "references to no number", TITLE("<![CDATA[&#; &#x; &#12a; &; x]]>"), NAME, "&#; &#x; &#12a; &; x" },
	{ "noncharacters", TITLE("a\xef\xbf\xbe"
				 "b\xef\xbf\xbf"
				 "c"),
	    NAME, "a\ufffdb\ufffdc" },
	{ "a style that does not end", BODY("words<style>p < a { } no </styl words"), BODY_TEXT, "words" },
	{ "the end tag of a style that does not end", BODY("words<style>p < a { } </style words"), BODY_TEXT, "words" },
	{ "a comment that does not end", BODY("words<!-- no > words"), BODY_TEXT, "words" },
	{ "a declaration, and one that does not end", BODY("words <!x y>and <?z ?>more<!x words"), BODY_TEXT, "words and more" },
	{ "paragraphs of plain text", ATOM("<title>t</title><content>one\ntwo\n\n1 &lt; 2\n\n\nthree</content>"), BODY_TEXT, "one two\n\n1 \\< 2\n\nthree" },
	{ "HTML of Atom 0.3", "<feed xmlns='http://purl.org/atom/ns#'><entry><link href='/1'/><title>t</title>"
			      "<content mode='escaped'>&lt;h1&gt;a</content></entry></feed>",
	    BODY_TEXT, "### a" },
	{ "an address as a name", RSS("<title>t</title><author>a@e.example (b@e.example)</author>"), AUTHOR, "" },
	{ "a picture that is loaded late", BODY("<img src='data:image/gif;base64,R0' data-src='/a.png'>"), IMAGE, "https://e.example/a.png" },
	{ "its name comes later", RSS("<title>t</title><enclosure url='/a.png'/><description>&lt;img src='/a.png' alt='Tea'&gt;</description>"), ALT, "Tea" },
	{ "a long name is cut", BODY("<img src='/a.png' alt='" HUNDRED HUNDRED HUNDRED HUNDRED "'>"), ALT, HUNDRED HUNDRED HUNDRED "é" },
	{ "a small picture is for nothing better", RSS("<title>t</title><media:content medium='image' width='100' url='/small.png'/>"
						       "<enclosure url='/a.png'/>"),
	    IMAGE, "https://e.example/a.png" },
	{ "a base that is no address", "<rss xml:base='mailto:ann'><channel>" ITEM("<title>t</title>"), URL, "https://e.example/1" },
	{ "a base in a base", "<rss xml:base='https://x.example/a/'><channel xml:base='b/'>"
			      "<item><title>t</title><link>c</link></item></channel></rss>",
	    URL,
	    "https://x.example/a/b/c" },
};

static const char *
field_of(const struct feed_item *item, enum field field)
{
	switch (field) {
	case AUTHOR: return item->author;
	case BODY_TEXT: return item->body;
	case IMAGE: return item->image;
	case ALT: return item->image_alt;
	case URL: return item->url;
	default: return item->title;
	}
}

static void
test_fields(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct feed f = { 0 };
		const char *got;

		if (parse(fields[i].text, strlen(fields[i].text), "", &f) == -1)
			fail_msg("%s: %s", fields[i].name, err.text);
		got = f.count == 1 ? field_of(&f.item[0], fields[i].field) : "no item";
		if (strcmp(got, fields[i].want) != 0)
			fail_msg("%s: got \"%s\"", fields[i].name, got);
		feed_release(&f);
	}
}

/* UTF-16 that a mark says, the server says, or the first "<" tells; the bytes at the end that are half a character are one that is none. */
static const struct {
	const char *name, *charset;
	bool big, mark;
	size_t more; /* bytes at the end */
	const char *want;
} wide[] = {
	{ "a mark, big end first", "", true, true, 0, "Tea" },
	{ "a mark, little end first", "", false, true, 0, "Tea" },
	{ "big end first, without a mark", "", true, false, 0, "Tea" },
	{ "little end first, without a mark", "", false, false, 0, "Tea" },
	{ "the server says it", "utf-16le", false, false, 0, "Tea" },
	{ "half a character at the end", "", false, true, 1, "line 1: it is no well-formed XML: Extra content at the end of the document" },
};

static void
test_wide(void **state)
{
	const char *text = TITLE("Tea"), *p, *got;
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		struct feed f = { 0 };
		int rc;

		buf_reset(&b);
		if (wide[i].mark)
			buf_add(&b, wide[i].big ? "\xfe\xff" : "\xff\xfe", 2);
		for (p = text; *p; p++) {
			buf_addch(&b, wide[i].big ? '\0' : *p);
			buf_addch(&b, wide[i].big ? *p : '\0');
		}
		buf_add(&b, "   ", wide[i].more);
		rc = parse(b.data, b.len, wide[i].charset, &f);
		got = rc == -1 ? err.text : f.item[0].title;
		if (strcmp(got, wide[i].want) != 0)
			fail_msg("%s: got \"%s\"", wide[i].name, got);
		feed_release(&f);
	}
	buf_release(&b);
}

/* A page that names a feed of Atom alone. */
static void
test_alternate(void **state)
{
	static const char page[] = "<html><head><link rel=alternate type='text/html' href='/no'>"
				   "<link rel='stylesheet' type='application/atom+xml' href='/no'>"
				   "<link rel='alternate' type='application/atom+xml' href='/atom'>";
	struct feed f;

	(void)state;
	assert_int_equal(parse(page, strlen(page), "", &f), -1);
	assert_non_null(strstr(err.text, "says that its feed is at https://e.example/atom"));
}

/* A paragraph longer than a body may be, and a base longer than an address may be. */
static void
test_long(void **state)
{
	struct buf b = BUF_INIT;
	struct feed f = { 0 };

	(void)state;
	buf_addstr(&b, "<rss xml:base='https://x.example/");
	while (b.len < (size_t)4 * FEED_URL_MAX)
		buf_addstr(&b, "longer/");
	buf_addstr(&b, "'><channel><item><link>/1</link><content:encoded>");
	while (b.len < (size_t)3 * FEED_BODY_MAX)
		buf_addstr(&b, "語");
	buf_addstr(&b, "</content:encoded></item></channel></rss>");
	assert_int_equal(parse(b.data, b.len, "", &f), 0);
	assert_int_equal(f.count, 1);
	assert_string_equal(f.item[0].url, "https://x.example/1");
	assert_in_range(strlen(f.item[0].body), FEED_BODY_MAX - 8, FEED_BODY_MAX);
	assert_true(text_is_utf8(f.item[0].body, strlen(f.item[0].body)));
	feed_release(&f);
	buf_release(&b);
}

/* HTML is any bytes: those that are no UTF-8 are left out. */
static void
test_bytes(void **state)
{
	static const char html[] = "<p>a\xff\xc3"
				   "b\xe8\xaa";
	struct buf b = BUF_INIT;

	(void)state;
	feed_html_line(&b, html, strlen(html));
	assert_string_equal(b.data, "ab");
	buf_release(&b);
}

/* Who goes on after a fault hears of the same one again; the rest of a block behind it is not looked at. */
static void
test_after_fault(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "<svg/>" HUNDRED, "line 1: it is no feed: it begins with <svg>" },
		{ "Not Found>" HUNDRED, "line 1: it is no feed: it does not begin with \"<\"" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct feed_options o = { "", "", 4 };
		struct feed_parser *p = feed_begin(&o);
		struct feed f;

		assert_int_equal(feed_add(p, "    ", 4, &err), 0);
		assert_int_equal(feed_add(p, cases[i].text, strlen(cases[i].text), &err), -1);
		assert_int_equal(feed_add(p, "<rss>", 5, &err), -1);
		err = ERR_INIT;
		assert_int_equal(feed_end(p, &f, &err), -1);
		assert_int_equal(strncmp(err.text, cases[i].want, strlen(cases[i].want)), 0);
		feed_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_alternate),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_after_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
