/*
 * dkim_canon.h - a message in the relaxed form that DKIM hashes (RFC 6376, 3.4.2 and 3.4.4).
 *
 * Nothing here allocates; what comes out goes into memory of the caller's.
 */
#ifndef DKIM_CANON_H
#define DKIM_CANON_H

#include <stddef.h>

struct err;

#define DKIM_FIELDS 128 /* header fields; our own messages have about 15 */

/* Borrowed from the message: `value` begins after the colon and ends before the field's last CRLF, folds included. */
struct dkim_field {
	const char *name, *value;
	size_t name_len, value_len; /* of the name without the white space that may stand before the colon */
};

struct dkim_message {
	struct dkim_field field[DKIM_FIELDS]; /* as they stand, from the top */
	size_t count;
	const char *body; /* after the empty line */
	size_t body_len;
};

/*
 * Cut a message into header fields and body. ERR_INPUT for what no two programs
 * read alike, or what a relay would repair on its way and so break the
 * signature: a CR or LF that is no CRLF in the header, a line that is no field,
 * no From or more than one, more than DKIM_FIELDS fields.
 */
int dkim_parse(struct dkim_message *m, const char *data, size_t n, struct err *e);

/* 3.4.2: "name:value" CRLF. Writes at most name_len + value_len + 3 bytes and returns how many. */
size_t dkim_relaxed_field(char *out, const struct dkim_field *f);

/*
 * 3.4.4. Writes at most n + 2 bytes and sets *len to how many; a body without a
 * final CRLF is taken as if it had one. ERR_INPUT for a CR or LF that is no CRLF.
 */
int dkim_relaxed_body(char *out, const char *body, size_t n, size_t *len, struct err *e);

#endif
