/* test_onetime.c - single-use secrets. */
#include "store_fixture.h"

#include "base/token.h"
#include "store/onetime.h"

static uint8_t hash[TOKEN_HASH];

static void
make(int64_t subscriber, const char *purpose, int64_t expires)
{
	struct onetime t = { .subscriber_id = subscriber, .topics = "1 2", .created_at = clock_now(), .expires_at = expires };
	char token[TOKEN_TEXT];

	token_new(token);
	assert_true(token_hash(hash, token));
	ok(onetime_put(db, hash, purpose, &t, &err));
}

static void
test_once(void **state)
{
	struct onetime t = { 0 };
	const uint8_t other[TOKEN_HASH] = { 1 };

	(void)state;
	begin();
	make(make_subscriber("ann@example.org"), "confirm", T0 + 100);
	assert_int_equal(onetime_find(db, hash, "confirm", &t, &err), 1);
	assert_int_equal(t.subscriber_id, 1);
	assert_string_equal(t.topics, "1 2");
	assert_int_equal(t.created_at, T0);
	assert_int_equal(t.expires_at, T0 + 100);
	assert_int_equal(t.used_at, 0);
	assert_int_equal(onetime_find(db, hash, "my-data", &t, &err), 0); /* a link of one kind opens no other door */
	assert_int_equal(onetime_find(db, other, "confirm", &t, &err), 0);
	clock_set(T0 + 50);
	ok(onetime_use(db, hash, &err));
	clock_set(T0 + 60);
	ok(onetime_use(db, hash, &err));
	assert_int_equal(onetime_find(db, hash, "confirm", &t, &err), 1);
	assert_int_equal(t.used_at, T0 + 50); /* the first time stays */
	ok(onetime_use(db, other, &err));
	refused(onetime_put(db, hash, "confirm", &t, &err), ERR_SYSTEM);
	t.subscriber_id = 99;
	refused(onetime_put(db, other, "confirm", &t, &err), ERR_SYSTEM);
	t.subscriber_id = 1;
	refused(onetime_put(db, other, "login", &t, &err), ERR_SYSTEM);
	commit();
	assert_invariants();
	/* expired is for the caller to say */
	clock_set(T0 + 1000);
	assert_int_equal(onetime_find(db, hash, "confirm", &t, &err), 1);
}

static void
test_recent(void **state)
{
	int64_t ann;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	assert_int_equal(onetime_recent(db, ann, "confirm", 0, &err), 0);
	make(ann, "confirm", T0 + 100);
	assert_int_equal(onetime_recent(db, ann, "confirm", T0, &err), 1);
	assert_int_equal(onetime_recent(db, ann, "confirm", T0 + 1, &err), 0);
	assert_int_equal(onetime_recent(db, ann, "my-data", T0, &err), 0);
	assert_int_equal(onetime_recent(db, ann + 1, "confirm", T0, &err), 0);
	commit();
}

static void
test_outstanding(void **state)
{
	uint8_t found[TOKEN_HASH];
	struct onetime t;
	int64_t ann;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	clock_set(T0 + 10);
	assert_int_equal(onetime_outstanding(db, ann, "confirm", found, &t, &err), 0);
	make(ann, "confirm", T0 + 9); /* is over */
	make(ann, "my-data", T0 + 100);
	assert_int_equal(onetime_outstanding(db, ann, "confirm", found, &t, &err), 0);
	make(ann, "confirm", T0 + 100);
	assert_int_equal(onetime_outstanding(db, ann, "confirm", found, &t, &err), 1);
	assert_int_equal(t.expires_at, T0 + 100);
	assert_int_equal(onetime_outstanding(db, ann + 1, "confirm", found, &t, &err), 0);
	ok(onetime_set_topics(db, found, "1 2 3", &err));
	assert_int_equal(onetime_find(db, found, "confirm", &t, &err), 1);
	assert_string_equal(t.topics, "1 2 3");
	ok(onetime_use(db, found, &err));
	assert_int_equal(onetime_outstanding(db, ann, "confirm", found, &t, &err), 0);
	commit();
}

static void
test_delete(void **state)
{
	int64_t ann, n;
	int i;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	for (i = 0; i < 5; i++)
		make(ann, "confirm", T0 + i);
	ok(onetime_delete_expired(db, T0 + 3, 2, &n, &err));
	assert_int_equal(n, 2);
	ok(onetime_delete_expired(db, T0 + 3, 2, &n, &err));
	assert_int_equal(n, 1);
	ok(onetime_delete_expired(db, T0 + 3, 2, &n, &err));
	assert_int_equal(n, 0);
	ok(subscriber_delete(db, ann, &err));
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM token"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_once),
		store_test(test_recent),
		store_test(test_outstanding),
		store_test(test_delete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
