/* test_welcome.c - who waits for the welcome mail, and that leaving takes it back. */
#include "store_fixture.h"

#include "store/outbox.h"
#include "store/subscription.h"
#include "store/welcome.h"

static void
test_rows(void **state)
{
	const int64_t first[] = { 3, 1 }, again[] = { 1, 2 };
	struct welcome w;
	int64_t ann, ben;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	ben = make_subscriber("ben@example.org");
	assert_int_equal(welcome_next(db, 0, &w, &err), 0);
	ok(welcome_add(db, ben, again, 1, &err));
	ok(welcome_add(db, ann, first, 2, &err));
	assert_int_equal(welcome_next(db, 0, &w, &err), 1);
	assert_int_equal(w.subscriber_id, ann);
	assert_string_equal(w.topics, "3 1");
	assert_int_equal(w.at, T0);
	assert_int_equal(welcome_next(db, ann, &w, &err), 1);
	assert_int_equal(w.subscriber_id, ben);
	assert_int_equal(welcome_next(db, ben, &w, &err), 0);
	/* a second confirmation before the first was decided: one row, of all that was confirmed */
	clock_set(T0 + 5);
	ok(welcome_add(db, ann, again, 2, &err));
	assert_int_equal(welcome_next(db, 0, &w, &err), 1);
	assert_string_equal(w.topics, "3 1 2");
	assert_int_equal(w.at, T0 + 5);
	ok(welcome_delete(db, ann, &err));
	ok(welcome_delete(db, ann, &err));
	assert_int_equal(welcome_next(db, 0, &w, &err), 1);
	assert_int_equal(w.subscriber_id, ben);
	refused(welcome_add(db, 99, again, 1, &err), ERR_SYSTEM); /* nobody */
	commit();
	begin();
	ok(subscriber_delete(db, ben, &err));
	assert_int_equal(welcome_next(db, 0, &w, &err), 0);
	commit();
	assert_invariants();
}

/* More topics than a site may have, with numbers as long as they get: nothing is written beyond the text, and no half number. */
static void
test_many_topics(void **state)
{
	int64_t ids[TOPICS_MAX];
	struct welcome w;
	int i;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	for (i = 0; i < TOPICS_MAX; i++)
		ids[i] = INT64_MAX - i;
	ok(welcome_add(db, 1, ids, TOPICS_MAX, &err));
	for (i = 0; i < TOPICS_MAX; i++)
		ids[i] = i + 1;
	ok(welcome_add(db, 1, ids, TOPICS_MAX, &err));
	assert_int_equal(welcome_next(db, 0, &w, &err), 1);
	assert_memory_equal(w.topics, "9223372036854775807 9223372036854775806 ", 40);
	assert_true(strlen(w.topics) < sizeof(w.topics));
	commit();
}

static int64_t
queue(int64_t subscriber, const char *kind)
{
	int64_t id;

	ok(outbox_reserve(db, kind, subscriber, "somebody@example.org", T0 + 100, &id, &err));
	ok(outbox_fill(db, id, "x", 1, &err));
	return id;
}

static const char *
states(void)
{
	return raw_text("SELECT group_concat(kind || ' ' || state || iif(message IS NULL AND address IS NULL, '', '+'), ', ') FROM outbox");
}

static void
test_taken_back(void **state)
{
	int64_t topic = make_topic("articles"), other = make_topic("promotions"), ann, ben;
	struct outbox_mail mail;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	ben = make_subscriber("ben@example.org");
	ok(subscription_add(db, ann, topic, "added", &by_test, &err));
	ok(subscription_add(db, ann, other, "added", &by_test, &err));
	ok(subscription_add(db, ben, topic, "added", &by_test, &err));
	queue(ann, "welcome");
	queue(ann, "already");
	queue(ben, "welcome");
	commit();
	begin();
	assert_int_equal(subscription_leave(db, ann, topic, 0, "page", &by_test, &err), 1);
	commit();
	assert_string_equal(states(), "welcome expired, already queued+, welcome queued+");

	/* on its way already: what the relay says of it changes nothing any more */
	begin();
	queue(ann, "welcome");
	commit();
	assert_int_equal(raw_exec("UPDATE outbox SET next_at = next_at - 10 WHERE id = 4"), SQLITE_OK);
	begin();
	assert_int_equal(outbox_claim(db, &mail, 1, &err), 1);
	assert_int_equal(mail.id, 4);
	commit();
	begin();
	assert_int_equal(outbox_wanted(db, 4, &err), 1);
	assert_int_equal(subscription_end(db, ann, SUB_COMPLAINED, &by_test, &err), 1);
	assert_int_equal(outbox_wanted(db, 4, &err), 0);
	ok(outbox_record(db, &mail, &(struct delivery_result){ .state = DELIVERY_DEFERRED, .next_at = T0 + 1 }, &err));
	commit();
	assert_string_equal(states(), "welcome expired, already queued+, welcome queued+, welcome expired");
	buf_release(&mail.message);

	/* what was sent stays as it was: the second leaving is none */
	assert_int_equal(raw_exec("UPDATE outbox SET state = 'accepted', message = NULL, address = NULL WHERE id = 3"), SQLITE_OK);
	begin();
	assert_int_equal(subscription_leave(db, ben, 0, 0, "page", &by_test, &err), 1);
	commit();
	assert_string_equal(states(), "welcome expired, already queued+, welcome accepted, welcome expired");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_rows),
		store_test(test_many_topics),
		store_test(test_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
