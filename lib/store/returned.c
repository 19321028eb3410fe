/* returned.c - see returned.h. */
#include "store/returned.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_FIND,
	Q_NOTE,
	Q_GONE,
	Q_AFTER,
	Q_DIGEST,
	Q_FORGET,
	Q_DELETE_OLD,
	Q_MAILBOX,
	Q_COUNT_OLD,
	Q_DROP_OLD,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_FIND] = "SELECT left_there FROM returned WHERE mailbox = :mailbox AND uid = :uid",
	[Q_NOTE] = "INSERT INTO returned (mailbox, uid, left_there, at) VALUES (:mailbox, :uid, :left, :now) "
		   "ON CONFLICT DO UPDATE SET left_there = excluded.left_there, at = excluded.at",
	[Q_GONE] = "DELETE FROM returned WHERE mailbox = :mailbox AND uid = :uid",
	[Q_AFTER] = "SELECT uid FROM returned WHERE mailbox = :mailbox AND uid > :after ORDER BY uid LIMIT :limit",
	[Q_DIGEST] = "INSERT INTO returned_digest (digest, at) VALUES (:digest, :now) ON CONFLICT DO NOTHING",
	[Q_FORGET] = "DELETE FROM returned_digest WHERE digest = :digest",
	[Q_DELETE_OLD] = "DELETE FROM returned_digest WHERE digest IN (SELECT digest FROM returned_digest WHERE at < :before LIMIT :limit)",
	[Q_MAILBOX] = "SELECT mailbox FROM returned WHERE mailbox > :after ORDER BY mailbox LIMIT 1",
	[Q_COUNT_OLD] = "SELECT count(*) FROM returned WHERE mailbox = :mailbox AND at < :before",
	[Q_DROP_OLD] = "DELETE FROM returned WHERE (mailbox, uid) IN "
		       "(SELECT mailbox, uid FROM returned WHERE mailbox = :mailbox AND at < :before LIMIT :limit)",
};
const struct db_module returned_module = { "returned", sql, Q_COUNT, MODULE_RETURNED };

int
returned_find(struct db *db, const char *mailbox, const char *uid, enum returned_state *state, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_FIND);
	int64_t left = 0;
	int rc;

	stmt_text(st, ":mailbox", mailbox);
	stmt_text(st, ":uid", uid);
	rc = stmt_one_int(st, &left, e);
	if (rc == -1)
		return -1;
	*state = rc == 0 ? RETURNED_NEW : left ? RETURNED_LEFT
					       : RETURNED_TO_REMOVE;
	return 0;
}

int
returned_note(struct db *db, const char *mailbox, const char *uid, bool left_there, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_NOTE);

	stmt_text(st, ":mailbox", mailbox);
	stmt_text(st, ":uid", uid);
	stmt_int(st, ":left", left_there);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

int
returned_gone(struct db *db, const char *mailbox, const char *uid, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_GONE);

	stmt_text(st, ":mailbox", mailbox);
	stmt_text(st, ":uid", uid);
	return stmt_run(st, e);
}

/* The uids of the next rows, each with its NUL, into *out; returns how many, or -1. */
static int64_t
read_after(struct db *db, const char *mailbox, const char *after, int64_t limit, struct buf *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_AFTER);
	int64_t n = 0;
	int rc;

	stmt_text(st, ":mailbox", mailbox);
	stmt_text(st, ":after", after);
	stmt_int(st, ":limit", limit);
	while ((rc = stmt_step(st, e)) == 1) {
		buf_addstr(out, stmt_col_text(st, 0));
		buf_addch(out, '\0');
		n++;
	}
	return rc == -1 ? -1 : n;
}

int
returned_sweep(struct db *db, const char *mailbox, char *after, size_t size, int64_t limit,
    int (*there)(void *ctx, const char *uid), void *ctx, struct err *e)
{
	struct buf uids = BUF_INIT;
	const char *uid, *end;
	int64_t n = read_after(db, mailbox, after, limit, &uids, e);
	int rc = n == -1 ? -1 : n == limit;

	for (uid = uids.data, end = uid + uids.len; rc != -1 && uid < end; uid += strlen(uid) + 1) {
		if (!there(ctx, uid) && returned_gone(db, mailbox, uid, e) == -1)
			rc = -1;
		snprintf(after, size, "%s", uid);
	}
	buf_release(&uids);
	return rc;
}

int
returned_digest(struct db *db, const uint8_t digest[RETURNED_DIGEST], struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_DIGEST);

	stmt_blob(st, ":digest", digest, RETURNED_DIGEST);
	stmt_int(st, ":now", clock_now());
	if (stmt_run(st, e) == -1)
		return -1;
	return db_changes(db) > 0;
}

int
returned_digest_forget(struct db *db, const uint8_t digest[RETURNED_DIGEST], struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_FORGET);

	stmt_blob(st, ":digest", digest, RETURNED_DIGEST);
	return stmt_run(st, e);
}

int
returned_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_DELETE_OLD);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}

int
returned_mailbox(struct db *db, const char *after, char *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_MAILBOX);
	int rc;

	stmt_text(st, ":after", after);
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	stmt_col_copy(st, 0, out, size);
	stmt_done(st);
	return 1;
}

int
returned_count_old(struct db *db, const char *mailbox, int64_t before, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_COUNT_OLD);

	stmt_text(st, ":mailbox", mailbox);
	stmt_int(st, ":before", before);
	return stmt_one_int(st, n, e) == 1 ? 0 : -1;
}

int
returned_drop_old(struct db *db, const char *mailbox, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &returned_module, Q_DROP_OLD);

	stmt_text(st, ":mailbox", mailbox);
	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}
