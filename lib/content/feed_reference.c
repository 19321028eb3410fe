/* feed_reference.c - see feed_reference.h. */
#include "content/feed_reference.h"

#include <libxml/HTMLparser.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static void
put_code(struct buf *out, uint32_t c)
{
	/* What browsers take 128 to 159 for: Windows-1252, 0 where it has nothing (HTML, "numeric character reference end state"). */
	static const uint16_t windows[] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
		0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e,
		0x0178 };

	if (c >= 0x80 && c < 0xa0)
		c = windows[c - 0x80];
	if (c < ' ' || c == 0x7f || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff || c == 0xfffe || c == 0xffff)
		c = ' ';
	text_add_code_point(out, c);
}

/* "#233" or "#xe9", of n bytes. */
static bool
number(const char *s, size_t n, uint32_t *code)
{
	bool hex = n > 2 && (s[1] | 32) == 'x';
	size_t i = hex ? 2 : 1;
	char digits[REFERENCE_MAX], *end;
	unsigned long value;

	memcpy(digits, s + i, n - i);
	digits[n - i] = '\0';
	if (!digits[0] || strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != n - i)
		return false;
	value = strtoul(digits, &end, hex ? 16 : 10);
	*code = value > 0x10ffff ? 0x110000 : (uint32_t)value;
	return true;
}

size_t
feed_reference(struct buf *out, const char *s, size_t n)
{
	const char *end = n > 2 ? memchr(s + 1, ';', (n < REFERENCE_MAX ? n : REFERENCE_MAX) - 1) : NULL;
	size_t length = end ? (size_t)(end - s) - 1 : 0;
	const htmlEntityDesc *entity;
	char name[REFERENCE_MAX];
	uint32_t code;

	if (!length)
		return 0;
	if (s[1] == '#') {
		if (length < 2 || !number(s + 1, length, &code))
			return 0;
	} else {
		memcpy(name, s + 1, length);
		name[length] = '\0';
		if (strcmp(name, "apos") == 0) /* of XML, and of HTML since */
			code = '\'';
		else if ((entity = htmlEntityLookup((const xmlChar *)name)))
			code = entity->value;
		else
			return 0;
	}
	put_code(out, code);
	return length + 2;
}

/* The '&' at s. Those that mean markup stay as they are. */
static size_t
repair_reference(struct buf *out, const char *s, size_t n)
{
	size_t start = out->len, taken = feed_reference(out, s, n);

	if (!taken) {
		buf_addstr(out, "&amp;");
		return 1;
	}
	if (out->len == start + 1 && strchr("&<>\"'", out->data[start])) {
		buf_truncate(out, start);
		buf_add(out, s, taken);
	}
	return taken;
}

static bool
begins(const char *s, size_t n, const char *word)
{
	return n >= strlen(word) && memcmp(s, word, strlen(word)) == 0;
}

/* What the character at s does to the state; returns how many bytes belong to it. */
static size_t
step(struct feed_repair *r, const char *s, size_t n)
{
	switch (r->state) {
	case REPAIR_TEXT:
		if (*s != '<')
			break;
		r->attributes = 0;
		r->state = REPAIR_TAG;
		if (begins(s, n, "<![CDATA[")) {
			r->state = REPAIR_CDATA;
			return 9;
		}
		if (begins(s, n, "<!--")) {
			r->state = REPAIR_COMMENT;
			return 4;
		}
		break;
	case REPAIR_TAG:
		if (*s == '"' || *s == '\'') {
			r->quote = *s;
			r->state = REPAIR_QUOTED;
		} else if (*s == '>')
			r->state = REPAIR_TEXT;
		else if (*s == '=')
			r->attributes++;
		break;
	case REPAIR_QUOTED:
		if (*s == r->quote)
			r->state = REPAIR_TAG;
		break;
	case REPAIR_CDATA:
	case REPAIR_COMMENT:
		if (begins(s, n, r->state == REPAIR_CDATA ? "]]>" : "-->")) {
			r->state = REPAIR_TEXT;
			return 3;
		}
		break;
	}
	return 1;
}

size_t
feed_repair(struct feed_repair *r, struct buf *out, const char *s, size_t n, bool last)
{
	size_t i = 0, taken;

	while (i < n && (last || n - i >= REFERENCE_MAX) && r->attributes <= FEED_ATTRIBUTES) {
		if (s[i] == '&' && r->state != REPAIR_CDATA && r->state != REPAIR_COMMENT) {
			i += repair_reference(out, s + i, n - i);
			continue;
		}
		taken = step(r, s + i, n - i);
		buf_add(out, s + i, taken);
		i += taken;
	}
	return i;
}
