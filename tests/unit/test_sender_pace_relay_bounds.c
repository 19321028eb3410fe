/* test_sender_pace_relay_bounds.c - what a relay measures and how replies slow it or a domain, at the bounds. */
#include "same_number.h"

#include <stdlib.h>
#include <string.h>

#include "../../daemon/sender_pace_private.h"

#define S SECOND_US

static struct sender_pace *p;

static int
setup(void **state)
{
	static const struct pace_relay_limits relay[2] = { { .name = "a" }, { .name = "b" } };
	static const struct pace_domain_limits domain[2] = { { "a.example", { 2, 1 }, 0 }, { "b.example", { 0, 0 }, 0 } };

	(void)state;
	p = sender_pace_new(&(struct pace_limits){ .relay = relay, .relays = 2, .domain = domain, .domains = 2, .room = 64 });
	p->domain[0].rate_milli = 0; /* as if the configuration said nothing */
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sender_pace_free(p);
	return 0;
}

static const struct {
	const char *name;
	int64_t count, lately, now; /* the count began at 10 s */
	int64_t says;
	int64_t want_count, want_lately, want_since;
} measured[] = {
	{ "under a second", 10, 77, 11 * S - 1, 10000, 11, 77, 10 * S },
	{ "a second", 10, 77, 11 * S, 10000, 1, 10000, 11 * S },
	{ "two and a half", 10, 77, 12 * S + S / 2, 4000, 1, 4000, 12 * S + S / 2 },
	{ "a second, less than before", 10, 20000, 11 * S, 20000, 1, 10000, 11 * S },
	{ "just under two seconds", 10, 20000, 12 * S - 1, 20000, 1, 5000, 12 * S - 1 },
	{ "two seconds", 10, 20000, 12 * S, 5000, 1, 5000, 12 * S },
	{ "a little less than before", 10, 7000, 11 * S + S / 2, 7000, 1, 6666, 11 * S + S / 2 },
	{ "a little more", 11, 7000, 11 * S + S / 2, 7333, 1, 7333, 11 * S + S / 2 },
	{ "none", 0, 0, 10 * S, 0, 1, 0, 10 * S },
};

static void
test_measure(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
		struct pace_relay *r = &p->relay[1];

		r->since_us = 10 * S;
		r->count = measured[i].count;
		r->lately = measured[i].lately;
		same_number(measured[i].name, "rate", pace_relay_lately(r, measured[i].now), measured[i].says);
		sender_pace_take(p, 1, -1, measured[i].now);
		same_number(measured[i].name, "count", r->count, measured[i].want_count);
		same_number(measured[i].name, "lately", r->lately, measured[i].want_lately);
		same_number(measured[i].name, "since", r->since_us, measured[i].want_since);
	}
	assert_int_equal(p->relay[0].count, 0);
	none_wrong();
}

/* Rates of the relay and its domain, of which a quarter of all messages are. */
static const struct {
	const char *name;
	int64_t lately, set;
	int64_t relay, relay_until, domain, domain_until;
} slowed[] = {
	{ "half of what left", 400000, 0, 200000, 800000, 50000, 200000 },
	{ "a rate set", 400000, 14000, 7000, 14000, 7000, 14000 },
	{ "a crawl", 1000, 0, 20000, 80000, 20000, 80000 },
	{ "the least that counts", 40000, 0, 20000, 80000, 20000, 80000 },
	{ "a little more", 42000, 0, 21000, 84000, 20000, 80000 },
	{ "a little more of the domain", 168000, 0, 84000, 336000, 21000, 84000 },
};

static void
test_slowed(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(slowed) / sizeof(slowed[0]); i++) {
		const char *name = slowed[i].name;

		setup(NULL);
		for (k = 0; k < 1000; k++)
			sender_pace_left(p, sender_pace_domain(p, k < 250 ? "x@b.example" : "x@c.example"));
		p->relay[1].since_us = 20 * S;
		p->relay[1].lately = slowed[i].lately;
		p->relay[1].rate_milli = p->domain[1].rate_milli = slowed[i].set;
		assert_false(p->slow_news);
		sender_pace_reply(p, 1, 1, "x@b.example", PACE_NONE, 20 * S);
		assert_false(p->slow_news);
		sender_pace_reply(p, 1, -1, "x@c.example", PACE_RELAY_SLOW, 20 * S);
		assert_true(p->slow_news);
		same_number(name, "relay's rate", sender_pace_relay_slowed(p, 1), slowed[i].relay);
		same_number(name, "relay's end", p->relay[1].slow.until, slowed[i].relay_until);
		p->slow_news = false;
		sender_pace_reply(p, 1, -1, "x@c.example", PACE_RELAY_SLOW, 20 * S); /* the same trouble */
		assert_false(p->slow_news);
		sender_pace_reply(p, 1, 1, "x@b.example", PACE_DOMAIN_SLOW, 20 * S);
		assert_true(p->slow_news);
		same_number(name, "domain's rate", sender_pace_domain_slowed(p, 1), slowed[i].domain);
		same_number(name, "domain's end", p->domain[1].slow.until, slowed[i].domain_until);
		p->slow_news = false;
		sender_pace_reply(p, 1, 1, "x@b.example", PACE_DOMAIN_SLOW, 20 * S);
		assert_false(p->slow_news);
		same_number(name, "domain without a reply", sender_pace_domain(p, "x@c.example"), -1);
		same_number(name, "another relay's rate", sender_pace_relay_slowed(p, 0), 0);
		sender_pace_free(p);
	}
	/* the domain is the one that was said, and of a relay that nobody knows nothing is known */
	setup(NULL);
	sender_pace_reply(p, 1, 0, "x@new.example", PACE_DOMAIN_SLOW, 20 * S);
	assert_int_equal(sender_pace_domain(p, "x@new.example"), -1);
	assert_int_equal(sender_pace_domain_slowed(p, 0), 20000);
	sender_pace_reply(p, 2, -1, "x@new.example", PACE_RELAY_SLOW, 20 * S);
	sender_pace_reply(p, 2, -1, "x@new.example", PACE_DOMAIN_SLOW, 20 * S);
	assert_int_equal(p->domain[sender_pace_domain(p, "x@new.example")].slow.until, 80000);
	assert_int_equal(sender_pace_relay_slowed(p, 2), 0);
	assert_int_equal(sender_pace_relay_slowed(p, -1), 0);
	none_wrong();
}

/* One message is counted by everything that holds it. */
static void
test_take(void **state)
{
	struct pace_relay *r = &p->relay[0];
	struct pace_domain *d = &p->domain[0];

	(void)state;
	r->slow = d->slow = (struct pace_slow){ .spread = { .count = 1000, .period_us = 1000 * S }, .until = 9000, .grow_us = 20 * S };
	r->day.limited = true;
	d->waiting = 2;
	sender_pace_take(p, 0, 0, 20 * S);
	assert_int_equal(r->slow.spread.count, 1200);
	assert_int_equal(r->slow.spread.next_us, 20 * S + 833333);
	assert_int_equal(r->day.total, 1);
	assert_int_equal(d->slow.spread.count, 1200);
	assert_int_equal(d->slow.spread.next_us, 20 * S + 833333);
	assert_int_equal(d->spread.next_us, 20 * S + S / 2);
	assert_int_equal(d->waiting, 1);
	sender_pace_take(p, -1, 0, 20 * S);
	assert_int_equal(d->waiting, 0);
	sender_pace_take(p, 2, 0, 20 * S);
	assert_int_equal(d->waiting, 0);
	assert_int_equal(r->day.total, 1);
}

/* Of a large rate 4096 departures of a relay are kept, and 1024 of a domain: with one more it is cut in two. */
static void
test_rings(void **state)
{
	static const struct pace_relay_limits relay[2] = { { .name = "a", .rate = { 4096, 1 } }, { .name = "b", .rate = { 4097, 1 } } };
	static const struct pace_domain_limits domain[2] = { { "a.example", { 1024, 1 }, 0 }, { "b.example", { 1025, 1 }, 0 } };

	(void)state;
	p = sender_pace_new(&(struct pace_limits){ .relay = relay, .relays = 2, .domain = domain, .domains = 2, .room = 64 });
	assert_int_equal(p->relay[0].spread.count, 4096);
	assert_int_equal(p->relay[1].spread.count, 2048);
	assert_int_equal(p->domain[0].spread.count, 1024);
	assert_int_equal(p->domain[1].spread.count, 512);
}

/* Whichever holds a relay for longest, and whichever lets the fewest go. */
static void
test_wait(void **state)
{
	struct pace_relay *r = &p->relay[1];
	const struct pace_slow slow = { .spread = { .count = 1000, .period_us = 1000 * S, .next_us = 30 * S } };

	(void)state;
	assert_int_equal(sender_pace_relay_wait_us(p, 1, 20 * S), 0);
	assert_true(sender_pace_relay_soon(p, 1, 20 * S, S) == SIZE_MAX);
	r->slow = slow;
	assert_int_equal(sender_pace_relay_wait_us(p, 1, 20 * S), 10 * S);
	assert_int_equal(sender_pace_relay_soon(p, 1, 20 * S, 12 * S), 3);
	r->spread = (struct pace_spread){ .count = 1, .period_us = 4 * S, .next_us = 25 * S };
	assert_int_equal(sender_pace_relay_wait_us(p, 1, 20 * S), 10 * S);
	assert_int_equal(sender_pace_relay_soon(p, 1, 20 * S, 12 * S), 2);
	r->spread.next_us = 31 * S;
	assert_int_equal(sender_pace_relay_wait_us(p, 1, 20 * S), 11 * S);
	r->day = (struct pace_day){ .limited = true, .reserved = 1, .limit = 1, .total = 1, .used = { 1 } };
	assert_int_equal(sender_pace_relay_wait_us(p, 1, 20 * S), (PACE_DAY + PACE_BUCKET + PACE_SLACK - 20) * S);
	assert_int_equal(sender_pace_relay_soon(p, 1, 20 * S, 12 * S), 0);
	assert_int_equal(sender_pace_relay_soon(p, 2, 20 * S, 12 * S), SIZE_MAX);
	assert_int_equal(sender_pace_relay_wait_us(p, 2, 20 * S), 0);
	sender_pace_settle(p);
	assert_int_equal(sender_pace_relay_wait_us(p, 0, 20 * S), 3600 * S);
	assert_int_equal(sender_pace_relay_soon(p, 0, 20 * S, 12 * S), 0);
}

static const struct {
	const char *name;
	int64_t wall, want; /* when the day's clock shows 110 s */
} clocks[] = {
	{ "as it is", 110, 110 * S },
	{ "a machine that slept", 500, 500 * S },
	{ "put back", 50, 110 * S },
};

static void
test_clock(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		p->day_base_us = 100 * S;
		p->mono_base_us = 7 * S;
		same_number(clocks[i].name, "clock before", pace_day_clock(p, 17 * S), 110 * S);
		pace_day_clock_sync(p, 17 * S, clocks[i].wall);
		same_number(clocks[i].name, "clock", pace_day_clock(p, 17 * S), clocks[i].want);
		same_number(clocks[i].name, "clock a second later", pace_day_clock(p, 18 * S), clocks[i].want + S);
	}
	none_wrong();
}

#define pace_state(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		pace_state(test_measure),
		cmocka_unit_test_setup_teardown(test_slowed, NULL, teardown),
		pace_state(test_take),
		cmocka_unit_test_setup_teardown(test_rings, NULL, teardown),
		pace_state(test_wait),
		pace_state(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
