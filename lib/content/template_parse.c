/* template_parse.c - see template_parse.h. */
#include "content/template_parse.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

#define DELIMITER_MAX 16
#define NAME_MAX_BYTES 200

struct scan {
	struct template *t;
	char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
	size_t pos;                          /* where the next text token starts */
	size_t sections[TEMPLATE_MAX_DEPTH]; /* tokens of the open ones */
	size_t depth;
};

/* A tag as it stands in the text. */
struct tag {
	size_t at, after; /* its first byte, and the one behind it */
	char sigil;       /* # ^ / > ! = & {, or 0 for a plain one */
	const char *s;    /* what is inside, trimmed */
	size_t n;
};

int
template_error(const struct template *t, size_t at, struct err *e, const char *fmt, ...)
{
	size_t i, line = 1, start = 0, skip;
	char what[ERR_TEXT];
	va_list ap;

	for (i = 0; i < at; i++)
		if (t->text.data[i] == '\n')
			line++, start = i + 1;
	skip = t->indent < at - start ? t->indent : at - start;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(e, ERR_INPUT, "%.200s:%zu:%zu: %s", t->name.data, line,
	    1 + text_length(t->text.data + start + skip, at - start - skip), what);
}

void
template_release(struct template *t)
{
	buf_release(&t->name);
	buf_release(&t->text);
	free(t->tokens);
	free(t->key);
	t->key = NULL;
	t->tokens = NULL;
	t->count = t->cap = 0;
}

static struct token *
add_token(struct template *t, enum token_kind kind, const char *s, size_t n, size_t at)
{
	struct token *token;

	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->tokens = xrealloc(t->tokens, t->cap * sizeof(*t->tokens));
	}
	token = &t->tokens[t->count++];
	*token = (struct token){ .kind = kind, .s = s, .n = n, .at = at };
	return token;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The first control character or byte that is no UTF-8 would only be found in the finished mail: name it here. */
static int
check_bytes(const struct template *t, struct err *e)
{
	size_t i, n = t->text.len;

	if (n > TEMPLATE_MAX_TEXT)
		return err_set(e, ERR_INPUT, "%.200s: a template has at most %u bytes", t->name.data, TEMPLATE_MAX_TEXT);
	if (!text_is_utf8(t->text.data, n))
		return err_set(e, ERR_INPUT, "%.200s: not UTF-8: save the file in that encoding", t->name.data);
	for (i = 0; i < n; i++)
		if (text_has_control(t->text.data + i, t->text.data[i] == '\xc2' ? 2 : 1, "\t\r\n"))
			return template_error(t, i, e, "a control character: remove it");
	return 0;
}

/* Find the next tag. 1 and *tag, 0 when there is none, -1 for one that is broken. */
static int
next_tag(const struct scan *s, struct tag *tag, struct err *e)
{
	const char *text = s->t->text.data, *p, *end;
	size_t n = s->t->text.len, open_n = strlen(s->open);
	char close[DELIMITER_MAX + 2];

	p = memmem(text + s->pos, n - s->pos, s->open, open_n);
	if (!p)
		return 0;
	tag->at = (size_t)(p - text);
	p += open_n;
	tag->sigil = *p && strchr("#^/>!=&{", *p) ? *p : '\0';
	if (tag->sigil)
		p++;
	snprintf(close, sizeof(close), "%s%s", tag->sigil == '{' ? "}" : (tag->sigil == '=' ? "=" : ""), s->close);
	end = memmem(p, (size_t)(text + n - p), close, strlen(close));
	if (!end) {
		template_error(s->t, tag->at, e, "this tag is not closed: it must end with %s", close);
		return -1;
	}
	tag->after = (size_t)(end - text) + strlen(close);
	while (p < end && is_space(*p))
		p++;
	while (p < end && is_space(end[-1]))
		end--;
	tag->s = p;
	tag->n = (size_t)(end - p);
	return 1;
}

static int
check_name(const struct scan *s, const struct tag *tag, struct err *e)
{
	size_t i;

	if (!tag->n)
		return template_error(s->t, tag->at, e, "an empty tag: name a value");
	for (i = 0; i < tag->n && !is_space(tag->s[i]); i++)
		;
	if (i < tag->n)
		return template_error(s->t, tag->at, e, "a name has no spaces; is the tag before them closed with %s?", s->close);
	if (tag->n > NAME_MAX_BYTES)
		return template_error(s->t, tag->at, e, "a name has at most %d bytes", NAME_MAX_BYTES);
	return 0;
}

/* Whether a tag is all there is on its line. Then the line starts at *start, and the next one at *next. */
static bool
is_standalone(const struct scan *s, const struct tag *tag, size_t *start, size_t *next)
{
	const char *text = s->t->text.data;
	size_t i = tag->at, j = tag->after;

	while (i && (text[i - 1] == ' ' || text[i - 1] == '\t'))
		i--;
	if (i && text[i - 1] != '\n')
		return false;
	while (text[j] == ' ' || text[j] == '\t')
		j++;
	if (text[j] == '\r' && text[j + 1] == '\n')
		j++;
	if (text[j] == '\n')
		j++;
	else if (j < s->t->text.len)
		return false;
	*start = i;
	*next = j;
	return true;
}

/* {{=<% %>=}} */
static int
set_delimiters(struct scan *s, const struct tag *tag, struct err *e)
{
	size_t open = 0, close = tag->n;

	while (open < tag->n && !is_space(tag->s[open]))
		open++;
	while (close > open && !is_space(tag->s[close - 1]))
		close--;
	for (size_t i = open; i < close; i++)
		if (!is_space(tag->s[i]))
			open = 0;
	if (!open || close == tag->n || open > DELIMITER_MAX || tag->n - close > DELIMITER_MAX || memchr(tag->s, '=', tag->n))
		return template_error(s->t, tag->at, e, "delimiters are two short words: {{=<%% %%>=}}");
	memcpy(s->open, tag->s, open);
	s->open[open] = '\0';
	memcpy(s->close, tag->s + close, tag->n - close);
	s->close[tag->n - close] = '\0';
	return 0;
}

static int
close_section(struct scan *s, const struct tag *tag, struct err *e)
{
	const struct token *open;

	if (!s->depth)
		return template_error(s->t, tag->at, e, "nothing to close: no section \"%.*s\" is open", (int)tag->n, tag->s);
	open = &s->t->tokens[s->sections[--s->depth]];
	if (open->n != tag->n || memcmp(open->s, tag->s, tag->n) != 0)
		return template_error(s->t, tag->at, e, "this closes \"%.*s\", but the section open here is \"%.*s\"",
		    (int)tag->n, tag->s, (int)open->n, open->s);
	s->t->tokens[s->sections[s->depth]].end = s->t->count;
	return 0;
}

static int
add_tag(struct scan *s, const struct tag *tag, struct err *e)
{
	enum token_kind kind;

	if (tag->sigil == '!')
		return 0;
	if (tag->sigil == '=')
		return set_delimiters(s, tag, e);
	if (check_name(s, tag, e) == -1)
		return -1;
	switch (tag->sigil) {
	case '#': kind = TOKEN_SECTION; break;
	case '^': kind = TOKEN_INVERTED; break;
	case '/': kind = TOKEN_CLOSE; break;
	case '>': kind = TOKEN_PARTIAL; break;
	case '\0': kind = TOKEN_VALUE; break;
	default: kind = TOKEN_RAW; break;
	}
	if (kind == TOKEN_CLOSE && close_section(s, tag, e) == -1)
		return -1;
	if (kind == TOKEN_SECTION || kind == TOKEN_INVERTED) {
		if (s->depth == TEMPLATE_MAX_DEPTH)
			return template_error(s->t, tag->at, e, "more than %d sections inside each other", TEMPLATE_MAX_DEPTH);
		s->sections[s->depth++] = s->t->count;
	}
	add_token(s->t, kind, tag->s, tag->n, tag->at);
	return 0;
}

int
template_parse(struct template *t, struct err *e)
{
	struct scan s = { .t = t, .open = "{{", .close = "}}" };
	const char *text = t->text.data;
	size_t start, next;
	struct tag tag;
	bool alone;
	int found;

	if (check_bytes(t, e) == -1)
		return -1;
	while ((found = next_tag(&s, &tag, e)) == 1) {
		start = tag.at;
		next = tag.after;
		alone = tag.sigil && !strchr("&{", tag.sigil) && is_standalone(&s, &tag, &start, &next);
		if (start > s.pos)
			add_token(t, TOKEN_TEXT, text + s.pos, start - s.pos, s.pos);
		if (add_tag(&s, &tag, e) == -1)
			return -1;
		if (alone && tag.sigil == '>') {
			t->tokens[t->count - 1].indent = text + start;
			t->tokens[t->count - 1].indent_n = tag.at - start;
		}
		s.pos = next;
	}
	if (found == -1)
		return -1;
	if (s.depth) {
		const struct token *open = &t->tokens[s.sections[s.depth - 1]];

		return template_error(t, open->at, e, "section \"%.*s\" is not closed", (int)open->n, open->s);
	}
	if (t->text.len > s.pos)
		add_token(t, TOKEN_TEXT, text + s.pos, t->text.len - s.pos, s.pos);
	return 0;
}
