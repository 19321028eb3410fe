/* test_store_pace.c - rows of used limits: written over, forgotten by subject and by scope, read in order. */
#include "store_fixture.h"

#include "store/pace.h"

static char seen[512];

static void
collect(void *arg, const struct pace_row *row)
{
	size_t n = strlen(seen);

	assert_null(arg);
	snprintf(seen + n, sizeof(seen) - n, "%s/%s@%lld=%lld ", row->scope, row->subject, (long long)row->window_start,
	    (long long)row->used);
}

static const char *
rows(const char *scope)
{
	seen[0] = '\0';
	ok(pace_each(db, scope, collect, NULL, &err));
	return seen;
}

static void
put(const char *scope, const char *subject, int64_t start, int64_t used)
{
	const struct pace_row row = { scope, subject, start, used };

	ok(pace_put(db, &row, &err));
}

static void
test_rows(void **state)
{
	(void)state;
	assert_string_equal(rows("relay"), "");
	begin();
	put("relay", "b", 300, 1);
	put("relay", "a", 600, 2);
	put("relay", "a", 300, 3);
	put("relay", "a", 300, INT64_MAX);
	put("domain", "a", 300, 5);
	commit();
	assert_string_equal(rows("relay"), "relay/a@300=9223372036854775807 relay/a@600=2 relay/b@300=1 ");
	assert_string_equal(rows("domain"), "domain/a@300=5 ");
}

static void
test_forget(void **state)
{
	(void)state;
	begin();
	put("relay", "a", 300, 1);
	put("relay", "a", 600, 2);
	put("relay", "b", 300, 3);
	put("relay", "b", 600, 4);
	put("domain", "a", 300, 5);
	ok(pace_drop(db, "relay", "a", 600, &err));
	assert_string_equal(rows("relay"), "relay/a@600=2 relay/b@300=3 relay/b@600=4 ");
	ok(pace_expire(db, "relay", 600, &err));
	assert_string_equal(rows("relay"), "relay/a@600=2 relay/b@600=4 ");
	ok(pace_drop(db, "relay", "b", INT64_MAX, &err));
	commit();
	assert_string_equal(rows("relay"), "relay/a@600=2 ");
	assert_string_equal(rows("domain"), "domain/a@300=5 ");
}

/* Outside a transaction nothing is written, and what is rolled back was not. */
static void
test_transaction(void **state)
{
	const struct pace_row row = { "relay", "a", 300, 1 };

	(void)state;
	assert_int_equal(pace_put(db, &row, &err), -1);
	assert_int_equal(pace_drop(db, "relay", "a", 1, &err), -1);
	assert_int_equal(pace_expire(db, "relay", 1, &err), -1);
	begin();
	ok(pace_put(db, &row, &err));
	db_rollback(db);
	assert_string_equal(rows("relay"), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_rows),
		store_test(test_forget),
		store_test(test_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
