/* test_suppression.c - addresses that must not be mailed, and the key they are kept under. */
#include "store_fixture.h"

#include <sys/stat.h>

#include "store/suppression.h"

static void
test_add(void **state)
{
	enum suppression_reason reason, other;
	int weaker, stronger;

	(void)state;
	begin();
	assert_int_equal(suppression_find(db, "ann@example.org", &reason, &err), 0);
	for (weaker = SUPPRESSED_LEFT; weaker <= SUPPRESSED_STAFF; weaker++)
		for (stronger = weaker; stronger <= SUPPRESSED_STAFF; stronger++) {
			ok(suppression_add(db, "ann@example.org", (enum suppression_reason)weaker, "test", &err));
			ok(suppression_add(db, "ann@example.org", (enum suppression_reason)stronger, "test", &err));
			ok(suppression_add(db, "ann@example.org", (enum suppression_reason)weaker, "test", &err));
			assert_int_equal(suppression_find(db, "ann@example.org", &reason, &err), 1);
			assert_int_equal(reason, stronger); /* never weakened */
			ok(suppression_lift(db, "ann@example.org", &err));
		}
	assert_int_equal(suppression_find(db, "ann@example.org", &reason, &err), 0);
	ok(suppression_lift(db, "ann@example.org", &err));
	ok(suppression_add(db, "bob@example.org", SUPPRESSED_HARD, "dsn", &err));
	assert_int_equal(suppression_find(db, "bo@example.org", &other, &err), 0);
	commit();
	assert_string_equal(raw_text("SELECT reason || since || source FROM suppression"), "hard1767225600dsn");
	assert_invariants();
}

static const struct {
	enum suppression_reason reason;
	const char *name;
	bool liftable;
} reasons[] = {
	{ SUPPRESSED_LEFT, "left", true },
	{ SUPPRESSED_ERASED, "erased", true },
	{ SUPPRESSED_HARD, "hard", true },
	{ SUPPRESSED_COMPLAINT, "complaint", false },
	{ SUPPRESSED_STAFF, "staff", false },
};

static void
test_reasons(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		assert_string_equal(suppression_name(reasons[i].reason), reasons[i].name);
		assert_int_equal(suppression_liftable(reasons[i].reason), reasons[i].liftable);
	}
}

/* The MAC hangs on address and key alone. */
static void
test_hmac(void **state)
{
	uint8_t a[SUPPRESSION_HMAC], b[SUPPRESSION_HMAC];
	static const uint8_t other_key[32] = { 9 };

	(void)state;
	suppression_hmac(db, "ann@example.org", a);
	suppression_hmac(db, "ann@example.org", b);
	assert_memory_equal(a, b, sizeof(a));
	suppression_hmac(db, "bob@example.org", b);
	assert_memory_not_equal(a, b, sizeof(a));
	db_set_suppression_key(db, other_key);
	suppression_hmac(db, "ann@example.org", b);
	assert_memory_not_equal(a, b, sizeof(a));
}

/* What sending compares without a key is what was stored with it. */
static void
test_same_as_subscriber(void **state)
{
	(void)state;
	begin();
	make_subscriber("ann@example.org");
	ok(suppression_add(db, "ann@example.org", SUPPRESSED_LEFT, "test", &err));
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM subscriber JOIN suppression USING (address_hmac)"), 1);
}

static const struct {
	const char *name, *content;
	bool good;
} keys[] = {
	{ "as written", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", true },
	{ "no line end", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", true },
	{ "another editor's line end", "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff\r\n", true },
	{ "empty", "", false },
	{ "short", "00112233445566778899aabbccddeeff\n", false },
	{ "long", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00\n", false },
	{ "no hex", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg\n", false },
};

static void
test_key(void **state)
{
	uint8_t made[32], read[32];
	struct stat st;
	char path[128];
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/suppression.key", folder);
	refused(suppression_key_load(db, folder, &err), ERR_NOT_FOUND);
	ok(suppression_key_create(folder, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07137, 0);
	ok(suppression_key_load(db, folder, &err));
	memcpy(made, db_suppression_key(db), 32);
	refused(suppression_key_create(folder, &err), ERR_EXISTS);
	ok(suppression_key_load(db, folder, &err));
	memcpy(read, db_suppression_key(db), 32);
	assert_memory_equal(made, read, 32);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		ok(file_write(path, 0600, keys[i].content, strlen(keys[i].content), &err));
		err = (struct err)ERR_INIT;
		if ((suppression_key_load(db, folder, &err) == 0) != keys[i].good || (!keys[i].good && err.code != ERR_CORRUPT))
			fail_msg("%s: \"%s\"", keys[i].name, err.text);
	}
	assert_int_equal(db_suppression_key(db)[31], 0xff); /* a key that cannot be read changes nothing */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_add),
		store_test(test_reasons),
		store_test(test_hmac),
		store_test(test_same_as_subscriber),
		store_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
