/*
 * http_static.c - what is the same for everybody: style sheet, robots.txt, no icon.
 */
#include "http.h"

#include <string.h>

#include "base/encode.h"
#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "content/template.h"

#define STYLE "web/style.css.mustache"

static int
style(const struct http *h, struct buf *out, struct err *e)
{
	json_t *context = json_object();
	int rc;

	json_object_set(context, "site", h->site);
	rc = template_file(out, h->role->site.conf.store_templates, STYLE, context, e);
	json_decref(context);
	return rc;
}

/* The pages name the style sheet with this number, so that a browser fetches a changed one. */
int
style_init(struct http *h, struct err *e)
{
	uint8_t hash[SHA256_LEN];
	struct buf css = BUF_INIT;
	int rc = style(h, &css, e);

	sha256(hash, css.data, css.len);
	hex_encode(h->style_version, hash, 4);
	buf_release(&css);
	return rc;
}

void
style_get(struct http_request *r)
{
	const struct http_cached *kept = http_cache_find(r, STYLE, "");
	struct buf css = BUF_INIT;
	struct err e = ERR_INIT;

	if (!kept && style(r->http, &css, &e) == 0)
		kept = http_cache_keep(r, STYLE, "", &css);
	if (kept) {
		http_cache_merge(&css, kept, NULL);
		page_bytes(r, MHD_HTTP_OK, "text/css; charset=utf-8", "public, max-age=86400", &css);
	} else {
		page_broken(r, &e);
	}
	buf_release(&css);
}

void
robots_get(struct http_request *r)
{
	const char *base = r->http->base;
	struct buf text = BUF_INIT;

	buf_addf(&text,
	    "User-agent: *\nDisallow: %s/confirm/\nDisallow: %s/u/\nDisallow: %s/preferences/\nDisallow: %s/my-data/\nDisallow: %s/view/\n"
	    "Disallow: %s/approve/\nDisallow: %s/draft/\n",
	    base, base, base, base, base, base, base);
	page_bytes(r, MHD_HTTP_OK, "text/plain; charset=utf-8", "public, max-age=86400", &text);
	buf_release(&text);
}

/* There is none; said so once a day rather than as an error on each page. */
void
favicon_get(struct http_request *r)
{
	struct buf empty = BUF_INIT;

	page_bytes(r, MHD_HTTP_NO_CONTENT, NULL, "public, max-age=86400", &empty);
}
