/*
 * http_language.c - in which language a visitor is answered.
 *
 * What they chose (?lang= on a page, `language` in a form), else the first of
 * what their browser asks for (Accept-Language, RFC 9110 12.5.4) that is on offer, else the site's.
 */
#include "http.h"

#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "content/template.h"
#include "content/words.h"

/* Whether every language that [site] languages lists has words. */
static int
check_list(const struct http *h, const char *list, struct err *e)
{
	size_t n;

	for (list += strspn(list, " ,"); *list; list += n, list += strspn(list, " ,")) {
		n = strcspn(list, " ,");
		if (http_language_find(h, list, n) == -1)
			return err_set(e, ERR_INPUT, "[site] languages: there is no words/%.*s.txt in the folder of templates",
			    (int)(n < 40 ? n : 40), list);
	}
	return 0;
}

int
http_language_init(struct http *h, struct err *e)
{
	const struct conf *conf = &h->role->site.conf;

	h->language_count = site_languages(conf, h->languages);
	if (check_list(h, conf->site_languages, e) == -1)
		return -1;
	h->language = http_language_find(h, conf->site_language, strlen(conf->site_language));
	if (h->language == -1) {
		log_event(LOG_LEVEL_WARNING, "language", "text=%s",
		    log_text("there are no words for [site] language: the pages speak English"));
		h->language = http_language_find(h, WORDS_DEFAULT, strlen(WORDS_DEFAULT));
	}
	if (h->language == -1) /* [site] languages leaves English out, and the site's own has no words */
		h->language = 0;
	return 0;
}

int
http_language_find(const struct http *h, const char *code, size_t n)
{
	int i;

	for (i = 0; i < h->language_count; i++)
		if (strlen(h->languages[i]) == n && strncasecmp(h->languages[i], code, n) == 0)
			return i;
	return -1;
}

void
http_language_choose(struct http_request *r, const char *code)
{
	int i = code ? http_language_find(r->http, code, strlen(code)) : -1;

	if (i != -1)
		r->language = i;
}

void
http_language_begin(struct http_request *r)
{
	const char *header = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
	struct http *h = r->http;
	struct form query = FORM_INIT;
	struct err e = ERR_INIT;
	int i = accept_language(header, h->languages, h->language_count);

	r->language = i == -1 ? h->language : i;
	if (r->query[0] && form_query(&query, r->query, &e) == 0)
		http_language_choose(r, form_get(&query, "lang"));
	form_release(&query);
}

json_t *
http_language_menu(const struct http_request *r)
{
	const struct http *h = r->http;
	json_t *menu = json_array(), *item;
	struct buf name = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	for (i = 0; i < h->language_count; i++) {
		item = json_object();
		json_object_set_new(item, "language", json_string(h->languages[i]));
		buf_reset(&name);
		template_words(&name, h->role->site.conf.store_templates, "language", item, &e);
		json_object_set_new(item, "name", json_string(name.len ? name.data : h->languages[i]));
		json_object_set_new(item, "code", json_string(h->languages[i]));
		json_object_set_new(item, "current", json_boolean(i == r->language));
		json_array_append_new(menu, item);
	}
	buf_release(&name);
	return menu;
}
