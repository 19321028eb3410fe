/*
 * mime.h - text in the forms that mail allows on the wire.
 */
#ifndef MIME_H
#define MIME_H

#include <stddef.h>

struct buf;

/*
 * Quoted-printable (RFC 2045 6.7) of UTF-8 text with LF or CRLF line ends:
 * lines of at most 76 octets ended by CRLF, a dot at a line's start as =2E and
 * "From " there as =46rom, a space at the end of a line or of the text encoded,
 * no character split over a soft break. *column is where the line stands (0 at
 * its start) and is carried on.
 */
void mime_qp(struct buf *out, const char *text, size_t n, size_t *column);

/* Close the line softly unless it is empty: "=\r\n". */
void mime_qp_break(struct buf *out, size_t *column);

/* mime_qp into memory that holds at least MIME_QP_BOUND(n) octets; returns the end of what it wrote, no NUL. */
#define MIME_QP_BOUND(n) (3 * (n) + 3 * (3 * (n) / 64 + 2))
char *mime_qp_into(char *dst, const char *text, size_t n, size_t *column);

/*
 * One character of text from outside as it may stand in mail: a control (C0,
 * DEL, C1) becomes a space, an octet that is no UTF-8 a question mark. Fills
 * c[0 … *len - 1] and returns how many of the n > 0 octets were taken.
 */
size_t mime_char(const char *s, size_t n, char c[4], size_t *len);

/* Write the octet as escape and two upper-case hex digits (=2E, %20); returns the end. */
char *mime_hex(char *dst, char escape, char octet);

/* What the two functions below append for n octets of text, at most. */
#define MIME_HEADER_BOUND(n) (4 * (n) + 200)

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

/*
 * ; name=value as a parameter on a line of its own: plain, quoted, or RFC 2231 when it is not ASCII or too long for the line. The name
 * is ours and short: at most 40 octets.
 */
void mime_header_param(struct buf *out, const char *name, const char *value);

#endif
