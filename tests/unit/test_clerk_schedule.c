/* test_clerk_schedule.c - campaigns whose time has come, and one that somebody else ends between the clerk's look and its transaction. */
#include "../../daemon/clerk.h"

#include "store_fixture.h"

#include <sys/wait.h>

#include "store/campaign.h"

static struct site site;
static struct clerk clerk;

static int64_t
scheduled(int64_t topic, int64_t start, int64_t valid_until)
{
	struct campaign c = { .kind = "promotion", .topic_id = topic, .start_at = start, .valid_until = valid_until };

	ok(db_begin(db, &err));
	ok(campaign_create(db, &c, &err));
	ok(db_commit(db, &err));
	return c.id;
}

/* In another process: cancel it, 200 ms after the store is ours. */
static void __attribute__((noreturn))
cancel_beside(int64_t id, int begun)
{
	struct err e = ERR_INIT;
	struct db *own = db_open(store_path, DB_USE, &e);
	bool good = own && db_begin(own, &e) == 0 && write(begun, "", 1) == 1 && usleep(200000) == 0 &&
	    campaign_cancel(own, id, "test", &e) == 0 && db_commit(own, &e) == 0;

	_exit(good ? 0 : 1);
}

static void
test_ended_meanwhile(void **state)
{
	int64_t topic = make_topic("promotions"), over, due;
	int begun[2], status = -1;
	pid_t child;
	char byte;

	(void)state;
	site.db = db;
	site.conf.campaign_overdue = site.conf.campaign_deadline = 3600;
	clerk.site = &site;
	over = scheduled(topic, T0 - 20, T0 - 10);
	due = scheduled(topic, T0 - 5, T0 + 1000);
	assert_int_equal(pipe(begun), 0);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0)
		cancel_beside(over, begun[1]);
	close(begun[1]);
	assert_int_equal(read(begun[0], &byte, 1), 1);
	close(begun[0]);
	ok(clerk_schedule(&clerk, &err));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_string_equal(raw_text("SELECT state || ' ' || reason FROM campaign WHERE id = 1"), "cancelled test");
	assert_string_equal(raw_text("SELECT state FROM campaign WHERE id = 2"), "sending");
	assert_int_equal(over + due, 3);
}

static void
test_due(void **state)
{
	int64_t topic = make_topic("promotions");

	(void)state;
	site.db = db;
	site.conf.campaign_overdue = site.conf.campaign_deadline = 3600;
	clerk.site = &site;
	scheduled(topic, T0 + 1, 0);
	scheduled(topic, T0, 0);
	scheduled(topic, T0, T0);
	scheduled(topic, T0 - 3600, 0);
	scheduled(topic, T0 - 3601, 0);
	scheduled(topic, T0 + 5, T0 - 1);
	ok(clerk_schedule(&clerk, &err));
	assert_string_equal(raw_text("SELECT group_concat(state, ' ') FROM (SELECT state FROM campaign ORDER BY id)"),
	    "scheduled sending sending sending held cancelled");
}

/* Who a segment's campaign is for cannot be read: that is the store's trouble, and no reason to hold it. */
static void
test_unreadable(void **state)
{
	struct campaign c = { .kind = "promotion", .start_at = T0, .segment = "language=en" };

	(void)state;
	site.db = db;
	site.conf.campaign_overdue = site.conf.campaign_deadline = 3600;
	clerk.site = &site;
	c.topic_id = make_topic("promotions");
	begin();
	ok(campaign_create(db, &c, &err));
	commit();
	assert_int_equal(raw_exec("PRAGMA legacy_alter_table = ON; ALTER TABLE subscription RENAME TO away"), SQLITE_OK);
	refused(clerk_schedule(&clerk, &err), ERR_SYSTEM);
	assert_int_equal(raw_exec("ALTER TABLE away RENAME TO subscription"), SQLITE_OK);
	assert_string_equal(raw_text("SELECT state FROM campaign"), "scheduled");
	ok(clerk_schedule(&clerk, &err));
	assert_string_equal(raw_text("SELECT state FROM campaign"), "sending");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ended_meanwhile, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_due, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_unreadable, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
