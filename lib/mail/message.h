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

/*
 * The per-person values. Numbers are stored in compiled messages: new ones go
 * before SLOT_COUNT. A mark names its slot in lower case without "SLOT_":
 * SLOT_MARK("name"), SLOT_MARK("unsubscribe_url").
 */
enum slot {
	SLOT_NAME,       /* the person's name; may also stand in the subject */
	SLOT_TO,         /* the address, bare, as addr_parse left it */
	SLOT_DATE,       /* header Date as clock_mail writes it; no mark */
	SLOT_MESSAGE_ID, /* header Message-ID, without <>; no mark */
	SLOT_UNSUBSCRIBE_URL,
	SLOT_UNSUBSCRIBE_MAILTO, /* address part of the mailto: URI, in List-Unsubscribe and after "mailto:" in a body */
	SLOT_PREFERENCES_URL,
	SLOT_VIEW_URL,
	SLOT_CONFIRM_URL,
	SLOT_MYDATA_URL,
	SLOT_COUNT,
	SLOT_NONE = 255, /* in stored messages: a literal */
};

/*
 * How a value is written, by the place of its mark:
 *
 *   header To           phrase of SLOT_NAME <SLOT_TO>, or the address alone when there is no name (a fallback is no name)
 *   subject             the subject as one text: as it is, or RFC 2047 encoded-words
 *   header Date, IDs    printable ASCII; header URIs percent-encoded where need be
 *   text part           as it is; a URL percent-encoded where need be
 *   HTML, attribute     the same, then < > & " ' as entities
 *   href, src, …        a URL that is the whole value likewise; anything in the middle of one as a URI component
 *
 * then in quoted-printable, in bodies. A mark in a tag outside a quoted
 * attribute, in style, srcdoc, on…, <script>, <style>, or a name that begins a
 * link, is ERR_INPUT.
 *
 * "name|friend": the fallback is plain text, written as the value would be, when
 * that is empty or blank.
 */

/* What to compile. Strings are UTF-8 and borrowed; those marked * may hold slots (base/slot.h). */
struct message_spec {
	const char *from_name, *from;    /* From: exactly one address */
	const char *reply_to;            /* or "" */
	const char *subject;             /* * */
	const char *text;                /* * the plain part; always there */
	const char *html;                /* * or NULL: a message of text alone */
	const char *list_name, *list_id; /* List-Id: name <list_id>; list_id "" leaves it out */
	const char *feedback_id;         /* "campaign:topic:kind:sender", or "" */
	bool unsubscribe;                /* List-Unsubscribe and List-Unsubscribe-Post */
	bool unsubscribe_mailto;         /* … with the mailto: form after the https one */
	bool auto_generated;             /* Auto-Submitted: auto-generated (RFC 3834) */
};

struct message;

#define MESSAGE_TEXT_MAX (4u << 20) /* bytes of text and HTML together */
#define MESSAGE_HEADER_MAX 1000     /* bytes of a subject, of a name in a header: what is longer is refused, or cut in a value */
#define MESSAGE_SLOTS_MAX 1000      /* marks */

/*
 * Compile. ERR_INPUT for a control character in a header, text that is no
 * UTF-8, no text at all, an unknown slot, a slot where none may be (From,
 * List-Id), more than the limits above. The same spec always gives the same
 * bytes. Free with message_free.
 */
struct message *message_compile(const struct message_spec *spec, struct err *e);
void message_free(struct message *m);

/* The compiled form as bytes for the store, and back; ERR_CORRUPT for anything that message_save did not write. */
void message_save(const struct message *m, struct buf *out);
struct message *message_load(const void *data, size_t n, struct err *e);

/* Whether merging reads this value at all, so that no link is made in vain. */
bool message_uses(const struct message *m, enum slot slot);

/* One person's values: value[SLOT_…], UTF-8, borrowed; NULL is taken for "". */
struct message_values {
	const char *value[SLOT_COUNT];
};

/*
 * Append the person's message, CRLF line ends, no terminating dot. Control
 * characters in a value become spaces, octets that are no UTF-8 question marks;
 * an address keeps only what an address may hold; a merged subject is cut at
 * 2 * MESSAGE_HEADER_MAX bytes, a URI in a header at 900. All of it is 7-bit, but for
 * the To of a person whose local part is not ASCII (addr.smtputf8, RFC 6532).
 * No allocation but the growth of *out, and none at all when it has room for
 * message_size more bytes.
 */
void message_merge(const struct message *m, const struct message_values *v, struct buf *out);

/*
 * The bodies of the message as it is merged with these values, decoded: UTF-8, LF at line ends. *html stays as it is for a message
 * of text alone. ERR_CORRUPT for what message_compile did not make.
 */
int message_bodies(const struct message *m, const struct message_values *v, struct buf *text, struct buf *html, struct err *e);

/* An upper bound of the merged size with these values, so that *out can be reserved and SIZE declared. */
size_t message_size(const struct message *m, const struct message_values *v);

#endif
