/* feed_html.c - see feed_html.h. */
#include "content/feed_html.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "content/feed.h"
#include "content/feed_reference.h"
#include "content/html_tag.h"
#include "content/url.h"

struct reading {
	struct buf *out;
	struct buf paragraph; /* Markdown, or plain words */
	bool plain;           /* words as one line, nothing escaped */
	bool space;           /* a space is due before the next word */
	bool broken;          /* a <br> came last */
	const char *prefix;   /* of the paragraph: "### " … */
	const char *base;
	struct feed_image *image; /* NULL: nobody asks */
};

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What plugins append to every post, in a paragraph of its own, by the languages of their translations. */
static bool
is_advertising(const char *text)
{
	static const struct {
		const char *begin, *inside;
	} footers[] = { { "The post ", " appeared first on " }, { "La entrada ", " se publicó primero en " },
		{ "La entrada ", " aparece primero en " },
		{ "Der Beitrag ", " erschien zuerst auf " }, { "L’article ", " est apparu en premier sur " }, { "L'articolo ", " proviene da " },
		{ "O post ", " apareceu primeiro em " }, { "This post first appeared on ", "" } };
	size_t i;

	for (i = 0; i < sizeof(footers) / sizeof(footers[0]); i++)
		if (strncmp(text, footers[i].begin, strlen(footers[i].begin)) == 0 && strstr(text, footers[i].inside))
			return true;
	return false;
}

/* Append n bytes of a paragraph so that CommonMark reads them as they are (section 2.4). */
static void
escape(struct buf *out, const char *s, size_t n)
{
	size_t i = strspn(s, "0123456789");

	if (n && strchr("+-=~", s[0]))
		buf_addch(out, '\\');
	if (i && i < n && (s[i] == '.' || s[i] == ')')) { /* "1." begins a list */
		buf_add(out, s, i);
		buf_addch(out, '\\');
		s += i;
		n -= i;
	}
	for (i = 0; i < n; i++) {
		if (strchr("\\`*_[]<>&#", s[i]))
			buf_addch(out, '\\');
		buf_addch(out, s[i]);
		if (s[i] == '{' && i + 1 < n && s[i + 1] == '{')
			buf_addstr(out, "\u2060"); /* no per-person value is asked for by somebody else's text */
	}
}

static void
end_paragraph(struct reading *r)
{
	struct buf *p = &r->paragraph;

	if (r->plain) {
		r->space = p->len > 0;
		return;
	}
	if (p->len && !is_advertising(p->data)) {
		if (r->out->len)
			buf_addstr(r->out, "\n\n");
		buf_addstr(r->out, r->prefix);
		escape(r->out, p->data, p->len);
	}
	buf_reset(p);
	r->prefix = "";
	r->space = r->broken = false;
}

/* Zero-width spaces, and what turns the direction of the text that follows. */
static bool
is_unseen(const char *s, size_t n)
{
	uint32_t c = text_code_point(s, n);

	return c == 0x200b || c == 0xfeff || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* n bytes that are a character, which is one that may be shown. */
static void
put(struct reading *r, const char *s, size_t n)
{
	uint32_t c = text_code_point(s, n);
	bool blank = n == 1 ? is_space(*s) : c == 0xa0 || c == 0x2028 || c == 0x2029;

	if (blank) {
		r->space = r->paragraph.len > 0;
		return;
	}
	if (text_has_control(s, n, "") || is_unseen(s, n))
		return;
	if (r->space)
		buf_addch(&r->paragraph, ' ');
	buf_add(&r->paragraph, s, n);
	r->space = r->broken = false;
}

static void
put_text(struct reading *r, const char *s, size_t n)
{
	struct buf meant = BUF_INIT;
	size_t i = 0, taken;

	while (i < n) {
		taken = s[i] == '&' ? feed_reference(&meant, s + i, n - i) : 0;
		if (taken) {
			put(r, meant.data, meant.len);
			buf_reset(&meant);
		} else {
			taken = text_sequence(s + i, n - i);
			if (taken)
				put(r, s + i, taken);
			else
				taken = 1;
		}
		i += taken;
	}
	buf_release(&meant);
}

static void
add_value(struct buf *out, const struct html_attribute *a)
{
	if (a)
		feed_html_line(out, a->value, a->value_len);
}

/* Append an attribute's value, which is an address. */
static void
add_address(struct buf *out, const struct html_attribute *a)
{
	size_t i = 0, taken;

	while (a && i < a->value_len) {
		taken = a->value[i] == '&' ? feed_reference(out, a->value + i, a->value_len - i) : 0;
		if (!taken) {
			buf_addch(out, a->value[i]);
			taken = 1;
		}
		i += taken;
	}
}

static bool
is_dot(const struct html_attribute *a)
{
	return a && a->value_len && a->value_len < 4 && strtol(a->value, NULL, 10) < 2 && a->value[0] >= '0' && a->value[0] <= '9';
}

static void
offer_image(struct reading *r, const struct html_tag *tag)
{
	static const char *const sources[] = { "src", "data-src", "data-lazy-src", "data-orig-file", NULL };
	const struct html_attribute *class = html_tag_attribute(tag, "class");
	struct buf value = BUF_INIT, url = BUF_INIT, full = BUF_INIT, alt = BUF_INIT;
	size_t i;

	add_value(&value, class);
	if (!r->image || is_dot(html_tag_attribute(tag, "width")) || is_dot(html_tag_attribute(tag, "height")) ||
	    strstr(value.data, "smiley") || strstr(value.data, "avatar"))
		goto out;
	add_value(&alt, html_tag_attribute(tag, "alt"));
	for (i = 0; sources[i]; i++) { /* a picture that is loaded late has a data: one in its place */
		buf_reset(&value);
		buf_reset(&url);
		buf_reset(&full);
		add_address(&value, html_tag_attribute(tag, sources[i]));
		url_clean(&url, value.data, value.len);
		if (r->base)
			url_resolve(&full, r->base, url.data);
		else
			buf_addstr(&full, url.data);
		if (url.len && (url_kind(full.data) == URL_HTTP || url_kind(full.data) == URL_RELATIVE)) {
			feed_image_offer(r->image, IMAGE_IN_TEXT, full.data, full.len, alt.data);
			break;
		}
	}
out:
	buf_release(&value);
	buf_release(&url);
	buf_release(&full);
	buf_release(&alt);
}

static void
take_tag(struct reading *r, const struct html_tag *tag)
{
	static const char *const blocks[] = { "p", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "hr", "table", "tr", "td", "th",
		"pre", "figure", "section", "article", "address", "aside", "center", "h1", "h2", "h3", "h4", "h5", "h6", "header", "footer",
		"nav", "main",
		NULL };
	static const char *const headings[] = { "h1", "h2", "h3", "h4", "h5", "h6", NULL };

	if (html_tag_is(tag, "br")) {
		if (r->broken)
			end_paragraph(r);
		r->space = r->paragraph.len > 0;
		r->broken = true;
	} else if (html_tag_is(tag, "img") && !tag->end)
		offer_image(r, tag);
	else if (html_tag_is_one_of(tag, blocks)) {
		if (r->plain) {
			r->space = r->paragraph.len > 0;
			return;
		}
		end_paragraph(r);
		r->prefix = tag->end ? "" : html_tag_is_one_of(tag, headings) ? "### "
		    : html_tag_is(tag, "li")                                  ? "- "
									      : "";
	}
}

/* Behind the end tag of the name, or the end. */
static const char *
skip_element(const char *s, const char *end, const char *name)
{
	size_t n = strlen(name);

	while ((s = memchr(s, '<', (size_t)(end - s)))) {
		if ((size_t)(end - s) > n + 2 && s[1] == '/' && strncasecmp(s + 2, name, n) == 0 &&
		    (is_space(s[2 + n]) || s[2 + n] == '>')) {
			s = memchr(s, '>', (size_t)(end - s));
			return s ? s + 1 : end;
		}
		s++;
	}
	return end;
}

/* Behind a comment, a declaration or a processing instruction. */
static const char *
skip_declaration(const char *s, const char *end)
{
	const char *stop;

	if (end - s >= 4 && memcmp(s, "<!--", 4) == 0) {
		stop = memmem(s + 4, (size_t)(end - s - 4), "-->", 3);
		return stop ? stop + 3 : end;
	}
	stop = memchr(s, '>', (size_t)(end - s));
	return stop ? stop + 1 : end;
}

static bool
is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* What begins with the '<' at s. Returns what follows it. */
static const char *
take_markup(struct reading *r, const char *s, const char *end)
{
	struct html_tag tag;
	const char *after, *left_out;

	if (end - s > 1 && (s[1] == '!' || s[1] == '?'))
		return skip_declaration(s, end);
	if (end - s < 3 || !is_letter(s[1] == '/' ? s[2] : s[1])) {
		put(r, s, 1);
		return s + 1;
	}
	after = html_tag_read(&tag, s, end);
	if (!after)
		return end;
	left_out = html_tag_is(&tag, "figcaption") ? "figcaption" : tag.skipped;
	if (left_out && !tag.end)
		return skip_element(after, end, left_out);
	take_tag(r, &tag);
	return after;
}

static void
read_html(struct reading *r, const char *html, size_t n)
{
	const char *s = html, *end = html + n, *next;

	while (s < end && r->out->len + r->paragraph.len < FEED_BODY_MAX) {
		if (*s == '<') {
			s = take_markup(r, s, end);
			continue;
		}
		next = memchr(s, '<', (size_t)(end - s));
		put_text(r, s, (size_t)((next ? next : end) - s));
		s = next ? next : end;
	}
}

void
feed_html_markdown(struct buf *out, const char *html, size_t n, const char *base, struct feed_image *image)
{
	struct reading r = { .out = out, .paragraph = BUF_INIT, .prefix = "", .base = base, .image = image };

	read_html(&r, html, n);
	if (r.paragraph.len > FEED_BODY_MAX)
		buf_truncate(&r.paragraph, text_cut(r.paragraph.data, FEED_BODY_MAX));
	end_paragraph(&r);
	buf_release(&r.paragraph);
}

void
feed_html_line(struct buf *out, const char *html, size_t n)
{
	struct buf none = BUF_INIT;
	struct reading r = { .out = &none, .paragraph = BUF_INIT, .plain = true, .prefix = "" };

	read_html(&r, html, n);
	feed_text_line(out, r.paragraph.data, r.paragraph.len);
	buf_release(&r.paragraph);
}

void
feed_text_line(struct buf *out, const char *s, size_t n)
{
	struct buf none = BUF_INIT;
	struct reading r = { .out = &none, .paragraph = BUF_INIT, .plain = true, .prefix = "" };

	put_text(&r, s, n);
	buf_add(out, r.paragraph.data, r.paragraph.len);
	buf_release(&r.paragraph);
}
