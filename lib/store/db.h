/*
 * db.h - the store: one SQLite file, opened, locked fairly, written in short transactions.
 *
 * WAL, synchronous=FULL, secure_delete. Writers queue on an advisory lock
 * before BEGIN IMMEDIATE (SQLite's own busy handler starves one of two busy
 * writers), and event loops never sleep in it: they try, go on, and try again.
 * None is to hold it over 20 ms when others wait, so long jobs work in bites (db_chunk); what is
 * one statement over a campaign of a million (its start, its recovery) still
 * does. Only lib/store knows that this is SQLite.
 */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct histogram;

enum db_open {
	DB_CREATE,  /* make a new store; ERR_EXISTS when there is one */
	DB_MIGRATE, /* open, bringing an older one up to date (newsletterd's parent, `newsletter init`) */
	DB_USE,     /* open one that is up to date */
	DB_AS_IS,   /* an older one, too, and leave it so: for copying it, and a row in the audit */
};

/*
 * NULL with ERR_NOT_FOUND, ERR_EXISTS, ERR_VERSION (the store is from a newer
 * program, or from an older one and DB_USE), ERR_CORRUPT (damaged, or no store
 * of ours), ERR_FULL or ERR_SYSTEM; then a file that was there is as it was, and one that was not is not.
 */
struct db *db_open(const char *path, enum db_open how, struct err *e);
void db_close(struct db *db);

/*
 * Begin to write, waiting for the turn: at most 10 s (db_set_wait), then ERR_BUSY.
 * For programs that have nothing else to do. Reading needs no begin; writing
 * without one fails. Neither begin nor db_chunk may be called in the middle of a
 * walk (segment_each and its like): what it reads may be out of date.
 */
int db_begin(struct db *db, struct err *e);
void db_set_wait(struct db *db, int64_t wait_ms);

/*
 * For event loops: 1 when the transaction is open, 0 when it is somebody else's turn (call again within 1-2 ms: the place in the
 * queue is kept), -1.
 */
int db_try_begin(struct db *db, struct err *e);

int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db); /* harmless when nothing is open; gives up the place in the queue too */

/* How long the commits of this connection took, those that failed as well. Borrowed. */
const struct histogram *db_commits(const struct db *db);

/* In a long job, between two rows: commit and begin again once the lock was held for 15 ms and somebody waits, or for 60 ms. */
bool db_chunk_due(const struct db *db);
int db_chunk(struct db *db, struct err *e);

/*
 * Read the store as it is at one moment, until db_read_end: for exports, whose parts must fit each other. Others write meanwhile, but the
 * write-ahead log cannot be emptied; no transaction can be begun in between.
 */
int db_read_begin(struct db *db, struct err *e);
void db_read_end(struct db *db);

/* Most memory for pages of the file, in KiB; 4096 unless set. What only walks through tables in order needs little. */
void db_set_cache(struct db *db, int kib);

/*
 * For whoever writes the store full, between transactions: more memory for pages, a thread that empties the log (until db_close), and no
 * look-up of what a row refers to, for only rows that this connection has seen in the same transaction are referred to, or such as are
 * there for ever (topics, wordings). Nobody may be deleted over this connection from here on: nothing would go with them.
 */
void db_bulk(struct db *db);

/* A number that changes when another connection has written. */
int64_t db_data_version(struct db *db);

/* Rows changed by the last statement. */
int64_t db_changes(const struct db *db);

/*
 * Bring the write-ahead log into the file and empty it, so that it keeps no old page: after an erasure. For a quiet
 * moment: 1, 0 when somebody reads or writes just now (try again later), -1.
 */
int db_checkpoint(struct db *db, struct err *e);

/*
 * The site's language, which is that of everybody who has none of their own: segments (segment.h) ask for it. "" unless set; cut to 15
 * bytes.
 */
void db_set_language(struct db *db, const char *language);
const char *db_language(const struct db *db);

/*
 * The key of suppression.address_hmac (lib/store/suppression.h); the roles that must not have it never set it. Reading one that was
 * not set aborts.
 */
void db_set_suppression_key(struct db *db, const uint8_t key[32]);
const uint8_t *db_suppression_key(const struct db *db);

#endif
