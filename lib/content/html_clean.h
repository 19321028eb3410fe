/*
 * html_clean.h - HTML that somebody wrote by hand, made fit for the middle of a mail.
 *
 * Written anew, tag by tag: the elements and attributes that mail programs
 * show and that change nothing outside of them. No script, form, frame, class
 * or id; styles only from a list of properties, without url(), position and
 * functions; nothing in a table's place that would end the mail's own; no
 * control character, so that no slot's mark (base/slot.h) can be made; each
 * "<", ">", "&" and quote either a tag's or a reference.
 *
 * A text comes in pieces, between elements that others write: those are told
 * with html_clean_enter and html_clean_leave, and tags of the text close none
 * of them. What is open when an element around it ends is closed before.
 */
#ifndef HTML_CLEAN_H
#define HTML_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct html_element;

#define HTML_CLEAN_DEPTH 64 /* elements of the text open at once; what nests deeper loses its tags */

/* Append the address as it may stand in a link or an image (not escaped); false and nothing when it may not. */
typedef bool html_address_fn(const void *ctx, struct buf *out, const char *url, bool image);

/* What others' element is. */
enum html_part {
	HTML_BLOCK,     /* holds blocks: a quote, an item, a cell */
	HTML_PARAGRAPH, /* a block without blocks: a paragraph, a heading */
	HTML_SPAN,      /* in a line: emphasis */
	HTML_LINK,      /* … without links */
};

/* To begin with all zero, but for address and ctx. */
struct html_clean {
	html_address_fn *address; /* NULL: https, http, mailto and tel; relative ones stay */
	const void *ctx;
	struct {
		const struct html_element *element;
		size_t level;
		bool link; /* it is <a> */
	} open[HTML_CLEAN_DEPTH];
	size_t depth;
	size_t level;        /* others' elements that are open */
	size_t words, links; /* the first of them that holds no blocks, no links; 0: none */
};

/* Append the text, a whole document or a piece. */
void html_clean_add(struct html_clean *c, struct buf *out, const char *html, size_t n);

/* An element of others' begins: what of the text cannot hold it is closed. Before its start tag is written. */
void html_clean_enter(struct html_clean *c, struct buf *out, enum html_part part);
/* … ends: what the text opened in it is closed; before its end tag is written. */
void html_clean_leave(struct html_clean *c, struct buf *out);

/* Whether a link of others' may begin here: it stands in none of the text's. */
bool html_clean_may_link(const struct html_clean *c);

/* Close what is open. */
void html_clean_end(struct html_clean *c, struct buf *out);

#endif
