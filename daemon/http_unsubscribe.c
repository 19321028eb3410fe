/*
 * http_unsubscribe.c - leaving: GET shows one button, POST leaves at once (RFC 8058).
 *
 * A POST needs the link alone. Its body is not parsed: mail providers send it
 * as multipart/form-data or urlencoded, and the example in RFC 8058 8.3 is not
 * even well-formed (its boundary lines lack their first two hyphens). The answer is
 * the same the second time, and when the person was erased long ago.
 */
#include "http.h"

#include <stdio.h>
#include <string.h>

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
put_topic(json_t *context, const struct topic_list *all, int64_t id)
{
	const struct topic *t = topic_in(all, id);

	if (t)
		json_object_set_new(context, "topic", page_topic(t, false));
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
		put_topic(context, all, l.topic);
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
	const struct topic_list *all = http_topics(r);
	json_t *context;

	if (!all)
		return;
	context = page_context(r);
	put_topic(context, all, r->u.leave.link.topic);
	json_object_set_new(context, "signup_url", json_sprintf("%s/", r->http->base));
	page_ok(r, "web/unsubscribed.html.mustache", context, "unsubscribed.message");
}

void
unsubscribe_post(struct http_request *r)
{
	struct http_leave *leave = &r->u.leave;

	if (!read_unsubscribe_link(r, &leave->link))
		return;
	/* only for the evidence: our own button sends nothing, a provider says these words somewhere in its body */
	leave->source = memmem(r->body.data, r->body.len, "One-Click", 9) ? "one-click" : "page";
	http_queue_add(r, WORK_UNSUBSCRIBE, write_leave, answer_leave);
}
