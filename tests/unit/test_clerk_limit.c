/*
 * test_clerk_limit.c - who is let through, who waits, and who goes first: limits hold to the one, across restarts, and nobody waits for
 * another's flood.
 */
#include "../../daemon/clerk.h"
#include "../../daemon/clerk_limit.h"

#include "store_fixture.h"

#include "base/link.h"
#include "store/counter.h"
#include "store/signup_line.h"

#define PASSED_MOST 20000

static struct site site;
static struct clerk clerk;
static int64_t last_id; /* of a request */

/* What was let through, in its order; `looked` counts how often a request was looked at. */
static struct {
	int64_t id, at, weight;
	char ip[64], key[SUBSCRIBER_ADDRESS];
} passed[PASSED_MOST];
static int passed_count, looked, dropped;

static struct conf_rate
rate(int64_t messages, int64_t seconds)
{
	return (struct conf_rate){ messages, seconds };
}

/* A clerk that has just been started. */
static void
restart(void)
{
	clerk = (struct clerk){ .site = &site };
}

static void
set_limits(struct conf_rate network, struct conf_rate domain, struct conf_rate total)
{
	site.conf.signup_per_network = network;
	site.conf.signup_per_domain = domain;
	site.conf.signup_total = total;
	restart();
}

static int
limit_setup(void **state)
{
	int id;

	if (store_setup(state) == -1)
		return -1;
	site = (struct site){ .db = db };
	site.conf.signup_hold = 86400;
	if (link_keys_create(folder, &id, &err) == -1 || !(site.links = link_keys_load(folder, &err)))
		return -1;
	passed_count = looked = dropped = 0;
	last_id = 0;
	restart();
	return 0;
}

static int
limit_teardown(void **state)
{
	link_keys_free(site.links);
	return store_teardown(state);
}

#define limit_test(f) cmocka_unit_test_setup_teardown(f, limit_setup, limit_teardown)

/* Inside a transaction: somebody asks. Returns the request's number. */
static int64_t
asks(const char *ip, const char *address, int64_t weight)
{
	struct signup s = { .weight = weight, .received_at = clock_now(), .topics = "1", .language = "en" };

	snprintf(s.ip, sizeof(s.ip), "%s", ip);
	snprintf(s.address, sizeof(s.address), "%s", address);
	snprintf(s.key, sizeof(s.key), "%s", address);
	ok(consent_wording(db, "the form", s.form_hash, &err));
	ok(signup_append(db, &s, &err));
	return ++last_id;
}

/* So many from one address, each for an address of its own. */
static void
flood(const char *ip, const char *domain, int count)
{
	static int serial;
	char address[80];
	int i;

	begin();
	for (i = 0; i < count; i++) {
		snprintf(address, sizeof(address), "p%d@%s", ++serial, domain);
		asks(ip, address, 1);
	}
	commit();
}

static void
let_through(const struct signup *s)
{
	assert_true(passed_count < PASSED_MOST);
	passed[passed_count].id = s->id;
	passed[passed_count].at = clock_now();
	passed[passed_count].weight = s->weight;
	strcpy(passed[passed_count].ip, s->ip);
	strcpy(passed[passed_count++].key, s->key);
}

/* A turn of the clerk at that time, as clerk_signups does it for those that get a mail. */
static void
turn(int64_t now)
{
	struct signup s;
	int rc, before = looked;

	clock_set(now);
	ok(limit_start(&clerk, &err));
	ok(limit_begin(&clerk, &err));
	begin();
	while (signup_next(db, now, &s, &err) == 1) {
		rc = limit_ask(&clerk, &s, true, &err);
		ok(rc);
		if (rc == LIMIT_PASS)
			let_through(&s);
		dropped += rc == LIMIT_DROP;
		if (rc != LIMIT_WAIT) {
			ok(signup_delete(db, s.id, &err));
			ok(limit_left(&clerk, &s, &err));
		}
		if (++looked - before > 50000)
			fail_msg("a turn does not end");
	}
	commit();
	assert_int_equal(clerk.held, raw_int("SELECT count(*) FROM signup_request WHERE held_by IS NOT NULL"));
}

static int64_t
waiting(void)
{
	int64_t n;

	ok(signup_held_count(db, &n, &err));
	return n;
}

static bool
has_passed(int64_t id)
{
	int i;

	for (i = 0; i < passed_count; i++)
		if (passed[i].id == id)
			return true;
	return false;
}

static int64_t
count_of(const char *counter)
{
	int64_t n;

	ok(counter_get(db, counter, &n, &err));
	return n;
}

/* Each limit by itself: so many, not one more, and then again. */
static const struct {
	const char *name, *held_by;
	struct conf_rate network, domain, total;
	const char *ip[6], *domain_of[6];
	int count, now, later; /* let through of them at once, and once `after` seconds have passed */
	int64_t after;
} limits[] = {
	{ "a network's, exactly", "network", { 3, 60 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "192.0.2.2", "192.0.2.255" }, { "a", "b", "c" }, 3, 3,
	    3, 59 },
	{ "and one more", "network", { 3, 60 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4" },
	    { "a", "b", "c", "d" }, 4, 3, 3, 59 },
	{ "which comes after its time", "network", { 3, 60 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4" },
	    { "a", "b", "c", "d" }, 4, 3, 4, 60 },
	{ "by the hour, not yet", "network", { 1, 3600 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "192.0.2.2" }, { "a", "b" }, 2, 1, 1, 3658 },
	{ "by the hour", "network", { 1, 3600 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "192.0.2.2" }, { "a", "b" }, 2, 1, 2, 3659 },
	{ "other networks have theirs", "network", { 1, 60 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "192.0.3.1", "192.0.1.255", "192.0.2.9" },
	    { "a", "a", "a", "a" }, 4, 3, 3, 1 },
	{ "IPv6 by /64", "network", { 1, 60 }, { 0, 1 }, { 0, 1 }, { "2001:db8::1", "2001:db8:0:1::1", "2001:db8::ffff:1" },
	    { "a", "b", "c" }, 3, 2, 2, 1 },
	{ "mapped IPv4 is IPv4", "network", { 1, 60 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "::ffff:192.0.2.200", "::ffff:192.0.3.1" },
	    { "a", "b", "c" }, 3, 2, 2, 1 },
	{ "no address at all is a network too", "network", { 1, 60 }, { 0, 1 }, { 0, 1 }, { "", "", "192.0.2.1" }, { "a", "b", "c" }, 3, 2, 2,
	    1 },
	{ "a domain's", "domain", { 0, 1 }, { 2, 60 }, { 0, 1 }, { "192.0.2.1", "192.0.3.1", "192.0.4.1", "192.0.5.1" },
	    { "a", "b", "a", "a" }, 4, 3, 4, 60 },
	{ "over all", "total", { 0, 1 }, { 0, 1 }, { 2, 60 }, { "192.0.2.1", "192.0.3.1", "192.0.4.1" }, { "a", "b", "c" }, 3, 2, 3, 60 },
	{ "the network's comes first", "network", { 1, 60 }, { 1, 60 }, { 1, 60 }, { "192.0.2.1", "192.0.2.2" }, { "a", "a" }, 2, 1, 2, 60 },
	{ "then the domain's", "domain", { 5, 60 }, { 1, 60 }, { 1, 60 }, { "192.0.2.1", "192.0.2.2" }, { "a", "a" }, 2, 1, 2, 60 },
	{ "none", NULL, { 0, 1 }, { 0, 1 }, { 0, 1 }, { "192.0.2.1", "192.0.2.1", "192.0.2.1" }, { "a", "a", "a" }, 3, 3, 3, 0 },
};

static void
test_limits(void **state)
{
	char address[80];
	size_t i;
	int j;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		assert_int_equal(raw_exec("DELETE FROM signup_request; DELETE FROM pace"), SQLITE_OK);
		set_limits(limits[i].network, limits[i].domain, limits[i].total);
		passed_count = 0;
		clock_set(T0);
		begin();
		for (j = 0; j < limits[i].count; j++) {
			snprintf(address, sizeof(address), "p%d@%s.example", j, limits[i].domain_of[j]);
			asks(limits[i].ip[j], address, 1);
		}
		commit();
		turn(T0);
		if (passed_count != limits[i].now || waiting() != limits[i].count - limits[i].now)
			fail_msg("%s: %d let through, %lld wait", limits[i].name, passed_count, (long long)waiting());
		if (limits[i].now < limits[i].count)
			assert_string_equal(raw_text("SELECT held_by FROM signup_request"), limits[i].held_by);
		assert_invariants();
		turn(T0 + limits[i].after);
		if (passed_count != limits[i].later)
			fail_msg("%s: %d later", limits[i].name, passed_count);
		assert_invariants();
	}
}

static void
test_weight(void **state)
{
	int64_t heavy, light;

	(void)state;
	set_limits(rate(5, 60), rate(0, 1), rate(0, 1));
	begin();
	asks("192.0.2.1", "a@a.example", 3);
	heavy = asks("192.0.2.1", "b@a.example", 3);
	light = asks("192.0.2.1", "c@a.example", 1);
	commit();
	turn(T0);
	assert_int_equal(passed_count, 1);
	assert_int_equal(waiting(), 2); /* the light one would fit, and stands behind the heavy one */
	turn(T0 + 59);
	assert_int_equal(passed_count, 1);
	turn(T0 + 60);
	assert_true(has_passed(heavy) && has_passed(light));
	/* more than the limit counts as all of it; none and less count as one */
	begin();
	heavy = asks("192.0.3.1", "d@a.example", 1000);
	asks("192.0.4.1", "e@a.example", -1000);
	asks("192.0.5.1", "f@a.example", 0);
	commit();
	turn(T0 + 61);
	assert_true(has_passed(heavy));
	assert_int_equal(raw_int("SELECT sum(used) FROM pace WHERE window_start = 1767225661"), 7);
	assert_int_equal(waiting(), 0);
	assert_int_equal(raw_int("SELECT max(length(subject)) FROM pace"), 22); /* of a hash, what makes it one */
}

static void
test_restart(void **state)
{
	(void)state;
	set_limits(rate(10, 3600), rate(0, 1), rate(0, 1));
	flood("192.0.2.1", "a.example", 10);
	turn(T0);
	assert_int_equal(passed_count, 10);
	restart();
	flood("192.0.2.2", "a.example", 5);
	turn(T0 + 1);
	assert_int_equal(passed_count, 10);
	assert_int_equal(waiting(), 5);
	restart();
	ok(limit_start(&clerk, &err));
	assert_int_equal(raw_exec("BEGIN IMMEDIATE; COMMIT"), SQLITE_OK); /* whose lock is free again */
	turn(T0 + 2);
	assert_int_equal(passed_count, 10);
	/* a higher limit helps those who wait already, at once */
	set_limits(rate(12, 3600), rate(0, 1), rate(0, 1));
	turn(T0 + 3);
	assert_int_equal(passed_count, 12);
	assert_invariants();
	/* and so does none */
	set_limits(rate(0, 1), rate(0, 1), rate(0, 1));
	turn(T0 + 4);
	assert_int_equal(passed_count, 15);
	assert_int_equal(waiting(), 0);
}

/* Ten times its limit may wait of one network, and of each address one request; the rest is dropped and counted. */
static void
test_most(void **state)
{
	int i;

	(void)state;
	set_limits(rate(3, 60), rate(0, 1), rate(0, 1));
	flood("192.0.2.1", "a.example", 3 + 30);
	turn(T0);
	assert_int_equal(waiting(), 30);
	assert_int_equal(dropped, 0);
	flood("192.0.2.7", "a.example", 4);
	turn(T0);
	assert_int_equal(waiting(), 30);
	assert_int_equal(count_of("signup_dropped_network"), 4);
	assert_int_equal(count_of("signup_held"), 30);
	assert_int_equal(count_of("signup_let_through"), 3);
	flood("192.0.3.1", "a.example", 3);
	turn(T0);
	assert_int_equal(passed_count, 6);
	begin();
	for (i = 0; i < 5; i++)
		asks("192.0.3.1", "same@a.example", 1);
	commit();
	turn(T0);
	assert_int_equal(waiting(), 31);
	assert_int_equal(count_of("signup_dropped_repeated"), 4);
	begin();
	asks("192.0.4.1", "same@a.example", 1); /* from elsewhere it is another's, who need not wait */
	commit();
	turn(T0);
	assert_int_equal(waiting(), 31);
	assert_int_equal(passed_count, 7);
	assert_invariants();
}

/* What a request that is in no table yet gets. */
static int
answer(const char *ip, const char *address, bool manage, bool mails)
{
	struct signup s = { .id = ++last_id, .weight = 1, .manage = manage };
	int rc;

	strcpy(s.ip, ip);
	strcpy(s.key, address);
	ok(limit_begin(&clerk, &err));
	begin();
	rc = limit_ask(&clerk, &s, mails, &err);
	ok(rc);
	commit();
	return rc;
}

/* A request that leads to no mail, as clerk_signups has it decided. */
static int
asks_in_vain(const char *ip, const char *address, bool manage)
{
	return answer(ip, address, manage, false);
}

static void
test_unmailed(void **state)
{
	static const char used[] = "SELECT group_concat(scope || ' ' || n, ', ') "
				   "FROM (SELECT scope, sum(used) AS n FROM pace GROUP BY scope)";

	(void)state;
	clock_set(T0);
	set_limits(rate(9, 60), rate(9, 60), rate(9, 60));
	assert_int_equal(asks_in_vain("192.0.2.1", "a@a.example", false), LIMIT_PASS);
	assert_string_equal(raw_text(used), "signup-network 1");
	assert_int_equal(asks_in_vain("192.0.3.1", "b@a.example", true), LIMIT_PASS);
	assert_string_equal(raw_text(used), "signup-domain 1, signup-network 2, signup-total 1");
	assert_int_equal(count_of("signup_let_through"), 0);
	clerk.unmailed = LIMIT_UNMAILED - 1;
	assert_int_equal(asks_in_vain("192.0.4.1", "a@a.example", false), LIMIT_PASS);
	assert_int_equal(asks_in_vain("192.0.5.1", "a@a.example", false), LIMIT_PASS);
	assert_string_equal(raw_text(used), "signup-domain 1, signup-network 3, signup-total 1");
	/* whoever asks for his link gets a mail, and counts as ever */
	assert_int_equal(asks_in_vain("192.0.6.1", "b@a.example", true), LIMIT_PASS);
	assert_string_equal(raw_text(used), "signup-domain 2, signup-network 4, signup-total 2");
	assert_int_equal(answer("192.0.7.1", "c@c.example", false, true), LIMIT_PASS);
	assert_string_equal(raw_text(used), "signup-domain 3, signup-network 5, signup-total 3");
	clock_set(T0 + 3599 - T0 % 3600); /* the hour's last second, and the next one's first */
	assert_int_equal(asks_in_vain("192.0.5.1", "a@a.example", false), LIMIT_PASS);
	assert_string_equal(raw_text(used), "signup-domain 3, signup-network 5, signup-total 3");
	clock_set(T0 + 3600 - T0 % 3600);
	assert_int_equal(asks_in_vain("192.0.5.1", "a@a.example", false), LIMIT_PASS);
	assert_string_equal(raw_text(used), "signup-domain 3, signup-network 6, signup-total 3");
	assert_int_equal(clerk.unmailed, 1);
}

/* Where two have the same place the one that came first has it; and a line whose limit is gone holds nobody. */
static void
test_same_place(void **state)
{
	(void)state;
	set_limits(rate(0, 1), rate(0, 1), rate(1, 60));
	flood("192.0.2.1", "a.example", 1);
	flood("192.0.3.1", "a.example", 1);
	turn(T0);
	assert_int_equal(waiting(), 1);
	set_limits(rate(0, 1), rate(0, 1), rate(5, 60));
	assert_int_equal(answer("192.0.4.1", "x@a.example", false, true), LIMIT_WAIT);
	set_limits(rate(0, 1), rate(0, 1), rate(0, 1));
	assert_int_equal(answer("192.0.5.1", "y@a.example", false, true), LIMIT_PASS);
}

/* The clerk that has just been started has counted nobody yet: what leaves then leaves none less than that. */
static void
test_left_uncounted(void **state)
{
	struct signup s = { .id = 1, .held_by = SIGNUP_TOTAL };

	(void)state;
	set_limits(rate(0, 1), rate(0, 1), rate(1, 60));
	ok(limit_left(&clerk, &s, &err));
	assert_int_equal(clerk.held, 0);
	clerk.held = 2;
	ok(limit_left(&clerk, &s, &err));
	assert_int_equal(clerk.held, 1);
	s.held_by = SIGNUP_FREE; /* did not wait */
	ok(limit_left(&clerk, &s, &err));
	assert_int_equal(clerk.held, 1);
}

/* Who goes from one line to the next keeps the place that was given when it came. */
static void
test_place_stays(void **state)
{
	int64_t b, d;

	(void)state;
	set_limits(rate(1, 60), rate(0, 1), rate(2, 60));
	begin();
	asks("192.0.2.1", "a@a.example", 1);
	b = asks("192.0.2.1", "b@a.example", 1);
	commit();
	turn(T0);
	assert_int_equal(raw_int("SELECT place FROM signup_request"), T0 + LIMIT_SETBACK);
	begin();
	asks("192.0.3.1", "c@a.example", 1);
	d = asks("192.0.4.1", "d@a.example", 1);
	commit();
	turn(T0 + 30);
	assert_int_equal(passed_count, 2);
	turn(T0 + 60); /* its network has room, and there is room for one over all, who has a place before it */
	assert_true(has_passed(d) && !has_passed(b));
	assert_string_equal(raw_text("SELECT held_by || ' ' || place FROM signup_request"), "total 1767226200");
	assert_invariants();
}

/* A new link key names every line anew: nobody is left behind in an old one. */
static void
test_new_names(void **state)
{
	int64_t t;
	int id;

	(void)state;
	set_limits(rate(1, 60), rate(0, 1), rate(0, 1));
	flood("192.0.2.1", "a.example", 4);
	turn(T0);
	assert_int_equal(waiting(), 3);
	ok(link_keys_create(folder, &id, &err));
	link_keys_free(site.links);
	site.links = link_keys_load(folder, &err);
	assert_non_null(site.links);
	restart();
	clock_set(T0 + 1);
	assert_int_equal(answer("192.0.2.1", "x@a.example", false, true), LIMIT_PASS); /* has the new line's room */
	for (t = 1; t <= 301; t += 60) {
		turn(T0 + t);
		assert_invariants();
	}
	assert_int_equal(passed_count, 4);
	assert_int_equal(waiting(), 0);
}

/* How many wait is not counted to its end for each that joins them: that would be work by the square of a flood. */
static void
test_no_network_limit(void **state)
{
	char text[64];

	(void)state;
	set_limits(rate(0, 1), rate(0, 1), rate(1, 60));
	flood("192.0.2.1", "a.example", 1 + LIMIT_SETBACKS + 100);
	turn(T0);
	assert_int_equal(waiting(), LIMIT_SETBACKS + 100);
	snprintf(text, sizeof(text), "%lld %d", (long long)T0 + (int64_t)LIMIT_SETBACK * LIMIT_SETBACKS, 100);
	assert_string_equal(raw_text("SELECT place || ' ' || count(*) FROM signup_request GROUP BY place ORDER BY place DESC LIMIT 1"),
	    text);
}

static void
test_full(void **state)
{
	(void)state;
	set_limits(rate(0, 1), rate(0, 1), rate(1, 60));
	flood("192.0.2.1", "a.example", 2);
	turn(T0);
	assert_int_equal(waiting(), 1);
	assert_int_equal(raw_exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99998) "
				  "INSERT INTO signup_request (kind, address, address_key, name, topics, language, form_hash, ip, weight, received_at, next_at, "
				  "held_by, line, network, place, held_at) SELECT 'signup', i, i, '', '1', '', (SELECT hash FROM form_text), '', 1, 0, "
				  "9223372036854775807, 'total', '', 'n', i + 2000000000, 0 FROM n"),
	    SQLITE_OK);
	flood("192.0.3.1", "a.example", 3);
	turn(T0 + 1);
	assert_int_equal(waiting(), 100000);
	assert_int_equal(count_of("signup_dropped_full"), 2);
	/* those of the flood that came last made room */
	assert_string_equal(raw_text("SELECT count(*) || ' ' || max(address) FROM signup_request WHERE network = 'n'"), "99996 99996");
	assert_int_equal(raw_exec("UPDATE signup_request SET place = 0 WHERE network = 'n'"), SQLITE_OK);
	flood("192.0.4.1", "a.example", 1); /* goes before the third of the network before */
	flood("192.0.3.1", "a.example", 1); /* would be the last itself */
	turn(T0 + 2);
	assert_int_equal(waiting(), 100000);
	assert_int_equal(count_of("signup_dropped_full"), 4);
	assert_string_equal(raw_text("SELECT group_concat(ip, ' ') FROM (SELECT ip FROM signup_request WHERE network <> 'n' ORDER BY id)"),
	    "192.0.2.1 192.0.3.1 192.0.3.1 192.0.4.1");
	assert_invariants();
	/* of those with the same place whoever came last is the last */
	clock_set(T0 + 3);
	assert_int_equal(raw_exec("UPDATE signup_request SET place = 1767225603"), SQLITE_OK);
	assert_int_equal(answer("192.0.5.1", "z@a.example", false, true), LIMIT_DROP);
	assert_int_equal(waiting(), 100000);
}

/* What waits is not read again until it is its turn. */
static void
test_quiet(void **state)
{
	int64_t t;

	(void)state;
	set_limits(rate(100, 3600), rate(0, 1), rate(1000, 3600));
	flood("192.0.2.1", "a.example", 1100);
	turn(T0);
	assert_int_equal(passed_count, 100);
	assert_int_equal(waiting(), 1000);
	assert_int_equal(looked, 1100);
	for (t = 1; t < 3659; t += 13)
		turn(T0 + t);
	assert_int_equal(looked, 1100);
	turn(T0 + 3659);
	assert_int_equal(passed_count, 200);
	assert_in_range(looked, 1200, 1201); /* the one after them found that there is no room */
	assert_invariants();
}

/* One network floods: another gets through at once, and goes first where it must wait. */
static void
test_fair(void **state)
{
	int64_t quiet, late;

	(void)state;
	set_limits(rate(5, 60), rate(0, 1), rate(8, 60));
	flood("192.0.2.1", "a.example", 50);
	turn(T0);
	assert_int_equal(passed_count, 5);
	begin();
	quiet = asks("198.51.100.1", "quiet@b.example", 1);
	commit();
	turn(T0);
	assert_true(has_passed(quiet));
	/* the limit over all is below the network's: the flood has all of it */
	set_limits(rate(100, 60), rate(0, 1), rate(8, 60));
	turn(T0 + 60);
	assert_int_equal(passed_count, 6 + 8);
	flood("192.0.2.1", "a.example", 50);
	turn(T0 + 61);
	begin();
	quiet = asks("198.51.100.1", "still@b.example", 1);
	late = asks("198.51.100.9", "late@b.example", 1);
	commit();
	turn(T0 + 119);
	assert_false(has_passed(quiet));
	passed_count = 0;
	turn(T0 + 120);
	assert_int_equal(passed_count, 8);
	assert_int_equal(passed[0].id, quiet);
	/* the second of theirs is set back by ten minutes, and those of the flood by more */
	assert_int_equal(passed[1].id, late);
	assert_invariants();
}

/* However many others come, of networks that are quiet: nobody waits for ever. */
static void
test_nobody_starves(void **state)
{
	int64_t second, minute;
	char ip[64];
	int i;

	(void)state;
	set_limits(rate(100, 60), rate(0, 1), rate(1, 60));
	begin();
	asks("192.0.2.1", "first@a.example", 1);
	second = asks("192.0.2.1", "second@a.example", 1);
	commit();
	turn(T0);
	for (minute = 1; minute <= 60 && !has_passed(second); minute++) {
		for (i = 0; i < 2; i++) {
			snprintf(ip, sizeof(ip), "10.%d.%d.1", (int)minute, i);
			flood(ip, "b.example", 1);
		}
		turn(T0 + 60 * minute);
	}
	assert_in_range(minute, 10, 25); /* ten minutes' worth of others go before */
}

/* No more weight than the limit in any time as long as its own, for every subject that one has. */
static void
check_windows(const struct conf_rate *limit, bool (*same)(int a, int b))
{
	int64_t sum;
	int i, j;

	for (i = 0; i < passed_count; i++) {
		for (sum = 0, j = i; j < passed_count && passed[j].at < passed[i].at + limit->seconds; j++)
			if (same(i, j))
				sum += passed[j].weight;
		if (sum > limit->messages)
			fail_msg("%lld in %lld s, from %lld", (long long)sum, (long long)limit->seconds, (long long)passed[i].at);
	}
}

static bool
same_network(int a, int b)
{
	return strncmp(passed[a].ip, passed[b].ip, 7) == 0; /* 10.0.x. */
}

static bool
same_domain(int a, int b)
{
	return strcmp(strchr(passed[a].key, '@'), strchr(passed[b].key, '@')) == 0;
}

static bool
all_same(int a, int b)
{
	(void)a, (void)b;
	return true;
}

/* At random, with restarts, discarded ones and a random order of everything: the limits hold, and in the end nothing is left waiting. */
static void
test_property(void **state)
{
	static const struct conf_rate network = { 7, 60 }, domain = { 11, 60 }, total = { 17, 60 };
	int64_t now = T0, end;
	char ip[64], address[80];
	int round, i, n, asked = 0, discarded = 0;

	(void)state;
	for (round = 0; round < 3; round++) {
		srand((unsigned)round + 1);
		set_limits(network, domain, total);
		passed_count = looked = dropped = asked = discarded = 0;
		assert_int_equal(raw_exec("DELETE FROM signup_request; DELETE FROM pace"), SQLITE_OK);
		for (end = now + 900; now < end; now += rand() % 4) {
			clock_set(now);
			begin();
			for (n = rand() % 4 ? 0 : rand() % 6; n > 0; n--, asked++) {
				snprintf(ip, sizeof(ip), "10.0.%d.%d", rand() % (rand() % 2 ? 8 : 1), rand() % 256);
				snprintf(address, sizeof(address), "p%d@d%d.example", asked, rand() % (rand() % 2 ? 5 : 1));
				asks(ip, address, 1 + rand() % 3);
			}
			commit();
			if (rand() % 50 == 0)
				restart();
			if (rand() % 50 == 0) { /* as `newsletter signup discard` does */
				begin();
				i = (int)raw_int("SELECT id FROM signup_request ORDER BY random() LIMIT 1");
				if (i != -1)
					ok(signup_delete(db, i, &err)), discarded++;
				ok(signup_wake(db, now, &err));
				commit();
			}
			turn(now);
			if (rand() % 4 == 0)
				assert_invariants();
		}
		assert_invariants();
		for (end = now + 36000; now < end && waiting(); now += 10)
			turn(now);
		assert_int_equal(waiting(), 0);
		assert_int_equal(passed_count + dropped + discarded, asked);
		assert_true(asked > 300);
		if (looked > 12 * asked)
			fail_msg("%d were looked at %d times", asked, looked);
		print_message("round %d: %d asked, %d dropped, looked at %d times\n", round, asked, dropped, looked);
		check_windows(&network, same_network);
		check_windows(&domain, same_domain);
		check_windows(&total, all_same);
	}
}

/* Held for too long: dropped, and who stood behind moves up. */
static char nobody[] = "";

static void
test_hold(void **state)
{
	(void)state;
	site.conf.mail_operator = nobody;
	set_limits(rate(1, 3600), rate(0, 1), rate(0, 1));
	site.conf.signup_hold = 600;
	flood("192.0.2.1", "a.example", 3);
	turn(T0);
	flood("192.0.2.1", "a.example", 1);
	turn(T0 + 300);
	assert_int_equal(waiting(), 3);
	clock_set(T0 + 600);
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(waiting(), 3);
	clock_set(T0 + 660);
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(waiting(), 1);
	assert_int_equal(count_of("signup_dropped_hold"), 2);
	assert_invariants();
	turn(T0 + 660);
	assert_int_equal(waiting(), 1);
	assert_invariants();
	turn(T0 + 3659);
	assert_int_equal(passed_count, 2);
}

/* A template that makes no mail: that the operator was due to hear of it is remembered all the same, and it is not tried every second. */
static void
test_surge_untold(void **state)
{
	static const char conf[] = "[site]\nname = S\nurl = https://s.example\n[mail]\nfrom = a@s.example\noperator = op@s.example\n";
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/newsletter.conf", folder);
	ok(conf_read(&site.conf, path, conf, sizeof(conf) - 1, &err));
	set_limits(rate(0, 1), rate(0, 1), rate(1, 60));
	personal_init(&clerk.personal, &site.conf, site.links);
	site.conf.signup_hold = INT64_C(7) * 86400;
	snprintf(path, sizeof(path), "%s/templates", folder);
	ok(file_mkdir(path, 0700, &err));
	strcat(path, "/mail");
	ok(file_mkdir(path, 0700, &err));
	strcat(path, "/surge-subject.text.mustache");
	ok(file_write(path, 0600, "{{#open}}", 9, &err));
	flood("192.0.2.1", "a.example", 100);
	turn(T0);
	assert_int_equal(clerk.surge_since, T0);
	clock_set(T0 + 3600);
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM pace WHERE scope = 'signup-told'"), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM outbox"), 0);
	ok(file_write(path, 0600, "Many", 4, &err));
	clock_set(T0 + 3601);
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM outbox"), 0);
	clock_set(T0 + INT64_C(2) * 86400);
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE kind = 'operator'"), 1);
	/* the clock that said when it began is set back: the operator hears of it all the same */
	clock_set(T0 - 3600);
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE kind = 'operator'"), 2);
	personal_release(&clerk.personal);
	conf_release(&site.conf);
}

/* The surge begins with the first that the limit over all holds, and ends when nobody waits for it and there is room again. */
static void
test_surge(void **state)
{
	(void)state;
	site.conf.mail_operator = nobody;
	set_limits(rate(2, 60), rate(0, 1), rate(8, 60));
	flood("192.0.2.1", "a.example", 4);
	turn(T0);
	assert_int_equal(clerk.surge_since, 0); /* a network's limit is no surge */
	flood("192.0.3.1", "a.example", 2);
	flood("192.0.4.1", "a.example", 2);
	flood("192.0.5.1", "a.example", 2);
	turn(T0 + 5);
	assert_int_equal(clerk.surge_since, 0);
	flood("192.0.6.1", "a.example", 1);
	turn(T0 + 7);
	assert_int_equal(clerk.surge_since, T0 + 7);
	restart();
	clock_set(T0 + 30);
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(clerk.surge_since, T0 + 7);
	turn(T0 + 60); /* two of the first network's, which have waited longer */
	assert_int_equal(waiting(), 1);
	turn(T0 + 65);
	assert_int_equal(waiting(), 0);
	flood("192.0.7.1", "a.example", 2);
	flood("192.0.8.1", "a.example", 2);
	turn(T0 + 65);
	clock_set(T0 + 66);
	ok(clerk_surge(&clerk, &err)); /* nobody waits, but seven of the eight are used up */
	assert_int_equal(waiting(), 0);
	assert_int_equal(clerk.surge_since, T0 + 7);
	clock_set(T0 + 120); /* five */
	ok(clerk_surge(&clerk, &err));
	assert_int_equal(clerk.surge_since, 0);
	assert_int_equal(raw_int("SELECT count(*) FROM pace WHERE scope = 'signup-surge'"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		limit_test(test_limits),
		limit_test(test_weight),
		limit_test(test_restart),
		limit_test(test_most),
		limit_test(test_unmailed),
		limit_test(test_same_place),
		limit_test(test_place_stays),
		limit_test(test_left_uncounted),
		limit_test(test_new_names),
		limit_test(test_no_network_limit),
		limit_test(test_quiet),
		limit_test(test_fair),
		limit_test(test_nobody_starves),
		limit_test(test_property),
		limit_test(test_hold),
		limit_test(test_surge),
		limit_test(test_surge_untold),
		limit_test(test_full), /* takes longest */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
