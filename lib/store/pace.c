/* pace.c - see pace.h. */
#include "store/pace.h"

#include "store/db.h"
#include "store/modules.h"

enum {
	Q_PUT,
	Q_DROP,
	Q_EXPIRE,
	Q_EACH
};

static const char *const sql[] = {
	[Q_PUT] = "INSERT INTO pace (scope, subject, window_start, used) VALUES (:scope, :subject, :start, :used) ON CONFLICT DO UPDATE SET used = excluded.used",
	[Q_DROP] = "DELETE FROM pace WHERE scope = :scope AND subject = :subject AND window_start < :before",
	[Q_EXPIRE] = "DELETE FROM pace WHERE scope = :scope AND window_start < :before",
	[Q_EACH] = "SELECT subject, window_start, used FROM pace WHERE scope = :scope ORDER BY subject, window_start",
};
const struct db_module pace_module = { "pace", sql, 4, MODULE_PACE };

int
pace_put(struct db *db, const struct pace_row *row, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_PUT);

	stmt_text(st, ":scope", row->scope);
	stmt_text(st, ":subject", row->subject);
	stmt_int(st, ":start", row->window_start);
	stmt_int(st, ":used", row->used);
	return stmt_run(st, e);
}

int
pace_drop(struct db *db, const char *scope, const char *subject, int64_t before, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_DROP);

	stmt_text(st, ":scope", scope);
	stmt_text(st, ":subject", subject);
	stmt_int(st, ":before", before);
	return stmt_run(st, e);
}

int
pace_expire(struct db *db, const char *scope, int64_t before, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_EXPIRE);

	stmt_text(st, ":scope", scope);
	stmt_int(st, ":before", before);
	return stmt_run(st, e);
}

int
pace_each(struct db *db, const char *scope, pace_fn *fn, void *arg, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_EACH);
	struct pace_row row = { .scope = scope };
	int rc;

	stmt_text(st, ":scope", scope);
	while ((rc = stmt_step(st, e)) == 1) {
		row.subject = stmt_col_text(st, 0);
		row.window_start = stmt_col_int(st, 1);
		row.used = stmt_col_int(st, 2);
		fn(arg, &row);
	}
	return rc;
}
