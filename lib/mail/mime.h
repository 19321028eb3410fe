/*
 * mime.h - text in the forms that mail allows on the wire.
 */
#ifndef MIME_H
#define MIME_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Quoted-printable (RFC 2045 6.7) of UTF-8 text with LF or CRLF line ends:
 * lines of at most 76 octets ended by CRLF, a dot at a line's start as =2E, a
 * trailing space encoded, no character split over a soft break. *column is
 * where the line stands (0 at its start) and is carried on.
 */
void mime_qp(struct buf *out, const char *text, size_t n, size_t *column);

/* Close the line softly unless it is empty: "=\r\n". */
void mime_qp_break(struct buf *out, size_t *column);

/*
 * Unstructured header text (Subject, a display name's words): as it is when it
 * is printable ASCII that needs no quoting, else RFC 2047 encoded-words in
 * UTF-8, B or Q whichever is shorter, each of at most 75 characters, never
 * splitting a character, folded with CRLF SP. *column is the line's length so
 * far. CR, LF, NUL and other controls become spaces.
 */
void mime_header_text(struct buf *out, const char *text, size_t *column);

/* A display name: an atom phrase, a quoted-string, or encoded-words (RFC 5322 3.4, RFC 2047 5(3)). */
void mime_header_phrase(struct buf *out, const char *text, size_t *column);

/* ; name=value as a parameter: plain, quoted, or RFC 2231 when it is not ASCII. */
void mime_header_param(struct buf *out, const char *name, const char *value);

#endif
