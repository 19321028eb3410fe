/*
 * http_page.c - answers: pages from templates, JSON, and what goes with each.
 *
 * Every answer carries the same strict headers. Nothing is cached but the
 * style sheet and the public archive; no cookie is ever set; text that came from outside enters a
 * page through page_put() alone.
 */
#include "http.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "content/template.h"
#include "site/topic_words.h"

#define EXPIRED_PAGE "web/link-expired.html.mustache"
#define ERROR_PAGE "web/error.html.mustache"
#define TOPICS_US 100000 /* the store is asked so often whether it has changed, as all roles do */

/* The first is a page's own where it has one (r->csp). */
static const char *const headers[][2] = {
	{ "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src https: 'self'; form-action 'self'; "
				     "frame-ancestors 'none'; base-uri 'none'" },
	{ "Referrer-Policy", "no-referrer" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
};

json_t *
page_context(const struct http_request *r)
{
	json_t *context = json_object();

	json_object_set(context, "site", r->http->site);
	json_put(context, "language", http_language(r));
	if (r->http->language_count > 1) /* no cookies: a choice lives in the links to our other pages */
		json_object_set_new(context, "lang", json_sprintf("?lang=%s", http_language(r)));
	if (r->get && r->http->language_count > 1) {
		json_put_bool(context, "languages_offered", 1);
		json_object_set_new(context, "languages", http_language_menu(r));
	}
	json_put(context, "base", r->http->base);
	json_put_bool(context, "archive", r->http->role->site.conf.site_archive != 0);
	json_put(context, "style_version", r->http->style_version);
	return context;
}

/* A control character may be a slot's mark (base/slot.h), which templates pass on as it is: it must not come from outside. */
void
page_put(json_t *context, const char *key, const char *text)
{
	if (text && text[0] && !text_has_control(text, strlen(text), ""))
		json_put(context, key, text);
}

json_t *
page_topic(const struct http_request *r, const struct topic *t, bool checked)
{
	json_t *topic = topic_words(&r->http->role->site.conf, http_language(r), t);

	json_put_bool(topic, "checked", checked);
	return topic;
}

json_t *
page_topics(const struct http_request *r, const struct topic_list *all, const int64_t *ids, int count)
{
	json_t *list = json_array();
	const struct topic *t;
	int i;

	for (i = 0; i < count; i++)
		if ((t = topic_in(all, ids[i])))
			json_array_append_new(list, page_topic(r, t, true));
	return list;
}

/* Empties *bytes. type NULL: there is no content. */
void
page_bytes(struct http_request *r, unsigned status, const char *type, const char *cache, struct buf *bytes)
{
	size_t i, n = bytes->len;

	r->stage = HTTP_ANSWERED;
	r->status = status;
	r->response = MHD_create_response_from_buffer(n, buf_detach(bytes), MHD_RESPMEM_MUST_FREE);
	if (!r->response)
		return; /* http.c closes the connection */
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		MHD_add_response_header(r->response, headers[i][0], i == 0 && r->csp ? r->csp : headers[i][1]);
	http_cors_headers(r);
	MHD_add_response_header(r->response, MHD_HTTP_HEADER_CACHE_CONTROL, cache);
	if (type)
		MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
		MHD_add_response_header(r->response, MHD_HTTP_HEADER_RETRY_AFTER, "5");
}

static void
say_language(struct http_request *r)
{
	if (r->response)
		MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONTENT_LANGUAGE, http_language(r));
}

void
page_html(struct http_request *r, unsigned status, struct buf *bytes)
{
	page_bytes(r, status, "text/html; charset=utf-8", "no-store", bytes);
	say_language(r);
}

void
page_broken(struct http_request *r, const struct err *e)
{
	struct buf text = BUF_INIT;

	log_event(LOG_LEVEL_ERROR, "template", "reason=%s", log_text(e->text));
	buf_addstr(&text, "This page cannot be shown: its template has an error. The newsletter's log says which.\n");
	page_bytes(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", "no-store", &text);
	buf_release(&text);
}

void
page_answer(struct http_request *r, unsigned status, const char *template, json_t *context)
{
	struct buf page = BUF_INIT;
	struct err e = ERR_INIT;

	if (template_file(&page, r->http->role->site.conf.store_templates, template, context, &e) == 0)
		page_html(r, status, &page);
	else
		page_broken(r, &e);
	buf_release(&page);
	json_decref(context);
}

void
page_json(struct http_request *r, unsigned status, const char *type, json_t *value)
{
	struct buf text = BUF_INIT;

	json_write(&text, value, 0);
	page_bytes(r, status, type, "no-store", &text);
	say_language(r);
	buf_release(&text);
	json_decref(value);
}

void
page_words(const struct http_request *r, struct buf *out, const char *key, const json_t *context)
{
	json_t *plain = context ? NULL : page_context(r);
	struct err e = ERR_INIT;

	if (template_words(out, r->http->role->site.conf.store_templates, key, context ? context : plain, &e) == -1)
		log_event(LOG_LEVEL_ERROR, "template", "reason=%s", log_text(e.text));
	json_decref(plain);
}

void
page_ok(struct http_request *r, const char *template, json_t *context, const char *message)
{
	struct buf words = BUF_INIT;
	json_t *value;

	if (!r->json) {
		page_answer(r, MHD_HTTP_OK, template, context);
		return;
	}
	if (message)
		page_words(r, &words, message, context);
	json_decref(context);
	value = json_object();
	json_put(value, "status", "ok");
	json_put(value, "message", message ? words.data : NULL);
	page_json(r, MHD_HTTP_OK, "application/json", value);
	buf_release(&words);
}

void
page_ok_kept(struct http_request *r, const char *template, json_t *(*context)(const struct http_request *r), const char *message)
{
	const struct http_cached *page;

	if (r->json) {
		page_ok(r, template, context(r), message);
		return;
	}
	page = http_cache_find(r, template, "");
	if (!page)
		page = http_cache_render(r, template, "", context(r));
	if (page)
		http_cache_answer(r, MHD_HTTP_OK, page, NULL);
}

/* One of an error's words into the page's context; a hint need not be there. */
static void
put_words(const struct http_request *r, json_t *context, const char *member, const char *name, const char *suffix)
{
	const char *folder = r->http->role->site.conf.store_templates;
	struct buf words = BUF_INIT, key = BUF_INIT;
	struct err e = ERR_INIT;

	buf_addf(&key, "error.%s%s", name, suffix);
	if (template_words(&words, folder, key.data, context, &e) == 0)
		page_put(context, member, words.data);
	else if (strcmp(suffix, ".hint") != 0)
		log_event(LOG_LEVEL_ERROR, "template", "reason=%s", log_text(e.text));
	buf_release(&key);
	buf_release(&words);
}

static json_t *
error_context(const struct http_request *r, unsigned status, const char *name, const char *detail)
{
	json_t *context = page_context(r);

	json_put_int(context, "status", status);
	page_put(context, "detail", detail);
	put_words(r, context, "title", name, "");
	put_words(r, context, "hint", name, ".hint");
	put_words(r, context, "detail", name, ".detail");
	return context;
}

/* Kept, so that who asks for a thousand pages that there are not keeps nobody waiting. */
static void
error_page(struct http_request *r, unsigned status, const char *name)
{
	const struct http_cached *page = http_cache_find(r, ERROR_PAGE, name);

	if (!page)
		page = http_cache_render(r, ERROR_PAGE, name, error_context(r, status, name, NULL));
	if (page)
		http_cache_answer(r, status, page, NULL);
}

void
page_error(struct http_request *r, unsigned status, const char *name, const char *detail)
{
	json_t *context;

	if (!r->json && !detail) {
		error_page(r, status, name);
		return;
	}
	context = error_context(r, status, name, detail);
	if (!r->json) {
		page_answer(r, status, ERROR_PAGE, context);
		return;
	}
	page_problem(r, status,
	    &(struct problem){
		.name = name,
		.title = json_string_value(json_object_get(context, "title")),
		.detail = json_string_value(json_object_get(context, "detail")),
	    });
	json_decref(context);
}

void
page_busy(struct http_request *r)
{
	page_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", NULL);
}

void
page_trouble(struct http_request *r, const struct err *e)
{
	log_event(LOG_LEVEL_ERROR, "store", "reason=%s", log_text(e->text));
	page_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "trouble", NULL);
}

static json_t *
expired_context(const struct http_request *r, const char *kind)
{
	json_t *context = page_context(r);

	json_put_int(context, "days", r->http->role->site.conf.keep_pending / 86400);
	if (kind)
		json_put_bool(context, kind, 1);
	json_object_set_new(context, "signup_url", json_sprintf("%s/", r->http->base));
	return context;
}

static void
expired_page(struct http_request *r, unsigned status, const char *kind)
{
	const char *variant = kind ? kind : "";
	const struct http_cached *page = http_cache_find(r, EXPIRED_PAGE, variant);

	if (!page)
		page = http_cache_render(r, EXPIRED_PAGE, variant, expired_context(r, kind));
	if (page)
		http_cache_answer(r, status, page, NULL);
}

void
page_link_expired(struct http_request *r, unsigned status, const char *kind)
{
	struct buf title = BUF_INIT, detail = BUF_INIT;
	json_t *context;

	if (!r->json) {
		expired_page(r, status, kind);
		return;
	}
	context = expired_context(r, kind);
	page_words(r, &title, "link-expired.title", context);
	page_words(r, &detail, "link-expired.lead", context);
	page_problem(r, status, &(struct problem){ .name = "link-expired", .title = title.data, .detail = detail.data });
	buf_release(&title);
	buf_release(&detail);
	json_decref(context);
}

static bool
same_topics(const struct topic_list *a, const struct topic_list *b)
{
	const struct topic *x, *y;
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++) {
		x = &a->item[i];
		y = &b->item[i];
		if (x->id != y->id || strcmp(x->slug, y->slug) != 0 || strcmp(x->title, y->title) != 0 ||
		    strcmp(x->description, y->description) != 0)
			return false;
	}
	return true;
}

/* The store changes with every message that is sent, the topics hardly ever. */
const struct topic_list *
http_topics(struct http_request *r)
{
	struct http *h = r->http;
	struct topic_list fresh;
	struct err e = ERR_INIT;
	int64_t version, now = clock_mono_us();

	if (h->topics_version != -1 && now - h->topics_read_us < TOPICS_US)
		return &h->topics;
	version = db_data_version(h->role->site.db);
	h->topics_read_us = now;
	if (version != -1 && version == h->topics_version)
		return &h->topics;
	if (topic_list(h->role->site.db, &fresh, &e) == -1) {
		h->topics_version = -1;
		page_trouble(r, &e);
		return NULL;
	}
	if (!same_topics(&h->topics, &fresh)) {
		h->topics = fresh;
		h->topics_changes++;
	}
	h->topics_version = version;
	return &h->topics;
}

int
http_form(struct http_request *r, struct form *f)
{
	const char *type = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
	struct err e = ERR_INIT;

	if (form_kind(type) == FORM_JSON)
		r->json = true;
	if (form_read(f, type, r->body.data, r->body.len, &e) == 0) {
		http_language_choose(r, form_get(f, "language"));
		return 0;
	}
	if (e.code == ERR_USAGE)
		page_error(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "media-type", NULL);
	else
		page_error(r, MHD_HTTP_BAD_REQUEST, "form", e.text);
	return -1;
}
