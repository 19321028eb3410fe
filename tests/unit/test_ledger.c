/*
 * test_ledger.c - who is where and why, retry and archive, case by case; test_delivery_property.c does random things to them.
 */
#include "store_fixture.h"

#include "store/campaign.h"
#include "store/delivery.h"
#include "store/ledger.h"
#include "store/outbox.h"
#include "store/subscription.h"
#include "store/suppression.h"

#define MANY 100000
#define BYTES_LEFT 64 /* of an archived delivery, at most */

static const char *const dead[] = { "no-such-user", "disabled", NULL };
static int64_t topic;

/* `n` people and a campaign of kind promotion that has claimed them all. */
static void
sent_to(int n, struct delivery_claim *claims)
{
	struct campaign c = { .kind = "promotion", .topic_id = 0, .subject = "s", .created_by = "ann", .start_at = T0 };
	struct campaign_tally tally = { 0 };
	char address[32];
	bool exhausted;
	int i;

	topic = make_topic("promotions");
	begin();
	for (i = 1; i <= n; i++) {
		snprintf(address, sizeof(address), "p%d@example.org", i);
		ok(subscription_add(db, make_subscriber(address), topic, "added", &by_test, &err));
	}
	c.topic_id = topic;
	ok(campaign_create(db, &c, &err));
	ok(campaign_start(db, c.id, T0 + 1000, &err));
	assert_int_equal(campaign_get(db, c.id, &c, &err), 1);
	assert_int_equal(delivery_claim(db, &c, claims, (size_t)n, &tally, &exhausted, &err), n);
	commit();
}

static void
record(const struct delivery_claim *claim, enum delivery_state state, int code, const char *class, const char *reply)
{
	struct delivery_result r = { .state = state, .code = code, .enhanced = "4.0.0", .reply = reply, .class = class };
	struct campaign_tally t = { .accepted = state == DELIVERY_ACCEPTED, .refused = state == DELIVERY_REFUSED };

	r.next_at = clock_now() + 60;
	t.deferred = state == DELIVERY_DEFERRED;
	t.unknown = state == DELIVERY_UNKNOWN;
	t.skipped = state == DELIVERY_SKIPPED;
	begin();
	assert_int_equal(delivery_record(db, claim, &r, &err), 1);
	ok(campaign_tally(db, claim->campaign_id, &t, &err));
	commit();
}

static void
test_not_tried(void **state)
{
	struct delivery_result r = { .state = DELIVERY_DEFERRED, .next_at = T0 + 5, .not_tried = true };
	struct campaign_tally t = { .deferred = 1 };
	struct delivery_claim claims[1];
	struct outbox_mail mail;
	struct delivery d;
	struct campaign c;
	bool exhausted;
	int64_t id;
	int i;

	(void)state;
	sent_to(1, claims);
	for (i = 0; i < 3; i++) { /* put off, tried, put off */
		r.not_tried = i != 1;
		r.code = i == 1 ? 451 : 0;
		r.class = i == 1 ? "policy" : NULL;
		begin();
		assert_int_equal(delivery_record(db, claims, &r, &err), 1);
		t = (struct campaign_tally){ .deferred = 1 };
		ok(campaign_tally(db, 1, &t, &err));
		assert_int_equal(delivery_find(db, 1, 1, &d, &err), 1);
		assert_int_equal(d.attempts, i > 0);
		assert_int_equal(d.code, i ? 451 : 0); /* the last reply there was */
		assert_string_equal(d.class, i ? "policy" : "");
		commit();
		assert_invariants();
		clock_set(T0 + 5);
		begin();
		assert_int_equal(campaign_get(db, 1, &c, &err), 1);
		t = (struct campaign_tally){ 0 };
		assert_int_equal(delivery_claim(db, &c, claims, 1, &t, &exhausted, &err), 1);
		ok(campaign_tally(db, 1, &t, &err));
		commit();
		assert_int_equal(claims[0].attempts, i > 0 ? 2 : 1);
	}
	begin();
	ok(outbox_reserve(db, "confirm", 1, "p1@example.org", T0 + 900, &id, &err));
	ok(outbox_fill(db, id, "x", 1, &err));
	assert_int_equal(outbox_claim(db, &mail, 1, &err), 1);
	r = (struct delivery_result){ .state = DELIVERY_DEFERRED, .next_at = T0 + 9, .not_tried = true };
	ok(outbox_record(db, &mail, &r, &err));
	commit();
	buf_release(&mail.message);
	assert_int_equal(raw_int("SELECT attempts FROM outbox WHERE state = 'queued'"), 0);
	assert_invariants();
}

static void
test_groups(void **state)
{
	struct delivery_claim claims[12];
	struct ledger_group g[LEDGER_GROUPS];
	char class[16];
	int i;

	(void)state;
	sent_to(12, claims);
	record(&claims[0], DELIVERY_ACCEPTED, 250, NULL, "queued");
	record(&claims[1], DELIVERY_REFUSED, 550, "no-such-user", NULL);
	record(&claims[2], DELIVERY_REFUSED, 550, "policy", "no");
	clock_set(T0 + 7);
	record(&claims[3], DELIVERY_REFUSED, 554, "policy", "never");
	record(&claims[4], DELIVERY_DEFERRED, 451, "greylisting", "later");
	clock_set(T0 + 3);
	record(&claims[5], DELIVERY_DEFERRED, 451, "greylisting", "wait");
	for (i = 6; i < 12; i++) {
		snprintf(class, sizeof(class), "class-%d", i);
		record(&claims[i], DELIVERY_SKIPPED, 0, class, "no SMTPUTF8");
	}
	assert_int_equal(ledger_groups(db, 1, g, LEDGER_GROUPS, &err), 10);
	assert_int_equal(g[0].state, DELIVERY_ACCEPTED);
	assert_string_equal(g[0].class, "");
	assert_int_equal(g[1].state, DELIVERY_DEFERRED);
	assert_int_equal(g[1].n, 2);
	assert_int_equal(g[1].next_at, T0 + 63);
	assert_int_equal(g[1].last_at, T0 + 7);
	assert_string_equal(g[1].reply, "later");
	assert_int_equal(g[2].n, 2); /* the larger one first */
	assert_string_equal(g[2].class, "policy");
	assert_int_equal(g[2].code, 550);
	assert_string_equal(g[2].enhanced, "4.0.0");
	assert_string_equal(g[3].class, "no-such-user");
	assert_int_equal(g[3].next_at, 0);
	/* little room: nothing is lost, some classes are told together */
	assert_int_equal(ledger_groups(db, 1, g, 8, &err), 4);
	assert_int_equal(g[0].n + g[1].n + g[2].n + g[3].n, 12);
	assert_string_equal(g[1].class, "greylisting");
	assert_string_equal(g[2].class, "others");
	assert_string_equal(g[3].class, "others");
	assert_int_equal(g[3].n, 6);
	/* no room for every state: what finds none is not told */
	assert_int_equal(ledger_groups(db, 1, g, 2, &err), 2);
	assert_int_equal(g[0].state, DELIVERY_ACCEPTED);
	assert_int_equal(ledger_groups(db, 9, g, LEDGER_GROUPS, &err), 0);
}

static int
note(void *ctx, const struct ledger_row *row, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_addf(b, "%lld:%s:%s ", (long long)row->d.subscriber_id, row->d.class, row->address);
	return b->len > 60;
}

static void
test_each(void **state)
{
	struct delivery_claim claims[4];
	struct buf b = BUF_INIT;

	(void)state;
	sent_to(4, claims);
	record(&claims[0], DELIVERY_ACCEPTED, 250, NULL, "queued");
	record(&claims[1], DELIVERY_REFUSED, 550, "policy", "no");
	record(&claims[2], DELIVERY_DEFERRED, 450, "policy", "no");
	record(&claims[3], DELIVERY_REFUSED, 550, "spam", "no");
	begin();
	ok(subscriber_delete(db, 4, &err));
	commit();
	ok(ledger_each(db, 1, &(struct ledger_pick){ -1, NULL }, false, note, &b, &err));
	assert_string_equal(b.data, "1:: 2:policy: 3:policy: 4:spam: ");
	buf_reset(&b);
	ok(ledger_each(db, 1, &(struct ledger_pick){ DELIVERY_REFUSED, NULL }, true, note, &b, &err));
	assert_string_equal(b.data, "2:policy:p2@example.org 4:spam: ");
	buf_reset(&b);
	ok(ledger_each(db, 1, &(struct ledger_pick){ DELIVERY_REFUSED, "policy" }, true, note, &b, &err));
	assert_string_equal(b.data, "2:policy:p2@example.org ");
	buf_reset(&b);
	assert_int_equal(ledger_each(db, 1, &(struct ledger_pick){ -1, NULL }, true, note, &b, &err), 1); /* enough */
	assert_string_equal(b.data, "1::p1@example.org 2:policy:p2@example.org 3:policy:p3@example.org ");
	buf_release(&b);
}

/* What became of each of them, and whether a retry of everything gives it to them again. */
enum story {
	STAYED,
	LEFT,
	SUPPRESSED,
	ERASED,
	CAME_BACK,
	CAME_BACK_AT_ONCE
};
static const struct {
	const char *name;
	enum delivery_state was;
	int code;
	const char *class;
	enum story then;
	bool again;
} stories[] = {
	{ "accepted", DELIVERY_ACCEPTED, 250, NULL, STAYED, false },
	{ "skipped", DELIVERY_SKIPPED, 0, NULL, STAYED, false },
	{ "refused by policy", DELIVERY_REFUSED, 550, "policy", STAYED, true },
	{ "refused, nobody judged", DELIVERY_REFUSED, 0, NULL, STAYED, true },
	{ "unknown", DELIVERY_UNKNOWN, 0, NULL, STAYED, true },
	{ "deferred", DELIVERY_DEFERRED, 451, "greylisting", STAYED, true },
	{ "refused, then left", DELIVERY_REFUSED, 550, "policy", LEFT, false },
	{ "deferred, then left", DELIVERY_DEFERRED, 450, "policy", LEFT, false },
	{ "unknown, then suppressed", DELIVERY_UNKNOWN, 0, NULL, SUPPRESSED, false },
	{ "refused, then erased", DELIVERY_REFUSED, 550, "policy", ERASED, false },
	{ "dead", DELIVERY_REFUSED, 550, "no-such-user", STAYED, false },
	{ "dead by its enhanced code alone", DELIVERY_REFUSED, 0, "disabled", STAYED, false },
	{ "dead for now", DELIVERY_REFUSED, 450, "no-such-user", STAYED, true },
	{ "dead, suppressed", DELIVERY_REFUSED, 550, "no-such-user", SUPPRESSED, false },
	{ "dead, came back by themselves", DELIVERY_REFUSED, 550, "no-such-user", CAME_BACK, true },
	{ "dead, came back before that", DELIVERY_REFUSED, 550, "no-such-user", CAME_BACK_AT_ONCE, false },
};
#define STORIES (int)(sizeof(stories) / sizeof(stories[0]))

static void
live(int64_t id, const char *address, enum story then)
{
	begin();
	if (then == LEFT || then == CAME_BACK || then == CAME_BACK_AT_ONCE)
		ok(subscription_leave(db, id, topic, 0, "page", &by_test, &err));
	if (then == SUPPRESSED)
		ok(suppression_add(db, address, SUPPRESSED_HARD, "test", &err));
	if (then == ERASED)
		ok(subscriber_delete(db, id, &err));
	if (then == CAME_BACK)
		clock_set(clock_now() + 1);
	if (then == CAME_BACK || then == CAME_BACK_AT_ONCE) {
		ok(subscription_request(db, id, topic, &by_test, &err));
		ok(subscription_confirm(db, id, topic, &by_test, &err));
	}
	commit();
}

static void
test_retry(void **state)
{
	struct ledger_retry r = { .pick = { -1, NULL }, .dead = dead, .deadline = T0 + 5000, .count_only = true }, counted;
	struct delivery_claim claims[STORIES];
	struct delivery d;
	struct campaign c;
	int i, again = 0;

	(void)state;
	sent_to(STORIES, claims);
	for (i = 0; i < STORIES; i++) {
		clock_set(T0);
		record(&claims[i], stories[i].was, stories[i].code, stories[i].class, "said");
		live(i + 1, claims[i].who.address, stories[i].then);
		again += stories[i].again;
	}
	clock_set(T0 + 100);
	assert_int_equal(ledger_retry(db, 1, &r, &err), 0); /* without a transaction: it only counts */
	assert_int_equal(r.refused + r.unknown + r.deferred, again);
	assert_int_equal(r.seen, STORIES);
	assert_int_equal(r.gone, 5);
	assert_int_equal(r.dead_ones, 3);
	counted = r;
	r = (struct ledger_retry){ .pick = { -1, NULL }, .dead = dead, .deadline = T0 + 5000 };
	begin();
	assert_int_equal(ledger_retry(db, 1, &r, &err), 0);
	commit();
	assert_int_equal(r.refused, counted.refused);
	assert_int_equal(r.unknown, counted.unknown);
	assert_int_equal(r.deferred, counted.deferred);
	for (i = 0; i < STORIES; i++) {
		assert_int_equal(delivery_find(db, 1, i + 1, &d, &err), 1);
		if ((stories[i].again && (d.state != DELIVERY_DEFERRED || d.next_at != T0 + 100 || d.attempts != 1)) ||
		    (!stories[i].again && d.state != stories[i].was))
			fail_msg("%s: %s, %d attempts", stories[i].name, delivery_state_name(d.state), d.attempts);
		assert_string_equal(d.reply, stories[i].then == ERASED ? "" : "said");
	}
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_SENDING);
	assert_int_equal(c.deadline, T0 + 5000);
	assert_invariants();
}

/* Only what is meant. */
static void
test_retry_pick(void **state)
{
	static const struct {
		struct ledger_pick pick;
		int64_t refused, unknown, deferred;
	} picks[] = {
		{ { -1, "policy" }, 1, 0, 1 },
		{ { DELIVERY_REFUSED, NULL }, 2, 0, 0 },
		{ { DELIVERY_REFUSED, "spam" }, 1, 0, 0 },
		{ { DELIVERY_UNKNOWN, NULL }, 0, 1, 0 },
		{ { DELIVERY_DEFERRED, NULL }, 0, 0, 1 },
		{ { DELIVERY_ACCEPTED, NULL }, 0, 0, 0 },
		{ { -1, "" }, 0, 1, 0 },
	};
	struct delivery_claim claims[5];
	size_t i;

	(void)state;
	sent_to(5, claims);
	record(&claims[0], DELIVERY_ACCEPTED, 250, NULL, "queued");
	record(&claims[1], DELIVERY_REFUSED, 550, "policy", "no");
	record(&claims[2], DELIVERY_DEFERRED, 450, "policy", "no");
	record(&claims[3], DELIVERY_REFUSED, 550, "spam", "no");
	record(&claims[4], DELIVERY_UNKNOWN, 0, NULL, NULL);
	for (i = 0; i < sizeof(picks) / sizeof(picks[0]); i++) {
		struct ledger_retry r = { .pick = picks[i].pick, .count_only = true };

		assert_int_equal(ledger_retry(db, 1, &r, &err), 0);
		if (r.refused != picks[i].refused || r.unknown != picks[i].unknown || r.deferred != picks[i].deferred)
			fail_msg("%d %s", picks[i].pick.state, picks[i].pick.class);
	}
}

/* Each end of a campaign: whether it can be retried and archived. */
static void
test_ends(void **state)
{
	struct ledger_retry r = { .pick = { -1, NULL }, .deadline = T0 + 5000 };
	struct delivery_claim claims[3];
	struct campaign c;
	int64_t after = 0, n = 0;

	(void)state;
	sent_to(3, claims);
	record(&claims[0], DELIVERY_REFUSED, 550, "policy", "no");
	record(&claims[1], DELIVERY_ACCEPTED, 250, NULL, "queued");
	begin();
	refused(ledger_archive(db, 1, &after, &n, &err), ERR_REFUSED); /* sending */
	refused(ledger_archive(db, 9, &after, &n, &err), ERR_NOT_FOUND);
	refused(ledger_retry(db, 9, &r, &err), ERR_NOT_FOUND);
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	c.started_at = 0;
	refused(campaign_can_reopen(&c, &err), ERR_REFUSED); /* one that never started */
	commit();
	record(&claims[2], DELIVERY_ACCEPTED, 250, NULL, "queued");
	begin();
	clock_set(T0 + 50);
	ok(campaign_finish(db, 1, &err));
	ok(ledger_retry(db, 1, &r, &err));
	commit();
	assert_int_equal(campaign_get(db, 1, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_SENDING);
	assert_int_equal(c.finished_at, 0);
	assert_int_equal(c.deferred, 1);
	assert_int_equal(c.refused, 0);
	assert_invariants();
	/* paused: it waits there */
	begin();
	ok(campaign_pause(db, 1, "because", &err));
	r.after = 0;
	ok(ledger_retry(db, 1, &r, &err));
	commit();
	assert_string_equal(raw_text("SELECT state || reason FROM campaign"), "pausedbecause");
	/* a promotion that is over */
	assert_int_equal(raw_exec("UPDATE campaign SET valid_until = 1767225649"), SQLITE_OK);
	begin();
	refused(ledger_retry(db, 1, &r, &err), ERR_REFUSED);
	ok(campaign_cancel(db, 1, "", &err));
	refused(ledger_retry(db, 1, &r, &err), ERR_REFUSED);
	after = 0;
	assert_int_equal(ledger_archive(db, 1, &after, &n, &err), 0);
	refused(ledger_retry(db, 1, &r, &err), ERR_REFUSED);
	commit();
	assert_int_equal(raw_int("SELECT refused FROM campaign WHERE deferred = 0 AND archived_at = finished_at"), 1);
	assert_invariants();
	assert_int_equal(campaign_to_archive(db, T0 + 9999, 0, &c, &err), 0);
}

/* Claims of a cancelled campaign are in flight for an hour at most. */
static void
test_archive_in_flight(void **state)
{
	struct delivery_claim claims[2];
	int64_t after = 0, n = 0;
	struct campaign c;

	(void)state;
	sent_to(2, claims);
	record(&claims[0], DELIVERY_DEFERRED, 450, "policy", "no");
	begin();
	ok(campaign_cancel(db, 1, "", &err));
	refused(ledger_archive(db, 1, &after, &n, &err), ERR_REFUSED);
	db_rollback(db);
	begin();
	ok(campaign_cancel(db, 1, "", &err));
	commit();
	assert_int_equal(campaign_to_archive(db, T0, 0, &c, &err), 0);
	assert_int_equal(campaign_to_archive(db, T0 + 1, 1, &c, &err), 0);
	assert_int_equal(campaign_to_archive(db, T0 + 1, 0, &c, &err), 1);
	clock_set(T0 + LEDGER_FLIGHT);
	begin();
	assert_int_equal(ledger_archive(db, 1, &after, &n, &err), 0);
	commit();
	assert_string_equal(raw_text("SELECT refused || deferred || unknown FROM campaign"), "101");
	assert_invariants();
}

static double
bytes_a_delivery(void)
{
	return (double)raw_int("SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%delivery%'") /
	    (double)raw_int("SELECT count(*) FROM delivery");
}

/* A campaign of many, as a relay leaves it. */
static void
fill_many(int64_t id)
{
	struct buf text = BUF_INIT;

	buf_addf(&text,
	    "BEGIN; INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, deadline, high_id, "
	    "cursor, finished_at, planned, accepted, refused) VALUES (%lld, 'u%lld', 'articles', 1, 's', 'done', 1, 'a', 1, 1, 9, %d, %d, 1767225600, "
	    "%d, %d, %d);",
	    (long long)id, (long long)id, MANY, MANY, MANY, MANY - MANY / 20, MANY / 20);
	buf_addf(&text,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO delivery (campaign_id, subscriber_id, state, "
	    "attempts, at, code, enhanced, reply, class) SELECT %lld, i, iif(i %% 20, 1, 3), 1, 1767225600, iif(i %% 20, 250, 550), '2.0.0', "
	    "iif(i %% 20, '2.0.0 Ok: queued as 4bKx' || i, '5.1.1 <address>: Recipient address rejected: User unknown in virtual mailbox table'), "
	    "iif(i %% 20, NULL, 'no-such-user') FROM n; COMMIT;",
	    MANY, (long long)id);
	assert_int_equal(raw_exec(text.data), SQLITE_OK);
	buf_release(&text);
}

static int64_t
archive(int64_t id)
{
	int64_t after = 0, n = 0, begun, longest = 0;
	int rc;

	do {
		begun = clock_mono_us();
		begin();
		rc = ledger_archive(db, id, &after, &n, &err);
		ok(rc);
		commit();
		if (clock_mono_us() - begun > longest)
			longest = clock_mono_us() - begun;
	} while (rc == 1);
	assert_int_equal(n, MANY);
	return longest;
}

static void
test_archive_many(void **state)
{
	int64_t pages, longest, after = 0, n = 0;
	double before, left;
	struct delivery d;

	(void)state;
	make_topic("articles");
	assert_int_equal(raw_exec("INSERT INTO subscriber (id, address, address_key, address_hmac, name, language, created_at) "
				  "VALUES (100000, 'a@b.org', 'a@b.org', randomblob(16), '', '', 1)"),
	    SQLITE_OK);
	fill_many(1);
	before = bytes_a_delivery();
	begin(); /* one that died after its first bite */
	assert_int_equal(ledger_archive(db, 1, &after, &n, &err), 1);
	commit();
	longest = archive(1);
	left = bytes_a_delivery();
	print_message("%.1f bytes a delivery before, %.1f after; the longest bite took %lld us\n", before, left, (long long)longest);
	assert_true(before > BYTES_LEFT);
	assert_true(left <= BYTES_LEFT);
	assert_int_equal(raw_int("SELECT archived_at FROM campaign"), T0);
	assert_int_equal(delivery_find(db, 1, MANY, &d, &err), 1);
	assert_int_equal(d.state, DELIVERY_REFUSED);
	assert_int_equal(d.attempts, 1);
	assert_string_equal(d.reply, "");
	assert_invariants();
	/* what was freed is used again: another such campaign makes the file grow by less than it needs itself */
	pages = raw_int("PRAGMA page_count");
	assert_true(raw_int("PRAGMA freelist_count") > pages / 3);
	fill_many(2);
	archive(2);
	assert_true(raw_int("PRAGMA page_count") <= pages + pages / 2);
	clock_set(T0 + 5);
	archive(1); /* once more changes nothing */
	assert_int_equal(raw_int("SELECT archived_at FROM campaign WHERE id = 1"), T0);
	assert_true(bytes_a_delivery() <= BYTES_LEFT);
	assert_invariants();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_not_tried),
		store_test(test_groups),
		store_test(test_each),
		store_test(test_retry),
		store_test(test_retry_pick),
		store_test(test_ends),
		store_test(test_archive_in_flight),
		store_test(test_archive_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
