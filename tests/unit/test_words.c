/* test_words.c - what pages and mails say: files, languages, and that every language says all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "content/builtin.h"
#include "content/template.h"
#include "content/words.h"

static char folder[] = "/tmp/test_words.XXXXXX";

static void
put_file(const char *name, const char *text)
{
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;

	file_join(&path, folder, name);
	assert_int_equal(file_write(path.data, 0600, text, strlen(text), &e), 0);
	buf_release(&path);
}

static void
test_site_files(void **state)
{
	static const struct {
		const char *name, *language, *template, *want;
	} cases[] = {
		{ "built in", "en", "{{> t.language}}!", "English!" },
		{ "another language", "es", "{{> t.language}}!", "Español!" },
		{ "a language's own, with the context", "fr", "<p>{{> t.confirm.lead}}</p>", "<p>Vous &lt;avez&gt; demandé :</p>" },
		{ "what a language lacks, English says", "fr", "{{> t.form.name}}!", "Your name!" },
		{ "the site's line replaces the built-in one", "es", "{{> t.form.name}}!", "¿Cómo se llama?!" },
		{ "and leaves the others", "es", "{{> t.form.email}}!", "Su dirección de correo electrónico!" },
		{ "a language that nobody speaks", "xx", "{{> t.form.name}}!", "Your name!" },
		{ "no language at all", NULL, "{{> t.form.name}}!", "Your name!" },
		{ "no path", "../../etc", "{{> t.form.name}}!", "Your name!" },
		{ "alone on its line", "en", "a\n{{> t.language}}\nb", "a\nEnglish\nb" },
		{ "a key inside of another's is none", "en", "{{> t.form}}", NULL },
		{ "no such key", "es", "{{> t.nothing.of-it}}", NULL },
		{ "words that are no Mustache", "fr", "{{> t.broken}}", NULL },
	};
	size_t i;

	(void)state;
	put_file("words/fr.txt", "# Français\r\nconfirm.lead  =  Vous {{what}} demandé :  \r\n\n \t \r\n  # de plus\nbroken = {{#a}}\n");
	put_file("words/es.txt", "form.name = ¿Cómo se llama?");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *data = json_pack("{s:s, s:s*}", "what", "<avez>", "language", cases[i].language);
		struct buf out = BUF_INIT;
		struct err e = ERR_INIT;
		int rc;

		put_file("web/x.html.mustache", cases[i].template);
		rc = template_file(&out, folder, "web/x.html.mustache", data, &e);
		if (cases[i].want ? rc == -1 || strcmp(out.data, cases[i].want) != 0 : rc == 0)
			fail_msg("%s: got \"%s\", error \"%s\"", cases[i].name, out.data, rc ? e.text : "");
		buf_release(&out);
		json_decref(data);
	}
}

static void
test_bad_files(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "no equals sign", "a = b\nc d\n", "words/de.txt:2: this is no line" },
		{ "a key with a capital", "A = b\n", "words/de.txt:1:" },
		{ "no key", "\n\n= b\n", "words/de.txt:3:" },
		{ "not UTF-8", "a = \xff\n", "is not UTF-8" },
	};
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;
	struct words w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_file("words/de.txt", cases[i].text);
		if (words_open(&w, folder, "de", &e) == 0 || !strstr(e.text, cases[i].want))
			fail_msg("%s: \"%s\"", cases[i].name, e.text);
		words_release(&w);
	}
	file_join(&path, folder, "words/de.txt");
	assert_int_equal(file_write(path.data, 0600, "a = b\0c\n", 8, &e), 0);
	buf_release(&path);
	assert_int_equal(words_open(&w, folder, "de", &e), -1);
	assert_string_equal(e.text, "words/de.txt holds a NUL");
	words_release(&w);
	put_file("words/de.txt", "");
	assert_int_equal(words_open(&w, folder, "de", &e), 0);
	words_release(&w);
}

static void
test_languages(void **state)
{
	char codes[WORDS_LANGUAGES][WORDS_LANGUAGE];

	(void)state;
	assert_int_equal(words_languages(NULL, codes), 2);
	assert_string_equal(codes[0], "en");
	assert_string_equal(codes[1], "es");
	put_file("words/pt-BR.txt", "");
	put_file("words/a-code-that-is-too-long.txt", "");
	put_file("words/no.mustache", "");
	put_file("words/n_o.txt", "");
	put_file("words/es.txt", "");
	assert_int_equal(words_languages(folder, codes), 5);
	assert_string_equal(codes[0], "de");
	assert_string_equal(codes[4], "pt-BR");
}

static const char *
builtin(const char *name)
{
	const struct builtin_file *f;

	for (f = builtin_templates; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f->text;
	fail_msg("no %s", name);
	return NULL;
}

/* Each key of one language is said by the other itself, in words that are Mustache. */
static void
assert_says_all(const char *language, const char *other)
{
	json_t *data = json_pack("{s:s}", "language", language);
	char name[32], key[64];
	const char *line, *end;
	size_t n;

	snprintf(name, sizeof(name), "words/%s.txt", other);
	for (line = builtin(name); *line; line = *end ? end + 1 : end) {
		struct buf out = BUF_INIT;
		struct err e = ERR_INIT;
		struct words w;
		const char *text, *file;

		end = strchrnul(line, '\n');
		n = strcspn(line, " \n");
		if (line[0] == '#' || !n)
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)n, line);
		assert_int_equal(words_open(&w, NULL, language, &e), 0);
		if (!words_find(&w, line, n, &text, &n, &file) || !strstr(file, language) || !n)
			fail_msg("%s does not say %s", language, key);
		words_release(&w);
		if (template_words(&out, NULL, key, data, &e) == -1)
			fail_msg("%s", e.text);
		buf_release(&out);
	}
	json_decref(data);
}

/* And all that the templates name. */
static void
test_complete(void **state)
{
	const struct builtin_file *f;
	const char *p, *text, *file;
	struct err e = ERR_INIT;
	struct words w;
	size_t n;

	(void)state;
	assert_says_all("en", "es");
	assert_says_all("es", "en");
	assert_int_equal(words_open(&w, NULL, "en", &e), 0);
	for (f = builtin_templates; f->name; f++)
		for (p = f->text; (p = strstr(p, "{{> t.")); p++) {
			n = strcspn(p + 6, "}");
			if (strncmp(f->name, "words/", 6) != 0 && !words_find(&w, p + 6, n, &text, &n, &file))
				fail_msg("%s names %.60s, which nobody says", f->name, p);
		}
	words_release(&w);
}

static int
setup(void **state)
{
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = mkdtemp(folder) ? 0 : -1;

	(void)state;
	file_join(&path, folder, "words");
	rc = rc == -1 ? -1 : file_mkdir(path.data, 0700, &e);
	buf_reset(&path);
	file_join(&path, folder, "web");
	rc = rc == -1 ? -1 : file_mkdir(path.data, 0700, &e);
	buf_release(&path);
	return rc;
}

static int
teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_site_files),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_complete),
	};

	return cmocka_run_group_tests_name("words", tests, setup, teardown);
}
