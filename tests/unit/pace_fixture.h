/*
 * pace_fixture.h - a fake clock, a pace, and what left when; with store_fixture.h.
 */
#ifndef PACE_FIXTURE_H
#define PACE_FIXTURE_H

#include "store_fixture.h"

#include "../../daemon/sender_pace.h"
#include "store/db.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define DAY (86400 * SECOND)
#define SENT_MAX 4000000

static struct sender_pace *pace;
static int64_t now; /* both clocks: monotonic, and wall time from T0 on */
static int64_t *sent, mono_skew;
static size_t sents;
static uint64_t seed;

FIXTURE uint64_t
draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

/* What a process sees: its monotonic clock began somewhere else than that of the one before. */
FIXTURE int64_t
mono(void)
{
	return now + mono_skew;
}

FIXTURE int64_t
wall(void)
{
	return T0 + now / SECOND;
}

FIXTURE void
leave(int relay, int domain)
{
	sender_pace_take(pace, relay, domain, mono());
	assert_true(sents < SENT_MAX);
	sent[sents++] = now;
}

/* A whole transaction. */
FIXTURE void
save(void)
{
	begin();
	ok(sender_pace_save(pace, db, mono(), wall(), &err));
	commit();
	sender_pace_saved(pace);
}

FIXTURE void
start(const struct pace_limits *limits)
{
	sender_pace_free(pace);
	pace = sender_pace_new(limits);
	ok(sender_pace_load(pace, db, mono(), wall(), &err));
}

/* Another process: nothing was saved, and its monotonic clock is another one. */
FIXTURE void
restart(const struct pace_limits *limits)
{
	mono_skew = (int64_t)draw(1000000000);
	start(limits);
}

/* Let time pass, as a loop with a backlog would, until one may leave or the end has come. */
FIXTURE bool
until_free(int relay, int64_t end)
{
	int64_t wait;

	while (now < end) {
		if (sender_pace_wants_save(pace, mono()))
			save();
		wait = sender_pace_relay_wait_us(pace, relay, mono());
		if (!wait)
			return true;
		now += wait;
	}
	now = end;
	return false;
}

/*
 * The most that left in any half-open stretch of time of this length; with `least` != NULL also the fewest in one that begins with a
 * message.
 */
FIXTURE size_t
most_within(int64_t length, size_t *least)
{
	size_t from = 0, to, most = 0;

	if (least)
		*least = SIZE_MAX;
	for (to = 0; to < sents; to++) {
		for (; sent[to] - sent[from] >= length; from++)
			if (least && to - from < *least)
				*least = to - from;
		if (to - from + 1 > most)
			most = to - from + 1;
	}
	return most;
}

FIXTURE int
pace_setup(void **state)
{
	now = 5 * SECOND;
	mono_skew = 0;
	sents = 0;
	seed = 88172645463325252u;
	sent = malloc(SENT_MAX * sizeof(*sent));
	return sent ? store_setup(state) : -1;
}

FIXTURE int
pace_teardown(void **state)
{
	sender_pace_free(pace);
	pace = NULL;
	free(sent);
	return store_teardown(state);
}

#define pace_test(f) cmocka_unit_test_setup_teardown(f, pace_setup, pace_teardown)

#endif
