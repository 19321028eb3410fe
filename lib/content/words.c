/* words.c - see words.h. The files are small and searched as they are; nothing is parsed beforehand. */
#include "content/words.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "content/builtin.h"

#define FOLDER "words/"
#define SUFFIX ".txt"
#define FILE_MAX (256u << 10)

static const struct builtin_file *
builtin(const char *name)
{
	const struct builtin_file *f;

	for (f = builtin_templates; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static bool
is_blank(const char *line, size_t n)
{
	size_t i = 0;

	while (i < n && strchr(" \t\r", line[i]))
		i++;
	return i == n || line[i] == '#';
}

/* Where a line's words begin, and how long its key is; NULL when it is no `key = words`. */
static const char *
split(const char *line, size_t n, size_t *key)
{
	size_t i = 0;

	while (i < n && (strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-", line[i])))
		i++;
	*key = i;
	while (i < n && (line[i] == ' ' || line[i] == '\t'))
		i++;
	if (!*key || i == n || line[i] != '=')
		return NULL;
	for (i++; i < n && (line[i] == ' ' || line[i] == '\t'); i++)
		;
	return line + i;
}

static int
check(const struct words_file *f, struct err *e)
{
	const char *line = f->text, *end;
	int number = 1;
	size_t key;

	if (!text_is_utf8(f->text, strlen(f->text)))
		return err_set(e, ERR_INPUT, "%s is not UTF-8", f->name);
	for (; *line; line = *end ? end + 1 : end, number++) {
		end = strchrnul(line, '\n');
		if (!is_blank(line, (size_t)(end - line)) && !split(line, (size_t)(end - line), &key))
			return err_set(e, ERR_INPUT, "%s:%d: this is no line like `key = words`", f->name, number);
	}
	return 0;
}

/* The site's file of a language and the built-in one, as far as they are there. */
static int
add_language(struct words *w, const char *folder, const char *language, struct err *e)
{
	const struct builtin_file *built_in;
	struct words_file *f = &w->file[w->count];
	struct buf path = BUF_INIT;
	int rc = 0;

	snprintf(f->name, sizeof(f->name), FOLDER "%.15s" SUFFIX, language);
	built_in = builtin(f->name);
	if (folder) {
		file_join(&path, folder, f->name);
		buf_reset(&f->own);
		rc = file_read(path.data, FILE_MAX, &f->own, e);
		f->text = f->own.data;
		if (rc == 0 && memchr(f->own.data, '\0', f->own.len))
			rc = err_set(e, ERR_INPUT, "%s holds a NUL", f->name);
		if (rc == 0)
			rc = check(f, e);
		if (rc == 0)
			w->count++;
		else if (e->code == ERR_NOT_FOUND)
			rc = 0;
		buf_release(&path);
	}
	if (rc == 0 && built_in) {
		f = &w->file[w->count++];
		snprintf(f->name, sizeof(f->name), FOLDER "%.15s" SUFFIX, language);
		f->text = built_in->text;
	}
	return rc;
}

int
words_open(struct words *w, const char *folder, const char *language, struct err *e)
{
	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < sizeof(w->file) / sizeof(w->file[0]); i++)
		buf_init(&w->file[i].own);
	if (words_is_language(language) && strcmp(language, WORDS_DEFAULT) != 0 && add_language(w, folder, language, e) == -1)
		return -1;
	w->own = w->count;
	if (add_language(w, folder, WORDS_DEFAULT, e) == -1)
		return -1;
	if (strcmp(language, WORDS_DEFAULT) == 0)
		w->own = w->count;
	return 0;
}

void
words_release(struct words *w)
{
	for (size_t i = 0; i < sizeof(w->file) / sizeof(w->file[0]); i++)
		buf_release(&w->file[i].own);
	w->count = 0;
}

static bool
find_in(const struct words_file *f, const char *key, size_t n, const char **text, size_t *len)
{
	const char *line = f->text, *end, *start;
	size_t k;

	for (; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (strncmp(line, key, n) != 0 || !(start = split(line, (size_t)(end - line), &k)) || k != n)
			continue;
		*text = start;
		*len = (size_t)(end - start);
		while (*len && strchr(" \t\r", start[*len - 1]))
			--*len;
		return true;
	}
	return false;
}

static bool
find_in_first(const struct words *w, int count, const char *key, size_t n, const char **text, size_t *len, const char **file)
{
	int i;

	for (i = 0; i < count; i++)
		if (find_in(&w->file[i], key, n, text, len)) {
			*file = w->file[i].name;
			return true;
		}
	return false;
}

bool
words_find(const struct words *w, const char *key, size_t n, const char **text, size_t *len, const char **file)
{
	return find_in_first(w, w->count, key, n, text, len, file);
}

bool
words_find_own(const struct words *w, const char *key, size_t n, const char **text, size_t *len, const char **file)
{
	return find_in_first(w, w->own, key, n, text, len, file);
}

bool
words_is_sites(const struct words *w, const char *text)
{
	int i;

	for (i = 0; i < w->count; i++)
		if (w->file[i].own.len && text >= w->file[i].own.data && text < w->file[i].own.data + w->file[i].own.len)
			return true;
	return false;
}

bool
words_is_language(const char *code)
{
	size_t n = strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return n >= 2 && n < WORDS_LANGUAGE && !code[n] && code[0] != '-';
}

/* Take "es" out of "es.txt", once. */
static int
add_name(char out[WORDS_LANGUAGES][WORDS_LANGUAGE], int count, const char *name)
{
	size_t n = strlen(name), suffix = sizeof(SUFFIX) - 1;
	char code[WORDS_LANGUAGE];
	int i;

	if (n <= suffix || strcmp(name + n - suffix, SUFFIX) != 0 || n - suffix >= sizeof(code) || count == WORDS_LANGUAGES)
		return count;
	memcpy(code, name, n - suffix);
	code[n - suffix] = '\0';
	if (!words_is_language(code))
		return count;
	for (i = 0; i < count; i++)
		if (strcmp(out[i], code) == 0)
			return count;
	memcpy(out[count], code, sizeof(code));
	return count + 1;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
words_languages(const char *folder, char out[WORDS_LANGUAGES][WORDS_LANGUAGE])
{
	const struct builtin_file *f;
	struct buf path = BUF_INIT;
	struct dirent *entry;
	DIR *dir = NULL;
	int count = 0;

	for (f = builtin_templates; f->name; f++)
		if (strncmp(f->name, FOLDER, sizeof(FOLDER) - 1) == 0)
			count = add_name(out, count, f->name + sizeof(FOLDER) - 1);
	if (folder) {
		file_join(&path, folder, "words");
		dir = opendir(path.data);
		buf_release(&path);
	}
	while (dir && (entry = readdir(dir)))
		count = add_name(out, count, entry->d_name);
	if (dir)
		closedir(dir);
	qsort(out, (size_t)count, sizeof(out[0]), compare);
	return count;
}
