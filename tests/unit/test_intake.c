/*
 * test_intake.c - rows of an import that go one by one: those who are asked first, those who are only foreseen, and those who must not
 * be mailed. tests/cli/import_model.t has whole files, beside a model of their own.
 */
#include "store_fixture.h"

#include "store/intake.h"
#include "store/signup.h"
#include "store/subscription.h"

static int64_t topic[2];

static void
make(void)
{
	topic[0] = make_topic("articles");
	topic[1] = make_topic("offers");
}

static struct intake_row
row(const char *address, enum intake_wish wish, uint64_t topics)
{
	struct intake_row r = { .wish = wish, .topics = topics };

	snprintf(r.who.address, sizeof(r.who.address), "%s", address);
	snprintf(r.who.key, sizeof(r.who.key), "%s", address);
	suppression_hmac(db, address, r.hmac);
	return r;
}

static struct intake_counts
take(enum intake_how how, const struct intake_row *rows, size_t n, int64_t interval_us)
{
	struct intake *in = intake_new(db, how, topic, 2, "import");
	struct intake_counts counts;
	size_t i;

	intake_set_pace(in, interval_us);
	if (how < INTAKE_FORESEE)
		begin();
	for (i = 0; i < n; i++)
		ok(intake_put(in, &rows[i], &err));
	ok(intake_end(in, &err));
	if (how < INTAKE_FORESEE)
		commit();
	counts = *intake_counts(in);
	assert_int_equal(intake_committed(in)->added, 0); /* the transaction was the caller's to the end */
	intake_free(in);
	return counts;
}

/* Who has a topic is asked for the other one alone; foreseen as it comes, and nobody is asked twice by one file. */
static void
test_ask(void **state)
{
	struct intake_row rows[] = { row("ann@example.org", INTAKE_ACTIVE, 3), row("ben@example.org", INTAKE_ACTIVE, 1),
		row("ben@example.org", INTAKE_ACTIVE, 2) };
	struct intake_counts c;
	int64_t ann;

	(void)state;
	make();
	begin();
	ann = make_subscriber("ann@example.org");
	ok(subscription_add(db, ann, topic[0], "added", &by_test, &err));
	commit();
	c = take(INTAKE_FORESEE_ASK, rows, 3, 0);
	assert_int_equal(c.asked, 2);
	assert_int_equal(c.already, 1);
	assert_int_equal(raw_int("SELECT count(*) FROM signup_request"), 0);
	c = take(INTAKE_ASK, rows, 3, 0);
	assert_int_equal(c.asked, 2);
	assert_int_equal(c.already, 1);
	assert_string_equal(raw_text("SELECT group_concat(address || ' ' || topics) FROM signup_request"),
	    "ann@example.org 2,ben@example.org 1");
	c = take(INTAKE_ASK, rows, 3, 0);
	assert_int_equal(c.asked, 0);
	assert_int_equal(c.already, 3);
}

/* The mails that ask go behind those of an import before it. */
static void
test_pace(void **state)
{
	struct intake_row first[] = { row("ann@example.org", INTAKE_ACTIVE, 1), row("ben@example.org", INTAKE_ACTIVE, 1) },
			  second[] = { row("cara@example.org", INTAKE_ACTIVE, 1) };

	(void)state;
	make();
	take(INTAKE_ASK, first, 2, 3600 * INT64_C(1000000));
	take(INTAKE_ASK, second, 1, 60 * INT64_C(1000000));
	assert_int_equal(raw_int("SELECT next_at FROM signup_request WHERE address = 'ben@example.org'"), T0 + 7200);
	assert_int_equal(raw_int("SELECT next_at FROM signup_request WHERE address = 'cara@example.org'"), T0 + 7260);
}

/* Two rows of one person, a topic each: foreseen as one would be added after the other. */
static void
test_foresee(void **state)
{
	struct intake_row rows[] = { row("ann@example.org", INTAKE_ACTIVE, 1), row("ann@example.org", INTAKE_ACTIVE, 1),
		row("ann@example.org", INTAKE_ACTIVE, 3), row("ann@example.org", INTAKE_ACTIVE, 2) };
	struct intake_counts c;

	(void)state;
	make();
	c = take(INTAKE_FORESEE, rows, 4, 0);
	assert_int_equal(c.added, 2);
	assert_int_equal(c.already, 2);
	c = take(INTAKE_WRITE, rows, 4, 0);
	assert_int_equal(c.added, 2);
	assert_int_equal(c.already, 2);
}

/* What elsewhere ended ends here, for the same reason. */
static void
test_kept_out(void **state)
{
	static const struct {
		enum intake_wish wish;
		const char *reason;
		enum subscription_state state;
	} cases[] = {
		{ INTAKE_STAFF, "staff", SUB_LEFT },
		{ INTAKE_COMPLAINT, "complaint", SUB_COMPLAINED },
		{ INTAKE_HARD, "hard", SUB_BOUNCED },
		{ INTAKE_LEFT, "left", SUB_LEFT },
	};
	struct subscription s;
	char address[32];
	int64_t who;
	size_t i;

	(void)state;
	make();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct intake_row r;
		enum suppression_reason reason;

		snprintf(address, sizeof(address), "%zu@example.org", i);
		begin();
		who = make_subscriber(address);
		ok(subscription_add(db, who, topic[0], "added", &by_test, &err));
		commit();
		r = row(address, cases[i].wish, 0);
		assert_int_equal(take(INTAKE_WRITE, &r, 1, 0).kept_out, 1);
		assert_int_equal(suppression_find(db, address, &reason, &err), 1);
		assert_string_equal(suppression_name(reason), cases[i].reason);
		assert_int_equal(subscription_find(db, who, topic[0], &s, &err), 1);
		assert_int_equal(s.state, cases[i].state);
	}
	assert_invariants();
}

/* Who came after the time that a row has is left alone, unless nothing says when: a topic without evidence is as old as any. */
static void
test_since(void **state)
{
	struct intake_row r = row("ann@example.org", INTAKE_LEFT, 0);
	int64_t who;

	(void)state;
	make();
	begin();
	who = make_subscriber("ann@example.org");
	ok(subscription_add(db, who, topic[0], "added", &by_test, &err));
	commit();
	r.at = T0 - 100;
	assert_int_equal(take(INTAKE_WRITE, &r, 1, 0).already, 1);
	assert_int_equal(raw_exec("DELETE FROM consent"), SQLITE_OK);
	assert_int_equal(take(INTAKE_WRITE, &r, 1, 0).kept_out, 1);
	assert_int_equal(raw_int("SELECT state FROM subscription"), SUB_LEFT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_ask),
		store_test(test_pace),
		store_test(test_foresee),
		store_test(test_kept_out),
		store_test(test_since),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
