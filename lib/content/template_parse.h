/*
 * template_parse.h - a Mustache text as a flat list of tokens, and the renderer
 * over it; for template*.c alone.
 *
 * Sections know the index of their closing tag, so that rendering jumps over
 * what is not shown. Standalone lines (specification, "Standalone Lines") are
 * already gone from the text tokens.
 */
#ifndef CONTENT_TEMPLATE_PARSE_H
#define CONTENT_TEMPLATE_PARSE_H

#include <stddef.h>

#include "base/buf.h"
#include "content/template.h"

enum token_kind {
	TOKEN_TEXT,
	TOKEN_VALUE,    /* {{x}} */
	TOKEN_RAW,      /* {{{x}}} and {{&x}} */
	TOKEN_SECTION,  /* {{#x}} */
	TOKEN_INVERTED, /* {{^x}} */
	TOKEN_CLOSE,    /* {{/x}} */
	TOKEN_PARTIAL,  /* {{>x}} */
};

struct token {
	enum token_kind kind;
	const char *s; /* the text, or the tag's name */
	size_t n;
	size_t at;          /* where the tag starts, for errors */
	size_t end;         /* sections: index of the closing token */
	const char *indent; /* a standalone partial: the blanks before it */
	size_t indent_n;
};

struct template
{
	struct buf name; /* for errors */
	struct buf text; /* tokens point into it */
	size_t indent;   /* bytes put before each line; the author's columns do not count them */
	struct token *tokens;
	size_t count, cap;
	char *key; /* the renderer's list of partials: name and indentation */
	struct template *next;
};

#define TEMPLATE_MAX_TEXT (1u << 20) /* bytes of one file */

/* Fill the tokens from name and text. ERR_INPUT with "NAME:LINE:COLUMN: what". */
int template_parse(struct template *t, struct err *e);

/* Free the contents. */
void template_release(struct template *t);

/* Set ERR_INPUT with "NAME:LINE:COLUMN: " before the message. Returns -1. */
int template_error(const struct template *t, size_t at, struct err *e, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Where partials come from. */
struct template_source {
	/* Fill name and text of *partial, which `tag` in `from` names. -1 ends the rendering. */
	int (*load)(void *ctx, const struct template *from, const struct token *tag, struct template *partial, struct err *e);
	void *ctx;
};

/* template_render() for a template whose name and text are filled; tokens are added to it. */
int template_run(struct buf *out, struct template *t, enum template_escape escape, const json_t *data,
    const struct template_source *source, struct err *e);

#endif
