/* restored.c - see restored.h. */
#include "store/restored.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_ADD,
	Q_CAMPAIGNS,
	Q_APPROVALS,
	Q_CLAIMED,
	Q_WAITING,
	Q_ROLES,
	Q_READING,
	Q_HELD,
	Q_RELEASE,
	Q_COUNT
};

/* campaign.reason has 200 characters. The alarm for a hold counts as raised: the person who restores knows. */
static const char *const sql[] = {
	[Q_ADD] = "INSERT INTO restored (taken_at, at) VALUES (:taken, :now)",
	[Q_CAMPAIGNS] = "UPDATE campaign SET state = 'held', alarms = alarms | 4, reason = substr(:reason || CASE state WHEN 'scheduled' THEN "
			"' (was scheduled)' WHEN 'sending' THEN '' ELSE ' (was ' || state || CASE reason WHEN '' THEN '' ELSE ': ' || reason END "
			"|| ')' END, 1, 200) WHERE state IN ('scheduled', 'sending', 'paused', 'held')",
	[Q_APPROVALS] = "UPDATE approval SET decided_at = :now, decision = 'expired' WHERE decided_at IS NULL",
	[Q_CLAIMED] = "UPDATE outbox SET state = 'unknown', message = NULL, address = NULL WHERE state = 'claimed'",
	[Q_WAITING] = "SELECT count(*) FROM outbox WHERE state = 'queued'",
	[Q_ROLES] = "DELETE FROM role",
	[Q_READING] = "DELETE FROM pace WHERE scope >= 'inbound-reading ' AND scope < 'inbound-reading!'",
	[Q_HELD] = "SELECT taken_at, at FROM restored WHERE released_at IS NULL ORDER BY id DESC LIMIT 1",
	[Q_RELEASE] = "UPDATE restored SET released_at = :now WHERE released_at IS NULL",
};
const struct db_module restored_module = { "restored", sql, Q_COUNT, MODULE_RESTORED };

/* Run a statement that says at most these, and count its rows. */
static int
change(struct db *db, int which, int64_t *n, struct err *e)
{
	if (stmt_run(db_stmt(db, &restored_module, which), e) == -1)
		return -1;
	if (n)
		*n = db_changes(db);
	return 0;
}

static int
hold_campaigns(struct db *db, int64_t taken_at, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &restored_module, Q_CAMPAIGNS);
	char when[CLOCK_TEXT], reason[128];

	snprintf(reason, sizeof(reason), "restored from a backup of %s: check, then resume", clock_local(when, taken_at));
	stmt_text(st, ":reason", reason);
	return stmt_run_count(st, n, e);
}

int
restored_hold(struct db *db, int64_t taken_at, struct restored_counts *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &restored_module, Q_ADD);

	stmt_int(st, ":taken", taken_at);
	stmt_int(st, ":now", clock_now());
	if (stmt_run(st, e) == -1 || hold_campaigns(db, taken_at, &out->campaigns, e) == -1)
		return -1;
	st = db_stmt(db, &restored_module, Q_APPROVALS);
	stmt_int(st, ":now", clock_now());
	if (stmt_run_count(st, &out->approvals, e) == -1)
		return -1;
	if (change(db, Q_CLAIMED, &out->unknown, e) == -1 || change(db, Q_ROLES, NULL, e) == -1 || change(db, Q_READING, NULL, e) == -1)
		return -1;
	return stmt_one_int(db_stmt(db, &restored_module, Q_WAITING), &out->mails, e) == -1 ? -1 : 0;
}

int
restored_held(struct db *db, struct restored *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &restored_module, Q_HELD);
	int rc = stmt_step(st, e);

	if (rc == 1) {
		out->taken_at = stmt_col_int(st, 0);
		out->at = stmt_col_int(st, 1);
		stmt_done(st);
	}
	return rc;
}

int
restored_release(struct db *db, struct err *e)
{
	struct stmt *st = db_stmt(db, &restored_module, Q_RELEASE);

	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}
