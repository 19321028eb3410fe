/* test_clerk_watch.c - when a campaign is paused for what came back, and that it is told once. */
#include "../../daemon/clerk.h"

#include "store_fixture.h"

#include <sys/wait.h>

#include "base/file.h"
#include "base/link.h"
#include "store/campaign.h"
#include "store/event.h"

#define B CAMPAIGN_ALARM_BOUNCES
#define C CAMPAIGN_ALARM_COMPLAINTS
#define H CAMPAIGN_ALARM_HELD

static const struct {
	const char *name;
	int64_t settled, accepted, bounces, complaints;
	unsigned want;
} rates[] = {
	{ "nothing yet", 0, 0, 0, 0, 0 },
	{ "all is well", 1000, 1000, 0, 0, 0 },
	{ "all of too few", 99, 0, 99, 99, 0 },
	{ "5 % of the fewest", 100, 95, 5, 0, B },
	{ "4 % of the fewest", 100, 96, 4, 0, 0 },
	{ "just below 5 %", 10000, 9501, 499, 0, 0 },
	{ "5 % exactly", 10000, 9500, 500, 0, B },
	{ "rounding does not help", 119, 114, 5, 0, 0 },
	{ "nor harm", 120, 114, 6, 0, B },
	{ "all refused", 100, 0, 100, 0, B },
	{ "more bounces than messages", 100, 100, 250, 0, B },
	{ "one complaint of few", 100, 100, 0, 1, 0 },
	{ "one of a thousand", 1000, 1000, 0, 1, 0 },
	{ "two of few", 100, 100, 0, 2, C },
	{ "two of 999", 999, 999, 0, 2, C },
	{ "two of two thousand", 2000, 2000, 0, 2, C },
	{ "two of more", 2001, 2001, 0, 2, 0 },
	{ "complaints are of those accepted", 2100, 2000, 99, 2, C },
	{ "and not of all settled", 2200, 2100, 59, 2, 0 },
	{ "0.1 % of a million", 1000000, 1000000, 0, 1000, C },
	{ "less of a million", 1000000, 1000000, 0, 999, 0 },
	{ "both", 200, 190, 10, 2, B | C },
	{ "complaints though nothing was accepted", 100, 0, 0, 2, C },
};

static void
test_rates(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct watch_counts n = {
			.settled = rates[i].settled,
			.accepted = rates[i].accepted,
			.bounces = rates[i].bounces,
			.complaints = rates[i].complaints,
		};

		if (watch_judge(&n) != rates[i].want)
			fail_msg("%s: got %u, want %u", rates[i].name, watch_judge(&n), rates[i].want);
	}
}

/* A site without an operator: what a mail needs besides is not there. */
static char nobody[] = "";
static struct site site;
static struct clerk clerk;

/* A campaign that is sending, of which so many were accepted and refused. */
static int64_t
sending(int64_t accepted, int64_t refused)
{
	struct campaign c = { .kind = "promotion", .topic_id = 1, .subject = "Spring", .created_by = "ann", .start_at = T0 };
	struct campaign_tally tally = { .accepted = accepted, .refused = refused };

	if (raw_int("SELECT count(*) FROM topic") == 0)
		make_topic("promotions");
	site = (struct site){ .db = db, .conf.mail_operator = nobody };
	clerk = (struct clerk){ .site = &site };
	begin();
	ok(campaign_create(db, &c, &err));
	ok(campaign_start(db, c.id, T0 + 86400, &err));
	ok(campaign_tally(db, c.id, &tally, &err));
	commit();
	return c.id;
}

static void
events(int64_t id, const char *kind, int n)
{
	struct event event = { .kind = kind, .class = "soft", .topic_id = 1, .campaign_id = id };

	begin();
	while (n--)
		ok(event_add(db, &event, &err));
	commit();
}

/* Watch once, some seconds later. */
static struct campaign
watched(int64_t id)
{
	struct campaign c;

	clock_set(clock_now() + 10);
	ok(clerk_watch(&clerk, &err));
	assert_int_equal(campaign_get(db, id, &c, &err), 1);
	return c;
}

static void
resume(int64_t id)
{
	begin();
	ok(campaign_resume(db, id, &err));
	commit();
}

static void
test_pause(void **state)
{
	int64_t id = sending(190, 10);
	struct campaign c;

	(void)state;
	events(id, "refusal", 9);
	events(id, "unsubscribe", 50);
	assert_int_equal(watched(id).state, CAMPAIGN_SENDING);
	events(id, "bounce", 1);
	c = watched(id);
	assert_int_equal(c.state, CAMPAIGN_PAUSED);
	assert_int_equal(c.alarms, B);
	assert_string_equal(c.reason, "10 of 200 messages (5.0 %) bounced; look at `newsletter campaign show 1`, then resume or cancel it");
	resume(id);
	events(id, "bounce", 50);
	assert_int_equal(watched(id).state, CAMPAIGN_SENDING);
	events(id, "complaint", 2);
	c = watched(id);
	assert_int_equal(c.state, CAMPAIGN_PAUSED);
	assert_int_equal(c.alarms, B | C);
	assert_string_equal(c.reason, "2 of 190 readers (1.05 %) complained; look at `newsletter campaign show 1`, "
				      "then resume or cancel it");
	resume(id);
	assert_int_equal(watched(id).state, CAMPAIGN_SENDING);
	assert_int_equal(raw_int("SELECT count(*) FROM outbox"), 0);
}

static void
test_both(void **state)
{
	int64_t other = sending(1000, 0), id = sending(190, 10);

	(void)state;
	events(id, "refusal", 10);
	events(id, "complaint", 2);
	assert_string_equal(watched(id).reason,
	    "10 of 200 messages (5.0 %) bounced, 2 of 190 readers (1.05 %) complained; look at `newsletter campaign show 2`, then resume or "
	    "cancel it");
	assert_int_equal(watched(other).state, CAMPAIGN_SENDING);
	assert_int_equal(watched(other).alarms, 0);
}

/* Refused, tried again by hand and accepted: the events of the first time are still there. */
static void
test_retried(void **state)
{
	int64_t id = sending(200, 0);

	(void)state;
	events(id, "refusal", 20);
	assert_int_equal(watched(id).state, CAMPAIGN_SENDING);
}

/* Given up at their deadline: refused without a refusal. */
static void
test_given_up(void **state)
{
	int64_t id = sending(100, 100);

	(void)state;
	assert_int_equal(watched(id).state, CAMPAIGN_SENDING);
}

static void
test_ended(void **state)
{
	int64_t id = sending(1000, 0), old = sending(1000, 0);
	struct campaign c;

	(void)state;
	begin();
	ok(campaign_finish(db, old, &err));
	clock_set(T0 + INT64_C(8) * 86400);
	ok(campaign_finish(db, id, &err));
	commit();
	events(id, "complaint", 2);
	events(old, "complaint", 2);
	c = watched(id);
	assert_int_equal(c.state, CAMPAIGN_DONE);
	assert_int_equal(c.alarms, C);
	assert_string_equal(c.reason, "");
	assert_int_equal(watched(old).alarms, 0); /* too long ago */
}

static void
test_held(void **state)
{
	int64_t id = sending(1000, 0);
	int i;

	(void)state;
	for (i = 0; i < 2; i++) { /* each hold is told anew */
		begin();
		ok(campaign_hold(db, id, "overdue", &err));
		commit();
		assert_int_equal(watched(id).alarms, H);
		assert_string_equal(watched(id).reason, "overdue");
		resume(id);
		assert_int_equal(watched(id).alarms, 0);
	}
}

/* It looks every other second, and goes on when the clock was set back. */
static void
test_rhythm(void **state)
{
	int64_t id = sending(190, 10);
	struct campaign c;

	(void)state;
	watched(id);
	events(id, "refusal", 10);
	ok(clerk_watch(&clerk, &err));
	assert_int_equal(campaign_get(db, id, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_SENDING);
	clock_set(T0 - 86400);
	assert_int_equal(watched(id).state, CAMPAIGN_PAUSED);
}

/* The operator's mail says what the campaign's reason says; of nobody who got it, all have complained. */
static void
test_told(void **state)
{
	static const char conf[] = "[site]\nname = Quiet Harbour\nurl = https://news.quietharbour.example\n"
				   "[mail]\nfrom = news@quietharbour.example\noperator = olive@quietharbour.example\n";
	int64_t id = sending(0, 100);
	char path[96];
	int key;

	(void)state;
	snprintf(path, sizeof(path), "%s/newsletter.conf", folder);
	ok(file_write(path, 0600, conf, sizeof(conf) - 1, &err));
	memset(&site.conf, 0, sizeof(site.conf));
	ok(conf_load(&site.conf, path, &err));
	ok(link_keys_create(folder, &key, &err));
	site.links = link_keys_load(folder, &err);
	assert_non_null(site.links);
	personal_init(&clerk.personal, &site.conf, site.links);
	events(id, "complaint", 2);
	assert_string_equal(watched(id).reason,
	    "2 of 0 readers (100.00 %) complained; look at `newsletter campaign show 1`, then resume or cancel it");
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE instr(message, '2 of 0 readers (100.00%)') > 0"), 1);
	personal_release(&clerk.personal);
	link_keys_free(site.links);
	conf_release(&site.conf);
}

/* In another process: pause it, 200 ms after the store is ours. */
static void __attribute__((noreturn))
pause_beside(int64_t id, int begun)
{
	struct err e = ERR_INIT;
	struct db *own = db_open(store_path, DB_USE, &e);
	bool good = own && db_begin(own, &e) == 0 && write(begun, "", 1) == 1 && usleep(200000) == 0 &&
	    campaign_pause(own, id, "by hand", &e) == 0 && db_commit(own, &e) == 0;

	_exit(good ? 0 : 1);
}

/* Who paused it meanwhile has looked: it keeps their reason, and once resumed it is watched as before. */
static void
test_paused_meanwhile(void **state)
{
	int64_t id = sending(190, 10);
	int begun[2], status = -1;
	struct campaign c;
	pid_t child;
	char byte;

	(void)state;
	events(id, "refusal", 10);
	assert_int_equal(pipe(begun), 0);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0)
		pause_beside(id, begun[1]);
	close(begun[1]);
	assert_int_equal(read(begun[0], &byte, 1), 1);
	close(begun[0]);
	c = watched(id);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(c.state, CAMPAIGN_PAUSED);
	assert_string_equal(c.reason, "by hand");
	assert_int_equal(c.alarms, 0);
	resume(id);
	assert_int_equal(watched(id).alarms, B);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		store_test(test_pause),
		store_test(test_both),
		store_test(test_retried),
		store_test(test_given_up),
		store_test(test_ended),
		store_test(test_held),
		store_test(test_rhythm),
		store_test(test_told),
		store_test(test_paused_meanwhile),
	};

	return cmocka_run_group_tests_name("clerk_watch", tests, NULL, NULL);
}
