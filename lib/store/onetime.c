/* onetime.c - see onetime.h. */
#include "store/onetime.h"

#include <string.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_PUT,
	Q_FIND,
	Q_OUTSTANDING,
	Q_SET_TOPICS,
	Q_USE,
	Q_RECENT,
	Q_DELETE_EXPIRED,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_PUT] = ("INSERT INTO token (hash, purpose, subscriber_id, topics, created_at, expires_at) "
		   "VALUES (:hash, :purpose, :subscriber, :topics, :created, :expires)"),
	[Q_FIND] = "SELECT subscriber_id, topics, created_at, expires_at, coalesce(used_at, 0) FROM token WHERE hash = :hash AND purpose = :purpose",
	[Q_OUTSTANDING] = "SELECT hash, topics, created_at, expires_at FROM token WHERE subscriber_id = :subscriber AND purpose = :purpose "
			  "AND used_at IS NULL AND expires_at > :now ORDER BY created_at DESC LIMIT 1",
	[Q_SET_TOPICS] = "UPDATE token SET topics = :topics WHERE hash = :hash",
	[Q_USE] = "UPDATE token SET used_at = :now WHERE hash = :hash AND used_at IS NULL",
	[Q_RECENT] = "SELECT 1 FROM token WHERE subscriber_id = :subscriber AND purpose = :purpose AND created_at >= :since LIMIT 1",
	[Q_DELETE_EXPIRED] = "DELETE FROM token WHERE hash IN (SELECT hash FROM token WHERE expires_at < :before LIMIT :limit)",
};
const struct db_module onetime_module = { "onetime", sql, Q_COUNT, MODULE_ONETIME };

int
onetime_put(struct db *db, const uint8_t hash[32], const char *purpose, const struct onetime *t, struct err *e)
{
	struct stmt *st = db_stmt(db, &onetime_module, Q_PUT);

	stmt_blob(st, ":hash", hash, 32);
	stmt_text(st, ":purpose", purpose);
	stmt_int(st, ":subscriber", t->subscriber_id);
	stmt_text(st, ":topics", t->topics);
	stmt_int(st, ":created", t->created_at);
	stmt_int(st, ":expires", t->expires_at);
	return stmt_run(st, e);
}

int
onetime_find(struct db *db, const uint8_t hash[32], const char *purpose, struct onetime *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &onetime_module, Q_FIND);
	int rc;

	stmt_blob(st, ":hash", hash, 32);
	stmt_text(st, ":purpose", purpose);
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	out->subscriber_id = stmt_col_int(st, 0);
	stmt_col_copy(st, 1, out->topics, sizeof(out->topics));
	out->created_at = stmt_col_int(st, 2);
	out->expires_at = stmt_col_int(st, 3);
	out->used_at = stmt_col_int(st, 4);
	stmt_done(st);
	return 1;
}

int
onetime_outstanding(struct db *db, int64_t subscriber_id, const char *purpose, uint8_t hash[32], struct onetime *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &onetime_module, Q_OUTSTANDING);
	int rc;

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":purpose", purpose);
	stmt_int(st, ":now", clock_now());
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	stmt_col_octets(st, 0, hash, 32);
	memset(out, 0, sizeof(*out));
	out->subscriber_id = subscriber_id;
	stmt_col_copy(st, 1, out->topics, sizeof(out->topics));
	out->created_at = stmt_col_int(st, 2);
	out->expires_at = stmt_col_int(st, 3);
	stmt_done(st);
	return 1;
}

int
onetime_set_topics(struct db *db, const uint8_t hash[32], const char *topics, struct err *e)
{
	struct stmt *st = db_stmt(db, &onetime_module, Q_SET_TOPICS);

	stmt_blob(st, ":hash", hash, 32);
	stmt_text(st, ":topics", topics);
	return stmt_run(st, e);
}

int
onetime_use(struct db *db, const uint8_t hash[32], struct err *e)
{
	struct stmt *st = db_stmt(db, &onetime_module, Q_USE);

	stmt_blob(st, ":hash", hash, 32);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

int
onetime_recent(struct db *db, int64_t subscriber_id, const char *purpose, int64_t since, struct err *e)
{
	struct stmt *st = db_stmt(db, &onetime_module, Q_RECENT);
	int64_t found;

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":purpose", purpose);
	stmt_int(st, ":since", since);
	return stmt_one_int(st, &found, e);
}

int
onetime_delete_expired(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &onetime_module, Q_DELETE_EXPIRED);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}
