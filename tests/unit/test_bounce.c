/* test_bounce.c - soft bounces add up by days and are forgotten after a success; hard ones and complaints end an address. */
#include "store_fixture.h"

#include "store/bounce.h"
#include "store/event.h"
#include "store/outbox.h"
#include "store/subscription.h"
#include "store/suppression.h"

#define DAY INT64_C(86400)
#define ANN "ann@example.org"

static const struct evidence by_ann = { .source = "web" };
static int64_t ann, topic;

static void
make_ann(void)
{
	topic = make_topic("articles");
	begin();
	ann = make_subscriber(ANN);
	ok(subscription_request(db, ann, topic, &by_ann, &err));
	ok(subscription_confirm(db, ann, topic, &by_ann, &err));
	commit();
}

static enum subscription_state
state_of(int64_t topic_id)
{
	struct subscription s;

	assert_int_equal(subscription_find(db, ann, topic_id, &s, &err), 1);
	return s.state;
}

/* What the address is suppressed for, or "". */
static const char *
suppressed(void)
{
	enum suppression_reason reason;
	int rc = suppression_find(db, ANN, &reason, &err);

	ok(rc);
	return rc ? suppression_name(reason) : "";
}

/* A campaign's delivery to her that was accepted at a moment; finished: the campaign is over. Returns its id. */
static int64_t
delivered(int64_t at, bool finished, int state)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, finished_at) "
	    "VALUES (hex(randomblob(8)), 'articles', %lld, 'News', '%s', 1, 'ann', 1, nullif(%lld, 0));"
	    "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) VALUES (last_insert_rowid(), %lld, %d, 1, %lld)",
	    (long long)topic, finished ? "done" : "sending", (long long)(finished ? at + 60 : 0), (long long)ann, state, (long long)at);
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	return raw_int("SELECT max(id) FROM campaign");
}

static int
soft_at(int64_t at, int64_t campaign)
{
	int rc;

	clock_set(at);
	begin();
	rc = bounce_soft(db, ann, campaign, "bounce", &err);
	ok(rc);
	commit();
	return rc;
}

static int64_t
points(void)
{
	return raw_int("SELECT bounce_score FROM subscriber WHERE address_key = '" ANN "'");
}

/* Soft bounces at days after T0 (which is midnight), and what is left of it. */
static const struct {
	const char *name;
	double day[12]; /* -1 ends them */
	int64_t points;
	bool ended;
} series[] = {
	{ "one", { 0, -1 }, 1, false },
	{ "one a day counts", { 0, 0.1, 0.5, 0.99, -1 }, 1, false },
	{ "a day is the clock's: what comes daily a little early counts", { 0.5, 1.49, 2.48, -1 }, 3, false },
	{ "five within a week are no reason", { 0, 1, 2, 3, 4, -1 }, 5, false },
	{ "nor are more", { 0, 1, 2, 3, 4, 5, 6, 7, 13, -1 }, 9, false },
	{ "five over 14 days are", { 0, 3, 7, 10, 14, -1 }, 0, true },
	{ "a second less is too few", { 0, 3, 7, 10, 13.99, -1 }, 5, false },
	{ "four over a year are not", { 0, 100, 200, 365, -1 }, 4, false },
	{ "the clock was set back: no point, and no time gained", { 20, 24, 28, 0, -1 }, 3, false },
	{ "and it goes on from there", { 20, 24, 28, 0, 1, 2, 14, -1 }, 0, true },
};

static void
test_series(void **state)
{
	size_t i, j;
	int last;

	for (i = 0; i < sizeof(series) / sizeof(series[0]); i++) {
		if (i) { /* the first has its fixture */
			store_teardown(state);
			store_setup(state);
		}
		make_ann();
		for (j = 0, last = 0; series[i].day[j] >= 0; j++) {
			last = soft_at(T0 + (int64_t)(series[i].day[j] * (double)DAY), 0);
			assert_invariants();
		}
		if (points() != series[i].points || last != (int)series[i].ended || (state_of(topic) == SUB_BOUNCED) != series[i].ended ||
		    (strcmp(suppressed(), "hard") == 0) != series[i].ended)
			fail_msg("%s: %lld points, state %d, suppressed \"%s\"", series[i].name, (long long)points(), (int)state_of(topic),
			    suppressed());
	}
}

/* What resets the points: one point at T0, another 10 days later, and between them a mailing. */
static const struct {
	const char *name;
	double day;        /* when it was accepted */
	bool finished;     /* the campaign is over */
	int state;         /* of the delivery */
	const char *event; /* that answers it, or NULL */
	bool same;         /* the second point is for this very mailing */
	int64_t points;
} successes[] = {
	{ "a mailing that arrived", 2, true, 1, NULL, false, 1 },
	{ "one of a campaign that goes on", 2, false, 1, NULL, false, 1 },
	{ "one before the point", -1, true, 1, NULL, false, 2 },
	{ "one that could still come back", 7.5, true, 1, NULL, false, 2 },
	{ "one that has just had its time", 7, true, 1, NULL, false, 1 },
	{ "one that was refused", 2, true, 3, NULL, false, 2 },
	{ "one that was deferred is not yet there", 2, true, 5, NULL, false, 2 },
	{ "one that came back", 2, true, 1, "bounce", false, 2 },
	{ "one that they complained about did arrive", 2, true, 1, "complaint", false, 1 },
	{ "the one that bounces now", 2, true, 1, NULL, true, 2 },
};

static void
test_success(void **state)
{
	struct event event = { .class = "soft" };
	int64_t campaign;
	size_t i;

	for (i = 0; i < sizeof(successes) / sizeof(successes[0]); i++) {
		if (i) {
			store_teardown(state);
			store_setup(state);
		}
		make_ann();
		assert_int_equal(soft_at(T0, 0), 0);
		campaign = delivered(T0 + (int64_t)(successes[i].day * (double)DAY), successes[i].finished, successes[i].state);
		if (successes[i].event) {
			event.kind = successes[i].event;
			event.subscriber_id = ann;
			event.campaign_id = campaign;
			begin();
			ok(event_add(db, &event, &err));
			commit();
		}
		assert_int_equal(soft_at(T0 + 10 * DAY, successes[i].same ? campaign : 0), 0);
		if (points() != successes[i].points)
			fail_msg("%s: %lld points", successes[i].name, (long long)points());
		assert_int_equal(raw_int("SELECT bounce_first_at FROM subscriber"), successes[i].points == 1 ? T0 + 10 * DAY : T0);
	}
}

static void
test_hard(void **state)
{
	int64_t more;

	(void)state;
	make_ann();
	more = make_topic("promotions");
	begin();
	ok(subscription_request(db, ann, more, &by_ann, &err));
	commit();
	soft_at(T0, 0);
	begin();
	ok(bounce_hard(db, ann, "bounce", &err));
	ok(bounce_hard(db, ann, "bounce", &err)); /* again: nothing more */
	ok(bounce_hard(db, 99, "bounce", &err));  /* nobody */
	ok(bounce_soft(db, 99, 0, "bounce", &err));
	ok(bounce_complaint(db, 99, "complaint", &err));
	commit();
	assert_int_equal(state_of(topic), SUB_BOUNCED);
	assert_int_equal(state_of(more), SUB_BOUNCED); /* what waited for its confirmation too */
	assert_string_equal(suppressed(), "hard");
	assert_int_equal(points(), 0);
	assert_int_equal(raw_int("SELECT count(*) FROM consent WHERE action = 'bounced' AND source = 'bounce'"), 2);
	begin();
	/* they come back by themselves, and begin without points */
	ok(subscription_request(db, ann, topic, &by_ann, &err));
	ok(subscription_confirm(db, ann, topic, &by_ann, &err));
	commit();
	assert_string_equal(suppressed(), "");
	assert_int_equal(soft_at(T0 + 40 * DAY, 0), 0);
	assert_int_equal(points(), 1);
	assert_invariants();
}

/* The order of reasons: a complaint outweighs a dead address, never the other way round. */
static void
test_strength(void **state)
{
	(void)state;
	make_ann();
	begin();
	ok(bounce_hard(db, ann, "bounce", &err));
	ok(bounce_complaint(db, ann, "complaint", &err));
	assert_string_equal(suppressed(), "complaint");
	ok(bounce_hard(db, ann, "bounce", &err));
	commit();
	assert_string_equal(suppressed(), "complaint");
	assert_string_equal(raw_text("SELECT source FROM suppression"), "complaint");
	assert_int_equal(state_of(topic), SUB_BOUNCED); /* as it ended first */
	assert_invariants();
}

static void
test_complaint(void **state)
{
	static const char *const kinds[] = { "confirm", "already", "my-data", "welcome", "operator" };
	int64_t id;
	size_t i;

	(void)state;
	make_ann();
	begin();
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		ok(outbox_reserve(db, kinds[i], i == 4 ? 0 : ann, ANN, T0 + DAY, &id, &err));
		ok(outbox_fill(db, id, "x", 1, &err));
	}
	ok(bounce_complaint(db, ann, "complaint", &err));
	commit();
	assert_int_equal(state_of(topic), SUB_COMPLAINED);
	assert_string_equal(suppressed(), "complaint");
	assert_string_equal(raw_text("SELECT group_concat(kind) FROM outbox WHERE state = 'queued'"), "operator");
	assert_invariants();
}

/* The clock was set back behind the last point: that one is of today, and the first no later. */
static void
test_set_back(void **state)
{
	(void)state;
	make_ann();
	soft_at(T0, 0);
	soft_at(T0 + 3 * DAY, 0);
	assert_int_equal(raw_int("SELECT bounce_score FROM subscriber"), 2);
	soft_at(T0 + DAY, 0);
	assert_int_equal(raw_int("SELECT bounce_score FROM subscriber"), 2);
	assert_int_equal(raw_int("SELECT bounce_first_at FROM subscriber"), T0);
	assert_int_equal(raw_int("SELECT bounce_last_at FROM subscriber"), T0 + DAY);
	soft_at(T0 - DAY, 0);
	assert_int_equal(raw_int("SELECT bounce_first_at FROM subscriber"), T0 - DAY);
	assert_int_equal(raw_int("SELECT bounce_last_at FROM subscriber"), T0 - DAY);
	clock_set(T0 + 4 * DAY);
	assert_invariants();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_series),
		store_test(test_success),
		store_test(test_hard),
		store_test(test_strength),
		store_test(test_complaint),
		store_test(test_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
