/*
 * template.c - see template.h.
 *
 * Renders the tokens of template_parse.h. Recursion is as deep as
 * TEMPLATE_MAX_DEPTH allows; the work is bounded by the output and by the
 * number of tokens visited, for nested lists can multiply without any output.
 */
#include "content/template.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/template_parse.h"

#define MAX_STEPS 2000000u /* tokens rendered and list items entered */
#define MAX_PARTIALS 256   /* different ones, by name and indentation */

struct run {
	struct buf *out;
	size_t start; /* of our output in *out */
	enum template_escape escape;
	const struct template_source *source;
	const json_t *stack[TEMPLATE_MAX_DEPTH + 1]; /* the data, and one more for each section entered */
	size_t contexts, depth, steps, partial_count;
	struct template *partials;
	struct err *e;
};

static int render(struct run *r, const struct template *t, size_t from, size_t to);

/* Specification, "Interpolation": dots are steps, the first name is looked for from the innermost context outwards. */
static const json_t *
lookup(const struct run *r, const char *name, size_t n)
{
	const json_t *value = NULL;
	const char *dot;
	size_t i = r->contexts, part;

	if (n == 1 && name[0] == '.')
		return r->stack[r->contexts - 1];
	dot = memchr(name, '.', n);
	part = dot ? (size_t)(dot - name) : n;
	while (i-- && !value)
		value = json_object_getn(r->stack[i], name, part);
	while (value && part < n) {
		name += part + 1;
		n -= part + 1;
		dot = memchr(name, '.', n);
		part = dot ? (size_t)(dot - name) : n;
		value = json_object_getn(value, name, part);
	}
	return value;
}

/* Whether nothing but slots is in it: with a word beside them it is shown to everybody. */
static bool
is_slot(const json_t *value)
{
	const char *s = json_is_string(value) ? json_string_value(value) : "";
	size_t mark = 0, n = strlen(s);

	while ((mark = slot_mark(s, n)))
		s += mark, n -= mark;
	return json_string_length(value) > 0 && !n;
}

/* Sections: what a person would call empty. */
static bool
is_shown(const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE: return false;
	case JSON_STRING: return json_string_length(value) > 0;
	case JSON_INTEGER: return json_integer_value(value) != 0;
	case JSON_ARRAY: return json_array_size(value) > 0;
	default: return true;
	}
}

static int
add(struct run *r, const struct template *t, const struct token *token, const char *s, size_t n)
{
	if (r->out->len - r->start + n > TEMPLATE_MAX_OUTPUT)
		return template_error(t, token->at, r->e, "more than %u bytes of output", TEMPLATE_MAX_OUTPUT);
	buf_add(r->out, s, n);
	return 0;
}

/* The shortest of two spellings that reads back as the same number. */
static int
format_real(char *text, size_t size, double x)
{
	int n = snprintf(text, size, "%.15g", x);

	return strtod(text, NULL) < x || strtod(text, NULL) > x ? snprintf(text, size, "%.17g", x) : n;
}

static int
add_value(struct run *r, const struct template *t, const struct token *token)
{
	const json_t *value = lookup(r, token->s, token->n);
	const char *s;
	char number[64];
	size_t n;
	int rc;

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL: return 0;
	case JSON_TRUE: return add(r, t, token, "true", 4);
	case JSON_FALSE: return add(r, t, token, "false", 5);
	case JSON_INTEGER:
		n = (size_t)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return add(r, t, token, number, n);
	case JSON_REAL:
		n = (size_t)format_real(number, sizeof(number), json_real_value(value));
		return add(r, t, token, number, n);
	case JSON_STRING: break;
	default:
		return template_error(t, token->at, r->e, "\"%.*s\" is no text: use a section, {{#%.*s}} ... {{/%.*s}}", (int)token->n,
		    token->s, (int)token->n, token->s, (int)token->n, token->s);
	}
	s = json_string_value(value);
	n = json_string_length(value);
	if (token->kind == TOKEN_VALUE && r->escape == TEMPLATE_HTML) {
		struct buf escaped = BUF_INIT;

		slot_escape_html(&escaped, s, n);
		rc = add(r, t, token, escaped.data, escaped.len);
		buf_release(&escaped);
		return rc;
	}
	return add(r, t, token, s, n);
}

static int
step(struct run *r, const struct template *t, const struct token *token)
{
	return ++r->steps > MAX_STEPS ? template_error(t, token->at, r->e, "lists inside lists make this too much work") : 0;
}

/* Enter a section or a partial. */
static int
enter(struct run *r, const struct template *t, const struct token *token)
{
	if (r->depth == TEMPLATE_MAX_DEPTH)
		return template_error(t, token->at, r->e, "more than %d sections and partials inside each other", TEMPLATE_MAX_DEPTH);
	r->depth++;
	return 0;
}

static int
render_with(struct run *r, const struct template *t, size_t section, const json_t *context)
{
	int rc;

	if (step(r, t, &t->tokens[section]) == -1)
		return -1;
	r->stack[r->contexts++] = context;
	rc = render(r, t, section + 1, t->tokens[section].end);
	r->contexts--;
	return rc;
}

static int
render_section(struct run *r, const struct template *t, size_t section)
{
	const struct token *token = &t->tokens[section];
	const json_t *value = lookup(r, token->s, token->n);
	size_t i, count = 1;
	int rc = 0;

	if (is_slot(value))
		return template_error(t, token->at, r->e,
		    "\"%.*s\" differs from person to person: it can be shown, but no section can depend on it", (int)token->n, token->s);
	if (is_shown(value) == (token->kind == TOKEN_INVERTED))
		return 0;
	if (enter(r, t, token) == -1)
		return -1;
	if (token->kind == TOKEN_INVERTED)
		rc = render(r, t, section + 1, token->end);
	else if (!json_is_array(value))
		rc = render_with(r, t, section, value);
	else
		for (i = 0, count = json_array_size(value); i < count && rc == 0; i++)
			rc = render_with(r, t, section, json_array_get(value, i));
	r->depth--;
	return rc;
}

/* The standalone partial's indentation goes before each of its lines (specification, "Partials"), but for empty ones. */
static void
add_indented(struct buf *out, const struct buf *text, const char *indent, size_t n)
{
	const char *p = text->data, *end = p + text->len, *next;

	for (; p < end; p = next) {
		next = memchr(p, '\n', (size_t)(end - p));
		next = next ? next + 1 : end;
		if (*p != '\n' && *p != '\r')
			buf_add(out, indent, n);
		buf_add(out, p, (size_t)(next - p));
	}
}

/* A partial, loaded and parsed once for each indentation. NULL after an error. */
static struct template *
get_partial(struct run *r, const struct template *from, const struct token *tag)
{
	struct template *p;
	struct buf key = BUF_INIT, plain;

	buf_add(&key, tag->s, tag->n);
	buf_addch(&key, ' ');
	buf_add(&key, tag->indent, tag->indent_n);
	for (p = r->partials; p; p = p->next)
		if (strcmp(p->key, key.data) == 0) {
			buf_release(&key);
			return p;
		}
	p = xcalloc(1, sizeof(*p));
	buf_init(&p->name);
	buf_init(&p->text);
	p->key = buf_detach(&key);
	p->indent = tag->indent_n;
	p->next = r->partials;
	r->partials = p; /* freed with the others, also after an error */
	if (++r->partial_count > MAX_PARTIALS) {
		template_error(from, tag->at, r->e, "more than %d partials", MAX_PARTIALS);
		return NULL;
	}
	if (r->source->load(r->source->ctx, from, tag, p, r->e) == -1)
		return NULL;
	if (tag->indent_n) {
		plain = p->text;
		buf_init(&p->text);
		add_indented(&p->text, &plain, tag->indent, tag->indent_n);
		buf_release(&plain);
	}
	return template_parse(p, r->e) == -1 ? NULL : p;
}

static int
render_partial(struct run *r, const struct template *t, const struct token *tag)
{
	const struct template *p;
	int rc;

	if (enter(r, t, tag) == -1)
		return -1;
	p = get_partial(r, t, tag);
	rc = p ? render(r, p, 0, p->count) : -1;
	r->depth--;
	return rc;
}

static int
render(struct run *r, const struct template *t, size_t from, size_t to)
{
	size_t i;
	int rc = 0;

	for (i = from; i < to && rc == 0; i++) {
		const struct token *token = &t->tokens[i];

		if (step(r, t, token) == -1)
			return -1;
		switch (token->kind) {
		case TOKEN_TEXT:
			rc = add(r, t, token, token->s, token->n);
			break;
		case TOKEN_VALUE:
		case TOKEN_RAW:
			rc = add_value(r, t, token);
			break;
		case TOKEN_SECTION:
		case TOKEN_INVERTED:
			rc = render_section(r, t, i);
			i = token->end;
			break;
		case TOKEN_PARTIAL:
			rc = render_partial(r, t, token);
			break;
		case TOKEN_CLOSE:
			break;
		}
	}
	return rc;
}

int
template_run(struct buf *out, struct template *t, enum template_escape escape_as, const json_t *data,
    const struct template_source *source, struct err *e)
{
	struct run r = { .out = out, .start = out->len, .escape = escape_as, .source = source, .e = e };
	struct template *p;
	int rc = -1;

	r.stack[r.contexts++] = data;
	if (template_parse(t, e) == 0)
		rc = render(&r, t, 0, t->count);
	while ((p = r.partials)) {
		r.partials = p->next;
		template_release(p);
		free(p);
	}
	if (rc == -1)
		buf_truncate(out, r.start);
	return rc;
}

/* The caller's loader as a source: its partials are named as in the tag, one that is not there is empty. */
static int
load_from_caller(void *ctx, const struct template *from, const struct token *tag, struct template *partial, struct err *e)
{
	const struct template_loader *loader = ctx;

	(void)from, (void)e;
	buf_add(&partial->name, tag->s, tag->n);
	if (loader && loader->load(loader->ctx, partial->name.data, &partial->text) == -1)
		buf_reset(&partial->text);
	return 0;
}

int
template_render(struct buf *out, const char *name, const char *text, size_t n, enum template_escape escape_as,
    const json_t *data, const struct template_loader *loader, struct err *e)
{
	const struct template_source source = { load_from_caller, (void *)loader };
	struct template t = { .name = BUF_INIT, .text = BUF_INIT };
	int rc;

	buf_addstr(&t.name, name);
	buf_add(&t.text, text, n);
	rc = template_run(out, &t, escape_as, data, &source, e);
	template_release(&t);
	return rc;
}
