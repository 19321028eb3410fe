/*
 * markdown_raw.c - HTML in Markdown: as text, cleaned, and as the words of its cleaned form.
 */
#include <string.h>

#include "base/buf.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/html_token.h"
#include "content/markdown_tree.h"

#define REFERENCE_MAX 40 /* bytes */

void
markdown_raw(const struct markdown_tree *t, struct buf *out, const char *html)
{
	struct buf shown = BUF_INIT;
	const char *start, *end;

	while ((start = strstr(html, "<!--"))) {
		buf_add(&shown, html, (size_t)(start - html));
		end = strstr(start + 4, "-->");
		html = end ? end + 3 : "";
	}
	buf_addstr(&shown, html);
	markdown_verbatim(t, out, shown.data);
	buf_release(&shown);
}

static bool
address(const void *ctx, struct buf *out, const char *url, bool image)
{
	return markdown_address(ctx, out, url, image);
}

void
markdown_raw_html(const struct markdown_tree *t, struct html_clean *clean, struct buf *out, const char *html)
{
	struct buf text = BUF_INIT, cleaned = BUF_INIT;

	clean->address = address;
	clean->ctx = t;
	markdown_clean(&text, html);
	html_clean_add(clean, &cleaned, text.data, text.len);
	markdown_slots_put(&t->slots, out, cleaned.data, true);
	buf_release(&text);
	buf_release(&cleaned);
}

void
markdown_raw_init(struct markdown_raw *r, const struct markdown_tree *t)
{
	*r = (struct markdown_raw){ .tree = t, .link = BUF_INIT };
}

void
markdown_raw_release(struct markdown_raw *r)
{
	buf_release(&r->link);
}

/* A reference that html_decode leaves alone: cmark knows all of HTML's names. */
static void
add_named(struct buf *out, const char *reference, size_t n)
{
	cmark_node *root = cmark_parse_document(reference, n, CMARK_OPT_DEFAULT), *text = cmark_node_first_child(root);

	text = text ? cmark_node_first_child(text) : NULL;
	if (text && cmark_node_get_type(text) == CMARK_NODE_TEXT)
		markdown_clean(out, cmark_node_get_literal(text));
	cmark_node_free(root);
}

/* Append cleaned HTML's text as what it means; a slot's mark is plain text already. */
static void
decode(struct buf *out, const char *s, size_t n)
{
	size_t i, start, len;

	for (i = 0; i < n; i += len) {
		len = slot_mark(s + i, n - i);
		if (len || s[i] != '&') {
			len = len ? len : 1;
			buf_add(out, s + i, len);
			continue;
		}
		while (i + len < n && s[i + len] != ';')
			len++;
		len += i + len < n;
		start = out->len;
		html_decode(out, s + i, len);
		if (out->len - start == len && len <= REFERENCE_MAX) {
			buf_truncate(out, start);
			add_named(out, s + i, len);
		}
	}
}

/* Whether a word may follow without a space. */
static bool
at_gap(const struct buf *out)
{
	return !out->len || strchr(" \n\f\v", out->data[out->len - 1]);
}

/* Append text, its white space as single spaces. */
static void
add_text(struct markdown_raw *r, struct buf *out, const char *s, size_t n)
{
	struct buf text = BUF_INIT;
	size_t i;

	decode(&text, s, n);
	for (i = 0; i < text.len; i++) {
		bool space = strchr(" \t\n", text.data[i]) != NULL;

		if (r->pre || !space)
			buf_addch(out, text.data[i] == '\t' ? ' ' : text.data[i]);
		else if (!at_gap(out))
			buf_addch(out, ' ');
	}
	buf_release(&text);
}

static bool
is_one_of(const struct html_tag *tag, const char *names)
{
	return text_is_listed(names, tag->name, tag->name_len);
}

static void
add_link(struct markdown_raw *r, struct buf *out, const struct html_tag *tag)
{
	const struct html_attribute *href = html_tag_attribute(tag, "href");

	if (!tag->end) {
		buf_reset(&r->link);
		if (href)
			decode(&r->link, href->value, href->value_len);
		r->linked = r->link.len > 0;
		return;
	}
	if (r->linked)
		buf_addf(out, "%s[%d]", at_gap(out) ? "" : " ", r->number(r->ctx, r->link.data));
	r->linked = false;
}

/* What a tag is in plain text; the names are html_clean's, in lower case. */
static void
add_tag(struct markdown_raw *r, struct buf *out, const struct html_tag *tag)
{
	static const char blocks[] = "p h1 h2 h3 h4 h5 h6 hr div center blockquote pre address figure figcaption article section aside ul "
				     "ol dl table caption thead tbody tfoot";
	const struct html_attribute *alt = html_tag_attribute(tag, "alt");

	if (is_one_of(tag, "a")) {
		add_link(r, out, tag);
	} else if (is_one_of(tag, "br")) {
		buf_addch(out, '\n');
	} else if (is_one_of(tag, "img")) {
		if (alt && alt->value_len) {
			buf_addch(out, '[');
			decode(out, alt->value, alt->value_len);
			buf_addch(out, ']');
		}
	} else if (is_one_of(tag, "td th")) {
		if (!tag->end && !at_gap(out))
			buf_addstr(out, " | ");
	} else if (is_one_of(tag, "li tr dt dd")) {
		buf_addch(out, MARKDOWN_ITEM_END);
		if (!tag->end && is_one_of(tag, "li"))
			buf_addstr(out, "- ");
	} else if (is_one_of(tag, blocks)) {
		buf_addch(out, MARKDOWN_BLOCK_END);
		if (is_one_of(tag, "hr"))
			buf_addf(out, "* * *%c", MARKDOWN_BLOCK_END);
		if (is_one_of(tag, "pre"))
			r->pre = !tag->end;
	}
}

void
markdown_raw_text(struct markdown_raw *r, struct buf *out, const char *html)
{
	struct buf cleaned = BUF_INIT;
	struct html_token token;
	const char *s, *end;

	markdown_raw_html(r->tree, &r->clean, &cleaned, html);
	s = cleaned.data;
	end = s + cleaned.len;
	while (s < end) {
		s = html_token_read(&token, s, end);
		if (token.kind == HTML_TEXT)
			add_text(r, out, token.s, token.n);
		else if (token.kind == HTML_START || token.kind == HTML_END)
			add_tag(r, out, &token.tag);
	}
	buf_release(&cleaned);
}
