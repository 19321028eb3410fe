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
	static const uint16_t windows[] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
		0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153,
		0, 0x017e, 0x0178 };

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

/* "<!ENTITY name", and not "<!ENTITY % name", which could only name a file, and nobody loads it. */
static bool
declares_entity(const char *s, size_t n)
{
	size_t i = strlen("<!ENTITY");

	if (!begins(s, n, "<!ENTITY"))
		return false;
	while (i < n && strchr(" \t\r\n", s[i]))
		i++;
	return i == n || s[i] != '%';
}

static size_t
step_doctype(struct feed_repair *r, const char *s, size_t n)
{
	if (r->quote == '-') {
		if (!begins(s, n, "-->"))
			return 1;
		r->quote = '\0';
		return 3;
	}
	if (r->quote) {
		if (*s == r->quote)
			r->quote = '\0';
	} else if (*s == '"' || *s == '\'') {
		r->quote = *s;
	} else if (begins(s, n, "<!--")) {
		r->quote = '-';
		return 4;
	} else if (*s == '[' || *s == ']') {
		r->subset = *s == '[';
	} else if (*s == '>' && !r->subset) {
		r->state = REPAIR_TEXT;
	} else if (declares_entity(s, n))
		r->declares = true;
	return 1;
}

/* A '<' in text. */
static size_t
begin_markup(struct feed_repair *r, const char *s, size_t n)
{
	static const struct {
		const char *begin;
		enum feed_repair_state state;
	} kinds[] = {
		{ "<![CDATA[", REPAIR_CDATA },
		{ "<!--", REPAIR_COMMENT },
		{ "<!DOCTYPE", REPAIR_DOCTYPE },
		{ "<?", REPAIR_INSTRUCTION },
		{ "<", REPAIR_TAG },
	};
	size_t i = 0;

	while (!begins(s, n, kinds[i].begin))
		i++;
	r->state = kinds[i].state;
	r->attributes = 0;
	r->quote = '\0';
	r->subset = false;
	return strlen(kinds[i].begin);
}

/* What the character at s does to the state; returns how many bytes belong to it. */
static size_t
step(struct feed_repair *r, const char *s, size_t n)
{
	static const char *const ends[] = { [REPAIR_CDATA] = "]]>", [REPAIR_COMMENT] = "-->", [REPAIR_INSTRUCTION] = "?>" };

	switch (r->state) {
	case REPAIR_TEXT: return *s == '<' ? begin_markup(r, s, n) : 1;
	case REPAIR_TAG:
		if (*s == '"' || *s == '\'') {
			r->quote = *s;
			r->state = REPAIR_QUOTED;
		} else if (*s == '>')
			r->state = REPAIR_TEXT;
		else
			r->attributes += *s == '=';
		return 1;
	case REPAIR_QUOTED:
		if (*s == r->quote)
			r->state = REPAIR_TAG;
		return 1;
	case REPAIR_DOCTYPE: return step_doctype(r, s, n);
	default:
		if (!begins(s, n, ends[r->state]))
			return 1;
		n = strlen(ends[r->state]);
		r->state = REPAIR_TEXT;
		return n;
	}
}

size_t
feed_repair(struct feed_repair *r, struct buf *out, const char *s, size_t n, bool last)
{
	size_t i = 0, taken;
	bool dropped;

	while (i < n && (last || n - i >= REFERENCE_MAX) && r->attributes <= FEED_ATTRIBUTES && !r->declares) {
		if (s[i] == '&' && (r->state == REPAIR_TEXT || r->state == REPAIR_QUOTED)) {
			i += repair_reference(out, s + i, n - i);
			continue;
		}
		dropped = r->state == REPAIR_DOCTYPE || (r->state == REPAIR_TEXT && begins(s + i, n - i, "<!DOCTYPE"));
		taken = step(r, s + i, n - i);
		if (!dropped)
			buf_add(out, s + i, taken);
		else if (s[i] == '\n')
			buf_addch(out, '\n');
		i += taken;
	}
	return i;
}
