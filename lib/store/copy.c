/*
 * copy.c - see copy.h. sqlite3_backup in steps inside one read transaction, and not VACUUM INTO: the same snapshot, but pages
 * are copied as they are, without an index being built anew. What was deleted is not in them: secure_delete.
 */
#include "store/copy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "store/db_private.h"
#include "store/migrate.h"
#include "store/suppression.h"

#define STEP 256 /* pages between two looks at progress: 1 MiB */
#define SAMPLE 100

static int
exec(sqlite3 *sqlite, const char *sql, struct err *e)
{
	return sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail_sqlite(sqlite, e);
}

static int
number(sqlite3 *sqlite, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(sqlite, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		rc = 0;
	} else {
		db_fail_sqlite(sqlite, e);
	}
	sqlite3_finalize(st);
	return rc;
}

int
copy_size(struct db *db, int64_t *octets, struct err *e)
{
	int64_t pages, page;

	if (number(db->sqlite, "PRAGMA page_count", &pages, e) == -1 || number(db->sqlite, "PRAGMA page_size", &page, e) == -1)
		return -1;
	*octets = pages * page;
	return 0;
}

int
copy_count(struct db *db, struct copy_counts *out, struct err *e)
{
	const struct {
		const char *sql;
		int64_t *to;
	} wanted[] = {
		{ "PRAGMA user_version", &out->version },
		{ "SELECT count(*) FROM subscriber", &out->subscribers },
		{ "SELECT count(*) FROM subscription WHERE state = 1", &out->active },
		{ "SELECT count(*) FROM campaign", &out->campaigns },
		{ "SELECT count(*) FROM campaign WHERE state IN ('scheduled', 'sending', 'paused', 'held')", &out->unfinished },
		{ "SELECT count(*) FROM delivery", &out->deliveries },
		{ "SELECT count(*) FROM suppression", &out->suppressions },
		{ "SELECT count(*) FROM article", &out->articles },
		{ "SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed')", &out->waiting },
	};
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (number(db->sqlite, wanted[i].sql, wanted[i].to, e) == -1)
			return -1;
	return 0;
}

/* A file without a name, and SQLite on it. It has no journal: when this fails nobody needs it. */
static int
open_copy(const char *store_path, int *fd, sqlite3 **to, struct err *e)
{
	struct buf path = BUF_INIT;
	int rc = -1;

	buf_addf(&path, "%s-copy-XXXXXX", store_path);
	*fd = mkostemp(path.data, O_CLOEXEC);
	if (*fd == -1) {
		err_sys(e, "cannot create a file beside %s", store_path);
		goto out;
	}
	if (sqlite3_open_v2(path.data, to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		db_fail_sqlite(*to, e);
	else
		rc = exec(*to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1024", e);
	unlink(path.data);
out:
	buf_release(&path);
	return rc;
}

static int
copy_pages(struct db *db, sqlite3 *to, copy_progress *progress, void *ctx, struct err *e)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", db->sqlite, "main");
	int64_t total;
	int rc = SQLITE_OK, told = 0;

	if (!backup)
		return db_fail_sqlite(to, e);
	while (told == 0 && rc == SQLITE_OK) {
		rc = sqlite3_backup_step(backup, STEP);
		total = sqlite3_backup_pagecount(backup);
		told = progress(ctx, total - sqlite3_backup_remaining(backup), total, e);
	}
	if (sqlite3_backup_finish(backup) != SQLITE_OK && told == 0)
		return db_fail_sqlite(to, e);
	return told == 0 && rc == SQLITE_DONE ? 0 : told == -1 ? -1
							       : db_fail_sqlite(to, e);
}

int
copy_make(struct db *db, const char *store_path, copy_progress *progress, void *ctx, int *fd, struct copy_counts *counts, int64_t *at,
    struct err *e)
{
	sqlite3 *to = NULL;
	int rc = -1;

	*fd = -1;
	if (exec(db->sqlite, "BEGIN", e) == -1)
		return -1;
	*at = clock_now();
	/* the first of these reads fixes the snapshot; within it SQLite does not begin the copy anew when others write */
	if (copy_count(db, counts, e) == -1 || open_copy(store_path, fd, &to, e) == -1 || copy_pages(db, to, progress, ctx, e) == -1)
		goto out;
	rc = 0;
out:
	sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(to);
	if (rc == -1 && *fd != -1) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

static int
check_whole(sqlite3 *sqlite, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(sqlite, "PRAGMA integrity_check(1)", -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
		err_set(e, ERR_CORRUPT, "the store in it is damaged: %s", sqlite3_errmsg(sqlite));
	else if (strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
		err_set(e, ERR_CORRUPT, "the store in it is damaged: %s", (const char *)sqlite3_column_text(st, 0));
	else
		rc = 0;
	sqlite3_finalize(st);
	return rc;
}

int
copy_check(const char *path, int64_t *version, struct err *e)
{
	sqlite3 *sqlite = NULL;
	int64_t application;
	int rc = -1;

	if (sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    number(sqlite, "PRAGMA user_version", version, e) == -1 || number(sqlite, "PRAGMA application_id", &application, e) == -1)
		err_set(e, ERR_CORRUPT, "the store in it cannot be read: %s", sqlite3_errmsg(sqlite));
	else if (application != APPLICATION_ID || *version <= 0)
		err_set(e, ERR_CORRUPT, "the store in it is no store of newsletter");
	else if (*version > SCHEMA_VERSION)
		err_set(e, ERR_VERSION, "it was made by a newer newsletter (store version %d, this one knows %d): install that one",
		    (int)*version, SCHEMA_VERSION);
	else if (exec(sqlite, "PRAGMA trusted_schema = OFF", e) == 0)
		rc = check_whole(sqlite, e);
	sqlite3_close(sqlite);
	return rc;
}

int
copy_key_fits(struct db *db, struct err *e)
{
	sqlite3_stmt *st = NULL;
	uint8_t mac[SUPPRESSION_HMAC];
	int rc = 1, step = SQLITE_ERROR;

	if (sqlite3_prepare_v2(db->sqlite, "SELECT address_key, address_hmac FROM subscriber ORDER BY id LIMIT :limit", -1, &st, NULL) ==
	    SQLITE_OK)
		sqlite3_bind_int(st, 1, SAMPLE);
	while (rc == 1 && st && (step = sqlite3_step(st)) == SQLITE_ROW) {
		suppression_hmac(db, (const char *)sqlite3_column_text(st, 0), mac);
		rc = sqlite3_column_bytes(st, 1) == SUPPRESSION_HMAC && memcmp(sqlite3_column_blob(st, 1), mac, SUPPRESSION_HMAC) == 0;
	}
	if (rc == 1 && step != SQLITE_DONE)
		rc = db_fail(db, e);
	sqlite3_finalize(st);
	return rc;
}
