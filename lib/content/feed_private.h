/*
 * feed_private.h - what the parts of the feed parser share; for feed*.c alone.
 *
 * feed.c turns bytes into XML and hands it to libxml2; feed_sax.c hears of its
 * elements and collects an item's fields as they stand there; feed_item.c makes
 * an item of them.
 */
#ifndef FEED_PRIVATE_H
#define FEED_PRIVATE_H

#include <libxml/parser.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "content/feed.h"
#include "content/feed_charset.h"
#include "content/feed_html.h"
#include "content/feed_reference.h"

/* The fields that are text. */
enum feed_slot {
	SLOT_NONE,
	SLOT_TITLE,
	SLOT_LINK,
	SLOT_SELF, /* of a feed */
	SLOT_GUID,
	SLOT_DATE,
	SLOT_AUTHOR,
	SLOT_SUMMARY,
	SLOT_CONTENT,
	SLOT_ALT, /* of the image that was offered last */
	SLOT_COUNT
};

/* How a field's text is to be read (RFC 4287 section 3.1.1). */
enum feed_kind {
	KIND_HTML, /* RSS means that everywhere, and plain text mostly reads the same */
	KIND_TEXT,
	KIND_XHTML /* elements, which are written down as HTML */
};

struct feed_field {
	struct buf text;
	enum feed_kind kind;
	int rank; /* of where it comes from; 0: nothing yet */
};

/* An item, or the feed itself, as it stands there. Addresses are resolved where xml:base says against what. */
struct feed_raw {
	struct feed_field field[SLOT_COUNT];
	bool guid_is_link;
	char *base; /* xml:base of the content, or NULL */
	struct feed_image image;
};

struct feed_level {
	int element;    /* enum feed_element */
	char *base;     /* xml:base, absolute; NULL: none in effect */
	int namespaces; /* declared here and above */
};

struct feed_parser {
	struct feed_options o;
	struct err e; /* what was wrong first */
	bool failed, begun, page, ending;
	long blank_lines; /* before the document */
	size_t bytes;
	struct buf block; /* bytes, until there are enough */
	struct buf text;  /* the same in UTF-8 */
	struct buf ready; /* the same, well-formed; an HTML page, the beginning of it */
	struct feed_charset charset;
	struct feed_repair repair;
	xmlParserCtxtPtr xml;

	struct feed_level level[FEED_DEPTH + 1];
	int depth; /* of elements that are open; level[1] is the first one's */
	enum feed_slot slot;
	int slot_depth, slot_rank;
	enum feed_kind slot_kind;
	struct buf value;
	bool atom;
	struct feed_raw head, item;
	struct feed out;
};

void feed_sax_init(xmlSAXHandler *sax);

/* Set the parser's error, with the line, unless there is one; stops the parser. */
void feed_fail(struct feed_parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void feed_raw_init(struct feed_raw *raw);
void feed_raw_release(struct feed_raw *raw); /* it is empty and usable again */

/* Take p->item to the end of p->out, or count why not; and be ready for another one. */
void feed_item_add(struct feed_parser *p);

/* All items are there: resolve what is relative, leave out what has no address. */
void feed_items_end(struct feed_parser *p);

#endif
