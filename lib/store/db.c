/* db.c - see db.h. */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "store/audit.h"
#include "store/checkpointer.h"
#include "store/db_private.h"
#include "store/migrate.h"

#define BEGIN_WAIT_US 10000000 /* db_begin gives up after 10 s */
#define CHUNK_US 15000         /* db_chunk: 15 ms of work, so that a commit ends within 20 */
#define CHUNK_ALONE_US 60000   /* nobody waits: each commit costs a write of its own; but not so much that it takes long */
#define BULK_CACHE_KIB 12288

static bool
means_full(int code)
{
	return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

int
db_fail_sqlite(struct sqlite3 *sqlite, struct err *e)
{
	int write_errno = errno; /* of the write that failed, if one did: a COMMIT sets no sqlite3_system_errno */
	const char *text = sqlite3_errmsg(sqlite);

	switch (sqlite3_errcode(sqlite) & 0xff) {
	case SQLITE_FULL:
		return err_set(e, ERR_FULL, "no space left for the store, so this was not written: free some space and try again");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_BUSY,
		    "the store is locked by another program, so this was not written: try again, or see who has it open");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(e, ERR_CORRUPT, "the store is damaged (%s): restore it from the backup", text);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return err_set(e, ERR_SYSTEM, "cannot write the store (%s): check the owner and mode of its folder and files", text);
	default:
		/* SQLITE_IOERR is how a full quota and a limit on the size of files show */
		if (means_full(sqlite3_system_errno(sqlite)) ||
		    (sqlite3_extended_errcode(sqlite) == SQLITE_IOERR_WRITE && means_full(write_errno)))
			return err_set(e, ERR_FULL, "no space left for the store, so this was not written: free some space and try again");
		return err_set(e, ERR_SYSTEM, "store: %s", text);
	}
}

int
db_fail(const struct db *db, struct err *e)
{
	return db_fail_sqlite(db->sqlite, e);
}

static int
exec(struct db *db, const char *sql, struct err *e)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail(db, e);
}

/* SQLite would create the file with mode 0644: the staff's group must be able to write, others not even read. */
static int
create_file(const char *path, struct err *e)
{
	int rc, fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);

	if (fd == -1 && errno == EEXIST)
		return err_set(e, ERR_EXISTS, "there is a store at %s already", path);
	if (fd == -1)
		return err_sys(e, "cannot create the store %s", path);
	rc = fchmod(fd, 0660) == -1 ? err_sys(e, "cannot set the permissions of %s", path) : 0;
	close(fd);
	return rc;
}

/* The number that a statement of our own gives. */
static int
number(struct db *db, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		rc = 0;
	} else {
		db_fail(db, e);
	}
	sqlite3_finalize(st);
	return rc;
}

/* Look before anything is written: the file may be a newer program's, or no store at all. *version is 0 when it is empty. */
static int
check_file(struct db *db, const char *path, enum db_open how, int64_t *version, struct err *e)
{
	int64_t application, tables;

	if (number(db, "PRAGMA user_version", version, e) == -1 || number(db, "PRAGMA application_id", &application, e) == -1 ||
	    number(db, "SELECT count(*) FROM sqlite_schema", &tables, e) == -1)
		return err_wrap(e, "%s", path);
	if (*version == 0 && tables == 0) {
		if (how == DB_USE || how == DB_AS_IS)
			return err_set(e, ERR_CORRUPT, "%s is empty, not a store: run `newsletter init`", path);
		return 0;
	}
	if (*version <= 0 || application != APPLICATION_ID)
		return err_set(e, ERR_CORRUPT, "%s is an SQLite file, but no store of newsletter: check [store] path", path);
	if (*version > SCHEMA_VERSION)
		return err_set(e, ERR_VERSION,
		    "%s has schema version %d, made by a newer newsletter; this one knows version %d: install the newer one",
		    path, (int)*version, SCHEMA_VERSION);
	if (*version < SCHEMA_VERSION && how == DB_USE)
		return err_set(e, ERR_VERSION,
		    "%s has schema version %d, this program needs %d: restart newsletterd, which brings it up to date",
		    path, (int)*version, SCHEMA_VERSION);
	return 0;
}

static int
open_file(struct db *db, const char *path, enum db_open how, struct err *e)
{
	struct buf lock = BUF_INIT;
	int64_t version;
	int rc = -1;

	if (sqlite3_open_v2(path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		db_fail(db, e);
		goto out;
	}
	sqlite3_busy_timeout(db->sqlite, 5000); /* while opening: another process may be recovering the WAL */
	if (check_file(db, path, how, &version, e) == -1)
		goto out;
	buf_addf(&lock, "%s-lock", path);
	if (turn_open(&db->turn, lock.data, e) == -1)
		goto out;
	if (exec(db,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;"
		"PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096",
		e) == -1)
		goto out;
	if (version < SCHEMA_VERSION && how != DB_AS_IS && migrate(db->sqlite, SCHEMA_VERSION, e) == -1)
		goto out;
	sqlite3_busy_timeout(db->sqlite, 0); /* from here on writers queue on the turn */
	rc = 0;
out:
	buf_release(&lock);
	return rc;
}

/* What a store that could not be made has left, so that trying again is not refused. */
static void
unlink_files(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };
	struct buf name = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		buf_reset(&name);
		buf_addf(&name, "%s%s", path, suffixes[i]);
		unlink(name.data);
	}
	buf_release(&name);
}

struct db *
db_open(const char *path, enum db_open how, struct err *e)
{
	struct db *db;
	struct stat st;
	mode_t mask;
	int rc;

	if (how == DB_CREATE && create_file(path, e) == -1)
		return NULL;
	if (stat(path, &st) == -1) {
		if (errno == ENOENT)
			err_set(e, ERR_NOT_FOUND, "no store at %s: run `newsletter init` first", path);
		else
			err_sys(e, "cannot open the store %s", path);
		return NULL;
	}
	db = xcalloc(1, sizeof(*db));
	db->turn = TURN_INIT;
	db->wait_us = BEGIN_WAIT_US;
	mask = umask(0007); /* the lock's file; SQLite gives its own files the store's mode */
	rc = open_file(db, path, how, e);
	umask(mask);
	if (rc == -1) {
		db_close(db);
		if (how == DB_CREATE)
			unlink_files(path);
		return NULL;
	}
	return db;
}

void
db_close(struct db *db)
{
	int i, j;

	if (!db)
		return;
	db_rollback(db);
	checkpointer_stop(db->checkpointer);
	for (i = 0; db_modules[i]; i++) {
		for (j = 0; db->stmts[i] && j < db_modules[i]->count; j++)
			sqlite3_finalize(db->stmts[i][j].st);
		free(db->stmts[i]);
	}
	sqlite3_close(db->sqlite);
	turn_close(&db->turn);
	secret_wipe(db->suppression_key, sizeof(db->suppression_key));
	free(db);
}

int
db_try_begin(struct db *db, struct err *e)
{
	int rc;

	if (db->open)
		return 1;
	if (!turn_try(&db->turn))
		return 0;
	rc = sqlite3_exec(db->sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		db->open = true;
		db->begun_us = clock_mono_us();
		db->audit.added = false;
		db->audit.changes = sqlite3_total_changes64(db->sqlite);
		return 1;
	}
	if (rc == SQLITE_BUSY && sqlite3_extended_errcode(db->sqlite) == SQLITE_BUSY_SNAPSHOT) {
		turn_leave(&db->turn);
		return err_set(e, ERR_SYSTEM, "store: cannot begin to write in the middle of a walk that reads");
	}
	if (rc == SQLITE_BUSY) /* a program that does not know the turn, such as the sqlite3 shell */
		return 0;
	turn_leave(&db->turn);
	return db_fail(db, e);
}

int
db_begin(struct db *db, struct err *e)
{
	const struct timespec pause = { 0, 1000000 };
	int64_t start;
	int rc;

	if (!db->open)
		checkpointer_catch_up(db->checkpointer);
	start = clock_mono_us();
	while ((rc = db_try_begin(db, e)) == 0) {
		if (clock_mono_us() - start > db->wait_us) {
			turn_leave(&db->turn);
			return err_set(e, ERR_BUSY,
			    "the store is locked by another program for %lld s, so this was not written: try again, or see who has it open",
			    (long long)(db->wait_us / 1000000));
		}
		nanosleep(&pause, NULL);
	}
	return rc == 1 ? 0 : -1;
}

void
db_set_wait(struct db *db, int64_t wait_ms)
{
	db->wait_us = wait_ms * 1000;
}

/* What has changed something over a connection that somebody accounts for has a row in the audit. */
static int
account(struct db *db, struct err *e)
{
	if (!db->audit.who || db->audit.added || db->audit.kept || sqlite3_total_changes64(db->sqlite) == db->audit.changes)
		return 0;
	return audit_add(db, db->audit.who, db->audit.command, AUDIT_BEGUN, e);
}

int
db_commit(struct db *db, struct err *e)
{
	int64_t start = clock_mono_us();
	int rc = account(db, e) == -1 ? -1 : exec(db, "COMMIT", e);

	histogram_add(&db->commits, clock_mono_us() - start);
	if (rc == 0)
		db->audit.kept |= db->audit.added;
	else
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	db->open = false;
	turn_leave(&db->turn);
	return rc;
}

void
db_rollback(struct db *db)
{
	if (db->open)
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	db->open = false;
	if (db->turn.fd != -1)
		turn_leave(&db->turn);
}

bool
db_chunk_due(const struct db *db)
{
	int64_t held_us = clock_mono_us() - db->begun_us;

	return held_us >= CHUNK_ALONE_US || (held_us >= CHUNK_US && turn_wanted(&db->turn));
}

const struct histogram *
db_commits(const struct db *db)
{
	return &db->commits;
}

int
db_chunk(struct db *db, struct err *e)
{
	if (!db_chunk_due(db))
		return 0;
	if (db_commit(db, e) == -1)
		return -1;
	return db_begin(db, e);
}

int
db_read_begin(struct db *db, struct err *e)
{
	return exec(db, "BEGIN", e);
}

void
db_read_end(struct db *db)
{
	if (!db->open && !sqlite3_get_autocommit(db->sqlite))
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
}

void
db_set_cache(struct db *db, int kib)
{
	char pragma[48];

	snprintf(pragma, sizeof(pragma), "PRAGMA cache_size = -%d", kib);
	sqlite3_exec(db->sqlite, pragma, NULL, NULL, NULL); /* a wish: without it the store works as well */
}

void
db_bulk(struct db *db)
{
	db_set_cache(db, BULK_CACHE_KIB);
	sqlite3_exec(db->sqlite, "PRAGMA foreign_keys = OFF", NULL, NULL, NULL); /* a wish, too */
	if (!db->checkpointer)
		db->checkpointer = checkpointer_start(db->sqlite);
}

int64_t
db_data_version(struct db *db)
{
	struct err ignored = ERR_INIT;
	int64_t version = -1;

	number(db, "PRAGMA data_version", &version, &ignored);
	return version;
}

int64_t
db_changes(const struct db *db)
{
	return sqlite3_changes64(db->sqlite);
}

int
db_checkpoint(struct db *db, struct err *e)
{
	int rc;

	if (db->open || !turn_try(&db->turn)) {
		if (!db->open)
			turn_leave(&db->turn); /* it can wait: no place in the queue */
		return 0;
	}
	rc = sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	turn_leave(&db->turn);
	if (rc == SQLITE_OK)
		return 1;
	return rc == SQLITE_BUSY || rc == SQLITE_LOCKED ? 0 : db_fail(db, e);
}

void
db_set_language(struct db *db, const char *language)
{
	snprintf(db->language, sizeof(db->language), "%s", language);
}

const char *
db_language(const struct db *db)
{
	return db->language;
}

void
db_set_suppression_key(struct db *db, const uint8_t key[32])
{
	memcpy(db->suppression_key, key, sizeof(db->suppression_key));
	db->has_suppression_key = true;
}

const uint8_t *
db_suppression_key(const struct db *db)
{
	if (!db->has_suppression_key)
		abort(); /* a MAC under no key would match nothing, and suppressed people would be mailed */
	return db->suppression_key;
}
