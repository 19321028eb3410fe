/*
 * report_private.h - what the files of report.c share; for them alone.
 *
 * report_scan: the bounds, before anything is taken apart. report_parts: GMime's tree as texts in UTF-8, each with its role.
 * report_head: who sent it. report_field: "Name: value" lines. report_dsn, report_arf, report_auto: what each kind says.
 * report_found: one recipient, judged. report_links: where a link of ours may stand.
 */
#ifndef REPORT_PRIVATE_H
#define REPORT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "mail/report.h"
#include "mail/report_free.h"

#define REPORT_PARTS 48                         /* leaves that are looked at; those behind are not */
#define REPORT_PART_BYTES ((size_t)256 << 10)   /* of one leaf, decoded */
#define REPORT_TEXTS_BYTES ((size_t)1024 << 10) /* of all */
#define REPORT_HEADER_BYTES ((size_t)256 << 10) /* of one header block */
#define REPORT_HEADER_LINES 2000
#define REPORT_ENTITIES 1000
#define REPORT_NESTING 64
#define REPORT_VALUE 2048 /* bytes of a field's value that are read */

/* report_scan.c */

/*
 * Find where the message begins behind what a mailbox put before it (blank lines, "From "), and where its headers end; ERR_INPUT for
 * what is too long or too deep. Looks at each byte once, and at each line that begins with "--" at most REPORT_NESTING times.
 */
struct report_extent {
	const char *start;
	size_t n;       /* of the message from there */
	size_t headers; /* of those, the header block without the blank line */
	size_t body;    /* where the body begins; n: there is none */
};
int report_scan(const char *bytes, size_t n, struct report_extent *x, struct err *e);

/* report_field.c: lines "Name: value" with continuations (RFC 5322 2.2), in headers, delivery-status and feedback reports. */

struct report_field {
	const char *name, *value; /* the value is raw: with its line breaks */
	size_t name_n, value_n;
	bool blank_before; /* a blank line stands before it */
};

/* The next field at or after *at; lines that are none are passed over. false at the end. Set *at to text first. */
bool report_field_next(const char **at, const char *end, struct report_field *f);
bool report_field_is(const struct report_field *f, const char *name);

/* The value on one line: line breaks and runs of white space are one space. Cut at a character. The text is report_text_add's. */
void report_field_value(const struct report_field *f, char *out, size_t size);

/* The first field of that name with a value up to the first blank line; false and "" when there is none. */
bool report_field_get(const struct buf *block, const char *name, char *out, size_t size);

/* How many of the fields up to the first blank line or the first line that is none; the test for what looks like headers. */
int report_field_count(const char *text, size_t n);

/*
 * An address as it stands in a report's field: "rfc822; <ann@example.org>", "<ann@x>", "\"ann@x\" (Ann)", xtext (RFC 3461 4), \x{…} (RFC
 * 6533 3), IMCEASMTP. Its domain in lower case. false: no address, and out is what is left ("LOCAL; ann": "ann").
 */
bool report_field_address(const char *value, char out[ADDR_MAX]);

/* report_text.c */

/* Append bytes in that charset (NULL, "": unknown) as UTF-8 with LF, without control characters but tab and LF; never fails. */
void report_text_add(struct buf *out, const char *bytes, size_t n, const char *charset);

/* Append what a reader of the HTML sees, blocks as lines. */
void report_text_add_html(struct buf *out, const char *html, size_t n);

/* A header's value, encoded-words decoded, as one line of UTF-8 without control characters; cut at a character. */
void report_text_header(char *out, size_t size, const char *raw);

/* Make it so in place: one line, no control character, well-formed. */
void report_text_line(char *text);

/* report_parts.c */

enum report_role {
	REPORT_ROLE_WORDS,
	REPORT_ROLE_STATUS,   /* delivery-status, whatever it is labelled */
	REPORT_ROLE_FEEDBACK, /* feedback-report */
	REPORT_ROLE_RECEIPT,  /* disposition-notification */
	REPORT_ROLE_RETURNED, /* a message, or its headers alone */
	REPORT_ROLE_OTHER
};

struct report_part {
	enum report_role role;
	char type[64]; /* "text/plain", lower case */
	struct buf text;
};

struct report_mail {
	struct buf headers;   /* the message's own, UTF-8 where it is, LF */
	char type[64];        /* its Content-Type, lower case: "multipart/report" */
	char report_type[40]; /* … and its report-type parameter, lower case, or "" */
	char from[ADDR_MAX];  /* lower case */
	char name[256];       /* From's display name */
	char subject[256];    /* decoded */
	bool null_sender;     /* Return-Path: <> */
	char submitted[64];   /* Auto-Submitted without its comment, lower case; "" */
	bool daemon;          /* it comes from a machine that delivers mail, by its sender's name */
	struct report_part part[REPORT_PARTS];
	int parts;
	size_t decoded;      /* bytes of all texts */
	struct buf words;    /* the readable text before a returned message */
	struct buf returned; /* the returned message's headers, or "" */
	bool returned_part;  /* they came as a part */
};

/* Take apart what report_scan has passed. The caller releases *m. */
void report_mail_read(struct report_mail *m, const struct report_extent *x);
void report_mail_release(struct report_mail *m);
const struct report_part *report_mail_part(const struct report_mail *m, enum report_role role); /* the first, or NULL */

/* report_head.c: fill what the headers say, once m->headers is. */
void report_head_read(struct report_mail *m);

/* report_found.c */

struct report_found {
	const char *address, *original; /* "" */
	int code;
	const char *enhanced; /* of the report's own field, "" */
	const char *text;     /* the diagnostic, one line, unredacted */
	const char *words;    /* what people are told, where the diagnostic says nothing: read after it; "" */
	const char *server;
};

/* Append a recipient, unless it is there: then the more cautious word about it stays. `more` when there is no room. */
void report_add(struct report *r, const struct report_found *f, enum report_class class);
/* … judged: hard or soft. */
void report_add_judged(struct report *r, const struct report_found *f);
/* Whether its diagnostic, or a status that says more than that it failed, tells why: false where the judge's last row would decide. */
bool report_says_why(const struct report_found *f);
/* … that is being tried still: soft, without effect. */
void report_add_delayed(struct report *r, const struct report_found *f);

int report_code_in(const char *text);                    /* the SMTP code that the text holds, or 0 */
bool report_enhanced_in(const char *text, char out[12]); /* the first 4.x.x or 5.x.x */

/* report_dsn.c: true when it is one; fills kind and recipients. */
bool report_dsn(struct report *r, const struct report_mail *m);
/* A receipt that says that the recipient's filter refused the message (RFC 5429 2.1.2): a bounce, never hard. */
bool report_rejection(struct report *r, const struct report_mail *m);
/* report_free.h's answer as ours: true when it is a bounce or a delay. */
bool report_words(struct report *r, const struct report_mail *m);

/* report_arf.c */
bool report_arf(struct report *r, const struct report_mail *m);

/* report_auto.c */
bool report_is_receipt(const struct report_mail *m);
bool report_is_auto(const struct report_mail *m);    /* a program sent it, by its headers and subject */
bool report_is_note(const struct report_mail *m);    /* surely no bounce, whatever its sender: vacation, ticket, list */
bool report_has_reader(const struct report_mail *m); /* it was written with a program for people */
bool report_is_person(const struct report_mail *m);  /* somebody wrote it, whatever it quotes or carries */

/* report_links.c */
void report_links(struct report *r, const struct report_mail *m, const char *envelope);

#endif
