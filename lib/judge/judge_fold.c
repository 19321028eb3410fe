/* judge_fold.c - see judge_text.h. */
#include <ctype.h>
#include <string.h>

#include "judge/judge_text.h"

/* U+00C0 … U+017F: the letter under the accent; '?' stays, '2' is one of those that become two letters. */
static const char latin[] =
    "aaaaaa2ceeeeiiii" /* 00C0 */
    "dnooooo?ouuuuy?2"
    "aaaaaa2ceeeeiiii"
    "dnooooo?ouuuuy?y"
    "aaaaaaccccccccdd" /* 0100 */
    "ddeeeeeeeeeegggg"
    "gggghhhhiiiiiiii"
    "ii22jjkkklllllll"
    "lllnnnnnn???oooo"
    "oo22rrrrrrssssss"
    "ssttttttuuuuuuuu"
    "uuuuwwyyyzzzzzzs";

static size_t
put(char *out, const char *s)
{
	size_t n = 0;

	for (; s[n]; n++)
		out[n] = s[n];
	return n;
}

/* Two bytes of UTF-8: Latin and Cyrillic. */
static size_t
fold_pair(unsigned c, char *out)
{
	if (c == 0xa0)
		return put(out, " ");
	if (c >= 0xc0 && c < 0xc0 + sizeof(latin) - 1) {
		char letter = latin[c - 0xc0];

		if (letter == '2')
			return put(out, c == 0xdf ? "ss" : c == 0x132 || c == 0x133 ? "ij"
				: c == 0x152 || c == 0x153                          ? "oe"
										    : "ae");
		if (letter != '?') {
			out[0] = letter;
			return 1;
		}
	}
	if (c == 0x401 || c == 0x451)
		c = 0x435; /* yo, which is often written as ye */
	else if (c >= 0x410 && c < 0x430)
		c += 0x20;
	else if (c >= 0x400 && c < 0x410)
		c += 0x50;
	out[0] = (char)(0xc0 | (c >> 6));
	out[1] = (char)(0x80 | (c & 0x3f));
	return 2;
}

/* Three bytes: the punctuation of typographers, and East Asia's space and full-width ASCII. */
static size_t
fold_triple(unsigned c, const char *bytes, char *out)
{
	if (c >= 0x2010 && c <= 0x2015)
		return put(out, "-");
	if (c >= 0x2018 && c <= 0x201b)
		return put(out, "'");
	if (c >= 0x201c && c <= 0x201f)
		return put(out, "\"");
	if ((c >= 0x2000 && c <= 0x200f) || c == 0x3000 || c == 0xfeff)
		return put(out, " ");
	if (c > 0xff00 && c < 0xff5f) {
		out[0] = (char)tolower((int)(c - 0xfee0));
		return 1;
	}
	memcpy(out, bytes, 3);
	return 3;
}

size_t
judge_fold(const char **p, char out[4])
{
	const unsigned char *s = (const unsigned char *)*p;

	if (s[0] >= 0xc2 && s[0] < 0xe0 && (s[1] & 0xc0) == 0x80) {
		*p += 2;
		return fold_pair(((unsigned)s[0] & 0x1f) << 6 | (s[1] & 0x3f), out);
	}
	if ((s[0] & 0xf0) == 0xe0 && (s[1] & 0xc0) == 0x80 && (s[2] & 0xc0) == 0x80) {
		*p += 3;
		return fold_triple(((unsigned)s[0] & 0xf) << 12 | ((unsigned)s[1] & 0x3f) << 6 | (s[2] & 0x3f), (const char *)s, out);
	}
	++*p;
	out[0] = s[0] <= ' ' || s[0] == 0x7f || s[0] == '_' ? ' ' : s[0] == '`' ? '\''
										: (char)tolower(s[0]);
	return 1;
}
