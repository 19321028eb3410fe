/* test_store_stats.c - what came back, counted: each sum, and what is more than there is room for. */
#include "store_fixture.h"

#include "store/event.h"
#include "store/stats.h"

static const struct stats_window all = { 0 };
static struct stats_returned r;
static struct stats_domains d;

static void
add(const char *kind, const char *class, const char *rule, int64_t subscriber, int64_t campaign, bool doubted)
{
	struct event event = { .kind = kind, .class = class, .rule = rule, .doubted = doubted };

	event.subscriber_id = subscriber;
	event.campaign_id = campaign;
	ok(event_add(db, &event, &err));
}

static int64_t
person(const char *domain)
{
	static int n;
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) "
	    "VALUES ('Ann%d@%s', 'ann%d@%s', randomblob(16), '', '', 1)",
	    n, domain, n, domain);
	n++;
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	return sqlite3_last_insert_rowid(raw);
}

static void
test_sums(void **state)
{
	int64_t ann = person("example.org"), ben = person("example.com");

	(void)state;
	begin();
	add("bounce", "hard", "no-such-user", ann, 7, false);
	add("refusal", "hard", "no-such-user", ben, 7, false);
	add("bounce", "soft", "mailbox-full", ben, 7, false);
	add("bounce", "soft", "mailbox-full", ben, 8, false);
	add("bounce", "soft", "mailbox-full", ben, 8, false);
	add("bounce", "hard", "no-such-user", 0, 7, true);
	add("complaint", "complaint", "abuse", ann, 7, false);
	add("complaint", "complaint", NULL, 0, 0, true);
	add("unsubscribe", "page", NULL, ann, 7, false);
	commit();
	ok(stats_returned(db, &all, &r, &err));
	assert_int_equal(r.bounces.hard, 1);
	assert_int_equal(r.bounces.soft, 3);
	assert_int_equal(r.refusals.hard, 1);
	assert_int_equal(r.refusals.soft, 0);
	assert_int_equal(r.complaints, 1);
	assert_int_equal(r.unsubscribes, 1);
	assert_int_equal(r.doubted_bounces, 1);
	assert_int_equal(r.doubted_complaints, 1);
	assert_int_equal(r.reasons, 2);
	assert_string_equal(r.reason[0].rule, "mailbox-full");
	assert_int_equal(r.reason[0].bounces, 3);
	assert_string_equal(r.reason[1].rule, "no-such-user");
	assert_int_equal(r.reason[1].bounces, 1);
	assert_int_equal(r.reason[1].refusals, 1);
	ok(stats_domains(db, &all, 10, &d, &err));
	assert_int_equal(d.count, 2);
	assert_string_equal(d.top[0].domain, "example.com");
	assert_int_equal(d.top[0].hard, 1);
	assert_int_equal(d.top[0].soft, 3);
	assert_int_equal(d.top[1].hard, 1);
	assert_int_equal(d.top[1].complaints, 1);
}

/* A rule that does as bounces what another does as refusals, and more than both in sum. */
static void
test_order(void **state)
{
	static const char *const rules[] = { "policy", "policy", "policy", "spam", "spam" };
	int i;

	(void)state;
	begin();
	for (i = 0; i < 5; i++)
		add("bounce", "soft", rules[i], 0, 0, false);
	for (i = 0; i < 2; i++)
		add("refusal", "soft", "spam", 0, 0, false);
	commit();
	ok(stats_returned(db, &all, &r, &err));
	assert_string_equal(r.reason[0].rule, "spam");
	assert_string_equal(r.reason[1].rule, "policy");
}

/* More reasons, types and domains than there is room for: the sums stay right. */
static void
test_more(void **state)
{
	int64_t sum = 0;
	char name[40];
	size_t i, j;

	(void)state;
	for (i = 0; i < 150; i++) {
		snprintf(name, sizeof(name), "host%zu.example", i);
		sum = person(name);
		begin();
		snprintf(name, sizeof(name), "rule-%zu", i);
		for (j = 0; j <= i % 3; j++)
			add("bounce", "soft", name, sum, 0, false);
		add("complaint", "complaint", name, 0, 0, false);
		commit();
	}
	ok(stats_returned(db, &all, &r, &err));
	assert_int_equal(r.reasons, STATS_REASONS);
	assert_int_equal(r.bounces.soft, 300);
	for (i = 0, sum = 0; i < r.reasons; i++)
		sum += r.reason[i].bounces;
	assert_int_equal(sum, 300);
	for (i = 0; i < r.reasons && strcmp(r.reason[i].rule, "others") != 0; i++)
		;
	assert_true(i < r.reasons);
	assert_int_equal(r.complaint_types, 16);
	assert_string_equal(r.complaint[15].name, "others");
	assert_int_equal(r.complaint[15].n, 135);
	ok(stats_domains(db, &all, STATS_DOMAINS + 1, &d, &err));
	assert_int_equal(d.count, STATS_DOMAINS);
	assert_int_equal(d.others, 51); /* of 151: the complaints are nobody's */
	for (i = 0, sum = d.rest.soft; i < d.count; i++)
		sum += d.top[i].soft;
	assert_int_equal(sum, 300);
}

static void
test_window(void **state)
{
	const struct stats_window late = { .since = T0 + 5 }, one = { .campaign_id = 3 }, both = { .since = T0 + 5, .campaign_id = 3 };
	int i;

	(void)state;
	begin();
	for (i = 0; i < 10; i++) {
		clock_set(T0 + i);
		add("bounce", "soft", "spam", 0, i % 2 ? 3 : 0, false);
	}
	commit();
	ok(stats_returned(db, &all, &r, &err));
	assert_int_equal(r.bounces.soft, 10);
	ok(stats_returned(db, &late, &r, &err));
	assert_int_equal(r.bounces.soft, 5);
	ok(stats_returned(db, &one, &r, &err));
	assert_int_equal(r.bounces.soft, 5);
	ok(stats_returned(db, &both, &r, &err));
	assert_int_equal(r.bounces.soft, 3);
	ok(stats_domains(db, &both, 10, &d, &err));
	assert_int_equal(d.count, 1);
	assert_string_equal(d.top[0].domain, "");
	assert_int_equal(d.top[0].soft, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_sums),
		store_test(test_order),
		store_test(test_more),
		store_test(test_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
