/* erasure.c - see erasure.h. */
#include "store/erasure.h"

#include "base/clock.h"
#include "base/err.h"
#include "store/db.h"
#include "store/modules.h"
#include "store/signup_line.h"
#include "store/subscriber.h"
#include "store/suppression.h"

#define DAY 86400

enum {
	Q_SUPPRESS,
	Q_REQUESTS,
	Q_COPIES,
	Q_LIST,
	Q_EVENTS,
	Q_DELIVERIES,
	Q_DONE,
	Q_COUNT
};

static const char *const sql[] = {
	/* as suppression_add has it: only what is weaker gives way */
	[Q_SUPPRESS] = "INSERT INTO suppression (address_hmac, reason, since, source) "
		       "SELECT address_hmac, 'erased', :now, :source FROM subscriber WHERE id = :id "
		       "ON CONFLICT DO UPDATE SET reason = excluded.reason, since = excluded.since, source = excluded.source WHERE reason = 'left'",
	[Q_REQUESTS] = "DELETE FROM signup_request WHERE address_key = :key",
	/* the partial indexes outbox_queued and outbox_claimed: only what waits has an address */
	[Q_COPIES] = "UPDATE outbox SET message = NULL, address = NULL, reply = NULL, state = 'expired' WHERE id IN ("
		     "SELECT id FROM outbox WHERE state = 'queued' AND subscriber_id IS NULL AND kind = 'test' "
		     "AND lower(address) = :key UNION ALL "
		     "SELECT id FROM outbox WHERE state = 'claimed' AND subscriber_id IS NULL AND kind = 'test' AND lower(address) = :key)",
	[Q_LIST] = "SELECT subscriber_id, coalesce(mails, '') FROM erasure ORDER BY subscriber_id LIMIT :limit",
	[Q_EVENTS] = "UPDATE event SET subscriber_id = NULL, text = NULL WHERE subscriber_id = :id",
	/* the trigger has been through all; since then an answer came for one that runs, or ended a moment ago */
	[Q_DELIVERIES] = "UPDATE delivery SET reply = NULL WHERE subscriber_id = :id AND campaign_id IN ("
			 "SELECT id FROM campaign WHERE state IN ('scheduled', 'sending', 'paused', 'held') UNION ALL "
			 "SELECT id FROM campaign WHERE finished_at IS NOT NULL AND finished_at >= :since)",
	[Q_DONE] = "DELETE FROM erasure WHERE subscriber_id = :id",
};
const struct db_module erasure_module = { "erasure", sql, Q_COUNT, MODULE_ERASURE };

static int
run_for(struct db *db, int which, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &erasure_module, which);

	stmt_int(st, ":id", id);
	return stmt_run(st, e);
}

static int
run_of(struct db *db, int which, const char *key, struct err *e)
{
	struct stmt *st = db_stmt(db, &erasure_module, which);

	stmt_text(st, ":key", key);
	return stmt_run(st, e);
}

/* What is there of an address without being a subscriber's. Returns how many requests waited, or -1. */
static int64_t
forget(struct db *db, const char *key, struct err *e)
{
	int64_t requests;

	if (run_of(db, Q_REQUESTS, key, e) == -1)
		return -1;
	requests = db_changes(db);
	if (requests && signup_wake(db, clock_now(), e) == -1) /* one of them may have been the first of its line */
		return -1;
	return run_of(db, Q_COPIES, key, e) == -1 ? -1 : requests;
}

int
subscriber_erase(struct db *db, int64_t id, const char *source, struct err *e)
{
	struct stmt *st = db_stmt(db, &erasure_module, Q_SUPPRESS);
	struct subscriber s;
	int rc = subscriber_get(db, id, &s, e);

	if (rc != 1)
		return rc;
	stmt_int(st, ":id", id);
	stmt_int(st, ":now", clock_now());
	stmt_text(st, ":source", source);
	if (stmt_run(st, e) == -1 || forget(db, s.key, e) == -1 || subscriber_delete(db, id, e) == -1)
		return -1;
	return db_changes(db) > 0;
}

int
address_erase(struct db *db, const char *address_key, const char *source, int64_t *requests, struct err *e)
{
	if (suppression_add(db, address_key, SUPPRESSED_ERASED, source, e) == -1)
		return -1;
	*requests = forget(db, address_key, e);
	return *requests == -1 ? -1 : 0;
}

int
erasure_list(struct db *db, struct erasure *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &erasure_module, Q_LIST);
	size_t n = 0;
	int rc = 0;

	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1) {
		out[n].subscriber_id = stmt_col_int(st, 0);
		buf_init(&out[n].mails);
		buf_addstr(&out[n++].mails, stmt_col_text(st, 1));
	}
	stmt_done(st);
	while (rc == -1 && n)
		buf_release(&out[--n].mails);
	return rc == -1 ? -1 : (int)n;
}

int
erasure_done(struct db *db, int64_t subscriber_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &erasure_module, Q_DELIVERIES);

	stmt_int(st, ":id", subscriber_id);
	stmt_int(st, ":since", clock_now() - DAY);
	if (stmt_run(st, e) == -1 || run_for(db, Q_EVENTS, subscriber_id, e) == -1)
		return -1;
	return run_for(db, Q_DONE, subscriber_id, e);
}
