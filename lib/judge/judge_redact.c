/* judge_redact.c - no address and no name of a person stays in a text. See judge.h. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "judge/judge.h"
#include "judge/judge_redact.h"

#define WORD_LEAST 3 /* a shorter local part, or part of a name, is rather a word of the reply */
#define MARK "<address>"
#define MARK_NAME "<name>"

/* What an address is made of, on both sides of its at sign: RFC 5321 atoms, dots, and anything that is not ASCII. c is not NUL. */
static bool
is_local(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || strchr("!#$%&'*+-/=?^_`{|}~.", c);
}

static bool
is_domain(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '-' || c == '.' || c == '_';
}

/* The length of an at sign at p, plain or as URLs and mail systems write it, or 0. */
static size_t
at_sign(const char *p)
{
	if (*p == '@')
		return 1;
	if ((*p == '%' || *p == '=' || *p == '+') && p[1] == '4' && p[2] == '0')
		return 3;
	return strncmp(p, "&#64;", 5) == 0 ? 5 : 0;
}

/* Where the local part that ends before `at` begins: a quoted string or a run of atoms. */
static const char *
local_start(const char *text, const char *at)
{
	const char *p = at;

	if (p > text && p[-1] == '"') {
		for (p--; p > text && p[-1] != '"'; p--)
			;
		if (p > text)
			return p - 1;
		p = at;
	}
	while (p > text && (is_local(p[-1]) || p[-1] == '@' || p[-1] == '"'))
		p--;
	return p;
}

/* Where the domain or address literal that begins at p ends. */
static const char *
domain_end(const char *p)
{
	const char *end;

	if (*p == '[' && (end = strchr(p, ']')) != NULL)
		return end + 1;
	for (end = p; is_domain(*end) && !(end[0] == '.' && end[1] == '.'); end++)
		;
	while (end[-1] == '.' || end[-1] == '-') /* down to the at sign */
		end--; /* the sentence's, not the name's */
	return end;
}

/* Whether what lies between looks like a domain: its last label begins as names do. */
static bool
has_name_end(const char *p, const char *end)
{
	const char *dot = memrchr(p, '.', (size_t)(end - p));

	return dot && (isalpha((unsigned char)dot[1]) || (unsigned char)dot[1] >= 0x80);
}

/*
 * Find the first address in the text at or after `from`. A written-out at sign
 * counts only before something that looks like a domain ("size=4096" is none).
 * The text may have been cut, so "<ann" at its very end is one as well.
 */
static bool
find_address(const char *text, const char *from, const char **start, const char **end)
{
	for (const char *p = from; *p; p++) {
		size_t at = at_sign(p);

		if (*p == '<' && p[1] && p[1 + strcspn(p + 1, " <>")] == '\0') {
			*start = p;
			*end = p + strlen(p);
			return true;
		}
		if (at == 0)
			continue;
		*start = local_start(from, p);
		*end = domain_end(p + at);
		if (at > 1 && (*start == p || !has_name_end(p + at, *end)))
			continue;
		if (*start == p && *end == p + at)
			continue; /* an at sign that stands alone */
		if (*start > text && (*start)[-1] == '<' && **end == '>') {
			--*start;
			++*end;
		}
		return true;
	}
	return false;
}

/* Put the mark in place of [start, end) of a text in `size` bytes; returns where to go on. */
static char *
put_mark(char *text, size_t size, const char *start, const char *end, const char *with)
{
	const size_t mark = strlen(with);
	size_t where = (size_t)(start - text), rest = strlen(end);
	size_t keep = where + mark < size ? mark : size - 1 - where; /* what of the mark fits */
	size_t room = size - 1 - where - keep;

	if (rest > room)
		rest = text_cut(end, room);
	memmove(text + where + keep, end, rest);
	memcpy(text + where, with, keep);
	text[where + keep + rest] = '\0';
	return text + where + keep;
}

void
judge_redact(char *text, unsigned long size)
{
	const char *start, *end, *name, *name_end;
	char *at = text;

	while (size > 0 && find_address(text, at, &start, &end)) {
		name = *start == '<' ? judge_name_before(at, start, end, &name_end) : NULL;
		if (name) {
			at = put_mark(text, size, name, name_end, MARK_NAME);
			continue; /* the address is found again behind it */
		}
		name = judge_name_behind(start, end, &name_end);
		if (name)
			put_mark(text, size, name, name_end, MARK_NAME); /* behind the address, which stays where it is */
		at = put_mark(text, size, start, end, MARK);
	}
}

static bool
in_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '_';
}

/* Put the mark in place of a word, or words, wherever they stand alone. */
static void
redact_word(char *text, size_t size, const char *word, const char *with)
{
	size_t n = strlen(word);
	char *at = text;

	while ((at = strcasestr(at, word))) {
		if ((at > text && in_word(at[-1])) || in_word(at[n]))
			at++;
		else
			at = put_mark(text, size, at, at + n, with);
	}
}

void
judge_redact_for(char *text, unsigned long size, const char *address)
{
	size_t n = strcspn(address, "@");
	char local[65];

	judge_redact(text, size);
	if (n < WORD_LEAST || n >= sizeof(local))
		return;
	memcpy(local, address, n);
	local[n] = '\0';
	redact_word(text, size, local, MARK);
}

void
judge_redact_name(char *text, unsigned long size, const char *name)
{
	const char *p = name, *end;
	char word[257];
	size_t n;

	if (strlen(name) >= sizeof(word))
		return; /* nobody can be called so: lib/store/subscriber.h */
	if (name[0] && size)
		redact_word(text, size, name, MARK_NAME);
	for (; *p && size; p = end) {
		for (end = p; in_word(*end); end++)
			;
		n = (size_t)(end - p);
		if (n >= WORD_LEAST) {
			memcpy(word, p, n);
			word[n] = '\0';
			redact_word(text, size, word, MARK_NAME);
		}
		if (!n)
			end++;
	}
}
