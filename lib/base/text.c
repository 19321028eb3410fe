/* text.c - see text.h. */
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

/* The ranges of the second byte are RFC 3629 section 4's table. */
size_t
text_sequence(const char *first, size_t n)
{
	const unsigned char *s = (const unsigned char *)first;
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = 2u + (s[0] >= 0xe0) + (s[0] >= 0xf0);
	if (n < len)
		return 0;
	if (s[0] == 0xe0)
		lo = 0xa0;
	else if (s[0] == 0xed)
		hi = 0x9f;
	else if (s[0] == 0xf0)
		lo = 0x90;
	else if (s[0] == 0xf4)
		hi = 0x8f;
	if (s[1] < lo || s[1] > hi)
		return 0;
	for (i = 2; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

uint32_t
text_code_point(const char *s, size_t n)
{
	static const unsigned char lead[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)s[0] & lead[n];
	size_t i;

	for (i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

bool
text_is_utf8(const char *s, size_t n)
{
	size_t i = 0, len;

	while (i < n) {
		len = text_sequence(s + i, n - i);
		if (!len)
			return false;
		i += len;
	}
	return true;
}

bool
text_has_control(const char *s, size_t n, const char *allowed)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 || c == 0x7f) && (!c || !strchr(allowed, c)))
			return true;
		if (c == 0xc2 && i + 1 < n && (unsigned char)s[i + 1] < 0xa0)
			return true;
	}
	return false;
}

bool
text_is_listed(const char *words, const char *s, size_t n)
{
	size_t len;

	for (; *words; words += len + (words[len] == ' ')) {
		len = strcspn(words, " ");
		if (len == n && memcmp(words, s, n) == 0)
			return true;
	}
	return false;
}

size_t
text_length(const char *s, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			count++;
	return count;
}

size_t
text_cut(const char *s, size_t n)
{
	while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

char *
text_trim(char *s)
{
	size_t n = strlen(s), skip = 0;

	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	s[n] = '\0';
	while (isspace((unsigned char)s[skip]))
		skip++;
	memmove(s, s + skip, n - skip + 1);
	return s;
}

char *
text_lower(char *s)
{
	char *p;

	for (p = s; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 'a' - 'A');
	return s;
}

void
text_escape_html(struct buf *out, const char *s, size_t n)
{
	size_t i, start = 0;

	for (i = 0; i < n; i++) {
		const char *entity;

		switch (s[i]) {
		case '&': entity = "&amp;"; break;
		case '<': entity = "&lt;"; break;
		case '>': entity = "&gt;"; break;
		case '"': entity = "&quot;"; break;
		case '\'': entity = "&#39;"; break;
		default: continue;
		}
		buf_add(out, s + start, i - start);
		buf_addstr(out, entity);
		start = i + 1;
	}
	buf_add(out, s + start, n - start);
}

void
text_add_code_point(struct buf *out, uint32_t c)
{
	int bytes;

	if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		c = 0xfffd;
	bytes = c < 0x80 ? 1 : c < 0x800 ? 2
	    : c < 0x10000                ? 3
					 : 4;
	switch (bytes) {
	case 1: buf_addch(out, (char)c); return;
	case 2: buf_addch(out, (char)(0xc0 | c >> 6)); break;
	case 3: buf_addch(out, (char)(0xe0 | c >> 12)); break;
	default: buf_addch(out, (char)(0xf0 | c >> 18));
	}
	while (--bytes)
		buf_addch(out, (char)(0x80 | (c >> 6 * (bytes - 1) & 0x3f)));
}

int
text_copy(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);

	if (n >= size) {
		dst[0] = '\0';
		return -1;
	}
	memcpy(dst, src, n + 1);
	return 0;
}
