/*
 * slot.h - the mark that stands for a per-person value between rendering and merging.
 *
 * lib/content renders a page with such marks in it, lib/mail cuts the page at
 * them: SLOT_START name [ '|' fallback ] SLOT_END. Both are control characters
 * that every reader of outside text refuses or strips, so that no article can
 * make a slot of its own. The fallback is plain text wherever the mark stands:
 * it is encoded with the value, by its place.
 */
#ifndef SLOT_H
#define SLOT_H

#include <stddef.h>

struct buf;

#define SLOT_START '\001'
#define SLOT_END '\002'

/* A mark as a string constant: SLOT_MARK("name|friend"). */
#define SLOT_MARK(name) "\001" name "\002"

/* Bytes of the whole mark that begins at s, within n bytes; 0 when none does. */
size_t slot_mark(const char *s, size_t n);

/* Append as text_escape_html does, but for marks, which pass as they are. */
void slot_escape_html(struct buf *out, const char *s, size_t n);

#endif
