/* person.c - see person.h. */
#include "site/person.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "store/consent.h"
#include "store/history.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/topic.h"

static void
put_given(json_t *object, const char *key, const char *text)
{
	if (text[0])
		json_put(object, key, text);
}

static void
put_code(json_t *object, int code, const char *enhanced)
{
	if (code)
		json_put_int(object, "code", code);
	put_given(object, "enhanced", enhanced);
}

/* A new object at the end of the list, with its time. */
static json_t *
add(json_t *list, int64_t at)
{
	json_t *item = json_object();

	json_put_time(item, "at", at);
	json_array_append_new(list, item);
	return item;
}

static int
add_consent(void *ctx, const struct consent *c, struct err *e)
{
	json_t *item = add(ctx, c->at);

	(void)e;
	json_put(item, "topic", c->topic);
	json_put(item, "action", c->action);
	put_given(item, "source", c->source);
	put_given(item, "ip", c->ip);
	put_given(item, "form", c->form);
	put_given(item, "mail", c->mail);
	return 0;
}

static int
add_mailing(void *ctx, const struct history_mailing *m, struct err *e)
{
	json_t *item = add(ctx, m->at);

	(void)e;
	json_put(item, "subject", m->subject);
	json_put(item, "topic", m->topic);
	json_put(item, "state", delivery_state_name(m->state));
	put_code(item, m->code, m->enhanced);
	put_given(item, "reply", m->reply);
	return 0;
}

static int
add_mail(void *ctx, const struct history_mail *m, struct err *e)
{
	json_t *item = add(ctx, m->created_at);

	(void)e;
	json_put(item, "kind", m->kind);
	json_put(item, "state", m->state);
	put_given(item, "reply", m->reply);
	return 0;
}

static int
add_event(void *ctx, const struct history_event *v, struct err *e)
{
	json_t *item = add(ctx, v->at);

	(void)e;
	json_put(item, "kind", v->kind);
	put_given(item, "class", v->class);
	put_given(item, "rule", v->rule);
	put_given(item, "topic", v->topic);
	put_code(item, v->code, v->enhanced);
	put_given(item, "text", v->text);
	return 0;
}

static int
add_request(void *ctx, const struct history_request *r, struct err *e)
{
	json_t *item = add(ctx, r->received_at);

	(void)e;
	json_put(item, "kind", r->manage ? "manage" : "signup");
	put_given(item, "name", r->name);
	put_given(item, "ip", r->ip);
	return 0;
}

static int
put_topics(json_t *list, struct db *db, int64_t id, struct err *e)
{
	struct topic_list *all = xcalloc(1, sizeof(*all));
	struct subscription of[TOPICS_MAX];
	const struct topic *t;
	json_t *item;
	int i, count = subscription_of(db, id, of, TOPICS_MAX, e);

	if (count == -1 || topic_list(db, all, e) == -1) {
		free(all);
		return -1;
	}
	for (i = 0; i < count; i++) {
		item = json_object();
		t = topic_in(all, of[i].topic_id);
		json_put(item, "topic", t ? t->slug : "");
		json_put(item, "title", t ? t->title : "");
		json_put(item, "state", subscription_state_name(of[i].state));
		json_put_time(item, "since", of[i].since);
		json_array_append_new(list, item);
	}
	free(all);
	return 0;
}

static void
put_standing(json_t *data, const struct history_standing *s)
{
	json_t *item;

	if (s->bounce_score) {
		item = json_object();
		json_put_int(item, "points", s->bounce_score);
		json_put_time(item, "first", s->bounce_first_at);
		json_put_time(item, "last", s->bounce_last_at);
		json_object_set_new(data, "bounces", item);
	}
	if (s->suppressed[0]) {
		item = json_object();
		json_put(item, "reason", s->suppressed);
		json_put_time(item, "since", s->suppressed_at);
		json_object_set_new(data, "suppressed", item);
	}
}

static json_t *
list_in(json_t *object, const char *key)
{
	json_t *list = json_array();

	json_object_set_new(object, key, list);
	return list;
}

static int
fill(json_t *data, struct db *db, const struct subscriber *s, const struct history_standing *standing, struct err *e)
{
	json_t *mailings;
	int64_t count;

	json_put(data, "address", s->address);
	put_given(data, "name", s->name);
	put_given(data, "language", s->language);
	json_put_time(data, "since", s->created_at);
	put_standing(data, standing);
	if (put_topics(list_in(data, "topics"), db, s->id, e) == -1 ||
	    consent_each(db, s->id, add_consent, list_in(data, "consent"), e) == -1 || history_mailings_count(db, s->id, &count, e) == -1)
		return -1;
	mailings = json_object();
	json_object_set_new(data, "mailings", mailings);
	json_put_int(mailings, "count", count);
	if (history_mailings(db, s->id, PERSON_MAILINGS, add_mailing, list_in(mailings, "newest"), e) == -1 ||
	    history_mails(db, s->id, add_mail, list_in(data, "mails"), e) == -1 ||
	    history_events(db, s->id, add_event, list_in(data, "events"), e) == -1)
		return -1;
	return history_requests(db, s->id, add_request, list_in(data, "requests"), e);
}

json_t *
person_data(struct db *db, int64_t subscriber_id, struct err *e)
{
	json_t *data = json_object();
	struct history_standing standing;
	struct subscriber s;
	int rc = subscriber_get(db, subscriber_id, &s, e);

	if (rc == 1)
		rc = history_standing(db, subscriber_id, &standing, e);
	if (rc == 1)
		rc = fill(data, db, &s, &standing, e);
	else if (rc == 0)
		rc = err_set(e, ERR_NOT_FOUND, "there is no such subscriber");
	if (rc == -1) {
		json_decref(data);
		return NULL;
	}
	return data;
}
