/*
 * http_cache.h - pages that were rendered a moment ago.
 *
 * Most pages are the same for all visitors who speak one language, but for a few short values
 * (the form's token, the path that its button posts to). Such a page is
 * rendered once with marks (base/slot.h) in place of those, cut at them, and put together by memcpy
 * for each visitor. It is kept for a second, so that an edited template shows.
 * No value of a visitor is ever kept, and no page is shared over a cache of anybody else's.
 */
#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/slot.h"

struct http_cache;
struct http_cached;
struct http_request;

#define HTTP_CACHE_PAGES 64 /* kept at once; the oldest makes room */
#define HTTP_CACHE_SLOTS 10 /* values of one page */

/* What stands in the context for values[n], n a digit. */
#define HTTP_SLOT(n) SLOT_MARK(#n)

struct http_cache *http_cache_new(void);
void http_cache_free(struct http_cache *c);

/*
 * The page that was kept under this name, or NULL. It belongs to the cache, and is good until the next call of
 * any function here. `variant` is all that it depends on beside its name, the language, the topics and its slots.
 */
const struct http_cached *http_cache_find(struct http_request *r, const char *name, const char *variant);

/* Keep these bytes, whose HTTP_SLOTs are cut out. *bytes is emptied. */
const struct http_cached *http_cache_keep(struct http_request *r, const char *name, const char *variant, struct buf *bytes);

/* Render the template `name` and keep it; frees the context. NULL after having answered that the page cannot be shown. */
const struct http_cached *http_cache_render(struct http_request *r, const char *name, const char *variant, json_t *context);

/* Append the page with its values, escaped for HTML; values may be NULL where there is no slot. */
void http_cache_merge(struct buf *out, const struct http_cached *page, const char *const *values);

/* Answer with it, an HTML page that nobody stores. */
void http_cache_answer(struct http_request *r, unsigned status, const struct http_cached *page, const char *const *values);

#endif
