/* sender_pace.c - see sender_pace.h. */
#include "sender_pace.h"

#include <stdio.h>
#include <stdlib.h>

#include "sender_pace_private.h"

#define RING_MOST 4096
#define BASE_LEAST 40000 /* per 1000 s: who sent little lately is not slowed to that, or a campaign would start at a crawl */
#define SETTLED_WAIT_US (3600 * SECOND_US)

struct sender_pace *
sender_pace_new(const struct pace_limits *limits)
{
	struct sender_pace *p = calloc(1, sizeof(*p));
	size_t i;

	if (!p)
		abort();
	p->room = limits->room;
	p->relays = limits->relays < PACE_RELAYS ? limits->relays : PACE_RELAYS;
	for (i = 0; i < p->relays; i++) {
		const struct pace_relay_limits *l = &limits->relay[i];

		snprintf(p->relay[i].name, sizeof(p->relay[i].name), "%s", l->name);
		p->relay[i].rate_milli = pace_rate_milli(l->rate);
		pace_spread_init(&p->relay[i].spread, l->rate, RING_MOST);
		pace_day_init(&p->relay[i].day, l);
	}
	pace_domains_init(p, limits);
	return p;
}

void
sender_pace_free(struct sender_pace *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->relays; i++)
		pace_spread_release(&p->relay[i].spread);
	for (i = 0; i < PACE_DOMAINS; i++)
		pace_spread_release(&p->domain[i].spread);
	free(p);
}

int64_t
pace_day_clock(const struct sender_pace *p, int64_t now_us)
{
	return p->day_base_us + now_us - p->mono_base_us;
}

/* Wall time when that went ahead (a machine that slept), its own going when wall time was put back. */
void
pace_day_clock_sync(struct sender_pace *p, int64_t now_us, int64_t wall)
{
	int64_t day_us = pace_day_clock(p, now_us);

	p->day_base_us = wall * SECOND_US > day_us ? wall * SECOND_US : day_us;
	p->mono_base_us = now_us;
}

static bool
is_known(const struct sender_pace *p, int relay)
{
	return relay >= 0 && (size_t)relay < p->relays;
}

int64_t
sender_pace_relay_wait_us(const struct sender_pace *p, int relay, int64_t now_us)
{
	const struct pace_relay *r = is_known(p, relay) ? &p->relay[relay] : NULL;
	int64_t wait[3], longest = 0;
	size_t i;

	if (!r)
		return 0;
	if (p->settled)
		return SETTLED_WAIT_US;
	wait[0] = pace_spread_wait(&r->spread, now_us);
	wait[1] = pace_spread_wait(&r->slow.spread, now_us);
	wait[2] = pace_day_wait(&r->day, pace_day_clock(p, now_us));
	for (i = 0; i < sizeof(wait) / sizeof(wait[0]); i++)
		if (wait[i] > longest)
			longest = wait[i];
	return longest;
}

size_t
sender_pace_relay_soon(const struct sender_pace *p, int relay, int64_t now_us, int64_t within_us)
{
	const struct pace_relay *r = is_known(p, relay) ? &p->relay[relay] : NULL;
	size_t least, n;

	if (!r)
		return SIZE_MAX;
	if (p->settled)
		return 0;
	least = pace_spread_soon(&r->spread, now_us, within_us);
	n = pace_spread_soon(&r->slow.spread, now_us, within_us);
	if (n < least)
		least = n;
	n = pace_day_soon(&r->day, pace_day_clock(p, now_us), within_us);
	return n < least ? n : least;
}

/* Counted over a second or, when less was sent, from one message to a later one. */
static void
measure(struct pace_relay *r, int64_t now_us)
{
	int64_t length = now_us - r->since_us;

	if (length >= SECOND_US) {
		r->lately = r->count * 1000 * SECOND_US / length;
		r->count = 0;
		r->since_us = now_us;
	}
	r->count++;
}

int64_t
pace_relay_lately(const struct pace_relay *r, int64_t now_us)
{
	int64_t length = now_us - r->since_us, rate;

	if (length < SECOND_US)
		length = SECOND_US;
	rate = r->count * 1000 * SECOND_US / length;
	return length >= 2 * SECOND_US || rate > r->lately ? rate : r->lately;
}

void
sender_pace_take(struct sender_pace *p, int relay, int domain, int64_t now_us)
{
	struct pace_relay *r = is_known(p, relay) ? &p->relay[relay] : NULL;

	if (r) {
		pace_slow_grow(&r->slow, now_us);
		pace_spread_take(&r->spread, now_us);
		pace_spread_take(&r->slow.spread, now_us);
		pace_day_take(&r->day);
		measure(r, now_us);
	}
	if (domain >= 0) {
		struct pace_domain *d = &p->domain[domain];

		pace_slow_grow(&d->slow, now_us);
		pace_spread_take(&d->spread, now_us);
		pace_spread_take(&d->slow.spread, now_us);
		if (d->waiting)
			d->waiting--;
	}
}

static int64_t
at_least(int64_t n, int64_t least)
{
	return n < least ? least : n;
}

static bool
slow_relay(struct pace_relay *r, int64_t now_us)
{
	int64_t base = r->rate_milli ? r->rate_milli : at_least(pace_relay_lately(r, now_us), BASE_LEAST);

	return pace_slow_down(&r->slow, base, r->rate_milli ? base : 2 * base, now_us);
}

static bool
slow_domain(struct sender_pace *p, const struct pace_relay *r, int domain, const char *address, int64_t now_us)
{
	struct pace_domain *d;
	int64_t base;

	if (domain < 0)
		domain = pace_domain_make(p, pace_domain_of(address));
	if (domain < 0)
		return false; /* the table is full: the message's own back-off has to do */
	d = &p->domain[domain];
	base = r ? pace_relay_lately(r, now_us) * pace_domain_part(p, address) / 1000 : 0;
	base = d->rate_milli ? d->rate_milli : at_least(base, BASE_LEAST);
	return pace_slow_down(&d->slow, base, d->rate_milli ? base : 2 * base, now_us);
}

void
sender_pace_reply(struct sender_pace *p, int relay, int domain, const char *address, enum pace_reply what, int64_t now_us)
{
	struct pace_relay *r = is_known(p, relay) ? &p->relay[relay] : NULL;

	switch (what) {
	case PACE_RELAY_SLOW:
		if (r && slow_relay(r, now_us))
			p->slow_news = true;
		break;
	case PACE_DOMAIN_SLOW:
		if (slow_domain(p, r, domain, address, now_us))
			p->slow_news = true;
		break;
	case PACE_NONE:
		break;
	}
}

int64_t
sender_pace_relay_slowed(const struct sender_pace *p, int relay)
{
	return is_known(p, relay) ? p->relay[relay].slow.spread.count : 0;
}

void
sender_pace_settle(struct sender_pace *p)
{
	p->settled = true;
}
