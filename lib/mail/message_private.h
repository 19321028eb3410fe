/*
 * message_private.h - what a compiled message is made of; for message*.c alone.
 *
 * A message is a list of pieces over one run of bytes, each piece owning the
 * next `len` of them: a literal its final bytes, a slot its fallback.
 */
#ifndef MESSAGE_PRIVATE_H
#define MESSAGE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "mail/message.h"

/* Where a piece stands, and so how a value is written. Stored: new ones go before PLACE_COUNT. */
enum place {
	PLACE_LITERAL, /* final bytes */
	PLACE_TEXT,    /* text part */
	PLACE_TEXT_URI,
	PLACE_HTML,          /* HTML text or a quoted attribute */
	PLACE_HTML_URI,      /* the same, a whole URI */
	PLACE_COMPONENT,     /* in an attribute that is a URI, after its beginning */
	PLACE_SUBJECT_TEXT,  /* plain text to be collected for the subject */
	PLACE_SUBJECT,       /* a value to be collected */
	PLACE_SUBJECT_END,   /* write what was collected */
	PLACE_TO,            /* phrase of the name and <address> */
	PLACE_HEADER,        /* printable ASCII: Date */
	PLACE_HEADER_ID,     /* the inside of <>: Message-ID */
	PLACE_HEADER_URI,    /* the inside of <>: List-Unsubscribe */
	PLACE_HEADER_MAILTO, /* the same after mailto: */
	PLACE_COUNT,
};

struct err;

struct piece {
	uint8_t place, slot; /* slot: SLOT_NONE for a literal */
	uint32_t off, len;   /* into message.bytes */
};

struct message {
	struct piece *piece;
	size_t count, cap;
	struct buf bytes;
};

enum slot_kind {
	SLOT_KIND_TEXT,
	SLOT_KIND_ADDRESS,
	SLOT_KIND_URL,
	SLOT_KIND_HEADER
};

struct slot_name {
	const char *name;
	enum slot_kind kind; /* SLOT_KIND_HEADER: no mark may name it */
};

extern const struct slot_name slot_names[SLOT_COUNT];

/* Append a piece that owns everything in m->bytes after the last piece. */
void message_push(struct message *m, enum place place, enum slot slot);

/* Whether a slot may stand at the place; of literals SLOT_NONE alone. */
bool message_place_takes(enum place place, unsigned slot);

/* Reading HTML only so far as to know where in it a mark stands. Start with all zero. */
enum html_state {
	HTML_TEXT,
	HTML_OPEN,
	HTML_TAG_NAME,
	HTML_TAG,
	HTML_UNQUOTED,
	HTML_VALUE,
	HTML_DECLARATION,
	HTML_RAW,
};

struct html_scan {
	enum html_state state;
	char tag[16], attribute[16]; /* lower case, cut */
	size_t tag_len, attribute_len;
	size_t value_len; /* HTML_VALUE: octets so far */
	size_t matched;   /* HTML_RAW: octets of the end tag seen */
	char quote;       /* HTML_VALUE: what ends it */
	bool equals, gap; /* HTML_TAG: a value comes next; a new attribute comes next */
};

void html_scan(struct html_scan *h, const char *s, size_t n);

/* The place of a mark here, which then counts as part of the value; -1 (with why) where none may be. */
int html_scan_slot(struct html_scan *h, enum slot slot, struct err *e);

#endif
