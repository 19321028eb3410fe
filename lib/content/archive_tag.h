/*
 * archive_tag.h - one tag as it is read (html_token.h finds it), and what of it the archive may keep.
 */
#ifndef ARCHIVE_TAG_H
#define ARCHIVE_TAG_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define ARCHIVE_ATTRIBUTES 32 /* of one tag; more are left out */

struct archive_element {
	const char *name;
	bool is_void; /* has no end tag */
};

struct archive_attribute {
	const char *name, *value; /* into the page, as they stand there */
	size_t name_len, value_len;
};

struct archive_tag {
	const char *name;
	size_t name_len;
	bool end;                              /* an end tag */
	const struct archive_element *element; /* NULL: not to be kept */
	const char *skipped;                   /* an element whose inside is left out too: its name, else NULL */
	struct archive_attribute attribute[ARCHIVE_ATTRIBUTES];
	size_t count;
};

/* Read the tag at s ('<', or '</', and a letter); returns what follows it, or NULL when the page ends before the tag does. */
const char *archive_tag_read(struct archive_tag *tag, const char *s, const char *end);

bool archive_tag_is(const struct archive_tag *tag, const char *name);
bool archive_attribute_is(const struct archive_attribute *a, const char *name);

/* Whether the tag may keep the attribute, whose value is, decoded, `value`. */
bool archive_attribute_kept(const struct archive_tag *tag, const struct archive_attribute *a, const char *value);

/*
 * Append the text that an attribute's value means. Numbered character references and the five of XML are resolved; of
 * the other named ones none can begin an address or end a declaration, so they stay. Control characters become spaces.
 */
void archive_decode(struct buf *out, const char *s, size_t n);

#endif
