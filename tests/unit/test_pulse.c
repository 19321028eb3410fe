/* test_pulse.c - a role's sign of life when the store takes none: it waits its turn, gives up, says so, and tries again later. */
#include "../../daemon/pulse.h"

#include "store_fixture.h"

static struct pulse pulse;
static int wrote;

static void
on_wrote(void *ctx)
{
	(void)ctx;
	wrote++;
}

static void
a_pulse(void)
{
	pulse_init(&pulse, "clerk", 2);
	pulse.wrote = on_wrote;
	wrote = 0;
}

#define ROWS "SELECT count(*) FROM role"
#define RESTARTS "SELECT coalesce(sum(value), 0) FROM counter WHERE name = 'role_restarts:clerk'"

static void
written(void **state)
{
	(void)state;
	a_pulse();
	assert_true(pulse_due(&pulse));
	assert_false(pulse_turn(&pulse, db));
	assert_int_equal(wrote, 1);
	assert_int_equal(raw_int(RESTARTS), 2);
	assert_false(pulse_due(&pulse));
	assert_false(pulse_turn(&pulse, db)); /* not due */
	pulse.next_us = 0;
	assert_false(pulse_turn(&pulse, db));
	assert_int_equal(wrote, 2);
	assert_int_equal(raw_int(RESTARTS), 2); /* counted once */
	assert_int_equal(raw_int(ROWS), 1);
}

/* While others write it keeps its place, but not for ever: who holds the store for seconds would have every role stand in the queue. */
static void
locked(void **state)
{
	(void)state;
	a_pulse();
	assert_int_equal(raw_exec("BEGIN IMMEDIATE"), SQLITE_OK);
	assert_true(pulse_turn(&pulse, db));
	assert_true(pulse.asked_us > 0);
	assert_true(pulse_turn(&pulse, db));
	pulse.asked_us -= 5000000; /* five seconds later */
	assert_false(pulse_turn(&pulse, db));
	assert_false(pulse_due(&pulse));
	assert_int_equal(pulse.asked_us, 0);
	assert_int_equal(raw_exec("ROLLBACK"), SQLITE_OK);
	begin(); /* the place is free */
	commit();
	assert_int_equal(wrote, 0);
	pulse.next_us = 0;
	assert_false(pulse_turn(&pulse, db));
	assert_int_equal(wrote, 1);
	assert_int_equal(raw_int(RESTARTS), 2);
}

/* What cannot be written is counted with the next one, also when the role ends, or with the transaction of others. */
static void
refused_by_the_store(void **state)
{
	(void)state;
	a_pulse();
	raw_exec("CREATE TRIGGER no BEFORE INSERT ON role BEGIN SELECT RAISE(ABORT, 'no'); END");
	assert_false(pulse_turn(&pulse, db));
	assert_false(pulse_due(&pulse));
	pulse_end(&pulse, db);
	begin();
	assert_int_equal(pulse_write(&pulse, db, &err), -1);
	db_rollback(db);
	pulse.asked_us = 1;
	pulse_failed(&pulse);
	assert_int_equal(pulse.asked_us, 0);
	assert_int_equal(raw_int(ROWS), 0);
	assert_int_equal(wrote, 0);
	raw_exec("DROP TRIGGER no");
	pulse_end(&pulse, db);
	assert_int_equal(wrote, 1);
	assert_int_equal(raw_int(RESTARTS), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(written),
		store_test(locked),
		store_test(refused_by_the_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
