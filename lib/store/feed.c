/* feed.c - see feed.h. */
#include "store/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_FIND,
	Q_PUT,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_FIND] = "SELECT etag, last_modified, first_at, fetched_at FROM feed WHERE url = :url",
	[Q_PUT] = "INSERT INTO feed (url, etag, last_modified, first_at, fetched_at) VALUES (:url, :etag, :modified, :now, :now) "
		  "ON CONFLICT DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified, fetched_at = excluded.fetched_at",
};
const struct db_module feed_module = { "feed", sql, Q_COUNT, MODULE_FEED };

int
feed_seen_find(struct db *db, const char *url, struct feed_seen *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &feed_module, Q_FIND);
	int rc;

	stmt_text(st, ":url", url);
	rc = stmt_step(st, e);
	if (rc == 1) {
		out->etag = xstrdup(stmt_col_text(st, 0));
		out->last_modified = xstrdup(stmt_col_text(st, 1));
		out->first_at = stmt_col_int(st, 2);
		out->fetched_at = stmt_col_int(st, 3);
		stmt_done(st);
	}
	return rc;
}

void
feed_seen_release(struct feed_seen *seen)
{
	free(seen->etag);
	free(seen->last_modified);
	memset(seen, 0, sizeof(*seen));
}

int
feed_seen_put(struct db *db, const char *url, const struct feed_seen *seen, struct err *e)
{
	struct stmt *st = db_stmt(db, &feed_module, Q_PUT);

	stmt_text(st, ":url", url);
	stmt_text(st, ":etag", seen->etag);
	stmt_text(st, ":modified", seen->last_modified);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}
