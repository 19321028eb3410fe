/*
 * report_free_text.c - the text of a bounce made even: quotes, spaces and case, lines, and words in them.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mail/report_free_private.h"

/* What is written in one way of several; what it becomes has no more bytes. */
static const struct {
	const char *from, *to;
} alike[] = {
	{ "\xc2\xa0", " " },
	{ "\xe2\x80\x98", "'" },
	{ "\xe2\x80\x99", "'" },
	{ "\xe2\x80\x9c", "\"" },
	{ "\xe2\x80\x9d", "\"" },
	{ "\xe2\x80\x9e", "\"" },
	{ "\xc2\xab", "\"" },
	{ "\xc2\xbb", "\"" },
	{ "\xe2\x80\x8b", "" },
	{ "\xe2\x80\x8e", "" },
	{ "\xef\xbb\xbf", "" },
	{ "\xef\xbc\x9c", "<" },
	{ "\xef\xbc\x9e", ">" },
	{ "\xef\xbc\x9a", ":" },
	{ "\xef\xbc\xa0", "@" },
	{ "\xef\xbc\x88", "(" },
	{ "\xef\xbc\x89", ")" },
	{ "\xe3\x80\x80", " " },
	{ "\xe2\x80\x90", "-" },
	{ "\xe2\x80\x91", "-" },
	{ "\xe2\x80\xa2", "*" },
	{ "\xe2\x80\xaf", " " },
	{ "\xc2\xad", "" },
	{ "\xe2\x81\xa0", "" },
	{ "\xe3\x80\x8c", "\"" },
	{ "\xe3\x80\x8d", "\"" },
};

static size_t
even(const char *s, const char **to)
{
	for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
		size_t n = strlen(alike[i].from);

		if (strncmp(s, alike[i].from, n) == 0) {
			*to = alike[i].to;
			return n;
		}
	}
	return 0;
}

static bool
is_x400_at(const char *text, const char *s)
{
	return s > text && isalnum((unsigned char)s[-1]) && s[0] == '(' && s[1] == 'a' && s[2] == ')' && isalnum((unsigned char)s[3]);
}

static size_t
normalise(char *out, const char *text, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)text[i];
		const char *to;
		size_t k;

		if (c >= 0x80 && (k = even(text + i, &to)) > 0) {
			while (*to)
				out[used++] = *to++;
			i += k;
		} else if (c == '(' && is_x400_at(text, text + i)) {
			out[used++] = '@';
			i += 3;
		} else {
			out[used++] = (char)c;
			i++;
		}
	}
	out[used] = '\0';
	return used;
}

void
free_lower(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++) {
		bool latin = *p == 0xc3 && p[1] >= 0x80 && p[1] <= 0x9e && p[1] != 0x97;
		bool cyrillic = *p == 0xd0 && p[1] >= 0x90 && p[1] <= 0x9f;

		if (*p >= 'A' && *p <= 'Z') {
			*p = (unsigned char)(*p + 32);
		} else if (latin || cyrillic) {
			p[1] = (unsigned char)(p[1] + 32);
		} else if (*p == 0xd0 && p[1] >= 0xa0 && p[1] <= 0xaf) {
			*p = 0xd1;
			p[1] = (unsigned char)(p[1] - 32);
		}
	}
}

static void
read_lines(struct free_text *t)
{
	size_t at = 0;

	t->line = xcalloc(FREE_LINES, sizeof *t->line);
	while (at < t->n && t->lines < FREE_LINES) {
		struct free_line *l = &t->line[t->lines++];
		const char *end = memchr(t->text + at, '\n', t->n - at);
		int code;
		char enhanced[12];

		l->at = at;
		l->n = (end ? (size_t)(end - t->text) : t->n) - at;
		at += l->n + 1;
		while (l->n > 0 && (t->text[l->at + l->n - 1] == ' ' || t->text[l->at + l->n - 1] == '\t'))
			l->n--;
		l->grade = free_codes(t->low + l->at, l->n, &code, enhanced);
		if (l->grade == FREE_SILENT && free_has(free_failures, t->low + l->at, l->n))
			l->grade = FREE_WORDS;
	}
}

void
free_text_read(struct free_text *t, const char *text)
{
	size_t n = strnlen(text, FREE_BYTES);

	*t = (struct free_text){ 0 };
	t->text = xmalloc(n + 1);
	t->n = normalise(t->text, text, n);
	t->low = xstrndup(t->text, t->n);
	free_lower(t->low);
	read_lines(t);
}

void
free_text_release(struct free_text *t)
{
	free(t->text);
	free(t->low);
	free(t->line);
	*t = (struct free_text){ 0 };
}

const char *
free_find(const char *words, const char *s, size_t n, size_t *length)
{
	const char *first = NULL;

	while (*words) {
		size_t k = strcspn(words, "|");
		const char *p = k > 0 && k <= n ? memmem(s, n, words, k) : NULL;

		if (p && (!first || p < first)) {
			first = p;
			*length = k;
		}
		words += k + (words[k] == '|');
	}
	return first;
}

bool
free_has(const char *words, const char *s, size_t n)
{
	while (*words) {
		size_t k = strcspn(words, "|");

		if (k > 0 && k <= n && memmem(s, n, words, k))
			return true;
		words += k + (words[k] == '|');
	}
	return false;
}

bool
free_line_has(const char *words, const struct free_text *t, int line)
{
	return free_has(words, t->low + t->line[line].at, t->line[line].n);
}

bool
free_string_has(const char *words, const char *s)
{
	return free_has(words, s, strlen(s));
}

bool
free_ends(const char *words, const char *s, size_t n)
{
	while (*words) {
		size_t k = strcspn(words, "|");

		if (k > 0 && k <= n && memcmp(s + n - k, words, k) == 0)
			return true;
		words += k + (words[k] == '|');
	}
	return false;
}
