/* audit.c - see audit.h. */
#include "store/audit.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/db_private.h"
#include "store/modules.h"

enum {
	Q_ADD,
	Q_EACH,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_ADD] = "INSERT INTO audit (at, who, command, detail) VALUES (:now, :who, :command, :detail)",
	[Q_EACH] = "SELECT id, at, who, command, detail FROM audit WHERE at >= :since "
		   "AND (:who IS NULL OR who = :who OR substr(who, -length(:who) - 3) = ' (' || :who || ')') "
		   "AND (:command IS NULL OR command = :command OR substr(command, 1, length(:command) + 1) = :command || ' ') "
		   "ORDER BY id DESC LIMIT :limit",
};
const struct db_module audit_module = { "audit", sql, Q_COUNT, MODULE_AUDIT };

int
audit_add(struct db *db, const char *who, const char *command, const char *detail, struct err *e)
{
	struct stmt *st = db_stmt(db, &audit_module, Q_ADD);

	stmt_int(st, ":now", clock_now());
	stmt_text(st, ":who", who);
	stmt_text(st, ":command", command);
	stmt_text(st, ":detail", detail);
	if (stmt_run(st, e) == -1)
		return -1;
	db->audit.added = true;
	return 0;
}

void
audit_oblige(struct db *db, const char *who, const char *command)
{
	db->audit.who = who;
	db->audit.command = command;
}

bool
audit_kept(const struct db *db)
{
	return db->audit.kept;
}

int
audit_each(struct db *db, const struct audit_filter *f, int (*each)(void *ctx, const struct audit_row *row, struct err *e), void *ctx,
    struct err *e)
{
	struct stmt *st = db_stmt(db, &audit_module, Q_EACH);
	struct audit_row row;
	int rc;

	stmt_int(st, ":since", f->since);
	stmt_text(st, ":who", f->who);
	stmt_text(st, ":command", f->command);
	stmt_int(st, ":limit", f->limit);
	while ((rc = stmt_step(st, e)) == 1) {
		row.id = stmt_col_int(st, 0);
		row.at = stmt_col_int(st, 1);
		row.who = stmt_col_text(st, 2);
		row.command = stmt_col_text(st, 3);
		row.detail = stmt_col_text(st, 4);
		if (each(ctx, &row, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}
