/*
 * html_clean_tag.h - which elements and attributes may stand in the middle of a mail; for html_clean*.c alone.
 */
#ifndef HTML_CLEAN_TAG_H
#define HTML_CLEAN_TAG_H

#include <stdbool.h>
#include <stddef.h>

struct html_tag;
struct buf;
struct html_clean;

struct html_element {
	const char *name;
	enum {
		HOLDS_ALL,
		HOLDS_WORDS,   /* no blocks */
		HOLDS_PARTS,   /* nothing but elements that name it as a parent */
		HOLDS_NOTHING, /* has no end tag */
	} holds;
	bool block;          /* ends a paragraph */
	const char *parents; /* it may stand in these alone, separated by spaces; NULL: anywhere */
	bool table, cell;    /* a table or a part of one; a part that holds what is none */
};

/* The element of a tag; NULL when it may not stand in a mail. */
const struct html_element *html_element_find(const struct html_tag *tag);

/* Whether the name of the element is among these, which spaces separate. */
bool html_element_is_one_of(const struct html_element *element, const char *names);

/* Append ` name="value"` for each attribute that the tag may keep; false when the others were all: an image without an address. */
bool html_clean_attributes(const struct html_clean *c, struct buf *out, const struct html_element *element, const struct html_tag *tag);

/* Append text (or a value) with its references, everything else that means something escaped, and without control characters. */
void html_clean_text(struct buf *out, const char *s, size_t n);

#endif
