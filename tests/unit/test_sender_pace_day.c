/* test_sender_pace_day.c - rolling days with a fake clock: over restarts, kills, transactions that fail, clocks put back, and warm-up. */
#include "pace_fixture.h"

#define BUCKET (300 * SECOND)

/* A transaction that goes wrong in one of the ways there are. */
static void
save_in_vain(void)
{
	begin();
	ok(sender_pace_save(pace, db, mono(), wall(), &err));
	db_rollback(db);
}

/* Killed between the commit and what follows. */
static void
save_and_die(const struct pace_limits *limits)
{
	begin();
	ok(sender_pace_save(pace, db, mono(), wall(), &err));
	commit();
	restart(limits);
}

static void
stop_cleanly(const struct pace_limits *limits)
{
	sender_pace_settle(pace);
	assert_false(sender_pace_wants_save(pace, mono()));
	assert_int_equal(sender_pace_relay_soon(pace, 0, mono(), SECOND), 0);
	assert_true(sender_pace_relay_wait_us(pace, 0, mono()) > MINUTE);
	save();
	restart(limits);
}

enum trouble {
	NONE,
	CLEAN, /* ends */
	ALL    /* kills too */
};

static const char in_store[] = "SELECT total(used) FROM pace WHERE scope = 'relay'";

/* The store says at no time that less has left than did: a kill may come now. */
static void
assert_written_ahead(void)
{
	size_t from = sents;

	while (from && now - sent[from - 1] < DAY)
		from--;
	if (raw_int(in_store) < (int64_t)(sents - from))
		fail_msg("%lld in the store, %zu left", (long long)raw_int(in_store), sents - from);
}

/* Send with a backlog until the end, with some trouble about every `seldom` messages. */
static size_t
work(const struct pace_limits *limits, int64_t end, enum trouble trouble, uint64_t seldom)
{
	size_t kills = 0;

	while (until_free(0, end)) {
		leave(0, -1);
		if (limits->relay->per_day && draw(100) == 0)
			assert_written_ahead();
		now += (int64_t)draw(10000);
		if (trouble == NONE || draw(seldom))
			continue;
		switch (trouble == CLEAN ? 0 : draw(4)) {
		case 0: stop_cleanly(limits); break;
		case 1: save_in_vain(); break;
		case 2:
			save_and_die(limits);
			kills++;
			break;
		case 3:
			restart(limits);
			kills++;
			break;
		}
		now += (int64_t)draw(5000000);
	}
	return kills;
}

static const struct {
	const char *name;
	struct pace_rate rate;
	int64_t per_day;
	enum trouble trouble;
	uint64_t seldom;
} days[] = {
	{ "2000 a day", { 0, 0 }, 2000, NONE, 1 },
	{ "2000 a day, restarts", { 0, 0 }, 2000, CLEAN, 100 },
	{ "2000 a day, kills", { 0, 0 }, 2000, ALL, 300 },
	{ "50000 a day at 14/s, kills", { 14, 1 }, 50000, ALL, 2000 },
	{ "50000 a day at 1/s: never in reach of a burst", { 1, 2 }, 50000, ALL, 2000 },
	{ "100 a day, kills", { 30, 60 }, 100, ALL, 50 },
	{ "a trickle", { 1, 60 }, 50000, NONE, 1 },
	{ "1 a day", { 0, 0 }, 1, CLEAN, 1 },
	{ "7 a day", { 0, 0 }, 7, ALL, 3 },
};

/* No 24 hours see more than the limit; and each day nearly all of it is used, but for what kills lose. */
static void
test_days(void **state)
{
	size_t i, most, kills;

	(void)state;
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		const struct pace_relay_limits relay = { .name = days[i].name, .rate = days[i].rate, .per_day = days[i].per_day };
		const struct pace_limits limits = { .relay = &relay, .relays = 1 };
		double want = 6.0 * 86400 / (86400 + 300 + 2) * (double)days[i].per_day;

		sents = 0;
		now += 3 * DAY + 12345678;
		start(&limits);
		kills = work(&limits, now + 5 * DAY + DAY / 2, days[i].trouble, days[i].seldom);
		most = most_within(DAY, NULL);
		if (most > (size_t)days[i].per_day)
			fail_msg("%s: %zu in 24 hours", days[i].name, most);
		if (days[i].rate.seconds && want > 5.5 * 86400 / (double)days[i].rate.seconds * (double)days[i].rate.messages)
			want = 5.5 * 86400 / (double)days[i].rate.seconds * (double)days[i].rate.messages;
		want -= (double)kills * ((double)days[i].per_day / 32 + 1);
		if ((double)sents < 0.99 * want - 2)
			fail_msg("%s: only %zu of %.0f in all, %zu kills", days[i].name, sents, want, kills);
		/* the store keeps a day */
		assert_in_range(raw_int("SELECT count(*) FROM pace WHERE scope = 'relay'"), 1, 292);
	}
}

/* Traffic of every kind: hours of nothing, bursts, a trickle. */
static void
test_random_demand(void **state)
{
	const struct pace_relay_limits relay = { .name = "r", .rate = { 20, 1 }, .per_day = 1000 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	int64_t end = now + 12 * DAY, until;

	(void)state;
	start(&limits);
	while (now < end) {
		until = now + (int64_t)draw(600) * SECOND;
		while (until_free(0, until)) {
			leave(0, -1);
			now += (int64_t)draw(draw(2) ? 100000 : 5000000);
		}
		now += (int64_t)draw(draw(3) ? 1800 : 20000) * SECOND;
		if (!draw(4))
			restart(&limits);
	}
	assert_true(sents > 5000);
	assert_true(most_within(DAY, NULL) <= 1000);
	assert_true(most_within(SECOND, NULL) <= 20);
}

/* An end of use: what may be sent soon is said right, and a bigger limit is taken up at once. */
static void
test_room(void **state)
{
	struct pace_relay_limits relay = { .name = "r", .per_day = 500 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	int64_t wait;

	(void)state;
	now = BUCKET * 10;
	start(&limits);
	assert_true(sender_pace_wants_save(pace, mono()));
	assert_int_equal(sender_pace_relay_soon(pace, 0, mono(), SECOND), 500);
	assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 10000);
	while (until_free(0, now + SECOND))
		leave(0, -1);
	assert_int_equal(sents, 500);
	assert_int_equal(sender_pace_relay_soon(pace, 0, mono(), SECOND), 0);
	assert_int_equal(sender_pace_relay_soon(pace, 0, mono(), 2 * DAY), 500);
	wait = sender_pace_relay_wait_us(pace, 0, mono());
	assert_int_equal(wait, BUCKET * 11 + DAY + 2 * SECOND - now);
	assert_false(sender_pace_wants_save(pace, mono()));
	relay.per_day = 600;
	restart(&limits);
	while (until_free(0, now + SECOND))
		leave(0, -1);
	assert_int_equal(sents, 600);
	relay.per_day = 100; /* and a smaller one waits until it is kept */
	restart(&limits);
	assert_false(until_free(0, now + DAY - BUCKET));
	assert_int_equal(sender_pace_relay_soon(pace, 0, mono(), SECOND), 0);
	assert_true(until_free(0, now + 3 * BUCKET));
}

/* At a clean end only what was sent stays in the store; after a kill at most a 32nd of the limit more. */
static void
test_reserve(void **state)
{
	const struct pace_relay_limits relay = { .name = "r", .per_day = 6400 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	size_t i, writes = 0;

	(void)state;
	start(&limits);
	for (i = 0; i < 1000; i++) {
		assert_true(until_free(0, now + SECOND));
		leave(0, -1);
		now += 10000; /* 100 a second */
		if (i % 10 == 9) {
			int64_t before = raw_int(in_store);

			save();
			writes += raw_int(in_store) != before;
		}
		assert_true(raw_int(in_store) >= (int64_t)sents);
		assert_true(raw_int(in_store) <= (int64_t)sents + 201);
	}
	assert_in_range(writes, 5, 21); /* in ten seconds with a hundred transactions */
	stop_cleanly(&limits);
	assert_int_equal(raw_int(in_store), 1000);
	assert_int_equal(sender_pace_relay_soon(pace, 0, mono(), 1), 5400);
	/* what was reserved and not used comes back when its five minutes are over */
	save();
	assert_true(raw_int(in_store) > 1000);
	now += BUCKET;
	save();
	assert_int_equal(raw_int("SELECT sum(used) FROM pace WHERE scope = 'relay' AND "
				 "window_start < (SELECT max(window_start) FROM pace WHERE scope = 'relay')"),
	    1000);
}

/* Nobody saves, or what was saved is rolled back: then nothing leaves that is not in the store. */
static void
test_unsaved(void **state)
{
	const struct pace_relay_limits relay = { .name = "r", .per_day = 6400 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	int i;

	(void)state;
	now = 10 * BUCKET;
	start(&limits);
	for (i = 0; i < 5; i++) {
		save_in_vain();
		assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 10000);
		assert_true(sender_pace_wants_save(pace, mono()));
	}
	save();
	for (i = 0; i < 3; i++) {
		while (sender_pace_relay_wait_us(pace, 0, mono()) == 0)
			leave(0, -1);
		assert_int_equal(raw_int(in_store), sents);
		assert_true(sender_pace_wants_save(pace, mono()));
		save_in_vain();
		assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 10000);
		save();
		sender_pace_saved(pace); /* once too often changes nothing */
		assert_true(raw_int(in_store) > (int64_t)sents);
	}
	now += BUCKET; /* what is in the store belongs to other five minutes */
	assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 10000);
	assert_true(sender_pace_wants_save(pace, mono()));
	save_in_vain();
	assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 10000);
}

/* A machine that slept: the wall clock is ahead of the monotonic one, and what leaves then counts from then. */
static void
test_sleep(void **state)
{
	const struct pace_relay_limits relay = { .name = "r", .per_day = 100 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };

	(void)state;
	start(&limits);
	save();
	now += 480 * MINUTE;
	mono_skew -= 480 * MINUTE;
	save();
	while (until_free(0, now + SECOND))
		leave(0, -1);
	assert_int_equal(sents, 100);
	restart(&limits);
	assert_false(until_free(0, now + DAY - SECOND));
	assert_true(until_free(0, now + BUCKET + 4 * SECOND));
}

/* The wall clock goes back or ahead, at a restart or while it runs. */
static void
test_clock_put_back(void **state)
{
	static const int64_t jumps[] = { -3600, -86400, INT64_C(-30) * 86400, 40, 3600 };
	const struct pace_relay_limits relay = { .name = "r", .per_day = 300 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	size_t i, j;

	(void)state;
	now = 50 * DAY;
	start(&limits);
	for (i = 0; i < 2 * sizeof(jumps) / sizeof(jumps[0]); i++) {
		int64_t jump = jumps[i / 2], skew = 0, at;

		sents = 0;
		now += 2 * DAY;
		while (until_free(0, now + SECOND))
			leave(0, -1);
		assert_int_equal(sents, 300);
		at = now;
		/* from here on real time is at + k, and the wall clock shows that and the jump */
		for (j = 0; j < 600; j++) {
			now = at + (int64_t)j * 120 * SECOND;
			if (i % 2 && j == 1) {
				skew = jump;
				mono_skew += 1000;
				sender_pace_free(pace);
				pace = sender_pace_new(&limits);
				ok(sender_pace_load(pace, db, mono(), wall() + skew, &err));
			}
			begin();
			ok(sender_pace_save(pace, db, mono(), wall() + (i % 2 ? skew : jump), &err));
			commit();
			sender_pace_saved(pace);
			if (jump <= 0 && sender_pace_relay_wait_us(pace, 0, mono()) == 0)
				fail_msg("a clock put back by %lld s lets more go out", (long long)-jump);
			assert_true(raw_int(in_store) <= 320);
			if (i % 2 && j == 2) { /* once more, with what was written by that clock */
				sender_pace_free(pace);
				pace = sender_pace_new(&limits);
				ok(sender_pace_load(pace, db, mono(), wall() + skew, &err));
			}
		}
		/* it waits a day after that, not for the clock to come back there */
		now = at + DAY + 3600 * SECOND + BUCKET + 10 * SECOND;
		begin();
		ok(sender_pace_save(pace, db, mono(), wall() + (i % 2 ? skew : jump), &err));
		commit();
		sender_pace_saved(pace);
		assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 0);
		now += 60 * DAY;
		restart(&limits);
	}
}

/* What left before the moment that the clock was put back to stays counted, though all rows are written anew. */
static void
test_clock_put_back_between(void **state)
{
	const struct pace_relay_limits relay = { .name = "r", .per_day = 10 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	int i, round;

	(void)state;
	now = 50 * DAY;
	start(&limits);
	for (i = 0; i < 3; i++) {
		assert_true(until_free(0, now + SECOND));
		leave(0, -1);
	}
	save();
	now += 7200 * SECOND;
	for (i = 0; i < 4; i++) {
		assert_true(until_free(0, now + SECOND));
		leave(0, -1);
	}
	save();
	now -= 3600 * SECOND;
	for (round = 0; round < 3; round++) {
		restart(&limits);
		save();
		assert_int_equal(raw_int("SELECT count(*) FROM pace WHERE scope = 'relay'"), 2);
		assert_true(raw_int("SELECT used FROM pace WHERE scope = 'relay' ORDER BY window_start LIMIT 1") >= 3);
		assert_in_range(raw_int("SELECT sum(used) FROM pace WHERE scope = 'relay'"), 7, 10); /* what was set aside counts as used */
	}
	while (until_free(0, now + 3600 * SECOND))
		leave(0, -1);
	assert_in_range(sents, 7, 10);
}

/* A store that says more than can have left does not make the count begin below zero again. */
static void
test_absurd(void **state)
{
	const struct pace_relay_limits relay = { .name = "r", .per_day = 10 };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	int i;

	(void)state;
	now = 50 * DAY;
	for (i = 1; i < 4; i++) {
		char sql[160];

		snprintf(sql, sizeof(sql),
		    "INSERT INTO pace (scope, subject, window_start, used) VALUES ('relay', 'r', %lld, 9223372036854775807)",
		    (long long)(wall() - INT64_C(3600) * i));
		assert_int_equal(raw_exec(sql), SQLITE_OK);
	}
	start(&limits);
	assert_false(until_free(0, now + DAY - 10800 * SECOND));
	assert_true(until_free(0, now + DAY));
}

/* The limit of a warm-up's day, as sender_pace.h says. */
static int64_t
warm(const struct pace_relay_limits *r, int64_t n)
{
	int64_t limit = r->warmup_start, growth = r->warmup_growth ? r->warmup_growth : 100;
	int64_t no_end = r->per_day ? INT64_MAX : 30;

	if (n >= (r->warmup_days ? r->warmup_days : no_end))
		return r->per_day ? r->per_day : INT64_MAX;
	while (n-- > 0)
		limit += limit * growth / 100 ? limit * growth / 100 : 1;
	return r->per_day && limit > r->per_day ? r->per_day : limit;
}

static void
test_warmup(void **state)
{
	static const struct pace_relay_limits relays[] = {
		{ .name = "doubles", .per_day = 2000, .warmup_start = 50 },
		{ .name = "a half more", .per_day = 1000, .warmup_start = 20, .warmup_growth = 50 },
		{ .name = "a week", .rate = { 10, 1 }, .warmup_start = 10, .warmup_days = 4 },
		{ .name = "slow growth", .per_day = 100, .warmup_start = 1, .warmup_growth = 1 },
	};
	size_t i, k, from;

	(void)state;
	for (i = 0; i < sizeof(relays) / sizeof(relays[0]); i++) {
		const struct pace_limits limits = { .relay = &relays[i], .relays = 1 };
		int64_t begin_at = now + BUCKET / 3, end = now + 9 * DAY + DAY / 2, limit;

		sents = 0;
		now = begin_at;
		start(&limits);
		/* days before the first use do not count */
		now += 20 * DAY;
		end += 20 * DAY;
		restart(&limits);
		begin_at = now;
		while (until_free(0, end) && sents < 60000) {
			leave(0, -1);
			now += (int64_t)draw(100000);
			if (!draw(200))
				restart(&limits);
		}
		for (k = from = 0; k < sents; k++) {
			while (sent[k] - sent[from] >= DAY)
				from++;
			limit = warm(&relays[i], (sent[k] - begin_at) / DAY);
			if ((int64_t)(k - from + 1) > limit)
				fail_msg("%s: %zu in 24 hours on day %lld, not %lld", relays[i].name, k - from + 1,
				    (long long)((sent[k] - begin_at) / DAY), (long long)limit);
		}
		/* the first day's is used up in it, and the last day's comes near */
		for (k = 0; k < sents && sent[k] < begin_at + DAY / 2; k++)
			;
		assert_in_range(k, relays[i].warmup_start * 7 / 10, relays[i].warmup_start);
		assert_true(sents > (size_t)warm(&relays[i], 8) || sents == 60000);
	}
}

/* Relays have their days and rates apart, also those of one store. */
static void
test_relays(void **state)
{
	static const struct pace_relay_limits relays[] = {
		{ .name = "a", .per_day = 10 },
		{ .name = "b", .per_day = 20 },
		{ .name = "c" },
	};
	const struct pace_limits limits = { .relay = relays, .relays = 3 };
	int i, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		restart(&limits);
		for (i = 0; i < 2; i++)
			while (until_free(i, now + SECOND))
				leave(i, -1);
		assert_int_equal(sents, 30);
		assert_int_equal(sender_pace_relay_wait_us(pace, 2, mono()), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		pace_test(test_days),
		pace_test(test_random_demand),
		pace_test(test_room),
		pace_test(test_reserve),
		pace_test(test_unsaved),
		pace_test(test_sleep),
		pace_test(test_clock_put_back),
		pace_test(test_clock_put_back_between),
		pace_test(test_absurd),
		pace_test(test_warmup),
		pace_test(test_relays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
