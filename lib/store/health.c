/* health.c - see health.h. */
#include "store/health.h"

#include "base/clock.h"
#include "base/err.h"
#include "store/db_private.h"

#define STEPS 10000 /* of SQLite's machine between two looks at the clock */

static int
is_over(void *end_us)
{
	return clock_mono_us() > *(const int64_t *)end_us;
}

static int
found(sqlite3_stmt *st, enum health_part part, struct err *e)
{
	const char *text = (const char *)sqlite3_column_text(st, 0);

	if (part == HEALTH_REFERENCES)
		return err_set(e, ERR_CORRUPT, "rows of %.60s refer to rows of %.60s that are not there", text, sqlite3_column_text(st, 2));
	if (sqlite3_stricmp(text, "ok") == 0)
		return 1;
	return err_set(e, ERR_CORRUPT, "the file is damaged: %.200s", text);
}

int
health_check(struct db *db, enum health_part part, int64_t most_us, struct err *e)
{
	static const char *const sql[] = {
		[HEALTH_FILE] = "PRAGMA quick_check(1)",
		[HEALTH_REFERENCES] = "PRAGMA foreign_key_check",
	};
	int64_t end_us = clock_mono_us() + most_us;
	sqlite3_stmt *st = NULL;
	int rc;

	if (most_us)
		sqlite3_progress_handler(db->sqlite, STEPS, is_over, &end_us);
	rc = sqlite3_prepare_v2(db->sqlite, sql[part], -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		rc = found(st, part, e);
	else if (rc == SQLITE_DONE)
		rc = 1;
	else
		rc = rc == SQLITE_INTERRUPT ? 0 : db_fail(db, e);
	sqlite3_finalize(st);
	sqlite3_progress_handler(db->sqlite, 0, NULL, NULL);
	return rc;
}

static int
one_number(struct db *db, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW) {
		db_fail(db, e);
	} else {
		*out = sqlite3_column_int64(st, 0);
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

int
health_version(struct db *db, int64_t *out, struct err *e)
{
	return one_number(db, "PRAGMA user_version", out, e);
}

int
health_newest(struct db *db, int64_t *out, struct err *e)
{
	return one_number(db,
	    "SELECT max(coalesce((SELECT at FROM consent ORDER BY id DESC LIMIT 1), 0), coalesce((SELECT at FROM event ORDER BY id DESC LIMIT 1), 0), "
	    "coalesce((SELECT at FROM audit ORDER BY id DESC LIMIT 1), 0), coalesce((SELECT created_at FROM outbox ORDER BY id DESC LIMIT 1), 0))",
	    out, e);
}
