/*
 * html_clean.c - see html_clean.h.
 *
 * A start tag is written where HTML's parser would put its element too, or not
 * at all: so nothing is closed by itself, above all not the cell of the mail's
 * own table that all of this stands in. Attributes are html_clean_tag.c's.
 */
#include "content/html_clean.h"

#include <string.h>

#include "base/buf.h"
#include "content/html_clean_tag.h"
#include "content/html_tag.h"
#include "content/html_token.h"

static const struct html_element *
top(const struct html_clean *c)
{
	return c->depth && c->open[c->depth - 1].level == c->level ? c->open[c->depth - 1].element : NULL;
}

static void
pop(struct html_clean *c, struct buf *out)
{
	buf_addf(out, "</%s>", c->open[--c->depth].element->name);
}

static void
pop_to(struct html_clean *c, struct buf *out, size_t depth)
{
	while (c->depth > depth)
		pop(c, out);
}

/* A block ends the paragraph or heading of the text that is open, as HTML's parser has it for <p>. */
static void
end_paragraph(struct html_clean *c, struct buf *out)
{
	size_t i;

	for (i = c->depth; i && c->open[i - 1].level == c->level && !c->open[i - 1].element->cell; i--)
		if (c->open[i - 1].element->holds == HOLDS_WORDS) {
			pop_to(c, out, i - 1);
			return;
		}
}

/*
 * Whether the element may stand here; what its start ends is ended. Its parent is the next one around that takes it: end tags are
 * often left out.
 */
static bool
make_room(struct html_clean *c, struct buf *out, const struct html_element *element)
{
	size_t i;

	if (element->parents) {
		for (i = c->depth; i && c->open[i - 1].level == c->level; i--) {
			const struct html_element *parent = c->open[i - 1].element;

			if (html_element_is_one_of(parent, element->parents)) {
				pop_to(c, out, i);
				return true;
			}
			if (strcmp(parent->name, "table") == 0 || (parent->cell && !element->table))
				return false;
		}
		return false;
	}
	if (top(c) && top(c)->holds == HOLDS_PARTS)
		return false;
	if (strcmp(element->name, "a") == 0 && (c->links || !html_clean_may_link(c)))
		return false;
	if (element->block && c->words)
		return false;
	if (element->block)
		end_paragraph(c, out);
	return true;
}

static void
start_tag(struct html_clean *c, struct buf *out, const struct html_tag *tag)
{
	const struct html_element *element = html_element_find(tag);
	struct buf attributes = BUF_INIT;

	if (element && (element->holds == HOLDS_NOTHING || c->depth < HTML_CLEAN_DEPTH) &&
	    html_clean_attributes(c, &attributes, element, tag) && make_room(c, out, element)) {
		buf_addf(out, "<%s%s>", element->name, attributes.data);
		if (element->holds != HOLDS_NOTHING) {
			c->open[c->depth].element = element;
			c->open[c->depth].link = strcmp(element->name, "a") == 0;
			c->open[c->depth++].level = c->level;
		}
	}
	buf_release(&attributes);
}

/* An end tag ends what stands open inside its element, but no cell around itself; one without an element is left out. */
static void
end_tag(struct html_clean *c, struct buf *out, const struct html_tag *tag)
{
	const struct html_element *element = html_element_find(tag);
	size_t i;

	for (i = c->depth; element && i && c->open[i - 1].level == c->level; i--) {
		if (c->open[i - 1].element == element) {
			pop_to(c, out, i - 1);
			return;
		}
		if (c->open[i - 1].element->cell && !element->table)
			return;
	}
}

void
html_clean_add(struct html_clean *c, struct buf *out, const char *html, size_t n)
{
	const char *s = html, *end = html + n;
	struct html_token token;

	while (s < end) {
		s = html_token_read(&token, s, end);
		if (token.kind == HTML_TEXT)
			html_clean_text(out, token.s, token.n);
		else if (token.kind == HTML_START && !token.tag.skipped)
			start_tag(c, out, &token.tag);
		else if (token.kind == HTML_END)
			end_tag(c, out, &token.tag);
	}
}

void
html_clean_enter(struct html_clean *c, struct buf *out, enum html_part part)
{
	if (part == HTML_BLOCK || part == HTML_PARAGRAPH) {
		end_paragraph(c, out);
		while (top(c) && top(c)->holds == HOLDS_PARTS)
			pop(c, out);
	}
	c->level++;
	if (part != HTML_BLOCK && !c->words)
		c->words = c->level;
	if (part == HTML_LINK && !c->links)
		c->links = c->level;
}

void
html_clean_leave(struct html_clean *c, struct buf *out)
{
	while (top(c))
		pop(c, out);
	if (c->words == c->level)
		c->words = 0;
	if (c->links == c->level)
		c->links = 0;
	c->level--;
}

bool
html_clean_may_link(const struct html_clean *c)
{
	size_t i;

	for (i = c->depth; i; i--)
		if (c->open[i - 1].link)
			return false;
	return true;
}

void
html_clean_end(struct html_clean *c, struct buf *out)
{
	pop_to(c, out, 0);
}
