/* counter.c - see counter.h. */
#include "store/counter.h"

#include "store/db.h"
#include "store/modules.h"

enum {
	Q_ADD,
	Q_GET
};

static const char *const sql[] = {
	[Q_ADD] = "INSERT INTO counter (name, value) VALUES (:name, :n) ON CONFLICT DO UPDATE SET value = value + excluded.value",
	[Q_GET] = "SELECT value FROM counter WHERE name = :name",
};
const struct db_module counter_module = { "counter", sql, 2, MODULE_COUNTER };

int
counter_add(struct db *db, const char *name, int64_t n, struct err *e)
{
	struct stmt *st = db_stmt(db, &counter_module, Q_ADD);

	stmt_text(st, ":name", name);
	stmt_int(st, ":n", n);
	return stmt_run(st, e);
}

int
counter_get(struct db *db, const char *name, int64_t *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &counter_module, Q_GET);

	*out = 0;
	stmt_text(st, ":name", name);
	return stmt_one_int(st, out, e) == -1 ? -1 : 0;
}
