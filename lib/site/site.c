/* site.c - see site.h. */
#include "site/site.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/colour.h"
#include "base/err.h"
#include "base/json.h"
#include "base/link.h"
#include "base/social.h"
#include "content/number_words.h"
#include "site/running.h"
#include "store/suppression.h"

int
site_open(struct site *s, const char *conf_path, unsigned what, struct err *e)
{
	memset(s, 0, sizeof(*s));
	if (conf_load(&s->conf, conf_path, e) == -1 || clock_init(s->conf.site_timezone, e) == -1)
		return -1;
	if (what & SITE_LINKS && !(s->links = link_keys_load(s->conf.store_keys, e)))
		return -1;
	if (s->links)
		link_keys_use(s->links, running_key(s->conf.store_path));
	if (what & SITE_STORE && !(s->db = db_open(s->conf.store_path, what & SITE_AS_IS ? DB_AS_IS : DB_USE, e)))
		return -1;
	if (s->db)
		db_set_language(s->db, s->conf.site_language);
	if (what & SITE_SUPPRESSION && suppression_key_load(s->db, s->conf.store_keys, e) == -1)
		return -1;
	return 0;
}

void
site_close(struct site *s)
{
	db_close(s->db);
	link_keys_free(s->links);
	conf_release(&s->conf);
	memset(s, 0, sizeof(*s));
}

static bool
is_listed(const char *list, const char *code)
{
	size_t n = strlen(code), word;

	for (list += strspn(list, " ,"); *list; list += word, list += strspn(list, " ,")) {
		word = strcspn(list, " ,");
		if (word == n && strncmp(list, code, n) == 0)
			return true;
	}
	return false;
}

int
site_languages(const struct conf *c, char out[WORDS_LANGUAGES][WORDS_LANGUAGE])
{
	char all[WORDS_LANGUAGES][WORDS_LANGUAGE];
	int i, n = 0, count = words_languages(c->store_templates, all);

	for (i = 0; i < count; i++)
		if (!c->site_languages[0] || strcmp(all[i], c->site_language) == 0 || is_listed(c->site_languages, all[i]))
			memcpy(out[n++], all[i], WORDS_LANGUAGE);
	return n;
}

void
site_language_of(const struct conf *c, const char *wanted, char out[WORDS_LANGUAGE])
{
	char all[WORDS_LANGUAGES][WORDS_LANGUAGE];
	int i, count = site_languages(c, all);

	snprintf(out, WORDS_LANGUAGE, "%s", c->site_language);
	for (i = 0; i < count; i++)
		if (strcmp(all[i], wanted) == 0)
			memcpy(out, all[i], WORDS_LANGUAGE);
}

static void
put_given(json_t *object, const char *key, const char *value)
{
	if (value[0])
		json_put(object, key, value);
}

/* An array of { name, url }; conf_load has checked the list. */
static json_t *
social(const char *list)
{
	json_t *all = json_array(), *one;
	struct err e = ERR_INIT;
	struct social s;

	while (social_next(&list, &s, &e) == 1) {
		one = json_object();
		json_object_set_new(one, "name", json_stringn(s.name, s.name_len));
		json_object_set_new(one, "url", json_stringn(s.url, s.url_len));
		json_array_append_new(all, one);
	}
	return all;
}

json_t *
site_context(const struct conf *c)
{
	json_t *site = json_object(), *action;

	put_given(site, "name", c->site_name);
	put_given(site, "url", c->site_url);
	put_given(site, "home", c->site_home);
	put_given(site, "description", c->site_description);
	put_given(site, "language", c->site_language);
	put_given(site, "postal_address", c->site_postal_address);
	put_given(site, "privacy_url", c->site_privacy_url);
	put_given(site, "colour", c->site_colour);
	put_given(site, "colour_text", colour_text_on(c->site_colour));
	put_given(site, "logo", c->site_logo);
	json_object_set_new(site, "social", social(c->site_social));
	if (c->site_action_text[0] && c->site_action_url[0]) {
		action = json_object();
		json_put(action, "text", c->site_action_text);
		json_put(action, "url", c->site_action_url);
		json_object_set_new(site, "action", action);
	}
	return site;
}

const char *
site_base(const struct conf *c)
{
	return c->site_home[0] ? c->site_home : c->site_url;
}

void
site_put_number(json_t *object, const char *key, const struct conf *c, const char *language, int64_t n, int decimals)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT; /* of words that are broken: the template that shows the number says so */

	number_words(&text, c->store_templates, language[0] ? language : c->site_language, n, decimals, &e);
	json_put(object, key, text.data);
	buf_release(&text);
}
