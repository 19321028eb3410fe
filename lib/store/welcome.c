/* welcome.c - see welcome.h. */
#include "store/welcome.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"
#include "store/signup.h"
#include "store/topic.h"

enum {
	Q_FIND,
	Q_PUT,
	Q_NEXT,
	Q_DELETE,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_FIND] = "SELECT subscriber_id, topics, at FROM welcome WHERE subscriber_id = :subscriber",
	[Q_PUT] = ("INSERT INTO welcome (subscriber_id, topics, at) VALUES (:subscriber, :topics, :now) "
		   "ON CONFLICT DO UPDATE SET topics = excluded.topics, at = excluded.at"),
	[Q_NEXT] = "SELECT subscriber_id, topics, at FROM welcome WHERE subscriber_id > :after ORDER BY subscriber_id LIMIT 1",
	[Q_DELETE] = "DELETE FROM welcome WHERE subscriber_id = :subscriber",
};
const struct db_module welcome_module = { "welcome", sql, Q_COUNT, MODULE_WELCOME };

static int
one(struct stmt *st, struct welcome *out, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1) {
		out->subscriber_id = stmt_col_int(st, 0);
		stmt_col_copy(st, 1, out->topics, sizeof(out->topics));
		out->at = stmt_col_int(st, 2);
		stmt_done(st);
	}
	return rc;
}

int
welcome_add(struct db *db, int64_t subscriber_id, const int64_t *topics, int count, struct err *e)
{
	struct stmt *st = db_stmt(db, &welcome_module, Q_FIND);
	int64_t ids[TOPICS_MAX];
	struct welcome w;
	int i, j, n = 0, rc;

	stmt_int(st, ":subscriber", subscriber_id);
	rc = one(st, &w, e);
	if (rc == -1)
		return -1;
	if (rc == 1)
		n = signup_topics_read(w.topics, ids, TOPICS_MAX);
	for (i = 0; i < count; i++) {
		for (j = 0; j < n && ids[j] != topics[i]; j++)
			;
		if (j == n && n < TOPICS_MAX)
			ids[n++] = topics[i];
	}
	signup_topics_write(w.topics, sizeof(w.topics), ids, n);
	st = db_stmt(db, &welcome_module, Q_PUT);
	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":topics", w.topics);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

int
welcome_next(struct db *db, int64_t after, struct welcome *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &welcome_module, Q_NEXT);

	stmt_int(st, ":after", after);
	return one(st, out, e);
}

int
welcome_delete(struct db *db, int64_t subscriber_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &welcome_module, Q_DELETE);

	stmt_int(st, ":subscriber", subscriber_id);
	return stmt_run(st, e);
}
