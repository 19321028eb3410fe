/* wordlist.c - see wordlist.h. */
#include "base/wordlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define END '\n' /* sorts before every character of a word, as the NUL of a C string does */

void
wordlist_release(struct wordlist *w)
{
	buf_release(&w->text);
	w->words = NULL;
	w->len = 0;
}

/* Compare two words that end with END. */
static int
compare(const char *a, const char *b)
{
	for (; *a == *b && *a != END; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

static int
compare_places(const void *a, const void *b)
{
	return compare(*(const char *const *)a, *(const char *const *)b);
}

static size_t
word_length(const char *word)
{
	return (size_t)((const char *)memchr(word, END, WORDLIST_WORD + 1) - word);
}

/* Put the `count` words into order, each once. */
static void
sort(struct wordlist *w, size_t count)
{
	const char **place = xcalloc(count, sizeof(*place)), *word = w->text.data;
	struct buf sorted = BUF_INIT;
	size_t i;

	for (i = 0; i < count; i++) {
		place[i] = word;
		word += word_length(word) + 1;
	}
	qsort(place, count, sizeof(*place), compare_places);
	buf_reserve(&sorted, w->text.len);
	for (i = 0; i < count; i++)
		if (i == 0 || compare(place[i - 1], place[i]) != 0)
			buf_add(&sorted, place[i], word_length(place[i]) + 1);
	free(place);
	buf_release(&w->text);
	w->text = sorted;
}

/* One line, white space around it cut, as a word in lower case. */
static int
add_word(struct wordlist *w, const char *s, size_t n)
{
	size_t i;

	if (n > WORDLIST_WORD)
		return -1;
	for (i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~')
			return -1;
		buf_addch(&w->text, s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] - 'A' + 'a') : s[i]);
	}
	buf_addch(&w->text, END);
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

int
wordlist_read(struct wordlist *w, const char *name, const char *text, size_t n, struct err *e)
{
	const char *end = text + n, *s, *next, *eol;
	size_t line = 0, count = 0, last = 0, at;
	bool sorted = true;

	buf_reserve(&w->text, n + 1);
	for (s = text; s < end; s = next) {
		eol = memchr(s, '\n', (size_t)(end - s));
		next = eol ? eol + 1 : end;
		eol = eol ? eol : end;
		line++;
		for (; s < eol && is_blank(*s); s++)
			;
		for (; s < eol && is_blank(eol[-1]); eol--)
			;
		if (s == eol || *s == '#')
			continue;
		at = w->text.len;
		if (add_word(w, s, (size_t)(eol - s)) == -1)
			return err_set(e, ERR_INPUT, "%s:%zu: expected one word of at most %d ASCII characters (of a domain: its A-labels)",
			    name, line, WORDLIST_WORD);
		sorted = sorted && (!count || compare(w->text.data + last, w->text.data + at) < 0);
		last = at;
		count++;
	}
	if (!sorted)
		sort(w, count);
	w->words = w->text.data;
	w->len = w->text.len;
	return 0;
}

void
wordlist_borrow(struct wordlist *w, const char *text, size_t n)
{
	const char *end = text + n, *eol;

	while (text < end && *text == '#' && (eol = memchr(text, END, (size_t)(end - text))))
		text = eol + 1;
	w->words = text;
	w->len = (size_t)(end - text);
}

/* Halve the bytes, not the words: each step goes back to where its word begins. */
static bool
has(const struct wordlist *w, const char *word, size_t n)
{
	size_t low = 0, high = w->len, start, len;
	const char *text = w->words;
	int order;

	while (low < high) {
		start = low + (high - low) / 2;
		while (start > low && text[start - 1] != END)
			start--;
		len = word_length(text + start);
		order = memcmp(word, text + start, n < len ? n : len);
		if (order == 0 && n == len)
			return true;
		if (order < 0 || (order == 0 && n < len))
			high = start;
		else
			low = start + len + 1;
	}
	return false;
}

bool
wordlist_has(const struct wordlist *w, const char *word)
{
	return has(w, word, strlen(word));
}

bool
wordlist_has_domain(const struct wordlist *w, const char *domain)
{
	const char *dot;

	for (;; domain = dot + 1) {
		if (has(w, domain, strlen(domain)))
			return true;
		dot = strchr(domain, '.');
		if (!dot)
			return false;
	}
}
