/* feed_charset.c - see feed_charset.h. */
#include "content/feed_charset.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"

#define HEAD 1024    /* bytes in which an XML declaration ends */
#define NAME 64      /* bytes of a charset's name */
#define SEQUENCE 4   /* longest of UTF-8 */
#define CHARACTER 16 /* no charset has a longer one */
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-"
#define REPLACEMENT "\xef\xbf\xbd"

void
feed_charset_init(struct feed_charset *c, const char *named)
{
	*c = (struct feed_charset){ .named = named, .wide = 1, .pending = BUF_INIT };
}

void
feed_charset_release(struct feed_charset *c)
{
	if (c->open)
		iconv_close(c->iconv);
	c->open = false;
	buf_release(&c->pending);
}

/* Append a well-formed sequence that is more than ASCII: the noncharacters U+FFFE and U+FFFF are not for XML. */
static void
put_sequence(struct buf *out, const char *s, size_t n)
{
	if (n == 3 && memcmp(s, "\xef\xbf", 2) == 0 && (unsigned char)s[2] >= 0xbe)
		buf_addstr(out, REPLACEMENT);
	else
		buf_add(out, s, n);
}

static bool
is_plain(char c)
{
	return (c >= ' ' && c <= '~') || c == '\n' || c == '\t' || c == '\r';
}

/* Append n bytes of UTF-8 as XML has them; returns how many were read: unless `last`, up to SEQUENCE - 1 stay for later. */
static size_t
put_utf8(struct buf *out, const char *s, size_t n, bool last)
{
	size_t i = 0, run, length;

	for (;;) {
		for (run = i; run < n && is_plain(s[run]); run++)
			;
		buf_add(out, s + i, run - i);
		i = run;
		if (i == n || (!last && n - i < SEQUENCE))
			return i;
		if ((unsigned char)s[i] < 0x80) {
			buf_addch(out, ' ');
			i++;
			continue;
		}
		length = text_sequence(s + i, n - i);
		if (length)
			put_sequence(out, s + i, length);
		else
			buf_addstr(out, REPLACEMENT);
		i += length ? length : 1;
	}
}

/* The same of any other charset. */
static size_t
put_converted(struct feed_charset *c, struct buf *out, const char *s, size_t n, bool last)
{
	char text[4096] = "", *in = (char *)s, *to;
	size_t left = n, room;

	while (left) {
		to = text;
		room = sizeof(text);
		errno = 0;
		if (iconv(c->iconv, &in, &left, &to, &room) != (size_t)-1)
			errno = 0;
		put_utf8(out, text, sizeof(text) - room, true);
		if (errno == EINVAL && !last && left <= CHARACTER)
			break;
		if (errno && errno != E2BIG) {
			buf_addstr(out, REPLACEMENT);
			in += left < c->wide ? left : c->wide;
			left -= left < c->wide ? left : c->wide;
		}
	}
	return n - left;
}

/* The value of encoding="…" in an XML declaration at the head of the text, or "". */
static void
declared(char name[NAME], const char *s, size_t n)
{
	const char *end = s + n, *p, *stop;

	name[0] = '\0';
	while (s < end && strchr(" \t\r\n", *s))
		s++;
	if (end - s < 6 || memcmp(s, "<?xml", 5) != 0 || !(p = memmem(s, (size_t)(end - s), "encoding", 8)))
		return;
	for (p += 8; p < end && strchr(" \t\r\n=", *p); p++)
		;
	if (p == end || (*p != '"' && *p != '\'') || !(stop = memchr(p + 1, *p, (size_t)(end - p - 1))) || stop - p > NAME)
		return;
	memcpy(name, p + 1, (size_t)(stop - p - 1));
	name[stop - p - 1] = '\0';
}

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcasecmp(name, *list) == 0)
			return true;
	return false;
}

/* A name may choose a conversion, and nothing else of what iconv_open() reads in it. */
static int
open_named(struct feed_charset *c, const char *name, struct err *e)
{
	static const char *const utf8[] = { "utf-8", "utf8", "us-ascii", "ascii", NULL };
	static const char *const latin[] = { "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "cp1252", NULL };

	c->known = true;
	c->utf8 = !name[0] || is_one_of(name, utf8);
	if (c->utf8)
		return 0;
	c->wide = strncasecmp(name, "utf-16", 6) == 0 ? 2 : 1;
	if (strspn(name, NAME_LETTERS) == strlen(name)) {
		c->iconv = iconv_open("UTF-8", is_one_of(name, latin) ? "WINDOWS-1252" : name);
		c->open = (intptr_t)c->iconv != -1;
	}
	if (!c->open)
		return err_set(e, ERR_INPUT, "line 1: the charset \"%.40s\" is unknown: a feed is best in UTF-8", name);
	return 0;
}

/* Decide by the first n bytes; *skip is the length of a byte-order mark. */
static int
decide(struct feed_charset *c, const char *s, size_t n, size_t *skip, struct err *e)
{
	char name[NAME];

	*skip = 0;
	if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
		*skip = 3;
		return open_named(c, "", e);
	}
	if (n >= 2 && (memcmp(s, "\xfe\xff", 2) == 0 || memcmp(s, "\xff\xfe", 2) == 0)) {
		*skip = 2;
		return open_named(c, s[0] == '\xfe' ? "UTF-16BE" : "UTF-16LE", e);
	}
	if (c->named[0])
		return open_named(c, c->named, e);
	if (n >= 2 && (memcmp(s, "\0<", 2) == 0 || memcmp(s, "<\0", 2) == 0))
		return open_named(c, s[0] ? "UTF-16LE" : "UTF-16BE", e);
	declared(name, s, n);
	if (strncasecmp(name, "utf-16", 6) == 0 || strncasecmp(name, "utf-32", 6) == 0 || strncasecmp(name, "ucs-", 4) == 0 ||
	    strncasecmp(name, "iso-10646", 9) == 0)
		name[0] = '\0'; /* it was read as ASCII: it cannot be */
	return open_named(c, name, e);
}

int
feed_charset_add(struct feed_charset *c, struct buf *out, const char *bytes, size_t n, bool last, struct err *e)
{
	size_t taken, skip = 0, head;
	const char *end;

	buf_add(&c->pending, bytes, n);
	if (!c->known) {
		end = memchr(c->pending.data, '>', c->pending.len);
		if (!end && c->pending.len < HEAD && !last)
			return 0;
		head = end ? (size_t)(end - c->pending.data) + 1 : c->pending.len;
		if (decide(c, c->pending.data, head < HEAD ? head : HEAD, &skip, e) == -1)
			return -1;
	}
	if (c->utf8)
		taken = put_utf8(out, c->pending.data + skip, c->pending.len - skip, last);
	else
		taken = put_converted(c, out, c->pending.data + skip, c->pending.len - skip, last);
	taken += skip;
	memmove(c->pending.data, c->pending.data + taken, c->pending.len - taken);
	buf_truncate(&c->pending, c->pending.len - taken);
	return 0;
}
