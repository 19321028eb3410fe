/* html_tag.c - see html_tag.h. */
#include "content/html_tag.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

/* Left out with what is inside: it is no text for people, or no HTML. */
static const char *const skipped[] = {
	"style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext", "template", "select", "svg",
	"math", "object", "audio", "video", "canvas", "applet", "frameset"
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool
is_name(const char *s, size_t n, const char *name)
{
	return strlen(name) == n && strncasecmp(s, name, n) == 0;
}

bool
html_tag_is(const struct html_tag *tag, const char *name)
{
	return is_name(tag->name, tag->name_len, name);
}

bool
html_attribute_is(const struct html_attribute *a, const char *name)
{
	return is_name(a->name, a->name_len, name);
}

bool
html_tag_is_one_of(const struct html_tag *tag, const char *const *names)
{
	for (; *names; names++)
		if (html_tag_is(tag, *names))
			return true;
	return false;
}

const struct html_attribute *
html_tag_attribute(const struct html_tag *tag, const char *name)
{
	size_t i;

	for (i = 0; i < tag->count; i++)
		if (html_attribute_is(&tag->attribute[i], name))
			return &tag->attribute[i];
	return NULL;
}

static bool
has_attribute(const struct html_tag *tag, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < tag->count; i++)
		if (tag->attribute[i].name_len == n && strncasecmp(tag->attribute[i].name, name, n) == 0)
			return true;
	return false;
}

/* The value behind '='; returns what follows it, or NULL. */
static const char *
read_value(struct html_attribute *a, const char *s, const char *end)
{
	const char *start;
	char quote;

	while (s < end && is_space(*s))
		s++;
	if (s == end)
		return NULL;
	if (*s == '"' || *s == '\'') {
		quote = *s++;
		a->value = s;
		s = memchr(s, quote, (size_t)(end - s));
		if (!s)
			return NULL;
		a->value_len = (size_t)(s - a->value);
		return s + 1;
	}
	for (start = s; s < end && !is_space(*s) && *s != '>'; s++)
		;
	a->value = start;
	a->value_len = (size_t)(s - start);
	return s;
}

/* An attribute at s; the first of a name counts. Returns what follows it, or NULL. */
static const char *
read_attribute(struct html_tag *tag, const char *s, const char *end)
{
	struct html_attribute a = { .name = s, .value = "" };
	const char *after;

	for (s++; s < end && !is_space(*s) && !strchr("/>=", *s); s++) /* a '=' that comes first is part of the name */
		;
	a.name_len = (size_t)(s - a.name);
	for (after = s; after < end && is_space(*after); after++)
		;
	if (after < end && *after == '=') {
		s = read_value(&a, after + 1, end);
		if (!s)
			return NULL;
	}
	if (tag->count < HTML_ATTRIBUTES && !has_attribute(tag, a.name, a.name_len))
		tag->attribute[tag->count++] = a;
	return s;
}

static void
look_up(struct html_tag *tag)
{
	size_t i;

	for (i = 0; i < sizeof(skipped) / sizeof(skipped[0]) && !tag->skipped; i++)
		if (html_tag_is(tag, skipped[i]))
			tag->skipped = skipped[i];
}

const char *
html_tag_read(struct html_tag *tag, const char *s, const char *end)
{
	*tag = (struct html_tag){ .end = s[1] == '/' };
	s += tag->end ? 2 : 1;
	tag->name = s;
	while (s < end && !is_space(*s) && *s != '/' && *s != '>')
		s++;
	tag->name_len = (size_t)(s - tag->name);
	look_up(tag);
	for (;;) {
		while (s < end && (is_space(*s) || *s == '/'))
			s++;
		if (s == end)
			return NULL;
		if (*s == '>')
			return s + 1;
		s = read_attribute(tag, s, end);
		if (!s)
			return NULL;
	}
}

/* A code point; what is none, or a control character, as a space. */
static void
put_code(struct buf *out, uint32_t c)
{
	if (c < ' ' || (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		c = ' ';
	text_add_code_point(out, c);
}

/* The value of a hexadecimal digit, or -1. */
static int
digit(char c, uint32_t base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A reference at s, which is '&'; returns how many octets it has, or 0 when it is none of ours. */
static size_t
read_reference(struct buf *out, const char *s, size_t n)
{
	static const struct {
		const char *name;
		char c;
	} named[] = { { "&amp;", '&' }, { "&quot;", '"' }, { "&apos;", '\'' }, { "&lt;", '<' }, { "&gt;", '>' } };
	uint32_t code = 0, base = 10;
	size_t i, start;
	int d;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (n >= strlen(named[i].name) && memcmp(s, named[i].name, strlen(named[i].name)) == 0) {
			buf_addch(out, named[i].c);
			return strlen(named[i].name);
		}
	if (n < 3 || s[1] != '#')
		return 0;
	i = 2;
	if ((s[i] | 32) == 'x') {
		base = 16;
		i++;
	}
	for (start = i; i < n && (d = digit(s[i], base)) >= 0; i++)
		code = code > 0x10ffff ? code : code * base + (uint32_t)d;
	if (i == start)
		return 0;
	put_code(out, code);
	return i < n && s[i] == ';' ? i + 1 : i;
}

void
html_decode(struct buf *out, const char *s, size_t n)
{
	size_t i = 0, taken;

	while (i < n) {
		taken = s[i] == '&' ? read_reference(out, s + i, n - i) : 0;
		if (taken) {
			i += taken;
			continue;
		}
		buf_addch(out, (unsigned char)s[i] < ' ' || s[i] == 0x7f ? ' ' : s[i]);
		i++;
	}
}
