/*
 * mime_header.c - text in headers; see mime.h.
 *
 * Text is read character by character with mime_char, so that whatever comes
 * in, no control character and no broken UTF-8 comes out.
 */
#include "mail/mime.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"

#define LINE 76       /* RFC 2047 2, for a line that holds an encoded-word; kept everywhere */
#define WORD_EXTRA 12 /* =?utf-8?q? and ?= */
#define WORD_ROOM 12  /* a four-octet character in Q */

/* What RFC 2047 5(3) allows in a Q word inside a phrase; used everywhere. */
static bool
q_literal(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("!*+-/", c));
}

static size_t
q_width(const char *c, size_t len)
{
	size_t i, width = 0;

	for (i = 0; i < len; i++)
		width += q_literal(c[i]) || c[i] == ' ' ? 1 : 3;
	return width;
}

static void
q_add(struct buf *out, const char *s, size_t n)
{
	char octet[3];
	size_t i;

	for (i = 0; i < n; i++) {
		if (q_literal(s[i]))
			buf_addch(out, s[i]);
		else if (s[i] == ' ')
			buf_addch(out, '_');
		else
			buf_add(out, octet, (size_t)(mime_hex(octet, '=', s[i]) - octet));
	}
}

static void
b_add(struct buf *out, const char *s, size_t n)
{
	buf_reserve(out, BASE64_LEN(n) + 1);
	base64_encode(out->data + out->len, (const uint8_t *)s, n);
	out->len += BASE64_LEN(n);
}

static bool
q_is_shorter(const char *s, size_t n)
{
	size_t q = 0, octets = 0, len, taken;
	char c[4];

	for (; n; s += taken, n -= taken) {
		taken = mime_char(s, n, c, &len);
		q += q_width(c, len);
		octets += len;
	}
	return q <= (octets + 2) / 3 * 4;
}

/* As much of the text as one Q word has room for, cleaned, into `word`; returns the octets taken. */
static size_t
take_q(const char *s, size_t n, size_t room, char word[LINE], size_t *used)
{
	size_t at = 0, width = 0, len, taken;
	char c[4];

	for (*used = 0; at < n; at += taken) {
		taken = mime_char(s + at, n - at, c, &len);
		width += q_width(c, len);
		if (width > room)
			break;
		memcpy(word + *used, c, len);
		*used += len;
	}
	return at;
}

/*
 * The same for B. Some readers (GMime is one) decode adjacent words as one run
 * and stop at its first "=", so only the last word may need padding: 0 when the
 * text cannot be cut so.
 */
static size_t
take_b(const char *s, size_t n, size_t room, char word[LINE], size_t *used)
{
	size_t at = 0, cut = 0, full = 0, len, taken;
	char c[4];

	for (*used = 0; at < n; at += taken) {
		taken = mime_char(s + at, n - at, c, &len);
		if ((full + len + 2) / 3 * 4 > room)
			break;
		memcpy(word + full, c, len);
		full += len;
		if (full % 3 == 0 || at + taken == n) {
			cut = at + taken;
			*used = full;
		}
	}
	return cut;
}

/* All of the text as encoded-words: white space between two of them is not part of the text (RFC 2047 6.2). */
static void
encoded_words(struct buf *out, const char *s, size_t n, size_t *column)
{
	bool shorter = q_is_shorter(s, n);

	while (n) {
		char word[LINE];
		size_t start, used, room, taken = 0;

		if (*column + WORD_EXTRA + WORD_ROOM > LINE) {
			buf_add(out, "\r\n ", 3);
			*column = 1;
		}
		start = out->len;
		room = LINE - (*column ? *column : 1) - WORD_EXTRA;
		if (!shorter)
			taken = take_b(s, n, room, word, &used);
		if (taken) {
			buf_addstr(out, "=?utf-8?b?");
			b_add(out, word, used);
		} else {
			taken = take_q(s, n, room, word, &used);
			buf_addstr(out, "=?utf-8?q?");
			q_add(out, word, used);
		}
		buf_add(out, "?=", 2);
		s += taken;
		n -= taken;
		*column = n ? LINE : *column + out->len - start; /* the next word goes on a line of its own */
	}
}

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static void
add_cleaned(struct buf *out, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addch(out, is_blank(s[i]) ? ' ' : s[i]);
}

/* Length of the next word of ASCII text, with the blanks before it. */
static size_t
next_word(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && is_blank(s[i]))
		i++;
	while (i < n && !is_blank(s[i]))
		i++;
	return i;
}

/* ASCII without anything that some reader takes for an encoded-word. */
static bool
is_ascii_text(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] >= 0x80 || (s[i] == '?' && i && s[i - 1] == '='))
			return false;
	return true;
}

/* Whether the text can stand as it is: no blank at an end, the first word fits beside the header's name, the others on a line. */
static bool
is_plain(const char *s, size_t n, size_t column)
{
	size_t len;

	if (n && (is_blank(s[0]) || is_blank(s[n - 1])))
		return false;
	if (!is_ascii_text(s, n))
		return false;
	for (; n; s += len, n -= len) {
		len = next_word(s, n);
		if (column + len > LINE)
			return false;
		column = 0;
	}
	return true;
}

void
mime_header_text(struct buf *out, const char *text, size_t *column)
{
	size_t n = strlen(text), len;

	if (!is_plain(text, n, *column)) {
		encoded_words(out, text, n, column);
		return;
	}
	for (; n; text += len, n -= len) {
		len = next_word(text, n);
		if (*column + len > LINE) {
			buf_add(out, "\r\n", 2); /* before the blanks, so that no line ends in one */
			*column = 0;
		}
		add_cleaned(out, text, len);
		*column += len;
	}
}

static bool
is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Octets as a quoted-string (RFC 5322 3.2.4), quotes included. */
static size_t
quoted_length(const char *s, size_t n)
{
	size_t i, len = n + 2;

	for (i = 0; i < n; i++)
		len += s[i] == '"' || s[i] == '\\';
	return len;
}

static void
add_quoted(struct buf *out, const char *s, size_t n)
{
	size_t i;

	buf_addch(out, '"');
	for (i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			buf_addch(out, '\\');
		add_cleaned(out, s + i, 1);
	}
	buf_addch(out, '"');
}

/* Atoms with one space between them. */
static bool
is_atoms(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_atext(s[i]) && (s[i] != ' ' || s[i + 1] == ' '))
			return false;
	return true;
}

void
mime_header_phrase(struct buf *out, const char *text, size_t *column)
{
	size_t n = strlen(text);

	for (; n && is_blank(text[n - 1]); n--)
		;
	for (; n && is_blank(*text); n--)
		text++;
	if (!n)
		return;
	if (!is_ascii_text(text, n) || *column + quoted_length(text, n) > LINE) {
		encoded_words(out, text, n, column);
	} else if (is_atoms(text, n)) {
		buf_add(out, text, n);
		*column += n;
	} else {
		add_quoted(out, text, n);
		*column += quoted_length(text, n);
	}
}

/* attribute-char of RFC 2231 section 7: a token's characters (RFC 2045 5.1, so no = / ?) but for * ' and %. */
static bool
is_attribute_char(char c)
{
	return is_atext(c) ? !strchr("=/?*'%", c) : c == '.';
}

/* RFC 2231 sections 3 and 4: as many folded sections as it takes, no character split over two. */
static void
add_extended(struct buf *out, const char *name, const char *value, size_t n)
{
	size_t room = LINE - 14 - strlen(name);
	bool single = 7 + 3 * n + WORD_ROOM <= room; /* 7: utf-8'' */
	unsigned section;

	for (section = 0; n || !section; section++) {
		size_t used = section ? 0 : 7, len, taken, i;
		char c[4], octet[3];

		buf_addf(out, ";\r\n %s", name);
		if (!single)
			buf_addf(out, "*%u", section);
		buf_addstr(out, section ? "*=" : "*=utf-8''");
		for (; n && used + WORD_ROOM <= room; value += taken, n -= taken) {
			taken = mime_char(value, n, c, &len);
			for (i = 0; i < len; i++) {
				if (is_attribute_char(c[i]))
					buf_addch(out, c[i]);
				else
					buf_add(out, octet, (size_t)(mime_hex(octet, '%', c[i]) - octet));
				used += is_attribute_char(c[i]) ? 1 : 3;
			}
		}
	}
}

void
mime_header_param(struct buf *out, const char *name, const char *value)
{
	size_t n = strlen(value), i;
	bool token = n > 0;

	if (!is_ascii_text(value, n) || 1 + strlen(name) + 1 + quoted_length(value, n) + 1 > LINE) {
		add_extended(out, name, value, n);
		return;
	}
	for (i = 0; i < n; i++)
		token = token && is_attribute_char(value[i]);
	buf_addf(out, ";\r\n %s=", name);
	if (token)
		buf_add(out, value, n);
	else
		add_quoted(out, value, n);
}
