/*
 * intake_one.c - see intake_one.h.
 *
 * Whoever is known as suppressed elsewhere is suppressed here, as an HMAC: there is no need to know the address of somebody
 * who must not be mailed. One thing goes before it: who came (back) here after they left there.
 */
#include "store/intake_one.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/intake.h"
#include "store/signup.h"
#include "store/signup_line.h"
#include "store/stmt.h"
#include "store/subscription.h"
#include "store/suppression.h"

#define OF_MAX 64

/* What stands against a row, or for it. */
struct standing {
	int64_t id;    /* 0: not known */
	uint64_t open; /* topics that can be added */
	bool suppressed, refused, pending;
	enum suppression_reason reason;
};

static bool
asks(const struct intake_one *in)
{
	return in->how == INTAKE_ASK || in->how == INTAKE_FORESEE_ASK;
}

static bool
foresees(const struct intake_one *in)
{
	return in->how >= INTAKE_FORESEE;
}

/* A topic of somebody who is known. */
static int
look_at_topic(struct intake_one *in, struct standing *s, int bit, struct err *e)
{
	struct subscription old;
	int rc = subscription_addable(in->db, s->id, in->topic[bit], e);

	if (rc == -1 && e->code != ERR_REFUSED)
		return -1;
	s->refused = s->refused || rc == -1;
	if (rc == 1 && asks(in)) { /* who was asked and has not answered is not asked again */
		rc = subscription_find(in->db, s->id, in->topic[bit], &old, e);
		if (rc == -1)
			return -1;
		s->pending = s->pending || rc == 1;
		rc = rc == 0;
	}
	if (rc == 1)
		s->open |= (uint64_t)1 << bit;
	return 0;
}

static int
look_up(struct intake_one *in, const struct intake_row *row, struct standing *s, struct err *e)
{
	struct subscriber who;
	uint64_t left = row->topics;
	int rc = suppression_find(in->db, row->who.key, &s->reason, e);

	if (rc == -1)
		return -1;
	s->suppressed = rc == 1;
	rc = subscriber_find(in->db, row->who.key, &who, e);
	if (rc != 1) {
		s->open = row->topics;
		return rc;
	}
	s->id = who.id;
	for (; left; left &= left - 1)
		if (look_at_topic(in, s, __builtin_ctzll(left), e) == -1)
			return -1;
	return 0;
}

/* When the next mail that asks may go: behind those of earlier imports. */
static int
next_time(struct intake_one *in, struct err *e)
{
	int64_t now = clock_now(), last = 0;

	if (!in->next_us) {
		if (signup_last_asked(in->db, &last, e) == -1)
			return -1;
		in->next_us = (last > now ? last : now) * 1000000;
	}
	in->next_us += in->interval_us;
	return 0;
}

static int
ask(struct intake_one *in, const struct intake_row *row, uint64_t topics, struct err *e)
{
	struct signup s = { .weight = 0, .received_at = clock_now() };
	int64_t ids[OF_MAX];
	char form[SIGNUP_WORDING];
	int n = 0;

	if (!in->next_us) {
		snprintf(form, sizeof(form), "No form: asked by mail after an import (%s)", in->evidence.source);
		if (consent_wording(in->db, form, in->form, e) == -1)
			return -1;
	}
	if (next_time(in, e) == -1)
		return -1;
	for (; topics; topics &= topics - 1)
		ids[n++] = in->topic[__builtin_ctzll(topics)];
	strcpy(s.address, row->who.address);
	strcpy(s.key, row->who.key);
	strcpy(s.name, row->who.name);
	strcpy(s.language, row->who.language);
	memcpy(s.form_hash, in->form, sizeof(s.form_hash));
	signup_topics_write(s.topics, sizeof(s.topics), ids, n);
	if (signup_append(in->db, &s, e) == -1 || signup_set_next(in->db, db_insert_id(in->db), in->next_us / 1000000, e) == -1)
		return -1;
	in->counts->asked++;
	return 0;
}

static int
active(struct intake_one *in, const struct intake_row *row, struct err *e)
{
	bool again = foresees(in) && strcmp(in->last_key, row->who.key) == 0;
	struct standing s = { 0 };
	int waits;

	if (look_up(in, row, &s, e) == -1)
		return -1;
	if (again)
		s.open &= ~in->last_topics;
	if (s.suppressed || (again && in->last_ended)) {
		in->counts->suppressed++;
		return 0;
	}
	waits = asks(in) && s.open ? (again ? 1 : signup_waits(in->db, row->who.key, e)) : 0;
	if (waits == -1)
		return -1;
	if (waits)
		s.open = 0;
	if (foresees(in)) {
		in->last_topics = (again ? in->last_topics : 0) | s.open;
		in->last_ended = false;
		strcpy(in->last_key, row->who.key);
	}
	if (!s.open)
		*(s.refused && !waits ? &in->counts->left : &in->counts->already) += 1;
	else if (foresees(in))
		*(asks(in) ? &in->counts->asked : &in->counts->added) += 1;
	else
		return ask(in, row, s.open, e);
	return 0;
}

int
intake_one_add(struct intake_one *in, int64_t subscriber_id, const struct intake_row *row, struct err *e)
{
	int changed = 0, refused = 0, rc;
	uint64_t left = row->topics;

	in->evidence.at = row->at;
	in->evidence.ip = row->ip;
	for (; left; left &= left - 1) {
		rc = subscription_add(in->db, subscriber_id, in->topic[__builtin_ctzll(left)], "imported", &in->evidence, e);
		if (rc == -1 && e->code != ERR_REFUSED)
			return -1;
		changed += rc == 1;
		refused += rc == -1;
	}
	if (changed)
		in->counts->added++;
	else
		*(refused ? &in->counts->left : &in->counts->already) += 1;
	return 0;
}

/*
 * Whether the time since when somebody has a topic is their own: they confirmed it here, or asked staff, or the file that
 * they came with said when. An import that did not know is dated by its own day, which says nothing of them.
 */
static int
is_dated(struct intake_one *in, const struct subscriber *who, const struct subscription *s, struct err *e)
{
	char action[16];
	int64_t at;
	int rc = consent_last(in->db, who->id, s->topic_id, action, &at, e);

	if (rc != 1)
		return rc;
	return strcmp(action, "imported") != 0 || s->since < who->created_at;
}

/* How many topics would end; *fresh: how many they came (back) to after `at`. Asking alone is no coming back: anybody can ask for them. */
static int
running(struct intake_one *in, const struct subscriber *who, int64_t at, int *fresh, struct err *e)
{
	struct subscription of[OF_MAX];
	int i, n = subscription_of(in->db, who->id, of, OF_MAX, e), count = 0, dated;
	bool later;

	*fresh = 0;
	for (i = 0; i < n; i++) {
		later = at && of[i].since > at;
		if (of[i].state == SUB_ACTIVE && later) {
			dated = is_dated(in, who, &of[i], e);
			if (dated == -1)
				return -1;
			*fresh += dated;
		}
		count += of[i].state == SUB_ACTIVE || (of[i].state == SUB_PENDING && !later);
	}
	return n == -1 ? -1 : count;
}

static int
end(struct intake_one *in, int64_t id, enum intake_wish wish, struct err *e)
{
	struct evidence evidence = { .source = in->evidence.source };

	if (wish == INTAKE_HARD || wish == INTAKE_COMPLAINT)
		return subscription_end(in->db, id, wish == INTAKE_HARD ? SUB_BOUNCED : SUB_COMPLAINED, &evidence, e);
	return subscription_leave(in->db, id, 0, 0, "import", &evidence, e);
}

static int
keep_out(struct intake_one *in, const struct intake_row *row, struct err *e)
{
	static const enum suppression_reason reasons[INTAKE_ACTIVE] = {
		SUPPRESSED_STAFF, SUPPRESSED_COMPLAINT, SUPPRESSED_HARD, SUPPRESSED_LEFT
	};
	enum suppression_reason old;
	struct subscriber who = { 0 };
	bool again = foresees(in) && in->last_ended && strcmp(in->last_key, row->who.key) == 0;
	int fresh = 0, runs = 0, rc, known = subscriber_find(in->db, row->who.key, &who, e);

	if (known == -1 || (known == 1 && (runs = running(in, &who, row->at, &fresh, e)) == -1))
		return -1;
	rc = suppression_find(in->db, row->who.key, &old, e);
	if (rc == -1)
		return -1;
	if (fresh || again || (rc == 1 && old >= reasons[row->wish] && !runs)) {
		in->counts->already++;
		return 0;
	}
	in->counts->kept_out++;
	if (foresees(in)) {
		in->last_ended = true;
		strcpy(in->last_key, row->who.key);
		return 0;
	}
	if (suppression_add(in->db, row->who.key, reasons[row->wish], in->evidence.source, e) == -1)
		return -1;
	return runs ? (end(in, who.id, row->wish, e) == -1 ? -1 : 0) : 0;
}

int
intake_one(struct intake_one *in, const struct intake_row *row, struct err *e)
{
	return row->wish == INTAKE_ACTIVE ? active(in, row, e) : keep_out(in, row, e);
}
