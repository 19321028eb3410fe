/* archive_rules.c - see archive_rules.h. */
#include "content/archive_rules.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* A style attribute outweighs every selector: so does this, unless a mail writes four ids in a row. */
#define WEIGHT ":not(#_):not(#_):not(#_)"

static uint32_t
fnv(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

/* How a declaration is read: CSS Syntax 3, as far as it takes to see where it ends. */
struct reading {
	char quote; /* inside a string; 0 outside */
	int depth;  /* of ( */
	bool bad;   /* may not stand in a rule */
};

/*
 * Take the character at s[i] and go past it. Braces, brackets, < and comments are refused wherever they stand: no mail
 * needs them in an attribute, and so a browser cannot come to see another end than this reader.
 */
static void
take(struct reading *r, const char *s, size_t n, size_t *i)
{
	char c = s[(*i)++];

	if (c == '{' || c == '}' || c == '<' || c == '[' || c == ']' || c == '@' || c == '\n' ||
	    (c == '/' && !r->quote && *i < n && s[*i] == '*')) {
		r->bad = true;
	} else if (c == '\\') {
		r->bad = r->bad || *i == n || strchr("\n{}<[]", s[*i]);
		if (*i < n)
			(*i)++;
	} else if (r->quote) {
		if (c == r->quote)
			r->quote = 0;
	} else if (c == '"' || c == '\'') {
		r->quote = c;
	} else if (c == '(') {
		r->depth++;
	} else if (c == ')') {
		r->bad = r->bad || --r->depth < 0;
	}
}

/* Whether it reads "property: value", so that its name cannot begin something else. */
static bool
is_declaration(const char *s, size_t n)
{
	size_t i = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	if (!i || i >= n)
		return false;
	while (i < n && (s[i] == ' ' || s[i] == '\t'))
		i++;
	return i < n && s[i] == ':';
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Append the declarations that may stand in a rule, each with its semicolon but the last. */
static void
add_declarations(struct buf *out, const char *s, size_t n)
{
	size_t i = 0, start, end, from = out->len;

	while (i < n) {
		struct reading r = { 0 };

		while (i < n && (is_space(s[i]) || s[i] == ';'))
			i++;
		for (start = i; i < n && (r.quote || r.depth > 0 || s[i] != ';');)
			take(&r, s, n, &i);
		for (end = i; end > start && is_space(s[end - 1]); end--)
			;
		if (end > start && s[end - 1] == '\\')
			r.bad = true; /* its space was cut off, and it would escape what is written next */
		if (r.bad || r.quote || r.depth || !is_declaration(s + start, end - start))
			continue;
		if (out->len > from)
			buf_addch(out, ';');
		buf_add(out, s + start, end - start);
	}
}

/* The rule with these declarations: its number, or 0. */
static size_t
find(const struct archive_rules *r, const struct buf *sheet, const struct buf *declarations, uint32_t hash)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->rule[i].hash == hash && r->rule[i].len == declarations->len &&
		    memcmp(sheet->data + r->rule[i].at, declarations->data, declarations->len) == 0)
			return i + 1;
	return 0;
}

size_t
archive_rules_add(struct archive_rules *r, struct buf *sheet, const char *style, size_t n)
{
	struct buf declarations = BUF_INIT;
	size_t number = 0;
	uint32_t hash;

	add_declarations(&declarations, style, n);
	if (!declarations.len)
		goto out;
	hash = fnv(declarations.data, declarations.len);
	number = find(r, sheet, &declarations, hash);
	if (number || r->count == r->most)
		goto out;
	if (r->count == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 32;
		r->rule = xrealloc(r->rule, r->cap * sizeof(*r->rule));
	}
	number = ++r->count;
	buf_addf(sheet, ".nl-s%zu" WEIGHT "{", number);
	r->rule[number - 1] = (struct archive_rule){ hash, sheet->len, declarations.len };
	buf_add(sheet, declarations.data, declarations.len);
	buf_addstr(sheet, "}\n");
out:
	buf_release(&declarations);
	return number;
}

void
archive_rules_release(struct archive_rules *r)
{
	free(r->rule);
	r->rule = NULL;
	r->count = r->cap = 0;
}
