/* test_sender_pace_rate_bounds.c - even spread and halved rates at their bounds, from states that are made and not lived through. */
#include "same_number.h"

#include <stdlib.h>
#include <string.h>

#include "../../daemon/sender_pace_private.h"

#define S SECOND_US
#define LONG_AGO (-(INT64_C(1) << 61))

static const struct {
	const char *name;
	struct pace_rate rate;
	int64_t ring, count, period_us, spacing, milli;
} inits[] = {
	{ "none", { 0, 1 }, 4096, 0, 0, 0, 0 },
	{ "less than none", { -1, 1 }, 4096, 0, 0, 0, 0 },
	{ "one a second", { 1, 1 }, 4096, 1, S, S, 1000 },
	{ "a whole ring", { 4096, 1 }, 4096, 4096, S, 245, 4096000 },
	{ "one more than a ring", { 4097, 1 }, 4096, 2048, S / 2, 245, 4097000 },
	{ "two rings", { 8192, 1 }, 4096, 4096, S / 2, 123, 8192000 },
	{ "one more than two", { 8193, 1 }, 4096, 2731, 333334, 123, 8193000 },
	{ "the most", { PACE_MOST, 1 }, 4096, 4095, 5, 1, INT64_C(1000) * PACE_MOST },
	{ "more than that", { PACE_MOST + INT64_C(1), 1 }, 4096, 4095, 5, 1, INT64_C(1000) * PACE_MOST },
	{ "in no time", { 1, 0 }, 4096, 1, S, S, 1000 },
	{ "in less", { 1, -5 }, 4096, 1, S, S, 1000 },
	{ "in a day", { 1, PACE_DAY }, 4096, 1, PACE_DAY *S, PACE_DAY *S, 1 },
	{ "in more", { 1, PACE_DAY + 1 }, 4096, 1, PACE_DAY *S, PACE_DAY *S, 1 },
	{ "one every 86.4 seconds", { 1000, PACE_DAY }, 4096, 1000, PACE_DAY *S, 86400000, 11 },
	{ "seven in three seconds", { 7, 3 }, 4096, 7, 3 * S, 428572, 2333 },
};

static void
test_spread_init(void **state)
{
	size_t i;
	int64_t k;

	(void)state;
	for (i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
		struct pace_spread s;

		pace_spread_init(&s, inits[i].rate, inits[i].ring);
		same_number(inits[i].name, "count", s.count, inits[i].count);
		same_number(inits[i].name, "period", s.period_us, inits[i].period_us);
		same_number(inits[i].name, "spacing", pace_spread_spacing(&s), inits[i].spacing);
		same_number(inits[i].name, "milli", pace_rate_milli(inits[i].rate), inits[i].milli);
		for (k = 0; k < s.count; k++)
			same_number(inits[i].name, "departure", s.when[k], LONG_AGO);
		pace_spread_release(&s);
		assert_null(s.when);
	}
	none_wrong();
}

/* Two in a second, or a hundred: when the next is due, when the oldest of them left, and what may leave within a time. Now is 20 s. */
static const struct {
	const char *name;
	int64_t count, next, oldest, within, wait;
	size_t soon;
} dues[] = {
	{ "no limit", 0, 30 * S, 0, 0, 0, SIZE_MAX },
	{ "due now", 2, 20 * S, 0, 0, 0, 1 },
	{ "just before the second", 2, 20 * S, 0, 499999, 0, 1 },
	{ "the second too", 2, 20 * S, 0, 500000, 0, 2 },
	{ "not yet", 2, 20 * S + 10, 0, 9, 10, 0 },
	{ "just so", 2, 20 * S + 10, 0, 10, 10, 1 },
	{ "the oldest is in the second", 2, 20 * S, 19 * S + 10, 9, 10, 0 },
	{ "and leaves it", 2, 20 * S, 19 * S + 10, 10, 10, 1 },
	{ "it has left it", 2, 20 * S, 19 * S, 0, 0, 1 },
	{ "late, and made up for", 100, 20 * S - PACE_GRACE_US, 0, 0, 0, 6 },
	{ "too late for that", 100, 20 * S - PACE_GRACE_US - 1, 0, 0, 0, 1 },
	{ "too late, and some time", 100, 10 * S, 0, 20000, 0, 3 },
};

static void
test_spread_due(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(dues) / sizeof(dues[0]); i++) {
		int64_t when[2] = { LONG_AGO, dues[i].oldest };
		struct pace_spread s = { .count = dues[i].count, .period_us = S, .next_us = dues[i].next, .when = when, .at = 1 };

		same_number(dues[i].name, "wait", pace_spread_wait(&s, 20 * S), dues[i].wait);
		same_number(dues[i].name, "soon", pace_spread_soon(&s, 20 * S, dues[i].within), dues[i].soon);
	}
	none_wrong();
}

/* Three in a second: what one departure leaves behind. */
static const struct {
	const char *name;
	int64_t next, rest, at, now;
	int64_t want_next, want_rest, want_at;
} takes[] = {
	{ "in time", 20 * S, 0, 0, 20 * S, 20 * S + 333333, 1, 1 },
	{ "the second third", 20 * S, 1, 1, 20 * S, 20 * S + 333333, 2, 2 },
	{ "the last third", 20 * S, 2, 2, 20 * S, 20 * S + 333334, 0, 0 },
	{ "late", 20 * S, 1, 0, 20 * S + PACE_GRACE_US, 20 * S + 333333, 2, 1 },
	{ "too late", 20 * S, 1, 0, 20 * S + PACE_GRACE_US + 1, 20 * S + PACE_GRACE_US + 1 + 333333, 1, 1 },
};

static void
test_spread_take(void **state)
{
	struct pace_spread none = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
		int64_t when[3] = { 1, 1, 1 };
		struct pace_spread s = {
			.count = 3, .period_us = S, .next_us = takes[i].next, .rest = takes[i].rest, .when = when, .at = takes[i].at
		};

		pace_spread_take(&s, takes[i].now);
		same_number(takes[i].name, "next", s.next_us, takes[i].want_next);
		same_number(takes[i].name, "rest", s.rest, takes[i].want_rest);
		same_number(takes[i].name, "place", s.at, takes[i].want_at);
		same_number(takes[i].name, "departure", when[takes[i].at], takes[i].now);
		s.when = NULL; /* without a ring */
		s.at = 0;
		pace_spread_take(&s, takes[i].now);
		same_number(takes[i].name, "place without a ring", s.at, 0);
	}
	pace_spread_take(&none, 5 * S);
	assert_int_equal(none.next_us, 0);
	none_wrong();
}

static const struct {
	const char *name;
	int64_t base, rate, deaf_us;
} halved[] = {
	{ "fast", 100000, 50000, S },
	{ "odd", 100001, 50000, S },
	{ "two seconds' worth", 2000, 1000, 2 * S },
	{ "a little less than a second", 5000, 2500, S },
	{ "a little more than a second", 3998, 1999, 1000502 },
	{ "twice the slowest", 34, 17, 60 * S },
	{ "the slowest", 33, 17, 60 * S },
	{ "nothing", 0, 17, 60 * S },
	{ "just over a minute", 66, 33, 60 * S },
	{ "just under it", 68, 34, 58823530 },
};

static void
test_slow_down(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(halved) / sizeof(halved[0]); i++) {
		const char *name = halved[i].name;
		struct pace_slow s = { .spread.rest = 5, .changed = 7 };

		assert_true(pace_slow_down(&s, halved[i].base, 123456, 20 * S));
		same_number(name, "rate", s.spread.count, halved[i].rate);
		same_number(name, "period", s.spread.period_us, 1000 * S);
		same_number(name, "rest", s.spread.rest, 0);
		same_number(name, "next", s.spread.next_us, 20 * S + (1000 * S + halved[i].rate - 1) / halved[i].rate);
		same_number(name, "end", s.until, 123456);
		same_number(name, "growth", s.grow_us, 35 * S);
		same_number(name, "deaf", s.deaf_us, 20 * S + halved[i].deaf_us);
		same_number(name, "changes", s.changed, 8);
		s.grow_us = INT64_MAX;
		assert_false(pace_slow_down(&s, 1000000, 1, s.deaf_us - 1));
		same_number(name, "rate, of the same trouble", s.spread.count, halved[i].rate);
		assert_true(pace_slow_down(&s, 1000000, 1, s.deaf_us));
		same_number(name, "rate of half", s.spread.count, halved[i].rate > 34 ? halved[i].rate / 2 : 17);
		same_number(name, "end as before", s.until, 123456);
	}
	none_wrong();
}

/* What has grown by now is halved. */
static void
test_slow_down_grown(void **state)
{
	struct pace_slow s = { .spread.count = 1000, .until = 9000, .grow_us = 20 * S };

	(void)state;
	assert_true(pace_slow_down(&s, 5, 5, 20 * S));
	assert_int_equal(s.spread.count, 600);
	s = (struct pace_slow){ .spread.count = 1000, .until = 1200, .grow_us = 20 * S };
	assert_true(pace_slow_down(&s, 800, 8000, 20 * S)); /* it was free again */
	assert_int_equal(s.spread.count, 400);
	assert_int_equal(s.until, 8000);
}

static const struct {
	const char *name;
	int64_t rate, until, now, want, grow_us;
	uint32_t changed;
} grown[] = {
	{ "not slowed", 0, 5, 90 * S, 0, 20 * S, 0 },
	{ "not yet", 1000, 9000, 20 * S - 1, 1000, 20 * S, 0 },
	{ "once", 1000, 9000, 20 * S, 1200, 35 * S, 1 },
	{ "still once", 1000, 9000, 35 * S - 1, 1200, 35 * S, 1 },
	{ "twice", 1000, 9000, 35 * S, 1440, 50 * S, 1 },
	{ "to its end", 1000, 1440, 35 * S, 0, 50 * S, 1 },
	{ "to just before it", 1000, 1441, 35 * S, 1440, 50 * S, 1 },
	{ "and no longer", 1000, 1200, 500 * S, 0, 35 * S, 1 },
	{ "one at least", 4, 9000, 20 * S, 5, 35 * S, 1 },
	{ "a fifth", 5, 9000, 20 * S, 6, 35 * S, 1 },
};

static void
test_slow_grow(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(grown) / sizeof(grown[0]); i++) {
		struct pace_slow s = { .spread.count = grown[i].rate, .spread.rest = 3, .until = grown[i].until, .grow_us = 20 * S };

		pace_slow_grow(&s, grown[i].now);
		same_number(grown[i].name, "rate", s.spread.count, grown[i].want);
		same_number(grown[i].name, "growth", s.grow_us, grown[i].grow_us);
		same_number(grown[i].name, "changes", s.changed, grown[i].changed);
		same_number(grown[i].name, "rest", s.spread.rest, grown[i].changed ? 0 : 3);
	}
	none_wrong();
}

static void
test_slow_set(void **state)
{
	struct pace_slow s = { 0 };

	(void)state;
	pace_slow_set(&s, 1000, 9000, 20 * S, 34 * S);
	assert_int_equal(s.spread.count, 1000);
	assert_int_equal(s.spread.period_us, 1000 * S);
	assert_int_equal(s.until, 9000);
	assert_int_equal(s.grow_us, 35 * S);
	assert_int_equal(s.spread.next_us, 35 * S);
	s = (struct pace_slow){ 0 };
	pace_slow_set(&s, 1000, 9000, 20 * S, 35 * S); /* it has grown since */
	assert_int_equal(s.spread.count, 1200);
	assert_int_equal(s.spread.next_us, 35 * S + 833334);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread_init),
		cmocka_unit_test(test_spread_due),
		cmocka_unit_test(test_spread_take),
		cmocka_unit_test(test_slow_down),
		cmocka_unit_test(test_slow_down_grown),
		cmocka_unit_test(test_slow_grow),
		cmocka_unit_test(test_slow_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
