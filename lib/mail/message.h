/*
 * message.h - a message compiled once and merged for each person.
 *
 * Compiling does all the work that is the same for everybody: MIME structure,
 * headers, quoted-printable. What is left are segments of final bytes with
 * slots between them; merging is a handful of memcpy and the encoding of short
 * values by their place. A body slot stands between soft line breaks, so that
 * no line depends on its length, and a dot at a line's start is always =2E: the
 * same bytes serve DATA (nothing to stuff) and BDAT.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

/* The per-person values, in the order of the table slot_names in message.c ("name", "unsubscribe_url", …). */
enum slot {
	SLOT_NAME,		/* the person's name; the mark's fallback when it is empty */
	SLOT_TO,		/* header To: name and address */
	SLOT_DATE,		/* header Date */
	SLOT_MESSAGE_ID,	/* header Message-ID, without <> */
	SLOT_UNSUBSCRIBE_URL,
	SLOT_UNSUBSCRIBE_MAILTO,	/* address part of the mailto: URI, in List-Unsubscribe */
	SLOT_PREFERENCES_URL,
	SLOT_VIEW_URL,
	SLOT_CONFIRM_URL,
	SLOT_COUNT,
};

/* What to compile. Strings are UTF-8 and borrowed; those marked * may hold slots (base/slot.h). */
struct message_spec {
	const char *from_name, *from;		/* From: exactly one address */
	const char *reply_to;			/* or "" */
	const char *subject;			/* * */
	const char *text;			/* * the plain part; always there */
	const char *html;			/* * or NULL: a message of text alone */
	const char *list_name, *list_id;	/* List-Id: name <list_id>; list_id "" leaves it out */
	const char *feedback_id;		/* "campaign:topic:kind:sender", or "" */
	bool unsubscribe;			/* List-Unsubscribe and List-Unsubscribe-Post */
	bool unsubscribe_mailto;		/* … with the mailto: form after the https one */
	bool auto_generated;			/* Auto-Submitted: auto-generated (RFC 3834) */
};

struct message;

/*
 * Compile. ERR_INPUT for a control character in a header, text that is no
 * UTF-8, an unknown slot, a slot where none may be (From, List-Id), more than
 * 4 MB. Free with message_free.
 */
struct message *message_compile(const struct message_spec *spec, struct err *e);
void message_free(struct message *m);

/* The compiled form as bytes for the store, and back; ERR_CORRUPT for anything that message_save did not write. */
void message_save(const struct message *m, struct buf *out);
struct message *message_load(const void *data, size_t n, struct err *e);

/* One person's values: value[SLOT_…], UTF-8, borrowed; NULL is taken for "". */
struct message_values {
	const char *value[SLOT_COUNT];
};

/*
 * Append the person's message, CRLF line ends, no terminating dot. Control
 * characters in a value become spaces. No allocation but the growth of *out.
 */
void message_merge(const struct message *m, const struct message_values *v, struct buf *out);

/* An upper bound of the merged size with these values, so that *out can be reserved and SIZE declared. */
size_t message_size(const struct message *m, const struct message_values *v);

#endif
