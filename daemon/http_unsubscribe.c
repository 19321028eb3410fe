/*
 * http_unsubscribe.c - leaving: GET shows one button, POST leaves at once (RFC 8058).
 *
 * A POST needs the link alone. A provider's body is not parsed: it comes
 * as multipart/form-data or urlencoded, and the example in RFC 8058 8.3 is not
 * even well-formed (its boundary lines lack their first two hyphens). From our own pages
 * it may say everything=yes, or undo=… (http_undo.c); what cannot be read, leaves. The answer is
 * the same the second time, and when the person was erased long ago.
 */
#include "http.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "store/consent.h"
#include "store/subscription.h"

#define PAGE "web/unsubscribe.html.mustache"

/* Fill *l from the token; false after having answered. */
static bool
read_unsubscribe_link(struct http_request *r, struct link *l)
{
	if (link_read_url(l, r->http->role->site.links, r->token) == 0 && l->purpose == LINK_UNSUBSCRIBE)
		return true;
	page_link_expired(r, MHD_HTTP_NOT_FOUND, NULL);
	return false;
}

static void
put_topic(const struct http_request *r, json_t *context, const struct topic_list *all, int64_t id)
{
	const struct topic *t = topic_in(all, id);

	if (t)
		json_object_set_new(context, "topic", page_topic(r, t, false));
}

void
unsubscribe_get(struct http_request *r)
{
	const struct http_cached *page;
	const struct topic_list *all;
	char topic[24];
	json_t *context;
	struct link l;

	if (!read_unsubscribe_link(r, &l) || !(all = http_topics(r)))
		return;
	snprintf(topic, sizeof(topic), "%lld", (long long)l.topic);
	page = http_cache_find(r, PAGE, topic);
	if (!page) {
		context = page_context(r);
		put_topic(r, context, all, l.topic);
		json_object_set_new(context, "action", json_sprintf("%s/u/" HTTP_SLOT(0), r->http->base));
		page = http_cache_render(r, PAGE, topic, context);
	}
	if (page)
		http_cache_answer(r, MHD_HTTP_OK, page, &r->token);
}

static int
write_leave(struct http_request *r, struct err *e)
{
	const struct http_leave *leave = &r->u.leave;
	struct evidence evidence = { .source = leave->source, .ip = r->ip };

	return subscription_leave(r->http->role->site.db, leave->link.subscriber, leave->link.topic, leave->link.campaign, leave->source,
		   &evidence, e) == -1
	    ? -1
	    : 0;
}

/* No link to the preferences: this one works for ever, and must not open what has to expire. */
static void
answer_leave(struct http_request *r)
{
	const struct http_leave *leave = &r->u.leave;
	const struct topic_list *all = http_topics(r);
	char undo[UNDO_TOKEN + 1];
	json_t *context;

	if (!all)
		return;
	context = page_context(r);
	put_topic(r, context, all, leave->link.topic);
	json_object_set_new(context, "signup_url", json_sprintf("%s/", r->http->base));
	if (strcmp(leave->source, "page") == 0) { /* a program presses no button */
		undo_token(undo, r->http->role->site.links, r->token, !leave->link.topic, clock_now());
		json_object_set_new(context, "action", json_sprintf("%s/u/%s", r->http->base, r->token));
		json_put(context, "undo", undo);
		json_put_bool(context, "everything", !leave->link.topic);
	}
	page_ok(r, "web/unsubscribed.html.mustache", context, "unsubscribed.message");
}

/* What our own pages say beside the link. A body that cannot be read says nothing: whoever wrote it wants to leave. */
static void
read_body(struct http_request *r, struct form *f)
{
	const char *type = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
	struct err e = ERR_INIT;

	if (form_read(f, type, r->body.data, r->body.len, &e) == -1)
		form_release(f);
}

void
unsubscribe_post(struct http_request *r)
{
	struct http_leave *leave = &r->u.leave;
	struct form f = FORM_INIT;
	const char *everything, *undo = NULL;

	if (!read_unsubscribe_link(r, &leave->link))
		return;
	/* a provider says these words somewhere in its body, and only ever leaves */
	leave->source = memmem(r->body.data, r->body.len, "One-Click", 9) ? "one-click" : "page";
	if (strcmp(leave->source, "page") == 0) {
		read_body(r, &f);
		undo = form_get(&f, "undo");
		everything = form_get(&f, "everything");
		if (everything && strcmp(everything, "yes") == 0)
			leave->link.topic = 0;
	}
	if (undo)
		undo_post(r, undo, !leave->link.topic);
	else
		http_queue_add(r, WORK_UNSUBSCRIBE, write_leave, answer_leave);
	form_release(&f);
}
