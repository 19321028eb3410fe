/*
 * html_token.h - HTML in pieces, as the HTML standard cuts it (13.2.5): text, tags, and what is neither.
 *
 * Whoever reads a mail's HTML reads it with this: the public archive, which
 * writes it anew, and lint, which judges it. Any bytes are taken; every call
 * takes at least one.
 */
#ifndef HTML_TOKEN_H
#define HTML_TOKEN_H

#include <stddef.h>

#include "content/html_tag.h"

enum html_kind {
	HTML_TEXT,  /* s, n; a '<' that begins nothing is text */
	HTML_START, /* tag, inside */
	HTML_END,   /* tag */
	HTML_OTHER, /* a comment, a declaration, or a tag that the page ends in: s, n */
};

struct html_token {
	enum html_kind kind;
	const char *s; /* into the page */
	size_t n;
	struct html_tag tag;
	const char *inside; /* what stands in an element of tag.skipped, up to its end tag, which comes next; else NULL */
	size_t inside_len;
};

/* Read the piece at s, s < end; returns what follows it. */
const char *html_token_read(struct html_token *t, const char *s, const char *end);

#endif
