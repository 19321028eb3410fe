/* sender_pace_slow.c - a rate that a reply halves and that grows back. */
#include "sender_pace_private.h"

#define MILLI_PERIOD_US (1000 * SECOND_US) /* of a rate in messages per 1000 s */
#define DEAF_MIN_US SECOND_US
#define DEAF_MAX_US (60 * SECOND_US)

static void
set_rate(struct pace_slow *s, int64_t rate)
{
	s->spread.count = rate;
	s->spread.period_us = MILLI_PERIOD_US;
	s->spread.rest = 0;
	s->changed++;
}

bool
pace_slow_down(struct pace_slow *s, int64_t base, int64_t until, int64_t now_us)
{
	int64_t rate, spacing, deaf;

	pace_slow_grow(s, now_us);
	if (now_us < s->deaf_us)
		return false;
	if (!s->spread.count)
		s->until = until;
	rate = (s->spread.count ? s->spread.count : base) / 2;
	if (rate < PACE_SLOWEST)
		rate = PACE_SLOWEST;
	set_rate(s, rate);
	spacing = pace_spread_spacing(&s->spread);
	s->spread.next_us = now_us + spacing;
	s->grow_us = now_us + PACE_GROW_US;
	/* what is on the way was sent at the old rate, and its replies will say the same */
	deaf = 2 * spacing < DEAF_MIN_US ? DEAF_MIN_US : 2 * spacing;
	s->deaf_us = now_us + (deaf > DEAF_MAX_US ? DEAF_MAX_US : deaf);
	return true;
}

void
pace_slow_grow(struct pace_slow *s, int64_t now_us)
{
	int64_t rate = s->spread.count;

	while (rate && now_us >= s->grow_us) { /* doubles every 4 steps, so that no more than about 150 lie before any end */
		rate = pace_grown(rate);
		s->grow_us += PACE_GROW_US;
		if (rate >= s->until)
			rate = 0;
	}
	if (rate != s->spread.count)
		set_rate(s, rate);
}

void
pace_slow_set(struct pace_slow *s, int64_t rate, int64_t until, int64_t since_us, int64_t now_us)
{
	s->until = until;
	set_rate(s, rate);
	s->grow_us = since_us + PACE_GROW_US;
	pace_slow_grow(s, now_us);
	s->spread.next_us = now_us + pace_spread_spacing(&s->spread);
}
