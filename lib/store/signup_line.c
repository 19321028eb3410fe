/* signup_line.c - see signup_line.h. */
#include "store/signup_line.h"

#include <string.h>

#include "store/db.h"
#include "store/modules.h"

enum {
	Q_HOLD,
	Q_FIRST,
	Q_LAST,
	Q_SET_NEXT,
	Q_WAKE,
	Q_NETWORK,
	Q_REPEATED,
	Q_HELD,
	Q_DROP,
	Q_WAITING,
	Q_LINES,
	Q_NETWORKS,
	QUERIES
};

static const char *const sql[] = {
	[Q_HOLD] = "UPDATE signup_request SET held_by = :by, line = :line, network = :network, place = :place, held_at = :since, next_at = :next "
		   "WHERE id = :id",
	[Q_FIRST] = "SELECT id, place, weight, next_at FROM signup_request WHERE held_by = :by AND line = :line ORDER BY place, id LIMIT 1",
	[Q_LAST] = "SELECT id, place, held_by, line FROM signup_request WHERE held_by IS NOT NULL AND place >= 0 ORDER BY place DESC, id DESC LIMIT 1",
	[Q_SET_NEXT] = "UPDATE signup_request SET next_at = :next WHERE id = :id",
	/* the id beside a min() is that row's */
	[Q_WAKE] = "UPDATE signup_request SET next_at = :now WHERE id IN (SELECT id FROM (SELECT id, min(place) FROM signup_request "
		   "WHERE held_by IS NOT NULL GROUP BY held_by, line))",
	[Q_NETWORK] = "SELECT count(*) FROM (SELECT 1 FROM signup_request WHERE held_by IS NOT NULL AND network = :network LIMIT :most)",
	[Q_REPEATED] = "SELECT 1 FROM signup_request WHERE held_by IS NOT NULL AND network = :network AND address_key = :key AND kind = :kind LIMIT 1",
	[Q_HELD] = "SELECT count(*) FROM signup_request WHERE held_by IS NOT NULL",
	[Q_DROP] = "DELETE FROM signup_request WHERE id IN (SELECT id FROM signup_request WHERE held_by IS NOT NULL AND held_at < :before LIMIT :limit)",
	[Q_WAITING] = "SELECT count(held_by), coalesce(min(held_at), 0), count(DISTINCT network), count(*) - count(held_by) FROM signup_request",
	[Q_LINES] = "SELECT held_by, count(*) AS n, min(held_at), max(ip), max(address_key) FROM signup_request WHERE held_by IS NOT NULL "
		    "GROUP BY held_by, line ORDER BY n DESC, held_by, line LIMIT :limit",
	[Q_NETWORKS] = "SELECT '', count(*) AS n, min(held_at), max(ip), '' FROM signup_request WHERE held_by IS NOT NULL "
		       "GROUP BY network ORDER BY n DESC, network LIMIT :limit",
};
const struct db_module signup_line_module = { "signup_line", sql, QUERIES, MODULE_SIGNUP_LINE };

static const char *const names[] = { "", "network", "domain", "total" };

const char *
signup_limit_name(enum signup_limit by)
{
	return names[by];
}

enum signup_limit
signup_limit_parse(const char *name)
{
	int i;

	for (i = SIGNUP_LIMITS - 1; i > SIGNUP_FREE && strcmp(names[i], name) != 0;)
		i--;
	return (enum signup_limit)i;
}

int
signup_hold(struct db *db, const struct signup *s, int64_t next_at, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_HOLD);

	stmt_int(st, ":id", s->id);
	stmt_text(st, ":by", names[s->held_by]);
	stmt_text(st, ":line", s->line);
	stmt_text(st, ":network", s->network);
	stmt_int(st, ":place", s->place);
	stmt_int(st, ":since", s->held_at);
	stmt_int(st, ":next", next_at);
	return stmt_run(st, e);
}

int
signup_first(struct db *db, enum signup_limit by, const char *line, struct signup_first *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_FIRST);
	int rc;

	stmt_text(st, ":by", names[by]);
	stmt_text(st, ":line", line);
	rc = stmt_step(st, e);
	if (rc == 1) {
		*out = (struct signup_first){ stmt_col_int(st, 0), stmt_col_int(st, 1), stmt_col_int(st, 2), stmt_col_int(st, 3) };
		stmt_done(st);
	}
	return rc;
}

int
signup_last(struct db *db, struct signup *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_LAST);
	char word[16];
	int rc = stmt_step(st, e);

	if (rc != 1)
		return rc;
	memset(out, 0, sizeof(*out));
	out->id = stmt_col_int(st, 0);
	out->place = stmt_col_int(st, 1);
	stmt_col_copy(st, 2, word, sizeof(word));
	out->held_by = signup_limit_parse(word);
	stmt_col_copy(st, 3, out->line, sizeof(out->line));
	stmt_done(st);
	return 1;
}

int
signup_set_next(struct db *db, int64_t id, int64_t next_at, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_SET_NEXT);

	stmt_int(st, ":id", id);
	stmt_int(st, ":next", next_at);
	return stmt_run(st, e);
}

int
signup_wake(struct db *db, int64_t now, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_WAKE);

	stmt_int(st, ":now", now);
	return stmt_run(st, e);
}

int
signup_network_waiting(struct db *db, const char *network, int64_t most, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_NETWORK);

	stmt_text(st, ":network", network);
	stmt_int(st, ":most", most);
	return stmt_one_int(st, n, e) == 1 ? 0 : -1;
}

int
signup_repeated(struct db *db, const struct signup *s, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_REPEATED);
	int64_t one;

	stmt_text(st, ":network", s->network);
	stmt_text(st, ":key", s->key);
	stmt_text(st, ":kind", s->manage ? "manage" : "signup");
	return stmt_one_int(st, &one, e);
}

int
signup_held_count(struct db *db, int64_t *n, struct err *e)
{
	return stmt_one_int(db_stmt(db, &signup_line_module, Q_HELD), n, e) == 1 ? 0 : -1;
}

int
signup_drop_held(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_DROP);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}

int
signup_waiting(struct db *db, struct signup_waiting *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_line_module, Q_WAITING);
	int rc = stmt_step(st, e);

	if (rc == 1) {
		*out = (struct signup_waiting){ stmt_col_int(st, 0), stmt_col_int(st, 1), stmt_col_int(st, 2), stmt_col_int(st, 3) };
		stmt_done(st);
	}
	return rc == 1 ? 0 : -1;
}

static int
each(struct stmt *st, int64_t limit, signup_group_fn *fn, void *arg, struct err *e)
{
	struct signup_group group;
	int rc;

	stmt_int(st, ":limit", limit);
	while ((rc = stmt_step(st, e)) == 1) {
		group.by = signup_limit_parse(stmt_col_text(st, 0));
		group.count = stmt_col_int(st, 1);
		group.since = stmt_col_int(st, 2);
		group.ip = stmt_col_text(st, 3);
		group.address = stmt_col_text(st, 4);
		fn(arg, &group);
	}
	return rc;
}

int
signup_each_line(struct db *db, int64_t limit, signup_group_fn *fn, void *arg, struct err *e)
{
	return each(db_stmt(db, &signup_line_module, Q_LINES), limit, fn, arg, e);
}

int
signup_each_network(struct db *db, int64_t limit, signup_group_fn *fn, void *arg, struct err *e)
{
	return each(db_stmt(db, &signup_line_module, Q_NETWORKS), limit, fn, arg, e);
}
