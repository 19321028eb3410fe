/*
 * test_delivery.c - the contract of the ledger, case by case; test_delivery_property.c does random things to it.
 */
#include "store_fixture.h"

#include "store/campaign.h"
#include "store/delivery.h"
#include "store/subscription.h"
#include "store/suppression.h"

#define CLAIMS 64

static int64_t topic;
static struct campaign c;
static struct delivery_claim claims[CLAIMS];
static struct campaign_tally tally;
static bool exhausted;
static const char *segment = "";

/* `n` people, all active. */
static void
people(int n)
{
	char address[32];
	int i;

	topic = make_topic("articles");
	begin();
	for (i = 1; i <= n; i++) {
		snprintf(address, sizeof(address), "p%d@example.org", i);
		ok(subscription_add(db, make_subscriber(address), topic, "added", &by_test, &err));
	}
	commit();
}

static void
start_campaign(int64_t deadline)
{
	struct campaign fresh = { .kind = "articles", .topic_id = topic, .subject = "s", .created_by = "ann", .start_at = clock_now() };

	snprintf(fresh.segment, sizeof(fresh.segment), "%s", segment);
	begin();
	ok(campaign_create(db, &fresh, &err));
	ok(campaign_start(db, fresh.id, deadline, &err));
	assert_int_equal(campaign_get(db, fresh.id, &c, &err), 1);
	commit();
}

/* Claim, write the tally, commit; the ids as text. */
static const char *
claim(size_t size)
{
	static char text[256];
	int i, n;

	begin();
	memset(&tally, 0, sizeof(tally));
	assert_int_equal(campaign_get(db, c.id, &c, &err), 1);
	n = delivery_claim(db, &c, claims, size, &tally, &exhausted, &err);
	ok(n);
	ok(campaign_tally(db, c.id, &tally, &err));
	commit();
	text[0] = '\0';
	for (i = 0; i < n; i++) {
		assert_int_equal(claims[i].campaign_id, c.id);
		assert_int_equal(claims[i].topic_id, topic);
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%lld ", (long long)claims[i].who.id);
	}
	assert_invariants();
	return text;
}

static void
record(const struct delivery_claim *claimed, enum delivery_state result, int64_t next_at)
{
	struct delivery_result r = { .state = result, .next_at = next_at, .code = 451, .enhanced = "4.2.1", .reply = "later" };
	struct campaign_tally t = { 0 };

	begin();
	assert_int_equal(delivery_record(db, claimed, &r, &err), 1);
	t.accepted = result == DELIVERY_ACCEPTED;
	t.deferred = result == DELIVERY_DEFERRED;
	t.refused = result == DELIVERY_REFUSED;
	t.unknown = result == DELIVERY_UNKNOWN;
	t.skipped = result == DELIVERY_SKIPPED;
	ok(campaign_tally(db, claimed->campaign_id, &t, &err));
	commit();
	assert_invariants();
}

/* Whoever is on the list when it starts gets it, by whatever clock they came; who comes by that clock later does not delay its end. */
static void
test_clock_set_back(void **state)
{
	(void)state;
	clock_set(T0 + 3600);
	people(2);
	clock_set(T0);
	begin();
	ok(subscription_add(db, make_subscriber("now@example.org"), topic, "added", &by_test, &err));
	commit();
	start_campaign(T0 + 1000);
	assert_int_equal(c.planned, 3);
	assert_int_equal(c.started_at, T0);
	assert_string_equal(claim(9), "1 2 3 ");
	assert_true(exhausted);
	clock_set(T0 + 7200);
	begin();
	ok(subscription_add(db, make_subscriber("late@example.org"), topic, "added", &by_test, &err));
	commit();
	assert_string_equal(claim(9), "");
	assert_true(exhausted);
}

static void
test_cursor(void **state)
{
	(void)state;
	people(5);
	start_campaign(T0 + 1000);
	assert_string_equal(claim(2), "1 2 ");
	assert_false(exhausted);
	assert_int_equal(c.cursor, 2);
	assert_int_equal(raw_int("SELECT cursor FROM campaign"), 2);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 0 AND attempts = 1 AND at = 1767225600"), 2);
	assert_string_equal(claims[1].who.address, "p2@example.org");
	assert_int_equal(claims[1].attempts, 1);
	assert_string_equal(claim(0), "");
	assert_false(exhausted);
	assert_string_equal(claim(3), "3 4 5 ");
	assert_false(exhausted); /* not known yet */
	assert_string_equal(claim(3), "");
	assert_true(exhausted);
	assert_string_equal(claim(3), "");
	assert_true(exhausted);
	assert_int_equal(raw_int("SELECT planned FROM campaign"), 5);
}

/* A claim that is rolled back has not happened. */
static void
test_rollback(void **state)
{
	(void)state;
	people(3);
	start_campaign(T0 + 1000);
	begin();
	assert_int_equal(delivery_claim(db, &c, claims, 2, &tally, &exhausted, &err), 2);
	db_rollback(db);
	assert_invariants();
	assert_string_equal(claim(2), "1 2 ");
}

/* Who is reached, out of ten people, each with a story of their own before and after the campaign started. */
static void
test_audience(void **state)
{
	int64_t other;

	(void)state;
	people(10);
	other = make_topic("other");
	begin();
	ok(subscription_leave(db, 1, topic, 0, "page", &by_test, &err)); /* left before */
	ok(suppression_add(db, "p2@example.org", SUPPRESSED_COMPLAINT, "test", &err));
	ok(subscription_leave(db, 3, topic, 0, "page", &by_test, &err)); /* left, asked again, did not confirm */
	ok(subscription_request(db, 3, topic, &by_test, &err));
	ok(subscription_end(db, 4, SUB_BOUNCED, &by_test, &err));
	ok(subscription_add(db, make_subscriber("p11@example.org"), other, "added", &by_test, &err)); /* another topic */
	ok(subscription_leave(db, 9, topic, 0, "page", &by_test, &err));
	commit();
	clock_set(T0 + 100);
	start_campaign(T0 + 1000);
	assert_int_equal(c.planned, 6);
	clock_set(T0 + 101);
	begin();
	ok(subscription_leave(db, 5, topic, 0, "one-click", &by_test, &err)); /* left after the start, before their turn */
	ok(suppression_add(db, "p6@example.org", SUPPRESSED_HARD, "test", &err));
	ok(subscriber_delete(db, 7, &err));                                                           /* erased */
	ok(subscription_confirm(db, 9, topic, &by_test, &err));                                       /* came back after the start */
	ok(subscription_add(db, make_subscriber("p12@example.org"), topic, "added", &by_test, &err)); /* new after the start */
	commit();
	assert_string_equal(claim(20), "8 10 ");
	assert_true(exhausted);
	assert_int_equal(tally.skipped, 2);
	assert_string_equal(raw_text("SELECT group_concat(subscriber_id) FROM delivery WHERE state = 5 AND attempts = 0"), "2,6");
}

/* When all who are reached are skipped, the claim says neither "done" nor gives anybody. */
static void
test_all_skipped(void **state)
{
	char address[32];
	int i;

	(void)state;
	people(6);
	begin();
	for (i = 1; i <= 5; i++) {
		snprintf(address, sizeof(address), "p%d@example.org", i);
		ok(suppression_add(db, address, SUPPRESSED_STAFF, "test", &err));
	}
	commit();
	start_campaign(T0 + 1000);
	assert_string_equal(claim(4), "");
	assert_false(exhausted);
	assert_int_equal(c.cursor, 4);
	assert_string_equal(claim(4), "6 ");
	assert_true(exhausted);
}

static void
test_deferred(void **state)
{
	struct delivery_claim first, second;
	struct delivery d;
	int64_t at;

	(void)state;
	people(5);
	start_campaign(T0 + 1000);
	ok(delivery_next_due(db, c.id, &at, &err));
	assert_int_equal(at, 0);
	claim(2);
	first = claims[0];
	second = claims[1];
	record(&first, DELIVERY_DEFERRED, T0 + 60);
	record(&second, DELIVERY_DEFERRED, T0 + 30);
	ok(delivery_next_due(db, c.id, &at, &err));
	assert_int_equal(at, T0 + 30);
	assert_int_equal(delivery_find(db, c.id, 1, &d, &err), 1);
	assert_int_equal(d.state, DELIVERY_DEFERRED);
	assert_int_equal(d.next_at, T0 + 60);
	assert_int_equal(d.attempts, 1);
	assert_int_equal(d.code, 451);
	assert_string_equal(d.enhanced, "4.2.1");
	assert_string_equal(d.reply, "later");
	clock_set(T0 + 29);
	assert_string_equal(claim(1), "3 "); /* nobody is due yet */
	clock_set(T0 + 30);
	assert_string_equal(claim(2), "2 4 "); /* who is due comes before the cursor */
	assert_int_equal(claims[0].attempts, 2);
	clock_set(T0 + 60);
	assert_string_equal(claim(5), "1 5 ");
	ok(delivery_next_due(db, c.id, &at, &err));
	assert_int_equal(at, 0);
	record(&claims[0], DELIVERY_ACCEPTED, 0);
	assert_int_equal(delivery_find(db, c.id, 1, &d, &err), 1);
	assert_int_equal(d.state, DELIVERY_ACCEPTED);
	assert_int_equal(d.next_at, 0);
	assert_int_equal(d.at, T0 + 60);
	assert_int_equal(delivery_find(db, c.id, 9, &d, &err), 0);
	assert_int_equal(delivery_find(db, 9, 1, &d, &err), 0);
}

/* Deferred ones who may not be mailed any more; and the cursor waits while there may be more of the deferred. */
static void
test_deferred_gone(void **state)
{
	int i;

	(void)state;
	people(6);
	start_campaign(T0 + 1000);
	claim(5);
	for (i = 0; i < 5; i++)
		record(&claims[i], DELIVERY_DEFERRED, T0 + 10 + i);
	begin();
	ok(subscription_leave(db, 1, topic, 0, "page", &by_test, &err));
	ok(suppression_add(db, "p2@example.org", SUPPRESSED_HARD, "test", &err));
	ok(subscriber_delete(db, 3, &err));
	commit();
	clock_set(T0 + 60);
	assert_string_equal(claim(4), "4 ");
	assert_false(exhausted);
	assert_int_equal(tally.skipped, 3);
	assert_int_equal(tally.deferred, -4);
	assert_string_equal(claim(4), "5 6 ");
	assert_true(exhausted);
	assert_string_equal(raw_text("SELECT group_concat(attempts) FROM delivery WHERE state = 5"), "1,1,1");
}

static const struct {
	const char *name;
	struct delivery_result result;
	int code;
	const char *enhanced, *reply;
} results[] = {
	{ "accepted", { .state = DELIVERY_ACCEPTED, .code = 250, .enhanced = "2.0.0", .reply = "queued" }, 250, "2.0.0", "queued" },
	{ "refused", { .state = DELIVERY_REFUSED, .code = 550, .enhanced = "5.1.1", .reply = "unknown" }, 550, "5.1.1", "unknown" },
	{ "nothing to say", { .state = DELIVERY_REFUSED }, 0, "", "" },
	{ "empty texts", { .state = DELIVERY_ACCEPTED, .code = 250, .enhanced = "", .reply = "" }, 250, "", "" },
	{ "unknown", { .state = DELIVERY_UNKNOWN }, 0, "", "" },
	{ "skipped by the relay's limits", { .state = DELIVERY_SKIPPED, .reply = "no SMTPUTF8" }, 0, "", "no SMTPUTF8" },
	/* next_at is a deferred one's alone */
	{ "refused with a time", { .state = DELIVERY_REFUSED, .next_at = T0 + 5 }, 0, "", "" },
};

static void
test_record(void **state)
{
	struct campaign_tally t;
	struct delivery d;
	size_t i;

	(void)state;
	people(sizeof(results) / sizeof(results[0]));
	start_campaign(T0 + 1000);
	claim(CLAIMS);
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		begin();
		assert_int_equal(delivery_record(db, &claims[i], &results[i].result, &err), 1);
		assert_int_equal(delivery_record(db, &claims[i], &results[0].result, &err), 0); /* settled */
		t = (struct campaign_tally){ 0 };
		t.accepted = results[i].result.state == DELIVERY_ACCEPTED;
		t.refused = results[i].result.state == DELIVERY_REFUSED;
		t.unknown = results[i].result.state == DELIVERY_UNKNOWN;
		t.skipped = results[i].result.state == DELIVERY_SKIPPED;
		ok(campaign_tally(db, c.id, &t, &err));
		commit();
		assert_invariants();
		assert_int_equal(delivery_find(db, c.id, claims[i].who.id, &d, &err), 1);
		if (d.state != results[i].result.state || d.code != results[i].code || strcmp(d.enhanced, results[i].enhanced) != 0 ||
		    strcmp(d.reply, results[i].reply) != 0)
			fail_msg("%s: %s %d \"%s\" \"%s\"", results[i].name, delivery_state_name(d.state), d.code, d.enhanced, d.reply);
	}
	begin();
	claims[0].who.id = 99;
	assert_int_equal(delivery_record(db, &claims[0], &results[0].result, &err), 0);
	db_rollback(db);
}

/* A sender dies with claims: they are due again at once, in their order, with one attempt more. */
static void
test_recover_resend(void **state)
{
	int64_t n, at;

	(void)state;
	people(4);
	start_campaign(T0 + 1000);
	claim(3);
	record(&claims[1], DELIVERY_ACCEPTED, 0);
	clock_set(T0 + 5);
	begin();
	ok(delivery_recover(db, c.id, false, &n, &err));
	commit();
	assert_int_equal(n, 2);
	assert_invariants();
	ok(delivery_next_due(db, c.id, &at, &err));
	assert_int_equal(at, T0 + 5);
	begin();
	assert_int_equal(delivery_record(db, &claims[0], &(struct delivery_result){ .state = DELIVERY_ACCEPTED }, &err), 0);
	ok(delivery_recover(db, c.id, false, &n, &err));
	commit();
	assert_int_equal(n, 0);
	assert_string_equal(claim(9), "1 3 4 ");
	assert_int_equal(claims[0].attempts, 2);
	assert_int_equal(claims[2].attempts, 1);
}

static void
test_recover_hold(void **state)
{
	int64_t n;

	(void)state;
	people(6);
	start_campaign(T0 + 1000);
	claim(3);
	begin();
	ok(delivery_recover(db, c.id, true, &n, &err));
	commit();
	assert_int_equal(n, 3);
	assert_invariants();
	assert_string_equal(claim(2), "4 5 "); /* the held ones wait for a person */
	assert_string_equal(raw_text("SELECT group_concat(subscriber_id || ':' || state) FROM delivery"), "1:4,2:4,3:4,4:0,5:0");
	begin();
	ok(delivery_recover(db, c.id, true, &n, &err));
	commit();
	assert_int_equal(n, 2);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 4"), 5);
}

static void
test_give_up(void **state)
{
	struct delivery d;
	int64_t n;
	int i;

	(void)state;
	people(5);
	start_campaign(T0 + 100);
	claim(4);
	for (i = 0; i < 3; i++)
		record(&claims[i], i == 1 ? DELIVERY_ACCEPTED : DELIVERY_DEFERRED, T0 + 500);
	clock_set(T0 + 101);
	begin();
	ok(delivery_give_up(db, c.id, &n, &err));
	commit();
	assert_int_equal(n, 2);
	assert_invariants();
	assert_int_equal(delivery_find(db, c.id, 1, &d, &err), 1);
	assert_int_equal(d.state, DELIVERY_REFUSED);
	assert_int_equal(d.next_at, 0);
	assert_string_equal(d.reply, "later"); /* why, of the last attempt */
	begin();
	ok(delivery_give_up(db, c.id, &n, &err));
	commit();
	assert_int_equal(n, 0);
	assert_int_equal(raw_int("SELECT state FROM delivery WHERE subscriber_id = 4"), DELIVERY_CLAIMED);
}

static void
test_delete_old(void **state)
{
	int64_t n;
	int i, j;

	(void)state;
	people(4);
	for (i = 0; i < 3; i++) {
		start_campaign(T0 + 1000);
		claim(4);
		for (j = 0; j < 4; j++)
			record(&claims[j], DELIVERY_ACCEPTED, 0);
		clock_set(T0 + (int64_t)10 * (i + 1));
		begin();
		if (i < 2)
			ok(campaign_finish(db, c.id, &err));
		commit();
	}
	begin();
	ok(delivery_delete_old(db, T0 + 10, 99, &n, &err));
	assert_int_equal(n, 0);
	ok(delivery_delete_old(db, T0 + 11, 3, &n, &err));
	assert_int_equal(n, 3);
	ok(delivery_delete_old(db, T0 + 1000, 3, &n, &err));
	assert_int_equal(n, 3);
	ok(delivery_delete_old(db, T0 + 1000, 99, &n, &err));
	assert_int_equal(n, 2);
	ok(delivery_delete_old(db, T0 + 1000, 99, &n, &err));
	assert_int_equal(n, 0);
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM delivery"), 4);       /* the one that still runs */
	assert_int_equal(raw_int("SELECT sum(accepted) FROM campaign"), 12); /* counts stay */
	assert_invariants();
}

/* Only who is in the segment at their turn; the others leave no row, and the cursor passes them. */
static void
test_segment(void **state)
{
	(void)state;
	people(9);
	raw_exec("UPDATE subscriber SET language = 'es' WHERE id % 3 = 0");
	segment = "language=es";
	start_campaign(T0 + 1000);
	assert_string_equal(c.segment, segment);
	assert_string_equal(claim(1), "3 ");
	assert_int_equal(c.cursor, 3);
	assert_string_equal(claims[0].who.address, "p3@example.org");
	assert_string_equal(claims[0].who.language, "es");
	assert_int_equal(claims[0].attempts, 1);
	assert_string_equal(claim(0), "");
	assert_false(exhausted);
	/* before their turn: one goes, one comes, one leaves the list's mails by a suppression */
	raw_exec("UPDATE subscriber SET language = '' WHERE id = 6; UPDATE subscriber SET language = 'es' WHERE id IN (1, 7, 8)");
	begin();
	ok(suppression_add(db, "p8@example.org", SUPPRESSED_HARD, "test", &err));
	commit();
	assert_string_equal(claim(CLAIMS), "7 9 ");
	assert_true(exhausted);
	assert_int_equal(tally.skipped, 1);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery"), 4);
	/* what was claimed once is tried again, in the segment or not */
	record(&claims[0], DELIVERY_DEFERRED, T0 + 5);
	raw_exec("UPDATE subscriber SET language = '' WHERE id = 7");
	clock_set(T0 + 5);
	assert_string_equal(claim(CLAIMS), "7 ");
	assert_true(exhausted);
	segment = "";
}

/* A segment whose topic is gone claims nobody, not even those who are due. */
static void
test_segment_gone(void **state)
{
	(void)state;
	people(3);
	make_topic("other");
	segment = "topic!=other";
	start_campaign(T0 + 1000);
	assert_string_equal(claim(1), "1 ");
	record(&claims[0], DELIVERY_DEFERRED, T0);
	raw_exec("UPDATE topic SET slug = 'others' WHERE slug = 'other'");
	begin();
	refused(delivery_claim(db, &c, claims, CLAIMS, &tally, &exhausted, &err), ERR_USAGE);
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 2"), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery"), 1);
	assert_int_equal(raw_int("SELECT cursor FROM campaign"), 1);
	assert_string_equal(c.segment, "topic!=other");
	segment = "";
}

/* Times ago are counted from the start on: a mailing that takes days is for the same people on its last. */
static void
test_segment_ago(void **state)
{
	(void)state;
	people(2);
	segment = "joined>=-1d";
	clock_set(T0 + 86000);
	start_campaign(T0 + 900000);
	assert_string_equal(claim(1), "1 ");
	clock_set(T0 + 500000);
	assert_string_equal(claim(1), "2 ");
	segment = "";
}

#define MANY 100000

/* One that nobody is in: no claim holds the store for long, and the cursor gets to the end. */
static void
test_segment_bites(void **state)
{
	int64_t began, longest = 0, cursor = 0;
	int bites = 0;

	(void)state;
	people(1);
	assert_int_equal(raw_exec("BEGIN; WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
				  "INSERT INTO subscriber (id, address, address_key, address_hmac, name, language, created_at) "
				  "SELECT i, 'p' || i, 'p' || i, randomblob(16), '', '', 1 FROM n; "
				  "INSERT INTO subscription SELECT 1, id, 1, 1 FROM subscriber WHERE id > 1; COMMIT"),
	    SQLITE_OK);
	segment = "name=Nobody";
	start_campaign(T0 + 1000);
	do {
		assert_true(++bites < MANY);
		begin();
		began = clock_mono_us();
		assert_int_equal(delivery_claim(db, &c, claims, CLAIMS, &tally, &exhausted, &err), 0);
		if (clock_mono_us() - began > longest)
			longest = clock_mono_us() - began;
		commit();
		assert_true(exhausted || c.cursor > cursor);
		cursor = c.cursor;
	} while (!exhausted);
	print_message("    %d bites, the longest of %lld us\n", bites, (long long)longest);
	assert_int_equal(c.cursor, MANY);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery"), 0);
	assert_true(bites > 1);
	segment = "";
}

static void
test_names(void **state)
{
	static const char *const want[] = { "claimed", "accepted", "deferred", "refused", "unknown", "skipped" };
	int i;

	(void)state;
	for (i = 0; i < DELIVERY_STATES; i++)
		assert_string_equal(delivery_state_name((enum delivery_state)i), want[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_clock_set_back),
		store_test(test_cursor),
		store_test(test_rollback),
		store_test(test_audience),
		store_test(test_all_skipped),
		store_test(test_deferred),
		store_test(test_deferred_gone),
		store_test(test_record),
		store_test(test_recover_resend),
		store_test(test_recover_hold),
		store_test(test_give_up),
		store_test(test_delete_old),
		store_test(test_segment),
		store_test(test_segment_gone),
		store_test(test_segment_ago),
		store_test(test_segment_bites),
		store_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
