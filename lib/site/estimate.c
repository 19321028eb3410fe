/* estimate.c - see estimate.h. */
#include "site/estimate.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "site/site.h"
#include "store/campaign.h"
#include "store/topic.h"

#define STEP 60         /* seconds */
#define LATELY 20       /* campaigns that are looked at */
#define SPEED_LEAST 100 /* messages, for a speed worth the name */

/* A relay while its limits are played. */
struct play {
	const struct estimate_relay *relay;
	struct pace_ramp ramp;
	int64_t used[ESTIMATE_WINDOWS], sum; /* in the last day */
	double speed, credit;                /* messages a second, 0: no limit; what of a message is due */
};

static int
window_of(int64_t t)
{
	return (int)(t / PACE_BUCKET % ESTIMATE_WINDOWS);
}

static void
play_init(struct play *p, const struct estimate *in, int i, int64_t start)
{
	const struct conf_rate *rate = &in->relay[i].rate;
	int k;

	memset(p, 0, sizeof(*p));
	p->relay = &in->relay[i];
	p->ramp = in->relay[i].ramp;
	if (!p->ramp.first)
		p->ramp.first = start;
	memcpy(p->used, in->relay[i].used, sizeof(p->used));
	for (k = 0; k < ESTIMATE_WINDOWS; k++)
		p->sum += p->used[k];
	p->speed = rate->messages ? (double)rate->messages / (double)rate->seconds : in->speed / in->relays;
}

/* How many of `left` leave over one relay in the step from t on. */
static int64_t
play_step(struct play *p, int64_t t, int64_t seconds, int64_t left)
{
	int64_t limit = pace_ramp_limit(&p->ramp, t), n = left;

	if (p->speed > 0) {
		p->credit += p->speed * (double)seconds;
		if ((double)n > p->credit)
			n = (int64_t)p->credit;
	}
	if (limit && n > limit - p->sum)
		n = limit > p->sum ? limit - p->sum : 0;
	p->credit -= (double)n;
	if (p->credit < 0 || p->credit > p->speed * STEP + 1) /* what a day's limit held back does not leave all at once */
		p->credit = 0;
	p->used[window_of(t)] += n;
	p->sum += n;
	return n;
}

/* A new window of five minutes: the one that is a day old is forgotten. */
static void
forget(struct play *p, int relays, int64_t t)
{
	int i;

	for (i = 0; i < relays; i++) {
		p[i].sum -= p[i].used[window_of(t)];
		p[i].used[window_of(t)] = 0;
	}
}

static bool
is_limited(const struct estimate *in)
{
	int i;

	if (in->window.ranges || in->speed > 0)
		return true;
	for (i = 0; i < in->relays; i++)
		if (!in->relay[i].rate.messages && !in->relay[i].ramp.per_day && !in->relay[i].ramp.start)
			return false; /* one that takes everything */
	return in->relays > 0;
}

/* The second of a step in which the last one left, as fast as all went. */
static int64_t
moment(const struct play *p, int relays, int64_t last, int64_t seconds)
{
	double speed = 0, at;
	int i;

	for (i = 0; i < relays; i++) {
		if (p[i].speed <= 0)
			return 0;
		speed += p[i].speed;
	}
	at = (double)last / speed;
	return at < (double)seconds ? (int64_t)at : seconds;
}

void
estimate(const struct estimate *in, int64_t start, int64_t until, struct estimate_answer *out)
{
	struct play *p = xcalloc(CONF_RELAYS_MAX, sizeof(*p));
	int64_t t = start, left = in->messages, next = start, before, window = start / PACE_BUCKET;
	int i;

	*out = (struct estimate_answer){ .end = start, .left = until && until <= start ? left : 0, .limited = is_limited(in) };
	for (i = 0; i < in->relays; i++)
		play_init(&p[i], in, i, start);
	for (; left && in->relays && t - start < ESTIMATE_MOST; t = next) {
		if (t / PACE_BUCKET != window) {
			window = t / PACE_BUCKET;
			forget(p, in->relays, t);
		}
		next = t - t % STEP + STEP;
		before = left;
		if (window_is_open(&in->window, t))
			for (i = 0; i < in->relays; i++)
				left -= play_step(&p[i], t, next - t, left);
		if (until > t && until <= next)
			out->left = left;
		if (!left)
			out->end = t + moment(p, in->relays, before, next - t);
	}
	if (left && in->relays) {
		out->end = 0;
		if (until > t)
			out->left = left;
	}
	free(p);
}

/* What was used of one relay; a row of the future, as after the clock was set back, counts as of now. */
struct filling {
	struct estimate_relay *relay;
	const char *name;
	int64_t now;
};

static void
add_use(void *arg, const struct pace_row *row)
{
	const struct filling *f = arg;
	int64_t at = row->window_start > f->now ? f->now : row->window_start;

	if (strcmp(row->subject, f->name) == 0 && at > f->now - PACE_DAY - PACE_BUCKET)
		f->relay->used[window_of(at)] += row->used;
}

static int
fill_relay(struct estimate_relay *r, const struct site *site, const struct conf_relay *c, int64_t now, struct err *e)
{
	struct filling f = { r, c->name, now };
	struct pace_use use = { 0 };

	memset(r, 0, sizeof(*r));
	r->rate = c->rate;
	r->ramp = (struct pace_ramp){ .per_day = c->daily, .start = c->warmup };
	if (pace_use(site->db, c->name, now, &use, e) == -1)
		return -1;
	r->ramp.first = use.first;
	return pace_each(site->db, "relay", add_use, &f, e);
}

/* The relays that a mailing to the topic leaves by, as long as they work. */
static int
fill_relays(struct estimate *out, const struct site *site, const char *topic, int64_t now, struct err *e)
{
	const struct conf *c = &site->conf;
	int i, tier, best = CONF_RELAY_TIERS;

	for (i = 0; i < c->relays; i++) {
		tier = conf_relay_tier(c, i, topic);
		if (tier >= 0 && tier < best)
			best = tier;
	}
	for (i = 0; i < c->relays; i++)
		if (conf_relay_tier(c, i, topic) == best && fill_relay(&out->relay[out->relays++], site, &c->relay[i], now, e) == -1)
			return -1;
	return 0;
}

/* The fastest of the last mailings: others waited for deferrals, hours or people. */
static int
fill_speed(struct estimate *out, const struct site *site, struct err *e)
{
	struct campaign *c = xcalloc(LATELY, sizeof(*c));
	int i, n = campaign_list(site->db, c, LATELY, e);

	for (i = 0; i < n; i++) {
		int64_t took = c[i].finished_at - c[i].started_at;
		double speed = (double)c[i].accepted / (double)(took > 0 ? took : 1);

		if (c[i].state == CAMPAIGN_DONE && c[i].accepted >= SPEED_LEAST && speed > out->speed)
			out->speed = speed;
	}
	free(c);
	return n == -1 ? -1 : 0;
}

/* Mailings take turns: what the others have left goes beside this one. */
static int
add_others(struct estimate *out, const struct site *site, struct err *e)
{
	struct campaign *c = xcalloc(LATELY, sizeof(*c));
	int i, n = campaign_open(site->db, c, LATELY, e);

	for (i = 0; i < n; i++) {
		int64_t rest = c[i].planned - c[i].accepted - c[i].refused - c[i].skipped - c[i].unknown;

		if (c[i].state == CAMPAIGN_SENDING && rest > 0)
			out->messages += rest;
	}
	free(c);
	return n == -1 ? -1 : 0;
}

int
estimate_prepare(struct estimate *out, const struct site *site, const struct topic *topic, bool promotion, int64_t messages,
    struct err *e)
{
	memset(out, 0, sizeof(*out));
	out->messages = messages;
	if (promotion && window_parse(&out->window, site->conf.campaign_promotion_window, e) == -1)
		return -1;
	if (fill_relays(out, site, topic->slug, clock_now(), e) == -1 || fill_speed(out, site, e) == -1)
		return -1;
	return add_others(out, site, e);
}
