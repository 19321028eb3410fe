/* sender_pace_spread.c - N messages in T, evenly, and never more than N in any T. */
#include <stdlib.h>

#include "sender_pace_private.h"

#define LONG_AGO (-(INT64_C(1) << 61))

/* Within the bounds that the header promises, so that no product overflows. */
static struct pace_rate
bounded(struct pace_rate rate)
{
	if (rate.messages < 0)
		rate.messages = 0;
	if (rate.messages > PACE_MOST)
		rate.messages = PACE_MOST;
	if (rate.seconds < 1)
		rate.seconds = 1;
	if (rate.seconds > PACE_DAY)
		rate.seconds = PACE_DAY;
	return rate;
}

int64_t
pace_rate_milli(struct pace_rate rate)
{
	int64_t milli;

	rate = bounded(rate);
	milli = rate.messages * 1000 / rate.seconds;
	return rate.messages && !milli ? 1 : milli;
}

/*
 * A ring as long as a large rate would be memory for nothing: N in T hold when N/k in T/k do. Rounding costs less than one in ring_most.
 */
void
pace_spread_init(struct pace_spread *s, struct pace_rate rate, int64_t ring_most)
{
	int64_t parts, i;

	*s = (struct pace_spread){ 0 };
	rate = bounded(rate);
	if (!rate.messages)
		return;
	parts = (rate.messages + ring_most - 1) / ring_most;
	s->count = rate.messages / parts;
	s->period_us = (rate.seconds * SECOND_US + parts - 1) / parts;
	s->when = malloc((size_t)s->count * sizeof(*s->when));
	if (!s->when)
		abort();
	for (i = 0; i < s->count; i++)
		s->when[i] = LONG_AGO;
}

void
pace_spread_release(struct pace_spread *s)
{
	free(s->when);
	s->when = NULL;
}

int64_t
pace_spread_spacing(const struct pace_spread *s)
{
	return s->count ? (s->period_us + s->count - 1) / s->count : 0;
}

int64_t
pace_spread_wait(const struct pace_spread *s, int64_t now_us)
{
	int64_t due = s->next_us;

	if (!s->count)
		return 0;
	if (s->when && s->when[s->at] + s->period_us > due)
		due = s->when[s->at] + s->period_us;
	return due > now_us ? due - now_us : 0;
}

size_t
pace_spread_soon(const struct pace_spread *s, int64_t now_us, int64_t within_us)
{
	int64_t due = s->next_us, n;

	if (!s->count)
		return SIZE_MAX;
	if (now_us - due > PACE_GRACE_US)
		due = now_us;
	if (pace_spread_wait(s, now_us) > within_us)
		return 0;
	n = (now_us + within_us - due) / pace_spread_spacing(s) + 1;
	return (size_t)n;
}

/*
 * Late by a little: the schedule stays as it was, and what was lost is made up for. By more: there was nothing to send, and a new one
 * begins.
 */
void
pace_spread_take(struct pace_spread *s, int64_t now_us)
{
	if (!s->count)
		return;
	if (now_us - s->next_us > PACE_GRACE_US) {
		s->next_us = now_us;
		s->rest = 0;
	}
	s->next_us += s->period_us / s->count;
	s->rest += s->period_us % s->count;
	if (s->rest >= s->count) {
		s->rest -= s->count;
		s->next_us++;
	}
	if (s->when) {
		s->when[s->at] = now_us;
		s->at = s->at + 1 == s->count ? 0 : s->at + 1;
	}
}
