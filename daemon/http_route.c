/*
 * http_route.c - every page of the http role, in one table.
 *
 * Paths are plain ASCII and compared as they came: nothing of ours needs a
 * percent sign, so nothing is decoded and nothing can be written in two ways.
 * The Host header is never read: links are made from [site] url.
 */
#include "http.h"

#include <string.h>

static const struct http_route routes[] = {
	{ "/", false, false, signup_get, NULL },
	{ "/subscribe", false, false, NULL, signup_post },
	{ "/confirm/", true, false, confirm_get, confirm_post },
	{ "/u/", true, true, unsubscribe_get, unsubscribe_post },
	{ "/preferences/", true, false, preferences_get, preferences_post },
	{ "/embed.js", false, false, embed_script_get, NULL },
	{ "/problems/", true, false, problem_get, NULL },
	{ "/manage", false, false, manage_get, manage_post },
	{ "/my-data/", true, false, mydata_get, mydata_post },
	{ "/archive", false, false, archive_list_get, NULL },
	{ "/archive/feed.xml", false, false, archive_feed_get, NULL },
	{ "/archive/", true, false, archive_get, NULL },
	{ "/view/", true, false, view_get, NULL },
	{ "/approve/", true, false, approve_get, approve_post },
	{ "/draft/", true, false, draft_get, NULL },
	{ "/style.css", false, false, style_get, NULL },
	{ "/robots.txt", false, false, robots_get, NULL },
	{ "/favicon.ico", false, false, favicon_get, NULL },
};

/* What stands behind a path that ends in '/': one token of the alphabets that tokens, links and slugs are written in. */
static bool
is_token(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return n && n <= HTTP_TOKEN && !s[n];
}

/* The path below [site] url. A reverse proxy may pass that prefix on or strip it: both are understood. */
static const char *
below_base(const struct http *h, const char *path)
{
	size_t n = strlen(h->base);

	if (n && strncmp(path, h->base, n) == 0) {
		if (path[n] == '/')
			return path + n;
		if (!path[n])
			return "/";
	}
	return path;
}

const struct http_route *
http_route_find(const struct http *h, struct http_request *r)
{
	const char *path = below_base(h, r->uri);
	const struct http_route *route;
	size_t i, n;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		route = &routes[i];
		n = strlen(route->path);
		if (route->token && strncmp(path, route->path, n) == 0 && is_token(path + n)) {
			r->token = path + n;
			return route;
		}
		if (!route->token && strcmp(path, route->path) == 0)
			return route;
	}
	return NULL;
}

static const char *
allowed(const struct http_route *route)
{
	if (!route || (route->get && route->post))
		return "GET, HEAD, POST, OPTIONS";
	return route->get ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
}

/* 204 for OPTIONS, 405 for what the page cannot do; both say what it can. */
static void
answer_allow(struct http_request *r, bool asked)
{
	const struct http_route *route = r->route;
	struct buf empty = BUF_INIT;

	if (asked)
		page_bytes(r, MHD_HTTP_NO_CONTENT, NULL, "no-store", &empty);
	else
		page_error(r, MHD_HTTP_METHOD_NOT_ALLOWED, "method", NULL);
	if (!r->response)
		return;
	MHD_add_response_header(r->response, MHD_HTTP_HEADER_ALLOW, allowed(route));
	if (asked)
		http_cors_preflight(r);
}

static void
refuse(struct http_request *r)
{
	if (r->refused == MHD_HTTP_CONTENT_TOO_LARGE)
		page_error(r, r->refused, "too-large", NULL);
	else
		page_busy(r);
}

void
http_dispatch(struct http_request *r, const char *method)
{
	bool get = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
	bool options = strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0;

	r->get = get;
	if (!r->uri[0])
		page_error(r, MHD_HTTP_URI_TOO_LONG, "uri-too-long", NULL);
	else if (options && (r->route || strcmp(r->uri, "*") == 0))
		answer_allow(r, true);
	else if (!r->route)
		page_error(r, MHD_HTTP_NOT_FOUND, "not-found", NULL);
	else if (get && r->route->get)
		r->route->get(r);
	else if (strcmp(method, MHD_HTTP_METHOD_POST) != 0 || !r->route->post)
		answer_allow(r, false);
	else if (r->refused)
		refuse(r);
	else
		r->route->post(r);
}
