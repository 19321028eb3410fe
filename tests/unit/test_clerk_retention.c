/* test_clerk_retention.c - what was kept long enough goes once an hour, also after the clock was set back. */
#include "../../daemon/clerk.h"

#include "store_fixture.h"

static struct site site;

static int64_t
rows(void)
{
	return strtoll(raw_text("SELECT count(*) FROM pace"), NULL, 10);
}

/* One that is old, and one that is not. */
static void
fill(int64_t now)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO pace (scope, subject, window_start, used) VALUES ('signup-total', '', %lld, 1), ('signup-total', '', %lld, 1)",
	    (long long)now - 7201, (long long)now - 7199);
	assert_int_equal(raw_exec("DELETE FROM pace"), SQLITE_OK);
	assert_int_equal(raw_exec(sql), SQLITE_OK);
}

static void
test_times(void **state)
{
	static const struct {
		const char *name;
		int64_t at;
		int left;
	} times[] = {
		{ "as the role begins", 0, 1 },
		{ "not within the hour", 3599, 2 },
		{ "after it", 3600, 1 },
		{ "the clock jumps ahead", 1000000000, 1 },
		{ "and is set back", 7200, 1 },
		{ "then by the hour again", 10799, 2 },
		{ "as ever", 10800, 1 },
	};
	struct clerk clerk = { .site = &site };
	size_t i;

	(void)state;
	site = (struct site){ .db = db };
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		clock_set(T0 + times[i].at);
		fill(T0 + times[i].at);
		ok(clerk_retention(&clerk, &err));
		if (rows() != times[i].left)
			fail_msg("%s: %lld are left", times[i].name, (long long)rows());
	}
}

/* Years of what nobody looked at: it goes, but not all in one turn, which would keep visitors and the parent waiting. */
static void
test_backlog(void **state)
{
	struct clerk clerk = { .site = &site };
	int64_t left = 30000;
	int turns = 0;

	(void)state;
	site = (struct site){ .db = db };
	clock_set(T0);
	assert_int_equal(raw_exec("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
				  "INSERT INTO pace (scope, subject, window_start, used) SELECT 'signup-total', '', i, 1 FROM n"),
	    SQLITE_OK);
	do {
		int64_t before = left;

		clerk.more = false;
		ok(clerk_retention(&clerk, &err));
		left = rows();
		assert_true(before - left <= 10000);
		assert_true(++turns < 100);
	} while (clerk.more);
	assert_int_equal(left, 0);
	assert_true(turns > 2);
	ok(clerk_retention(&clerk, &err));
	assert_false(clerk.more); /* that was all for this hour */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_times),
		store_test(test_backlog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
