/* role.c - see role.h. */
#include "store/role.h"

#include <stdio.h>
#include <string.h>

#include "store/counter.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_BEAT,
	Q_GET,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_BEAT] = "INSERT INTO role (name, pid, version, started_at, seen_at, landlock, seccomp, uid) VALUES "
		   "(:name, :pid, :version, :started, :seen, :landlock, :seccomp, :uid) "
		   "ON CONFLICT DO UPDATE SET pid = excluded.pid, version = excluded.version, started_at = excluded.started_at, "
		   "seen_at = excluded.seen_at, landlock = excluded.landlock, seccomp = excluded.seccomp, uid = excluded.uid",
	[Q_GET] = "SELECT pid, version, started_at, seen_at, landlock, seccomp, uid FROM role WHERE name = :name",
};
const struct db_module role_module = { "role", sql, Q_COUNT, MODULE_ROLE };

int
role_beat(struct db *db, const struct role_seen *r, struct err *e)
{
	struct stmt *st = db_stmt(db, &role_module, Q_BEAT);

	stmt_text(st, ":name", r->name);
	stmt_int(st, ":pid", r->pid);
	stmt_text(st, ":version", r->version);
	stmt_int(st, ":started", r->started_at);
	stmt_int(st, ":seen", r->seen_at);
	stmt_int(st, ":landlock", r->landlock);
	stmt_int(st, ":seccomp", r->seccomp);
	stmt_int(st, ":uid", r->uid);
	return stmt_run(st, e);
}

static int
get(struct db *db, const char *name, struct role_seen *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &role_module, Q_GET);
	char counter[COUNTER_NAME];
	int rc;

	*out = (struct role_seen){ 0 };
	snprintf(out->name, sizeof(out->name), "%s", name);
	stmt_text(st, ":name", name);
	rc = stmt_step(st, e);
	if (rc == 1) {
		out->pid = stmt_col_int(st, 0);
		stmt_col_copy(st, 1, out->version, sizeof(out->version));
		out->started_at = stmt_col_int(st, 2);
		out->seen_at = stmt_col_int(st, 3);
		out->landlock = stmt_col_int(st, 4);
		out->seccomp = stmt_col_int(st, 5);
		out->uid = stmt_col_int(st, 6);
	}
	stmt_done(st);
	snprintf(counter, sizeof(counter), "role_restarts:%s", name);
	return rc == -1 ? -1 : counter_get(db, counter, &out->restarts, e);
}

int
role_list(struct db *db, struct role_seen out[ROLES_ALL], struct err *e)
{
	static const char *const names[ROLES_ALL] = { "http", "clerk", "sender", "inbound" };
	int i;

	for (i = 0; i < ROLES_ALL; i++)
		if (get(db, names[i], &out[i], e) == -1)
			return -1;
	return 0;
}

bool
role_is_fresh(const struct role_seen *r, int64_t now)
{
	return r->seen_at && now - r->seen_at <= ROLE_FRESH && r->seen_at - now <= ROLE_FRESH;
}
