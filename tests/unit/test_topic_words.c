/* test_topic_words.c - a topic in a visitor's language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "site/topic_words.h"
#include "store/topic.h"

static const struct {
	const char *name, *language, *slug, *title, *description;
} cases[] = {
	{ "said in the language", "es", "articles", "Artículos nuevos", "Cuando hay algo que leer." },
	{ "said in part", "es", "offers", "Ofertas", "Own words." },
	{ "not said", "es", "other", "Own title", "Own words." },
	{ "a language without a file", "fr", "articles", "Own title", "Own words." },
	{ "English does not say it for others", "es", "english", "Own title", "Own words." },
	{ "but for itself", "en", "english", "In English", "Own words." },
	{ "the site's language", "", "articles", "Artículos nuevos", "Cuando hay algo que leer." },
	{ "ours, for what a new site says", "es", "promotions", "Ofertas y actividades", "De vez en cuando: ofertas, cursos y actividades." },
	{ "words that could be a slot's mark", "es", "mark", NULL, "Own words." },
};

/* What `newsletter init` made, in the language that the site had then; here the site says nothing itself. */
static const struct {
	const char *name, *language, *slug, *title, *description, *want_title, *want_description;
} first[] = {
	{ "made in English, read in Spanish", "es", "articles", "New articles", "A short mail when there is something new to read.",
	    "Artículos nuevos",
	    "Un correo breve cuando hay algo nuevo para leer." },
	{ "made in Spanish, read in English", "en", "promotions", "Ofertas y actividades",
	    "De vez en cuando: ofertas, cursos y actividades.",
	    "Offers and events", "Now and then: offers, courses and events." },
	{ "the title was changed", "es", "articles", "Our blog", "A short mail when there is something new to read.", "Our blog",
	    "Un correo breve cuando hay algo nuevo para leer." },
	{ "another topic of that title", "es", "blog", "New articles", "Own words.", "New articles", "Own words." },
	{ "a language that we do not speak", "fr", "articles", "New articles", "Own words.", "New articles", "Own words." },
};

static void
test_first(void **state)
{
	struct conf conf = { .store_templates = (char[]){ "/nonexistent" }, .site_language = (char[]){ "en" } };
	struct topic t;
	json_t *out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		memset(&t, 0, sizeof(t));
		snprintf(t.slug, sizeof(t.slug), "%s", first[i].slug);
		snprintf(t.title, sizeof(t.title), "%s", first[i].title);
		snprintf(t.description, sizeof(t.description), "%s", first[i].description);
		out = topic_words(&conf, first[i].language, &t);
		if (strcmp(json_string_value(json_object_get(out, "title")), first[i].want_title) != 0)
			fail_msg("%s: \"%s\"", first[i].name, json_string_value(json_object_get(out, "title")));
		assert_string_equal(json_string_value(json_object_get(out, "description")), first[i].want_description);
		json_decref(out);
	}
}

static void
put_file(const char *folder, const char *name, const char *text)
{
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;

	file_join(&path, folder, name);
	assert_int_equal(file_write(path.data, 0600, text, strlen(text), &e), 0);
	buf_release(&path);
}

static void
test_cases(void **state)
{
	char folder[] = "/tmp/test_topic_words.XXXXXX", command[64];
	struct conf conf = { .store_templates = folder, .site_language = (char[]){ "es" } };
	struct buf words = BUF_INIT;
	struct topic t = { .title = "Own title", .description = "Own words." };
	struct err e = ERR_INIT;
	json_t *out;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	file_join(&words, folder, "words");
	assert_int_equal(file_mkdir(words.data, 0700, &e), 0);
	put_file(folder, "words/es.txt", "topic.articles.title = Artículos nuevos\ntopic.articles.description = Cuando hay algo que leer.\n"
					 "topic.offers.title = Ofertas\ntopic.mark.title = a \001name\002\n");
	put_file(folder, "words/en.txt", "topic.english.title = In English\n");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(t.slug, cases[i].slug);
		strcpy(t.title, "Own title");
		strcpy(t.description, "Own words.");
		if (strcmp(t.slug, "promotions") == 0) {
			topic_words_new(t.title, sizeof(t.title), "en", t.slug, "title");
			topic_words_new(t.description, sizeof(t.description), "en", t.slug, "description");
			assert_string_equal(t.title, "Offers and events");
		}
		out = topic_words(&conf, cases[i].language, &t);
		if (cases[i].title ? !json_is_string(json_object_get(out, "title")) ||
			    strcmp(json_string_value(json_object_get(out, "title")), cases[i].title) != 0
				   : json_object_get(out, "title") != NULL)
			fail_msg("%s: \"%s\"", cases[i].name, json_string_value(json_object_get(out, "title")));
		assert_string_equal(json_string_value(json_object_get(out, "description")), cases[i].description);
		assert_string_equal(json_string_value(json_object_get(out, "slug")), cases[i].slug);
		json_decref(out);
	}
	strcpy(t.slug, "promotions"); /* ours are not put over words of their own */
	strcpy(t.title, "Cursos");
	out = topic_words(&conf, "en", &t);
	assert_string_equal(json_string_value(json_object_get(out, "title")), "Cursos");
	json_decref(out);
	put_file(folder, "words/es.txt", "no words\n"); /* the topic is shown all the same */
	out = topic_words(&conf, "es", &t);
	assert_string_equal(json_string_value(json_object_get(out, "title")), "Cursos");
	json_decref(out);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
	buf_release(&words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_first) };

	return cmocka_run_group_tests_name("topic_words", tests, NULL, NULL);
}
