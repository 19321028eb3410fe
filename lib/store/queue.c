/* queue.c - see queue.h. */
#include "store/queue.h"

#include <string.h>

#include "base/err.h"
#include "store/db.h"
#include "store/modules.h"
#include "store/restored.h"

enum {
	Q_OUTBOX,
	Q_OUTBOX_OLDEST,
	Q_SIGNUP,
	Q_DEFERRED,
	Q_CAMPAIGNS,
	Q_BACKUP,
	Q_BITE,
	Q_COUNT
};

static const char *const sql[] = {
	/* of the index alone: the rows hold whole mails */
	[Q_OUTBOX] = "SELECT count(*), coalesce(min(id), 0), coalesce(min(next_at), 0) FROM outbox WHERE state = 'queued'",
	[Q_OUTBOX_OLDEST] = "SELECT created_at FROM outbox WHERE id = :id",
	[Q_SIGNUP] = "SELECT count(*) - count(held_by), count(held_by), coalesce(min(received_at) FILTER (WHERE held_by IS NULL), 0) FROM signup_request",
	[Q_DEFERRED] = "SELECT coalesce(sum(deferred), 0), coalesce(min((SELECT min(next_at) FROM delivery WHERE campaign_id = campaign.id AND "
		       "state = 2)), 0) FROM campaign WHERE state = 'sending'",
	[Q_CAMPAIGNS] = "SELECT state, count(*) FROM campaign GROUP BY state",
	/* among the last commands, so that it stays cheap where nobody makes any */
	[Q_BACKUP] = "SELECT coalesce(max(at), 0) FROM (SELECT at, command FROM audit ORDER BY id DESC LIMIT 10000) WHERE command = 'backup'",
	[Q_BITE] = "SELECT count(*), max(subscriber_id), sum(state = 0), sum(state = 1), sum(state = 2), sum(state = 3), sum(state = 4) FROM "
		   "(SELECT subscriber_id, state FROM subscription WHERE topic_id = :topic AND subscriber_id > :after ORDER BY subscriber_id LIMIT :bite)",
};
const struct db_module queue_module = { "queue", sql, Q_COUNT, MODULE_QUEUE };

static int
look_at_outbox(struct db *db, struct queue *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &queue_module, Q_OUTBOX);
	struct restored restored;
	int64_t id;
	int held;

	if (stmt_step(st, e) != 1)
		return -1;
	out->outbox.waiting = stmt_col_int(st, 0);
	id = stmt_col_int(st, 1);
	out->outbox.due = stmt_col_int(st, 2);
	stmt_done(st);
	held = restored_held(db, &restored, e);
	if (held == -1)
		return -1;
	out->outbox.held = held;
	if (!id)
		return 0;
	st = db_stmt(db, &queue_module, Q_OUTBOX_OLDEST);
	stmt_int(st, ":id", id);
	return stmt_one_int(st, &out->outbox.oldest, e) == -1 ? -1 : 0;
}

static int
look_at_signups(struct db *db, struct queue *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &queue_module, Q_SIGNUP);

	if (stmt_step(st, e) != 1)
		return -1;
	out->signup.undecided = stmt_col_int(st, 0);
	out->signup.held = stmt_col_int(st, 1);
	out->signup.oldest = stmt_col_int(st, 2);
	stmt_done(st);
	return 0;
}

static int
look_at_campaigns(struct db *db, struct queue *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &queue_module, Q_DEFERRED);
	int i, rc;

	if (stmt_step(st, e) != 1)
		return -1;
	out->deferred.waiting = stmt_col_int(st, 0);
	out->deferred.due = stmt_col_int(st, 1);
	stmt_done(st);
	st = db_stmt(db, &queue_module, Q_CAMPAIGNS);
	while ((rc = stmt_step(st, e)) == 1)
		for (i = 0; i < CAMPAIGN_STATES; i++)
			if (strcmp(stmt_col_text(st, 0), campaign_state_name((enum campaign_state)i)) == 0)
				out->campaigns[i] = stmt_col_int(st, 1);
	return rc;
}

int
queue_look(struct db *db, struct queue *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	if (look_at_outbox(db, out, e) == -1 || look_at_signups(db, out, e) == -1)
		return -1;
	if (look_at_campaigns(db, out, e) == -1)
		return -1;
	return stmt_one_int(db_stmt(db, &queue_module, Q_BACKUP), &out->backup, e) == -1 ? -1 : 0;
}

int
queue_count(struct db *db, struct queue_count *c, int64_t bite, struct err *e)
{
	struct stmt *st = db_stmt(db, &queue_module, Q_BITE);
	int64_t n;
	int s;

	stmt_int(st, ":topic", c->topic_id);
	stmt_int(st, ":after", c->after);
	stmt_int(st, ":bite", bite);
	if (stmt_step(st, e) != 1)
		return -1;
	n = stmt_col_int(st, 0);
	if (n)
		c->after = stmt_col_int(st, 1);
	for (s = 0; n && s < SUB_STATES; s++)
		c->n[s] += stmt_col_int(st, 2 + s);
	stmt_done(st);
	return n == bite;
}
