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

/* A control character may be a slot's mark (base/slot.h): what people wrote must not make one. */
static void
put(json_t *out, const struct words *w, const char *slug, const char *member, const char *own)
{
	const char *text, *file;
	char key[96];
	size_t n;

	snprintf(key, sizeof(key), "topic.%.40s.%s", slug, member);
	if (!words_find_own(w, key, strlen(key), &text, &n, &file)) {
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
