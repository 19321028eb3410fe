/* test_store_pace.c - rows of used limits: written over, forgotten, read in order; what is used, slowed, allowed. */
#include "store_fixture.h"

#include "store/pace.h"

static char seen[512];

static void
collect(void *arg, const struct pace_row *row)
{
	size_t n = strlen(seen);

	assert_null(arg);
	snprintf(seen + n, sizeof(seen) - n, "%s/%s@%lld=%lld ", row->scope, row->subject, (long long)row->window_start,
	    (long long)row->used);
}

static const char *
rows(const char *scope)
{
	seen[0] = '\0';
	ok(pace_each(db, scope, collect, NULL, &err));
	return seen;
}

static void
put(const char *scope, const char *subject, int64_t start, int64_t used)
{
	const struct pace_row row = { scope, subject, start, used };

	ok(pace_put(db, &row, &err));
}

static void
test_rows(void **state)
{
	(void)state;
	assert_string_equal(rows("relay"), "");
	begin();
	put("relay", "b", 300, 1);
	put("relay", "a", 600, 2);
	put("relay", "a", 300, 3);
	put("relay", "a", 300, INT64_MAX);
	put("domain", "a", 300, 5);
	commit();
	assert_string_equal(rows("relay"), "relay/a@300=9223372036854775807 relay/a@600=2 relay/b@300=1 ");
	assert_string_equal(rows("domain"), "domain/a@300=5 ");
}

static void
test_forget(void **state)
{
	(void)state;
	begin();
	put("relay", "a", 300, 1);
	put("relay", "a", 600, 2);
	put("relay", "b", 300, 3);
	put("relay", "b", 600, 4);
	put("domain", "a", 300, 5);
	ok(pace_drop(db, "relay", "a", 600, &err));
	assert_string_equal(rows("relay"), "relay/a@600=2 relay/b@300=3 relay/b@600=4 ");
	ok(pace_expire(db, "relay", 600, &err));
	assert_string_equal(rows("relay"), "relay/a@600=2 relay/b@600=4 ");
	ok(pace_drop(db, "relay", "b", INT64_MAX, &err));
	commit();
	assert_string_equal(rows("relay"), "relay/a@600=2 ");
	assert_string_equal(rows("domain"), "domain/a@300=5 ");
}

/* Outside a transaction nothing is written, and what is rolled back was not. */
static void
test_transaction(void **state)
{
	const struct pace_row row = { "relay", "a", 300, 1 };

	(void)state;
	assert_int_equal(pace_put(db, &row, &err), -1);
	assert_int_equal(pace_drop(db, "relay", "a", 1, &err), -1);
	assert_int_equal(pace_expire(db, "relay", 1, &err), -1);
	begin();
	ok(pace_put(db, &row, &err));
	db_rollback(db);
	assert_string_equal(rows("relay"), "");
}

/* No statement is left open: nothing keeps the log from being emptied. */
static void
assert_nothing_read(void)
{
	assert_int_equal(raw_int("PRAGMA wal_checkpoint(TRUNCATE)"), 0);
}

static void
test_use(void **state)
{
	struct pace_use use;

	(void)state;
	begin();
	put("relay", "a", T0 - PACE_DAY - PACE_BUCKET, 1000); /* its last second is a day old */
	put("relay", "a", T0 - PACE_DAY - PACE_BUCKET + 1, 1);
	put("relay", "a", T0, 20);
	put("relay", "a", T0 + 100, 300); /* the clock went back: it still counts */
	put("relay", "b", T0, INT64_MAX);
	put("relay", "b", T0 - 1, INT64_MAX);
	put("relay", "b", T0 - 2, -5);
	put("relay", "", T0, 7);
	put("relay-first", "a", T0 - 500, 1);
	commit();
	ok(pace_use(db, "a", T0, &use, &err));
	assert_int_equal(use.messages, 321);
	assert_int_equal(use.first, T0 - 500);
	ok(pace_use(db, "b", T0, &use, &err));
	assert_int_equal(use.messages, 2 * INT64_C(1000000000));
	assert_int_equal(use.first, 0);
	ok(pace_use(db, "", T0, &use, &err));
	assert_int_equal(use.messages, 7);
	ok(pace_use(db, "unknown", T0, &use, &err));
	assert_int_equal(use.messages, 0);
	assert_nothing_read();
}

/* Rows of a rate and of where it ends, and the rate some seconds later; 0: it is free again. */
static const struct {
	const char *name;
	int64_t rate, until, seconds, want;
} slowed[] = {
	{ "now", 7000, 14000, 0, 7000 },
	{ "not yet", 7000, 14000, 14, 7000 },
	{ "a fifth more", 7000, 14000, 15, 8400 },
	{ "two fifths", 7000, 14000, 44, 10080 },
	{ "over", 7000, 14000, 60, 0 },
	{ "the slowest grows too", 17, 14000, 15, 20 },
	{ "one", 1, 3, 15, 2 },
	{ "written by a clock ahead", 7000, 14000, -500, 7000 },
	{ "yesterday's", 7000, 1000000000000, 86401, 0 },
	{ "no end", 7000, -1, 15, 8400 },
	{ "no end, later", 7000, -1, 60, 0 },
	{ "an end below it", 7000, 10, 15, 8400 },
	{ "an end that is none", 7000, 7000, 15, 8400 },
	{ "to its end", 1000, 1200, 15, 0 },
	{ "free for a day", 7000, 14000, 86400, 0 },
	{ "nothing", 0, 14000, 0, 0 },
	{ "a little too much", 1000000000001, -1, 0, 0 },
	{ "too much", INT64_MAX, INT64_MAX, 0, 0 },
	{ "the most", 1000000000000, INT64_MAX, 15, 1200000000000 },
};

static void
test_slowed(void **state)
{
	char want[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(slowed) / sizeof(slowed[0]); i++) {
		begin();
		ok(pace_drop(db, "domain-until", "d", INT64_MAX, &err));
		put("domain-rate", "d", T0, slowed[i].rate);
		if (slowed[i].until != -1)
			put("domain-until", "d", T0, slowed[i].until);
		put("domain-until", "other", T0, 5);
		put("relay-rate", "r", T0, 1);
		commit();
		seen[0] = want[0] = '\0';
		if (slowed[i].want)
			snprintf(want, sizeof(want), "domain/d@%lld=%lld ", (long long)T0, (long long)slowed[i].want);
		ok(pace_slowed(db, "domain", T0 + slowed[i].seconds, collect, NULL, &err));
		if (strcmp(seen, want) != 0)
			fail_msg("%s: \"%s\"", slowed[i].name, seen);
	}
}

static const struct {
	const char *name;
	struct pace_ramp ramp;
	int64_t day, want; /* days since the first use; -1: it was never used */
} ramps[] = {
	{ "none", { 0 }, 3, 0 },
	{ "a daily limit", { .per_day = 500 }, 3, 500 },
	{ "never used", { .per_day = 500, .start = 50 }, -1, 50 },
	{ "first day", { .per_day = 500, .start = 50 }, 0, 50 },
	{ "third day", { .per_day = 500, .start = 50 }, 2, 200 },
	{ "up to the daily limit", { .per_day = 500, .start = 50 }, 4, 500 },
	{ "start above it", { .per_day = 5, .start = 50 }, 0, 5 },
	{ "a month", { .start = 1 }, 29, 536870912 },
	{ "a month is enough", { .start = 1 }, 30, 0 },
	{ "half more", { .start = 100, .growth = 50 }, 2, 225 },
	{ "at least one more", { .start = 1, .growth = 1 }, 5, 6 },
	{ "a limit is its end, not a month", { .per_day = 500, .start = 1, .growth = 1 }, 40, 41 },
	{ "the most", { .start = PACE_MOST, .days = 9 }, 5, PACE_MOST },
	{ "just under the most", { .start = PACE_MOST - 1, .days = 9 }, 5, INT64_C(2) * (PACE_MOST - 1) },
	{ "so many days", { .per_day = 9999, .start = 1, .days = 2 }, 2, 9999 },
};

static void
test_ramp(void **state)
{
	size_t i;
	const struct pace_ramp long_one = { .start = 1, .days = 400, .first = T0 };

	(void)state;
	for (i = 0; i < sizeof(ramps) / sizeof(ramps[0]); i++) {
		struct pace_ramp r = ramps[i].ramp;
		int64_t at = T0 + PACE_DAY * ramps[i].day + 3600, limit;

		r.first = ramps[i].day == -1 ? 0 : T0;
		limit = pace_ramp_limit(&r, at);
		if (limit != ramps[i].want)
			fail_msg("%s: %lld", ramps[i].name, (long long)limit);
	}
	/* a clock that was put back: as on the first day; and no number of days lets it grow without end */
	assert_int_equal(pace_ramp_limit(&(struct pace_ramp){ .start = 50, .days = 2, .first = T0 }, T0 - 5 * PACE_DAY), 50);
	assert_int_equal(pace_ramp_limit(&long_one, T0 + 399 * PACE_DAY), INT64_C(1) << 30);
}

static const struct pace_limit hourly = { "signup-total", 5, 3600 }, quick = { "signup-total", 5, 60 };

static int64_t
room_at(const struct pace_limit *l, const char *subject, int64_t n, int64_t now)
{
	struct pace_room room;

	ok(pace_room(db, l, subject, n, now, &room, &err));
	return room.at;
}

static void
test_window(void **state)
{
	struct pace_room room;

	(void)state;
	begin();
	assert_int_equal(room_at(&hourly, "a", 5, T0), T0);
	ok(pace_take(db, &hourly, "a", 3, T0 + 30, &err));
	ok(pace_take(db, &hourly, "a", 1, T0 + 59, &err));
	commit();
	assert_string_equal(rows("signup-total"), "signup-total/a@1767225600=4 ");
	ok(pace_room(db, &hourly, "a", 1, T0 + 60, &room, &err));
	assert_int_equal(room.used, 4);
	assert_int_equal(room.at, T0 + 60); /* the fifth */
	begin();
	ok(pace_take(db, &hourly, "a", 1, T0 + 600, &err));
	commit();
	assert_int_equal(room_at(&hourly, "a", 1, T0 + 600), T0 + 59 + 3600);  /* the sixth, when the first minute is out of it */
	assert_int_equal(room_at(&hourly, "a", 4, T0 + 600), T0 + 59 + 3600);  /* four of them are */
	assert_int_equal(room_at(&hourly, "a", 5, T0 + 600), T0 + 659 + 3600); /* the fifth comes later */
	assert_nothing_read();
	assert_int_equal(room_at(&hourly, "a", 1, T0 + 3658), T0 + 3659);
	assert_int_equal(room_at(&hourly, "a", 4, T0 + 3659), T0 + 3659);
	assert_int_equal(room_at(&hourly, "a", 5, T0 + 4258), T0 + 4259);
	assert_int_equal(room_at(&hourly, "a", 5, T0 + 4259), T0 + 4259);
	/* others have theirs */
	assert_int_equal(room_at(&hourly, "b", 5, T0 + 600), T0 + 600);
	assert_int_equal(room_at(&(struct pace_limit){ "signup-domain", 5, 3600 }, "a", 5, T0 + 600), T0 + 600);
	assert_int_equal(room_at(&(struct pace_limit){ "signup-total", 0, 3600 }, "a", 5, T0 + 600), T0 + 600);
	/* a clock that was set back: what is ahead counts, as far as the limit's time reaches */
	assert_int_equal(room_at(&hourly, "a", 1, T0 - 60), T0 + 3659);
	assert_int_equal(room_at(&hourly, "a", 5, T0 - 3660), T0 - 3660);
	/* by the second where the time is short */
	begin();
	ok(pace_take(db, &(struct pace_limit){ "signup-domain", 5, 119 }, "p", 1, T0 + 1, &err));
	ok(pace_take(db, &(struct pace_limit){ "signup-domain", 5, 120 }, "q", 1, T0 + 1, &err));
	assert_string_equal(rows("signup-domain"), "signup-domain/p@1767225601=1 signup-domain/q@1767225600=1 ");
	ok(pace_take(db, &quick, "q", 5, T0 + 7, &err));
	commit();
	assert_int_equal(room_at(&quick, "q", 1, T0 + 66), T0 + 67);
	assert_int_equal(room_at(&quick, "q", 5, T0 + 67), T0 + 67);
	assert_int_equal(room_at(&(struct pace_limit){ "signup-total", 5, 1 }, "q", 1, T0 + 7), T0 + 8);
	assert_int_equal(room_at(&(struct pace_limit){ "signup-total", 5, 1 }, "q", 5, T0 + 8), T0 + 8);
}

/* Rows that nobody of ours wrote: neither overflow nor a limit that never ends. */
static void
test_window_hostile(void **state)
{
	struct pace_room room;

	(void)state;
	begin();
	put("signup-total", "a", T0, INT64_MAX);
	put("signup-total", "a", T0 + 60, INT64_MAX);
	put("signup-total", "a", T0 + 120, INT64_MIN);
	put("signup-total", "b", INT64_MAX, 5);
	put("signup-total", "b", INT64_MIN, 5);
	ok(pace_take(db, &hourly, "a", 1, T0, &err));
	commit();
	assert_int_equal(raw_int("SELECT used FROM pace WHERE subject = 'a' AND window_start = 1767225600"), PACE_MOST);
	ok(pace_room(db, &hourly, "a", 1, T0 + 130, &room, &err));
	assert_int_equal(room.used, INT64_C(2) * PACE_MOST);
	assert_int_equal(room_at(&hourly, "a", 1, T0 + 130), T0 + 119 + 3600);
	assert_int_equal(room_at(&hourly, "b", 5, T0 + 130), T0 + 130);
}

/* Whoever asks at random: never more than the limit in any time as long as its own, and what `at` says is true to the second. */
static void
test_window_property(void **state)
{
	static const struct pace_limit limits[] = { { "signup-total", 7, 3600 }, { "signup-total", 7, 60 }, { "signup-total", 3, 1 } };
	static int64_t when[4000];
	int64_t now, n, at, sum;
	size_t i, j, k, taken;

	(void)state;
	srand(4);
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char subject[2] = { (char)('a' + (int)i), '\0' };

		begin();
		for (now = T0, taken = 0, k = 0; k < 1500; k++) {
			now += rand() % (int)(limits[i].seconds / 4 + 2);
			n = 1 + rand() % 3;
			at = room_at(&limits[i], subject, n, now);
			if (at > now && rand() % 2) {
				assert_int_equal(room_at(&limits[i], subject, n, at - 1), at);
				assert_int_equal(room_at(&limits[i], subject, n, at), at);
				now = at;
			}
			if (at > now)
				continue;
			ok(pace_take(db, &limits[i], subject, n, now, &err));
			for (; n > 0 && taken < 4000; n--)
				when[taken++] = now;
		}
		commit();
		assert_true(taken > 300);
		for (j = 0; j < taken; j++) {
			for (sum = 0, k = j; k < taken && when[k] < when[j] + limits[i].seconds; k++)
				sum++;
			if (sum > limits[i].most)
				fail_msg("%lld in %lld s", (long long)sum, (long long)limits[i].seconds);
		}
	}
}

static void
test_delete_old(void **state)
{
	int64_t n;

	(void)state;
	begin();
	put("signup-network", "a", 100, 1);
	put("signup-domain", "a", 100, 1);
	put("signup-total", "", 100, 1);
	put("signup-total", "", 200, 1);
	put("signup-surge", "", 100, 1);
	put("relay", "", 100, 1);
	ok(pace_delete_old(db, 200, 2, &n, &err));
	assert_int_equal(n, 2);
	ok(pace_delete_old(db, 200, 2, &n, &err));
	assert_int_equal(n, 1);
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 3);
	assert_int_equal(raw_int("SELECT count(*) FROM pace WHERE scope IN ('signup-surge', 'relay') OR window_start = 200"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_rows),
		store_test(test_forget),
		store_test(test_transaction),
		store_test(test_use),
		store_test(test_slowed),
		store_test(test_ramp),
		store_test(test_window),
		store_test(test_window_hostile),
		store_test(test_window_property),
		store_test(test_delete_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
