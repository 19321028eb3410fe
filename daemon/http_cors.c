/*
 * http_cors.c - what pages of other origins may have from us: to sign people up by script, and that script.
 *
 * The origins of [http] origins may read the answers of the signup's routes
 * (CORS, WHATWG Fetch 3.2). Nobody else's script may, and no other route ever says so: what
 * stands behind a token is for its reader alone. There are no cookies, so no
 * credentials are allowed either. It is the browser that keeps to this, not
 * the server: a request of any origin is answered like every other, since a
 * plain form on any page has always been able to post one.
 */
#include "http.h"

#include "base/err.h"
#include "base/log.h"
#include "base/origin.h"
#include "content/template.h"

#define PREFLIGHT_AGE "7200" /* s; Chromium keeps none longer */

static bool
is_shared(const struct http_request *r)
{
	return r->route && (r->route->get == signup_get || r->route->post == signup_post || r->route->get == embed_script_get);
}

void
http_cors_headers(struct http_request *r)
{
	const char *origin;

	MHD_add_response_header(r->response, "Cross-Origin-Resource-Policy",
	    r->route && r->route->get == embed_script_get ? "cross-origin" : "same-origin");
	if (!is_shared(r))
		return;
	MHD_add_response_header(r->response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ORIGIN);
	origin = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ORIGIN);
	if (origin && origin_listed(r->http->role->site.conf.http_origins, origin))
		MHD_add_response_header(r->response, "Access-Control-Allow-Origin", origin);
}

void
http_cors_preflight(struct http_request *r)
{
	const char *origin, *method;

	origin = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ORIGIN);
	method = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Access-Control-Request-Method");
	if (!method || !is_shared(r) || !origin || !origin_listed(r->http->role->site.conf.http_origins, origin))
		return;
	MHD_add_response_header(r->response, "Access-Control-Allow-Methods", r->route->post ? "POST" : "GET");
	MHD_add_response_header(r->response, "Access-Control-Allow-Headers", "content-type");
	MHD_add_response_header(r->response, "Access-Control-Max-Age", PREFLIGHT_AGE);
}

void
embed_script_get(struct http_request *r)
{
	json_t *context = json_object();
	struct buf script = BUF_INIT;
	struct err e = ERR_INIT;

	json_object_set(context, "site", r->http->site);
	if (template_file(&script, r->http->role->site.conf.store_templates, "web/embed.js.mustache", context, &e) == 0) {
		page_bytes(r, MHD_HTTP_OK, "text/javascript; charset=utf-8", "public, max-age=86400", &script);
	} else {
		log_event(LOG_LEVEL_ERROR, "template", "reason=%s", log_text(e.text));
		page_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "trouble", NULL);
	}
	json_decref(context);
	buf_release(&script);
}
