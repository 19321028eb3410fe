/*
 * exchange_take.c - the part of exchange.h that writes: what an export says of a person, into a store that may know more.
 *
 * Each topic of a person is decided on its own: either the file's state holds, with its evidence, or the store's own is left as it is. The
 * two histories are never mixed, since a state rests on the last row of its evidence.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "site/exchange_private.h"
#include "store/db.h"

int
exchange_take_topic(struct exchange_reading *r, struct topic *t, struct err *e)
{
	struct topic_list *all = xcalloc(1, sizeof(*all));
	const struct topic *there;
	struct topic made;
	int rc = topic_list(r->db, all, e);

	there = rc == 0 ? topic_named(all, t->slug) : NULL;
	if (there) {
		t->id = there->id;
	} else if (rc == 0 && (rc = topic_create(r->db, t->slug, t->title, t->description, &made, e)) == 0) {
		t->id = made.id;
		r->report->topics++;
	}
	free(all);
	return rc;
}

int
exchange_take_wording(struct exchange_reading *r, struct err *e)
{
	return people_put_wording(r->db, r->wording.hash, r->wording.first_at, r->wording.text.data, e) == -1 ? -1 : 0;
}

/* The person's evidence for a topic (or for every one: SIZE_MAX), in its order; `all`: without looking whether it is there. */
static int
add_evidence(struct exchange_reading *r, int64_t id, size_t topic, bool all, struct err *e)
{
	const struct exchange_person *p = &r->person;
	const struct exchange_consent *c;
	struct people_consent row;
	size_t i;
	int rc;

	for (i = 0; i < p->consents; i++) {
		c = &p->consent[i];
		if (topic != SIZE_MAX && c->topic != topic)
			continue;
		row = (struct people_consent){ .subscriber_id = id, .topic_id = r->topics.item[c->topic].id, .at = c->at };
		row.action = c->action;
		row.ip = c->ip;
		row.source = c->source;
		row.form_hash = c->has_form ? c->form_hash : NULL;
		row.mail_hash = c->has_mail ? c->mail_hash : NULL;
		rc = people_evidence(r->db, &row, all, e);
		if (rc == -1)
			return -1;
		r->report->consents += rc;
	}
	return 0;
}

static const struct exchange_state *
state_for(const struct exchange_person *p, size_t topic)
{
	size_t i;

	for (i = 0; i < p->states; i++)
		if (p->state[i].topic == topic)
			return &p->state[i];
	return NULL;
}

/* Whether the person confirmed what the file has, at that time. */
static bool
confirmed(const struct exchange_person *p, const struct exchange_state *s)
{
	size_t i;

	for (i = 0; i < p->consents; i++)
		if (p->consent[i].topic == s->topic && p->consent[i].at == s->since && strcmp(p->consent[i].action, "confirmed") == 0)
			return true;
	return false;
}

/* Whether the file's state takes the place of the store's. */
static bool
prevails(const struct exchange_person *p, const struct exchange_state *file, const struct subscription *store)
{
	if (file->since < store->since || file->state == SUB_PENDING)
		return false;
	if (file->since == store->since)
		return file->state > SUB_ACTIVE && store->state <= SUB_ACTIVE;
	return file->state != SUB_ACTIVE || store->state == SUB_ACTIVE || confirmed(p, file);
}

enum taken {
	TAKEN_SAME,
	TAKEN_KEPT,
	TAKEN_CHANGED
};

/* One topic of somebody who is there. -1, or what became of it. */
static int
merge_topic(struct exchange_reading *r, int64_t id, size_t topic, struct err *e)
{
	const struct exchange_state *file = state_for(&r->person, topic);
	int64_t topic_id = r->topics.item[topic].id;
	struct subscription store;
	int64_t before = r->report->consents;
	int there = subscription_find(r->db, id, topic_id, &store, e), has = 0;

	if (there == -1)
		return -1;
	if (!file) { /* a request that lapsed, or nothing at all */
		has = there ? 1 : people_has_evidence(r->db, id, topic_id, e);
		if (has == -1 || (!has && add_evidence(r, id, topic, false, e) == -1))
			return -1;
		return r->report->consents > before ? TAKEN_CHANGED : TAKEN_SAME;
	}
	if (there && file->state == store.state && file->since == store.since)
		return TAKEN_SAME;
	if (there && !prevails(&r->person, file, &store))
		return TAKEN_KEPT;
	if (people_set_state(r->db, id, topic_id, file->state, file->since, e) == -1 || add_evidence(r, id, topic, false, e) == -1)
		return -1;
	return TAKEN_CHANGED;
}

/* The suppression that stands with a person. `id` 0: nobody of the list. */
static int
suppress(struct exchange_reading *r, int64_t id, struct err *e)
{
	struct people_suppressed *s = &r->person.one.suppressed;
	int rc;

	if (!s->is)
		return 0;
	if (id && suppression_liftable(s->reason)) {
		rc = people_came_back(r->db, id, s->since, e);
		if (rc)
			return rc == -1 ? -1 : 0;
	}
	suppression_hmac(r->db, r->person.one.who.key, s->hmac);
	rc = people_suppress(r->db, s, e);
	if (rc == 1)
		r->report->suppressions++;
	return rc;
}

static int
merge_person(struct exchange_reading *r, int64_t id, struct err *e)
{
	enum taken most = TAKEN_SAME;
	size_t t;
	int rc;

	for (t = 0; t < r->topics.count; t++) {
		rc = merge_topic(r, id, t, e);
		if (rc == -1)
			return -1;
		if ((enum taken)rc > most)
			most = (enum taken)rc;
	}
	rc = suppress(r, id, e);
	if (rc == -1)
		return -1;
	if (most == TAKEN_CHANGED || rc == 1)
		r->report->changed++;
	else if (most == TAKEN_KEPT)
		r->report->kept++;
	else
		r->report->same++;
	return 0;
}

static int
add_person(struct exchange_reading *r, struct err *e)
{
	struct exchange_person *p = &r->person;
	size_t i;

	if (people_insert(r->db, &p->one, e) == -1)
		return -1;
	for (i = 0; i < p->states; i++)
		if (people_set_state(r->db, p->one.who.id, r->topics.item[p->state[i].topic].id, p->state[i].state, p->state[i].since,
			e) == -1)
			return -1;
	r->report->people++;
	return add_evidence(r, p->one.who.id, SIZE_MAX, true, e);
}

int
exchange_take_person(struct exchange_reading *r, struct err *e)
{
	enum suppression_reason reason;
	struct subscriber there;
	int found, rc;

	if (r->how == EXCHANGE_SUPPRESSED_ONLY) {
		found = subscriber_find(r->db, r->person.one.who.key, &there, e);
		return found == -1 || suppress(r, found ? there.id : 0, e) == -1 ? -1 : 0;
	}
	found = subscriber_find(r->db, r->person.one.who.key, &there, e);
	if (found)
		return found == -1 ? -1 : merge_person(r, there.id, e);
	rc = suppression_find(r->db, r->person.one.who.key, &reason, e);
	if (rc == 1)
		r->report->left_out++;
	else if (rc == 0)
		rc = add_person(r, e);
	return rc == -1 || suppress(r, 0, e) == -1 ? -1 : 0;
}

int
exchange_take_suppression(struct exchange_reading *r, const struct people_suppressed *s, struct err *e)
{
	int rc = r->report->other_key ? 0 : people_suppress(r->db, s, e);

	if (rc == 1)
		r->report->suppressions++;
	return rc == -1 ? -1 : 0;
}
