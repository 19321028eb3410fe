/* test_polled.c - what is known of each mailbox's polls. */
#include "store_fixture.h"

#include "store/polled.h"

static void
check(const char *mailbox, int64_t at, int64_t trouble, int64_t failures)
{
	struct polled p;

	ok(polled_get(db, mailbox, &p, &err));
	assert_int_equal(p.at, at);
	assert_int_equal(p.trouble, trouble);
	assert_int_equal(p.failures, failures);
}

static void
test_polls(void **state)
{
	(void)state;
	check("", 0, 0, 0);
	begin();
	ok(polled_badly(db, "", T0, &err));
	ok(polled_badly(db, "", T0 + 60, &err));
	ok(polled_well(db, "complaints", T0 + 70, &err));
	commit();
	check("", 0, T0, 2); /* trouble counts from its first failure */
	check("complaints", T0 + 70, 0, 0);
	begin();
	ok(polled_well(db, "", T0 + 180, &err));
	ok(polled_well(db, "", T0 + 240, &err));
	ok(polled_badly(db, "complaints", T0 + 300, &err));
	commit();
	check("", T0 + 240, 0, 0);
	check("complaints", T0 + 70, T0 + 300, 1); /* and when it worked last stays known */
	check("other", 0, 0, 0);
	begin();
	ok(polled_well(db, "", T0, &err)); /* the clock was set back */
	commit();
	check("", T0, 0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_polls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
