/*
 * message_bodies.c - a merged message read back; see message.h.
 *
 * Only what message_compile.c writes is understood: one text part, or
 * multipart/alternative of text and HTML, in quoted-printable. Quoted-printable
 * cannot hold the "=_" that a boundary begins with, so the first line of the
 * body says which of the two it is.
 */
#include "mail/message.h"

#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/err.h"

struct part {
	const char *s;
	size_t n;
};

/* Go past the next "\r\n\r\n", before which header fields stand. */
static int
skip_header(struct part *p)
{
	const char *end = memmem(p->s, p->n, "\r\n\r\n", 4);

	if (!end)
		return -1;
	p->n -= (size_t)(end + 4 - p->s);
	p->s = end + 4;
	return 0;
}

static int
decode(struct buf *out, struct part p)
{
	uint8_t octet;
	size_t i;

	for (i = 0; i < p.n; i++) {
		if (p.s[i] == '\r' && i + 1 < p.n && p.s[i + 1] == '\n')
			continue;
		if (p.s[i] != '=') {
			buf_addch(out, p.s[i]);
		} else if (p.n - i >= 3 && memcmp(p.s + i + 1, "\r\n", 2) == 0) {
			i += 2;
		} else if (p.n - i >= 3 && hex_decode(&octet, 1, p.s + i + 1, 2) == 1) {
			buf_add(out, &octet, 1);
			i += 2;
		} else {
			return -1;
		}
	}
	return 0;
}

/* The part from the delimiter line at p->s to the next one, before which p then stands; its header is left out. */
static int
next_part(struct part *p, const char *delimiter, size_t len, struct part *out)
{
	const char *stop;

	if (p->n < len || memcmp(p->s, delimiter, len) != 0)
		return -1;
	p->s += len;
	p->n -= len;
	if (skip_header(p) == -1 || !(stop = memmem(p->s, p->n, delimiter, len)))
		return -1;
	*out = (struct part){ p->s, (size_t)(stop - p->s) };
	p->n -= out->n;
	p->s = stop;
	return 0;
}

static int
read_bodies(struct part p, struct buf *text, struct buf *html)
{
	char delimiter[80];
	struct part part;
	const char *eol;
	size_t len;

	if (skip_header(&p) == -1)
		return -1;
	if (p.n < 4 || memcmp(p.s, "--=_", 4) != 0)
		return decode(text, p);
	eol = memchr(p.s, '\r', p.n);
	len = eol ? (size_t)(eol - p.s) : sizeof(delimiter);
	if (len >= sizeof(delimiter))
		return -1;
	memcpy(delimiter, p.s, len);
	if (next_part(&p, delimiter, len, &part) == -1 || decode(text, part) == -1)
		return -1;
	return next_part(&p, delimiter, len, &part) == -1 ? -1 : decode(html, part);
}

int
message_bodies(const struct message *m, const struct message_values *v, struct buf *text, struct buf *html, struct err *e)
{
	struct buf merged = BUF_INIT;
	int rc;

	message_merge(m, v, &merged);
	rc = read_bodies((struct part){ merged.data, merged.len }, text, html);
	buf_release(&merged);
	return rc == -1 ? err_set(e, ERR_CORRUPT, "the stored message is not as this program compiles one") : 0;
}
