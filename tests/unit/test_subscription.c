/* test_subscription.c - every way from state to state, with its evidence. */
#include "store_fixture.h"

#include "store/subscription.h"
#include "store/suppression.h"

static int64_t who;

/* Bring topic 1 of `who` into a state, a letter a step. */
static void
steps(const char *how)
{
	for (; *how; how++)
		switch (*how) {
		case 'r': ok(subscription_request(db, who, 1, &by_test, &err)); break;
		case 'c': ok(subscription_confirm(db, who, 1, &by_test, &err)); break;
		case 'a': ok(subscription_add(db, who, 1, "added", &by_test, &err)); break;
		case 'i': ok(subscription_add(db, who, 1, "imported", &by_test, &err)); break;
		case 'l': ok(subscription_leave(db, who, 1, 0, "page", &by_test, &err)); break;
		case 'b': ok(subscription_end(db, who, SUB_BOUNCED, &by_test, &err)); break;
		case 'm': ok(subscription_end(db, who, SUB_COMPLAINED, &by_test, &err)); break;
		default: fail();
		}
}

/* Each row: what was done before, the last step, what it returns (-1: ERR_REFUSED), and what is there then. */
static const struct {
	const char *before;
	char last;
	int want;
	const char *state, *evidence;
} cases[] = {
	{ "", 'r', 1, "pending", "requested" },
	{ "r", 'r', 1, "pending", "requested requested" },
	{ "r", 'c', 1, "active", "requested confirmed" },
	{ "rc", 'c', 0, "active", "requested confirmed" },
	{ "rc", 'r', 0, "active", "requested confirmed" },
	{ "rc", 'a', 0, "active", "requested confirmed" },
	{ "", 'c', 1, "active", "confirmed" },
	{ "", 'a', 1, "active", "added" },
	{ "", 'i', 1, "active", "imported" },
	{ "r", 'i', 1, "active", "requested imported" },
	{ "", 'l', 0, NULL, "" },
	{ "a", 'l', 1, "left", "added left" },
	{ "al", 'l', 0, "left", "added left" },
	{ "r", 'l', 1, "left", "requested left" },
	{ "a", 'b', 1, "bounced", "added bounced" },
	{ "ab", 'b', 0, "bounced", "added bounced" },
	{ "al", 'b', 0, "left", "added left" },
	{ "a", 'm', 1, "complained", "added complained" },
	{ "al", 'i', -1, "left", "added left" },
	{ "al", 'a', -1, "left", "added left" },
	{ "ab", 'i', -1, "bounced", "added bounced" },
	{ "am", 'a', -1, "complained", "added complained" },
	{ "al", 'r', 1, "pending", "added left requested" },
	{ "alr", 'c', 1, "active", "added left requested confirmed" },
	/* an import never revives someone who left, whoever typed their address into the form since */
	{ "alr", 'i', -1, "pending", "added left requested" },
	{ "abr", 'a', -1, "pending", "added bounced requested" },
	{ "amrr", 'i', -1, "pending", "added complained requested requested" },
	{ "alrcl", 'i', -1, "left", "added left requested confirmed left" },
};

static int
last_step(char last)
{
	switch (last) {
	case 'r': return subscription_request(db, who, 1, &by_test, &err);
	case 'c': return subscription_confirm(db, who, 1, &by_test, &err);
	case 'a': return subscription_add(db, who, 1, "added", &by_test, &err);
	case 'i': return subscription_add(db, who, 1, "imported", &by_test, &err);
	case 'l': return subscription_leave(db, who, 1, 0, "page", &by_test, &err);
	case 'b': return subscription_end(db, who, SUB_BOUNCED, &by_test, &err);
	default: return subscription_end(db, who, SUB_COMPLAINED, &by_test, &err);
	}
}

static void
check_state(size_t i)
{
	struct subscription s;
	const char *evidence;
	int found = subscription_find(db, who, 1, &s, &err);

	assert_int_equal(found, cases[i].state ? 1 : 0);
	if (found && strcmp(subscription_state_name(s.state), cases[i].state) != 0)
		fail_msg("%s %c: %s", cases[i].before, cases[i].last, subscription_state_name(s.state));
	evidence = raw_text("SELECT group_concat(action, ' ') FROM (SELECT action FROM consent "
			    "WHERE subscriber_id = (SELECT max(id) FROM subscriber) ORDER BY id)");
	if (strcmp(evidence, cases[i].evidence) != 0)
		fail_msg("%s %c: evidence %s", cases[i].before, cases[i].last, evidence);
	assert_invariants();
}

static void
test_states(void **state)
{
	char address[32];
	size_t i;
	int rc;

	(void)state;
	make_topic("articles");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		snprintf(address, sizeof(address), "%zu@example.org", i);
		who = make_subscriber(address);
		steps(cases[i].before);
		err = (struct err)ERR_INIT;
		rc = last_step(cases[i].last);
		commit();
		if (rc != cases[i].want || (rc == -1 && err.code != ERR_REFUSED))
			fail_msg("%s %c: %d \"%s\"", cases[i].before, cases[i].last, rc, err.text);
		check_state(i);
	}
}

static void
test_refusal_says_why(void **state)
{
	(void)state;
	make_topic("articles");
	begin();
	who = make_subscriber("ann@example.org");
	steps("al");
	refused(subscription_add(db, 1, 1, "imported", &by_test, &err), ERR_REFUSED);
	assert_int_equal(subscription_add(db, 1, 1, "imported", &by_test, &err), -1);
	assert_non_null(strstr(err.text, "has left"));
	refused(subscription_add(db, 9, 1, "imported", &by_test, &err), ERR_SYSTEM); /* nobody */
	refused(subscription_request(db, 1, 9, &by_test, &err), ERR_SYSTEM);         /* no topic */
	db_rollback(db);
}

static void
test_leave(void **state)
{
	int64_t a = make_topic("a"), b = make_topic("b"), c = make_topic("c");
	const struct evidence one_click = { .source = "one-click", .ip = "192.0.2.1" };
	struct subscription of[4];

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	make_subscriber("bob@example.org");
	ok(subscription_add(db, 1, a, "added", &by_test, &err));
	ok(subscription_add(db, 1, b, "added", &by_test, &err));
	ok(subscription_request(db, 1, c, &by_test, &err));
	ok(subscription_add(db, 2, a, "added", &by_test, &err));
	clock_set(T0 + 9);
	assert_int_equal(subscription_leave(db, 1, b, 7, "one-click", &one_click, &err), 1);
	assert_int_equal(subscription_leave(db, 1, b, 7, "one-click", &one_click, &err), 0);
	assert_int_equal(subscription_leave(db, 1, 0, 0, "mailto", &by_test, &err), 2); /* the pending one too */
	assert_int_equal(subscription_leave(db, 1, 0, 0, "mailto", &by_test, &err), 0);
	assert_int_equal(subscription_leave(db, 99, 0, 0, "mailto", &by_test, &err), 0);
	commit();
	assert_string_equal(raw_text("SELECT group_concat(class || coalesce(topic_id, '-') || coalesce(campaign_id, '-'), ' ') FROM event"),
	    "one-click27 mailto--");
	assert_int_equal(raw_int("SELECT count(*) FROM event WHERE at = 1767225609"), 2);
	assert_int_equal(raw_int("SELECT count(*) FROM event WHERE kind = 'unsubscribe'"), 2);
	assert_string_equal(raw_text("SELECT source || ip FROM consent WHERE action = 'left' AND topic_id = 2"), "one-click192.0.2.1");
	assert_int_equal(subscription_of(db, 1, of, 4, &err), 3);
	assert_int_equal(of[0].topic_id, a);
	assert_int_equal(of[2].state, SUB_LEFT);
	assert_int_equal(of[2].since, T0 + 9);
	assert_int_equal(subscription_of(db, 1, of, 2, &err), 2);
	assert_int_equal(subscription_of(db, 99, of, 4, &err), 0);
	assert_int_equal(subscription_find(db, 2, a, of, &err), 1);
	assert_int_equal(of[0].state, SUB_ACTIVE);
	assert_invariants();
}

static void
test_end(void **state)
{
	struct evidence dated = by_test;
	int64_t a = make_topic("a"), b = make_topic("b"), c = make_topic("c");

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	ok(subscription_add(db, 1, a, "added", &by_test, &err));
	ok(subscription_add(db, 1, b, "added", &by_test, &err));
	ok(subscription_leave(db, 1, b, 0, "page", &by_test, &err));
	ok(subscription_request(db, 1, c, &by_test, &err));
	dated.at = 1700000123; /* the state and its evidence are of one moment */
	assert_int_equal(subscription_end(db, 1, SUB_COMPLAINED, &dated, &err), 2);
	assert_int_equal(subscription_end(db, 1, SUB_COMPLAINED, &by_test, &err), 0);
	commit();
	assert_string_equal(raw_text("SELECT group_concat(state) FROM (SELECT state FROM subscription ORDER BY topic_id)"), "4,2,4");
	assert_string_equal(raw_text("SELECT group_concat(DISTINCT since) FROM subscription WHERE state = 4"), "1700000123");
	assert_string_equal(raw_text("SELECT group_concat(DISTINCT at) FROM consent WHERE action = 'complained'"), "1700000123");
	assert_invariants();
}

static void
test_count(void **state)
{
	int64_t a = make_topic("a"), b = make_topic("b"), counts[SUB_STATES], n;
	char address[32];
	int i;

	(void)state;
	begin();
	for (i = 1; i <= 6; i++) {
		snprintf(address, sizeof(address), "%d@example.org", i);
		make_subscriber(address);
		ok(subscription_add(db, i, a, "added", &by_test, &err));
	}
	ok(subscription_request(db, 1, b, &by_test, &err));
	ok(subscription_leave(db, 2, a, 0, "page", &by_test, &err));
	ok(subscription_end(db, 3, SUB_BOUNCED, &by_test, &err));
	commit();
	ok(subscription_count(db, a, counts, &err));
	assert_memory_equal(counts, ((int64_t[]){ 0, 4, 1, 1, 0 }), sizeof(counts));
	ok(subscription_count(db, b, counts, &err));
	assert_memory_equal(counts, ((int64_t[]){ 1, 0, 0, 0, 0 }), sizeof(counts));
	ok(subscription_count(db, 0, counts, &err));
	assert_memory_equal(counts, ((int64_t[]){ 1, 4, 1, 1, 0 }), sizeof(counts));
	ok(subscription_audience(db, a, &n, &err));
	assert_int_equal(n, 4);
	ok(subscription_audience(db, b, &n, &err));
	assert_int_equal(n, 0);
}

static void
test_names(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < SUB_STATES; i++)
		assert_int_equal(subscription_state_parse(subscription_state_name((enum subscription_state)i)), i);
	assert_int_equal(subscription_state_parse("Active"), -1);
	assert_int_equal(subscription_state_parse(""), -1);
}

/* Requests that nobody confirmed: of people who stay, each topic goes back to what it was. */
static void
test_expire(void **state)
{
	int64_t a = make_topic("a"), b = make_topic("b"), n;
	struct subscription s;

	(void)state;
	begin();
	who = make_subscriber("ann@example.org");
	make_subscriber("bob@example.org");
	make_subscriber("carol@example.org");
	steps("al");                                             /* 1: left topic a; then somebody asked */
	ok(subscription_add(db, 2, a, "added", &by_test, &err)); /* 2: active on a, asked for b */
	clock_set(T0 + 10);
	steps("r");
	ok(subscription_request(db, 2, b, &by_test, &err));
	ok(subscription_request(db, 3, a, &by_test, &err)); /* 3: only ever asked */
	ok(subscription_expire(db, T0 + 10, 9, &n, &err));
	assert_int_equal(n, 0);
	ok(subscription_expire(db, T0 + 11, 1, &n, &err));
	assert_int_equal(n, 1);
	ok(subscription_expire(db, T0 + 11, 9, &n, &err));
	assert_int_equal(n, 1);
	ok(subscription_expire(db, T0 + 11, 9, &n, &err));
	assert_int_equal(n, 0);
	commit();
	assert_invariants();
	assert_int_equal(subscription_find(db, 1, a, &s, &err), 1);
	assert_int_equal(s.state, SUB_LEFT);
	assert_int_equal(s.since, T0);
	assert_int_equal(subscription_find(db, 2, a, &s, &err), 1);
	assert_int_equal(s.state, SUB_ACTIVE);
	assert_int_equal(subscription_find(db, 2, b, &s, &err), 0);
	assert_int_equal(subscription_find(db, 3, a, &s, &err), 1); /* subscriber_delete_unconfirmed's */
	begin();
	ok(subscriber_delete_unconfirmed(db, T0 + 11, 9, &n, &err));
	assert_int_equal(n, 1);
	refused(subscription_add(db, 1, a, "imported", &by_test, &err), ERR_REFUSED);
	/* who left everything is not open to what they never had; who has a topic is */
	refused(subscription_add(db, 1, b, "imported", &by_test, &err), ERR_REFUSED);
	assert_int_equal(subscription_add(db, 2, b, "imported", &by_test, &err), 1);
	db_rollback(db);
}

/* Taking a leaving back: topics 1 and 2 (3: only asked for), seconds from then; what is active afterwards. */
static const struct {
	const char *name;
	int64_t topic, until, within; /* counted from T0 */
	const char *states;
	int want;
} returns[] = {
	{ "the moment of the last leaving", 0, 1000, 3600, "left active left", 1 },
	{ "an hour after it, less a second", 0, 4599, 3600, "left active left", 1 },
	{ "an hour after it", 0, 4600, 3600, "left left left", 0 },
	{ "before it: the leaving before that", 0, 999, 3600, "active left left", 1 },
	{ "one topic", 2, 1000, 3600, "left active left", 1 },
	{ "the other topic", 1, 1000, 3600, "active left left", 1 },
	{ "the other topic, an hour after it", 1, 3600, 3600, "left left left", 0 },
	{ "nothing but a request", 3, 1000, 3600, "left left left", 0 },
	{ "before all of it", 0, -1, 3600, "left left left", 0 },
};

/* Topic 1 left at T0, topics 2 and 3 at T0 + 1000; 3 was only pending. */
static void
test_return(void **state)
{
	size_t i;

	(void)state;
	make_topic("one");
	make_topic("two");
	make_topic("three");
	for (i = 0; i < sizeof(returns) / sizeof(returns[0]); i++) {
		char sql[200], address[40];

		clock_set(T0);
		begin();
		snprintf(address, sizeof(address), "p%zu@example.org", i);
		who = make_subscriber(address);
		ok(subscription_confirm(db, who, 1, &by_test, &err));
		ok(subscription_add(db, who, 2, "imported", &by_test, &err));
		ok(subscription_request(db, who, 3, &by_test, &err));
		ok(subscription_leave(db, who, 1, 0, "page", &by_test, &err));
		clock_set(T0 + 1000);
		assert_int_equal(subscription_leave(db, who, 0, 0, "page", &by_test, &err), 2);
		clock_set(T0 + 9000);
		if (subscription_return(db, who, returns[i].topic, T0 + returns[i].until, returns[i].within, &by_test, &err) !=
		    returns[i].want)
			fail_msg("%s: not %d", returns[i].name, returns[i].want);
		commit();
		snprintf(sql, sizeof(sql), "SELECT group_concat(iif(state = 1, 'active', iif(state = 2, 'left', state)), ' ') "
					   "FROM (SELECT state FROM subscription WHERE subscriber_id = %d ORDER BY topic_id)",
		    (int)who);
		if (strcmp(raw_text(sql), returns[i].states) != 0)
			fail_msg("%s: %s", returns[i].name, raw_text(sql));
		assert_invariants();
	}
}

/* One leaving of several topics may be written across the turn of a second; twice is once; a suppression since then stands in the way. */
static void
test_return_once(void **state)
{
	(void)state;
	make_topic("one");
	make_topic("two");
	begin();
	who = make_subscriber("ann@example.org");
	ok(subscription_confirm(db, who, 1, &by_test, &err));
	ok(subscription_confirm(db, who, 2, &by_test, &err));
	ok(subscription_leave(db, who, 1, 0, "page", &by_test, &err));
	clock_set(T0 + 1);
	ok(subscription_leave(db, who, 2, 0, "page", &by_test, &err));
	assert_int_equal(subscription_return(db, who, 0, T0 + 1, 3600, &by_test, &err), 2);
	assert_int_equal(subscription_return(db, who, 0, T0 + 1, 3600, &by_test, &err), 0);
	ok(subscription_leave(db, who, 0, 0, "page", &by_test, &err));
	ok(suppression_add(db, "ann@example.org", SUPPRESSED_HARD, "test", &err));
	assert_int_equal(subscription_return(db, who, 0, T0 + 1, 3600, &by_test, &err), 0);
	assert_int_equal(subscription_return(db, who + 1, 0, T0 + 1, 3600, &by_test, &err), 0); /* nobody */
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM suppression"), 1);
	assert_invariants();
}

/* Evidence that is not whole: what is not known to have ended has not, and nobody comes back on a guess. */
static void
test_evidence_lacks(void **state)
{
	(void)state;
	make_topic("articles");
	begin();
	who = make_subscriber("ann@example.org");
	commit();
	assert_int_equal(raw_exec("INSERT INTO subscription VALUES (1, 1, 0, 1767225600);"
				  "INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (1, 1, 'confirmed', 1, 'x')"),
	    SQLITE_OK);
	assert_int_equal(subscription_addable(db, who, 1, &err), 1);
	assert_int_equal(raw_exec("UPDATE subscription SET state = 2; DELETE FROM consent;"
				  "INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (1, 1, 'left', 1767225600, 'x')"),
	    SQLITE_OK);
	begin();
	assert_int_equal(subscription_return(db, who, 0, T0 + 1, 3600, &by_test, &err), 0);
	commit();
	assert_int_equal(raw_int("SELECT state FROM subscription"), SUB_LEFT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_states),
		store_test(test_refusal_says_why),
		store_test(test_leave),
		store_test(test_end),
		store_test(test_count),
		store_test(test_names),
		store_test(test_expire),
		store_test(test_return),
		store_test(test_return_once),
		store_test(test_evidence_lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
