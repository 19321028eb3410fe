/* test_approval.c - who was asked, the one decision, and that a campaign's own changes decide too. */
#include "store_fixture.h"

#include "store/approval.h"
#include "store/article.h"
#include "store/campaign.h"

static uint8_t hash[TOKEN_HASH];

/* A campaign that is held until somebody approves it. */
static int64_t
ask(uint8_t mark, int64_t topic, int64_t start_at)
{
	struct campaign c = { .kind = "articles", .subject = "A kinder voice", .created_by = "ann" };

	c.topic_id = topic;
	c.start_at = start_at;
	memset(hash, mark, sizeof(hash));
	begin();
	ok(campaign_create(db, &c, &err));
	ok(campaign_hold(db, c.id, "waits for approval", &err));
	ok(approval_create(db, c.id, hash, T0 + APPROVAL_LASTS, &err));
	commit();
	return c.id;
}

static enum approval_decision
decision(int64_t id)
{
	struct approval a;

	assert_int_equal(approval_of(db, id, &a, &err), 1);
	assert_int_equal(a.decision == APPROVAL_OPEN, a.decided_at == 0);
	return a.decision;
}

static void
test_find(void **state)
{
	struct approval a;
	int64_t id;

	(void)state;
	assert_int_equal(approval_find(db, hash, &a, &err), 0);
	id = ask(1, make_topic("articles"), T0);
	assert_int_equal(approval_find(db, hash, &a, &err), 1);
	assert_int_equal(a.campaign_id, id);
	assert_int_equal(a.created_at, T0);
	assert_int_equal(a.expires_at, T0 + APPROVAL_LASTS);
	assert_int_equal(a.decided_at, 0);
	assert_int_equal(a.decision, APPROVAL_OPEN);
	hash[31] ^= 1;
	assert_int_equal(approval_find(db, hash, &a, &err), 0);
	assert_int_equal(approval_of(db, id + 1, &a, &err), 0);
	/* one campaign is asked about once */
	begin();
	assert_int_equal(approval_create(db, id, hash, T0, &err), -1);
	db_rollback(db);
}

static void
test_decide(void **state)
{
	struct approval a;
	int64_t id;

	(void)state;
	id = ask(1, make_topic("articles"), T0);
	begin();
	assert_int_equal(approval_decide(db, id + 1, APPROVAL_APPROVED, &err), 0);
	clock_set(T0 + 5);
	assert_int_equal(approval_decide(db, id, APPROVAL_EXPIRED, &err), 1);
	clock_set(T0 + 9);
	assert_int_equal(approval_decide(db, id, APPROVAL_APPROVED, &err), 0);
	commit();
	assert_int_equal(approval_find(db, hash, &a, &err), 1);
	assert_int_equal(a.decided_at, T0 + 5);
	assert_int_equal(a.decision, APPROVAL_EXPIRED);
	assert_string_equal(raw_text("SELECT decision FROM approval"), "expired");
}

/* Whoever moves the campaign on has decided; what merely stops it has not. */
static void
test_by_campaign(void **state)
{
	int64_t topic = make_topic("articles"), id;
	struct campaign c;

	(void)state;
	id = ask(1, topic, T0 + 900);
	begin();
	ok(campaign_not_before(db, id, T0 + 60, &err));
	ok(campaign_resume(db, id, &err));
	commit();
	assert_int_equal(decision(id), APPROVAL_APPROVED);
	assert_int_equal(campaign_get(db, id, &c, &err), 1);
	assert_int_equal(c.state, CAMPAIGN_SCHEDULED);
	assert_int_equal(c.start_at, T0 + 900);
	begin();
	ok(campaign_cancel(db, id, "stopped", &err));
	commit();
	assert_int_equal(decision(id), APPROVAL_APPROVED);

	id = ask(2, topic, T0 - 900);
	begin();
	ok(campaign_not_before(db, id, T0 + 60, &err));
	ok(campaign_resume(db, id, &err));
	commit();
	assert_int_equal(campaign_get(db, id, &c, &err), 1);
	assert_int_equal(c.start_at, T0 + 60);
	begin();
	ok(campaign_pause(db, id, "later", &err));
	commit();
	assert_int_equal(decision(id), APPROVAL_APPROVED);

	id = ask(3, topic, T0);
	begin();
	ok(campaign_cancel(db, id, "no", &err));
	commit();
	assert_int_equal(decision(id), APPROVAL_REJECTED);
	begin();
	refused(campaign_resume(db, id, &err), ERR_REFUSED);
	db_rollback(db);
	assert_int_equal(decision(id), APPROVAL_REJECTED);
}

static void
test_open(void **state)
{
	int64_t topic = make_topic("articles"), first, second;
	struct approval a[4];

	(void)state;
	first = ask(1, topic, T0);
	clock_set(T0 + 10);
	second = ask(2, topic, T0);
	assert_int_equal(raw_exec("UPDATE approval SET expires_at = expires_at + 10 WHERE campaign_id = 2"), SQLITE_OK);
	assert_int_equal(approval_open(db, T0 + APPROVAL_LASTS - 1, a, 4, &err), 0);
	assert_int_equal(approval_open(db, T0 + APPROVAL_LASTS, a, 4, &err), 1);
	assert_int_equal(a[0].campaign_id, first);
	assert_int_equal(approval_open(db, INT64_MAX, a, 4, &err), 2);
	assert_int_equal(a[1].campaign_id, second);
	assert_int_equal(approval_open(db, INT64_MAX, a, 1, &err), 1);
	begin();
	assert_int_equal(approval_decide(db, first, APPROVAL_EXPIRED, &err), 1);
	commit();
	assert_int_equal(approval_open(db, INT64_MAX, a, 4, &err), 1);
	assert_int_equal(a[0].campaign_id, second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_find),
		store_test(test_decide),
		store_test(test_by_campaign),
		store_test(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
