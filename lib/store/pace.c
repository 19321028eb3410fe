/* pace.c - see pace.h. */
#include "store/pace.h"

#include "store/db.h"
#include "store/modules.h"

enum {
	Q_PUT,
	Q_DROP,
	Q_EXPIRE,
	Q_EACH,
	Q_USE,
	Q_SLOWED,
	Q_WINDOW,
	Q_TAKE,
	Q_DELETE_OLD,
	QUERIES
};

static const char *const sql[] = {
	[Q_PUT] = "INSERT INTO pace (scope, subject, window_start, used) VALUES (:scope, :subject, :start, :used) ON CONFLICT DO UPDATE SET used = excluded.used",
	[Q_DROP] = "DELETE FROM pace WHERE scope = :scope AND subject = :subject AND window_start < :before",
	[Q_EXPIRE] = "DELETE FROM pace WHERE scope = :scope AND window_start < :before",
	[Q_EACH] = "SELECT subject, window_start, used FROM pace WHERE scope = :scope ORDER BY subject, window_start",
	/* bounded, since sum() fails on what does not fit */
	[Q_USE] = "SELECT (SELECT coalesce(sum(max(0, min(used, :most))), 0) FROM pace "
		  "WHERE scope = 'relay' AND subject = :subject AND window_start > :since), "
		  "(SELECT coalesce(min(window_start), 0) FROM pace WHERE scope = 'relay-first' AND subject = :subject AND window_start > 0)",
	[Q_SLOWED] = "SELECT r.subject, r.window_start, r.used, coalesce(max(u.used), 0) FROM pace r "
		     "LEFT JOIN pace u ON u.scope = :scope || '-until' AND u.subject = r.subject AND u.used <= :most "
		     "WHERE r.scope = :scope || '-rate' AND r.window_start >= :since AND r.used BETWEEN 1 AND :most "
		     "GROUP BY r.subject ORDER BY r.subject, r.window_start",
	[Q_WINDOW] = "SELECT window_start, max(0, min(used, :most)) FROM pace WHERE scope = :scope AND subject = :subject "
		     "AND window_start > :since AND window_start <= :until ORDER BY window_start",
	[Q_TAKE] = "INSERT INTO pace (scope, subject, window_start, used) VALUES (:scope, :subject, :start, :n) "
		   "ON CONFLICT DO UPDATE SET used = min(used + excluded.used, :most)",
	[Q_DELETE_OLD] = "DELETE FROM pace WHERE (scope, subject, window_start) IN (SELECT scope, subject, window_start FROM pace "
			 "WHERE scope IN ('signup-network', 'signup-domain', 'signup-total') AND window_start < :before LIMIT :limit)",
};
const struct db_module pace_module = { "pace", sql, QUERIES, MODULE_PACE };

int
pace_put(struct db *db, const struct pace_row *row, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_PUT);

	stmt_text(st, ":scope", row->scope);
	stmt_text(st, ":subject", row->subject);
	stmt_int(st, ":start", row->window_start);
	stmt_int(st, ":used", row->used);
	return stmt_run(st, e);
}

int
pace_drop(struct db *db, const char *scope, const char *subject, int64_t before, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_DROP);

	stmt_text(st, ":scope", scope);
	stmt_text(st, ":subject", subject);
	stmt_int(st, ":before", before);
	return stmt_run(st, e);
}

int
pace_expire(struct db *db, const char *scope, int64_t before, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_EXPIRE);

	stmt_text(st, ":scope", scope);
	stmt_int(st, ":before", before);
	return stmt_run(st, e);
}

int
pace_each(struct db *db, const char *scope, pace_fn *fn, void *arg, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_EACH);
	struct pace_row row = { .scope = scope };
	int rc;

	stmt_text(st, ":scope", scope);
	while ((rc = stmt_step(st, e)) == 1) {
		row.subject = stmt_col_text(st, 0);
		row.window_start = stmt_col_int(st, 1);
		row.used = stmt_col_int(st, 2);
		fn(arg, &row);
	}
	return rc;
}

int64_t
pace_ramp_limit(const struct pace_ramp *r, int64_t now)
{
	int64_t n = r->first ? (now - r->first) / PACE_DAY : 0, limit = r->start, more;
	int64_t days = r->days || r->per_day ? r->days : PACE_RAMP_DAYS;

	if (!limit || (days && n >= days))
		return r->per_day;
	for (; n > 0 && limit < PACE_MOST; n--) {
		more = limit * (r->growth ? r->growth : 100) / 100;
		limit += more ? more : 1;
	}
	return r->per_day && limit > r->per_day ? r->per_day : limit;
}

int
pace_use(struct db *db, const char *relay, int64_t now, struct pace_use *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_USE);
	int rc;

	stmt_text(st, ":subject", relay);
	stmt_int(st, ":since", now - PACE_DAY - PACE_BUCKET); /* forgotten when its last second is a day old */
	stmt_int(st, ":most", PACE_MOST);
	rc = stmt_step(st, e);
	if (rc == 1) {
		out->messages = stmt_col_int(st, 0);
		out->first = stmt_col_int(st, 1);
	}
	stmt_done(st);
	return rc == 1 ? 0 : -1;
}

int64_t
pace_grown(int64_t rate)
{
	return rate + (rate / 5 ? rate / 5 : 1);
}

int
pace_slowed(struct db *db, const char *scope, int64_t now, pace_fn *fn, void *arg, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_SLOWED);
	struct pace_row row = { .scope = scope };
	int64_t age, until;
	int rc;

	stmt_text(st, ":scope", scope);
	stmt_int(st, ":since", now - PACE_DAY);
	stmt_int(st, ":most", INT64_C(1000) * PACE_MOST);
	while ((rc = stmt_step(st, e)) == 1) {
		row.subject = stmt_col_text(st, 0);
		row.window_start = stmt_col_int(st, 1);
		row.used = stmt_col_int(st, 2);
		until = stmt_col_int(st, 3);
		if (until <= row.used)
			until = 2 * row.used;
		for (age = now - row.window_start; age >= PACE_GROW && row.used < until; age -= PACE_GROW)
			row.used = pace_grown(row.used);
		if (row.used < until)
			fn(arg, &row);
	}
	return rc;
}

static int64_t
part_of(const struct pace_limit *l)
{
	return l->seconds >= 120 ? l->seconds / 60 : 1;
}

/* Walk the rows in the window, the oldest first: with `over` 0 to add up what was used, else until so many have left it. */
static int
walk(struct db *db, const struct pace_limit *l, const char *subject, int64_t over, struct pace_room *room, int64_t now, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_WINDOW);
	int64_t last = part_of(l) - 1, sum = 0;
	int rc;

	stmt_text(st, ":scope", l->scope);
	stmt_text(st, ":subject", subject);
	stmt_int(st, ":since", now - l->seconds - last);
	stmt_int(st, ":until", now + l->seconds);
	stmt_int(st, ":most", PACE_MOST);
	while ((rc = stmt_step(st, e)) == 1) {
		sum += stmt_col_int(st, 1);
		if (over && sum >= over) {
			room->at = stmt_col_int(st, 0) + last + l->seconds;
			stmt_done(st);
			return 0;
		}
	}
	if (!over)
		room->used = sum;
	return rc;
}

int
pace_room(struct db *db, const struct pace_limit *l, const char *subject, int64_t n, int64_t now, struct pace_room *out, struct err *e)
{
	*out = (struct pace_room){ .at = now };
	if (!l->most)
		return 0;
	if (walk(db, l, subject, 0, out, now, e) == -1)
		return -1;
	if (out->used + n <= l->most)
		return 0;
	return walk(db, l, subject, out->used + n - l->most, out, now, e);
}

int
pace_take(struct db *db, const struct pace_limit *l, const char *subject, int64_t n, int64_t now, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_TAKE);

	stmt_text(st, ":scope", l->scope);
	stmt_text(st, ":subject", subject);
	stmt_int(st, ":start", now - now % part_of(l));
	stmt_int(st, ":n", n);
	stmt_int(st, ":most", PACE_MOST);
	return stmt_run(st, e);
}

int
pace_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &pace_module, Q_DELETE_OLD);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}
