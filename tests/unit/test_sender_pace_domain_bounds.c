/* test_sender_pace_domain_bounds.c - the table of domains at its bounds: names, places, shares, and when a message goes back. */
#include "same_number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/sender_pace_private.h"

#define S SECOND_US
#define HOURS_4 (INT64_C(4) * 3600 * S)

static struct sender_pace *p;

static int
setup(void **state)
{
	static const struct pace_domain_limits domain[] = {
		{ "none.example", { 0, 0 }, 0 },
		{ "a.example", { 10, 1 }, 1 },
		{ "b.example", { 0, 0 }, 99 },
		{ "c.example", { 0, 0 }, 100 },
		{ "d.example", { 0, 0 }, 101 },
		{ "e.example", { 0, 0 }, -1 },
		{ "A.example", { 5, 1 }, 50 }, /* said twice: the first */
	};

	(void)state;
	p = sender_pace_new(&(struct pace_limits){ .domain = domain, .domains = sizeof(domain) / sizeof(domain[0]), .room = 64 });
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sender_pace_free(p);
	return 0;
}

static void
test_init(void **state)
{
	static const int shares[] = { 0, 1, 99, 0, 0, 0 };
	struct sender_pace *empty = sender_pace_new(&(struct pace_limits){ .room = 1 });
	int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		same_number("set", "place", p->domain[i].set, true);
		same_number("set", "share", p->domain[i].share, shares[i]);
		same_number("set", "rate", p->domain[i].rate_milli, i == 1 ? 10000 : 0);
	}
	assert_false(p->domain[6].set);
	assert_int_equal(p->free, 6);
	for (i = 0; i < PACE_CHAINS; i++)
		same_number("empty", "chain", empty->chain[i], -1);
	for (i = 0; i < PACE_DOMAINS; i++)
		same_number("empty", "next free", empty->domain[i].next, i + 1 < PACE_DOMAINS ? i + 1 : -1);
	assert_int_equal(empty->free, 0);
	sender_pace_free(empty);
	none_wrong();
}

/* More domains in the configuration than places: the first have theirs. */
static void
test_init_full(void **state)
{
	static struct pace_domain_limits domain[PACE_DOMAINS + 2];
	static char names[PACE_DOMAINS + 2][16];
	size_t i, k, in_chains = 0;
	struct sender_pace *full;
	int16_t n;

	(void)state;
	for (i = 0; i < PACE_DOMAINS + 2; i++) {
		snprintf(names[i], sizeof(names[i]), "d%zu", i);
		domain[i] = (struct pace_domain_limits){ names[i], { 1, 1 }, 0 };
	}
	full = sender_pace_new(&(struct pace_limits){ .domain = domain, .domains = PACE_DOMAINS + 2 });
	for (i = 0; i < PACE_DOMAINS + 2; i++)
		same_number(names[i], "place", pace_domain_make(full, names[i]), i < PACE_DOMAINS ? (int)i : -1);
	assert_int_equal(full->free, -1);
	/* every other one goes, from wherever it is in its chain; the rest are found */
	for (i = 0; i < PACE_DOMAINS; i += 2) {
		full->domain[i].set = false;
		pace_spread_release(&full->domain[i].spread);
		pace_domain_unmake(full, (int)i);
	}
	for (i = 0; i < PACE_DOMAINS; i++)
		same_number(names[i], "place then", sender_pace_domain(full, names[i]), i % 2 ? (int)i : -1);
	for (k = 0; k < PACE_CHAINS; k++)
		for (n = full->chain[k]; n != -1; n = full->domain[n].next)
			in_chains++;
	assert_int_equal(in_chains, PACE_DOMAINS / 2);
	for (i = 0; i < PACE_DOMAINS / 2; i++) {
		snprintf(names[i], sizeof(names[i]), "e%zu", i);
		assert_in_range(pace_domain_make(full, names[i]), 0, PACE_DOMAINS - 1);
	}
	assert_int_equal(pace_domain_make(full, "another"), -1);
	sender_pace_free(full);
	none_wrong();
}

/* Two names, and whether they are one. */
static const struct {
	const char *a, *b;
	bool same;
} names[] = {
	{ "x.example", "X.EXAMPLE", true },
	{ "azAZ", "AZaz", true },
	{ "[x", "{x", false },
	{ "@x", "`x", false },
	{ "x", "xy", false },
	{ "xy", "x", false },
	{ "ab", "aB", true },
};

static void
test_names(void **state)
{
	char name[PACE_NAME + 1];
	size_t i;
	int d;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		d = pace_domain_make(p, names[i].a);
		same_number(names[i].a, "place", d, 6);
		same_number(names[i].a, names[i].b, pace_domain_make(p, names[i].b) == d, names[i].same);
		pace_domain_unmake(p, d);
		if (!names[i].same)
			pace_domain_unmake(p, 7);
		assert_int_equal(p->free, names[i].same ? 6 : 7);
		p->free = 6;
		p->domain[6].next = 7;
		p->domain[7].next = 8;
	}
	memset(name, 'x', sizeof(name));
	name[PACE_NAME] = '\0';
	assert_int_equal(pace_domain_make(p, name), -1);
	name[PACE_NAME - 1] = '\0';
	assert_int_equal(pace_domain_make(p, name), 6);
	assert_string_equal(p->domain[6].name, name);
	assert_int_equal(pace_domain_make(p, "ZAza"), 7);
	assert_string_equal(p->domain[7].name, "zaza");
	assert_int_equal(pace_domain_make(p, ""), -1);
	assert_string_equal(pace_domain_of("a@b@c"), "c");
	assert_string_equal(pace_domain_of("c"), "c");
	none_wrong();
}

/* What keeps a domain's place. */
static const struct {
	const char *name;
	struct pace_domain state;
	bool kept;
} keeps[] = {
	{ "nothing", { .set = false }, false },
	{ "the configuration", { .set = true }, true },
	{ "a message", { .held = 1 }, true },
	{ "a slowed rate", { .slow.spread.count = 1 }, true },
	{ "what is not written yet", { .slow.changed = 2, .slow.saved = 1 }, true },
	{ "what is", { .slow.changed = 2, .slow.saved = 2 }, false },
};

static void
test_unmake(void **state)
{
	size_t i;
	int d;

	(void)state;
	for (i = 0; i < sizeof(keeps) / sizeof(keeps[0]); i++) {
		d = pace_domain_make(p, "y.example");
		p->domain[d].set = keeps[i].state.set;
		p->domain[d].held = keeps[i].state.held;
		p->domain[d].slow = keeps[i].state.slow;
		pace_domain_unmake(p, d);
		same_number(keeps[i].name, "place", sender_pace_domain(p, "x@y.example"), keeps[i].kept ? d : -1);
		p->domain[d].set = false;
		p->domain[d].held = 0;
		p->domain[d].slow = (struct pace_slow){ 0 };
		if (keeps[i].kept)
			pace_domain_unmake(p, d);
		assert_int_equal(p->free, d);
		assert_string_equal(p->domain[d].name, "");
	}
	none_wrong();
}

static const struct {
	const char *name;
	size_t held, waiting, want_held, want_waiting;
} leaves[] = {
	{ "one that was sent", 3, 1, 2, 1 },
	{ "one of those that wait", 3, 3, 2, 2 },
	{ "the last", 1, 1, 0, 0 },
	{ "once too often", 0, 0, 0, 0 },
};

static void
test_left(void **state)
{
	size_t i;
	int d;

	(void)state;
	for (i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		p->domain[0].held = leaves[i].held;
		p->domain[0].waiting = leaves[i].waiting;
		sender_pace_left(p, 0);
		same_number(leaves[i].name, "held", p->domain[0].held, leaves[i].want_held);
		same_number(leaves[i].name, "waiting", p->domain[0].waiting, leaves[i].want_waiting);
	}
	/* the place goes with the last one, not before */
	d = pace_domain_make(p, "y.example");
	p->domain[d].held = 2;
	sender_pace_left(p, d);
	assert_string_equal(p->domain[d].name, "y.example");
	sender_pace_left(p, d);
	assert_string_equal(p->domain[d].name, "");
	none_wrong();
}

/* So many messages, the first of them to one domain: how many in a thousand of the last ones that is. */
static const struct {
	size_t all, first;
	int64_t want;
} parts[] = {
	{ 0, 0, 0 },
	{ 100, 25, 250 },
	{ 1023, 1023, 1000 },
	{ 1024, 1024, 1000 },
	{ 1025, 1024, 999 },
	{ 1536, 1536, 1000 },
	{ 2047, 1024, 500 },
	{ 2048, 1024, 0 },
	{ 2048, 1025, 0 },
	{ 2048, 1536, 500 },
	{ 2048, 2048, 1000 },
	{ 3072, 3072, 1000 },
	{ 3073, 2048, 0 },
};

static void
test_part(void **state)
{
	char name[32];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		teardown(NULL);
		setup(NULL);
		for (k = 0; k < parts[i].all; k++)
			sender_pace_left(p, sender_pace_domain(p, k < parts[i].first ? "x@x.example" : "x@other.example"));
		snprintf(name, sizeof(name), "%zu of %zu", parts[i].first, parts[i].all);
		same_number(name, "part", pace_domain_part(p, "y@X.example"), parts[i].want);
	}
	p->asked += 2048; /* long after, with nothing left of what it had */
	p->asked -= p->asked % 1024;
	for (k = 0; k < 42; k++)
		sender_pace_domain(p, "x@x.example");
	assert_int_equal(pace_domain_part(p, "x@x.example"), 39);
	none_wrong();
}

/* 64 slots, and it is 100 s. */
static const struct {
	const char *name;
	size_t room;
	int64_t rate, slow; /* messages a second; in 1000 s */
	int share;
	size_t held, waiting;
	int64_t due, parked; /* us from now */
	bool back;
	int64_t next, want_parked; /* s and us from now */
} parks[] = {
	{ "nothing", 64, 0, 0, 0, 60, 60, 0, 0, false, 0, 0 },
	{ "its turn", 64, 10, 0, 0, 1, 1, 0, 0, false, 0, 0 },
	{ "a quarter of all slots", 64, 10, 0, 0, 16, 16, 0, 0, false, 0, 0 },
	{ "one more", 64, 10, 0, 0, 17, 17, 0, 0, true, 2, 1700000 },
	{ "a quarter of a hundred", 100, 20, 0, 0, 25, 25, 0, 0, false, 0, 0 },
	{ "one more than that", 100, 20, 0, 0, 26, 26, 0, 0, true, 2, 1300000 },
	{ "many, but none of them waits", 64, 10, 0, 0, 40, 1, 0, 0, false, 0, 0 },
	{ "two seconds", 64, 1, 0, 0, 3, 3, 0, 0, false, 0, 0 },
	{ "two seconds, and a little", 64, 1, 0, 0, 3, 3, 1, 0, true, 3, 3000001 },
	{ "its own turn in two seconds", 64, 1, 0, 0, 1, 1, 2 * S, 0, false, 0, 0 },
	{ "and a little", 64, 1, 0, 0, 1, 1, 2 * S + 1, 0, true, 3, 3000001 },
	{ "slowed to one in two seconds", 64, 10, 500, 0, 2, 2, 0, 0, false, 0, 0 },
	{ "and one more", 64, 10, 500, 0, 3, 3, 0, 0, true, 4, 6000000 },
	{ "slowed, but not by more than it was", 64, 1, 5000, 0, 3, 3, 0, 0, false, 0, 0 },
	{ "its share", 64, 0, 0, 50, 32, 1, 0, 0, false, 0, 0 },
	{ "more than its share", 64, 0, 0, 50, 33, 1, 0, 0, true, 1, S + 31250 },
	{ "more, and none waits", 64, 0, 0, 50, 33, 0, 0, 0, true, 1, S + 31250 },
	{ "one slot at least", 1, 0, 0, 50, 1, 1, 0, 0, false, 0, 0 },
	{ "and no more", 1, 0, 0, 50, 2, 1, 0, 0, true, 1, 2 * S },
	{ "a fifth", 64, 0, 0, 20, 12, 1, 0, 0, false, 0, 0 },
	{ "over a fifth", 64, 0, 0, 20, 13, 1, 0, 0, true, 1, S + 83333 },
	{ "shares are not looked at", 0, 0, 0, 50, 500, 1, 0, 0, false, 0, 0 },
	{ "behind those that were sent back before", 64, 0, 0, 50, 33, 1, 0, 5 * S, true, 5, 5 * S + 31250 },
	{ "a microsecond more", 64, 0, 0, 50, 33, 1, 0, 5 * S + 1, true, 6, 5 * S + 31251 },
	{ "four hours", 64, 0, 0, 50, 33, 1, 0, HOURS_4, true, 14400, HOURS_4 + 31250 },
	{ "and no longer", 64, 0, 0, 50, 33, 1, 0, HOURS_4 + S, true, 14400, HOURS_4 + 31250 },
};

static void
test_park(void **state)
{
	const int64_t now = 100 * S;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(parks) / sizeof(parks[0]); i++) {
		const char *name = parks[i].name;
		struct pace_domain *d = &p->domain[0];
		int64_t next = 1000;

		p->room = parks[i].room;
		d->spread = (struct pace_spread){ .count = parks[i].rate, .period_us = S, .next_us = now + parks[i].due };
		d->slow.spread = (struct pace_spread){ .count = parks[i].slow, .period_us = 1000 * S };
		d->share = parks[i].share;
		d->held = parks[i].held;
		d->waiting = parks[i].waiting;
		d->parked_us = now + parks[i].parked;
		same_number(name, "answer", sender_pace_park(p, 0, now, 1000, &next), parks[i].back);
		same_number(name, "next", next - 1000, parks[i].next);
		same_number(name, "next one's", d->parked_us - now, parks[i].back ? parks[i].want_parked : parks[i].parked);
		same_number(name, "held", d->held, parks[i].held);
		same_number(name, "waiting", d->waiting, parks[i].back && parks[i].waiting ? parks[i].waiting - 1 : parks[i].waiting);
	}
	none_wrong();
}

static void
test_wait(void **state)
{
	struct pace_domain *d = &p->domain[0];

	(void)state;
	d->spread = (struct pace_spread){ .count = 1, .period_us = S, .next_us = 25 * S };
	assert_int_equal(sender_pace_domain_wait_us(p, 0, 20 * S), 5 * S);
	d->slow.spread = (struct pace_spread){ .count = 1, .period_us = S, .next_us = 23 * S };
	assert_int_equal(sender_pace_domain_wait_us(p, 0, 20 * S), 5 * S);
	d->slow.spread.next_us = 28 * S;
	assert_int_equal(sender_pace_domain_wait_us(p, 0, 20 * S), 8 * S);
	assert_int_equal(sender_pace_domain_wait_us(p, -1, 20 * S), 0);
	assert_int_equal(sender_pace_domain_slowed(p, -1), 0);
	assert_int_equal(sender_pace_domain_slowed(p, 0), 1);
}

#define pace_state(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		pace_state(test_init),
		cmocka_unit_test(test_init_full),
		pace_state(test_names),
		pace_state(test_unmake),
		pace_state(test_left),
		pace_state(test_part),
		pace_state(test_park),
		pace_state(test_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
