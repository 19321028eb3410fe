/* lint_text.c - words that nobody meant to send, and the text part; for lint.c. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/slot.h"
#include "content/lint_private.h"

#define SLOT_TEXT 80 /* bytes between braces that can be meant as a value */

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* How many bytes of a character reference begin here, or 0. */
static size_t
reference(const char *s, size_t n)
{
	size_t i = 1;

	if (*s != '&')
		return 0;
	while (i < n && i < 12 && (isalnum((unsigned char)s[i]) || s[i] == '#'))
		i++;
	return i < n && s[i] == ';' ? i + 1 : 0;
}

size_t
lint_count_words(const char *s, size_t n)
{
	size_t words = 0, i = 0, skip;
	bool in = false;

	while (i < n) {
		skip = reference(s + i, n - i);
		if (!in && !skip && is_word(s[i]))
			words++;
		in = !skip && (is_word(s[i]) || (in && !strchr(" \t\r\n\001\002", s[i])));
		i += skip ? skip : 1;
	}
	return words;
}

/* "{{name" as far as it goes: braces that end on the same line. 0 when these are none. */
static size_t
braces(const char *s, size_t n)
{
	size_t i;

	for (i = 2; i < n && i < SLOT_TEXT && s[i] != '\n'; i++)
		if (s[i] == '}' && i + 1 < n && s[i + 1] == '}')
			return i + 2;
	return 0;
}

static void
check_slots(struct lint *l, const char *s, size_t n, const char *where)
{
	const char *end = s + n, *open;
	char text[SLOT_TEXT + 120];
	size_t len;

	while ((open = memmem(s, (size_t)(end - s), "{{", 2))) {
		len = braces(open, (size_t)(end - open));
		s = open + (len ? len : 1);
		if (!len)
			continue;
		snprintf(text, sizeof(text), "%.*s stands in it as it is: there is no such value ({{name}} is one)", (int)len, open);
		lint_put(l, LINT_ERROR, "unresolved-slot", where, true, text);
	}
}

/* A word on its own in the text, as it is written; or NULL. */
static const char *
find_word(const char *s, size_t n, const char *word)
{
	const char *at = s, *end = s + n;
	size_t len = strlen(word);

	for (; (at = memmem(at, (size_t)(end - at), word, len)); at++)
		if ((at == s || !is_word(at[-1])) && (at + len == end || !is_word(at[len])))
			return at;
	return NULL;
}

static bool
has_ignoring_case(const char *s, size_t n, const char *text)
{
	size_t len = strlen(text), i;

	for (i = 0; i + len <= n; i++)
		if ((s[i] | 32) == text[0] && strncasecmp(s + i, text, len) == 0)
			return true;
	return false;
}

static void
check_placeholders(struct lint *l, const struct lint_mail *m, const char *s, size_t n, const char *where)
{
	static const char *const words[] = { "FIXME", "XXX", "TBD", "TODO" };
	char text[80];
	size_t i;

	if (has_ignoring_case(s, n, "lorem ipsum"))
		lint_put(l, LINT_WARNING, "placeholder", where, true, "\"lorem ipsum\": is this text meant to go out?");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], "TODO") == 0 && strncmp(m->language, "en", 2) != 0) /* "all", in Spanish capitals */
			continue;
		if (!find_word(s, n, words[i]))
			continue;
		snprintf(text, sizeof(text), "\"%s\": is this text meant to go out?", words[i]);
		lint_put(l, LINT_WARNING, "placeholder", where, true, text);
	}
}

void
lint_words(struct lint *l, const struct lint_mail *m, const char *s, size_t n, const char *where)
{
	check_slots(l, s, n, where);
	check_placeholders(l, m, s, n, where);
}

static bool
begins(const char *s, const char *end, const char *with)
{
	return (size_t)(end - s) >= strlen(with) && strncasecmp(s, with, strlen(with)) == 0;
}

/* Web addresses of one line; mail programs make links of them. */
static void
check_addresses(struct lint *l, const struct lint_mail *m, const char *s, const char *end)
{
	struct buf url = BUF_INIT;
	const char *stop;

	while (s < end) {
		if ((*s | 32) != 'h' || !(begins(s, end, "http://") || begins(s, end, "https://"))) {
			s++;
			continue;
		}
		for (stop = s; stop < end && !strchr(" \t<>\"", *stop); stop++)
			;
		buf_reset(&url);
		buf_add(&url, s, (size_t)(stop - s));
		s = stop;
		while (url.len && strchr(".,;:!?)]'", url.data[url.len - 1]))
			buf_truncate(&url, url.len - 1);
		lint_address(l, m, url.data, false);
	}
	buf_release(&url);
}

static void
find_links(struct lint_part *part, const char *s, const char *end)
{
	const char *mark;

	if (memmem(s, (size_t)(end - s), "\001preferences_url", 16))
		part->preferences = true;
	mark = memmem(s, (size_t)(end - s), "\001unsubscribe_url", 16);
	if (!mark)
		return;
	if (!part->unsubscribes++)
		part->first = part->words;
	part->last = part->words;
}

void
lint_text(struct lint *l, const struct lint_mail *m, struct lint_part *part)
{
	const char *line = m->text, *end;
	char where[40];
	size_t number;

	for (number = 1; *line; line = *end ? end + 1 : end, number++) {
		end = strchrnul(line, '\n');
		snprintf(where, sizeof(where), "text, line %zu", number);
		lint_words(l, m, line, (size_t)(end - line), where);
		check_addresses(l, m, line, end);
		find_links(part, line, end);
		part->words += lint_count_words(line, (size_t)(end - line));
	}
}
