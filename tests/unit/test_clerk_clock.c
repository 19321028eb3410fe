/*
 * test_clerk_clock.c - the wall clock is set back: what waits does not wait for the old one's time, and what waits for nobody's stays.
 */
#include "../../daemon/clerk.h"

#include "store_fixture.h"

#include "store/campaign.h"
#include "store/delivery.h"
#include "store/outbox.h"
#include "store/signup.h"

static struct site site;
static struct clerk clerk;

static int
clock_setup(void **state)
{
	if (store_setup(state) == -1)
		return -1;
	site = (struct site){ .db = db };
	clerk = (struct clerk){ .site = &site };
	return 0;
}

/*
 * One of each that waits. A message of campaign 1 that was put off at T0 for 300 s, a mail of T0 for 600 s, a visitor's request of T0, an
 * import's for 900 s, and one in a limit's line.
 */
static void
put_all(void)
{
	assert_int_equal(raw_exec(
			     "INSERT INTO topic (id, slug, title, description, created_at) VALUES (1, 'articles', 'Articles', '', 1);"
			     "INSERT INTO subscriber (id, address, address_key, address_hmac, name, language, created_at) VALUES "
			     "(1, 'ann@example.org', 'ann@example.org', x'01', '', '', 1);"
			     "INSERT INTO subscription VALUES (1, 1, 1, 1767225600);"
			     "INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, deadline, "
			     "high_id, cursor, planned, deferred) VALUES (1, 'u', 'articles', 1, 's', 'sending', 1, 'ann', 1, 1767225600, 1767312000, 1, 1, 1, 1);"
			     "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, next_at) VALUES (1, 1, 2, 1, 1767225600, 1767225900);"
			     "INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at) VALUES "
			     "('confirm', 'ann@example.org', x'6d', 'queued', 1767225600, 1767312000, 1767226200);"
			     "INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at) VALUES "
			     "('manage', 'a@example.org', 'a@example.org', '', '', '', '', 1, 1767225600, 1767225600), "
			     "('manage', 'b@example.org', 'b@example.org', '', '', '', '', 0, 1767225600, 1767226500);"
			     "INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at, held_by, line, "
			     "network, place, held_at) VALUES "
			     "('manage', 'c@example.org', 'c@example.org', '', '', '', '', 1, 1767225600, 1767225700, 'total', '', '', 1, 1767225600);"),
	    SQLITE_OK);
}

/* How long each of them waits, from `now` on. */
static const char *
waits(int64_t now)
{
	static char text[128];

	snprintf(text, sizeof(text), "%lld %lld %lld %lld %lld", (long long)(raw_int("SELECT next_at FROM delivery") - now),
	    (long long)(raw_int("SELECT next_at FROM outbox") - now),
	    (long long)(raw_int("SELECT next_at FROM signup_request WHERE id = 1") - now),
	    (long long)(raw_int("SELECT next_at FROM signup_request WHERE id = 2") - now),
	    (long long)(raw_int("SELECT next_at FROM signup_request WHERE id = 3") - now));
	return text;
}

static void
test_running(void **state)
{
	static const struct {
		const char *name;
		int64_t by; /* the clock moves by */
		const char *waits;
		bool woken;
	} cases[] = {
		{ "an hour back", -3600, "300 600 0 900 3700", false },
		{ "a year back", -31536000, "300 600 0 900 31536100", false },
		{ "two seconds back", -2, "300 600 0 900 102", false },
		{ "not at all", 0, "300 600 0 900 100", true },
		{ "an hour ahead", 3600, "-3300 -3000 -3600 -2700 -3500", true },
	};
	size_t i;

	(void)state;
	put_all();
	ok(clerk_clock(&clerk, &err)); /* it has looked */
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(raw_exec("DELETE FROM signup_request; DELETE FROM outbox; DELETE FROM delivery; DELETE FROM campaign; "
					  "DELETE FROM subscription; DELETE FROM subscriber; DELETE FROM erasure; DELETE FROM topic; DELETE FROM sqlite_sequence"),
		    SQLITE_OK);
		put_all();
		clerk.lines_woken = true;
		clock_set(T0);
		ok(clerk_clock(&clerk, &err));
		clerk.lines_woken = true;
		clock_set(T0 + cases[i].by);
		ok(clerk_clock(&clerk, &err));
		if (strcmp(waits(T0 + cases[i].by), cases[i].waits) != 0)
			fail_msg("%s: they wait %s, not %s", cases[i].name, waits(T0 + cases[i].by), cases[i].waits);
		assert_int_equal(clerk.lines_woken, cases[i].woken);
		assert_int_equal(raw_int("SELECT at FROM delivery"), T0 + (cases[i].by < 0 ? cases[i].by : 0));
		ok(clerk_clock(&clerk, &err)); /* once */
		assert_string_equal(waits(T0 + cases[i].by), cases[i].waits);
	}
}

/* It happened while no clerk ran: what was written at a time to come says so. */
static void
test_before(void **state)
{
	(void)state;
	put_all();
	clock_set(T0 - 3600);
	ok(clerk_clock(&clerk, &err));
	assert_string_equal(waits(T0 - 3600), "300 600 0 4500 3700");
	clerk = (struct clerk){ .site = &site };
	clock_set(T0 - 3000);
	ok(clerk_clock(&clerk, &err)); /* once: time goes on */
	assert_int_equal(raw_int("SELECT next_at FROM delivery"), T0 - 3300);
}

/* Nobody could write just then: the seconds are not forgotten. */
static void
test_busy(void **state)
{
	(void)state;
	put_all();
	ok(clerk_clock(&clerk, &err));
	clock_set(T0 - 100);
	assert_int_equal(raw_exec("CREATE TRIGGER no BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END"), SQLITE_OK);
	assert_int_equal(clerk_clock(&clerk, &err), -1);
	db_rollback(db);
	assert_string_equal(waits(T0), "300 600 0 900 100");
	assert_int_equal(raw_exec("DROP TRIGGER no"), SQLITE_OK);
	clock_set(T0 - 150);
	ok(clerk_clock(&clerk, &err));
	assert_string_equal(waits(T0 - 150), "300 600 0 900 250");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_running, clock_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_before, clock_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_busy, clock_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
