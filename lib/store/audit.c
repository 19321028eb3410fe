/* audit.c - see audit.h. */
#include "store/audit.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_ADD
};

static const char *const sql[] = {
	[Q_ADD] = "INSERT INTO audit (at, who, command, detail) VALUES (:now, :who, :command, :detail)",
};
const struct db_module audit_module = { "audit", sql, 1, MODULE_AUDIT };

int
audit_add(struct db *db, const char *who, const char *command, const char *detail, struct err *e)
{
	struct stmt *st = db_stmt(db, &audit_module, Q_ADD);

	stmt_int(st, ":now", clock_now());
	stmt_text(st, ":who", who);
	stmt_text(st, ":command", command);
	stmt_text(st, ":detail", detail);
	return stmt_run(st, e);
}
