/*
 * http_problem.c - what is wrong, for programs: problem details (RFC 9457), and the pages that their types name.
 *
 * A type of its own has what a program may want to tell apart. What the
 * status says alone (404, 405, 413, 414, 415) is about:blank. The names are a promise: they
 * stand in newsletterd(8) and in other people's programs.
 */
#include "http.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"

static const struct {
	const char *name, *about;
} types[] = {
	{ "approval-decided", "It is too late for that: the mailing was decided about before; \"detail\" says how it stands. Nothing was changed." },
	{ "busy", "Too much is waiting to be written. Nothing was recorded; try again after the seconds of Retry-After." },
	{ "form", "The body cannot be read as the form or JSON object that its Content-Type says it is." },
	{ "form-out-of-date", "The form's token is too old, or the wording of consent has changed. Get the form anew (GET /), show it, send that." },
	{ "invalid-address", "The member \"email\" is no address that mail can be sent to; \"detail\" says why, in the visitor's language." },
	{ "invalid-name", "The member \"name\" cannot be a person's name: it is too long, holds control characters or a link." },
	{ "invalid-topic", "No topic was chosen, or one that there is not. GET / lists them." },
	{ "link-expired", "The link is too old, or it was not copied completely." },
	{ "not-confirmed", "Erasing has to be confirmed by the member \"confirm\"; nothing was erased." },
	{ "not-open", "The site has no topic to subscribe to yet." },
	{ "query", "What stands behind the question mark of the address is not well-formed." },
	{ "suggestion", "The address looks like a slip for the one in \"suggestion\". Ask. If it is right as typed, send it again, and once more as \"sure\"." },
	{ "trouble", "The fault is the newsletter's; its log says more. Nothing was recorded." },
	{ "unchanged", "The settings cannot be saved so; \"detail\" says why." },
	{ "unchanged-topic", "The settings name a topic that there is not." },
};

static const char *
about(const char *name)
{
	size_t i;

	for (i = 0; name && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].about;
	return NULL;
}

void
page_problem(struct http_request *r, unsigned status, const struct problem *p)
{
	json_t *value = json_object();

	if (about(p->name))
		json_object_set_new(value, "type", json_sprintf("%s/problems/%s", r->http->role->site.conf.site_url, p->name));
	else
		json_put(value, "type", "about:blank");
	json_put(value, "title", p->title);
	json_put_int(value, "status", status);
	json_put(value, "detail", p->detail);
	json_put(value, "field", p->field);
	json_put(value, "suggestion", p->suggestion);
	page_json(r, status, "application/problem+json", value);
}

/* A type's own page, for whoever writes the program. */
void
problem_get(struct http_request *r)
{
	const char *text = about(r->token);
	struct buf page = BUF_INIT;

	if (!text) {
		page_error(r, MHD_HTTP_NOT_FOUND, "not-found", NULL);
		return;
	}
	buf_addf(&page, "%s\n\n%s\nSee newsletterd(8), THE HTTP INTERFACE.\n", r->token, text);
	page_bytes(r, MHD_HTTP_OK, "text/plain; charset=utf-8", "public, max-age=86400", &page);
	buf_release(&page);
}
