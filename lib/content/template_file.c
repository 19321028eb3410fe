/*
 * template_file.c - the site's template files, before the built-in ones; see template.h.
 *
 * Names become paths here: only letters, digits, '-', '_' and '.', and one
 * folder at most, so that nothing outside of the templates folder is read.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "content/builtin.h"
#include "content/template_parse.h"
#include "content/words.h"

#define WORDS_PREFIX "t."

/* Partials of "mail/x.html.mustache" are "mail/" NAME ".html.mustache". */
struct place {
	const char *folder; /* the site's, or NULL */
	const char *name;
	size_t prefix;      /* bytes of "mail/" */
	const char *suffix; /* ".html.mustache" */
	struct words words; /* of the language of the data; opened when a template first asks */
	bool words_open;
	const char *language;
};

static bool
is_safe(const char *s, size_t n, size_t slashes)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '/' ? !i || !slashes-- : !isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
			return false;
		if (s[i] == '.' && (!i || s[i - 1] == '/' || s[i - 1] == '.'))
			return false;
	}
	return n > 0;
}

/* Fill name and text from the site's folder or the built-in table. ERR_NOT_FOUND when neither has it. */
static int
read_file(struct template *t, const char *folder, const char *name, struct err *e)
{
	const struct builtin_file *f;
	struct buf path = BUF_INIT;
	int rc;

	if (folder) {
		file_join(&path, folder, name);
		rc = file_read(path.data, TEMPLATE_MAX_TEXT, &t->text, e);
		if (rc == 0 || e->code != ERR_NOT_FOUND) {
			buf_release(&t->name);
			t->name = path;
			return rc;
		}
		buf_release(&path);
	}
	buf_addstr(&t->name, name);
	for (f = builtin_templates; f->name; f++)
		if (strcmp(f->name, name) == 0) {
			buf_add(&t->text, f->text, f->len);
			return 0;
		}
	return err_set(e, ERR_NOT_FOUND, "there is no template \"%.200s\"", name);
}

/* {{> t.key}}: the words of the page's language. Where the tag is all of its line, so are they. */
static int
load_words(struct place *place, const struct template *from, const struct token *tag, struct template *partial, struct err *e)
{
	size_t prefix = sizeof(WORDS_PREFIX) - 1, n;
	const char *text, *file;

	if (!place->words_open) {
		place->words_open = true;
		if (words_open(&place->words, place->folder, place->language, e) == -1)
			return -1;
	}
	if (!words_find(&place->words, tag->s + prefix, tag->n - prefix, &text, &n, &file))
		return template_error(from, tag->at, e, "no file of words/ says \"%.*s\"", (int)(tag->n - prefix), tag->s + prefix);
	buf_addf(&partial->name, "%s, %.*s", file, (int)(tag->n - prefix), tag->s + prefix);
	buf_add(&partial->text, text, n);
	if (tag->indent)
		buf_addch(&partial->text, '\n');
	return 0;
}

/* In a file a partial that is not there is a slip of the pen, and what it hides may be the unsubscribe link: an error. */
static int
load_partial(void *ctx, const struct template *from, const struct token *tag, struct template *partial, struct err *e)
{
	struct place *place = ctx;
	struct buf name = BUF_INIT;
	int rc;

	if (tag->n > sizeof(WORDS_PREFIX) - 1 && strncmp(tag->s, WORDS_PREFIX, sizeof(WORDS_PREFIX) - 1) == 0)
		return load_words(place, from, tag, partial, e);
	if (!is_safe(tag->s, tag->n, 0))
		return template_error(from, tag->at, e, "\"%.*s\" is no name of a partial: use letters, digits, - and _",
		    (int)tag->n, tag->s);
	buf_add(&name, place->name, place->prefix);
	buf_add(&name, tag->s, tag->n);
	buf_addstr(&name, place->suffix);
	rc = read_file(partial, place->folder, name.data, e);
	if (rc == -1 && e->code == ERR_NOT_FOUND)
		template_error(from, tag->at, e, "there is no partial \"%s\"", name.data);
	buf_release(&name);
	return rc;
}

static const char *
language_of(const json_t *data)
{
	const char *language = json_string_value(json_object_get(data, "language"));

	return language ? language : WORDS_DEFAULT;
}

/* Render t, whose partials are looked for as *place says. */
static int
run(struct buf *out, struct template *t, struct place *place, enum template_escape escape, const json_t *data, struct err *e)
{
	const struct template_source source = { load_partial, place };
	int rc;

	place->language = language_of(data);
	rc = template_run(out, t, escape, data, &source, e);
	if (place->words_open)
		words_release(&place->words);
	return rc;
}

int
template_file(struct buf *out, const char *folder, const char *name, const json_t *data, struct err *e)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *dot = strchr(base, '.');
	struct place place = { .folder = folder, .name = name, .prefix = (size_t)(base - name), .suffix = dot ? dot : "" };
	struct template t = { .name = BUF_INIT, .text = BUF_INIT };
	int rc = -1;

	if (!is_safe(name, strlen(name), 1))
		return err_set(e, ERR_INPUT, "\"%.200s\" is no name of a template", name);
	if (read_file(&t, folder, name, e) == 0)
		rc = run(out, &t, &place, strstr(base, ".html.") ? TEMPLATE_HTML : TEMPLATE_TEXT, data, e);
	template_release(&t);
	return rc;
}

int
template_words(struct buf *out, const char *folder, const char *key, const json_t *data, struct err *e)
{
	struct place place = { .folder = folder, .name = "", .suffix = ".text.mustache" };
	struct template t = { .name = BUF_INIT, .text = BUF_INIT };
	int rc;

	buf_addstr(&t.name, key);
	buf_addf(&t.text, "{{> " WORDS_PREFIX "%s}}{{!}}", key); /* the comment: the tag is not all of its line */
	rc = run(out, &t, &place, TEMPLATE_TEXT, data, e);
	template_release(&t);
	return rc;
}
