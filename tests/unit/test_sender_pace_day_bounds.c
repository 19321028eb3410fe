/* test_sender_pace_day_bounds.c - a relay's day at its bounds, from states that are made and not lived through. */
#include "same_number.h"

#include <stdlib.h>
#include <string.h>

#include "../../daemon/sender_pace_private.h"

#define S SECOND_US
#define BUCKET ((int64_t)PACE_BUCKET)
#define BUCKET_US (BUCKET * S)

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
	none_wrong();
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
	{ "less than none", NOW, -5, DAY_US, NOW, 0 },
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
	none_wrong();
}

/* Three buckets of a day, the first at midnight. */
static void
test_day_roll(void **state)
{
	const struct pace_ramp ramp = { .per_day = 100, .start = 10, .first = 1000 * PACE_DAY };
	struct pace_day d = { .limited = true, .limit = 100, .reserved = -1, .ramp = ramp };
	struct pace_day other = { .limited = false };
	int64_t end = (INT64_C(1001) * PACE_DAY + PACE_BUCKET + PACE_SLACK) * S;

	(void)state;
	pace_day_add(&d, 1000 * PACE_DAY, 5, DAY_US);
	pace_day_add(&d, 1000 * PACE_DAY + 2 * BUCKET, 7, DAY_US + 2 * BUCKET_US);
	pace_day_add(&d, 1000 * PACE_DAY + 3 * BUCKET, 9, DAY_US + 3 * BUCKET_US);
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
	{ "a rate only, no row yet", true, 0, -1, 5, 5, 0, 0, 10000, true, SIZE_MAX },
	{ "a rate only, and what is to be forgotten", true, 0, 0, 5, 9, DAY_BUCKETS + 1, S, 0, false, SIZE_MAX },
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
	{ "the only one of the day", true, 1, 0, 0, 1, DAY_BUCKETS + 1, 0, S, false, 1 },
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
	none_wrong();
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
	none_wrong();
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
	none_wrong();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_day_init),
		cmocka_unit_test(test_day_add),
		cmocka_unit_test(test_day_roll),
		cmocka_unit_test(test_day_wait),
		cmocka_unit_test(test_day_target),
		cmocka_unit_test(test_day_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
