/* test_watching.c - what a watcher reads from the store: roles, counters by what they are counted by, times in classes, what waits. */
#include "store_fixture.h"

#include "base/histogram.h"
#include "site/role_json.h"
#include "store/counter.h"
#include "store/event.h"
#include "store/queue.h"
#include "store/role.h"

static void
test_histogram(void **state)
{
	static const struct {
		const char *name;
		int64_t us;
		int class;
	} cases[] = {
		{ "nothing", 0, 0 },
		{ "a bound belongs to its class", 500, 0 },
		{ "one more is of the next", 501, 1 },
		{ "a millisecond", 1000, 1 },
		{ "the last bound", 5000000, HISTOGRAM_BOUNDS - 1 },
		{ "over all of them", 5000001, HISTOGRAM_BOUNDS },
		{ "for ever", INT64_MAX / 4, HISTOGRAM_BOUNDS },
		{ "a clock that went back", -5, 0 },
	};
	struct histogram h, before, since;
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		h = (struct histogram){ 0 };
		histogram_add(&h, cases[i].us);
		for (c = 0; c <= HISTOGRAM_BOUNDS; c++)
			if (h.count[c] != (c == cases[i].class))
				fail_msg("%s: class %d has %lld", cases[i].name, c, (long long)h.count[c]);
		assert_true(h.sum_us == (cases[i].us > 0 ? cases[i].us : 0));
	}
	h = (struct histogram){ 0 };
	histogram_add(&h, 100);
	before = h;
	histogram_add(&h, 200);
	histogram_add(&h, 2000);
	since = histogram_since(&h, &before);
	assert_int_equal(since.count[0], 1);
	assert_int_equal(since.count[2], 1);
	assert_int_equal(since.sum_us, 2200);
}

static void
test_counters(void **state)
{
	struct histogram h = { .count = { 3, 0, 1 }, .sum_us = 4000 };
	struct counter_list list;
	char name[COUNTER_NAME + 40];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	begin();
	ok(counter_add_to(db, 2, &err, "messages", "mail", "accepted", COUNTER_END));
	ok(counter_add_to(db, 3, &err, "messages", "mail", "accepted", COUNTER_END));
	ok(counter_add_to(db, 1, &err, name, name, COUNTER_END)); /* cut, and no overrun */
	ok(counter_add_histogram(db, "commit:http", &h, &err));
	ok(counter_add_histogram(db, "commit:http", &h, &err));
	commit();
	ok(counter_list(db, 100, &list, &err));
	assert_int_equal(list.count, 5);
	assert_int_equal(counter_in(&list, "messages:mail:accepted"), 5);
	assert_int_equal(counter_in(&list, "commit:http:0"), 6);
	assert_int_equal(counter_in(&list, "commit:http:2"), 2);
	assert_int_equal(counter_in(&list, "commit:http:sum"), 8000);
	assert_int_equal(counter_in(&list, "commit:http:1"), 0);
	assert_int_equal(counter_in(&list, ""), 0);
	counter_list_release(&list);
	ok(counter_list(db, 2, &list, &err));
	assert_int_equal(list.count, 2);
	counter_list_release(&list);
	assert_int_equal(counter_in(&list, "messages:mail:accepted"), 0);
}

static void
test_roles(void **state)
{
	struct role_seen clerk = { .name = "clerk", .version = "1.2.3", .pid = 42, .started_at = T0 - 100, .seen_at = T0 }, seen[ROLES_ALL];
	static const struct {
		const char *name;
		int64_t seen_at;
		const char *problem; /* NULL: none */
	} cases[] = {
		{ "never", 0, "has never been seen" },
		{ "now", T0, NULL },
		{ "just in time", T0 - ROLE_FRESH, NULL },
		{ "too long ago", T0 - ROLE_FRESH - 1, "was not seen for 46 s: " ROLE_ABSENT },
		{ "the clock was set back a little", T0 + 5, NULL },
		{ "the clock was set back by a day", T0 + 86400, "was seen 86400 s in the future: the clock was set back" },
	};
	struct buf problem = BUF_INIT;
	size_t i;

	(void)state;
	begin();
	ok(role_beat(db, &clerk, &err));
	clerk.seen_at = T0 + 10;
	ok(role_beat(db, &clerk, &err));
	ok(counter_add_to(db, 3, &err, "role_restarts", "clerk", COUNTER_END));
	commit();
	ok(role_list(db, seen, &err));
	assert_string_equal(seen[0].name, "http");
	assert_int_equal(seen[0].seen_at, 0);
	assert_string_equal(seen[1].name, "clerk");
	assert_string_equal(seen[1].version, "1.2.3");
	assert_int_equal(seen[1].pid, 42);
	assert_int_equal(seen[1].seen_at, T0 + 10);
	assert_int_equal(seen[1].restarts, 3);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		clerk.seen_at = cases[i].seen_at;
		buf_reset(&problem);
		role_problem(&problem, &clerk, T0);
		if (role_is_fresh(&clerk, T0) != !cases[i].problem || strcmp(problem.data, cases[i].problem ? cases[i].problem : "") != 0)
			fail_msg("%s: %s", cases[i].name, problem.data);
	}
	buf_release(&problem);
}

static void
test_queue(void **state)
{
	struct queue q;

	(void)state;
	make_topic("articles");
	ok(queue_look(db, &q, &err));
	assert_int_equal(q.outbox.waiting + q.outbox.oldest + q.outbox.due + q.signup.undecided + q.deferred.waiting + q.backup, 0);
	assert_int_equal(raw_exec("INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at) VALUES "
				  "('test', NULL, NULL, 'accepted', 1, 2, 3), ('test', 'a@example.org', X'78', 'queued', 100, 1000, 900), "
				  "('test', 'a@example.org', X'78', 'queued', 200, 1000, 300);"
				  "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, deferred) VALUES "
				  "('a', 'articles', 1, 's', 'sending', 1, 'x', 1, 7), ('b', 'articles', 1, 's', 'sending', 1, 'x', 1, 2), "
				  "('c', 'articles', 1, 's', 'done', 1, 'x', 1, 9);"
				  "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, next_at) VALUES "
				  "(1, 5, 2, 1, 1, 500), (1, 6, 2, 1, 1, 400), (2, 5, 2, 1, 1, 450), (3, 5, 2, 1, 1, 10);"
				  "INSERT INTO audit (at, who, command, detail) VALUES (50, 'x', 'backup', ''), (60, 'x', 'send', '')"),
	    SQLITE_OK);
	ok(queue_look(db, &q, &err));
	assert_int_equal(q.outbox.waiting, 2);
	assert_int_equal(q.outbox.oldest, 100);
	assert_int_equal(q.outbox.due, 300);
	assert_int_equal(q.outbox.held, 0);
	assert_int_equal(q.deferred.waiting, 9);
	assert_int_equal(q.deferred.due, 400);
	assert_int_equal(q.campaigns[CAMPAIGN_SENDING], 2);
	assert_int_equal(q.campaigns[CAMPAIGN_DONE], 1);
	assert_int_equal(q.backup, 50);
}

/* However large the bites are, each subscription is counted once. */
static void
test_count(void **state)
{
	int64_t topic = make_topic("articles"), other = make_topic("other"), bite;
	struct queue_count c;
	char sql[200];
	int rc;

	(void)state;
	begin();
	make_subscriber("a@example.org");
	make_subscriber("b@example.org");
	make_subscriber("c@example.org");
	commit();
	snprintf(sql, sizeof(sql), "INSERT INTO subscription VALUES (%d, 1, 1, 5), (%d, 2, 1, 5), (%d, 3, 4, 5), (%d, 1, 0, 5)", (int)topic,
	    (int)topic, (int)topic, (int)other);
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	for (bite = 1; bite <= 4; bite++) {
		c = (struct queue_count){ .topic_id = topic };
		while ((rc = queue_count(db, &c, bite, &err)) == 1)
			;
		assert_int_equal(rc, 0);
		assert_int_equal(c.n[SUB_ACTIVE], 2);
		assert_int_equal(c.n[SUB_COMPLAINED], 1);
		assert_int_equal(c.n[SUB_PENDING], 0);
	}
	c = (struct queue_count){ .topic_id = 99 };
	assert_int_equal(queue_count(db, &c, 10, &err), 0);
}

/* An event is counted where it is recorded, and goes with it. */
static void
test_events(void **state)
{
	const struct event bounce = { .kind = "bounce", .class = "hard" }, doubted = { .kind = "bounce", .class = "hard", .doubted = true };
	int64_t n;

	(void)state;
	begin();
	ok(event_add(db, &bounce, &err));
	ok(event_add(db, &bounce, &err));
	ok(event_add(db, &doubted, &err));
	commit();
	begin();
	ok(event_add(db, &bounce, &err));
	db_rollback(db);
	ok(counter_get(db, "events:bounce:hard", &n, &err));
	assert_int_equal(n, 2);
	ok(counter_get(db, "events:bounce:doubted", &n, &err));
	assert_int_equal(n, 1);
}

static void
test_commits(void **state)
{
	struct histogram before = *db_commits(db), since;
	int64_t n = 0;
	int i;

	(void)state;
	begin();
	ok(counter_add(db, "x", 1, &err));
	commit();
	since = histogram_since(db_commits(db), &before);
	for (i = 0; i <= HISTOGRAM_BOUNDS; i++)
		n += since.count[i];
	assert_int_equal(n, 1);
	assert_true(since.sum_us > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_histogram),
		store_test(test_counters),
		store_test(test_roles),
		store_test(test_queue),
		store_test(test_count),
		store_test(test_events),
		store_test(test_commits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
