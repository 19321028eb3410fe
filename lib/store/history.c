/* history.c - see history.h. */
#include "store/history.h"

#include <string.h>

#include "store/db.h"
#include "store/modules.h"

enum {
	Q_STANDING,
	Q_MAILINGS,
	Q_MAILINGS_COUNT,
	Q_MAILS,
	Q_EVENTS,
	Q_REQUESTS,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_STANDING] = "SELECT s.bounce_score, coalesce(s.bounce_first_at, 0), coalesce(s.bounce_last_at, 0), coalesce(x.reason, ''), "
		       "coalesce(x.since, 0) FROM subscriber s LEFT JOIN suppression x ON x.address_hmac = s.address_hmac WHERE s.id = :id",
	/* by campaign, since the ledger's key begins with it; CROSS JOIN keeps that order */
	[Q_MAILINGS] = "SELECT c.id, d.at, c.subject, t.slug, d.state, coalesce(d.code, 0), coalesce(d.enhanced, ''), coalesce(d.reply, '') "
		       "FROM campaign c CROSS JOIN delivery d ON d.campaign_id = c.id AND d.subscriber_id = :id "
		       "JOIN topic t ON t.id = c.topic_id ORDER BY c.id DESC LIMIT :limit",
	[Q_MAILINGS_COUNT] = "SELECT count(*) FROM campaign c CROSS JOIN delivery d ON d.campaign_id = c.id AND d.subscriber_id = :id",
	[Q_MAILS] = "SELECT id, created_at, kind, state, coalesce(reply, '') FROM outbox WHERE subscriber_id = :id ORDER BY created_at, id",
	[Q_EVENTS] = "SELECT v.at, v.kind, v.class, coalesce(t.slug, ''), coalesce(v.code, 0), coalesce(v.enhanced, ''), coalesce(v.text, ''), coalesce(v.rule, '') "
		     "FROM event v LEFT JOIN topic t ON t.id = v.topic_id WHERE v.subscriber_id = :id ORDER BY v.id",
	[Q_REQUESTS] = "SELECT received_at, kind = 'manage', name, ip FROM signup_request "
		       "WHERE address_key = (SELECT address_key FROM subscriber WHERE id = :id) ORDER BY id",
};
const struct db_module history_module = { "history", sql, Q_COUNT, MODULE_HISTORY };

static struct stmt *
query(struct db *db, int which, int64_t id)
{
	struct stmt *st = db_stmt(db, &history_module, which);

	stmt_int(st, ":id", id);
	return st;
}

int
history_standing(struct db *db, int64_t subscriber_id, struct history_standing *out, struct err *e)
{
	struct stmt *st = query(db, Q_STANDING, subscriber_id);
	int rc = stmt_step(st, e);

	if (rc != 1)
		return rc;
	out->bounce_score = stmt_col_int(st, 0);
	out->bounce_first_at = stmt_col_int(st, 1);
	out->bounce_last_at = stmt_col_int(st, 2);
	stmt_col_copy(st, 3, out->suppressed, sizeof(out->suppressed));
	out->suppressed_at = stmt_col_int(st, 4);
	stmt_done(st);
	return 1;
}

int
history_mailings(struct db *db, int64_t subscriber_id, int64_t limit,
    int (*each)(void *ctx, const struct history_mailing *m, struct err *e), void *ctx, struct err *e)
{
	struct stmt *st = query(db, Q_MAILINGS, subscriber_id);
	struct history_mailing m;
	int rc;

	stmt_int(st, ":limit", limit);
	while ((rc = stmt_step(st, e)) == 1) {
		m.campaign_id = stmt_col_int(st, 0);
		m.at = stmt_col_int(st, 1);
		stmt_col_copy(st, 2, m.subject, sizeof(m.subject));
		stmt_col_copy(st, 3, m.topic, sizeof(m.topic));
		m.state = (enum delivery_state)stmt_col_int(st, 4);
		m.code = (int)stmt_col_int(st, 5);
		stmt_col_copy(st, 6, m.enhanced, sizeof(m.enhanced));
		stmt_col_copy(st, 7, m.reply, sizeof(m.reply));
		if (each(ctx, &m, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}

int
history_mailings_count(struct db *db, int64_t subscriber_id, int64_t *out, struct err *e)
{
	return stmt_one_int(query(db, Q_MAILINGS_COUNT, subscriber_id), out, e) == 1 ? 0 : -1;
}

int
history_mails(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct history_mail *m, struct err *e), void *ctx,
    struct err *e)
{
	struct stmt *st = query(db, Q_MAILS, subscriber_id);
	struct history_mail m;
	int rc;

	while ((rc = stmt_step(st, e)) == 1) {
		m.id = stmt_col_int(st, 0);
		m.created_at = stmt_col_int(st, 1);
		stmt_col_copy(st, 2, m.kind, sizeof(m.kind));
		stmt_col_copy(st, 3, m.state, sizeof(m.state));
		stmt_col_copy(st, 4, m.reply, sizeof(m.reply));
		if (each(ctx, &m, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}

int
history_events(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct history_event *v, struct err *e), void *ctx,
    struct err *e)
{
	struct stmt *st = query(db, Q_EVENTS, subscriber_id);
	struct history_event v;
	int rc;

	while ((rc = stmt_step(st, e)) == 1) {
		v.at = stmt_col_int(st, 0);
		stmt_col_copy(st, 1, v.kind, sizeof(v.kind));
		stmt_col_copy(st, 2, v.class, sizeof(v.class));
		stmt_col_copy(st, 3, v.topic, sizeof(v.topic));
		v.code = (int)stmt_col_int(st, 4);
		stmt_col_copy(st, 5, v.enhanced, sizeof(v.enhanced));
		stmt_col_copy(st, 6, v.text, sizeof(v.text));
		stmt_col_copy(st, 7, v.rule, sizeof(v.rule));
		if (each(ctx, &v, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}

int
history_requests(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct history_request *r, struct err *e),
    void *ctx, struct err *e)
{
	struct stmt *st = query(db, Q_REQUESTS, subscriber_id);
	struct history_request r;
	int rc;

	while ((rc = stmt_step(st, e)) == 1) {
		r.received_at = stmt_col_int(st, 0);
		r.manage = stmt_col_int(st, 1) != 0;
		stmt_col_copy(st, 2, r.name, sizeof(r.name));
		stmt_col_copy(st, 3, r.ip, sizeof(r.ip));
		if (each(ctx, &r, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}
