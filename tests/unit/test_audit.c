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

/* test_db.c tries to change and delete rows. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
