/* test_counter.c - numbers that only grow. */
#include "store_fixture.h"

#include "store/counter.h"

static void
test_add(void **state)
{
	int64_t n = 99;

	(void)state;
	ok(counter_get(db, "signup_requests", &n, &err));
	assert_int_equal(n, 0);
	begin();
	ok(counter_add(db, "signup_requests", 1, &err));
	ok(counter_add(db, "signup_requests", 41, &err));
	ok(counter_add(db, "other", INT64_C(1) << 40, &err));
	ok(counter_add(db, "other", 0, &err));
	commit();
	ok(counter_get(db, "signup_requests", &n, &err));
	assert_int_equal(n, 42);
	ok(counter_get(db, "other", &n, &err));
	assert_true(n == INT64_C(1) << 40);
	ok(counter_get(db, "Other", &n, &err));
	assert_int_equal(n, 0);
}

/* Numbers survive a restart. */
static void
test_restart(void **state)
{
	int64_t n;

	(void)state;
	begin();
	ok(counter_add(db, "x", 3, &err));
	commit();
	db_close(db);
	db = db_open(store_path, DB_USE, &err);
	assert_non_null(db);
	begin();
	ok(counter_add(db, "x", 4, &err));
	commit();
	ok(counter_get(db, "x", &n, &err));
	assert_int_equal(n, 7);
}

/* All of them, in their order, as far as there is room. */
static void
test_list(void **state)
{
	struct counter_list list;
	char name[COUNTER_NAME];
	int i;

	(void)state;
	begin();
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "c%03d", i);
		ok(counter_add(db, name, i + 1, &err));
	}
	commit();
	ok(counter_list(db, 1000, &list, &err));
	assert_int_equal(list.count, 300);
	assert_string_equal(list.item[299].name, "c299");
	assert_int_equal(counter_in(&list, "c150"), 151);
	assert_int_equal(counter_in(&list, "none"), 0);
	counter_list_release(&list);
	ok(counter_list(db, 10, &list, &err));
	assert_int_equal(list.count, 10);
	counter_list_release(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_add),
		store_test(test_restart),
		store_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
