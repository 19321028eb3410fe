/*
 * markdown_tree.h - what the renderers of markdown.h share; for markdown*.c alone.
 */
#ifndef CONTENT_MARKDOWN_TREE_H
#define CONTENT_MARKDOWN_TREE_H

#include <cmark.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "content/html_clean.h"
#include "content/markdown.h"
#include "content/markdown_slot.h"

struct markdown_tree {
	cmark_node *root;
	const struct markdown_style *style;
	struct markdown_slots slots;
};

/* Read the text's first MARKDOWN_MAX bytes; style NULL: of no consequence, and without slots. Release with markdown_tree_release. */
void markdown_tree_read(struct markdown_tree *t, const char *text, size_t n, const struct markdown_style *style);
void markdown_tree_release(struct markdown_tree *t);

/*
 * Append a node's text without control characters but newline and tab. cmark
 * decodes entities, so "&#1;" in an article would otherwise make a slot
 * (base/slot.h): nothing of a node goes out but through here or url_clean.
 */
void markdown_clean(struct buf *out, const char *s);

/* The same with the marks of the tree's slots in it; and as the author wrote them, where nothing is replaced: in code. */
void markdown_words(const struct markdown_tree *t, struct buf *out, const char *s);
void markdown_verbatim(const struct markdown_tree *t, struct buf *out, const char *s);

/* Append raw HTML, which is shown as text, without its comments: authors mean those for themselves. */
void markdown_raw(const struct markdown_tree *t, struct buf *out, const char *html);

/* Append raw HTML, cleaned (html_clean.h), with marks for the slots in it: in text and attributes each is written as its place demands. */
void markdown_raw_html(const struct markdown_tree *t, struct html_clean *clean, struct buf *out, const char *html);

/* What comes out of markdown_raw_text between words: no text holds them. */
#define MARKDOWN_BLOCK_END '\f'
#define MARKDOWN_ITEM_END '\v' /* the next one follows without a blank line */

/* Raw HTML in the text part; all of a document's pieces go through one. */
struct markdown_raw {
	const struct markdown_tree *tree;
	struct html_clean clean;
	int (*number)(void *ctx, const char *url); /* the number of an address in the list of links */
	void *ctx;
	struct buf link; /* the address of the <a> that is open */
	bool linked, pre;
};

void markdown_raw_init(struct markdown_raw *r, const struct markdown_tree *t);
void markdown_raw_release(struct markdown_raw *r);

/* Append the words of cleaned raw HTML: "words [1]" for a link, "[alt]" for an image, '\n' for a line's end. */
void markdown_raw_text(struct markdown_raw *r, struct buf *out, const char *html);

/*
 * Append an address of the text, resolved, with marks for the slots in it; false and nothing when it must not be linked. A link may
 * be a slot or begin with one, if that is an address itself. An image has none: its server would learn who reads.
 */
bool markdown_address(const struct markdown_tree *t, struct buf *out, const char *url, bool image);

/* The same for the address of a link or an image. */
bool markdown_target(const struct markdown_tree *t, struct buf *out, cmark_node *node);

/* Whether the paragraph is one link with words of its own and stands by itself: a call to action. */
bool markdown_is_action(cmark_node *paragraph);

/* Whether a link's words are its address. */
bool markdown_is_autolink(cmark_node *link);

/* Whether a paragraph is in a list whose items follow each other without blank lines. */
bool markdown_is_tight(cmark_node *paragraph);

#endif
