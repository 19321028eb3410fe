/* test_clerk_welcome.c - who is welcomed, how often, in how many bites, and that a mail that cannot be made keeps nobody waiting. */
#include "clerk_fixture.h"

#include "store/article.h"
#include "store/outbox.h"
#include "store/subscription.h"
#include "store/suppression.h"
#include "store/welcome.h"

static int
welcome_setup(void **state)
{
	if (clerk_setup(state) == -1)
		return -1;
	site.conf.mail_welcome = 1;
	return 0;
}

#define welcome_test(f) cmocka_unit_test_setup_teardown(f, welcome_setup, clerk_teardown)

/* Somebody who has confirmed these topics just now. */
static int64_t
confirmed(const char *address, int64_t one, int64_t two)
{
	const int64_t ids[] = { one, two };
	int64_t who = make_subscriber(address);

	ok(subscription_confirm(db, who, one, &by_test, &err));
	if (two)
		ok(subscription_confirm(db, who, two, &by_test, &err));
	ok(welcome_add(db, who, ids, two ? 2 : 1, &err));
	return who;
}

static void
turn(void)
{
	clerk.more = false;
	ok(clerk_welcome(&clerk, &err));
}

#define QUEUED "SELECT count(*) FROM outbox WHERE kind = 'welcome'"
#define WAITING "SELECT count(*) FROM welcome"

static void
check(int64_t queued, int64_t waiting)
{
	assert_int_equal(raw_int(QUEUED), queued);
	assert_int_equal(raw_int(WAITING), waiting);
}

/* What became of the confirmation when the clerk looks. */
static const struct {
	const char *name, *meanwhile;
	int64_t want, later;
} cases[] = {
	{ "nothing", "SELECT 1", 1, 0 },
	{ "left", "UPDATE subscription SET state = 2 WHERE topic_id = 1", 0, 0 },
	{ "bounced", "UPDATE subscription SET state = 3", 0, 0 },
	{ "asked again meanwhile, unconfirmed", "UPDATE subscription SET state = 0", 0, 0 },
	{ "another topic is theirs, not this one",
	    "UPDATE subscription SET topic_id = 2 WHERE topic_id = 1", 0, 0 },
	{ "suppressed", "INSERT INTO suppression (address_hmac, reason, since, source) SELECT address_hmac, 'staff', 1, 'ann' FROM subscriber", 0, 0 },
	{ "welcomed 29 days ago", "INSERT INTO outbox (kind, subscriber_id, state, created_at, expires_at, next_at) "
				  "VALUES ('welcome', 1, 'accepted', 1767225600 - 29 * 86400, 1, 1)",
	    1, 0 },
	{ "welcomed 31 days ago", "INSERT INTO outbox (kind, subscriber_id, state, created_at, expires_at, next_at) "
				  "VALUES ('welcome', 1, 'accepted', 1767225600 - 31 * 86400, 1, 1)",
	    2, 0 },
	{ "a note 1 day ago", "INSERT INTO outbox (kind, subscriber_id, state, created_at, expires_at, next_at) "
			      "VALUES ('already', 1, 'accepted', 1767225600 - 86400, 1, 1)",
	    1, 0 },
	{ "just within two days", "SELECT 1", 1, INT64_C(2) * 86400 - 1 },
	{ "two days later", "SELECT 1", 0, INT64_C(2) * 86400 },
};

static void
test_cases(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		confirmed("ann@example.org", news, 0);
		commit();
		if (raw_exec(cases[i].meanwhile) != SQLITE_OK)
			fail_msg("%s: %s", cases[i].name, sqlite3_errmsg(raw));
		clock_set(T0 + cases[i].later);
		turn();
		if (raw_int(QUEUED) != cases[i].want || raw_int(WAITING) != 0)
			fail_msg("%s: %lld queued, %lld waiting", cases[i].name, (long long)raw_int(QUEUED), (long long)raw_int(WAITING));
		clerk_teardown(state);
		assert_int_equal(welcome_setup(state), 0);
	}
}

static void
test_switched_off(void **state)
{
	(void)state;
	begin();
	confirmed("ann@example.org", news, offers);
	commit();
	site.conf.mail_welcome = 0;
	turn();
	check(0, 0);
}

/* A backlog: bites that let others in between, all welcomed once. */
static void
test_backlog(void **state)
{
	enum {
		PEOPLE = 3000
	};
	char address[40];
	int i, turns = 0;
	int64_t began, longest = 0;

	(void)state;
	begin();
	for (i = 0; i < PEOPLE; i++) {
		snprintf(address, sizeof(address), "p%d@example.org", i);
		confirmed(address, i % 2 ? news : offers, 0);
	}
	commit();
	do {
		began = clock_mono_us();
		turn();
		if (clock_mono_us() - began > longest)
			longest = clock_mono_us() - began;
		assert_true(++turns <= PEOPLE);
	} while (clerk.more);
	check(PEOPLE, 0);
	assert_int_equal(raw_int("SELECT count(DISTINCT subscriber_id) FROM outbox WHERE message IS NOT NULL"), PEOPLE);
	print_message("# %d turns, the longest %lld ms\n", turns, (long long)longest / 1000);
	assert_invariants();
}

static void
break_template(bool broken)
{
	char path[128];

	snprintf(path, sizeof(path), "mkdir -p %s/templates/mail", folder);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/templates/mail/welcome.html.mustache", folder);
	if (broken)
		ok(file_write(path, 0600, "{{#unclosed}}", 13, &err));
	else
		assert_int_equal(unlink(path), 0);
}

static void
test_put_off(void **state)
{
	(void)state;
	begin();
	confirmed("ann@example.org", news, 0);
	confirmed("ben@example.org", offers, 0);
	commit();
	break_template(true);
	turn();
	check(0, 2);
	assert_false(clerk.more);
	break_template(false);
	turn();
	check(0, 2); /* not before a minute has passed */
	clock_set(T0 + 60);
	turn();
	check(2, 0);
	begin();
	confirmed("cyd@example.org", news, 0);
	commit();
	turn();
	check(3, 0); /* and then at once again */
}

/* The minute is one of a clock that is set back meanwhile. */
static void
test_put_off_and_set_back(void **state)
{
	(void)state;
	clock_set(T0 + 7200);
	begin();
	confirmed("ann@example.org", news, 0);
	commit();
	break_template(true);
	turn();
	check(0, 1);
	break_template(false);
	clock_set(T0 + 3600);
	turn();
	check(1, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		welcome_test(test_cases),
		welcome_test(test_switched_off),
		welcome_test(test_backlog),
		welcome_test(test_put_off),
		welcome_test(test_put_off_and_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
