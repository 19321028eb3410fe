/*
 * html_tag.h - one tag of HTML as it is read (html_token.h finds it).
 */
#ifndef HTML_TAG_H
#define HTML_TAG_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define HTML_ATTRIBUTES 32 /* of one tag; more are left out */

struct html_attribute {
	const char *name, *value; /* into the page, as they stand there */
	size_t name_len, value_len;
};

struct html_tag {
	const char *name;
	size_t name_len;
	bool end;            /* an end tag */
	const char *skipped; /* an element whose inside is left out too: its name, else NULL */
	struct html_attribute attribute[HTML_ATTRIBUTES];
	size_t count;
};

/* Read the tag at s ('<', or '</', and a letter); returns what follows it, or NULL when the page ends before the tag does. */
const char *html_tag_read(struct html_tag *tag, const char *s, const char *end);

bool html_tag_is(const struct html_tag *tag, const char *name);
bool html_tag_is_one_of(const struct html_tag *tag, const char *const *names); /* names ends with NULL */

/* The attribute of that name, or NULL. */
const struct html_attribute *html_tag_attribute(const struct html_tag *tag, const char *name);
bool html_attribute_is(const struct html_attribute *a, const char *name);

/*
 * Append the text that an attribute's value means. Numbered character references and the five of XML are resolved; of
 * the other named ones none can begin an address or end a declaration, so they stay. Control characters become spaces.
 */
void html_decode(struct buf *out, const char *s, size_t n);

#endif
