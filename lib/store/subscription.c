/* subscription.c - see subscription.h. */
#include "store/subscription.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/event.h"
#include "store/modules.h"
#include "store/outbox.h"
#include "store/suppression.h"
#include "store/topic.h"

#define OF_MAX 64 /* TOPICS_MAX: nobody has more */

enum {
	Q_FIND,
	Q_OF,
	Q_PUT,
	Q_COUNT_STATES,
	Q_COUNT_TOPIC,
	Q_AUDIENCE,
	Q_STALE,
	Q_END_AGAIN,
	Q_FORGET,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_FIND] = "SELECT topic_id, state, since FROM subscription WHERE topic_id = :topic AND subscriber_id = :subscriber",
	[Q_OF] = "SELECT topic_id, state, since FROM subscription WHERE subscriber_id = :subscriber ORDER BY topic_id LIMIT 64",
	[Q_PUT] = "INSERT INTO subscription (topic_id, subscriber_id, state, since) VALUES (:topic, :subscriber, :state, :now) "
		  "ON CONFLICT DO UPDATE SET state = excluded.state, since = excluded.since",
	[Q_COUNT_STATES] = "SELECT state, count(*) FROM subscription GROUP BY state",
	[Q_COUNT_TOPIC] = "SELECT state, count(*) FROM subscription WHERE topic_id = :topic GROUP BY state",
	[Q_AUDIENCE] = "SELECT count(*) FROM subscription WHERE topic_id = :topic AND state = 1",
	[Q_STALE] = "SELECT u.topic_id, u.subscriber_id FROM subscription u WHERE u.state = 0 AND u.since < :before AND "
		    "(EXISTS (SELECT 1 FROM subscription v WHERE v.subscriber_id = u.subscriber_id AND (v.state <> 0 OR v.since >= :before)) OR "
		    "EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = u.subscriber_id AND c.action IN ('left', 'bounced', 'complained'))) "
		    "ORDER BY u.since LIMIT :limit",
	[Q_END_AGAIN] = "UPDATE subscription SET state = :state, since = :at WHERE topic_id = :topic AND subscriber_id = :subscriber",
	[Q_FORGET] = "DELETE FROM subscription WHERE topic_id = :topic AND subscriber_id = :subscriber",
};
const struct db_module subscription_module = { "subscription", sql, Q_COUNT, MODULE_SUBSCRIPTION };

static const char *const names[SUB_STATES] = { "pending", "active", "left", "bounced", "complained" };

const char *
subscription_state_name(enum subscription_state state)
{
	return names[state];
}

int
subscription_state_parse(const char *name)
{
	int i;

	for (i = 0; i < SUB_STATES; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

static void
fill(struct stmt *st, struct subscription *out)
{
	out->topic_id = stmt_col_int(st, 0);
	out->state = (enum subscription_state)stmt_col_int(st, 1);
	out->since = stmt_col_int(st, 2);
}

int
subscription_find(struct db *db, int64_t subscriber_id, int64_t topic_id, struct subscription *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscription_module, Q_FIND);
	int rc;

	stmt_int(st, ":topic", topic_id);
	stmt_int(st, ":subscriber", subscriber_id);
	rc = stmt_step(st, e);
	if (rc == 1) {
		fill(st, out);
		stmt_done(st);
	}
	return rc;
}

int
subscription_of(struct db *db, int64_t subscriber_id, struct subscription *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscription_module, Q_OF);
	size_t n = 0;
	int rc = 0;

	stmt_int(st, ":subscriber", subscriber_id);
	while (n < size && (rc = stmt_step(st, e)) == 1)
		fill(st, &out[n++]);
	stmt_done(st);
	return rc == -1 ? -1 : (int)n;
}

/* The one place that writes: the new state and its evidence. */
static int
put(struct db *db, int64_t subscriber_id, int64_t topic_id, enum subscription_state state, const char *action,
    const struct evidence *evidence, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscription_module, Q_PUT);
	struct evidence dated = *evidence;

	if (!dated.at) /* one moment for both rows, also where a second ends between them */
		dated.at = clock_now();
	stmt_int(st, ":topic", topic_id);
	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":state", state);
	stmt_int(st, ":now", dated.at);
	if (stmt_run(st, e) == -1)
		return -1;
	return consent_add(db, subscriber_id, topic_id, action, &dated, e);
}

int
subscription_request(struct db *db, int64_t subscriber_id, int64_t topic_id, const struct evidence *evidence, struct err *e)
{
	struct subscription old;
	int rc = subscription_find(db, subscriber_id, topic_id, &old, e);

	if (rc == -1)
		return -1;
	if (rc == 1 && old.state == SUB_ACTIVE)
		return 0;
	return put(db, subscriber_id, topic_id, SUB_PENDING, "requested", evidence, e) == -1 ? -1 : 1;
}

int
subscription_confirm(struct db *db, int64_t subscriber_id, int64_t topic_id, const struct evidence *evidence, struct err *e)
{
	struct subscription old;
	int rc = subscription_find(db, subscriber_id, topic_id, &old, e);

	if (rc == -1)
		return -1;
	if (rc == 1 && old.state == SUB_ACTIVE)
		return 0;
	if (suppression_lift_confirmed(db, subscriber_id, e) == -1)
		return -1;
	return put(db, subscriber_id, topic_id, SUB_ACTIVE, "confirmed", evidence, e) == -1 ? -1 : 1;
}

/* What a pending request hides: 1 and *old when the topic had ended before, 0 when not, -1. */
static int
ended_before(struct db *db, int64_t subscriber_id, int64_t topic_id, struct subscription *old, struct err *e)
{
	char action[16];
	int64_t at;
	int state, rc = consent_last(db, subscriber_id, topic_id, action, &at, e);

	if (rc != 1)
		return rc;
	state = subscription_state_parse(action); /* ended topics are named like the action that ended them */
	if (state < SUB_LEFT)
		return 0;
	old->state = (enum subscription_state)state;
	old->since = at;
	return 1;
}

/* Whether somebody had topics, and every one of them has ended: they are gone, not open to what they have never had. */
static int
is_gone(struct db *db, int64_t subscriber_id, struct err *e)
{
	struct subscription of[TOPICS_MAX];
	int i, n = subscription_of(db, subscriber_id, of, TOPICS_MAX, e), ended = 0;

	for (i = 0; i < n; i++) {
		if (of[i].state == SUB_ACTIVE)
			return 0;
		if (of[i].state == SUB_PENDING && ended_before(db, subscriber_id, of[i].topic_id, &of[i], e) == -1)
			return -1;
		ended = ended || of[i].state > SUB_ACTIVE;
	}
	return n == -1 ? -1 : ended;
}

int
subscription_addable(struct db *db, int64_t subscriber_id, int64_t topic_id, struct err *e)
{
	struct subscription old;
	int rc = subscription_find(db, subscriber_id, topic_id, &old, e);

	if (rc == 1 && old.state == SUB_PENDING)
		rc = ended_before(db, subscriber_id, topic_id, &old, e) == -1 ? -1 : 1;
	if (rc == -1)
		return -1;
	if (rc == 1 && old.state == SUB_ACTIVE)
		return 0;
	if (rc == 1 && old.state != SUB_PENDING)
		return err_set(e, ERR_REFUSED, "has %s this topic before: only they themselves can come back, through the signup page",
		    old.state == SUB_LEFT ? "left" : (old.state == SUB_BOUNCED ? "bounced on" : "complained about"));
	rc = is_gone(db, subscriber_id, e);
	if (rc == 1)
		return err_set(e, ERR_REFUSED, "has left before: only they themselves can come back, through the signup page");
	return rc == -1 ? -1 : 1;
}

int
subscription_add(struct db *db, int64_t subscriber_id, int64_t topic_id, const char *action, const struct evidence *evidence, struct err *e)
{
	int rc = subscription_addable(db, subscriber_id, topic_id, e);

	if (rc != 1)
		return rc;
	return put(db, subscriber_id, topic_id, SUB_ACTIVE, action, evidence, e) == -1 ? -1 : 1;
}

/* End those of the person's subscriptions that still run (or wait); returns how many. Who goes is not welcomed any more. */
static int
end(struct db *db, int64_t subscriber_id, int64_t topic_id, enum subscription_state state, const char *action,
    const struct evidence *evidence, struct err *e)
{
	struct subscription of[OF_MAX];
	int i, count, ended = 0;

	count = subscription_of(db, subscriber_id, of, OF_MAX, e);
	if (count == -1)
		return -1;
	for (i = 0; i < count; i++) {
		if ((topic_id && of[i].topic_id != topic_id) || (of[i].state != SUB_PENDING && of[i].state != SUB_ACTIVE))
			continue;
		if (put(db, subscriber_id, of[i].topic_id, state, action, evidence, e) == -1)
			return -1;
		ended++;
	}
	return ended && outbox_withdraw(db, subscriber_id, "welcome", e) == -1 ? -1 : ended;
}

int
subscription_leave(struct db *db, int64_t subscriber_id, int64_t topic_id, int64_t campaign_id, const char *how,
    const struct evidence *evidence, struct err *e)
{
	struct event event = { .kind = "unsubscribe", .class = how };
	int ended = end(db, subscriber_id, topic_id, SUB_LEFT, "left", evidence, e);

	if (ended <= 0)
		return ended;
	event.subscriber_id = subscriber_id;
	event.topic_id = topic_id;
	event.campaign_id = campaign_id;
	return event_add(db, &event, e) == -1 ? -1 : ended;
}

/* Whether it is of the topic (0: of any), and was left after `after`, at `until` at the latest. */
static bool
left_between(const struct subscription *s, int64_t topic_id, int64_t after, int64_t until)
{
	return s->state == SUB_LEFT && (!topic_id || s->topic_id == topic_id) && s->since > after && s->since <= until;
}

/* 1 when what ended last was no mere request, 0 when it was, -1. */
static int
was_active(struct db *db, int64_t subscriber_id, int64_t topic_id, struct err *e)
{
	char action[16];
	int rc = consent_before_last(db, subscriber_id, topic_id, action, e);

	return rc == 1 ? strcmp(action, "requested") != 0 : rc;
}

int
subscription_return(struct db *db, int64_t subscriber_id, int64_t topic_id, int64_t until, int64_t within,
    const struct evidence *evidence, struct err *e)
{
	struct subscription of[OF_MAX];
	int64_t last = until - within;
	int i, count, rc, returned = 0;

	rc = suppression_of(db, subscriber_id, e);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	count = subscription_of(db, subscriber_id, of, OF_MAX, e);
	if (count == -1)
		return -1;
	for (i = 0; i < count; i++)
		if (left_between(&of[i], topic_id, last, until))
			last = of[i].since;
	for (i = 0; i < count; i++) {
		/* one leaving of several topics is written within a second, which may begin meanwhile */
		if (!left_between(&of[i], topic_id, last - 2, until) || of[i].since <= until - within)
			continue;
		rc = was_active(db, subscriber_id, of[i].topic_id, e);
		if (rc == 1)
			rc = put(db, subscriber_id, of[i].topic_id, SUB_ACTIVE, "confirmed", evidence, e) == -1 ? -1 : 1;
		if (rc == -1)
			return -1;
		returned += rc;
	}
	return returned;
}

int
subscription_end(struct db *db, int64_t subscriber_id, enum subscription_state state, const struct evidence *evidence, struct err *e)
{
	return end(db, subscriber_id, 0, state, names[state], evidence, e);
}

static int
expire_one(struct db *db, int64_t subscriber_id, int64_t topic_id, struct err *e)
{
	struct subscription old = { 0 };
	struct stmt *st;
	int rc = ended_before(db, subscriber_id, topic_id, &old, e);

	if (rc == -1)
		return -1;
	st = db_stmt(db, &subscription_module, rc == 1 ? Q_END_AGAIN : Q_FORGET);
	stmt_int(st, ":topic", topic_id);
	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":state", old.state);
	stmt_int(st, ":at", old.since);
	return stmt_run(st, e);
}

int
subscription_expire(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscription_module, Q_STALE);
	int rc;

	*n = 0;
	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	while ((rc = stmt_step(st, e)) == 1) {
		if (expire_one(db, stmt_col_int(st, 1), stmt_col_int(st, 0), e) == -1) {
			stmt_done(st);
			return -1;
		}
		++*n;
	}
	return rc;
}

int
subscription_count(struct db *db, int64_t topic_id, int64_t counts[SUB_STATES], struct err *e)
{
	struct stmt *st = db_stmt(db, &subscription_module, topic_id ? Q_COUNT_TOPIC : Q_COUNT_STATES);
	int rc;

	memset(counts, 0, SUB_STATES * sizeof(counts[0]));
	stmt_int(st, ":topic", topic_id);
	while ((rc = stmt_step(st, e)) == 1)
		counts[stmt_col_int(st, 0)] = stmt_col_int(st, 1);
	return rc;
}

int
subscription_audience(struct db *db, int64_t topic_id, int64_t *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscription_module, Q_AUDIENCE);

	stmt_int(st, ":topic", topic_id);
	return stmt_one_int(st, out, e) == 1 ? 0 : -1;
}
