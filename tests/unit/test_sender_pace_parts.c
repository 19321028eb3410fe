/* test_sender_pace_parts.c - each part of the pace at its bounds, from states that are made and not lived through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/sender_pace_private.h"

#define S SECOND_US
#define BUCKET_US (PACE_BUCKET * S)
#define LONG_AGO (-(INT64_C(1) << 61))

static bool bad; /* the table's rest is tried too */

#define same_number(name, what, got, want) is_same((name), (what), (int64_t)(got), (int64_t)(want))

static void
is_same(const char *name, const char *what, int64_t got, int64_t want)
{
	if (got != want)
		print_error("%s: %s is %lld, not %lld\n", name, what, (long long)got, (long long)want);
	bad |= got != want;
}

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
	assert_false(bad);
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
	assert_false(bad);
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
	assert_false(bad);
}

static const struct {
	const char *name;
	int64_t base, rate, deaf_us;
} halved[] = {
	{ "fast", 100000, 50000, S },
	{ "odd", 100001, 50000, S },
	{ "two seconds' worth", 2000, 1000, 2 * S },
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
	assert_false(bad);
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
	assert_false(bad);
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

static const struct {
	const char *name;
	struct pace_relay_limits limits;
	bool limited;
	struct pace_ramp ramp;
	int64_t limit;
} days[] = {
	{ "none", { .name = "" }, false, { 0 }, 0 },
	{ "a day's", { .per_day = 1 }, true, { .per_day = 1 }, 1 },
	{ "warm-up", { .warmup_start = 1 }, true, { .start = 1 }, 1 },
	{ "a rate", { .rate = { 1, 1 } }, true, { 0 }, 0 },
	{ "no rate", { .rate = { -1, 1 } }, false, { 0 }, 0 },
	{ "warm-up to a limit", { .per_day = 9, .warmup_start = 2, .warmup_growth = 3, .warmup_days = 4 }, true, { 9, 2, 3, 4, 0 }, 2 },
	{ "less than none", { .per_day = -1, .warmup_start = -1, .warmup_growth = -1, .warmup_days = -1 }, false, { 0 }, 0 },
	{ "the most", { .per_day = PACE_MOST, .warmup_start = PACE_MOST - 1 }, true, { .per_day = PACE_MOST, .start = PACE_MOST - 1 }, PACE_MOST - 1 },
	{ "more", { .per_day = PACE_MOST + INT64_C(1), .warmup_growth = INT64_MAX }, true, { .per_day = PACE_MOST, .growth = PACE_MOST }, PACE_MOST },
};

static void
test_day_init(void **state)
{
	struct pace_day d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		memset(&d, 1, sizeof(d));
		pace_day_init(&d, &days[i].limits);
		same_number(days[i].name, "limited", d.limited, days[i].limited);
		same_number(days[i].name, "per_day", d.ramp.per_day, days[i].ramp.per_day);
		same_number(days[i].name, "start", d.ramp.start, days[i].ramp.start);
		same_number(days[i].name, "growth", d.ramp.growth, days[i].ramp.growth);
		same_number(days[i].name, "days", d.ramp.days, days[i].ramp.days);
		same_number(days[i].name, "limit", d.limit, days[i].limit);
		same_number(days[i].name, "reserved", d.reserved, -1);
		same_number(days[i].name, "total", d.total, 0);
	}
	assert_false(bad);
}

/* Rows of earlier times, read when it is 1000 days and a second: the bucket that runs is number NOW. */
#define DAY_US ((INT64_C(1000) * PACE_DAY + 1) * S)
#define NOW (INT64_C(1000) * PACE_DAY / PACE_BUCKET)
#define DAY_BUCKETS (PACE_DAY / PACE_BUCKET)

static const struct {
	const char *name;
	int64_t bucket, used, day_us, want_bucket, want;
} rows[] = {
	{ "now", NOW, 5, DAY_US, NOW, 5 },
	{ "one", NOW, 1, DAY_US, NOW, 1 },
	{ "none", NOW, 0, DAY_US, NOW, 0 },
	{ "of the future", NOW + 1, 5, DAY_US, NOW, 5 },
	{ "far ahead", INT64_MAX / PACE_BUCKET, 5, DAY_US, NOW, 5 },
	{ "a second before it is forgotten", NOW - DAY_BUCKETS - 1, 5, DAY_US, NOW - DAY_BUCKETS - 1, 5 },
	{ "just before", NOW - DAY_BUCKETS - 1, 5, DAY_US + S - 1, NOW - DAY_BUCKETS - 1, 5 },
	{ "forgotten", NOW - DAY_BUCKETS - 1, 5, DAY_US + S, NOW, 0 },
	{ "the first there is", 0, 5, 0, 0, 5 },
	{ "before it", -1, 5, 0, 0, 0 },
	{ "the most", NOW, PACE_MOST, DAY_US, NOW, PACE_MOST },
	{ "more", NOW, PACE_MOST + INT64_C(1), DAY_US, NOW, PACE_MOST },
};

static void
test_day_add(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pace_day d = { .limited = true, .limit = 100 };

		pace_day_add(&d, rows[i].bucket < 0 ? -1 : rows[i].bucket * PACE_BUCKET, rows[i].used, rows[i].day_us);
		same_number(rows[i].name, "total", d.total, rows[i].want);
		same_number(rows[i].name, "used", d.used[rows[i].want_bucket % PACE_BUCKETS], rows[i].want);
		if (rows[i].want)
			same_number(rows[i].name, "oldest", d.oldest, rows[i].want_bucket);
		d.bucket = rows[i].want_bucket;
		pace_day_take(&d);
		same_number(rows[i].name, "total with one more", d.total, rows[i].want + 1);
	}
	assert_false(bad);
}

/* Three buckets of a day, the first at midnight; `at` is after that. */
static void
test_day_roll(void **state)
{
	struct pace_day d = { .limited = true, .limit = 100, .reserved = -1, .ramp = { .per_day = 100, .start = 10, .first = 1000 * PACE_DAY } };
	struct pace_day other = { .limited = false };
	int64_t end = (INT64_C(1001) * PACE_DAY + PACE_BUCKET + PACE_SLACK) * S;

	(void)state;
	pace_day_add(&d, 1000 * PACE_DAY, 5, DAY_US);
	pace_day_add(&d, 1000 * PACE_DAY + 2 * PACE_BUCKET, 7, DAY_US + 2 * BUCKET_US);
	pace_day_add(&d, 1000 * PACE_DAY + 3 * PACE_BUCKET, 9, DAY_US + 3 * BUCKET_US);
	pace_day_roll(&d, DAY_US + 3 * BUCKET_US);
	assert_int_equal(d.bucket, NOW + 3);
	assert_int_equal(d.unsettled, 0); /* it had no row */
	assert_int_equal(d.limit, 10);
	d.reserved = 0;
	pace_day_roll(&d, DAY_US + 3 * BUCKET_US + S); /* the same */
	assert_int_equal(d.reserved, 0);
	pace_day_roll(&d, DAY_US + 4 * BUCKET_US);
	assert_int_equal(d.unsettled, NOW + 3);
	assert_int_equal(d.reserved, -1);
	pace_day_roll(&d, end - 1);
	assert_int_equal(d.total, 21);
	assert_int_equal(d.limit, 20); /* its second day */
	pace_day_roll(&d, end);
	assert_int_equal(d.total, 16);
	assert_int_equal(d.oldest, NOW + 2);
	assert_int_equal(d.used[NOW % PACE_BUCKETS], 0);
	pace_day_roll(&d, end + 2 * BUCKET_US);
	assert_int_equal(d.total, 9);
	pace_day_roll(&d, end + 3 * BUCKET_US);
	assert_int_equal(d.total, 0);
	pace_day_take(&d);
	assert_int_equal(d.oldest, d.bucket);
	assert_int_equal(d.total, 1);
	pace_day_take(&other);
	assert_int_equal(other.total, 0);
}

/* Of this bucket `used`, of one an hour ago the rest of `total`. */
static const struct {
	const char *name;
	bool limited;
	int64_t limit, reserved, used, total, ago; /* buckets */
	int64_t later;                             /* us after the second second of this bucket */
	int64_t wait;
	bool wants;
	size_t soon; /* within a second */
} waits[] = {
	{ "no limit", false, 0, -1, 0, 0, 0, 0, 0, false, SIZE_MAX },
	{ "no row yet", true, 100, -1, 0, 0, 0, 0, 10000, true, 100 },
	{ "another bucket", true, 100, 50, 0, 0, 0, BUCKET_US, 10000, true, 100 },
	{ "the last of this one", true, 100, 50, 0, 0, 0, BUCKET_US - S - 1, 0, false, 100 },
	{ "none reserved", true, 100, 0, 0, 0, 0, 0, 10000, true, 100 },
	{ "a rate only", true, 0, 0, 5, 5, 0, 0, 0, false, SIZE_MAX },
	{ "one left", true, 100, 50, 49, 49, 0, 0, 0, false, 51 },
	{ "none left", true, 100, 50, 50, 50, 0, 0, 10000, true, 50 },
	{ "the last of the day", true, 100, 50, 50, 99, 12, 0, 10000, true, 1 },
	{ "none of the day", true, 100, 50, 50, 100, 12, 0, (PACE_DAY + 300 + 2 - 3600 - 1) * S, false, 0 },
	{ "more than the day's", true, 100, 50, 50, 120, 12, 0, (PACE_DAY + 300 + 2 - 3600 - 1) * S, false, 0 },
	{ "forgotten in a second and 1 us", true, 100, 10, 10, 100, DAY_BUCKETS + 1, -1, S + 1, false, 0 },
	{ "forgotten in a second", true, 100, 10, 10, 100, DAY_BUCKETS + 1, 0, S, false, 90 },
	{ "in 10001 us", true, 100, 10, 10, 100, DAY_BUCKETS + 1, S - 10001, 10001, false, 90 },
	{ "in 9999 us", true, 100, 10, 10, 100, DAY_BUCKETS + 1, S - 9999, 10000, false, 90 },
	{ "in a microsecond", true, 100, 10, 10, 100, DAY_BUCKETS + 1, S - 1, 10000, false, 90 },
	{ "forgotten now", true, 100, 10, 10, 100, DAY_BUCKETS + 1, S, 10000, true, 90 },
	{ "but that is not enough", true, 100, 10, 10, 200, DAY_BUCKETS + 1, 0, S, false, 90 },
	{ "nor that", true, 10, 10, 10, 25, DAY_BUCKETS + 1, 0, S, false, 0 },
};

static void
test_day_wait(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		struct pace_day d = { .limited = waits[i].limited, .limit = waits[i].limit, .reserved = waits[i].reserved, .bucket = NOW };
		int64_t day_us = DAY_US + waits[i].later;

		d.used[NOW % PACE_BUCKETS] = waits[i].used;
		d.used[(NOW - waits[i].ago) % PACE_BUCKETS] += waits[i].total - waits[i].used;
		d.total = waits[i].total;
		d.oldest = NOW - waits[i].ago;
		same_number(waits[i].name, "wait", pace_day_wait(&d, day_us), waits[i].wait);
		same_number(waits[i].name, "wants", pace_day_wants_save(&d, day_us), waits[i].wants);
		same_number(waits[i].name, "soon", pace_day_soon(&d, day_us, S), waits[i].soon);
	}
	assert_false(bad);
}

static const struct {
	const char *name;
	int64_t limit, used, total, reserved, lately;
	bool settled;
	int64_t want;
} targets[] = {
	{ "settled, no row", 6400, 5, 5, -1, 0, true, -1 },
	{ "settled, a row of none", 6400, 0, 0, 0, 0, true, 0 },
	{ "settled", 6400, 5, 5, 90, 0, true, 5 },
	{ "a rate only", 0, 5, 5, -1, 0, false, 5 },
	{ "a rate only, none of it reserved", 0, 5, 5, 0, 0, false, 0 },
	{ "a rate only, a row", 0, 5, 5, 9, 0, false, 9 },
	{ "the first", 6400, 0, 0, -1, 0, false, 16 },
	{ "just under two a second", 6400, 0, 0, -1, 1999, false, 18 },
	{ "two a second", 6400, 0, 0, -1, 2000, false, 20 },
	{ "no more than a 32nd", 320, 0, 0, -1, 0, false, 11 },
	{ "of a large limit", 6400, 0, 0, -1, 9000000, false, 201 },
	{ "over half of it is left", 6400, 91, 91, 100, 0, false, 100 },
	{ "half of it is left", 6400, 92, 92, 100, 0, false, 108 },
	{ "five of the day", 6400, 95, 6395, 100, 0, false, 100 },
	{ "six of the day", 6400, 95, 6394, 100, 0, false, 101 },
	{ "one of the day", 6400, 100, 6399, 100, 0, false, 101 },
	{ "none of the day", 6400, 100, 6400, 100, 0, false, 100 },
	{ "less than none", 6400, 100, 7000, 100, 0, false, 100 },
	{ "less than none, no row", 6400, 100, 7000, -1, 0, false, 100 },
};

static void
test_day_target(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct pace_day d = { .limited = true, .limit = targets[i].limit, .reserved = targets[i].reserved, .bucket = NOW };

		d.used[NOW % PACE_BUCKETS] = targets[i].used;
		d.total = targets[i].total;
		same_number(targets[i].name, "target", pace_day_target(&d, targets[i].lately, targets[i].settled), targets[i].want);
	}
	assert_false(bad);
}

static const struct {
	const char *name;
	struct pace_day before;
	int64_t reserved, first, unsettled;
	bool rewrite;
} commits[] = {
	{ "nothing written", { .reserved = -1, .saving = 7, .unsettled = 4, .rewrite = true }, -1, 0, 4, true },
	{ "this bucket", { .reserved = 3, .bucket = 9, .saving_bucket = 9, .saving = 7 }, 7, 0, 0, false },
	{ "an earlier one", { .reserved = 3, .bucket = 9, .saving_bucket = 8, .saving = 7 }, 3, 0, 0, false },
	{ "the first use", { .reserved = 3, .saving_first = 5 }, 3, 5, 0, false },
	{ "what it was", { .reserved = 3, .ramp.first = 6 }, 3, 6, 0, false },
	{ "a bucket before", { .reserved = 3, .unsettled = 4, .saving_unsettled = 4 }, 3, 0, 0, false },
	{ "another", { .reserved = 3, .unsettled = 4, .saving_unsettled = 3 }, 3, 0, 4, false },
	{ "all rows", { .reserved = 3, .rewrite = true, .saving_rewrite = true }, 3, 0, 0, false },
};

static void
test_day_saved(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(commits) / sizeof(commits[0]); i++) {
		struct pace_day d = commits[i].before;

		pace_day_saved(&d);
		same_number(commits[i].name, "reserved", d.reserved, commits[i].reserved);
		same_number(commits[i].name, "first", d.ramp.first, commits[i].first);
		same_number(commits[i].name, "unsettled", d.unsettled, commits[i].unsettled);
		same_number(commits[i].name, "rewrite", d.rewrite, commits[i].rewrite);
	}
	assert_false(bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread_init),
		cmocka_unit_test(test_spread_due),
		cmocka_unit_test(test_spread_take),
		cmocka_unit_test(test_slow_down),
		cmocka_unit_test(test_slow_grow),
		cmocka_unit_test(test_slow_set),
		cmocka_unit_test(test_day_init),
		cmocka_unit_test(test_day_add),
		cmocka_unit_test(test_day_roll),
		cmocka_unit_test(test_day_wait),
		cmocka_unit_test(test_day_target),
		cmocka_unit_test(test_day_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
