/* test_returned.c - messages that came back act once. */
#include "store_fixture.h"

#include "store/returned.h"

#define BOX "complaints"

static enum returned_state
state_of(const char *uid)
{
	enum returned_state state;

	ok(returned_find(db, BOX, uid, &state, &err));
	return state;
}

static void
test_rows(void **state)
{
	(void)state;
	begin();
	assert_int_equal(state_of("7/1"), RETURNED_NEW);
	ok(returned_note(db, BOX, "7/1", false, &err));
	ok(returned_note(db, BOX, "7/2", true, &err));
	assert_int_equal(state_of("7/1"), RETURNED_TO_REMOVE);
	assert_int_equal(state_of("7/2"), RETURNED_LEFT);
	ok(returned_note(db, BOX, "7/1", true, &err)); /* the later state holds */
	assert_int_equal(state_of("7/1"), RETURNED_LEFT);
	ok(returned_gone(db, "other", "7/1", &err));
	assert_int_equal(state_of("7/1"), RETURNED_LEFT);
	ok(returned_gone(db, BOX, "7/1", &err));
	ok(returned_gone(db, BOX, "7/1", &err));
	assert_int_equal(state_of("7/1"), RETURNED_NEW);
	commit();
	refused(returned_note(db, BOX, "7/9", false, &err), ERR_SYSTEM); /* without a transaction */
}

/* Every third is still there. */
static int
third(void *ctx, const char *uid)
{
	++*(int *)ctx;
	return atoi(uid) % 3 == 0;
}

static void
test_sweep(void **state)
{
	char uid[32], after[16] = "";
	int i, rc, asked = 0, calls = 0;

	(void)state;
	begin();
	for (i = 0; i < 30; i++) {
		snprintf(uid, sizeof(uid), "%03d", i);
		ok(returned_note(db, BOX, uid, i & 1, &err));
	}
	ok(returned_note(db, "other", "001", false, &err));
	do {
		rc = returned_sweep(db, BOX, after, sizeof(after), 7, third, &asked, &err);
		ok(rc);
		calls++;
	} while (rc == 1);
	commit();
	assert_int_equal(asked, 30);
	assert_int_equal(calls, 5);
	assert_string_equal(
	    raw_text("SELECT group_concat(uid, ' ') FROM (SELECT uid FROM returned WHERE mailbox = 'complaints' ORDER BY uid)"),
	    "000 003 006 009 012 015 018 021 024 027");
	assert_int_equal(raw_int("SELECT count(*) FROM returned WHERE mailbox = 'other'"), 1);
}

static void
test_digests(void **state)
{
	uint8_t digest[RETURNED_DIGEST] = { 1, 2, 3 };
	int64_t n;
	int i;

	(void)state;
	begin();
	assert_int_equal(returned_digest(db, digest, &err), 1);
	assert_int_equal(returned_digest(db, digest, &err), 0);
	digest[RETURNED_DIGEST - 1] = 1;
	assert_int_equal(returned_digest(db, digest, &err), 1);
	commit();
	begin();
	digest[0] = 9;
	assert_int_equal(returned_digest(db, digest, &err), 1);
	db_rollback(db); /* what had no effect may come again */
	begin();
	assert_int_equal(returned_digest(db, digest, &err), 1);
	for (i = 10; i < 20; i++) {
		clock_set(T0 + i);
		digest[0] = (uint8_t)i;
		assert_int_equal(returned_digest(db, digest, &err), 1);
	}
	ok(returned_delete_old(db, T0 + 15, 3, &n, &err));
	assert_int_equal(n, 3);
	ok(returned_delete_old(db, T0 + 15, 100, &n, &err));
	assert_int_equal(n, 5);
	assert_int_equal(raw_int("SELECT count(*) FROM returned_digest"), 2); /* the rest is not committed yet */
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM returned_digest"), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_rows),
		store_test(test_sweep),
		store_test(test_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
