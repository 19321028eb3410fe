/* html_token.c - see html_token.h. */
#include "content/html_token.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* From behind the start tag of an element whose inside is no HTML, or is left out: where its end tag begins. */
static const char *
find_end(const char *s, const char *end, const char *name)
{
	size_t n = strlen(name);

	for (; (s = memchr(s, '<', (size_t)(end - s))); s++)
		if ((size_t)(end - s) > n + 1 && s[1] == '/' && strncasecmp(s + 2, name, n) == 0 &&
		    ((size_t)(end - s) == n + 2 || strchr(" \t\n\f/>", s[n + 2])))
			return s;
	return end;
}

/* What begins with "<!", "<?" or "</" without a name is a comment: where it ends. */
static const char *
skip_comment(const char *s, const char *end)
{
	const char *stop;

	if (end - s < 4 || memcmp(s, "<!--", 4) != 0)
		return (stop = memchr(s, '>', (size_t)(end - s))) ? stop + 1 : end;
	if (end - s > 4 && s[4] == '>')
		return s + 5;
	return (stop = memmem(s + 2, (size_t)(end - s - 2), "-->", 3)) ? stop + 3 : end;
}

static const char *
read_tag(struct html_token *t, const char *s, const char *end)
{
	const char *after = html_tag_read(&t->tag, s, end);

	if (!after) {
		t->kind = HTML_OTHER;
		return end;
	}
	t->kind = t->tag.end ? HTML_END : HTML_START;
	if (t->kind == HTML_START && t->tag.skipped) {
		t->inside = after;
		after = find_end(after, end, t->tag.skipped);
		t->inside_len = (size_t)(after - t->inside);
	}
	return after;
}

/* Text up to what may be a tag or a comment. */
static const char *
read_text(const char *s, const char *end)
{
	const char *next = memchr(s + 1, '<', (size_t)(end - s - 1));

	return next ? next : end;
}

const char *
html_token_read(struct html_token *t, const char *s, const char *end)
{
	const char *after;

	t->s = s;
	t->inside = NULL;
	t->inside_len = 0;
	if (*s == '<' && end - s > 1 && (is_letter(s[1]) || (s[1] == '/' && end - s > 2 && is_letter(s[2])))) {
		after = read_tag(t, s, end);
	} else if (*s == '<' && end - s > 1 && strchr("!?/", s[1]) && s[1]) {
		t->kind = HTML_OTHER;
		after = skip_comment(s, end);
	} else {
		t->kind = HTML_TEXT;
		after = read_text(s, end);
	}
	t->n = (size_t)(after - s);
	return after;
}
