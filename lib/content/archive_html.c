/*
 * archive_html.c - see archive_html.h.
 *
 * Text is passed on, and the tree is only as much as it takes to close what
 * was opened. Everything that is written is written by put_tag and put_text,
 * so nothing that was not understood can get through.
 */
#include "content/archive_html.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"
#include "content/archive_keep.h"
#include "content/archive_rules.h"
#include "content/html_token.h"

#define DEPTH 200 /* open elements; what nests deeper loses its tags */

struct writer {
	struct archive_html *out;
	struct archive_rules rules;
	const char *open[DEPTH]; /* names of open elements */
	size_t depth;
	struct buf value; /* scratch: an attribute's value as text */
};

/* Characters that neither end anything nor are control characters stay as they are; references stay references. */
static void
put_text(struct buf *out, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '<')
			buf_addstr(out, "&lt;");
		else if (c == '>')
			buf_addstr(out, "&gt;");
		else if (c == '"')
			buf_addstr(out, "&quot;");
		else if ((c >= ' ' && c != 0x7f) || c == '\t' || c == '\n')
			buf_addch(out, (char)c);
	}
}

/* class="…" of what the author gave and of the style; names that look like ours are left out. */
static void
put_class(struct buf *out, const struct html_attribute *class, size_t number)
{
	const char *s = class ? class->value : "", *end = s + (class ? class->value_len : 0);
	size_t from = out->len;

	buf_addstr(out, " class=\"");
	while (s < end) {
		size_t n = 0;

		while (s < end && (unsigned char)*s <= ' ')
			s++;
		while (s + n < end && (unsigned char)s[n] > ' ')
			n++;
		if (n && !(n >= 3 && strncasecmp(s, "nl-", 3) == 0)) {
			if (out->data[out->len - 1] != '"')
				buf_addch(out, ' ');
			put_text(out, s, n);
		}
		s += n;
	}
	if (number)
		buf_addf(out, "%snl-s%zu", out->data[out->len - 1] != '"' ? " " : "", number);
	if (out->data[out->len - 1] == '"')
		buf_truncate(out, from);
	else
		buf_addch(out, '"');
}

/* The attributes that an element may keep. */
static void
put_attributes(struct writer *w, struct buf *out, const struct html_tag *tag)
{
	const struct html_attribute *class = NULL;
	size_t number = 0, i;

	for (i = 0; i < tag->count; i++) {
		const struct html_attribute *a = &tag->attribute[i];

		if (html_attribute_is(a, "class")) {
			class = a;
			continue;
		}
		buf_reset(&w->value);
		html_decode(&w->value, a->value, a->value_len);
		if (html_attribute_is(a, "style")) {
			number = archive_rules_add(&w->rules, &w->out->rules, w->value.data, w->value.len);
			continue;
		}
		if (!archive_attribute_kept(tag, a, w->value.data))
			continue;
		buf_addch(out, ' ');
		buf_add(out, a->name, a->name_len);
		text_lower(out->data + out->len - a->name_len);
		buf_addstr(out, "=\"");
		put_text(out, a->value, a->value_len);
		buf_addch(out, '"');
	}
	if (class || number)
		put_class(out, class, number);
}

static void
put_end(struct writer *w)
{
	buf_addf(&w->out->body, "</%s>", w->open[--w->depth]);
}

static void
start_tag(struct writer *w, const struct html_tag *tag)
{
	const struct archive_element *element = archive_element_find(tag);
	struct buf *out = &w->out->body;

	if (!element || (!element->is_void && w->depth == DEPTH))
		return;
	buf_addf(out, "<%s", element->name);
	put_attributes(w, out, tag);
	buf_addch(out, '>');
	if (!element->is_void)
		w->open[w->depth++] = element->name;
}

/* An end tag closes what stands open inside its element; one without an element is left out. */
static void
end_tag(struct writer *w, const struct html_tag *tag)
{
	const struct archive_element *element = archive_element_find(tag);
	size_t i = w->depth;

	if (!element || element->is_void)
		return;
	while (i && strcmp(w->open[i - 1], element->name) != 0)
		i--;
	while (i && w->depth >= i)
		put_end(w);
}

static void
read_language(struct writer *w, const struct html_tag *tag)
{
	size_t i, n;

	for (i = 0; i < tag->count; i++) {
		const struct html_attribute *a = &tag->attribute[i];

		n = a->value_len;
		if (!html_attribute_is(a, "lang") || !n || n >= sizeof(w->out->language) ||
		    strspn(a->value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") < n)
			continue;
		memcpy(w->out->language, a->value, n);
		w->out->language[n] = '\0';
	}
}

static void
keep_sheet(struct writer *w, const char *s, size_t n)
{
	struct archive_html *a = w->out;
	struct buf *sheet = &a->sheet[a->sheets];
	size_t i;

	if (a->sheets == ARCHIVE_SHEETS)
		return;
	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] >= ' ' && s[i] != 0x7f) || s[i] == '\t' || s[i] == '\n')
			buf_addch(sheet, s[i]);
	if (strcasestr(sheet->data, "</style")) /* as only the loss of a control character makes it */
		buf_reset(sheet);
	else
		a->sheets++;
}

/* A start tag, and what of its inside is kept. */
static void
read_start(struct writer *w, const struct html_token *t)
{
	if (t->inside) {
		if (strcmp(t->tag.skipped, "style") == 0)
			keep_sheet(w, t->inside, t->inside_len);
	} else if (html_tag_is(&t->tag, "html")) {
		read_language(w, &t->tag);
	} else if (html_tag_is(&t->tag, "body")) {
		if (!w->out->attributes.len)
			put_attributes(w, &w->out->attributes, &t->tag);
		if (strspn(w->out->body.data, " \t\n") == w->out->body.len) /* what stands between the tags before it */
			buf_reset(&w->out->body);
	} else {
		start_tag(w, &t->tag);
	}
}

int
archive_html(struct archive_html *out, const char *html, size_t n, struct err *e)
{
	struct writer w = { .out = out, .rules = { .most = ARCHIVE_RULES }, .value = BUF_INIT };
	const char *s = html, *end = html + n;
	struct html_token t;

	memset(out, 0, sizeof(*out));
	archive_html_release(out);
	if (n > ARCHIVE_HTML_MAX)
		return err_set(e, ERR_INPUT, "the HTML is larger than %u KB", ARCHIVE_HTML_MAX >> 10);
	if (!text_is_utf8(html, n))
		return err_set(e, ERR_INPUT, "the HTML is no UTF-8");
	while (s < end) {
		s = html_token_read(&t, s, end);
		if (t.kind == HTML_TEXT)
			put_text(&out->body, t.s, t.n);
		else if (t.kind == HTML_START)
			read_start(&w, &t);
		else if (t.kind == HTML_END)
			end_tag(&w, &t.tag);
	}
	while (w.depth)
		put_end(&w);
	archive_rules_release(&w.rules);
	buf_release(&w.value);
	return 0;
}

void
archive_html_release(struct archive_html *a)
{
	size_t i;

	buf_release(&a->body);
	buf_release(&a->attributes);
	buf_release(&a->rules);
	for (i = 0; i < ARCHIVE_SHEETS; i++)
		buf_release(&a->sheet[i]);
	a->sheets = 0;
	a->language[0] = '\0';
}
