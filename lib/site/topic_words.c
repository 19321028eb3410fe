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

static bool
says(const struct words *w, const char *key, const char *text)
{
	const char *said, *file;
	size_t n;

	return words_find_own(w, key, strlen(key), &said, &n, &file) && n == strlen(text) && memcmp(said, text, n) == 0;
}

/* Whether `newsletter init` wrote this, in whatever language the site had then, and nobody has changed it since. */
static bool
is_first(const char *key, const char *own)
{
	char all[WORDS_LANGUAGES][WORDS_LANGUAGE];
	int i, count = words_languages(NULL, all);
	struct err e = ERR_INIT;
	struct words w;
	bool found = false;

	for (i = 0; i < count && !found; i++) {
		found = words_open(&w, NULL, all[i], &e) == 0 && says(&w, key, own);
		words_release(&w);
	}
	return found;
}

/* What the language says for a topic that is as `newsletter init` made it. */
static bool
find_first(const struct words *w, const char *slug, const char *member, const char *own, const char **text, size_t *n)
{
	const char *file;
	char key[96];

	snprintf(key, sizeof(key), "first-topic.%.40s.%s", slug, member);
	return words_find_own(w, key, strlen(key), text, n, &file) && is_first(key, own);
}

/* A control character may be a slot's mark (base/slot.h): what people wrote must not make one. */
static void
put(json_t *out, const struct words *w, const char *slug, const char *member, const char *own)
{
	const char *text, *file;
	char key[96];
	size_t n;

	snprintf(key, sizeof(key), "topic.%.40s.%s", slug, member);
	if (!words_find_own(w, key, strlen(key), &text, &n, &file) && !find_first(w, slug, member, own, &text, &n)) {
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
