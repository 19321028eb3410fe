/* sender_pace_domain.c - the domains that have a limit or were slowed, a bounded table; and how many messages each one gets. */
#include <stdio.h>
#include <string.h>

#include "sender_pace_private.h"

#define RING_MOST 1024          /* departures kept of a domain */
#define EPOCH 1024              /* messages */
#define PARK_US (2 * SECOND_US) /* so long may a message of a slow domain hold its slot */
#define PARK_LEAST_US SECOND_US
#define PARK_MOST_US (INT64_C(4) * 3600 * SECOND_US)

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* FNV-1a; an address's domain may be in capitals when somebody forgot to lower it. */
static uint32_t
hash(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)lower(*name)) * 16777619u;
	return h ^ h >> 15;
}

const char *
pace_domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at ? at + 1 : address;
}

static bool
same(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

static int
find(const struct sender_pace *p, const char *name, uint32_t h)
{
	int i;

	for (i = p->chain[h % PACE_CHAINS]; i != -1 && !same(p->domain[i].name, name); i = p->domain[i].next)
		;
	return i;
}

int
pace_domain_make(struct sender_pace *p, const char *name)
{
	uint32_t h = hash(name);
	int i = find(p, name, h);
	struct pace_domain *d;
	char *c;

	if (i != -1 || p->free == -1 || !name[0] || strlen(name) >= PACE_NAME)
		return i;
	i = p->free;
	d = &p->domain[i];
	p->free = d->next;
	*d = (struct pace_domain){ .next = p->chain[h % PACE_CHAINS] };
	p->chain[h % PACE_CHAINS] = (int16_t)i;
	snprintf(d->name, sizeof(d->name), "%s", name);
	for (c = d->name; *c; c++)
		*c = lower(*c);
	return i;
}

void
pace_domain_unmake(struct sender_pace *p, int domain)
{
	struct pace_domain *d = &p->domain[domain];
	int16_t *link = &p->chain[hash(d->name) % PACE_CHAINS];

	if (d->set || d->held || d->slow.spread.count || d->slow.changed != d->slow.saved)
		return;
	while (*link != domain)
		link = &p->domain[*link].next;
	*link = d->next;
	d->name[0] = '\0';
	d->next = p->free;
	p->free = (int16_t)domain;
}

void
pace_domains_init(struct sender_pace *p, const struct pace_limits *limits)
{
	size_t i;
	int n;

	for (n = 0; n < PACE_CHAINS; n++)
		p->chain[n] = -1;
	for (n = 0; n < PACE_DOMAINS; n++)
		p->domain[n].next = (int16_t)(n + 1 < PACE_DOMAINS ? n + 1 : -1);
	p->free = 0;
	for (i = 0; i < limits->domains; i++) {
		const struct pace_domain_limits *l = &limits->domain[i];

		n = pace_domain_make(p, l->domain);
		if (n == -1 || p->domain[n].set)
			continue;
		p->domain[n].set = true;
		p->domain[n].share = l->share > 0 && l->share < 100 ? l->share : 0;
		p->domain[n].rate_milli = pace_rate_milli(l->rate);
		pace_spread_init(&p->domain[n].spread, l->rate, RING_MOST);
	}
}

/* Counts of this epoch and of the one before it. */
static struct pace_tally
tally_at(const struct pace_tally *t, uint32_t epoch)
{
	if (t->epoch == epoch)
		return *t;
	return (struct pace_tally){ .epoch = epoch, .before = t->epoch + 1 == epoch ? t->count : 0 };
}

int64_t
pace_domain_part(const struct sender_pace *p, const char *address)
{
	uint32_t h = hash(pace_domain_of(address));
	struct pace_tally t = tally_at(&p->tally[h % PACE_TALLIES], (uint32_t)(p->asked / EPOCH));
	uint64_t all = p->asked < EPOCH ? p->asked : EPOCH + p->asked % EPOCH;

	return all ? (int64_t)((t.count + t.before) * UINT64_C(1000) / all) : 0;
}

int
sender_pace_domain(struct sender_pace *p, const char *address)
{
	const char *name = pace_domain_of(address);
	uint32_t h = hash(name);
	struct pace_tally *t = &p->tally[h % PACE_TALLIES];
	int i = find(p, name, h);

	*t = tally_at(t, (uint32_t)(p->asked++ / EPOCH));
	t->count++;
	if (i != -1) {
		p->domain[i].held++;
		p->domain[i].waiting++;
	}
	return i;
}

void
sender_pace_left(struct sender_pace *p, int domain)
{
	struct pace_domain *d;

	if (domain < 0)
		return;
	d = &p->domain[domain];
	if (d->held)
		d->held--;
	if (d->waiting > d->held) /* it goes unsent */
		d->waiting = d->held;
	if (!d->held)
		pace_domain_unmake(p, domain);
}

int64_t
sender_pace_domain_wait_us(const struct sender_pace *p, int domain, int64_t now_us)
{
	const struct pace_domain *d;
	int64_t wait, slow;

	if (domain < 0)
		return 0;
	d = &p->domain[domain];
	wait = pace_spread_wait(&d->spread, now_us);
	slow = pace_spread_wait(&d->slow.spread, now_us);
	return wait > slow ? wait : slow;
}

int64_t
sender_pace_domain_slowed(const struct sender_pace *p, int domain)
{
	return domain < 0 ? 0 : p->domain[domain].slow.spread.count;
}

/* How many slots the domain may hold, and how many of these by messages that only wait: one at least, SIZE_MAX without a limit. */
static size_t
slots(const struct sender_pace *p, int percent)
{
	size_t n = p->room * (size_t)percent / 100;

	if (!p->room || !percent)
		return SIZE_MAX;
	return n ? n : 1;
}

/*
 * Those sent back get the domain's next free turns, one after the other, so that they do not all come again at once. A domain
 * with a share and no rate: as if each of its slots sent one a second.
 */
bool
sender_pace_park(struct sender_pace *p, int domain, int64_t now_us, int64_t wall, int64_t *next_at)
{
	struct pace_domain *d;
	int64_t spacing, slow, wait, back;
	size_t share;

	if (domain < 0)
		return false;
	d = &p->domain[domain];
	share = slots(p, d->share);
	spacing = pace_spread_spacing(&d->spread);
	slow = pace_spread_spacing(&d->slow.spread);
	if (slow > spacing)
		spacing = slow;
	wait = sender_pace_domain_wait_us(p, domain, now_us) + (d->waiting > 1 ? (int64_t)(d->waiting - 1) * spacing : 0);
	if (wait <= PARK_US && d->held <= share && (!spacing || d->waiting <= slots(p, 25)))
		return false;
	if (!spacing)
		spacing = SECOND_US / (int64_t)share;
	back = now_us + (wait > PARK_LEAST_US ? wait : PARK_LEAST_US);
	if (d->parked_us > back)
		back = d->parked_us;
	if (back > now_us + PARK_MOST_US)
		back = now_us + PARK_MOST_US;
	d->parked_us = back + spacing;
	if (d->waiting)
		d->waiting--;
	*next_at = wall + (back - now_us + SECOND_US - 1) / SECOND_US;
	return true;
}
