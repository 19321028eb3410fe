/* mime.c - characters and quoted-printable; see mime.h. */
#include "mail/mime.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define LINE 76 /* RFC 2045 6.7 (5) */

/* Length of the well-formed character at s, or 0. */
static size_t
char_length(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	size_t len = c < 0x80 ? 1 : (c < 0xe0 ? 2 : (c < 0xf0 ? 3 : 4));

	if (len == 1)
		return 1;
	return len <= n && text_is_utf8(s, len) ? len : 0;
}

size_t
mime_char(const char *s, size_t n, char c[4], size_t *len)
{
	size_t taken;

	*len = 1;
	c[0] = *s;
	if (*s >= ' ' && *s <= '~')
		return 1;
	taken = char_length(s, n);
	if (!taken) {
		c[0] = '?';
		return 1;
	}
	if (text_has_control(s, taken, "")) {
		c[0] = ' ';
		return taken;
	}
	memcpy(c, s, taken);
	*len = taken;
	return taken;
}

char *
mime_hex(char *dst, char escape, char octet)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char c = (unsigned char)octet;

	*dst++ = escape;
	*dst++ = digits[c >> 4];
	*dst++ = digits[c & 15];
	return dst;
}

/* What stands for itself anywhere but where a line begins or ends. */
static bool
is_graphic(char c)
{
	return c > ' ' && c <= '~' && c != '=';
}

/* Whether the octet stands for itself here: not where a line begins (dot-stuffing, "From " of mbox files) or ends (trailing space). */
static bool
qp_literal(const char *s, size_t n, size_t column)
{
	char c = *s;

	if (c == ' ' || c == '\t')
		return n > 1 && s[1] != '\n' && s[1] != '\r';
	if (!is_graphic(c))
		return false;
	if (column == 0 && (c == '.' || c == 'F'))
		return c == 'F' && memcmp(s, "From ", n < 5 ? n : 5) != 0;
	return true;
}

char *
mime_qp_into(char *dst, const char *text, size_t n, size_t *column)
{
	size_t at = *column, len, i;

	for (; n; text += len, n -= len) {
		bool literal;

		for (; n && at && at < LINE - 1 && is_graphic(*text); text++, n--, at++)
			*dst++ = *text; /* most of any text */
		if (!n)
			break;
		if (text[0] == '\n' || (text[0] == '\r' && n > 1 && text[1] == '\n')) {
			len = text[0] == '\r' ? 2 : 1;
			*dst++ = '\r';
			*dst++ = '\n';
			at = 0;
			continue;
		}
		len = char_length(text, n);
		if (!len)
			len = 1; /* no UTF-8: each octet for itself */
		literal = qp_literal(text, n, at);
		if (at + (literal ? 1 : 3 * len) > LINE - 1) {
			*dst++ = '=';
			*dst++ = '\r';
			*dst++ = '\n';
			at = 0;
			literal = qp_literal(text, n, at);
		}
		at += literal ? 1 : 3 * len;
		if (literal)
			*dst++ = *text;
		else
			for (i = 0; i < len; i++)
				dst = mime_hex(dst, '=', text[i]);
	}
	*column = at;
	return dst;
}

void
mime_qp(struct buf *out, const char *text, size_t n, size_t *column)
{
	if (!n)
		return;
	buf_reserve(out, MIME_QP_BOUND(n));
	out->len = (size_t)(mime_qp_into(out->data + out->len, text, n, column) - out->data);
	out->data[out->len] = '\0';
}

void
mime_qp_break(struct buf *out, size_t *column)
{
	if (*column)
		buf_add(out, "=\r\n", 3);
	*column = 0;
}
