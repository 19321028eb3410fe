/* test_sender_record.c - results into the ledger: the campaign's sums, what a refusal means for the person, and who is gone by then. */
#include "sender_fixture.h"

#include "base/log.h"

/* The head of the first lane comes back from its relay so. */
static int64_t
comes_back(const struct outcome *o)
{
	struct slot_entry *e = slot_take(&s.lane[0].ready);

	assert_non_null(e);
	e->relay = &s.relay[0];
	e->busy = true;
	s.busy++;
	s.relay[0].busy++;
	sender_done(&s, e, o);
	return e->claim.who.id;
}

static const struct {
	const char *name;
	struct outcome outcome;
	const char *sums;   /* accepted deferred refused unknown skipped */
	const char *event;  /* class, code, rule; "" none */
	const char *person; /* the subscription's state, points, suppressed */
} cases[] = {
	{ "accepted", { .result = { .state = DELIVERY_ACCEPTED, .code = 250, .reply = "fine" } }, "1 0 0 0 0", "", "1 0 0" },
	{ "later", { .result = { .state = DELIVERY_DEFERRED, .code = 451, .class = "try-later", .next_at = T0 + 300 } }, "0 1 0 0 0", "", "1 0 0" },
	{ "the address is dead",
	    { .result = { .state = DELIVERY_REFUSED, .code = 550, .enhanced = "5.1.1", .reply = "no such user", .class = "no-user" }, .dead = true },
	    "0 0 1 0 0", "hard 550 5.1.1 no-user", "3 0 1" },
	{ "the mailbox is full: a point",
	    { .result = { .state = DELIVERY_REFUSED, .code = 552, .enhanced = "5.2.2", .reply = "full", .class = "mailbox-full" } }, "0 0 1 0 0",
	    "soft 552 5.2.2 mailbox-full", "1 1 0" },
	{ "a rule that nobody knows says nothing of the person", { .result = { .state = DELIVERY_REFUSED, .code = 554, .class = "no-such-rule" } },
	    "0 0 1 0 0", "soft 554 - no-such-rule", "1 0 0" },
	{ "nor does none", { .result = { .state = DELIVERY_REFUSED, .code = 554 } }, "0 0 1 0 0", "soft 554 - -", "1 0 0" },
	{ "nor what we would not send", { .result = { .state = DELIVERY_REFUSED, .class = "no-smtputf8" } }, "0 0 1 0 0", "soft - - no-smtputf8",
	    "1 0 0" },
	{ "nobody knows", { .result = { .state = DELIVERY_UNKNOWN } }, "0 0 0 1 0", "", "1 0 0" },
	{ "left meanwhile", { .result = { .state = DELIVERY_SKIPPED, .not_tried = true } }, "0 0 0 0 1", "", "1 0 0" },
};

static void
sums_and_people(void **state)
{
	const char *got;
	size_t i;

	(void)state;
	open_sender(1, NULL);
	campaign_to(sizeof(cases) / sizeof(cases[0]), "example.org");
	claim();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char sql[256];
		int64_t id;

		raw_exec("UPDATE campaign SET accepted = 0, deferred = 0, refused = 0, unknown = 0, skipped = 0");
		raw_exec("DELETE FROM event");
		id = comes_back(&cases[i].outcome);
		record();
		got = raw_text("SELECT accepted || ' ' || deferred || ' ' || refused || ' ' || unknown || ' ' || skipped FROM campaign");
		if (strcmp(got, cases[i].sums) != 0)
			fail_msg("%s: the sums are %s", cases[i].name, got);
		got = raw_text("SELECT class || ' ' || coalesce(code, '-') || ' ' || "
			       " coalesce(nullif(enhanced, ''), '-') || ' ' || coalesce(rule, '-') FROM event");
		if (strcmp(got, cases[i].event) != 0)
			fail_msg("%s: the event is %s", cases[i].name, got);
		snprintf(sql, sizeof(sql),
		    "SELECT u.state || ' ' || coalesce(s.bounce_score, 0) || ' ' || (SELECT count(*) FROM suppression) "
		    "FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id WHERE s.id = %lld",
		    (long long)id);
		got = raw_text(sql);
		if (strcmp(got, cases[i].person) != 0)
			fail_msg("%s: the person is %s", cases[i].name, got);
		raw_exec("DELETE FROM suppression");
	}
	assert_int_equal(s.used, 0);
	close_sender();
}

/* Whoever is erased while the relay answers: the refusal is a number, and its words and its meaning are nobody's. */
static void
erased_meanwhile(void **state)
{
	static const struct outcome dead = {
		.result = { .state = DELIVERY_REFUSED, .code = 550, .reply = "ann is unknown", .class = "no-user" }, .dead = true
	};
	int64_t ann;

	(void)state;
	open_sender(1, NULL);
	campaign_to(2, "example.org");
	claim();
	ann = comes_back(&dead);
	begin();
	ok(subscriber_delete(db, ann, &err));
	commit();
	record();
	assert_string_equal(raw_text("SELECT kind || class || code || coalesce(subscriber_id, '') || coalesce(text, '') FROM event"),
	    "refusalhard550");
	assert_int_equal(raw_int("SELECT count(*) FROM suppression"), 0);
	assert_int_equal(raw_int("SELECT refused FROM campaign"), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE reply IS NOT NULL"), 0);
	assert_invariants();
	close_sender();
}

/* What another sender has settled already is counted once: by that one. */
static void
settled_meanwhile(void **state)
{
	static const struct outcome well = { .result = { .state = DELIVERY_ACCEPTED, .code = 250 } };
	int64_t n;

	(void)state;
	open_sender(1, NULL);
	campaign_to(1, "example.org");
	claim();
	begin();
	ok(delivery_recover(db, s.campaign[0].row.id, true, &n, &err));
	commit();
	assert_int_equal(n, 1);
	comes_back(&well);
	record();
	assert_int_equal(raw_int("SELECT state FROM delivery"), DELIVERY_UNKNOWN);
	assert_int_equal(raw_int("SELECT accepted FROM campaign"), 0);
	assert_int_equal(s.used, 0);
	close_sender();
}

/* A dead address that a mail to one person finds ends it too; a confirmation's belongs to nobody yet. */
static void
mails(void **state)
{
	static const struct outcome dead = {
		.result = { .state = DELIVERY_REFUSED, .code = 550, .enhanced = "5.1.1", .reply = "no", .class = "no-user" }, .dead = true
	};
	int64_t id, ann;
	int i;

	(void)state;
	open_sender(1, NULL);
	topic = make_topic("articles");
	begin();
	ann = make_subscriber("ann@example.org");
	ok(subscription_add(db, ann, topic, "added", &by_test, &err));
	ok(outbox_reserve(db, "welcome", ann, "ann@example.org", clock_now() + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	ok(outbox_reserve(db, "confirm", 0, "ben@example.org", clock_now() + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	commit();
	s.outbox_due = clock_now();
	claim();
	for (i = 0; i < 2; i++)
		slot_push(&s.lane[0].ready, slot_take(&s.outbox));
	comes_back(&dead);
	comes_back(&dead);
	record();
	assert_string_equal(raw_text("SELECT group_concat(state) FROM outbox"), "refused,refused");
	assert_string_equal(raw_text("SELECT group_concat(class || subscriber_id || coalesce(campaign_id, '') || coalesce(topic_id, '')) "
				     "FROM event"),
	    "hard1");
	assert_int_equal(raw_int("SELECT count(*) FROM suppression"), 1);
	assert_int_equal(raw_int("SELECT state FROM subscription"), SUB_BOUNCED);
	assert_invariants();
	close_sender();
}

/* More campaigns in a turn than are summed at once: those before are written to make room, and no result is lost. */
static void
many_campaigns(void **state)
{
	static const struct outcome well = { .result = { .state = DELIVERY_ACCEPTED, .code = 250 } };
	struct campaign c = { .kind = "articles", .subject = "s", .created_by = "ann", .start_at = T0 };
	int64_t who;
	int i;

	(void)state;
	open_sender(2, NULL);
	topic = c.topic_id = make_topic("articles");
	begin();
	who = make_subscriber("ann@example.org");
	ok(subscription_add(db, who, topic, "added", &by_test, &err));
	for (i = 0; i < CAMPAIGNS_MAX + 6; i++) {
		struct campaign_tally none = { 0 };
		struct slot_entry *e = slot_new(&s);
		bool exhausted;

		ok(campaign_create(db, &c, &err));
		ok(campaign_start(db, c.id, T0 + 86400, &err));
		assert_int_equal(campaign_get(db, c.id, &c, &err), 1);
		assert_int_equal(delivery_claim(db, &c, &e->claim, 1, &none, &exhausted, &err), 1);
		e->lane = &s.lane[0];
		e->domain = -1;
		slot_push(&s.lane[0].ready, e);
		c.key[0] = '\0';
	}
	commit();
	while (s.lane[0].ready.count)
		comes_back(&well);
	record();
	assert_int_equal(raw_int("SELECT count(*) FROM campaign WHERE accepted = 1"), CAMPAIGNS_MAX + 6);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 1"), CAMPAIGNS_MAX + 6);
	close_sender();
}

/* Whoever is deferred still when the deadline has passed is given up, once nobody waits for their first turn: the campaign is over. */
static void
deadline(void **state)
{
	static const struct outcome well = { .result = { .state = DELIVERY_ACCEPTED, .code = 250 } };
	const struct outcome later = { .result = { .state = DELIVERY_DEFERRED, .code = 451, .class = "try-later", .next_at = T0 + 86400 } };

	(void)state;
	open_sender(1, NULL);
	campaign_to(2, "example.org");
	claim();
	claim(); /* nobody is left */
	comes_back(&well);
	comes_back(&later);
	record();
	begin();
	ok(sender_end(&s, &err));
	commit();
	assert_false(s.campaign[0].over);
	assert_int_equal(s.campaign[0].next_due, T0 + 86400);
	clock_set(T0 + 86399);
	assert_false(sender_has_ended(&s));
	clock_set(T0 + 86400);
	assert_true(sender_has_ended(&s));
	begin();
	ok(sender_end(&s, &err));
	commit();
	sender_ended(&s);
	assert_true(s.campaign[0].told);
	assert_false(sender_has_ended(&s));
	assert_string_equal(raw_text("SELECT state || accepted || deferred || refused FROM campaign"), "done101");
	assert_string_equal(raw_text("SELECT group_concat(state) FROM (SELECT state FROM delivery ORDER BY state)"), "1,3");
	assert_invariants();
	close_sender();
}

/* More kinds of failure than are told apart: those that are known stay right. */
static void
many_classes(void **state)
{
	static char names[SENDER_CLASSES + 6][8];
	struct sender_count count = { 0 };
	struct slot_entry slot = { .result = { .state = DELIVERY_REFUSED } };
	int i, turn;

	(void)state;
	memset(&s, 0, sizeof(s));
	for (turn = 0; turn < 2; turn++)
		for (i = 0; i < SENDER_CLASSES + 6; i++) {
			snprintf(names[i], sizeof(names[i]), "c%d", i);
			slot.result.class = names[i];
			sender_count(&count, &s, &slot);
		}
	assert_int_equal(count.classes, SENDER_CLASSES);
	for (i = 0; i < SENDER_CLASSES; i++)
		assert_int_equal(count.class[i].n, 2);
	assert_int_equal(count.results[0][DELIVERY_REFUSED], 2 * (SENDER_CLASSES + 6));
}

/* Five minutes doubling up to four hours, ten per cent more or less. */
static void
retries(void **state)
{
	static const struct {
		int attempts;
		int64_t wait;
	} waits[] = { { 0, 300 }, { 1, 300 }, { 2, 600 }, { 3, 1200 }, { 6, 9600 }, { 7, 14400 }, { 8, 14400 }, { INT32_MAX, 14400 } };
	size_t i;
	int k;

	(void)state;
	clock_set(T0);
	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		for (k = 0; k < 20; k++)
			assert_in_range(sender_retry_at(waits[i].attempts) - T0, waits[i].wait * 9 / 10, waits[i].wait * 11 / 10);
}

#define TROUBLE "SELECT window_start || ' ' || used FROM pace WHERE scope = 'relay-trouble' AND subject = 'second'"

/* What others may know of a relay that does not work: since when, and until when it is left alone. */
static void
relays_in_trouble(void **state)
{
	char name[] = "second";

	(void)state;
	open_sender(2, NULL);
	s.relay[0].conf = NULL; /* as the outbox folder */
	relay_conf[1].name = name;
	begin();
	ok(sender_note_relays(&s, db, &err));
	commit();
	assert_string_equal(raw_text(TROUBLE), "");
	fake[1].down = true;
	begin();
	ok(sender_note_relays(&s, db, &err));
	commit();
	assert_string_equal(raw_text(TROUBLE), "1767225600 0"); /* at any moment */
	clock_set(T0 + 7);
	fake[1].down = false;
	s.relay[1].hold_until_us = clock_mono_us() + INT64_C(100500000);
	begin();
	ok(sender_note_relays(&s, db, &err));
	commit();
	assert_string_equal(raw_text(TROUBLE), "1767225600 1767225707");
	s.relay[1].hold_until_us = 0;
	begin();
	ok(sender_note_relays(&s, db, &err));
	commit();
	assert_string_equal(raw_text(TROUBLE), "");
	close_sender();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		sender_test(sums_and_people),
		sender_test(erased_meanwhile),
		sender_test(settled_meanwhile),
		sender_test(mails),
		sender_test(many_campaigns),
		sender_test(deadline),
		sender_test(relays_in_trouble),
		cmocka_unit_test(many_classes),
		cmocka_unit_test(retries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
