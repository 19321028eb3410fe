/* test_campaign.c - a campaign's row: its states, counts and compiled messages. */
#include "store_fixture.h"

#include "store/article.h"
#include "store/campaign.h"
#include "store/subscription.h"

static int64_t topic;

static struct campaign
a_campaign(const char *key)
{
	struct campaign c = { .kind = "promotion", .topic_id = topic, .subject = "Spring", .created_by = "ann" };

	c.start_at = T0 + 60;
	c.valid_until = T0 + 86400;
	c.planned = 5;
	snprintf(c.key, sizeof(c.key), "%s", key);
	return c;
}

static int64_t
make(const char *key)
{
	struct campaign c = a_campaign(key);

	ok(campaign_create(db, &c, &err));
	return c.id;
}

static void
test_create(void **state)
{
	struct campaign c, again, found;

	(void)state;
	topic = make_topic("promotions");
	c = again = a_campaign("spring-2026");
	begin();
	ok(campaign_create(db, &c, &err));
	assert_int_equal(c.state, CAMPAIGN_SCHEDULED);
	assert_int_equal(strlen(c.uuid), 36);
	assert_int_equal(campaign_create(db, &again, &err), -1);
	assert_int_equal(err.code, ERR_EXISTS);
	assert_non_null(strstr(err.text, "spring-2026"));
	make("");
	make(""); /* many may have no key */
	again.key[0] = '\0';
	again.topic_id = 99;
	refused(campaign_create(db, &again, &err), ERR_SYSTEM);
	commit();
	assert_int_equal(campaign_get(db, c.id, &found, &err), 1);
	assert_string_equal(found.uuid, c.uuid);
	assert_string_equal(found.kind, "promotion");
	assert_int_equal(found.topic_id, topic);
	assert_string_equal(found.key, "spring-2026");
	assert_string_equal(found.subject, "Spring");
	assert_int_equal(found.state, CAMPAIGN_SCHEDULED);
	assert_string_equal(found.reason, "");
	assert_string_equal(found.created_by, "ann");
	assert_int_equal(found.created_at, T0);
	assert_int_equal(found.start_at, T0 + 60);
	assert_int_equal(found.valid_until, T0 + 86400);
	assert_int_equal(found.started_at | found.deadline | found.finished_at | found.high_id | found.cursor, 0);
	assert_int_equal(found.planned, 5);
	assert_int_equal(campaign_by_key(db, "spring-2026", &found, &err), 1);
	assert_int_equal(found.id, c.id);
	assert_int_equal(campaign_by_key(db, "", &found, &err), 0);
	assert_int_equal(campaign_by_key(db, "spring", &found, &err), 0);
	assert_int_equal(campaign_get(db, 99, &found, &err), 0);
	assert_invariants();
}

/* A promotion whose offer is over is sent by nobody any more, however it came to wait. */
static void
test_past(void **state)
{
	struct campaign c = { .valid_until = T0 + 10 }, always = { 0 };

	(void)state;
	assert_false(campaign_is_past(&c, T0 + 10)); /* its last second */
	assert_true(campaign_is_past(&c, T0 + 11));
	assert_false(campaign_is_past(&always, INT64_MAX));
	topic = make_topic("promotions");
	begin();
	make("paused");
	make("held");
	ok(campaign_pause(db, 1, "", &err));
	ok(campaign_start(db, 2, T0 + 9, &err));
	ok(campaign_hold(db, 2, "", &err));
	commit();
	assert_int_equal(raw_exec("UPDATE campaign SET valid_until = 1767225610"), SQLITE_OK); /* T0 + 10 */
	clock_set(T0 + 11);
	begin();
	refused(campaign_resume(db, 1, &err), ERR_REFUSED);
	refused(campaign_resume(db, 2, &err), ERR_REFUSED);
	clock_set(T0 + 10);
	ok(campaign_resume(db, 1, &err));
	clock_set(T0 + 11);
	ok(campaign_cancel(db, 2, "", &err)); /* it can still be ended */
	commit();
	assert_invariants();
}

static void
test_lists(void **state)
{
	struct campaign all[8];
	int64_t i;

	(void)state;
	topic = make_topic("promotions");
	begin();
	for (i = 1; i <= 6; i++)
		make("");
	ok(campaign_cancel(db, 2, "", &err));
	ok(campaign_pause(db, 3, "", &err));
	ok(campaign_hold(db, 4, "", &err));
	ok(campaign_start(db, 5, T0 + 9, &err));
	ok(campaign_start(db, 6, T0 + 9, &err));
	ok(campaign_finish(db, 6, &err));
	commit();
	assert_int_equal(campaign_list(db, all, 8, &err), 6);
	assert_int_equal(all[0].id, 6);
	assert_int_equal(all[0].state, CAMPAIGN_DONE);
	assert_int_equal(all[5].id, 1);
	assert_int_equal(campaign_list(db, all, 2, &err), 2);
	assert_int_equal(all[1].id, 5);
	assert_int_equal(campaign_list(db, all, 0, &err), 0);
	assert_int_equal(campaign_open(db, all, 8, &err), 4);
	/* sending, then scheduled, then those that wait for a person */
	assert_int_equal(all[0].id, 5);
	assert_int_equal(all[1].id, 1);
	assert_int_equal(all[2].id, 3);
	assert_int_equal(all[3].id, 4);
	assert_int_equal(campaign_open(db, all, 3, &err), 3);
	assert_int_equal(all[2].id, 3);
	assert_invariants();
}

/* Around a time, by when they start or did start; cancelled ones count for nothing. */
static void
test_near(void **state)
{
	struct campaign all[8];
	int64_t i;

	(void)state;
	topic = make_topic("promotions");
	begin();
	for (i = 1; i <= 4; i++)
		make("");
	ok(campaign_cancel(db, 2, "", &err));
	commit();
	assert_int_equal(campaign_near(db, T0 + 61, T0 + 3600, all, 8, &err), 0); /* they start at T0 + 60 */
	assert_int_equal(campaign_near(db, T0 + 60, T0 + 60, all, 8, &err), 3);
	assert_int_equal(all[1].id, 3);
	assert_int_equal(campaign_near(db, T0 + 60, T0 + 60, all, 2, &err), 2);
	clock_set(T0 + 3000);
	begin();
	ok(campaign_start(db, 3, T0 + 9000, &err));
	commit();
	clock_set(T0);
	assert_int_equal(campaign_near(db, T0 + 61, T0 + 3600, all, 8, &err), 1); /* late */
	assert_int_equal(all[0].id, 3);
	assert_invariants();
}

/* Alarms are remembered; the one for a hold only until the next change of the state. */
static void
test_watched(void **state)
{
	struct campaign all[8], c;
	int64_t i;

	(void)state;
	topic = make_topic("promotions");
	begin();
	for (i = 1; i <= 6; i++)
		make("");
	for (i = 2; i <= 6; i++)
		ok(campaign_start(db, i, T0 + 9, &err));
	ok(campaign_hold(db, 3, "", &err));
	ok(campaign_pause(db, 4, "", &err));
	ok(campaign_finish(db, 5, &err));
	clock_set(T0 + 100);
	ok(campaign_finish(db, 6, &err));
	commit();
	assert_int_equal(campaign_watched(db, T0, all, 8, &err), 4);
	assert_int_equal(all[0].id, 2);
	assert_int_equal(all[1].id, 3);
	assert_int_equal(all[2].id, 6); /* newest first */
	assert_int_equal(all[3].id, 5);
	assert_int_equal(campaign_watched(db, T0, all, 2, &err), 2);
	assert_int_equal(all[1].id, 3);
	assert_int_equal(campaign_watched(db, T0 + 1, all, 8, &err), 3);
	begin();
	ok(campaign_alarm(db, 3, CAMPAIGN_ALARM_HELD, &err));
	ok(campaign_alarm(db, 5, CAMPAIGN_ALARM_BOUNCES, &err));
	ok(campaign_alarm(db, 6, CAMPAIGN_ALARM_BOUNCES, &err));
	ok(campaign_alarm(db, 6, CAMPAIGN_ALARM_COMPLAINTS, &err));
	commit();
	assert_int_equal(campaign_watched(db, T0, all, 8, &err), 2); /* the held and one that is done know all */
	assert_int_equal(all[1].id, 5);
	assert_int_equal(all[1].alarms, CAMPAIGN_ALARM_BOUNCES);
	begin();
	ok(campaign_alarm(db, 3, CAMPAIGN_ALARM_COMPLAINTS, &err));
	ok(campaign_resume(db, 3, &err));
	ok(campaign_hold(db, 3, "again", &err));
	commit();
	assert_int_equal(campaign_get(db, 3, &c, &err), 1);
	assert_int_equal(c.alarms, CAMPAIGN_ALARM_COMPLAINTS);
	assert_int_equal(campaign_watched(db, T0, all, 8, &err), 3);
}

/* What each verb does from each state: the state that it leads to, or -1 for ERR_REFUSED. */
static const struct {
	const char *name;
	int want[5]; /* start, pause, hold, resume, cancel */
} moves[] = {
	{ "scheduled", { CAMPAIGN_SENDING, CAMPAIGN_PAUSED, CAMPAIGN_HELD, -1, CAMPAIGN_CANCELLED } },
	{ "sending", { -1, CAMPAIGN_PAUSED, CAMPAIGN_HELD, -1, CAMPAIGN_CANCELLED } },
	{ "paused before it started", { -1, -1, -1, CAMPAIGN_SCHEDULED, CAMPAIGN_CANCELLED } },
	{ "paused", { -1, -1, -1, CAMPAIGN_SENDING, CAMPAIGN_CANCELLED } },
	{ "held before it started", { -1, -1, -1, CAMPAIGN_SCHEDULED, CAMPAIGN_CANCELLED } },
	{ "held", { -1, -1, -1, CAMPAIGN_SENDING, CAMPAIGN_CANCELLED } },
	{ "done", { -1, -1, -1, -1, -1 } },
	{ "cancelled", { -1, -1, -1, -1, -1 } },
};

static int64_t
make_in(size_t row)
{
	int64_t id = make("");

	if (strcmp(moves[row].name, "sending") == 0 || strcmp(moves[row].name, "paused") == 0 || strcmp(moves[row].name, "held") == 0 ||
	    strcmp(moves[row].name, "done") == 0)
		ok(campaign_start(db, id, T0 + 9, &err));
	if (strncmp(moves[row].name, "paused", 6) == 0)
		ok(campaign_pause(db, id, "too many bounces", &err));
	if (strncmp(moves[row].name, "held", 4) == 0)
		ok(campaign_hold(db, id, "overdue", &err));
	if (strcmp(moves[row].name, "done") == 0)
		ok(campaign_finish(db, id, &err));
	if (strcmp(moves[row].name, "cancelled") == 0)
		ok(campaign_cancel(db, id, "", &err));
	return id;
}

static int
move(int verb, int64_t id)
{
	switch (verb) {
	case 0: return campaign_start(db, id, T0 + 99, &err);
	case 1: return campaign_pause(db, id, "because", &err);
	case 2: return campaign_hold(db, id, "because", &err);
	case 3: return campaign_resume(db, id, &err);
	default: return campaign_cancel(db, id, "because", &err);
	}
}

static void
test_states(void **state)
{
	struct campaign before, after;
	size_t i;
	int verb, rc, want;

	(void)state;
	topic = make_topic("promotions");
	for (i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		for (verb = 0; verb < 5; verb++) {
			begin();
			assert_int_equal(campaign_get(db, make_in(i), &before, &err), 1);
			err = (struct err)ERR_INIT;
			rc = move(verb, before.id);
			commit();
			want = moves[i].want[verb];
			assert_int_equal(campaign_get(db, before.id, &after, &err), 1);
			if (rc != (want == -1 ? -1 : 0) || (want == -1 && err.code != ERR_REFUSED) ||
			    after.state != (want == -1 ? before.state : (enum campaign_state)want))
				fail_msg("%s, verb %d: returned %d, is %s", moves[i].name, verb, rc, campaign_state_name(after.state));
			if (want == -1)
				assert_memory_equal(&before, &after, sizeof(after));
			else
				assert_string_equal(after.reason, verb == 0 || verb == 3 ? "" : "because");
			assert_invariants();
		}
	refused(campaign_pause(db, 999, "", &err), ERR_NOT_FOUND);
}

static void
test_start(void **state)
{
	struct campaign c;
	char address[32];
	int i;

	(void)state;
	topic = make_topic("promotions");
	begin();
	make("");
	for (i = 1; i <= 5; i++) {
		snprintf(address, sizeof(address), "%d@example.org", i);
		make_subscriber(address);
		if (i < 5)
			ok(subscription_add(db, i, topic, "added", &by_test, &err));
	}
	ok(subscription_leave(db, 2, topic, 0, "page", &by_test, &err));
	ok(campaign_finish(db, 1, &err)); /* not sending: nothing happens */
	clock_set(T0 + 60);
	ok(campaign_start(db, 1, T0 + 1000, &err));
	commit();
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_SENDING);
	assert_int_equal(c.started_at, T0 + 60);
	assert_int_equal(c.deadline, T0 + 1000);
	assert_int_equal(c.high_id, 5);
	assert_int_equal(c.planned, 3);
	assert_int_equal(c.cursor, 0);
	clock_set(T0 + 70);
	begin();
	ok(campaign_pause(db, 1, "x", &err));
	ok(campaign_finish(db, 1, &err));
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_PAUSED);
	ok(campaign_resume(db, 1, &err));
	ok(campaign_finish(db, 1, &err));
	commit();
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_DONE);
	assert_int_equal(c.finished_at, T0 + 70);
	assert_invariants();
}

/* A resumed campaign is neither overdue nor past its deadline at once. */
static void
test_resume_times(void **state)
{
	struct campaign c = a_campaign("");

	(void)state;
	topic = c.topic_id = make_topic("promotions");
	c.valid_until = 0;
	clock_set(T0);
	begin();
	ok(campaign_create(db, &c, &err));
	ok(campaign_hold(db, 1, "overdue", &err));
	clock_set(T0 + 90000);
	ok(campaign_resume(db, 1, &err));
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_SCHEDULED);
	assert_int_equal(c.start_at, T0 + 90000);
	ok(campaign_start(db, 1, T0 + 90010, &err));
	ok(campaign_extend(db, 1, T0 + 90005, &err));
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.deadline, T0 + 90010);
	ok(campaign_extend(db, 1, T0 + 90020, &err));
	ok(campaign_pause(db, 1, "", &err));
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.deadline, T0 + 90020);
	clock_set(T0 + 900000);
	ok(campaign_resume(db, 1, &err));
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.deadline, T0 + 900000 + 86400);
	commit();
	assert_invariants();
}

/* Nobody on the list at all. */
static void
test_start_empty(void **state)
{
	struct campaign c;

	(void)state;
	topic = make_topic("promotions");
	begin();
	ok(campaign_start(db, make(""), T0 + 9, &err));
	commit();
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.high_id, 0);
	assert_int_equal(c.planned, 0);
	assert_int_equal(c.started_at, T0);
	assert_invariants();
}

/* A campaign that never started gives its articles back; one that did keeps them. */
static void
test_cancel_articles(void **state)
{
	char empty[] = "", word[] = "a";
	struct article a = {
		.source = word,
		.title = word,
		.url = empty,
		.excerpt = empty,
		.author = empty,
		.image = empty,
		.image_alt = empty,
	};
	enum article_outcome outcome;
	struct campaign c;
	int i;

	(void)state;
	a.body = a.hash = empty;
	topic = make_topic("articles");
	begin();
	ok(article_put(db, &a, &outcome, &err));
	for (i = 0; i < 3; i++) {
		c = a_campaign("");
		snprintf(c.kind, sizeof(c.kind), "articles");
		c.valid_until = 0;
		ok(campaign_create(db, &c, &err));
		assert_int_equal(article_announce(db, a.id, topic, c.id, &err), 1);
		if (i == 1)
			ok(campaign_pause(db, c.id, "", &err));
		if (i == 2)
			ok(campaign_start(db, c.id, T0 + 9, &err));
		ok(campaign_cancel(db, c.id, "mistake", &err));
	}
	commit();
	assert_int_equal(raw_int("SELECT campaign_id FROM announcement"), 3);
	assert_invariants();
}

static void
test_tally(void **state)
{
	struct campaign_tally t = { .accepted = 5, .deferred = 4, .refused = 3, .unknown = 2, .skipped = 1 };
	struct campaign_tally back = { .deferred = -3, .accepted = 3 };
	struct campaign c;

	(void)state;
	topic = make_topic("promotions");
	begin();
	make("");
	ok(campaign_tally(db, 1, &t, &err));
	ok(campaign_tally(db, 1, &back, &err));
	ok(campaign_move_cursor(db, 1, 17, &err));
	commit();
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.accepted, 8);
	assert_int_equal(c.deferred, 1);
	assert_int_equal(c.refused, 3);
	assert_int_equal(c.unknown, 2);
	assert_int_equal(c.skipped, 1);
	assert_int_equal(c.cursor, 17);
	assert_non_null(invariants_broken()); /* a tally without its ledger is what the invariants are for */
}

static void
test_messages(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	topic = make_topic("promotions");
	begin();
	make("");
	assert_int_equal(campaign_get_message(db, 1, "en", &b, &err), 0);
	ok(campaign_put_message(db, 1, "es", "hola\0!", 6, &err));
	ok(campaign_put_message(db, 1, "en", "hello", 5, &err));
	ok(campaign_put_message(db, 1, "de", "", 0, &err));
	refused(campaign_put_message(db, 1, "en", "again", 5, &err), ERR_SYSTEM);
	refused(campaign_put_message(db, 9, "en", "x", 1, &err), ERR_SYSTEM);
	commit();
	assert_int_equal(campaign_get_message(db, 1, "es", &b, &err), 1);
	assert_int_equal(b.len, 6);
	assert_memory_equal(b.data, "hola\0!", 6);
	buf_reset(&b);
	assert_int_equal(campaign_get_message(db, 1, "en", &b, &err), 1);
	assert_string_equal(b.data, "hello");
	buf_reset(&b);
	assert_int_equal(campaign_get_message(db, 1, "fr", &b, &err), 1); /* the first one put */
	assert_memory_equal(b.data, "hola\0!", 6);
	assert_int_equal(campaign_get_message(db, 2, "en", &b, &err), 0);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_create),
		store_test(test_past),
		store_test(test_lists),
		store_test(test_near),
		store_test(test_watched),
		store_test(test_resume_times),
		store_test(test_states),
		store_test(test_start),
		store_test(test_start_empty),
		store_test(test_cancel_articles),
		store_test(test_tally),
		store_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
