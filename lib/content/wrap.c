/* wrap.c - see wrap.h. */
#include "content/wrap.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/slot.h"

struct range {
	uint32_t first, last;
};

/* Unicode's East_Asian_Width W and F, with neighbouring ranges joined. */
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec }, { 0x23f0, 0x23f0 }, { 0x23f3, 0x23f3 },
	{ 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x267f, 0x267f }, { 0x2693, 0x2693 }, { 0x26a1, 0x26a1 },
	{ 0x26aa, 0x26ab }, { 0x26bd, 0x26be }, { 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce }, { 0x26d4, 0x26d4 }, { 0x26ea, 0x26ea },
	{ 0x26f2, 0x26f3 }, { 0x26f5, 0x26f5 }, { 0x26fa, 0x26fa }, { 0x26fd, 0x26fd }, { 0x2705, 0x2705 }, { 0x270a, 0x270b },
	{ 0x2728, 0x2728 }, { 0x274c, 0x274c }, { 0x274e, 0x274e }, { 0x2753, 0x2755 }, { 0x2757, 0x2757 }, { 0x2795, 0x2797 },
	{ 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf }, { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 }, { 0x2e80, 0x303e },
	{ 0x3041, 0x4dbf }, { 0x4e00, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe10, 0xfe19 },
	{ 0xfe30, 0xfe6f }, { 0xff01, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x18cff }, { 0x1b000, 0x1b2ff }, { 0x1f004, 0x1f004 },
	{ 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a }, { 0x1f200, 0x1f64f }, { 0x1f680, 0x1f6ff },
	{ 0x1f7e0, 0x1f7eb }, { 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd }
};

/* Marks that combine with the character before them, and characters that show nothing. */
static const struct range narrow[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a }, { 0x064b, 0x065f }, { 0x0e31, 0x0e31 },
	{ 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
	{ 0x2060, 0x2064 }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef }
};

/* A line never starts with the first, never ends with the second (a small part of JIS X 4051's rules). */
static const uint32_t closing[] = {
	0x3001, 0x3002, 0x3005, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0x3015, 0x30fb, 0x30fc, 0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a,
	0xff1b, 0xff1f, 0xff5d
};
static const uint32_t opening[] = { 0x3008, 0x300a, 0x300c, 0x300e, 0x3010, 0x3014, 0xff08, 0xff5b };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
in_ranges(const struct range *r, size_t count, uint32_t c)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (c > r[mid].last)
			low = mid + 1;
		else if (c < r[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

static bool
in_list(const uint32_t *list, size_t count, uint32_t c)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == c)
			return true;
	return false;
}

/* The code point at s, and its bytes in *len; a byte that starts none counts for itself. */
static uint32_t
decode(const char *s, size_t n, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t want = p[0] < 0xc2 ? 1 : (p[0] < 0xe0 ? 2 : (p[0] < 0xf0 ? 3 : 4)), i;
	uint32_t c = want == 1 ? p[0] : p[0] & (0x7fu >> want);

	*len = 1;
	if (want > n)
		return p[0];
	for (i = 1; i < want; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return p[0];
		c = c << 6 | (p[i] & 0x3f);
	}
	*len = want;
	return c;
}

static size_t
columns(uint32_t c)
{
	if (c < 0x300)
		return 1;
	return in_ranges(narrow, COUNT(narrow), c) ? 0 : (in_ranges(wide, COUNT(wide), c) ? 2 : 1);
}

/*
 * What cannot be broken at s: a character, or a slot's mark, which counts as the letters of its fallback, or of its name. Returns the
 * code point, its bytes in *len, its columns in *used.
 */
static uint32_t
next_unit(const char *s, size_t n, size_t *len, size_t *used)
{
	size_t mark = slot_mark(s, n);
	const char *bar = mark ? memchr(s, '|', mark) : NULL;
	uint32_t c;

	if (!mark) {
		c = decode(s, n, len);
		*used = columns(c);
		return c;
	}
	*len = mark;
	*used = bar ? wrap_columns(bar + 1, (size_t)(s + mark - bar) - 2) : mark - 2;
	return 'x';
}

size_t
wrap_columns(const char *s, size_t n)
{
	size_t i = 0, len, used, total = 0;

	while (i < n) {
		next_unit(s + i, n - i, &len, &used);
		total += used;
		i += len;
	}
	return total;
}

static bool
is_east_asian(uint32_t c)
{
	return c >= 0x2e80 && c < 0x1f000 && columns(c) == 2;
}

static bool
is_ascii_mark(uint32_t c)
{
	return c < 0x80 && !((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'));
}

/* Whether a line may end between two characters neither of which is a space. */
static bool
breaks_between(uint32_t before, uint32_t after)
{
	if (!is_east_asian(before) && !is_east_asian(after))
		return false;
	if (is_ascii_mark(before) || is_ascii_mark(after) || columns(after) == 0)
		return false;
	return !in_list(opening, COUNT(opening), before) && !in_list(closing, COUNT(closing), after);
}

static size_t
skip_spaces(const char *s, size_t n, size_t i)
{
	while (i < n && s[i] == ' ')
		i++;
	return i;
}

size_t
wrap_line(const char *s, size_t n, size_t width, size_t *next)
{
	size_t i, len, unit, used = 0, end = 0; /* end: of the last line that fits; 0 before the first place to break */
	uint32_t before = 0, c;

	for (i = 0; i < n && s[i] != '\n'; i += len) {
		c = next_unit(s + i, n - i, &len, &unit);
		if (c == ' ' ? before && before != ' ' : before && before != ' ' && breaks_between(before, c)) {
			end = i;
			*next = skip_spaces(s, n, i);
		}
		used += unit;
		if (used > width && end && c != ' ')
			return end;
		before = c;
	}
	*next = i < n ? i + 1 : n;
	while (i && s[i - 1] == ' ')
		i--;
	return i;
}
