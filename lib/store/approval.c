/* approval.c - see approval.h. */
#include "store/approval.h"

#include <string.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_CREATE,
	Q_FIND,
	Q_OF,
	Q_DECIDE,
	Q_OPEN,
	Q_COUNT
};

#define COLUMNS "campaign_id, created_at, expires_at, coalesce(decided_at, 0), coalesce(decision, '')"

static const char *const sql[] = {
	[Q_CREATE] = "INSERT INTO approval (campaign_id, token_hash, created_at, expires_at) VALUES (:id, :hash, :now, :expires)",
	[Q_FIND] = "SELECT " COLUMNS " FROM approval WHERE token_hash = :hash",
	[Q_OF] = "SELECT " COLUMNS " FROM approval WHERE campaign_id = :id",
	[Q_DECIDE] = "UPDATE approval SET decided_at = :now, decision = :decision WHERE campaign_id = :id AND decided_at IS NULL",
	[Q_OPEN] = "SELECT " COLUMNS " FROM approval WHERE decided_at IS NULL AND expires_at <= :until ORDER BY expires_at LIMIT :limit",
};
const struct db_module approval_module = { "approval", sql, Q_COUNT, MODULE_APPROVAL };

static const char *const names[] = { NULL, "approved", "rejected", "expired" };

static void
fill(struct stmt *st, struct approval *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	out->campaign_id = stmt_col_int(st, 0);
	out->created_at = stmt_col_int(st, 1);
	out->expires_at = stmt_col_int(st, 2);
	out->decided_at = stmt_col_int(st, 3);
	for (i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(stmt_col_text(st, 4), names[i]) == 0)
			out->decision = (enum approval_decision)i;
}

static int
one(struct stmt *st, struct approval *out, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1) {
		fill(st, out);
		stmt_done(st);
	}
	return rc;
}

int
approval_create(struct db *db, int64_t campaign_id, const uint8_t hash[TOKEN_HASH], int64_t expires_at, struct err *e)
{
	struct stmt *st = db_stmt(db, &approval_module, Q_CREATE);

	stmt_int(st, ":id", campaign_id);
	stmt_blob(st, ":hash", hash, TOKEN_HASH);
	stmt_int(st, ":now", clock_now());
	stmt_int(st, ":expires", expires_at);
	return stmt_run(st, e);
}

int
approval_find(struct db *db, const uint8_t hash[TOKEN_HASH], struct approval *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &approval_module, Q_FIND);

	stmt_blob(st, ":hash", hash, TOKEN_HASH);
	return one(st, out, e);
}

int
approval_of(struct db *db, int64_t campaign_id, struct approval *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &approval_module, Q_OF);

	stmt_int(st, ":id", campaign_id);
	return one(st, out, e);
}

int
approval_decide(struct db *db, int64_t campaign_id, enum approval_decision decision, struct err *e)
{
	struct stmt *st = db_stmt(db, &approval_module, Q_DECIDE);

	stmt_int(st, ":id", campaign_id);
	stmt_int(st, ":now", clock_now());
	stmt_text(st, ":decision", names[decision]);
	if (stmt_run(st, e) == -1)
		return -1;
	return db_changes(db) > 0;
}

int
approval_open(struct db *db, int64_t until, struct approval *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &approval_module, Q_OPEN);
	size_t n = 0;
	int rc = 0;

	stmt_int(st, ":until", until);
	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1)
		fill(st, &out[n++]);
	stmt_done(st);
	return rc == -1 ? -1 : (int)n;
}
