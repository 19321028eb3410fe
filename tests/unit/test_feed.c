/* test_feed.c - feeds as blogs write them, good and bad, cut into pieces anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "content/feed.h"
#include "content/feed_date.h"
#include "content/feed_html.h"
#include "content/markdown.h"

#define URL "https://base.example/blog/feed.xml"

static struct err err;

/* Give the bytes in pieces of `piece`, or in two cut at `cut`, whichever is not 0. */
static int
parse(const char *s, size_t n, const struct feed_options *o, size_t piece, size_t cut, struct feed *out)
{
	struct feed_parser *p = feed_begin(o);
	size_t at = 0, next;
	int rc = 0;

	err = ERR_INIT;
	while (rc == 0 && at < n) {
		next = piece && at + piece < n ? at + piece : n;
		if (cut && at < cut)
			next = cut;
		rc = feed_add(p, s + at, next - at, &err);
		at = next;
	}
	rc = rc == 0 ? feed_end(p, out, &err) : rc;
	feed_free(p);
	return rc;
}

static const struct feed_options plain = { URL, "", 0 };

static void
read_sample(struct buf *out, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "tests/data/feeds/%s", name);
	buf_reset(out);
	assert_int_equal(file_read(path, FEED_MAX, out, &err), 0);
}

/* Everything of a feed, or what was wrong, as text. */
static void
dump(struct buf *out, int rc, struct feed *f)
{
	size_t i;

	buf_reset(out);
	if (rc == -1) {
		buf_addstr(out, err.text);
		return;
	}
	buf_addf(out, "%s %s %s %zu %zu %zu %zu\n", f->title, f->link, f->self, f->count, f->beyond, f->no_link, f->no_text);
	for (i = 0; i < f->count; i++)
		buf_addf(out, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%lld\n%s\n%s\n", f->item[i].title, f->item[i].url, f->item[i].guid,
		    f->item[i].author, f->item[i].excerpt, f->item[i].image, f->item[i].image_alt, (long long)f->item[i].published,
		    f->item[i].hash, f->item[i].body);
	feed_release(f);
}

/* What each sample must give; NULL: not looked at. */
static const struct {
	const char *file;
	size_t index;
	const char *title, *url, *guid, *author, *published, *excerpt, *image, *alt, *body;
} items[] = {
	{ "wordpress.xml", 0, "Sleep doesn’t come when it is called & what helps", "https://www.quietharbour.example/2026/03/sleep/",
	    "https://www.quietharbour.example/?p=412", "Ann Lindqvist", "2026-03-09T08:00:00Z",
	    "Lying awake is not a failure of will. Three small habits, and one that is better left, from a year of talking about nights with "
	    "people who dread them; none of them needs an app, a watch or a new mattress, and the first one works on the very first evening "
	    "for most who try it…",
	    "https://www.quietharbour.example/wp-content/uploads/bed-1024x683.jpg?a=1&b=2", "An unmade bed & a window",
	    "Lying awake is not a failure of will – it’s a body on guard.\n\n### What helps\n\n- Get up at the same time\n\n"
	    "- Leave 1 \\* 2 \\* 3 \\[as it is\\]\n\n2\\. is no list, and {\u2060{name}} nobody." },
	{ "wordpress.xml", 1, "We are closed on Monday the second of February, because…", "https://www.quietharbour.example/2026/02/aside/",
	    "https://www.quietharbour.example/?p=398", "Ann Lindqvist, Jonas", "2026-02-01T18:30:00Z",
	    "We are closed on Monday the second of February, because of the storm. Be safe.", "", "", NULL },
	{ "jekyll.atom", 0, "Fish & chips", "https://blog.example.org/2026/fish/", "tag:blog.example.org,2026:fish", "Jonas",
	    "2026-03-01T09:30:00Z", "Short & good.", "https://blog.example.org/2026/fish/img/chips.jpg", "Chips \"hot\"",
	    "Two paragraphs. Of words.\n\nAnd the second, 5 \\< 6." },
	{ "jekyll.atom", 1, "1 < 2 ’", "https://blog.example.org/two", "tag:blog.example.org,2026:two", "Ann of the feed",
	    "2026-02-03T00:00:00Z", "Plain <b> text.", "https://blog.example.org/two.png", "Two \"2\"",
	    "### Head\n\nXHTML \\& bold 1 \\< 2 \\<p\\>" },
	{ "jekyll.atom", 2, "Elsewhere", "https://blog.example.org/three", "urn:uuid:3", "Ann of the feed", "2026-01-03T00:00:00Z", "",
	    "https://cdn.example.org/e.png", "", "" },
	{ "rss10.rdf", 0, "Jürgen– “quotes”", "http://rdf.example.org/1", "http://rdf.example.org/1", "Jürgen", "2004-05-06T05:08:00Z",
	    "Naïve, café…", "", "", "Naïve, café …" },
	{ "rss10.rdf", 1, "Only about", "http://rdf.example.org/2", "http://rdf.example.org/2", "", "2004-05-01T00:00:00Z", "Words.", "",
	    "", "Words." },
	{ "broken.xml", 0, "Café R&D &bogus; & <3 😀 &", "http://www.example.org/?p=1&q=2&r=3",
	    "http://www.example.org/?p=1&q=2&r=3", "Ann B.", "2026-03-03T15:00:00Z", "Un-escaped HTML — – and more.", "http://www.example.org/i.jpg?x=1&y=2", "", NULL },
	{ "broken.xml", 1, "A permalink alone.", "http://www.example.org/perma", "http://www.example.org/perma", "", "",
	    "A permalink alone.", "", "", "A permalink alone." },
	{ "broken.xml", 2, "Dup", "http://www.example.org/dup", "http://www.example.org/dup", "", "2026-01-05T06:07:08Z", "", "", "", "" },
	{ "podcast.xml", 0, "100 €", "https://listen.example.org/1", "https://listen.example.org/1", "Eva", "2026-01-01T00:00:00Z",
	    "About money.", "https://listen.example.org/i.jpg", "", "About money." },
	{ "podcast.xml", 1, "Pictures", "https://listen.example.org/2", "https://listen.example.org/2", "", "2026-01-01T08:00:00Z", "Text.",
	    "https://listen.example.org/big.jpg", "A & description", "Text." },
	{ "atom03.xml", 0, "First", "https://old.example.org/1", "tag:old.example.org,2004:1", "Mark", "2004-01-01T05:00:00Z", "Hello.", "",
	    "", "Hello." },
	{ "blogger.atom", 0, "Tulips & bulbs", "https://garden.example/2026/03/tulips.html", "tag:blogger.com,1999:blog-1.post-2", "Rosa",
	    "2026-03-08T17:59:00Z", "Plant them deep. And wait.", "https://blogger.googleusercontent.com/img/s320/tulip.jpg", "Three tulips",
	    "Plant them deep.\n\nAnd wait." },
	{ "utf16le.xml", 0, "Zażółć 😀", "https://w.example/1", NULL, "", "", "", "", "", "" },
	{ "utf16be.xml", 0, "Zażółć 😀", "https://w.example/1", NULL, "", "", "", "", "", "" },
	{ "rss091.xml", 0, "Café \ufffd", "http://o.example/1", NULL, "", "", "Words é.", "", "", "Words é." },
	{ "xxe_parameter.xml", 0, "&defined-there; words", "https://example.org/", NULL, "", "", "", "", "", "" },
};

static void
same(const char *got, const char *want)
{
	if (want)
		assert_string_equal(got, want);
}

static void
test_items(void **state)
{
	struct buf b = BUF_INIT;
	char iso[CLOCK_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		struct feed f = { 0 };
		const struct feed_item *item;

		read_sample(&b, items[i].file);
		if (parse(b.data, b.len, &plain, 0, 0, &f) == -1)
			fail_msg("%s: %s", items[i].file, err.text);
		assert_true(items[i].index < f.count);
		item = &f.item[items[i].index];
		same(item->title, items[i].title);
		same(item->url, items[i].url);
		same(item->guid, items[i].guid);
		same(item->author, items[i].author);
		same(item->published ? clock_iso(iso, item->published) : "", items[i].published);
		same(item->excerpt, items[i].excerpt);
		same(item->image, items[i].image);
		same(item->image_alt, items[i].alt);
		same(item->body, items[i].body);
		assert_int_equal(strlen(item->hash), 64);
		feed_release(&f);
	}
	buf_release(&b);
}

static const struct {
	const char *file, *title, *link, *self;
	size_t count, no_link, no_text;
} feeds[] = {
	{ "wordpress.xml", "Quiet Harbour", "https://www.quietharbour.example", "https://www.quietharbour.example/feed/", 2, 0, 0 },
	{ "jekyll.atom", "A blog", "https://blog.example.org/", "https://blog.example.org/feed.xml", 3, 0, 0 },
	{ "rss10.rdf", "Café of old", "http://rdf.example.org/", "", 2, 0, 0 },
	{ "broken.xml", "Tea & cakes …", "http://www.example.org/?a=1&b=2", "", 3, 2, 1 },
	{ "atom03.xml", "Old & good", "https://old.example.org/", "", 1, 0, 0 },
};

static void
test_feeds(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++) {
		struct feed f = { 0 };

		read_sample(&b, feeds[i].file);
		assert_int_equal(parse(b.data, b.len, &plain, 0, 0, &f), 0);
		assert_string_equal(f.title, feeds[i].title);
		assert_string_equal(f.link, feeds[i].link);
		assert_string_equal(f.self, feeds[i].self);
		assert_int_equal(f.count, feeds[i].count);
		assert_int_equal(f.no_link, feeds[i].no_link);
		assert_int_equal(f.no_text, feeds[i].no_text);
		feed_release(&f);
	}
	buf_release(&b);
}

static const struct {
	const char *file, *want;
} refused[] = {
	{ "laughs.xml", "line 3: it declares an entity: feeds with entities of their own are refused" },
	{ "xxe.xml", "line 3: it declares an entity: feeds with entities of their own are refused" },
	{ "truncated.xml", "line 39: it ends there, in the middle: it was cut off on its way" },
	{ "page.html", "line 1: it is an HTML page, no feed; it says that its feed is at https://base.example/feed/?a=1&b=2" },
};

static void
test_refused(void **state)
{
	struct buf b = BUF_INIT;
	struct feed f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		read_sample(&b, refused[i].file);
		assert_int_equal(parse(b.data, b.len, &plain, 0, 0, &f), -1);
		assert_string_equal(err.text, refused[i].want);
		assert_int_equal(err.code, ERR_INPUT);
	}
	buf_release(&b);
}

static const char *const samples[] = { "blogger.atom", "wordpress.xml", "jekyll.atom", "rss10.rdf", "broken.xml", "podcast.xml",
	"atom03.xml", "utf16le.xml", "utf16be.xml", "rss091.xml", "xxe_parameter.xml", "laughs.xml", "xxe.xml", "truncated.xml", "page.html" };

/* How the bytes come makes no difference, to a feed or to what is wrong with it; nor does how many libxml2 gets at a time. */
static void
test_pieces(void **state)
{
	static const size_t blocks[] = { 1, 2, 3, 5, 64, 777 };
	struct buf b = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
	struct feed_options o = plain;
	struct feed f;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		read_sample(&b, samples[i]);
		dump(&want, parse(b.data, b.len, &plain, 0, 0, &f), &f);
		for (j = 1; j < b.len; j++) {
			dump(&got, parse(b.data, b.len, &plain, 0, j, &f), &f);
			assert_string_equal(got.data, want.data);
		}
		dump(&got, parse(b.data, b.len, &plain, 1, 0, &f), &f);
		assert_string_equal(got.data, want.data);
		for (j = 0; j < sizeof(blocks) / sizeof(blocks[0]); j++) {
			o.block = blocks[j];
			dump(&got, parse(b.data, b.len, &o, 0, 0, &f), &f);
			assert_string_equal(got.data, want.data);
		}
	}
	buf_release(&b);
	buf_release(&want);
	buf_release(&got);
}

/* Cut anywhere but in what follows the last element, every good sample is refused, and nothing of it is taken. */
static void
test_cut_off(void **state)
{
	struct buf b = BUF_INIT;
	struct feed f;
	size_t i, j, end;

	(void)state;
	for (i = 0; i < 5; i++) {
		read_sample(&b, samples[i]);
		for (end = b.len; b.data[end - 1] != '>'; end--)
			;
		for (j = 0; j < end; j++) {
			assert_int_equal(parse(b.data, j, &plain, 0, 0, &f), -1);
			assert_int_equal(strncmp(err.text, "line ", 5), 0);
		}
		assert_int_equal(parse(b.data, end, &plain, 0, 0, &f), 0);
		feed_release(&f);
	}
	buf_release(&b);
}

#define RSS(x) "<rss version=\"2.0\"><channel><title>t</title><link>https://e.example/</link><item><link>/1</link>" x \
	       "</item></channel></rss>"

/* The first item of a small feed: title, or excerpt where there is none said, or the error. */
static const struct {
	const char *name, *charset, *text, *title;
} small[] = {
	{ "double escape", "", RSS("<title>Q&amp;amp;A &amp;amp;#8217;</title>"), "Q&A ’" },
	{ "tags in a title", "", RSS("<title>&lt;b&gt;Bold&lt;/b&gt; <![CDATA[<i>it</i>]]> a &lt; b</title>"), "Bold it a < b" },
	{ "entities in CDATA", "", RSS("<title><![CDATA[R&D caf&eacute; &copy; &nosuch;]]></title>"), "R&D café © &nosuch;" },
	{ "control characters", "", RSS("<title>a\x01\x1f"
					"b&#7;c\x7f"
					"d\xc2\x85"
					"e</title>"),
	    "a b c de" },
	{ "a line", "", RSS("<title>\n two\r\n\tlines&nbsp; &#10; </title>"), "two lines" },
	{ "turned direction", "", RSS("<title>a\xe2\x80\xae"
				      "b&#8203;c</title>"),
	    "abc" },
	{ "overlong and surrogate bytes", "", RSS("<title>a\xc0\xaf\xed\xa0\x80z</title>"), "a\ufffd\ufffd\ufffd\ufffd\ufffdz" },
	{ "surrogate references", "", RSS("<title>a&#xD83D;b&#x110000;c&#99999999999999;d</title>"), "a b c d" },
	{ "windows references", "", RSS("<title>&#145;a&#146; &#x80;</title>"), "‘a’ €" },
	{ "HTTP outweighs the declaration", "iso-8859-1", "<?xml version='1.0' encoding='utf-8'?>" RSS("<title>\xe9</title>"), "é" },
	{ "a byte-order mark outweighs HTTP", "iso-8859-1", "\xef\xbb\xbf" RSS("<title>\xc3\xa9</title>"), "é" },
	{ "called latin, is windows", "", "<?xml version='1.0' encoding='ISO-8859-1'?>" RSS("<title>\x93q\x94</title>"), "“q”" },
	{ "said to be UTF-16, is not", "", "<?xml version='1.0' encoding='UTF-16'?>" RSS("<title>\xc3\xa9</title>"), "é" },
	{ "koi8-r", "", "<?xml version='1.0' encoding='koi8-r'?>" RSS("<title>\xf4\xc5\xd3\xd4</title>"), "Тест" },
	{ "shift_jis", "shift_jis", RSS("<title>\x83\x65\x83\x58\x83\x67 \xff</title>"), "テスト \ufffd" },
	{ "no such charset", "", "<?xml version='1.0' encoding='x-mine'?>" RSS("<title>t</title>"), "line 1: the charset \"x-mine\" is unknown" },
	{ "a charset with more in it", "utf-16//translit,/etc", RSS("<title>t</title>"), "line 1: the charset \"utf-16//translit,/etc\" is unknown" },
	{ "no title, no text", "", RSS("<title> </title><description>&lt;img src='x.png'&gt;</description>"), NULL },
	{ "prefix without a namespace", "", RSS("<dc:title>From dc</dc:title>"), "From dc" },
	{ "not closed", "", RSS("<title>a</titel>"), "line 1: it is no well-formed XML: Opening and ending tag mismatch: title line 1 and titel" },
	{ "no feed", "", "<svg/>", "line 1: it is no feed: it begins with <svg>, not with <rss>, <feed> or <rdf:RDF>" },
	{ "text", "", "Not Found", "line 1: it is no feed: it does not begin with \"<\"" },
	{ "nothing", "", "", "line 1: it is empty" },
	{ "blank", "", " \n ", "line 2: it is empty" },
	{ "JSON", "", "{\"version\": \"https://jsonfeed.org/version/1\"}", "line 1: it is no feed: it does not begin" },
	{ "XHTML page", "", "<?xml version='1.0'?>\n<!-- x -->\n<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "line 1: it is an HTML page, no feed, and names none" },
	{ "a DOCTYPE behind an instruction", "", "<?x > <!-- ?><!DOCTYPE rss [<!ENTITY a 'b'>]>" RSS("<title>&a;</title>"), "line 1: it declares an entity" },
	{ "a DOCTYPE inside", "", "<rss><channel><!DOCTYPE rss><item/></channel></rss>", NULL },
	{ "comments in a DOCTYPE", "", "<!DOCTYPE rss [<!-- ' ]> --><!ELEMENT rss (a)> ]>" RSS("<title>t</title>"), "t" },
	{ "an entity refers to itself", "", "<!DOCTYPE rss [<!ENTITY  a '&a;'>]>" RSS("<title>&a;</title>"), "line 1: it declares an entity" },
};

static void
test_small(void **state)
{
	struct feed_options o = plain;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		struct feed f = { 0 };
		const char *got, *want;
		int rc;

		o.charset = small[i].charset;
		rc = parse(small[i].text, strlen(small[i].text), &o, 0, 0, &f);
		got = rc == -1 ? err.text : f.count ? f.item[0].title
						    : NULL;
		want = small[i].title;
		if (!want != !got || (got && (rc == -1 ? strncmp(got, want, strlen(want)) != 0 : strcmp(got, want) != 0)))
			fail_msg("%s: got %s", small[i].name, got ? got : "no item");
		if (rc == 0)
			feed_release(&f);
	}
}

static const struct {
	const char *text, *want;
} dates[] = {
	{ "Wed, 02 Oct 2002 13:00:00 GMT", "2002-10-02T13:00:00Z" },
	{ "Wed, 02 Oct 2002 15:00:00 +0200", "2002-10-02T13:00:00Z" },
	{ "2 Oct 2002 08:00 EST", "2002-10-02T13:00:00Z" },
	{ "Wed,2 October 02 06:00:00 PDT", "2002-10-02T13:00:00Z" },
	{ "Wednesday, 02-Oct-02 13:00:00 UTC", "2002-10-02T13:00:00Z" },
	{ "02 Oct 99 13:00:00 Z", "1999-10-02T13:00:00Z" },
	{ "Wed, 02 Oct 2002 13:00:00", "2002-10-02T13:00:00Z" },
	{ "Wed, 02 Oct 2002", "2002-10-02T00:00:00Z" },
	{ "Oct 2, 2002", "2002-10-02T00:00:00Z" },
	{ "Wed Oct  2 13:00:00 2002", "2002-10-02T13:00:00Z" },
	{ "mar, 03 mar 2026 10:00:00 +0100", "2026-03-03T09:00:00Z" },
	{ "Wed, 02 Oct 2002 13:00:00 -05:30", "2002-10-02T18:30:00Z" },
	{ "2002-10-02T13:00:00Z", "2002-10-02T13:00:00Z" },
	{ "2002-10-02T15:00:00.123456+02:00", "2002-10-02T13:00:00Z" },
	{ "2002-10-02T15:00+02:00", "2002-10-02T13:00:00Z" },
	{ "2002-10-02 13:00:00", "2002-10-02T13:00:00Z" },
	{ "2002-10-02 15:00:00 +0200", "2002-10-02T13:00:00Z" },
	{ "2002-10-02", "2002-10-02T00:00:00Z" },
	{ "2002-10", "2002-10-01T00:00:00Z" },
	{ "2002", "2002-01-01T00:00:00Z" },
	{ " \n2002-10-02T13:00:00z", "2002-10-02T13:00:00Z" },
	{ "", "" },
	{ "yesterday", "" },
	{ "02 Foo 2002 13:00:00", "" },
	{ "2002-13-01", "" },
	{ "2002-10-42", "" },
	{ "0001-01-01T00:00:00Z", "" },
	{ "Wed, 02 Oct 2002 99:00:00 GMT", "" },
	{ "99999999999999999999", "" },
	{ "Wed, 02 Oct 2002 13:00:00 +99:99", "2002-10-02T13:00:00Z" },
	{ "Donaudampfschifffahrtstag, 02 Octobercalifragilistic 2002 13:00:00 GMT", "2002-10-02T13:00:00Z" },
	{ "1970-01-01T00:00:00+05:00", "" },
};

static void
test_dates(void **state)
{
	char iso[CLOCK_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		int64_t t = feed_date(dates[i].text);
		const char *got = t ? clock_iso(iso, t) : "";

		if (strcmp(got, dates[i].want) != 0)
			fail_msg("\"%s\": got \"%s\"", dates[i].text, got);
	}
}

/* Where the excerpt comes from, and what is no part of it. */
static const struct {
	const char *description, *want;
} excerpts[] = {
	{ "Plain words.", "Plain words." },
	{ "Cut here [&#8230;]", "Cut here…" },
	{ "Cut here [...]", "Cut here…" },
	{ "A sentence. [&hellip;]", "A sentence." },
	{ "Cut here &#8230; &lt;a href='x'&gt;Continue reading &lt;span&gt;The title&lt;/span&gt; &amp;rarr;&lt;/a&gt;", "Cut here…" },
	{ "Words. Read more", "Words." },
	{ "You can read more about it there.", "You can read more about it there." },
	{ "Palabras. Leer más »", "Palabras." },
	{ "&lt;p&gt;Words.&lt;/p&gt;&lt;p&gt;The post &lt;a&gt;A&lt;/a&gt; appeared first on &lt;a&gt;B&lt;/a&gt;.&lt;/p&gt;", "Words." },
	{ "&lt;p&gt;Palabras.&lt;/p&gt;&lt;p&gt;La entrada A se publicó primero en B.&lt;/p&gt;", "Palabras." },
	{ "&lt;style&gt;p { }&lt;/style&gt;&lt;!-- no --&gt;Words &lt;iframe&gt;none&lt;/iframe&gt;here", "Words here" },
	{ "a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 e0 e1 "
	  "e2 e3 e4 e5 e6 e7 e8 e9 f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 g0 g1",
	    "a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 e0…" },
};

static void
test_excerpts(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(excerpts) / sizeof(excerpts[0]); i++) {
		struct feed f = { 0 };

		buf_reset(&b);
		buf_addf(&b,
		    "<rss><channel><item><title>T</title><link>https://e.example/</link><description>%s</description></item></channel></rss>",
		    excerpts[i].description);
		assert_int_equal(parse(b.data, b.len, &plain, 0, 0, &f), 0);
		assert_string_equal(f.item[0].excerpt, excerpts[i].want);
		feed_release(&f);
	}
	buf_release(&b);
}

/* Somebody else's words stay words: nothing of them is Markdown, a link or a slot. */
static void
test_markdown_safe(void **state)
{
	static const char *const words[] = { "# no heading", "- no item", "+ no item", "12) no item", "> no quote", "    no code",
		"`no code`", "--- ", "===", "~~~", "*no* _stress_ **none**", "[no](https://link.example) ![no](x.png)",
		"<b>no tag</b> <https://no.example>", "&amp; &#35; \\*", "a\\", "***", "* * *", "```", "1.",
		"{{unsubscribe_url}} {{{x}}}" };
	struct buf html = BUF_INIT, md = BUF_INIT, text = BUF_INIT, want = BUF_INIT;
	struct markdown_style style = { .base_url = "", .colour = "#000000" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *p;

		buf_reset(&html);
		buf_reset(&md);
		buf_reset(&text);
		buf_reset(&want);
		for (p = words[i]; *p; p++)
			buf_addf(&html, "&#%d;", *p);
		feed_html_markdown(&md, html.data, html.len, NULL, NULL);
		markdown_text(&text, md.data, md.len, &style);
		for (p = words[i] + strspn(words[i], " "); *p; p++) {
			if (*p == ' ' && !p[1])
				continue;
			buf_addch(&want, *p);
			if (*p == '{' && p[1] == '{')
				buf_addstr(&want, "\u2060");
		}
		text_trim(text.data);
		assert_string_equal(text.data, want.data);
	}
	buf_release(&html);
	buf_release(&md);
	buf_release(&text);
	buf_release(&want);
}

/* What would take for ever, or all memory, ends soon and says why. */
static void
bounded(const struct buf *b, const char *want)
{
	int64_t begun = clock_mono_us();
	struct feed f;
	int rc = parse(b->data, b->len, &plain, 65536, 0, &f);

	if (rc == 0)
		feed_release(&f);
	if (want) {
		assert_int_equal(rc, -1);
		if (!strstr(err.text, want))
			fail_msg("got %s", err.text);
	} else
		assert_int_equal(rc, 0);
	assert_true(clock_mono_us() - begun < 60 * 1000000LL);
}

static void
test_bounds(void **state)
{
	struct buf b = BUF_INIT;
	struct feed f;
	size_t i;

	(void)state;
	buf_addstr(&b, "<rss><channel>");
	for (i = 0; i < FEED_ITEMS + 5; i++)
		buf_addf(&b, "<item><title>%zu</title><link>https://e.example/%zu</link></item>", i, i);
	buf_addstr(&b, "</channel></rss>");
	assert_int_equal(parse(b.data, b.len, &plain, 0, 0, &f), 0);
	assert_int_equal(f.count, FEED_ITEMS);
	assert_int_equal(f.beyond, 5);
	feed_release(&f);

	buf_reset(&b);
	for (i = 0; i < FEED_DEPTH + 1; i++)
		buf_addstr(&b, i ? "<a>" : "<rss>");
	bounded(&b, "elements nest more than 100 deep");

	buf_reset(&b);
	buf_addstr(&b, "<rss ");
	for (i = 0; i < 300000; i++)
		buf_addf(&b, " a%zu=''", i);
	bounded(&b, "more than 250 attributes");

	buf_reset(&b);
	buf_addstr(&b, "<rss>");
	for (i = 0; i < 210; i++)
		buf_addf(&b, "%s xmlns:a%zu='b%zu'%s", i % 100 ? "" : "<a", i, i, i % 100 == 99 ? ">" : "");
	buf_addch(&b, '>');
	bounded(&b, "more than 200 namespaces");

	buf_reset(&b);
	buf_addstr(&b, "<rss><channel><item><link>https://e.example/</link><title>");
	while (b.len < 3u << 20)
		buf_addstr(&b, "words &amp; more ");
	buf_addstr(&b, "</title><description>");
	while (b.len < 6u << 20)
		buf_addstr(&b, "&lt;b&gt;&lt;a href='&quot;");
	buf_addstr(&b, "</description></item></channel></rss>");
	bounded(&b, NULL);

	while (b.len <= FEED_MAX)
		buf_addstr(&b, "                                                                ");
	bounded(&b, "larger than 10 MB");
	buf_release(&b);
}

/* One long field of each kind comes out bounded, and cut between characters. */
static void
test_long(void **state)
{
	struct buf b = BUF_INIT;
	struct feed f = { 0 };

	(void)state;
	buf_addstr(&b, "<rss><channel><item><link>https://e.example/</link><title>");
	while (b.len < 5000)
		buf_addstr(&b, "é");
	buf_addstr(&b, "</title><author>");
	while (b.len < 10000)
		buf_addstr(&b, "名");
	buf_addstr(&b, "</author><description>");
	while (b.len < 2000000)
		buf_addstr(&b, "語");
	buf_addstr(&b, "</description></item></channel></rss>");
	assert_int_equal(parse(b.data, b.len, &plain, 0, 0, &f), 0);
	assert_true(strlen(f.item[0].title) <= FEED_TITLE_MAX && strlen(f.item[0].title) > FEED_TITLE_MAX - 8);
	assert_true(strlen(f.item[0].author) <= FEED_AUTHOR_MAX && strlen(f.item[0].author) > FEED_AUTHOR_MAX - 8);
	assert_true(strlen(f.item[0].excerpt) < 1000);
	assert_true(strlen(f.item[0].body) <= FEED_BODY_MAX && strlen(f.item[0].body) > FEED_BODY_MAX - 8);
	assert_true(text_is_utf8(f.item[0].title, strlen(f.item[0].title)) && text_is_utf8(f.item[0].body, strlen(f.item[0].body)));
	feed_release(&f);
	buf_release(&b);
}

/* The hash is of what readers see: not of where it stood, and not of the guid. */
static void
test_hash(void **state)
{
	static const char *const texts[] = { RSS("<title>a</title>"), RSS("<guid>x</guid><title>a</title>"), RSS("<title>b</title>") };
	char hash[3][65];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct feed f = { 0 };

		assert_int_equal(parse(texts[i], strlen(texts[i]), &plain, 0, 0, &f), 0);
		memcpy(hash[i], f.item[0].hash, 65);
		feed_release(&f);
	}
	assert_string_equal(hash[0], hash[1]);
	assert_string_not_equal(hash[0], hash[2]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_feeds),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_excerpts),
		cmocka_unit_test(test_markdown_safe),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
