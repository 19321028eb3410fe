/*
 * http_archive.c - GET /archive: the list of past mailings, and the way to each; see http_archive.h.
 */
#include "http_archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "content/date_words.h"
#include "content/template.h"
#include "mail/message.h"
#include "site/archive.h"
#include "store/campaign.h"

#define CACHE "public, max-age=300"

void
archive_init(struct http *h)
{
	h->archive = xcalloc(1, sizeof(*h->archive));
}

void
archive_release(struct http *h)
{
	size_t i;

	for (i = 0; i < ARCHIVE_PAGES; i++)
		buf_release(&h->archive->page[i].bytes);
	for (i = 0; i < WORDS_LANGUAGES; i++)
		buf_release(&h->archive->feed[i].bytes);
	free(h->archive);
	h->archive = NULL;
}

bool
archive_is_open(struct http_request *r)
{
	if (!r->http->role->site.conf.site_archive)
		page_error(r, MHD_HTTP_NOT_FOUND, "not-found", NULL);
	return r->http->role->site.conf.site_archive;
}

void
archive_url(const struct http_request *r, struct buf *out, const struct archived *a)
{
	char path[ARCHIVE_PATH];

	buf_addf(out, "%s%s", r->http->role->site.conf.site_url, archive_path(path, a->subject, a->uuid));
}

bool
archive_is_over(const struct archived *a)
{
	return a->valid_until && a->valid_until < clock_now();
}

void
archive_of(struct archived *a, const struct campaign *c)
{
	memset(a, 0, sizeof(*a));
	a->id = c->id;
	a->topic_id = c->topic_id;
	a->at = c->started_at;
	a->finished_at = c->finished_at;
	a->valid_until = c->valid_until;
	text_copy(a->uuid, sizeof(a->uuid), c->uuid);
	text_copy(a->kind, sizeof(a->kind), c->kind);
	text_copy(a->subject, sizeof(a->subject), c->subject);
}

/* Where the mailing itself is to be read: one reader's own link is not passed on to the next. */
static void
own_url(const struct http_request *r, struct buf *out, const struct archived *a, enum archive_audience audience)
{
	const char *site = r->http->role->site.conf.site_url;

	if (audience == ARCHIVE_PUBLIC)
		archive_url(r, out, a);
	else
		buf_addf(out, "%s/%s%s", site, audience == ARCHIVE_DRAFT ? "draft/" : "", audience == ARCHIVE_DRAFT ? r->token : "");
}

/* Links lead where everybody may go: nothing says whose mail it was, for it was nobody's. */
int
archive_bodies(const struct http_request *r, const struct archived *a, const struct archive_view *view, struct buf *text,
    struct buf *html, struct err *e)
{
	const struct site *site = &r->http->role->site;
	struct buf compiled = BUF_INIT, manage = BUF_INIT, signup = BUF_INIT, own = BUF_INIT;
	struct message_values values = { { [SLOT_NAME] = view->name } };
	struct message *m = NULL;
	int rc = campaign_get_message(site->db, a->id, http_language(r), &compiled, e);

	buf_addf(&manage, "%s/manage", site->conf.site_url);
	buf_addf(&signup, "%s/", site->conf.site_url);
	own_url(r, &own, a, view->audience);
	values.value[SLOT_UNSUBSCRIBE_URL] = values.value[SLOT_PREFERENCES_URL] = manage.data;
	values.value[SLOT_CONFIRM_URL] = signup.data;
	values.value[SLOT_VIEW_URL] = own.data;
	if (rc == 0)
		rc = err_set(e, ERR_CORRUPT, "campaign %lld has no message", (long long)a->id);
	else if (rc == 1)
		rc = (m = message_load(compiled.data, compiled.len, e)) ? message_bodies(m, &values, text, html, e) : -1;
	message_free(m);
	buf_release(&compiled);
	buf_release(&manage);
	buf_release(&signup);
	buf_release(&own);
	return rc;
}

void
archive_send(struct http_request *r, const char *type, const char *csp, struct buf *bytes)
{
	const char *known = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
	uint8_t hash[SHA256_LEN];
	char tag[2 + 32 + 1] = "\"";

	sha256(hash, bytes->data, bytes->len);
	hex_encode(tag + 1, hash, 16);
	strcat(tag, "\"");
	r->csp = csp;
	if (known && (strstr(known, tag) || strcmp(known, "*") == 0)) {
		buf_reset(bytes);
		page_bytes(r, MHD_HTTP_NOT_MODIFIED, NULL, CACHE, bytes);
	} else {
		page_bytes(r, MHD_HTTP_OK, type, CACHE, bytes);
	}
	r->csp = NULL;
	if (!r->response)
		return;
	MHD_add_response_header(r->response, MHD_HTTP_HEADER_ETAG, tag);
	MHD_add_response_header(r->response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Language");
}

static void
put_date(const struct http_request *r, json_t *item, int64_t at)
{
	struct buf date = BUF_INIT;
	struct err e = ERR_INIT;

	date_words(&date, r->http->role->site.conf.store_templates, http_language(r), at, &e);
	json_put(item, "date_words", date.data);
	buf_release(&date);
}

/* What the list says of one, as JSON has it; `page` adds what only the page needs. */
static json_t *
item_of(const struct http_request *r, const struct archived *a, const struct topic_list *topics, bool page)
{
	const struct topic *topic = topic_in(topics, a->topic_id);
	json_t *item = json_object();
	struct buf url = BUF_INIT;

	archive_url(r, &url, a);
	page_put(item, "title", a->subject);
	json_put(item, "url", url.data);
	json_put_time(item, "date", a->at);
	if (topic)
		json_object_set_new(item, "topic", page_topic(r, topic, false));
	json_put_time(item, "valid_until", a->valid_until);
	json_put_bool(item, "over", archive_is_over(a));
	if (page)
		put_date(r, item, a->at);
	else if (topic)
		json_object_del(json_object_get(item, "topic"), "checked");
	buf_release(&url);
	return item;
}

/* "1767225600-1a2b3c4d": where the page before this one ended. */
static bool
read_place(struct archive_place *place, const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 15 || text[digits] != '-' || strlen(text + digits + 1) != ARCHIVE_ID ||
	    strspn(text + digits + 1, "0123456789abcdef") != ARCHIVE_ID)
		return false;
	place->at = strtoll(text, NULL, 10);
	return text_copy(place->id, sizeof(place->id), text + digits + 1) == 0;
}

/* The query's place, or NULL for the newest; false after having answered. */
static bool
place_of(struct http_request *r, struct archive_place *place, const struct archive_place **before)
{
	struct form query = FORM_INIT;
	struct err e = ERR_INIT;
	const char *text = NULL;
	bool good = form_query(&query, r->query, &e) == 0;

	if (good && (text = form_get(&query, "before")))
		good = read_place(place, text);
	*before = text ? place : NULL;
	form_release(&query);
	if (!good)
		page_error(r, MHD_HTTP_BAD_REQUEST, "query", e.text);
	return good;
}

static void
answer_list(struct http_request *r, json_t *context)
{
	struct buf page = BUF_INIT;
	struct err e = ERR_INIT;

	if (r->json) {
		json_write(&page, context, 0);
		archive_send(r, "application/json", NULL, &page);
	} else if (template_file(&page, r->http->role->site.conf.store_templates, "web/archive.html.mustache", context, &e) == 0) {
		archive_send(r, "text/html; charset=utf-8", NULL, &page);
	} else {
		page_trouble(r, &e);
	}
	buf_release(&page);
	json_decref(context);
}

void
archive_list_get(struct http_request *r)
{
	struct archived found[ARCHIVE_LIST + 1];
	const struct archive_place *before;
	const struct topic_list *topics;
	struct archive_place place;
	struct err e = ERR_INIT;
	json_t *context, *items;
	int n, i;

	if (!archive_is_open(r) || !place_of(r, &place, &before) || !(topics = http_topics(r)))
		return;
	n = archive_list(r->http->role->site.db, before, found, ARCHIVE_LIST + 1, &e);
	if (n == -1) {
		page_trouble(r, &e);
		return;
	}
	context = r->json ? json_object() : page_context(r);
	items = json_array();
	for (i = 0; i < n && i < ARCHIVE_LIST; i++)
		json_array_append_new(items, item_of(r, &found[i], topics, !r->json));
	json_object_set_new(context, "items", items);
	if (before && !r->json)
		json_put_bool(context, "older_page", 1);
	if (n > ARCHIVE_LIST) {
		const struct archived *last = &found[ARCHIVE_LIST - 1];
		const char *url = r->json ? r->http->role->site.conf.site_url : r->http->base;

		json_object_set_new(context, "older",
		    json_sprintf("%s/archive?before=%lld-%.*s", url, (long long)last->at, ARCHIVE_ID, last->uuid));
	}
	answer_list(r, context);
}

/* A page whose address is not quite what it is now: its subject's words were cut off or mistyped. */
static void
redirect(struct http_request *r, const char *path)
{
	struct buf url = BUF_INIT, empty = BUF_INIT;

	buf_addf(&url, "%s%s%s%s", r->http->role->site.conf.site_url, path, r->query[0] ? "?" : "", r->query);
	page_bytes(r, MHD_HTTP_MOVED_PERMANENTLY, NULL, CACHE, &empty);
	if (r->response)
		MHD_add_response_header(r->response, MHD_HTTP_HEADER_LOCATION, url.data);
	buf_release(&url);
}

/* The page of the campaign that is kept, or the place for it: the one that nobody has asked for the longest. */
static struct archive_page *
page_place(struct archive_pages *all, int64_t id, int language)
{
	struct archive_page *oldest = &all->page[0];
	size_t i;

	for (i = 0; i < ARCHIVE_PAGES; i++) {
		struct archive_page *p = &all->page[i];

		if (p->id == id && p->language == language)
			return p;
		if (p->used < oldest->used)
			oldest = p;
	}
	return oldest;
}

static void
forget(struct archive_pages *all, struct archive_page *p)
{
	all->bytes -= p->bytes.len;
	buf_release(&p->bytes);
	p->id = 0;
	p->used = 0;
}

/* The page that nobody has asked for the longest; NULL when none is kept. */
static struct archive_page *
oldest_kept(struct archive_pages *all)
{
	struct archive_page *oldest = NULL;
	size_t i;

	for (i = 0; i < ARCHIVE_PAGES; i++)
		if (all->page[i].id && (!oldest || all->page[i].used < oldest->used))
			oldest = &all->page[i];
	return oldest;
}

/* Keep it, in place of the oldest as far as there is need. */
static void
keep(struct archive_pages *all, const struct archive_page *page)
{
	struct archive_page *p = page_place(all, page->id, page->language), *oldest;

	forget(all, p);
	if (page->bytes.len > ARCHIVE_PAGE)
		return;
	while (all->bytes + page->bytes.len > ARCHIVE_BYTES && (oldest = oldest_kept(all)))
		forget(all, oldest);
	*p = *page;
	buf_init(&p->bytes);
	buf_add(&p->bytes, page->bytes.data, page->bytes.len);
	all->bytes += p->bytes.len;
}

static void
answer_page(struct http_request *r, const struct archived *a)
{
	struct archive_pages *all = r->http->archive;
	struct archive_page *kept = page_place(all, a->id, r->language);
	struct archive_page page = { .id = a->id, .language = r->language, .over = archive_is_over(a), .bytes = BUF_INIT };
	struct err e = ERR_INIT;

	page.used = ++all->clock;
	if (kept->id == page.id && kept->language == page.language && kept->over == page.over) {
		kept->used = page.used;
		memcpy(page.csp, kept->csp, sizeof(page.csp));
		buf_add(&page.bytes, kept->bytes.data, kept->bytes.len);
	} else if (archive_render(r, a, ARCHIVE_PUBLIC, &page.bytes, page.csp, &e) == 0) {
		keep(all, &page);
	} else {
		page_trouble(r, &e);
		buf_release(&page.bytes);
		return;
	}
	archive_send(r, "text/html; charset=utf-8", page.csp, &page.bytes);
	buf_release(&page.bytes);
}

void
archive_show(struct http_request *r, const struct archived *a, enum archive_audience audience)
{
	struct buf page = BUF_INIT;
	char csp[ARCHIVE_CSP];
	struct err e = ERR_INIT;

	if (archive_render(r, a, audience, &page, csp, &e) == 0) {
		r->csp = csp;
		page_html(r, MHD_HTTP_OK, &page);
		r->csp = NULL;
	} else {
		page_trouble(r, &e);
	}
	buf_release(&page);
}

/* What is looked up, in "slug-1a2b3c4d" or "1a2b3c4d"; NULL when there is none. */
static const char *
id_of(const char *token)
{
	const char *hyphen = strrchr(token, '-'), *id = hyphen ? hyphen + 1 : token;

	return strlen(id) == ARCHIVE_ID && strspn(id, "0123456789abcdef") == ARCHIVE_ID ? id : NULL;
}

void
archive_get(struct http_request *r)
{
	const char *id = id_of(r->token);
	char path[ARCHIVE_PATH];
	struct err e = ERR_INIT;
	struct archived a;
	int rc = 0;

	if (!archive_is_open(r))
		return;
	if (id)
		rc = archive_find(r->http->role->site.db, id, &a, &e);
	if (rc == -1)
		page_trouble(r, &e);
	else if (rc == 0)
		page_error(r, MHD_HTTP_NOT_FOUND, "not-found", NULL);
	else if (strcmp(strrchr(archive_path(path, a.subject, a.uuid), '/') + 1, r->token) != 0)
		redirect(r, path);
	else
		answer_page(r, &a);
}
