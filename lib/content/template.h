/*
 * template.h - Mustache (the core specification, with partials), rendered over JSON.
 *
 * `{{x}}` is HTML-escaped when the template is an HTML one, plain in a text
 * one; `{{{x}}}` and `{{&x}}` never. Templates are edited by people who do not
 * write C: each error names file, line and column.
 *
 * Strings may hold per-person values (slots, see slot.h), which pass through
 * plain tags; a section over a string of nothing else is an error, since one
 * compiled form serves everybody.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <jansson.h>
#include <stddef.h>

struct buf;
struct err;

enum template_escape {
	TEMPLATE_HTML,
	TEMPLATE_TEXT
};

/* Where partials come from: append the text of the partial to *out, return 0, or -1 when there is none (renders as nothing). */
struct template_loader {
	int (*load)(void *ctx, const char *name, struct buf *out);
	void *ctx;
};

#define TEMPLATE_MAX_DEPTH 32          /* nested sections plus partials */
#define TEMPLATE_MAX_OUTPUT (4u << 20) /* bytes */

/*
 * Render `text` (named `name` in errors) over `data` and append to *out.
 * ERR_INPUT with "NAME:LINE:COLUMN: what" for an unclosed or wrong tag, too
 * deep a nesting, a section over a slot, or too much output.
 */
int template_render(struct buf *out, const char *name, const char *text, size_t n, enum template_escape escape,
    const json_t *data, const struct template_loader *loader, struct err *e);

/*
 * Render the template file `name` ("mail/confirm.html.mustache"): from `folder` (the
 * site's own; may be NULL) if it is there, else the built-in one. The escape
 * follows the name: ".html." escapes, ".text." does not. Partials `{{> x}}` in
 * "mail/…" are "mail/x.html.mustache" (or .text., as the file that names them);
 * `{{> t.key}}` is what words.h says, in the language that the member `language` of `data` names.
 */
int template_file(struct buf *out, const char *folder, const char *name, const json_t *data, struct err *e);

/* Render what words.h says for a key, as plain text: for what programs say in a visitor's language without a page around it. */
int template_words(struct buf *out, const char *folder, const char *key, const json_t *data, struct err *e);

#endif
