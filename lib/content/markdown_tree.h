/*
 * markdown_tree.h - what the renderers of markdown.h share; for markdown*.c alone.
 */
#ifndef CONTENT_MARKDOWN_TREE_H
#define CONTENT_MARKDOWN_TREE_H

#include <cmark.h>
#include <stdbool.h>
#include <stddef.h>

#include "content/markdown.h"

struct buf;

/* The tree of the text's first MARKDOWN_MAX bytes. Free with cmark_node_free. */
cmark_node *markdown_parse(const char *text, size_t n);

/*
 * Append a node's text without control characters but newline and tab. cmark
 * decodes entities, so "&#1;" in an article would otherwise make a slot
 * (base/slot.h): nothing of a node goes out but through here or url_clean.
 */
void markdown_clean(struct buf *out, const char *s);

/* Append raw HTML, which is shown as text, without its comments: authors mean those for themselves. */
void markdown_raw(struct buf *out, const char *html);

/* Append a link's or an image's address, resolved; false and nothing when it must not be linked. */
bool markdown_target(struct buf *out, cmark_node *node, const struct markdown_style *style);

/* Whether the paragraph is one link with words of its own and stands by itself: a call to action. */
bool markdown_is_action(cmark_node *paragraph);

/* Whether a link's words are its address. */
bool markdown_is_autolink(cmark_node *link);

/* Whether a paragraph is in a list whose items follow each other without blank lines. */
bool markdown_is_tight(cmark_node *paragraph);

#endif
