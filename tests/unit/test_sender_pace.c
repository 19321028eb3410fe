/* test_sender_pace.c - rates with a fake clock: every sliding second, an even spread, halving and growing back. */
#include "pace_fixture.h"

#include "store/pace.h"

static const struct {
	const char *name;
	struct pace_rate rate;
	size_t messages; /* to send */
} rates[] = {
	{ "one a minute", { 1, 60 }, 300 },
	{ "30 a minute", { 30, 60 }, 2000 },
	{ "2000 a day", { 2000, 86400 }, 7000 },
	{ "14 a second", { 14, 1 }, 50400 },
	{ "7 in 3 seconds", { 7, 3 }, 7000 },
	{ "1000 a second", { 1000, 1 }, 100000 },
	{ "2500 a second", { 2500, 1 }, 250000 },
	{ "10007 a second, a ring of its own part", { 10007, 1 }, 200000 },
	{ "100000 a second", { 100000, 1 }, 500000 },
};

static void
start_rate(struct pace_rate rate)
{
	const struct pace_relay_limits relay = { .name = "r", .rate = rate };
	const struct pace_limits limits = { .relay = &relay, .relays = 1, .room = 64 };

	start(&limits);
	sents = 0;
	while (!until_free(0, now + 2 * DAY)) /* what an earlier case has left in the store */
		;
}

/* Under backlog: exactly the limit in every stretch of time that begins with a message, and the k-th at k/rate. */
static void
test_backlog(void **state)
{
	size_t i, k, most, least;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		int64_t n = rates[i].rate.messages, period = rates[i].rate.seconds * SECOND;

		start_rate(rates[i].rate);
		while (sents < rates[i].messages) {
			if (!until_free(0, now + 2 * DAY))
				fail_msg("%s: nothing leaves", rates[i].name);
			leave(0, -1);
		}
		most = most_within(period, &least);
		if (most > (size_t)n || (n <= 4096 ? least != (size_t)n : least < (size_t)n - (size_t)n / 4000 - 1))
			fail_msg("%s: %zu to %zu in the period", rates[i].name, least, most);
		if (most_within(SECOND, NULL) > (size_t)((n * SECOND + period - 1) / period))
			fail_msg("%s: %zu in a second", rates[i].name, most_within(SECOND, NULL));
		for (k = 0; n <= 4096 && k < sents; k++) {
			int64_t off = (sent[k] - sent[0]) * n - (int64_t)k * period; /* in 1/n us */

			/* 10 ms: a bucket of time begins with a transaction */
			if (off <= -period || off >= period + PACE_GRACE_US * n)
				fail_msg("%s: message %zu is off by %lld us", rates[i].name, k, (long long)(off / n));
		}
	}
}

/* Nothing between two windows of time that need a row: then to one message, without any allowance. */
static void
test_even(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		int64_t n = rates[i].rate.messages, period = rates[i].rate.seconds * SECOND, off;

		if (n > 4096 || period > MINUTE)
			continue;
		now = (now / (300 * SECOND) + 1) * 300 * SECOND;
		start_rate(rates[i].rate);
		while (until_free(0, (now / (300 * SECOND) + 1) * 300 * SECOND - 1) && sents < 100000)
			leave(0, -1);
		assert_true(sents > 2);
		for (k = 0; k < sents; k++) {
			off = (sent[k] - sent[0]) * n - (int64_t)k * period;
			if (off <= -n || off >= n) /* a microsecond */
				fail_msg("%s: message %zu is off by %lld us", rates[i].name, k, (long long)(off / n));
		}
	}
}

/* Random arrivals, pauses and a loop that is late by up to 30 ms: never more than the limit, and nearly all of it while there is work. */
static void
test_late(void **state)
{
	size_t i, round, most;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		int64_t n = rates[i].rate.messages, period = rates[i].rate.seconds * SECOND, worked = 0, from;

		start_rate(rates[i].rate);
		for (round = 0; round < 40 && sents < 1000000; round++) {
			int64_t end = now + (int64_t)draw((uint64_t)(2 * period + 3 * SECOND));

			from = now;
			while (until_free(0, end)) {
				while (sender_pace_relay_wait_us(pace, 0, mono()) == 0)
					leave(0, -1);
				now += (int64_t)draw(30000);
			}
			worked += end - from;
			now += draw(3) ? (int64_t)draw(200000) : (int64_t)draw((uint64_t)(3 * period));
		}
		most = most_within(period, NULL);
		if (most > (size_t)n)
			fail_msg("%s: %zu in the period", rates[i].name, most);
		if (most_within(SECOND, NULL) > (size_t)((n * SECOND + period - 1) / period) + (size_t)(period > SECOND))
			fail_msg("%s: %zu in a second", rates[i].name, most_within(SECOND, NULL));
		/* a rate whose period is cut into short ones is strict about each of them */
		if ((double)sents < (n > 4096 ? 0.8 : 0.93) * (double)worked * (double)n / (double)period - 40)
			fail_msg("%s: %zu sent in %lld s of work", rates[i].name, sents, (long long)(worked / SECOND));
	}
}

/* After a pause (longer than being late is made up for) one leaves at once, and the next after its gap. */
static void
test_idle(void **state)
{
	static const int64_t pauses[] = { 130000, SECOND, 10 * SECOND, 200 * SECOND };
	size_t i;

	(void)state;
	start_rate((struct pace_rate){ 14, 1 });
	for (i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		assert_true(until_free(0, now + DAY));
		leave(0, -1);
		now += pauses[i];
		assert_true(until_free(0, now + PACE_GRACE_US));
		leave(0, -1);
		assert_in_range(sender_pace_relay_wait_us(pace, 0, mono()), SECOND / 14, SECOND / 14 + 1);
	}
}

/* Killed at any moment, with another monotonic clock: the sliding second holds over restarts. */
static void
test_restart(void **state)
{
	static const struct pace_rate some[] = { { 1, 60 }, { 30, 60 }, { 14, 1 }, { 1000, 1 } };
	size_t i, restarts;

	(void)state;
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		const struct pace_relay_limits relay = { .name = "r", .rate = some[i] };
		const struct pace_limits limits = { .relay = &relay, .relays = 1 };
		int64_t period = some[i].seconds * SECOND;

		start_rate(some[i]);
		for (restarts = 0; restarts < 200; restarts++) {
			int64_t end = now + (int64_t)draw((uint64_t)period * 3);

			while (until_free(0, end)) {
				leave(0, -1);
				now += draw(20) ? 0 : (int64_t)draw(40000);
			}
			now += draw(2) ? 0 : (int64_t)draw((uint64_t)period);
			restart(&limits);
		}
		assert_true(sents > 100);
		if (most_within(period, NULL) > (size_t)some[i].messages)
			fail_msg("%lld in %lld s: %zu", (long long)some[i].messages, (long long)some[i].seconds, most_within(period, NULL));
	}
	/* long after, nothing waits */
	now += DAY;
	restart(&(struct pace_limits){ .relay = &(struct pace_relay_limits){ .name = "r", .rate = { 1, 60 } }, .relays = 1 });
	save();
	assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 0);
}

/* Numbers beyond the bounds are cut to them, and nothing overflows. */
static void
test_bounds(void **state)
{
	static const struct pace_relay_limits relays[PACE_RELAYS + 2] = {
		{ .name = "a", .rate = { INT64_MAX, 1 } },
		{ .name = "b", .rate = { 1, INT64_MAX } },
		{ .name = "c", .rate = { 5, 0 } },
		{ .name = "d", .rate = { -5, -5 }, .per_day = -1, .warmup_start = -1 },
		{ .name = "e", .per_day = INT64_MAX, .warmup_start = INT64_MAX, .warmup_growth = INT64_MAX, .warmup_days = INT64_MAX },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "" },
		{ .name = "p", .rate = { 1, 1 } },
		{ .name = "q" },
	};
	const struct pace_limits limits = { .relay = relays, .relays = PACE_RELAYS + 2 };
	int i;

	(void)state;
	start(&limits);
	for (i = 0; i < PACE_RELAYS + 2; i++) {
		assert_true(until_free(i, now + DAY));
		leave(i, -1);
		sender_pace_reply(pace, i, -1, "x", PACE_RELAY_SLOW, mono());
	}
	assert_int_equal(sender_pace_relay_wait_us(pace, PACE_RELAYS, mono()), 0);
	now += 40 * DAY;
	save();
	assert_true(until_free(1, now + DAY));
	leave(1, -1);
	assert_true(sender_pace_relay_wait_us(pace, 1, mono()) == DAY);
	assert_true(until_free(4, now + DAY));
}

static void
test_soon(void **state)
{
	int64_t within;
	size_t n, left;

	(void)state;
	start_rate((struct pace_rate){ 1000, 1 });
	for (within = 1000; within <= 900000; within = within * 3 + 7) {
		int64_t end;

		now += SECOND;
		assert_true(until_free(0, now + DAY));
		n = sender_pace_relay_soon(pace, 0, mono(), within);
		end = now + within + 1;
		for (left = 0; until_free(0, end); left++)
			leave(0, -1);
		assert_int_equal(n, left);
	}
	start(&(struct pace_limits){ .relays = 0 });
	assert_true(sender_pace_relay_soon(pace, 0, mono(), 1) == SIZE_MAX);
	assert_true(sender_pace_relay_soon(pace, -1, mono(), 1) == SIZE_MAX);
	assert_int_equal(sender_pace_relay_wait_us(pace, 7, mono()), 0);
	assert_false(sender_pace_wants_save(pace, mono()));
}

/* How many leave in so many seconds under backlog. */
static size_t
flow(int64_t seconds)
{
	int64_t end = now + seconds * SECOND;
	size_t before = sents;

	while (until_free(0, end))
		leave(0, -1);
	return sents - before;
}

static void
reply(enum pace_reply what)
{
	sender_pace_reply(pace, 0, -1, "ann@example.org", what, mono());
}

/* A set rate: a burst of replies halves it once; it doubles in a minute, and is then the set one. */
static void
test_slow(void **state)
{
	int i;

	(void)state;
	start_rate((struct pace_rate){ 100, 1 });
	assert_in_range(flow(10), 999, 1001);
	for (i = 0; i < 64; i++) {
		reply(PACE_RELAY_SLOW);
		now += 10000;
	}
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 50000);
	assert_in_range(flow(10), 499, 501);
	reply(PACE_NONE);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 50000);
	reply(PACE_RELAY_SLOW);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 25000);
	assert_in_range(flow(10), 249, 251);
	flow(51);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 51840);
	for (i = 0; sender_pace_relay_slowed(pace, 0); i++)
		flow(15);
	assert_int_equal(i, 4); /* 1.2^8 > 4 */
	assert_in_range(flow(10), 999, 1001);
	/* never under one a minute, and it comes back from there */
	for (i = 0; i < 100; i++) {
		reply(PACE_RELAY_SLOW);
		now += MINUTE / 2;
	}
	assert_in_range(sender_pace_relay_slowed(pace, 0), 17, 60);
	assert_in_range(flow(60), 1, 8);
	flow(INT64_C(3) * 3600);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 0);
	assert_int_equal(sender_pace_relay_slowed(pace, 1), 0); /* there is no such relay */
}

/* No rate set: half of what left lately; free again at twice that. */
static void
test_slow_unlimited(void **state)
{
	const struct pace_relay_limits relay = { .name = "r" };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	int i;

	(void)state;
	start(&limits);
	for (i = 0; i < 2000; i++) {
		assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 0);
		leave(0, -1);
		now += 5000;
	}
	reply(PACE_RELAY_SLOW);
	assert_in_range(sender_pace_relay_slowed(pace, 0), 99000, 101000);
	assert_in_range(flow(10), 980, 1020);
	for (i = 0; sender_pace_relay_slowed(pace, 0); i++) {
		now += MINUTE;
		save();
	}
	assert_in_range(i, 2, 3);
	/* nothing left lately: not so slow that it takes hours to learn better */
	now += DAY;
	reply(PACE_RELAY_SLOW);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 20000);
}

static void
test_slow_restart(void **state)
{
	const struct pace_relay_limits relay = { .name = "r" };
	const struct pace_limits limits = { .relay = &relay, .relays = 1 };
	int i;

	(void)state;
	start(&limits);
	for (i = 0; i < 2000; i++) {
		leave(0, -1);
		now += 5000;
	}
	reply(PACE_RELAY_SLOW);
	sender_pace_reply(pace, 0, -1, "ann@slow.example", PACE_DOMAIN_SLOW, mono());
	begin(); /* what is rolled back is written later */
	ok(sender_pace_save(pace, db, mono(), wall(), &err));
	db_rollback(db);
	now += SECOND;
	save();
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 4);
	restart(&limits);
	assert_in_range(sender_pace_relay_slowed(pace, 0), 99000, 101000);
	i = sender_pace_domain(pace, "bob@slow.example");
	assert_int_equal(sender_pace_domain_slowed(pace, i), 20000);
	sender_pace_left(pace, i);
	/* it grows while nobody runs, and its rows go when it is free */
	now += 30 * SECOND;
	restart(&limits);
	assert_in_range(sender_pace_relay_slowed(pace, 0), 142000, 146000);
	now += 20 * MINUTE;
	restart(&limits);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 0);
	save();
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 0);
	assert_int_equal(sender_pace_domain(pace, "bob@slow.example"), -1);
	/* what cannot be is not believed */
	i = raw_exec("INSERT INTO pace VALUES ('relay-rate', 'r', 9000000000000, 5), ('domain-rate', 'x', -9, 5), "
		     "('domain-rate', 'y', 1767225600, -1), ('domain-rate', 'z', 9223372036854775807, 9223372036854775807), "
		     "('domain-until', '', 1767229600, 5), ('relay', 'r', -5, 5)");
	assert_int_equal(i, SQLITE_OK);
	restart(&limits);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 5);
	assert_int_equal(sender_pace_domain(pace, "bob@y"), -1);
}

static void
take_rate(void *arg, const struct pace_row *row)
{
	if (strcmp(row->subject, "r") == 0)
		*(int64_t *)arg = row->used;
}

/* A halved rate gets into the store though nothing else is to be written, within a second; one halving, one row. */
static void
test_news(void **state)
{
	int64_t seen = 0;

	(void)state;
	start_rate((struct pace_rate){ 14, 1 });
	now += 2 * SECOND;
	save();
	assert_false(sender_pace_has_news(pace, mono()));
	now += SECOND / 2;
	sender_pace_reply(pace, 0, -1, "a@example.org", PACE_RELAY_SLOW, mono());
	save(); /* too early for slowed rates */
	ok(pace_slowed(db, "relay", wall(), take_rate, &seen, &err));
	assert_int_equal(seen, 0);
	assert_false(sender_pace_has_news(pace, mono()));
	now += SECOND / 2;
	assert_true(sender_pace_has_news(pace, mono()));
	begin();
	ok(sender_pace_save(pace, db, mono(), wall(), &err));
	db_rollback(db);
	now += SECOND;
	assert_true(sender_pace_has_news(pace, mono())); /* it was rolled back */
	save();
	ok(pace_slowed(db, "relay", wall(), take_rate, &seen, &err));
	assert_int_equal(seen, 7000);
	assert_false(sender_pace_has_news(pace, mono() + DAY));                       /* that it grows is nothing to write about */
	sender_pace_reply(pace, 0, -1, "a@example.org", PACE_RELAY_SLOW, mono() + 1); /* the same trouble */
	sender_pace_reply(pace, 0, -1, "a@example.org", PACE_DOMAIN_SLOW, mono() + 1);
	assert_true(sender_pace_has_news(pace, mono() + SECOND));
}

/* Who only reads the store (`newsletter status`) sees the rate that the sender holds, to the second. */
static void
test_seen_from_outside(void **state)
{
	int64_t seen, held;
	int i;

	(void)state;
	start_rate((struct pace_rate){ 14, 1 });
	now += 2 * SECOND; /* rows of slowed rates are written once a second */
	sender_pace_reply(pace, 0, -1, "a@example.org", PACE_RELAY_SLOW, mono());
	save();
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 7000);
	for (i = 0; i < 90; i++, now += SECOND) {
		seen = 0;
		ok(pace_slowed(db, "relay", wall(), take_rate, &seen, &err));
		save(); /* the sender grows it now, if it is time */
		held = sender_pace_relay_slowed(pace, 0);
		if (i % 15 > 1 && seen != held)
			fail_msg("after %d s it is %lld, not %lld", i, (long long)held, (long long)seen);
	}
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		pace_test(test_backlog),
		pace_test(test_even),
		pace_test(test_late),
		pace_test(test_idle),
		pace_test(test_restart),
		pace_test(test_soon),
		pace_test(test_bounds),
		pace_test(test_slow),
		pace_test(test_slow_unlimited),
		pace_test(test_slow_restart),
		pace_test(test_news),
		pace_test(test_seen_from_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
