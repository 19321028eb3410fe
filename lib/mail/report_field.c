/* report_field.c - "Name: value" lines of reports and headers; see report_private.h. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/report_private.h"

/* The length of a field's name at p, or 0: RFC 5322 3.6.8, and white space before the colon, which old software wrote. */
static size_t
name_length(const char *p, const char *end, const char **colon)
{
	const char *q = p, *name_end;

	while (q < end && q - p < 80 && (isalnum((unsigned char)*q) || *q == '-' || *q == '_'))
		q++;
	name_end = q;
	while (q < end && (*q == ' ' || *q == '\t'))
		q++;
	if (q == end || *q != ':' || name_end == p)
		return 0;
	*colon = q;
	return (size_t)(name_end - p);
}

static const char *
line_end(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	return lf ? lf : end;
}

bool
report_field_next(const char **at, const char *end, struct report_field *f)
{
	const char *p = *at, *colon = NULL, *stop;

	f->blank_before = false;
	for (;; p = stop + 1) {
		if (p >= end) {
			*at = end;
			return false;
		}
		stop = line_end(p, end);
		if (stop == p)
			f->blank_before = true;
		else if ((f->name_n = name_length(p, stop, &colon)) > 0)
			break;
		if (stop == end) {
			*at = end;
			return false;
		}
	}
	f->name = p;
	f->value = colon + 1;
	while (stop < end && stop + 1 < end && (stop[1] == ' ' || stop[1] == '\t')) {
		const char *next = line_end(stop + 1, end), *q = stop + 1;

		while (q < next && (*q == ' ' || *q == '\t'))
			q++;
		if (q == next)
			break; /* blank but for spaces: it ends the group */
		stop = next;
	}
	f->value_n = (size_t)(stop - f->value);
	*at = stop < end ? stop + 1 : end;
	return true;
}

bool
report_field_is(const struct report_field *f, const char *name)
{
	return strlen(name) == f->name_n && strncasecmp(f->name, name, f->name_n) == 0;
}

void
report_field_value(const struct report_field *f, char *out, size_t size)
{
	size_t len = 0, i;
	bool space = false;

	for (i = 0; i < f->value_n; i++) {
		unsigned char c = (unsigned char)f->value[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			space = len > 0;
			continue;
		}
		if (len + (space ? 2 : 1) >= size)
			break;
		if (space)
			out[len++] = ' ';
		space = false;
		out[len++] = (char)c;
	}
	if (i < f->value_n)
		len = text_cut(out, len);
	out[len] = '\0';
}

bool
report_field_get(const struct buf *block, const char *name, char *out, size_t size)
{
	const char *at = block->data, *end = at + block->len;
	struct report_field f;

	while (report_field_next(&at, end, &f)) {
		if (f.blank_before && f.name != block->data)
			break;
		if (!report_field_is(&f, name))
			continue;
		report_field_value(&f, out, size);
		if (out[0])
			return true;
	}
	out[0] = '\0';
	return false;
}

int
report_field_count(const char *text, size_t n)
{
	const char *p = text, *end = text + n, *colon;
	int count = 0;

	while (p < end) {
		const char *stop = line_end(p, end);

		if (stop == p)
			break;
		if (*p != ' ' && *p != '\t') {
			if (!name_length(p, stop, &colon))
				break;
			count++;
		} else if (!count)
			break;
		p = stop + 1;
	}
	return count;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode "+40" (xtext, RFC 3461 4; IMCEA) in place. */
static void
decode_plus(char *s)
{
	char *out = s;

	for (; *s; s++) {
		if (*s == '+' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0 && (hex_digit(s[1]) * 16 + hex_digit(s[2])) > 0x20) {
			*out++ = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
			s += 2;
		} else
			*out++ = *s;
	}
	*out = '\0';
}

/* Decode "\x{5B57}" (RFC 6533 3) in place: it is never longer. */
static void
decode_unicode(char *s)
{
	struct buf b = BUF_INIT;
	const char *p = s;

	while (*p) {
		if (p[0] == '\\' && (p[1] == 'x' || p[1] == 'X') && p[2] == '{') {
			uint32_t c = 0;
			const char *q = p + 3;

			while (q - p < 9 && hex_digit(*q) >= 0)
				c = c * 16 + (uint32_t)hex_digit(*q++);
			if (*q == '}' && q > p + 3 && c > 0x20 && c != 0x7f) {
				text_add_code_point(&b, c);
				p = q + 1;
				continue;
			}
		}
		buf_addch(&b, *p++);
	}
	if (b.len <= strlen(s))
		memcpy(s, b.data, b.len + 1);
	buf_release(&b);
}

/* Cut comments, quotes, angle brackets and a source route ("<@a,@b:ann@c>") from s; returns what is left within s. */
static char *
bare(char *s)
{
	char *p, *end;

	s = text_trim(s);
	if ((p = strrchr(s, '<')) && (end = strchr(p, '>'))) {
		*end = '\0';
		s = p + 1;
	} else if (*s == '<')
		s++;
	if (*s != '(' && (p = strstr(s, " (")))
		*p = '\0';
	s = text_trim(s);
	if (strncasecmp(s, "mailto:", 7) == 0)
		s += 7;
	if (*s == '@' && (p = strchr(s, ':')))
		s = p + 1;
	p = s + strlen(s);
	while (p > s && strchr(">,;.:'\"", p[-1]) && !(p[-1] == '"' && memchr(s, '@', (size_t)(p - s)) == NULL))
		*--p = '\0';
	if ((*s == '"' || *s == '\'') && !strchr(s + 1, *s))
		s++; /* only the end was quoted with it */
	return text_trim(s);
}

/* "IMCEASMTP-ann+40example+2Eorg@gateway.example": Exchange's way to write an address of another kind. */
static char *
imcea(char *s)
{
	char *dash, *at;

	if (strncasecmp(s, "IMCEA", 5) != 0 || (dash = strchr(s, '-')) == NULL)
		return s;
	if (strncasecmp(s, "IMCEASMTP-", 10) != 0 && strncasecmp(s, "IMCEARFC822-", 12) != 0 && strncasecmp(s, "IMCEAINVALID-", 13) != 0)
		return s;
	if ((at = strrchr(dash, '@')))
		*at = '\0';
	decode_plus(dash + 1);
	return dash + 1;
}

bool
report_field_address(const char *value, char out[ADDR_MAX])
{
	char copy[REPORT_VALUE], *s = copy, *at, *semicolon;
	size_t n = strnlen(value, sizeof(copy) - 1);

	memcpy(copy, value, n);
	copy[n] = '\0';
	semicolon = strchr(copy, ';');
	if (semicolon && !memchr(copy, '@', (size_t)(semicolon - copy)))
		s = semicolon + 1;
	decode_unicode(s);
	s = bare(s);
	s = imcea(s);
	if (!strchr(s, '@') && strstr(s, "+40"))
		decode_plus(s);
	if (strncasecmp(s, "rfc822;", 7) == 0 || strncasecmp(s, "smtp:", 5) == 0)
		s = bare(s + (s[4] == ':' ? 5 : 7));
	out[0] = '\0';
	n = strlen(s);
	if (n == 0 || n >= ADDR_MAX || !text_is_utf8(s, n) || text_has_control(s, n, ""))
		return false;
	memcpy(out, s, n + 1);
	at = strrchr(out, '@');
	if (!at || at == out || !at[1] || strpbrk(at, " \t<>"))
		return false;
	text_lower(at);
	return true;
}
