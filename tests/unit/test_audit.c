/* test_audit.c - who did what. */
#include "store_fixture.h"

#include "store/audit.h"

static void
test_add(void **state)
{
	(void)state;
	begin();
	ok(audit_add(db, "ann", "subscriber import", "12 rows", &err));
	clock_set(T0 + 60);
	ok(audit_add(db, "bob", "subscriber export", "", &err));
	commit();
	assert_string_equal(raw_text("SELECT group_concat(at || ' ' || who || ' ' || command || ' ' || detail, '; ') FROM audit"),
	    "1767225600 ann subscriber import 12 rows; 1767225660 bob subscriber export ");
	begin();
	refused(audit_add(db, NULL, "x", "", &err), ERR_SYSTEM);
	db_rollback(db);
	refused(audit_add(db, "ann", "x", "", &err), ERR_SYSTEM); /* no transaction */
	assert_int_equal(raw_int("SELECT count(*) FROM audit"), 2);
}

static int
collect(void *ctx, const struct audit_row *row, struct err *e)
{
	(void)e;
	buf_addf(ctx, "%s/%s/%s;", row->who, row->command, row->detail);
	return 0;
}

static void
test_each(void **state)
{
	static const struct {
		const char *name;
		struct audit_filter filter;
		const char *want;
	} cases[] = {
		{ "all, newest first", { .limit = 9 }, "ann b/campaign show/3;root (ann)/campaigner/2;ann/campaign pause/1;" },
		{ "the newest", { .limit = 1 }, "ann b/campaign show/3;" },
		{ "one user, behind sudo too", { .who = "ann", .limit = 9 }, "root (ann)/campaigner/2;ann/campaign pause/1;" },
		{ "no pattern", { .who = "a%", .limit = 9 }, "" },
		{ "part of a name", { .who = "nn", .limit = 9 }, "" },
		{ "a noun", { .command = "campaign", .limit = 9 }, "ann b/campaign show/3;ann/campaign pause/1;" },
		{ "noun and verb", { .command = "campaign pause", .limit = 9 }, "ann/campaign pause/1;" },
		{ "since", { .since = T0 + 60, .limit = 9 }, "ann b/campaign show/3;" },
	};
	struct buf got = BUF_INIT;
	size_t i;

	(void)state;
	begin();
	ok(audit_add(db, "ann", "campaign pause", "1", &err));
	ok(audit_add(db, "root (ann)", "campaigner", "2", &err));
	clock_set(T0 + 60);
	ok(audit_add(db, "ann b", "campaign show", "3", &err));
	commit();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&got);
		ok(audit_each(db, &cases[i].filter, collect, &got, &err));
		if (strcmp(got.data, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, got.data);
	}
	buf_release(&got);
}

static const char *
rows(void)
{
	return raw_text("SELECT coalesce(group_concat(who || ' ' || command || ' ' || detail, '; '), '') FROM audit");
}

/* Whatever changes something over a connection that somebody accounts for leaves a row in the same transaction. */
static void
test_oblige(void **state)
{
	struct topic t;

	(void)state;
	begin();
	ok(topic_create(db, "nobody-accounts", "T", "", &t, &err));
	commit();
	assert_string_equal(rows(), "");
	audit_oblige(db, "ann", "topic create");
	begin();
	commit();
	assert_string_equal(rows(), ""); /* nothing was changed */
	assert_false(audit_kept(db));
	begin();
	ok(topic_create(db, "taken-back", "T", "", &t, &err));
	db_rollback(db);
	assert_string_equal(rows(), "");
	begin();
	ok(topic_create(db, "first", "T", "", &t, &err));
	commit();
	assert_string_equal(rows(), "ann topic create begun");
	assert_true(audit_kept(db));
	begin();
	ok(topic_create(db, "second", "T", "", &t, &err));
	commit();
	assert_string_equal(rows(), "ann topic create begun"); /* one is enough */
	begin();
	ok(audit_add(db, "ann", "topic create", "2 topics", &err));
	commit();
	assert_string_equal(rows(), "ann topic create begun; ann topic create 2 topics");
}

static void
test_oblige_own_row(void **state)
{
	struct topic t;

	(void)state;
	audit_oblige(db, "ann", "topic create");
	begin();
	ok(audit_add(db, "ann", "topic create", "taken back", &err));
	db_rollback(db);
	assert_false(audit_kept(db));
	begin();
	ok(topic_create(db, "first", "T", "", &t, &err));
	ok(audit_add(db, "ann", "topic create", "topic first", &err));
	commit();
	assert_string_equal(rows(), "ann topic create topic first");
	assert_true(audit_kept(db));
}

/* When the row cannot be written, neither is the change. */
static void
test_oblige_fails(void **state)
{
	static const char full[] = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END";
	struct topic t;

	(void)state;
	assert_int_equal(sqlite3_exec(raw, full, NULL, NULL, NULL), SQLITE_OK);
	audit_oblige(db, "ann", "topic create");
	begin();
	ok(topic_create(db, "first", "T", "", &t, &err));
	assert_int_equal(db_commit(db, &err), -1);
	assert_int_equal(raw_int("SELECT count(*) FROM topic WHERE slug = 'first'"), 0);
	assert_int_equal(sqlite3_exec(raw, "DROP TRIGGER full", NULL, NULL, NULL), SQLITE_OK);
	begin(); /* it can go on */
	ok(topic_create(db, "first", "T", "", &t, &err));
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM topic WHERE slug = 'first'"), 1);
}

/* test_db.c tries to change and delete rows. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_add),
		store_test(test_each),
		store_test(test_oblige),
		store_test(test_oblige_own_row),
		store_test(test_oblige_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
