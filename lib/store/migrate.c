/* migrate.c - see migrate.h. */
#include "store/migrate.h"

#include <sqlite3.h>
#include <stdio.h>

#include "base/err.h"

#define APPLICATION_ID 0x4e65776c	/* "Newl": file(1) and we know the store by it */

/* steps[i] leads from version i + 1 to i + 2; a change of schema.sql is a new row here and SCHEMA_VERSION + 1. */
static const char *const steps[] = {
	NULL,
};

int
migrate_version(struct sqlite3 *sqlite)
{
	sqlite3_stmt *st = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(sqlite, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		version = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return version;
}

static int
run(struct sqlite3 *sqlite, const char *sql, struct err *e)
{
	if (sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	if ((sqlite3_errcode(sqlite) & 0xff) == SQLITE_FULL)
		return err_set(e, ERR_FULL, "no space left for the store; nothing was changed: free some space and try again");
	return err_set(e, ERR_SYSTEM, "cannot migrate the store: %s", sqlite3_errmsg(sqlite));
}

int
migrate(struct sqlite3 *sqlite, int to, struct err *e)
{
	char pragma[96];
	int version;

	if (run(sqlite, "BEGIN EXCLUSIVE", e) == -1)
		return -1;
	version = migrate_version(sqlite);
	if (version == 0) {
		if (run(sqlite, schema_sql, e) == -1)
			goto fail;
		version = SCHEMA_VERSION;
	}
	if (version == to && migrate_version(sqlite) == to) { /* nothing to write */
		sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
		return 0;
	}
	for (; version < to; version++)
		if (run(sqlite, steps[version - 1], e) == -1)
			goto fail;
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d; PRAGMA application_id = %d", version, APPLICATION_ID);
	if (run(sqlite, pragma, e) == -1 || run(sqlite, "COMMIT", e) == -1)
		goto fail;
	return 0;
fail:
	sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}
