/*
 * sender_pace_store.c - what pacing remembers across a restart, as rows of table pace (schema.sql says what each is).
 *
 * Rows are written ahead: what they say was used is never less than what was.
 */
#include <string.h>

#include "base/err.h"
#include "sender_pace_private.h"
#include "store/pace.h"

#define RATE_MOST (INT64_C(1000) * PACE_MOST)
#define BLOCK_MOST_US (60 * SECOND_US)

struct loading {
	struct sender_pace *p;
	int64_t now_us, day_us;
};

static struct pace_relay *
relay_named(struct sender_pace *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->relays; i++)
		if (strcmp(p->relay[i].name, name) == 0)
			return &p->relay[i];
	return NULL;
}

/*
 * A relay that may have sent just before the restart leaves a gap of one message and what may have been made up for: so no second over
 * the restart sees more than its limit.
 */
static void
block(struct pace_spread *s, int64_t most_us, int64_t now_us)
{
	int64_t gap = pace_spread_spacing(s) + PACE_GRACE_US;

	if (s->count && most_us > 0)
		s->next_us = now_us + (gap < most_us ? gap : most_us);
}

static void
load_used(void *arg, const struct pace_row *row)
{
	struct loading *l = arg;
	struct pace_relay *r = relay_named(l->p, row->subject);
	int64_t end, now = l->day_us / SECOND_US;

	if (!r || row->window_start < 0)
		return;
	if (row->window_start > now)
		r->day.rewrite = true;
	pace_day_add(&r->day, row->window_start, row->used, l->day_us);
	end = (row->window_start > now ? now : row->window_start) + PACE_BUCKET;
	block(&r->spread, (end - now) * SECOND_US + pace_spread_spacing(&r->spread) + PACE_GRACE_US, l->now_us);
}

static void
load_first(void *arg, const struct pace_row *row)
{
	struct loading *l = arg;
	struct pace_relay *r = relay_named(l->p, row->subject);

	if (r && row->window_start > 0 && !r->day.ramp.first)
		r->day.ramp.first = row->window_start;
}

/* What a row of a slowed relay or domain is about; *rate is the one set. NULL: nothing that is known, or no place. */
static struct pace_slow *
slow_named(struct sender_pace *p, const struct pace_row *row, int64_t *rate)
{
	struct pace_relay *r;
	int domain;

	if (strncmp(row->scope, "relay", 5) == 0) {
		r = relay_named(p, row->subject);
		*rate = r ? r->rate_milli : 0;
		return r ? &r->slow : NULL;
	}
	domain = pace_domain_make(p, row->subject);
	*rate = domain == -1 ? 0 : p->domain[domain].rate_milli;
	return domain == -1 ? NULL : &p->domain[domain].slow;
}

static bool
is_rate(const struct loading *l, const struct pace_row *row)
{
	return row->used > 0 && row->used <= RATE_MOST && row->window_start >= l->day_us / SECOND_US - PACE_DAY;
}

static void
load_until(void *arg, const struct pace_row *row)
{
	struct loading *l = arg;
	int64_t rate;
	struct pace_slow *s = is_rate(l, row) ? slow_named(l->p, row, &rate) : NULL;

	if (s)
		s->until = row->used;
}

static void
load_rate(void *arg, const struct pace_row *row)
{
	struct loading *l = arg;
	int64_t rate, age = l->day_us / SECOND_US - row->window_start;
	struct pace_slow *s = is_rate(l, row) ? slow_named(l->p, row, &rate) : NULL;

	if (!s)
		return;
	if (!rate)
		rate = s->until > row->used ? s->until : 2 * row->used;
	pace_slow_set(s, row->used, rate, l->now_us - (age > 0 ? age : 0) * SECOND_US, l->now_us);
}

int
sender_pace_load(struct sender_pace *p, struct db *db, int64_t now_us, int64_t wall, struct err *e)
{
	struct loading l = { .p = p, .now_us = now_us };
	size_t i;

	p->day_base_us = wall * SECOND_US;
	p->mono_base_us = now_us;
	l.day_us = p->day_base_us;
	if (pace_each(db, "relay", load_used, &l, e) == -1 || pace_each(db, "relay-first", load_first, &l, e) == -1 ||
	    pace_each(db, "relay-until", load_until, &l, e) == -1 || pace_each(db, "relay-rate", load_rate, &l, e) == -1 ||
	    pace_each(db, "domain-until", load_until, &l, e) == -1 || pace_each(db, "domain-rate", load_rate, &l, e) == -1)
		return err_wrap(e, "what was sent before");
	for (i = 0; i < p->relays; i++)
		pace_day_roll(&p->relay[i].day, l.day_us);
	for (i = 0; i < PACE_DOMAINS; i++)
		if (p->domain[i].name[0]) {
			block(&p->domain[i].spread, BLOCK_MOST_US, now_us);
			pace_domain_unmake(p, (int)i);
		}
	return 0;
}

static int
put(struct db *db, const char *scope, const char *subject, int64_t start, int64_t used, struct err *e)
{
	const struct pace_row row = { scope, subject, start, used };

	return pace_put(db, &row, e);
}

/* All rows anew: those of the future would count again after each restart. */
static int
rewrite(struct pace_relay *r, struct db *db, struct err *e)
{
	struct pace_day *d = &r->day;
	int64_t b;

	if (pace_drop(db, "relay", r->name, INT64_MAX, e) == -1)
		return -1;
	for (b = d->bucket - PACE_BUCKETS + 1; b < d->bucket; b++)
		if (d->used[b % PACE_BUCKETS] && put(db, "relay", r->name, b * PACE_BUCKET, d->used[b % PACE_BUCKETS], e) == -1)
			return -1;
	d->saving_rewrite = true;
	return 0;
}

static int
save_day(struct sender_pace *p, struct pace_relay *r, struct db *db, int64_t now_us, struct err *e)
{
	struct pace_day *d = &r->day;
	int64_t day_us = pace_day_clock(p, now_us), target;

	d->saving_bucket = d->saving_first = d->saving_unsettled = 0;
	d->saving_rewrite = false;
	if (!d->limited)
		return 0;
	pace_day_roll(d, day_us);
	if (d->rewrite && rewrite(r, db, e) == -1)
		return -1;
	if (d->unsettled) {
		if (put(db, "relay", r->name, d->unsettled * PACE_BUCKET, d->used[d->unsettled % PACE_BUCKETS], e) == -1 ||
		    pace_drop(db, "relay", r->name, (d->bucket - PACE_BUCKETS) * PACE_BUCKET, e) == -1)
			return -1;
		d->saving_unsettled = d->unsettled;
	}
	target = pace_day_target(d, pace_relay_lately(r, now_us), p->settled);
	if (target == d->reserved && !d->rewrite)
		return 0;
	if (!d->ramp.first) {
		d->saving_first = day_us / SECOND_US;
		if (put(db, "relay-first", r->name, d->saving_first, 1, e) == -1)
			return -1;
	}
	d->saving = target;
	d->saving_bucket = d->bucket;
	return put(db, "relay", r->name, d->bucket * PACE_BUCKET, target, e);
}

static int
save_slow(struct pace_slow *s, struct db *db, const char *rate, const char *until, const char *subject, int64_t day, struct err *e)
{
	if (s->changed == s->saved)
		return 0;
	if (pace_drop(db, rate, subject, INT64_MAX, e) == -1 || pace_drop(db, until, subject, INT64_MAX, e) == -1)
		return -1;
	s->saving = s->changed;
	if (!s->spread.count)
		return 0;
	return put(db, rate, subject, day, s->spread.count, e) == -1 || put(db, until, subject, day, s->until, e) == -1 ? -1 : 0;
}

static int
save_slows(struct sender_pace *p, struct db *db, int64_t now_us, struct err *e)
{
	int64_t day = pace_day_clock(p, now_us) / SECOND_US;
	size_t i;

	for (i = 0; i < p->relays; i++) {
		pace_slow_grow(&p->relay[i].slow, now_us);
		if (save_slow(&p->relay[i].slow, db, "relay-rate", "relay-until", p->relay[i].name, day, e) == -1)
			return -1;
	}
	for (i = 0; i < PACE_DOMAINS; i++) {
		if (!p->domain[i].name[0])
			continue;
		pace_slow_grow(&p->domain[i].slow, now_us);
		if (save_slow(&p->domain[i].slow, db, "domain-rate", "domain-until", p->domain[i].name, day, e) == -1)
			return -1;
	}
	return 0;
}

/* Rows of relays and domains that nobody knows any more. */
static int
sweep(struct db *db, int64_t day, struct err *e)
{
	static const char *const scopes[] = { "relay", "relay-rate", "relay-until", "domain-rate", "domain-until" };
	size_t i;

	for (i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (pace_expire(db, scopes[i], day - 2 * PACE_DAY, e) == -1)
			return -1;
	return 0;
}

int
sender_pace_save(struct sender_pace *p, struct db *db, int64_t now_us, int64_t wall, struct err *e)
{
	size_t i;

	p->sweeping = p->slow_saving = false;
	pace_day_clock_sync(p, now_us, wall);
	if (!p->swept) {
		if (sweep(db, pace_day_clock(p, now_us) / SECOND_US, e) == -1)
			return -1;
		p->sweeping = true;
	}
	for (i = 0; i < p->relays; i++)
		if (save_day(p, &p->relay[i], db, now_us, e) == -1)
			return -1;
	if (now_us >= p->slow_save_us || p->settled) {
		p->slow_save_us = now_us + SECOND_US;
		p->slow_saving = true;
		return save_slows(p, db, now_us, e);
	}
	return 0;
}

static void
saved_slows(struct sender_pace *p)
{
	size_t i;

	p->slow_news = false;
	for (i = 0; i < p->relays; i++) {
		p->relay[i].slow.saved = p->relay[i].slow.saving;
		p->slow_news |= p->relay[i].slow.saved != p->relay[i].slow.changed;
	}
	for (i = 0; i < PACE_DOMAINS; i++)
		if (p->domain[i].name[0]) {
			p->domain[i].slow.saved = p->domain[i].slow.saving;
			p->slow_news |= p->domain[i].slow.saved != p->domain[i].slow.changed;
			pace_domain_unmake(p, (int)i);
		}
}

void
sender_pace_saved(struct sender_pace *p)
{
	size_t i;

	p->swept = p->swept || p->sweeping;
	for (i = 0; i < p->relays; i++)
		pace_day_saved(&p->relay[i].day);
	if (p->slow_saving)
		saved_slows(p);
}

bool
sender_pace_wants_save(const struct sender_pace *p, int64_t now_us)
{
	size_t i;

	for (i = 0; !p->settled && i < p->relays; i++)
		if (pace_day_wants_save(&p->relay[i].day, pace_day_clock(p, now_us)))
			return true;
	return false;
}

bool
sender_pace_has_news(const struct sender_pace *p, int64_t now_us)
{
	return p->slow_news && now_us >= p->slow_save_us;
}
