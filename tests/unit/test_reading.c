/* test_reading.c - which messages the inbound role died at. */
#include "store_fixture.h"

#include "store/reading.h"

static struct reading was;

static void
life(const char *mailbox)
{
	begin();
	ok(reading_begin(db, mailbox, &was, &err));
	commit();
}

static void
note(const char *mailbox, const char *uid, int deaths)
{
	begin();
	ok(reading_note(db, mailbox, uid, deaths, &err));
	commit();
}

static void
check(const char *mailbox, bool interrupted, const char *uid, int deaths)
{
	ok(reading_get(db, mailbox, &was, &err));
	assert_int_equal(was.interrupted, interrupted);
	assert_int_equal(was.suspects, deaths ? 1 : 0);
	if (deaths) {
		assert_string_equal(was.suspect[0].uid, uid);
		assert_int_equal(was.suspect[0].deaths, deaths);
	}
}

static void
test_lives(void **state)
{
	(void)state;
	life("");
	assert_false(was.interrupted);
	check("", true, "", 0);
	check("other", false, "", 0);
	note("", "7/1", 0);
	note("", "7/2", 0);
	life("");
	assert_true(was.interrupted);
	check("", true, "7/2", 1);
	note("", "7/2", 1); /* and it dies there again */
	check("", true, "7/2", 2);
	life("");
	check("", true, "7/2", 2);
	note("", "7/3", 0);
	note("", "", 0); /* nobody died of that */
	life("");
	check("", true, "7/2", 2);
	begin();
	ok(reading_end(db, "", false, &err));
	commit();
	check("", false, "7/2", 2);
	begin();
	ok(reading_clear(db, "", "7/2", &err));
	commit();
	check("", false, "", 0);
	life("");
	note("", "7/4", 0);
	begin();
	ok(reading_end(db, "", true, &err));
	commit();
	check("", false, "", 0);
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 0);
}

/* More of them than are kept: no more than these are shown, whatever is in the table. */
static void
test_many(void **state)
{
	char uid[32];
	int i;

	(void)state;
	for (i = 0; i < READING_SUSPECTS + 5; i++) {
		life("box");
		snprintf(uid, sizeof(uid), "uid-%02d", i);
		note("box", uid, 0);
	}
	life("box");
	assert_int_equal(was.suspects, READING_SUSPECTS);
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), READING_SUSPECTS + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_lives),
		store_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
