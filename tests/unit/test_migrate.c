/*
 * test_migrate.c - a store of every earlier version becomes one of this version: its rows kept, its schema that of a fresh store.
 *
 * tests/data/schema-N.sql makes a store of version N with rows in it. A new version adds such a file for the version before it,
 * and nothing here.
 */
#include "store_fixture.h"

#include <signal.h>
#include <sys/resource.h>

#include "store/migrate.h"

static char fresh_path[112];
static struct buf rows;          /* queries of every table's rows, by the columns that are in this version too */
static struct buf kept;          /* what they gave for the old store */
static struct buf before, after; /* everything in it */

/* sqlite3_exec's callback: one line for each row. */
static int
add_row(void *out, int n, char **value, char **name)
{
	int i;

	(void)name;
	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s", value[i] ? value[i] : "NULL", i + 1 < n ? "|" : "\n");
	return 0;
}

static void
query(sqlite3 *s, const char *sql, struct buf *out)
{
	if (sqlite3_exec(s, sql, add_row, out, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(s));
}

/* Of SQL text: without comments, and with white space only where it parts words. */
static void
squeeze(const char *sql, struct buf *out)
{
	bool gap = false, quoted = false;

	for (; *sql; sql++) {
		if (!quoted && sql[0] == '-' && sql[1] == '-') {
			sql += strcspn(sql, "\n") - 1;
		} else if (!quoted && strchr(" \t\n", *sql)) {
			gap = true;
		} else {
			if (gap && out->len && !strchr("(),", *sql) && !strchr("(),", out->data[out->len - 1]))
				buf_addch(out, ' ');
			gap = false;
			quoted = quoted != (*sql == '\'');
			buf_addch(out, *sql);
		}
	}
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * CREATE TABLE name(column, column, CHECK(...), …) options: a line for each part, sorted, since ALTER TABLE adds columns behind the
 * table's constraints; the order of columns is compared by table_xinfo.
 */
static void
add_table(char *sql, struct buf *out)
{
	char *part[64], *s = strchr(sql, '('), *end = strrchr(sql, ')');
	int depth = 0;
	size_t i, n = 0;

	assert_true(s && end && s < end);
	*end = *s = '\0';
	part[n++] = ++s;
	for (; *s; s++) {
		depth += (*s == '(') - (*s == ')');
		if (*s == ',' && depth == 0) {
			*s = '\0';
			assert_true(n < sizeof(part) / sizeof(part[0]));
			part[n++] = s + 1;
		}
	}
	qsort(part, n, sizeof(part[0]), compare_texts);
	for (i = 0; i < n; i++)
		buf_addf(out, "%s: %s\n", sql, part[i]);
	buf_addf(out, "%s:%s\n", sql, end + 1);
}

static int
add_object(void *out, int n, char **value, char **name)
{
	struct buf sql = BUF_INIT;

	(void)n, (void)name;
	squeeze(value[1], &sql);
	if (strcmp(value[0], "table") == 0)
		add_table(sql.data, out);
	else
		buf_addf(out, "%s\n", sql.data);
	buf_release(&sql);
	return 0;
}

/* All that there is to know of a schema but its layout in the file. */
static void
describe(sqlite3 *s, struct buf *out)
{
	static const char *const queries[] = {
		"SELECT 'table', name, type, ncol, wr, strict FROM pragma_table_list WHERE schema = 'main' ORDER BY name",
		"SELECT 'column', m.name, c.* FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' ORDER BY 2, c.cid",
		"SELECT 'foreign key', m.name, f.\"from\", f.\"table\", f.\"to\", f.on_update, f.on_delete, f.match "
		"FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 2, 3, 4",
		"SELECT 'index', m.name, i.name, i.\"unique\", i.origin, i.partial FROM sqlite_schema m, pragma_index_list(m.name) i "
		"WHERE m.type = 'table' ORDER BY 2, 3",
		"SELECT 'indexed', m.name, x.* FROM sqlite_schema m, pragma_index_xinfo(m.name) x WHERE m.type = 'index' ORDER BY 2, x.seqno",
	};
	static const char objects[] = "SELECT type, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name";
	size_t i;

	for (i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		query(s, queries[i], out);
	assert_int_equal(sqlite3_exec(s, objects, add_object, out, NULL), SQLITE_OK);
}

/* Two texts of lines that must be the same: the first line in which they differ says why. */
static void
assert_same(const char *what, const struct buf *is, const struct buf *should)
{
	const char *a = is->data, *b = should->data;
	size_t line;

	if (is->len == should->len && memcmp(a, b, is->len) == 0)
		return;
	for (;;) {
		line = strcspn(a, "\n") + 1;
		if (strncmp(a, b, line) != 0)
			fail_msg("%s: it is \"%.*s\", should be \"%.*s\"", what, (int)line - 1, a, (int)strcspn(b, "\n"), b);
		if (!a[line - 1])
			fail_msg("%s: it is shorter", what);
		a += line, b += line;
	}
}

/* Fill `rows`. */
static void
rows_queries(void)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "ATTACH '%s' AS fresh", fresh_path);
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	query(raw,
	    "SELECT 'SELECT ''' || m.name || ''', ' || group_concat('quote(\"' || o.name || '\")', ', ') || ' FROM \"' || m.name || "
	    "'\" ORDER BY 1, 2, 3;' FROM main.sqlite_schema m, pragma_table_xinfo(m.name, 'main') o, pragma_table_xinfo(m.name, 'fresh') f "
	    "WHERE m.type = 'table' AND f.name = o.name GROUP BY m.name ORDER BY m.name",
	    &rows);
	assert_int_equal(raw_exec("DETACH fresh"), SQLITE_OK);
}

/* Schema, version and every row, of a store that must not change. */
static void
everything(struct buf *out)
{
	buf_reset(out);
	query(raw, "SELECT user_version FROM pragma_user_version UNION ALL SELECT application_id FROM pragma_application_id", out);
	query(raw, "SELECT * FROM sqlite_schema ORDER BY name", out);
	query(raw, rows.data, out);
}

/* Make the store of an earlier version and connect to it; fills `rows` and `kept`. */
static void
make_old(int version)
{
	struct buf sql = BUF_INIT;
	char path[64], command[256];

	snprintf(path, sizeof(path), "tests/data/schema-%d.sql", version);
	if (file_read(path, 1 << 20, &sql, &err) == -1)
		fail_msg("%s: freeze the schema of version %d there, with rows in it", err.text, version);
	snprintf(command, sizeof(command), "rm -f '%s'*", store_path);
	assert_int_equal(system(command), 0);
	assert_int_equal(sqlite3_open(store_path, &raw), SQLITE_OK);
	if (raw_exec("PRAGMA journal_mode = WAL; BEGIN") != SQLITE_OK || raw_exec(sql.data) != SQLITE_OK || raw_exec("COMMIT") != SQLITE_OK)
		fail_msg("%s: %s", path, sqlite3_errmsg(raw));
	assert_int_equal(raw_int("PRAGMA user_version"), version);
	buf_reset(&rows);
	rows_queries();
	buf_reset(&kept);
	query(raw, rows.data, &kept);
	buf_release(&sql);
}

static void
close_old(void)
{
	size_t i;

	for (i = 0; invariants[i]; i++)
		sqlite3_finalize(invariants[i]);
	memset(invariants, 0, sizeof(invariants));
	assert_int_equal(sqlite3_close(raw), SQLITE_OK);
	raw = NULL;
}

/* It is of this version now, in every way. */
static void
assert_present(const char *what)
{
	struct buf is = BUF_INIT, should = BUF_INIT;
	sqlite3 *fresh;

	assert_int_equal(sqlite3_open_v2(fresh_path, &fresh, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(raw_int("PRAGMA user_version"), SCHEMA_VERSION);
	assert_int_equal(raw_int("PRAGMA application_id"), APPLICATION_ID);
	describe(raw, &is);
	describe(fresh, &should);
	assert_same(what, &is, &should);
	buf_reset(&is);
	query(raw, rows.data, &is);
	assert_same(what, &is, &kept);
	assert_invariants();
	sqlite3_close(fresh);
	buf_release(&is);
	buf_release(&should);
}

static void
test_every_version(void **state)
{
	char what[32];
	int v;

	(void)state;
	for (v = 1; v < SCHEMA_VERSION; v++) {
		snprintf(what, sizeof(what), "version %d", v);
		make_old(v);
		everything(&before);
		assert_null(db_open(store_path, DB_USE, &err)); /* only the parent and `init` may */
		assert_int_equal(err.code, ERR_VERSION);
		everything(&after);
		assert_same(what, &after, &before);
		db = db_open(store_path, DB_MIGRATE, &err);
		ok(db ? 0 : -1);
		assert_present(what);
		db_close(db);
		db = db_open(store_path, DB_USE, &err);
		ok(db ? 0 : -1);
		assert_true(is_whole());
		db_close(db);
		close_old();
	}
}

/* Somebody's table has the name of something that the steps make: nothing is done, until it is gone. */
static void
taken(int version, const char *name)
{
	char sql[256], what[128];

	make_old(version);
	snprintf(what, sizeof(what), "version %d with a table %s", version, name);
	snprintf(sql, sizeof(sql), "CREATE TABLE \"%s\" (x)", name);
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	everything(&before);
	err = (struct err)ERR_INIT;
	if (db_open(store_path, DB_MIGRATE, &err) || err.code != ERR_SYSTEM || !strstr(err.text, "cannot bring the store up to date"))
		fail_msg("%s: error %d, \"%s\"", what, err.code, err.text);
	everything(&after);
	assert_same(what, &after, &before);
	snprintf(sql, sizeof(sql), "DROP TABLE \"%s\"", name);
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	db = db_open(store_path, DB_MIGRATE, &err);
	ok(db ? 0 : -1);
	assert_present(what);
	db_close(db);
	close_old();
}

static void
test_name_taken(void **state)
{
	struct buf names = BUF_INIT;
	char sql[256], *name, *rest;
	int v, n = 0;

	(void)state;
	for (v = 1; v < SCHEMA_VERSION; v++) {
		make_old(v);
		snprintf(sql, sizeof(sql), "ATTACH '%s' AS fresh", fresh_path);
		assert_int_equal(raw_exec(sql), SQLITE_OK);
		buf_reset(&names);
		query(raw, "SELECT name FROM fresh.sqlite_schema WHERE type <> 'trigger' AND name NOT LIKE 'sqlite%' "
			   "EXCEPT SELECT name FROM sqlite_schema",
		    &names);
		close_old();
		for (name = strtok_r(names.data, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest), n++)
			taken(v, name);
	}
	assert_true(n > 0);
	buf_release(&names);
}

/* Stop the work once, after so many operations of SQLite's machine. */
static int
stop(void *left)
{
	return --*(int *)left == 0;
}

static void
test_stopped_anywhere(void **state)
{
	char what[64];
	const char *slow = getenv("VALGRIND"); /* tests/run's: then a few dozen stops are enough of memory to look at */
	int v, at, left, rc, pace = slow && slow[0] ? 30 : 1;

	(void)state;
	for (v = 1; v < SCHEMA_VERSION; v++) {
		make_old(v);
		everything(&before);
		for (at = 1, rc = -1; rc == -1; at += pace * (at < 100 ? 1 : 1 + at / 20)) {
			snprintf(what, sizeof(what), "version %d, stopped at %d", v, at);
			left = at;
			sqlite3_progress_handler(raw, 1, stop, &left);
			rc = migrate(raw, SCHEMA_VERSION, &err);
			sqlite3_progress_handler(raw, 0, NULL, NULL);
			assert_int_equal(sqlite3_get_autocommit(raw), 1);
			/* it may be stopped right behind its commit, too: all of it is there then */
			if (rc == 0 || strtol(raw_text("PRAGMA user_version"), NULL, 10) == SCHEMA_VERSION)
				break;
			everything(&after);
			assert_same(what, &after, &before);
		}
		assert_true(at > 100); /* it was stopped in its middle, not only at its start */
		assert_present(what);
		close_old();
	}
}

/* A disk that is full sooner or later: files may not grow beyond a size. */
static void
test_full_disk(void **state)
{
	struct rlimit limit, all;
	int v, full;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	for (v = 1; v < SCHEMA_VERSION; v++) {
		make_old(v);
		everything(&before);
		for (limit = all, limit.rlim_cur = 2048, db = NULL, full = 0; !db; limit.rlim_cur += 2048) {
			assert_int_equal(raw_exec("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
			err = (struct err)ERR_INIT;
			assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
			db = db_open(store_path, DB_MIGRATE, &err);
			assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
			if (db)
				break;
			assert_int_equal(err.code, ERR_FULL);
			assert_true(++full < 1000);
			everything(&after);
			assert_same("on a full disk", &after, &before);
		}
		assert_true(full > 2);
		assert_present("on a disk that is not full any more");
		db_close(db);
		close_old();
	}
}

static int
setup(void **state)
{
	if (folder_setup(state) == -1)
		return -1;
	snprintf(fresh_path, sizeof(fresh_path), "%s/fresh.db", folder);
	db_close(db_open(fresh_path, DB_CREATE, &err));
	return access(fresh_path, R_OK);
}

static int
teardown(void **state)
{
	buf_release(&rows);
	buf_release(&kept);
	buf_release(&before);
	buf_release(&after);
	return folder_teardown(state);
}

#define migrate_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		migrate_test(test_every_version),
		migrate_test(test_name_taken),
		migrate_test(test_stopped_anywhere),
		migrate_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
