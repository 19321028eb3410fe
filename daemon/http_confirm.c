/*
 * http_confirm.c - the link of the confirmation mail: GET shows a button, POST subscribes.
 *
 * What the token is worth is decided inside the transaction that uses it, so
 * that two presses of the button at once subscribe once.
 */
#include "http.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "store/consent.h"
#include "store/counter.h"
#include "store/onetime.h"
#include "store/subscription.h"
#include "store/welcome.h"

#define PAGE "web/confirm.html.mustache"
#define PURPOSE "confirm"
#define PREFERENCES_TIME 2592000 /* 30 days */

static enum http_outcome
judge(const struct onetime *t, int found)
{
	if (!found)
		return OUTCOME_UNKNOWN;
	if (t->used_at)
		return OUTCOME_USED;
	return clock_now() >= t->expires_at ? OUTCOME_EXPIRED : OUTCOME_DONE;
}

/* Every answer but the good one. */
static void
answer_other(struct http_request *r, enum http_outcome outcome)
{
	json_t *context;

	if (outcome == OUTCOME_UNKNOWN) {
		page_link_expired(r, MHD_HTTP_NOT_FOUND, NULL);
	} else if (outcome == OUTCOME_EXPIRED) {
		page_link_expired(r, MHD_HTTP_GONE, "confirm");
	} else {
		context = page_context(r);
		json_object_set_new(context, "signup_url", json_sprintf("%s/", r->http->base));
		page_ok(r, "web/already-confirmed.html.mustache", context, "already-confirmed.message");
	}
}

void
confirm_get(struct http_request *r)
{
	const struct http_cached *page;
	const struct topic_list *all = http_topics(r);
	uint8_t hash[TOKEN_HASH];
	int64_t ids[TOPICS_MAX];
	struct err e = ERR_INIT;
	enum http_outcome outcome;
	struct onetime t;
	json_t *context;
	int found = 0;

	if (!all)
		return;
	if (token_hash(hash, r->token) && (found = onetime_find(r->http->role->site.db, hash, PURPOSE, &t, &e)) == -1) {
		page_trouble(r, &e);
		return;
	}
	outcome = judge(&t, found);
	if (outcome != OUTCOME_DONE) {
		answer_other(r, outcome);
		return;
	}
	page = http_cache_find(r, PAGE, t.topics);
	if (!page) {
		context = page_context(r);
		json_object_set_new(context, "action", json_sprintf("%s/confirm/" HTTP_SLOT(0), r->http->base));
		json_object_set_new(context, "topics", page_topics(r, all, ids, signup_topics_read(t.topics, ids, TOPICS_MAX)));
		page = http_cache_render(r, PAGE, t.topics, context);
	}
	if (page)
		http_cache_answer(r, MHD_HTTP_OK, page, &r->token);
}

/*
 * 1 when it is active now, 0 when it was before, -1. The evidence names the wordings that were agreed to: those of the form and of the
 * mail that this confirmation answers.
 */
static int
confirm_topic(struct http_request *r, int64_t subscriber_id, int64_t topic_id, struct err *e)
{
	struct evidence evidence = { .source = "web", .ip = r->ip };
	struct db *db = r->http->role->site.db;
	struct consent_asked asked;

	if (consent_requested(db, subscriber_id, topic_id, &asked, e) == -1)
		return -1;
	evidence.form_hash = asked.has_form ? asked.form_hash : NULL;
	evidence.mail_hash = asked.has_mail ? asked.mail_hash : NULL;
	return subscription_confirm(db, subscriber_id, topic_id, &evidence, e);
}

static int
write_confirm(struct http_request *r, struct err *e)
{
	struct db *db = r->http->role->site.db;
	struct http_confirm *c = &r->u.confirm;
	struct onetime t;
	int64_t fresh[TOPICS_MAX];
	int i, rc, n = 0, found = onetime_find(db, c->hash, PURPOSE, &t, e);

	if (found == -1)
		return -1;
	r->outcome = judge(&t, found);
	if (r->outcome != OUTCOME_DONE)
		return 0;
	c->subscriber_id = t.subscriber_id;
	c->count = signup_topics_read(t.topics, c->topics, TOPICS_MAX);
	for (i = 0; i < c->count; i++) {
		rc = confirm_topic(r, t.subscriber_id, c->topics[i], e);
		if (rc == -1)
			return -1;
		if (rc == 1)
			fresh[n++] = c->topics[i];
	}
	if (n && r->http->role->site.conf.mail_welcome && welcome_add(db, t.subscriber_id, fresh, n, e) == -1)
		return -1;
	if (n && counter_add(db, "confirmations", 1, e) == -1)
		return -1;
	return onetime_use(db, c->hash, e);
}

static void
answer_confirm(struct http_request *r)
{
	const struct http_confirm *c = &r->u.confirm;
	struct link l = { .purpose = LINK_PREFERENCES, .subscriber = c->subscriber_id, .expires = clock_now() + PREFERENCES_TIME };
	const struct topic_list *all;
	char text[LINK_TEXT];
	json_t *context;

	if (r->outcome != OUTCOME_DONE) {
		answer_other(r, r->outcome);
		return;
	}
	all = http_topics(r);
	if (!all)
		return;
	link_url(text, r->http->role->site.links, &l);
	context = page_context(r);
	json_object_set_new(context, "topics", page_topics(r, all, c->topics, c->count));
	json_object_set_new(context, "preferences_url", json_sprintf("%s/preferences/%s", r->http->base, text));
	page_ok(r, "web/confirmed.html.mustache", context, "confirmed.message");
}

void
confirm_post(struct http_request *r)
{
	if (token_hash(r->u.confirm.hash, r->token))
		http_queue_add(r, WORK_CONFIRM, write_confirm, answer_confirm);
	else
		answer_other(r, OUTCOME_UNKNOWN);
}
