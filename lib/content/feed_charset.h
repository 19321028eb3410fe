/*
 * feed_charset.h - the bytes of an XML document as UTF-8; for feed.c.
 *
 * Which charset they are in: a byte-order mark, else what the server said
 * (RFC 7303 section 3), else what the bytes show (UTF-16), else what the XML
 * declaration says, else UTF-8. ISO-8859-1 is read as Windows-1252, as
 * browsers do, since that is what it is. Bytes that the charset does not have
 * become U+FFFD, characters that XML does not have (1.0 section 2.2) a space.
 */
#ifndef FEED_CHARSET_H
#define FEED_CHARSET_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct err;

struct feed_charset {
	const char *named; /* by the server; "" when it did not */
	bool known, utf8;  /* known: it is decided; utf8: no conversion is needed */
	size_t wide;       /* bytes to step over that the charset does not have */
	bool open;         /* whether iconv is */
	iconv_t iconv;
	struct buf pending; /* the head until it is decided, then the start of a character */
};

void feed_charset_init(struct feed_charset *c, const char *named);
void feed_charset_release(struct feed_charset *c);

/* Append what the next bytes are, `last`: there are no more. ERR_INPUT for a charset that is unknown. */
int feed_charset_add(struct feed_charset *c, struct buf *out, const char *bytes, size_t n, bool last, struct err *e);

#endif
