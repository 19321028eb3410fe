/*
 * archive_keep.h - what of a mail's HTML its page in the public archive keeps; for archive_*.c alone.
 */
#ifndef ARCHIVE_KEEP_H
#define ARCHIVE_KEEP_H

#include <stdbool.h>

struct html_attribute;
struct html_tag;

struct archive_element {
	const char *name;
	bool is_void; /* has no end tag */
};

/* The element that a tag begins or ends, or NULL: not to be kept. */
const struct archive_element *archive_element_find(const struct html_tag *tag);

/* Whether the tag may keep the attribute, whose value is, decoded, `value`. */
bool archive_attribute_kept(const struct html_tag *tag, const struct html_attribute *a, const char *value);

#endif
