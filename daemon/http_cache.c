/* http_cache.c - see http_cache.h. */
#include "http_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "content/template.h"
#include "http.h"

#define KEEP_US 1000000
#define CUTS 64 /* slots in a page, the same one counted again */

struct http_cached {
	struct buf key;
	struct buf text; /* without its marks */
	size_t cuts;
	struct {
		size_t at; /* where in text the value goes */
		int slot;
	} cut[CUTS];
	int64_t until_us; /* 0: never used */
};

struct http_cache {
	struct http_cached page[HTTP_CACHE_PAGES];
	struct buf key; /* of the one that is looked for */
};

struct http_cache *
http_cache_new(void)
{
	struct http_cache *c = xcalloc(1, sizeof(*c));
	size_t i;

	for (i = 0; i < HTTP_CACHE_PAGES; i++) {
		buf_init(&c->page[i].key);
		buf_init(&c->page[i].text);
	}
	buf_init(&c->key);
	return c;
}

void
http_cache_free(struct http_cache *c)
{
	size_t i;

	for (i = 0; i < HTTP_CACHE_PAGES; i++) {
		buf_release(&c->page[i].key);
		buf_release(&c->page[i].text);
	}
	buf_release(&c->key);
	free(c);
}

/* A name has no NUL and a variant stands last: no two pages have one key. */
static void
make_key(struct http_request *r, const char *name, const char *variant)
{
	struct buf *key = &r->http->cache->key;
	const int64_t numbers[] = { r->language, r->get, r->http->topics_changes };

	buf_reset(key);
	buf_add(key, numbers, sizeof(numbers));
	buf_add(key, name, strlen(name) + 1);
	buf_addstr(key, variant);
}

const struct http_cached *
http_cache_find(struct http_request *r, const char *name, const char *variant)
{
	struct http_cache *c = r->http->cache;
	int64_t now = clock_mono_us();
	size_t i;

	make_key(r, name, variant);
	for (i = 0; i < HTTP_CACHE_PAGES; i++)
		if (now < c->page[i].until_us && c->page[i].key.len == c->key.len &&
		    memcmp(c->page[i].key.data, c->key.data, c->key.len) == 0)
			return &c->page[i];
	return NULL;
}

static struct http_cached *
oldest(struct http_cache *c)
{
	struct http_cached *page = &c->page[0];
	size_t i;

	for (i = 1; i < HTTP_CACHE_PAGES; i++)
		if (c->page[i].until_us < page->until_us)
			page = &c->page[i];
	return page;
}

/* Take the marks out, and remember where they stood. One that is none of ours, or one too many, stays what it is: a control character. */
static void
cut(struct http_cached *page, const struct buf *bytes)
{
	const char *p = bytes->data, *end = p + bytes->len, *mark;

	page->cuts = 0;
	buf_reset(&page->text);
	while ((mark = memchr(p, SLOT_START, (size_t)(end - p)))) {
		buf_add(&page->text, p, (size_t)(mark - p));
		p = mark;
		if (end - mark >= 3 && mark[1] >= '0' && mark[1] <= '9' && mark[2] == SLOT_END && page->cuts < CUTS) {
			page->cut[page->cuts].at = page->text.len;
			page->cut[page->cuts++].slot = mark[1] - '0';
			p += 3;
		} else {
			buf_addch(&page->text, *p++);
		}
	}
	buf_add(&page->text, p, (size_t)(end - p));
}

const struct http_cached *
http_cache_keep(struct http_request *r, const char *name, const char *variant, struct buf *bytes)
{
	struct http_cache *c = r->http->cache;
	struct http_cached *page = oldest(c);

	make_key(r, name, variant);
	buf_reset(&page->key);
	buf_add(&page->key, c->key.data, c->key.len);
	cut(page, bytes);
	buf_reset(bytes);
	page->until_us = clock_mono_us() + KEEP_US;
	return page;
}

const struct http_cached *
http_cache_render(struct http_request *r, const char *name, const char *variant, json_t *context)
{
	const struct http_cached *page = NULL;
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;

	if (template_file(&bytes, r->http->role->site.conf.store_templates, name, context, &e) == 0)
		page = http_cache_keep(r, name, variant, &bytes);
	else
		page_broken(r, &e);
	buf_release(&bytes);
	json_decref(context);
	return page;
}

void
http_cache_merge(struct buf *out, const struct http_cached *page, const char *const *values)
{
	const char *value;
	size_t i, at = 0;

	buf_reserve(out, page->text.len + 512);
	for (i = 0; i < page->cuts; i++) {
		buf_add(out, page->text.data + at, page->cut[i].at - at);
		at = page->cut[i].at;
		value = values ? values[page->cut[i].slot] : NULL;
		if (value)
			text_escape_html(out, value, strlen(value));
	}
	buf_add(out, page->text.data + at, page->text.len - at);
}

void
http_cache_answer(struct http_request *r, unsigned status, const struct http_cached *page, const char *const *values)
{
	struct buf bytes = BUF_INIT;

	http_cache_merge(&bytes, page, values);
	page_html(r, status, &bytes);
	buf_release(&bytes);
}
