/*
 * feed_element.h - what the elements of feeds are called and mean; for feed_sax.c.
 */
#ifndef FEED_ELEMENT_H
#define FEED_ELEMENT_H

#include <libxml/xmlstring.h>
#include <stdbool.h>

#include "content/feed_private.h"

struct buf;

/* The namespaces that blogs use. */
enum feed_space {
	SPACE_OTHER,
	SPACE_RSS, /* none at all is RSS 0.9x and 2.0 */
	SPACE_ATOM,
	SPACE_RDF,
	SPACE_DC,
	SPACE_TERMS,
	SPACE_CONTENT,
	SPACE_MEDIA,
	SPACE_ITUNES,
	SPACE_BURNER
};

enum feed_element {
	IN_OTHER, /* what is inside is not ours */
	IN_ROOT,
	IN_CHANNEL, /* RSS */
	IN_ITEM,
	IN_AUTHOR, /* Atom's, of an entry or the feed */
	IN_MEDIA   /* media:group, or media:content with what describes it */
};

/* A field that is an element's text. The highest rank wins; of the same rank the first, but authors are joined. */
struct feed_rule {
	enum feed_element parent;
	enum feed_space space;
	const char *name;
	enum feed_slot slot;
	int rank;
};

/* What libxml2 hands over of an element. */
struct feed_tag {
	const char *name;
	enum feed_space space;
	const xmlChar **attribute; /* five pointers each: name, prefix, uri, value, its end */
	int attributes;
};

/* The namespace of a name; without a URI what its prefix usually stands for. */
enum feed_space feed_space_of(const char *uri, const char *prefix);

/* The field that an element in such a parent is, or NULL. */
const struct feed_rule *feed_rule_of(enum feed_element parent, const struct feed_tag *tag);

bool feed_tag_is(const struct feed_tag *tag, enum feed_space space, const char *name);

/* Append an attribute's value; prefix NULL: one without. Returns whether it is there. */
bool feed_tag_value(struct buf *out, const struct feed_tag *tag, const char *prefix, const char *name);
bool feed_tag_has(const struct feed_tag *tag, const char *name, const char *value);

/* Whether what an element links to, at this address, is an image. */
bool feed_tag_is_image(const struct feed_tag *tag, const char *url);

/* Whether it says that it is less than 240 pixels wide. */
bool feed_tag_is_small(const struct feed_tag *tag);

/* What the text of an Atom construct is (RFC 4287 sections 3.1.1 and 4.1.3, and what Atom 0.3 called so); false: nothing for us. */
bool feed_tag_kind(const struct feed_tag *tag, enum feed_kind *kind);

#endif
