/*
 * slot.h - the mark that stands for a per-person value between rendering and merging.
 *
 * lib/content renders a page with such marks in it, lib/mail cuts the page at
 * them: SLOT_START name [ '|' fallback ] SLOT_END. Both are control characters
 * that every reader of outside text refuses or strips, so that no article can
 * make a slot of its own.
 */
#ifndef SLOT_H
#define SLOT_H

#define SLOT_START '\001'
#define SLOT_END '\002'

/* A mark as a string constant: SLOT_MARK("name|friend"). */
#define SLOT_MARK(name) "\001" name "\002"

#endif
