/* test_event.c - what came back or was asked. */
#include "store_fixture.h"

#include "store/event.h"

static void
test_add(void **state)
{
	struct event full = { .kind = "bounce", .class = "hard", .code = 550, .enhanced = "5.1.1", .text = "unknown" };
	struct event least = { .kind = "complaint", .class = "complaint" };
	struct event wrong = { .kind = "applause", .class = "soft" };
	int64_t n;

	(void)state;
	full.subscriber_id = 3;
	full.topic_id = 2;
	full.campaign_id = 7;
	begin();
	ok(event_add(db, &full, &err));
	full.kind = "refusal";
	ok(event_add(db, &full, &err));
	full.kind = "bounce";
	full.campaign_id = 8;
	ok(event_add(db, &full, &err));
	ok(event_add(db, &least, &err));
	commit();
	assert_string_equal(raw_text("SELECT kind || at || ' ' || subscriber_id || topic_id || campaign_id FROM event WHERE id = 1"),
	    "bounce1767225600 327");
	assert_string_equal(raw_text("SELECT class || code || enhanced || text FROM event WHERE id = 1"), "hard5505.1.1unknown");
	assert_int_equal(raw_int("SELECT coalesce(subscriber_id, topic_id, campaign_id, code) IS NULL FROM event WHERE id = 4"), 1);
	assert_int_equal(raw_int("SELECT coalesce(enhanced, text) IS NULL FROM event WHERE id = 4"), 1);
	ok(event_count(db, 7, "bounce", &n, &err));
	assert_int_equal(n, 1);
	ok(event_count(db, 7, "refusal", &n, &err));
	assert_int_equal(n, 1);
	begin();
	full.campaign_id = 7;
	ok(event_add(db, &full, &err)); /* of the same person: their message still bounced once */
	full.subscriber_id = 0;
	ok(event_add(db, &full, &err)); /* somebody who is gone, and another one */
	ok(event_add(db, &full, &err));
	commit();
	ok(event_count(db, 7, "bounce", &n, &err));
	assert_int_equal(n, 3);
	ok(event_count(db, 7, "complaint", &n, &err));
	assert_int_equal(n, 0);
	ok(event_count(db, 9, "bounce", &n, &err));
	assert_int_equal(n, 0);
	begin();
	refused(event_add(db, &wrong, &err), ERR_SYSTEM);
	db_rollback(db);
}

static void
test_delete_old(void **state)
{
	struct event event = { .kind = "unsubscribe", .class = "page" };
	int64_t n;
	int i;

	(void)state;
	begin();
	for (i = 0; i < 10; i++) {
		clock_set(T0 + i);
		ok(event_add(db, &event, &err));
	}
	ok(event_delete_old(db, T0 + 5, 3, &n, &err));
	assert_int_equal(n, 3);
	ok(event_delete_old(db, T0 + 5, 3, &n, &err));
	assert_int_equal(n, 2);
	ok(event_delete_old(db, T0 + 5, 3, &n, &err));
	assert_int_equal(n, 0);
	commit();
	assert_int_equal(raw_int("SELECT min(at) FROM event"), T0 + 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_add),
		store_test(test_delete_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
