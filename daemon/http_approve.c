/*
 * http_approve.c - the link by which somebody decides whether a mailing goes (`newsletter send --approve`): GET shows it, POST decides.
 *
 * What the link is worth is decided inside the transaction that acts, on the campaign as it is then: two presses at once start one
 * campaign once, and whoever decided first, here or on the command line, has decided. Until the campaign starts it can be stopped here.
 */
#include "http.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "content/date_words.h"
#include "http_archive.h"
#include "store/approval.h"
#include "store/audit.h"
#include "store/campaign.h"
#include "store/subscription.h"

#define WHO "approval link"
/* As all pages, and the draft in a frame. */
#define POLICY \
	"default-src 'none'; style-src 'self'; img-src https: 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

/* How it stands, by the words approve.NAME. */
enum draft_state {
	DRAFT_OPEN, /* may be decided */
	DRAFT_SCHEDULED,
	DRAFT_SENDING,
	DRAFT_DONE,
	DRAFT_WAITS, /* stopped by a rule or by staff after it was approved; or restored from a backup, which closes what was open */
	DRAFT_CANCELLED,
	DRAFT_EXPIRED, /* nobody decided in time */
	DRAFT_OVER,    /* its offer ends before it could start */
};
static const char *const names[] = { "open", "scheduled", "sending", "done", "waits", "cancelled", "expired", "over" };

struct draft {
	struct approval approval;
	struct campaign campaign;
	enum draft_state state;
	int64_t recipients;
};

/* When it would start if it were approved now: there is time to think better of it. */
static int64_t
start_of(const struct http_request *r, const struct campaign *c)
{
	int64_t first = clock_now() + r->http->role->site.conf.campaign_cancel_window;

	return c->state == CAMPAIGN_HELD && c->start_at < first ? first : c->start_at;
}

static enum draft_state
judge_held(const struct http_request *r, const struct approval *a, const struct campaign *c)
{
	if (a->decision != APPROVAL_OPEN)
		return DRAFT_WAITS;
	if (clock_now() >= a->expires_at)
		return DRAFT_EXPIRED;
	return c->valid_until && start_of(r, c) >= c->valid_until ? DRAFT_OVER : DRAFT_OPEN;
}

static enum draft_state
judge(const struct http_request *r, const struct approval *a, const struct campaign *c)
{
	switch (c->state) {
	case CAMPAIGN_HELD:
		return judge_held(r, a, c);
	case CAMPAIGN_SCHEDULED:
		return DRAFT_SCHEDULED;
	case CAMPAIGN_SENDING:
		return DRAFT_SENDING;
	case CAMPAIGN_DONE:
		return DRAFT_DONE;
	case CAMPAIGN_CANCELLED:
		if (a->decision == APPROVAL_EXPIRED)
			return DRAFT_EXPIRED;
		return c->valid_until && c->finished_at > c->valid_until ? DRAFT_OVER : DRAFT_CANCELLED;
	default:
		return DRAFT_WAITS;
	}
}

/* 1 and *d; 0 when there is no such link; -1. */
static int
draft_find(struct http_request *r, const uint8_t hash[TOKEN_HASH], struct draft *d, struct err *e)
{
	struct db *db = r->http->role->site.db;
	int rc = approval_find(db, hash, &d->approval, e);

	if (rc == 1)
		rc = campaign_get(db, d->approval.campaign_id, &d->campaign, e);
	if (rc != 1)
		return rc;
	d->state = judge(r, &d->approval, &d->campaign);
	d->recipients = d->campaign.planned; /* since it started; of a segment since it was asked for: to count anew takes long */
	if (!d->campaign.started_at && !d->campaign.segment[0] && subscription_audience(db, d->campaign.topic_id, &d->recipients, e) == -1)
		return -1;
	return 1;
}

/* The same for the link in the path; false after having answered. */
static bool
draft_read(struct http_request *r, struct draft *d)
{
	uint8_t hash[TOKEN_HASH];
	struct err e = ERR_INIT;
	int rc = token_hash(hash, r->token) ? draft_find(r, hash, d, &e) : 0;

	if (rc == -1)
		page_trouble(r, &e);
	else if (rc == 0)
		page_link_expired(r, MHD_HTTP_NOT_FOUND, NULL);
	return rc == 1;
}

static void
put_moment(const struct http_request *r, json_t *context, const char *key, int64_t at)
{
	struct buf words = BUF_INIT;
	struct err e = ERR_INIT;

	if (at && moment_words(&words, r->http->role->site.conf.store_templates, http_language(r), at, &e) == 0)
		json_put(context, key, words.data);
	buf_release(&words);
}

static void
put_words(const struct http_request *r, json_t *context, const char *key, enum draft_state state, const char *suffix)
{
	struct buf words = BUF_INIT, name = BUF_INIT;

	buf_addf(&name, "approve.%s%s", names[state], suffix);
	page_words(r, &words, name.data, context);
	json_put(context, key, words.data);
	buf_release(&name);
	buf_release(&words);
}

/* The text part, in the site's language as in the mail that asked. */
static int
put_text(struct http_request *r, json_t *context, const struct draft *d, struct err *e)
{
	const struct archive_view view = { .audience = ARCHIVE_DRAFT };
	struct buf text = BUF_INIT, html = BUF_INIT;
	int language = r->language, rc;
	struct archived a;

	archive_of(&a, &d->campaign);
	r->language = r->http->language;
	rc = archive_bodies(r, &a, &view, &text, &html, e);
	r->language = language;
	if (rc == 0)
		json_put(context, "text", text.data);
	buf_release(&text);
	buf_release(&html);
	return rc;
}

/* The languages that it goes out in, where there are several, each with the address of the draft. */
static int
put_languages(const struct http_request *r, json_t *context, int64_t id, struct err *e)
{
	json_t *menu = http_language_menu(r), *item, *list = json_array();
	char has[WORDS_LANGUAGES][16];
	int i, n = campaign_languages(r->http->role->site.db, id, has, WORDS_LANGUAGES, e);
	size_t at;

	json_array_foreach(menu, at, item)
		for (i = 0; i < n; i++)
			if (strcmp(has[i], json_string_value(json_object_get(item, "code"))) == 0)
				json_array_append(list, item);
	json_put_bool(context, "drafts_offered", json_array_size(list) > 1);
	json_object_set(context, "drafts", list);
	json_decref(menu);
	json_decref(list);
	return n == -1 ? -1 : 0;
}

static void
put_facts(struct http_request *r, json_t *context, const struct draft *d, const struct topic *topic)
{
	json_t *words = topic ? page_topic(r, topic, false) : NULL;

	page_put(context, "subject", d->campaign.subject);
	json_put(context, "topic", words ? json_string_value(json_object_get(words, "title")) : "?");
	site_put_number(context, "recipients", &r->http->role->site.conf, http_language(r), d->recipients, 0);
	json_put_bool(context, "one", d->recipients == 1);
	json_decref(words);
}

/* The same for a program; the words for what happened are its message. */
static void
answer_json(struct http_request *r, unsigned status, const struct draft *d, json_t *context)
{
	const char *title = json_string_value(json_object_get(context, "heading"));
	const char *lead = json_string_value(json_object_get(context, "lead"));
	json_t *value;

	if (status != MHD_HTTP_OK) {
		page_problem(r, status, &(struct problem){ .name = "approval-decided", .title = title, .detail = lead });
		return;
	}
	value = json_object();
	json_put(value, "status", "ok");
	json_put(value, "state", names[d->state]);
	json_put(value, "message", lead);
	json_object_set(value, "subject", json_object_get(context, "subject"));
	json_object_set(value, "topic", json_object_get(context, "topic"));
	json_put_int(value, "recipients", d->recipients);
	json_put_time(value, "start_at", start_of(r, &d->campaign));
	json_put_time(value, "valid_until", d->campaign.valid_until);
	json_put_time(value, "decide_until", d->approval.expires_at);
	if (json_object_get(context, "text"))
		json_object_set(value, "text", json_object_get(context, "text"));
	page_json(r, status, "application/json", value);
}

static void
show(struct http_request *r, unsigned status, const struct draft *d)
{
	const struct topic_list *topics = http_topics(r);
	struct err e = ERR_INIT;
	bool open = d->state == DRAFT_OPEN;
	json_t *context;

	if (!topics)
		return;
	context = page_context(r);
	put_facts(r, context, d, topic_in(topics, d->campaign.topic_id));
	if (!open || d->campaign.start_at > clock_now() + r->http->role->site.conf.campaign_cancel_window)
		put_moment(r, context, "starts", start_of(r, &d->campaign));
	put_moment(r, context, "valid_until", d->campaign.valid_until);
	put_moment(r, context, "expires", d->approval.expires_at);
	json_object_set_new(context, "action", json_sprintf("%s/approve/%s", r->http->base, r->token));
	json_object_set_new(context, "draft", json_sprintf("%s/draft/%s", r->http->base, r->token));
	json_put_bool(context, "articles", strcmp(d->campaign.kind, "articles") == 0);
	json_put_bool(context, "stoppable", d->state == DRAFT_SCHEDULED);
	put_words(r, context, "heading", d->state, "");
	put_words(r, context, "lead", d->state, ".lead");
	if (open && (put_text(r, context, d, &e) == -1 || put_languages(r, context, d->campaign.id, &e) == -1)) {
		page_trouble(r, &e);
	} else if (r->json) {
		answer_json(r, status, d, context);
	} else {
		r->csp = open ? POLICY : NULL;
		page_answer(r, status, open ? "web/approve.html.mustache" : "web/approve-state.html.mustache", json_incref(context));
		r->csp = NULL;
	}
	json_decref(context);
}

void
approve_get(struct http_request *r)
{
	struct draft d;

	if (draft_read(r, &d))
		show(r, d.state == DRAFT_EXPIRED ? MHD_HTTP_GONE : MHD_HTTP_OK, &d);
}

/* The mail itself, for the frame of that page and for "read in the browser" in the mail that asked. */
void
draft_get(struct http_request *r)
{
	struct form query = FORM_INIT;
	struct err e = ERR_INIT;
	struct archived a;
	struct draft d;

	if (!draft_read(r, &d))
		return;
	if (d.state == DRAFT_EXPIRED) {
		page_link_expired(r, MHD_HTTP_GONE, NULL);
		return;
	}
	r->language = r->http->language; /* a mail is in the reader's, not in the browser's */
	if (form_query(&query, r->query, &e) == 0)
		http_language_choose(r, form_get(&query, "lang"));
	form_release(&query);
	archive_of(&a, &d.campaign);
	archive_show(r, &a, ARCHIVE_DRAFT);
}

static int
audit(struct http_request *r, const char *command, int64_t id, struct err *e)
{
	char detail[48];

	snprintf(detail, sizeof(detail), "campaign %lld", (long long)id);
	return audit_add(r->http->role->site.db, WHO, command, detail, e);
}

static int
approve(struct http_request *r, const struct draft *d, struct err *e)
{
	struct db *db = r->http->role->site.db;
	int64_t id = d->campaign.id;

	r->outcome = d->state <= DRAFT_DONE ? OUTCOME_DONE : OUTCOME_USED;
	if (d->state != DRAFT_OPEN)
		return 0;
	if (campaign_not_before(db, id, start_of(r, &d->campaign), e) == -1 || campaign_resume(db, id, e) == -1)
		return -1;
	return audit(r, "campaign resume", id, e);
}

static int
reject(struct http_request *r, const struct draft *d, struct err *e)
{
	bool may = d->state == DRAFT_OPEN || d->state == DRAFT_SCHEDULED;
	int64_t id = d->campaign.id;

	r->outcome = may || d->state >= DRAFT_CANCELLED ? OUTCOME_DONE : OUTCOME_USED;
	if (!may)
		return 0;
	if (campaign_cancel(r->http->role->site.db, id, d->state == DRAFT_OPEN ? "not approved" : "stopped by whoever approved it",
		e) == -1)
		return -1;
	return audit(r, "campaign cancel", id, e);
}

static int
write_decision(struct http_request *r, struct err *e)
{
	struct draft d;
	int found = draft_find(r, r->u.approve.hash, &d, e);

	if (found == -1)
		return -1;
	r->outcome = OUTCOME_UNKNOWN;
	if (!found)
		return 0;
	return r->u.approve.yes ? approve(r, &d, e) : reject(r, &d, e);
}

/* How it stands now, which is what was asked for unless somebody else came first. */
static void
answer_decision(struct http_request *r)
{
	struct draft d;

	if (!draft_read(r, &d))
		return;
	if (r->outcome == OUTCOME_DONE)
		show(r, MHD_HTTP_OK, &d);
	else
		show(r, d.state == DRAFT_EXPIRED ? MHD_HTTP_GONE : MHD_HTTP_CONFLICT, &d);
}

void
approve_post(struct http_request *r)
{
	struct form f = FORM_INIT;
	const char *action;

	if (!token_hash(r->u.approve.hash, r->token)) {
		page_link_expired(r, MHD_HTTP_NOT_FOUND, NULL);
		return;
	}
	if (http_form(r, &f) == 0) {
		action = form_get(&f, "action");
		r->u.approve.yes = action && strcmp(action, "approve") == 0;
		if (!r->u.approve.yes && (!action || strcmp(action, "reject") != 0))
			page_error(r, MHD_HTTP_BAD_REQUEST, "form", "its action is neither approve nor reject");
		else
			http_queue_add(r, WORK_APPROVE, write_decision, answer_decision);
	}
	form_release(&f);
}
