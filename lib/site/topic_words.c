/* topic_words.c - see topic_words.h. */
#include "site/topic_words.h"

#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "content/words.h"
#include "store/topic.h"

#define KEY 96

/* Whether a topic still says what a new site's says, in one of our languages: then ours may say it in another. */
static bool
is_ours(const char *key, const char *own)
{
	char languages[WORDS_LANGUAGES][WORDS_LANGUAGE];
	int i, count = words_languages(NULL, languages);
	const char *text, *file;
	struct err e = ERR_INIT;
	bool found = false;
	struct words w;
	size_t n;

	for (i = 0; i < count && !found; i++) {
		found = words_open(&w, NULL, languages[i], &e) == 0 && words_find_own(&w, key, strlen(key), &text, &n, &file) &&
		    n == strlen(own) && memcmp(text, own, n) == 0;
		words_release(&w);
	}
	return found;
}

/* A control character may be a slot's mark (base/slot.h): what people wrote must not make one. */
static void
put(json_t *out, const struct words *w, const char *slug, const char *member, const char *own)
{
	const char *text, *file;
	char key[KEY];
	size_t n;

	snprintf(key, sizeof(key), "topic.%.40s.%s", slug, member);
	if (!words_find_own(w, key, strlen(key), &text, &n, &file) || (!words_is_sites(w, text) && !is_ours(key, own))) {
		text = own;
		n = strlen(own);
	}
	if (n && !text_has_control(text, n, ""))
		json_object_set_new(out, member, json_stringn(text, n));
}

json_t *
topic_words(const struct conf *conf, const char *language, const struct topic *t)
{
	json_t *topic = json_object();
	struct err e = ERR_INIT;
	struct words w;

	if (words_open(&w, conf->store_templates, language[0] ? language : conf->site_language, &e) == -1)
		w.own = 0; /* the page that shows the topic says what is wrong with the words */
	json_put(topic, "slug", t->slug);
	put(topic, &w, t->slug, "title", t->title);
	put(topic, &w, t->slug, "description", t->description);
	words_release(&w);
	return topic;
}

void
topic_words_new(char *out, size_t size, const char *language, const char *slug, const char *member)
{
	const char *text = "", *file;
	struct err e = ERR_INIT;
	char key[KEY];
	struct words w;
	size_t n = 0;

	snprintf(key, sizeof(key), "topic.%.40s.%s", slug, member);
	if (words_open(&w, NULL, language, &e) == 0)
		words_find(&w, key, strlen(key), &text, &n, &file);
	snprintf(out, size, "%.*s", (int)n, text);
	words_release(&w);
}
