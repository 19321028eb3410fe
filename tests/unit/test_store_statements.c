/* test_store_statements.c - every statement of lib/store prepares, and none reads a large table from end to end unless it is meant to. */
#include "store_fixture.h"

#include "store/modules.h"

static const char *const large[] = {
	"subscriber",
	"subscription",
	"consent",
	"delivery",
	"event",
	"outbox",
	"token",
	"suppression",
	"article",
	"signup_request",
	"returned",
	"returned_digest",
};

/* What may read a whole large table, and why. */
static const struct {
	const char *module, *statement, *table, *why;
} meant[] = {
	{ "subscriber", "SELECT count(*) FROM subscriber", "subscriber", "counts everybody, for people who ask" },
	{ "subscription", "SELECT state, count(*) FROM subscription GROUP BY", "subscription", "counts everybody, for people who ask" },
	{ "people", "SELECT address_hmac, reason, since, source FROM suppression", "suppression", "all of it, for an export" },
	{ "suppression", "SELECT reason, count(*) FROM suppression", "suppression", "counts all, for people who ask" },
	{ "suppression", "SELECT address_hmac, reason, since, source FROM suppression", "suppression", "the newest, for people who ask" },
	{ "suppression", "SELECT address_hmac, address FROM subscriber", "subscriber", "whose HMAC it is, for staff who ask" },
	{ "growth", "SELECT subscriber_id, topic_id, action, at", "consent", "counts everybody, for people who ask" },
	{ "growth_people", "SELECT id, language, address_key", "subscriber", "counts everybody, for people who ask" },
	{ "signup_line", "SELECT count(held_by)", "signup_request", "counts what waits, for people who ask" },
	{ "signup_line", "SELECT '', count(*)", "signup_request", "lists what waits, for people who ask" },
	{ "queue", "SELECT count(*) - count(held_by)", "signup_request", "counts what waits, which limits bound" },
	{ "article", "SELECT id, source, title, url, excerpt, author, image, ''", "article", "walks the index by date, with a limit" },
	{ "article", "SELECT id, source, title, url, excerpt, author, image, ''", "a", "walks the index by date, with a limit" },
};

/* Partial indexes that hold only what waits: reading all of one reads little. */
static const char *const small[] = { "outbox_queued", "outbox_claimed", "outbox_expiry", "subscription_pending" };

static bool used[sizeof(meant) / sizeof(meant[0])];

/* Whether the name, or the alias of the plan in the statement, is a large table. */
static bool
is_large(const char *sql, const char *name)
{
	char aliased[64];
	size_t i;

	for (i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		snprintf(aliased, sizeof(aliased), " %s %s ", large[i], name);
		if (strcmp(large[i], name) == 0 || strstr(sql, aliased))
			return true;
	}
	return false;
}

static bool
is_small(const char *detail)
{
	size_t i;

	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		if (strstr(detail, small[i]))
			return true;
	return false;
}

static bool
is_meant(const char *module, const char *sql, const char *name)
{
	bool found = false;
	size_t i;

	for (i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		if (strcmp(meant[i].module, module) == 0 && strncmp(meant[i].statement, sql, strlen(meant[i].statement)) == 0 &&
		    strcmp(meant[i].table, name) == 0)
			found = used[i] = true;
	return found;
}

/* Returns the number of scans in a statement's plan that nobody meant. */
static int
scans(const char *module, const char *sql)
{
	sqlite3_stmt *st = NULL;
	struct buf explain = BUF_INIT;
	char name[40];
	const char *detail;
	int n = 0;

	buf_addf(&explain, "EXPLAIN QUERY PLAN %s", sql);
	if (sqlite3_prepare_v2(raw, explain.data, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s: %s", module, sql, sqlite3_errmsg(raw));
	while (sqlite3_step(st) == SQLITE_ROW) {
		detail = (const char *)sqlite3_column_text(st, 3);
		/* "SCAN s", "SCAN subscription USING COVERING INDEX …" */
		if (sscanf(detail, "SCAN %39s", name) != 1 || !is_large(sql, name) || is_small(detail) || is_meant(module, sql, name))
			continue;
		print_error("%s: %s\n    %s\n", module, sql, detail);
		n++;
	}
	sqlite3_finalize(st);
	buf_release(&explain);
	return n;
}

static void
test_plans(void **state)
{
	const struct db_module *m;
	size_t i;
	int j, n = 0;

	(void)state;
	for (i = 0; db_modules[i]; i++)
		for (m = db_modules[i], j = 0; j < m->count; j++)
			n += scans(m->name, m->sql[j]);
	assert_int_equal(n, 0);
	for (i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		if (!used[i])
			fail_msg("no statement of %s needs its exception any more: %s", meant[i].module, meant[i].statement);
}

/* With rows and statistics a planner may choose otherwise: a store that was ANALYZEd by hand must not become slow. */
static void
test_plans_analyzed(void **state)
{
	static const char rows[] =
	    "BEGIN; INSERT INTO topic (slug, title, description, created_at) VALUES ('a', 'a', '', 1);"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
	    "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) "
	    "SELECT i || '@e.org', i || '@e.org', randomblob(16), '', '', i FROM n;"
	    "INSERT INTO subscription SELECT 1, id, 1, id FROM subscriber;"
	    "INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'imported', id, '' FROM subscriber;"
	    "INSERT INTO event (kind, at, subscriber_id, campaign_id, class) SELECT 'bounce', id, id, 1, 'soft' FROM subscriber;"
	    "COMMIT; ANALYZE";

	assert_int_equal(raw_exec(rows), SQLITE_OK);
	assert_int_equal(raw_exec("UPDATE subscription SET state = 0 WHERE subscriber_id < 100"), SQLITE_OK);
	sqlite3_close(raw);
	assert_int_equal(sqlite3_open(store_path, &raw), SQLITE_OK);
	test_plans(state);
}

/* db.c frees what it finds by the order of db_modules: each module must stand at its index. */
static void
test_modules(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; db_modules[i]; i++) {
		assert_int_equal(db_modules[i]->index, i);
		assert_true(db_modules[i]->count > 0);
		for (j = 0; j < db_modules[i]->count; j++)
			assert_non_null(db_modules[i]->sql[j]);
	}
	assert_int_equal(i, MODULE_COUNT);
}

/* What the triggers of schema.sql do is not in any plan; their statements are looked at here. */
static void
test_triggers(void **state)
{
	(void)state;
	assert_int_equal(scans("trigger", "UPDATE event SET subscriber_id = NULL WHERE subscriber_id = 1"), 0);
	assert_int_equal(scans("trigger", "UPDATE outbox SET subscriber_id = NULL WHERE subscriber_id = 1"), 0);
	/* and what foreign keys look for when a subscriber goes */
	assert_int_equal(scans("cascade", "DELETE FROM subscription WHERE subscriber_id = 1"), 0);
	assert_int_equal(scans("cascade", "DELETE FROM consent WHERE subscriber_id = 1"), 0);
	assert_int_equal(scans("cascade", "DELETE FROM token WHERE subscriber_id = 1"), 0);
	/* the test itself would see one */
	assert_int_equal(scans("none", "SELECT 1 FROM subscriber s WHERE s.name = 'x'"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_plans),
		store_test(test_plans_analyzed),
		store_test(test_modules),
		store_test(test_triggers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
