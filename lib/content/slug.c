/* slug.c - see slug.h. */
#include "content/slug.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* U+00C0 to U+017F, Latin-1 Supplement and Latin Extended-A, without marks; "" is no letter. */
static const char *const folded[] = {
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
	"a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d",
	"d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g",
	"g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i",
	"i", "i", "ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l",
	"l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o",
	"o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s",
	"s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
	"u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s"
};

#define FIRST 0xc0u

/* What the character at s, of n octets, stands for in an address; "" joins, NULL parts. */
static const char *
fold(const char *s, size_t n, char own[2])
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned c;

	own[0] = s[0];
	own[1] = '\0';
	if (n == 1) {
		text_lower(own);
		if ((own[0] >= 'a' && own[0] <= 'z') || (own[0] >= '0' && own[0] <= '9'))
			return own;
		return own[0] == '\'' ? "" : NULL;
	}
	if (n == 2) {
		c = (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
		if (c >= FIRST && c - FIRST < sizeof(folded) / sizeof(folded[0]) && folded[c - FIRST][0])
			return folded[c - FIRST];
		return c >= 0x300 && c < 0x370 ? "" : NULL; /* a mark that was written on its own */
	}
	return strncmp(s, "\xe2\x80\x99", 3) == 0 ? "" : NULL; /* U+2019, the typographer's apostrophe */
}

const char *
slug_make(char out[SLUG_MAX + 1], const char *title)
{
	size_t len = 0, end = 0, left = strlen(title), n; /* end: of the last whole word */
	bool parted = false;

	for (; left; title += n, left -= n) {
		char own[2];
		const char *letters;
		size_t k;

		n = text_sequence(title, left);
		letters = n ? fold(title, n, own) : NULL;
		n = n ? n : 1;
		if (!letters) {
			parted = len > 0;
			end = len;
			continue;
		}
		if (parted && letters[0] && len < SLUG_MAX)
			out[len++] = '-';
		k = strlen(letters);
		if (len + k > SLUG_MAX) {
			len = end ? end : len;
			break;
		}
		memcpy(out + len, letters, k);
		len += k;
		parted = parted && !k;
	}
	out[len] = '\0';
	return out;
}
