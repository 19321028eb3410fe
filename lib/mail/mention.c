/*
 * mention.c - see mention.h.
 *
 * A message is not parsed: whoever sent it may have made it so that a parser does not get to the address. It is searched as it is, then as
 * quoted-printable (RFC 2045 6.7, RFC 2047 4.2), then each run of base64 in it.
 */
#include "mail/mention.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

#define RUN_LEAST 8 /* characters of base64; a shorter address is none */

/* Whether the character belongs to an address, so that what was found is part of a longer one. */
static bool
goes_on(const char *bytes, size_t n, size_t i)
{
	return i < n && bytes[i] &&
	    (isalnum((unsigned char)bytes[i]) || strchr("!#$%&'*+-/=?^_`{|}~.@", bytes[i]) != NULL || (bytes[i] & 0x80));
}

static bool
ends(const char *bytes, size_t n, size_t i)
{
	if (i < n && bytes[i] == '.') /* the end of a sentence, or one more label */
		return !(i + 1 < n && isalnum((unsigned char)bytes[i + 1]));
	return i >= n || !(isalnum((unsigned char)bytes[i]) || bytes[i] == '-');
}

/* Whether the address stands at i as one of its own. Before it, an apostrophe may be a quote, and = the end of a name. */
static bool
stands_alone(const char *bytes, size_t n, size_t i, size_t len)
{
	bool before = i && goes_on(bytes, n, i - 1) && !strchr("'=", bytes[i - 1]);

	return !before && ends(bytes, n, i + len);
}

static bool
find(const char *bytes, size_t n, const char *key)
{
	size_t len = strlen(key), i;

	for (i = 0; i + len <= n; i++)
		if (tolower((unsigned char)bytes[i]) == (unsigned char)key[0] && strncasecmp(bytes + i, key, len) == 0 &&
		    stands_alone(bytes, n, i, len))
			return true;
	return false;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of what begins a word of a header in Q (RFC 2047 2: =?charset?Q?), or 0. */
static size_t
word_start(const char *bytes, size_t n)
{
	size_t i = 2;

	if (n < 6 || bytes[0] != '=' || bytes[1] != '?')
		return 0;
	while (i < n && i < 60 && (isalnum((unsigned char)bytes[i]) || bytes[i] == '-' || bytes[i] == '_' || bytes[i] == '*'))
		i++;
	return i + 2 < n && bytes[i] == '?' && tolower((unsigned char)bytes[i + 1]) == 'q' && bytes[i + 2] == '?' ? i + 3 : 0;
}

/* Length of a soft line end (RFC 2045 6.7 rule 5), or 0. */
static size_t
soft_end(const char *bytes, size_t n)
{
	size_t i = 1;

	if (bytes[0] != '=')
		return 0;
	while (i < n && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r'))
		i++;
	return i < n && bytes[i] == '\n' ? i + 1 : 0;
}

/* Soft line ends go, =41 is a letter; in a word of a header _ is a space, and what is around the word is none of its text. */
static void
unquote(struct buf *out, const char *bytes, size_t n)
{
	bool word = false;
	size_t i = 0, skip;

	buf_reset(out);
	buf_reserve(out, n);
	while (i < n) {
		skip = word_start(bytes + i, n - i);
		if (word && !skip && bytes[i] == '?' && i + 1 < n && bytes[i + 1] == '=')
			skip = 2;
		if (skip) {
			word = skip > 2;
			buf_addch(out, ' ');
			i += skip;
		} else if (bytes[i] == '=' && i + 2 < n && hex_value(bytes[i + 1]) >= 0 && hex_value(bytes[i + 2]) >= 0) {
			buf_addch(out, (char)(hex_value(bytes[i + 1]) * 16 + hex_value(bytes[i + 2])));
			i += 3;
		} else if ((skip = soft_end(bytes + i, n - i)) > 0) {
			i += skip;
		} else {
			word = word && bytes[i] != '\n';
			buf_addch(out, word && bytes[i] == '_' ? ' ' : bytes[i]);
			i++;
		}
	}
}

static int
base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The run of base64 from start to end, line ends in it aside, without its first `skip` characters; what is left over at its end, too. */
static void
decode(struct buf *out, const char *bytes, size_t start, size_t end, int skip)
{
	unsigned bits = 0;
	int count = 0, value;
	size_t i;

	buf_reset(out);
	for (i = start; i < end; i++) {
		value = base64_value(bytes[i]);
		if (value == -1 || skip-- > 0)
			continue;
		bits = bits << 6 | (unsigned)value;
		if (++count % 4)
			continue;
		buf_addch(out, (char)(bits >> 16));
		buf_addch(out, (char)(bits >> 8));
		buf_addch(out, (char)bits);
		bits = 0;
	}
	if (count % 4 == 2) {
		buf_addch(out, (char)(bits >> 4));
	} else if (count % 4 == 3) {
		buf_addch(out, (char)(bits >> 10));
		buf_addch(out, (char)(bits >> 2));
	}
}

/* A word of the text may stand right before a run and be taken for its beginning: each of the four ways to read it is tried. */
static bool
find_base64(struct buf *out, const char *bytes, size_t n, const char *key)
{
	size_t i = 0, start;
	int skip;

	while (i < n) {
		for (start = i; i < n && (base64_value(bytes[i]) != -1 || bytes[i] == '\r' || bytes[i] == '\n'); i++)
			continue;
		for (skip = 0; skip < 4 && i - start >= RUN_LEAST; skip++) {
			decode(out, bytes, start, i, skip);
			if (find(out->data, out->len, key))
				return true;
		}
		i++;
	}
	return false;
}

bool
mention_of(const char *bytes, size_t n, const char *address_key)
{
	struct buf decoded = BUF_INIT;
	bool found = find(bytes, n, address_key);

	if (!found) {
		unquote(&decoded, bytes, n);
		found = find(decoded.data, decoded.len, address_key);
	}
	if (!found)
		found = find_base64(&decoded, bytes, n, address_key);
	buf_release(&decoded);
	return found;
}
