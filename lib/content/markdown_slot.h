/*
 * markdown_slot.h - {{name}} and its like in Markdown; for markdown*.c alone.
 *
 * A value must neither be read as Markdown nor be split by it ("_" in
 * {{unsubscribe_url}}, a blank in {{name|dear reader}}), may stand in a link's
 * address, and stays as it is written in code. So before cmark reads the text
 * each becomes a token: two code points that are letters to cmark, U+FDD0, a
 * noncharacter that is dropped from the text before, and a private one that is
 * its number. When a node is written the token becomes the mark (base/slot.h)
 * or again what the author wrote.
 */
#ifndef CONTENT_MARKDOWN_SLOT_H
#define CONTENT_MARKDOWN_SLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define MARKDOWN_SLOTS 1000       /* of one text; more stay as they are written, as does… */
#define MARKDOWN_FALLBACK_MAX 200 /* … one with so many bytes behind its bar, or with <, >, " or { there */
#define MARKDOWN_TOKEN 6          /* bytes */

struct markdown_slot {
	size_t mark, source; /* where each stands in text, ended by a NUL */
	bool url;
};

struct markdown_slots {
	struct buf text;
	struct markdown_slot *slot;
	size_t count;
};

#define MARKDOWN_SLOTS_INIT ((struct markdown_slots){ .text = BUF_INIT })

/* A value as it is written, at s: its bytes, or 0; appends its mark. A plain name gets the fallback `somebody` (NULL or "": none). */
size_t markdown_slot_read(struct buf *mark, const char *s, size_t n, const char *somebody, bool *url);

/* Append the text with tokens for its values. */
void markdown_slots_take(struct markdown_slots *slots, struct buf *out, const char *text, size_t n, const char *somebody);

/* The value whose token begins at s, or NULL. */
const struct markdown_slot *markdown_slots_at(const struct markdown_slots *slots, const char *s);

/* Whether there is any in s. */
bool markdown_slots_in(const struct markdown_slots *slots, const char *s);

const char *markdown_slots_mark(const struct markdown_slots *slots, const struct markdown_slot *slot);

/* Append s with its tokens as marks, or as they were written. */
void markdown_slots_put(const struct markdown_slots *slots, struct buf *out, const char *s, bool marks);

/* The same for an address whose tokens are percent-encoded: as marks. */
void markdown_slots_put_url(const struct markdown_slots *slots, struct buf *out, const char *url);

void markdown_slots_release(struct markdown_slots *slots);

#endif
