/*
 * sender_route.c - which relay takes a message: by topic, by weight, and another one while it is in trouble.
 *
 * A relay works unless it cannot be reached or is held after trouble. A lane's
 * relays come in tiers: those for its topic, their spares (weight 0), those
 * for everything, their spares. Of the tiers only the first with a relay that
 * works takes mail; when that has no room, mail waits, since a spare is for
 * trouble and not for haste. Nor does a relay take much more than its weight says
 * while another one is only busy.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"
#include "sender.h"

#define HOLD_FIRST_US 1000000 /* relay trouble: doubling, up to a minute */
#define HOLD_LAST_US 60000000
#define STRIDE ((uint64_t)1000000) /* of relay.turn, for a weight of 1 */
#define AHEAD (16 * STRIDE)        /* how far a relay may be ahead of its share */
#define STUCK_US 2000000
#define SIGN_AHEAD 32    /* messages signed before there is room for them, so that the threads have work */
#define SOON_US 200000   /* what leaves within so long may be claimed */
#define IDLE_US 60000000 /* no connection is kept for what leaves later: relays close it, and it would be opened again all day */

bool
relay_works(const struct relay *r, int64_t now)
{
	return now >= r->hold_until_us && !r->transport->is_down(r->t);
}

/* The relays of a lane that its mail may go to now. */
static uint32_t
in_charge(const struct sender *s, const struct lane *l, int64_t now)
{
	uint32_t mask;
	int tier, i;

	for (tier = 0; tier < CONF_RELAY_TIERS; tier++) {
		mask = 0;
		for (i = 0; i < s->relays; i++)
			if ((l->tier[tier] & 1u << i) && relay_works(&s->relay[i], now))
				mask |= 1u << i;
		if (mask)
			return mask;
	}
	return 0;
}

bool
lane_works(const struct sender *s, const struct lane *l)
{
	return in_charge(s, l, clock_mono_us()) != 0;
}

/* How many it takes now. After trouble it is asked one at a time, until one is answered: a breaker that is half closed. */
static size_t
room(const struct relay *r)
{
	size_t n = r->transport->room(r->t);

	if (r->hold_us && n > 0)
		return r->busy + r->signing + r->signed_.count ? 0 : 1;
	return n;
}

/* What a relay takes within the next moment: its room and what left lately, as far as its pace allows. */
static size_t
soon(const struct sender *s, const struct relay *r, int64_t now)
{
	size_t now_free = room(r), n = now_free + r->lately + r->before, paced, taken = r->busy + r->signing + r->signed_.count;

	if (!now_free || r->hold_us)
		return now_free;
	paced = sender_pace_relay_soon(s->pace, r->index, now, SOON_US);
	if (n > paced)
		n = paced;
	if (taken >= r->slots)
		return 0;
	return n < r->slots - taken ? n : r->slots - taken;
}

size_t
lane_capacity(const struct sender *s, const struct lane *l)
{
	int64_t now = clock_mono_us();
	uint32_t mask = in_charge(s, l, now);
	size_t n = 0;
	int i;

	for (i = 0; i < s->relays; i++)
		if (mask & 1u << i)
			n += soon(s, &s->relay[i], now);
	return n;
}

size_t
lane_waiting(const struct sender *s, const struct lane *l)
{
	int64_t now = clock_mono_us();
	uint32_t mask = in_charge(s, l, now);
	size_t n = l->ready.count + l->fresh, other;
	int i;

	for (i = 0; i < s->lanes; i++) {
		other = s->lane[i].ready.count + s->lane[i].fresh;
		if (other && &s->lane[i] != l && (mask & in_charge(s, &s->lane[i], now)))
			n += other;
	}
	return n;
}

enum taking {
	TAKES, /* one more now */
	PACED, /* not now, by its pace; *wait_us may become how long */
	FULL,  /* not now, but soon: others must not get its share */
	STUCK  /* full for long: what it does not take is anybody's */
};

static enum taking
taking(struct sender *s, struct relay *r, int64_t now, int64_t *wait_us)
{
	size_t now_free = room(r), ahead = r->signing + r->signed_.count;
	int64_t wait;

	if (!now_free && sender_pace_relay_wait_us(s->pace, r->index, now) > IDLE_US)
		return PACED; /* and so it has no connections: sender_want */
	if (!now_free) {
		if (!r->full_since_us)
			r->full_since_us = now;
		return now - r->full_since_us > STUCK_US ? STUCK : FULL;
	}
	r->full_since_us = 0;
	if (r->dkim && ahead < sender_pace_relay_soon(s->pace, r->index, now, SOON_US))
		return r->hold_us || ahead < now_free + SIGN_AHEAD ? TAKES : FULL;
	wait = sender_pace_relay_wait_us(s->pace, r->index, now);
	if (wait > 0 && (*wait_us < 0 || wait < *wait_us))
		*wait_us = wait;
	return wait == 0 && !r->dkim ? TAKES : PACED;
}

struct relay *
lane_relay(struct sender *s, struct lane *l, int64_t *wait_us)
{
	int64_t now = clock_mono_us();
	uint32_t mask = in_charge(s, l, now);
	uint64_t ahead = 0, full = UINT64_MAX;
	struct relay *best = NULL;
	enum taking t;
	int i;

	for (i = 0; i < s->relays; i++) {
		struct relay *r = &s->relay[i];

		if (!(mask & 1u << i))
			continue;
		if (r->turn > ahead)
			ahead = r->turn;
		t = taking(s, r, now, wait_us);
		if (t == TAKES && (!best || r->turn < best->turn))
			best = r;
		if (t == FULL && r->turn < full)
			full = r->turn;
	}
	if (best && full != UINT64_MAX && best->turn > full + AHEAD)
		return NULL;
	/* who could take nothing for a while has no claim on what went elsewhere meanwhile */
	if (best && best->turn + 2 * AHEAD < ahead)
		best->turn = ahead - 2 * AHEAD;
	return best;
}

void
relay_took(struct relay *r)
{
	int64_t weight = r->conf && r->conf->weight > 0 ? r->conf->weight : 1;

	r->turn += STRIDE / (uint64_t)weight;
}

void
relay_heard(struct relay *r, const struct outcome *o)
{
	int64_t now = clock_mono_us();

	r->lately++;
	/* sent before the hold: ten connections refused at once are one trouble, and one that went well says nothing of now */
	if (now < r->hold_until_us)
		return;
	if (o->result.code && !o->hold)
		r->hold_us = 0;
	if (!o->hold)
		return;
	r->hold_us = r->hold_us ? r->hold_us * 2 : HOLD_FIRST_US;
	if (r->hold_us > HOLD_LAST_US)
		r->hold_us = HOLD_LAST_US;
	if (r->hold_us < o->hold * 1000000)
		r->hold_us = o->hold * 1000000;
	r->hold_until_us = now + r->hold_us;
	log_event(LOG_LEVEL_WARNING, "relay_held", "relay=%s seconds=%lld code=%d reply=%s", r->name, (long long)(r->hold_us / 1000000),
	    o->result.code, log_text(o->result.reply ? o->result.reply : ""));
}

/* A relay that stopped working keeps nothing waiting: what was signed for it goes back to its lane. */
static void
take_back(struct sender *s, struct relay *r)
{
	struct slot_list back = { 0 };
	struct slot_entry *e;

	while ((e = slot_take(&r->signed_))) {
		sender_unsign(s, e);
		e->relay = NULL;
		if (e->outbox)
			slot_push(&s->outbox, e);
		else
			slot_push_first(&back, e); /* and so they are in their order again below */
	}
	while ((e = slot_take(&back)))
		slot_push_first(&e->lane->ready, e);
}

void
sender_route_tick(struct sender *s)
{
	int64_t now = clock_mono_us();
	int i;

	for (i = 0; i < s->relays; i++) {
		struct relay *r = &s->relay[i];

		r->before = r->lately;
		r->lately = 0;
		if (r->signed_.count && !relay_works(r, now))
			take_back(s, r);
	}
	/* claims of a lane that has nobody would keep others from being claimed, and leave whenever it has somebody again */
	for (i = 0; i < s->lanes; i++)
		if (!lane_works(s, &s->lane[i]))
			sender_unclaim_lane(s, &s->lane[i]);
}

/* Whether a connection is of any use now. */
static bool
is_wanted(const struct sender *s, const struct relay *r, int64_t now)
{
	return now >= r->hold_until_us && sender_pace_relay_wait_us(s->pace, r->index, now) <= IDLE_US;
}

/*
 * Those in charge of a lane that has mail are wanted for all they can take; the others of its tiers up to there, which do not
 * work, for one message, to find out when they do again.
 */
void
sender_want(struct sender *s)
{
	size_t want[CONF_RELAYS_MAX] = { 0 };
	int64_t now = clock_mono_us(), wall = clock_now();
	int i, l, tier;

	for (l = 0; l < s->lanes && !s->draining; l++) {
		const struct lane *lane = &s->lane[l];
		uint32_t mask = in_charge(s, lane, now);
		bool work = lane->ready.count > 0 || (l == 0 && (s->outbox.count || (s->outbox_due && s->outbox_due <= wall)));

		for (i = 0; i < s->campaigns && !work; i++)
			work = s->campaign[i].lane == lane && campaign_has_work(&s->campaign[i], wall);
		if (!work)
			continue;
		for (tier = 0; tier < CONF_RELAY_TIERS; tier++) {
			for (i = 0; i < s->relays; i++)
				if ((lane->tier[tier] & 1u << i) && is_wanted(s, &s->relay[i], now))
					want[i] = (mask & 1u << i) ? s->relay[i].slots : (want[i] ? want[i] : 1);
			if (lane->tier[tier] & mask)
				break;
		}
	}
	for (i = 0; i < s->relays; i++) {
		struct relay *r = &s->relay[i];

		if (r->signed_.count && want[i] < r->signed_.count)
			want[i] = r->signed_.count;
		r->transport->want(r->t, want[i]);
	}
}

static struct lane *
find_lane(struct sender *s, const char *topic)
{
	int i;

	for (i = 1; i < s->lanes; i++)
		if (strcmp(s->lane[i].topic, topic) == 0)
			return &s->lane[i];
	return NULL;
}

struct lane *
lane_for(struct sender *s, const char *topic)
{
	struct lane *l = find_lane(s, topic);

	return l ? l : &s->lane[0];
}

/* A lane for each topic in one relay's list. */
static int
add_lanes(struct sender *s, const char *list, struct err *e)
{
	size_t len;

	for (list += strspn(list, " "); *list; list += len, list += strspn(list, " ")) {
		char *topic;

		len = strcspn(list, " ");
		topic = xstrndup(list, len);
		if (find_lane(s, topic)) {
			free(topic);
			continue;
		}
		if (s->lanes == LANES_MAX) {
			free(topic);
			return err_set(e, ERR_INPUT, "newsletter.conf: relays name more than %d topics", LANES_MAX - 1);
		}
		s->lane[s->lanes++].topic = topic;
	}
	return 0;
}

/* Put each relay into its tier of the lane. */
static void
set_tiers(struct sender *s, struct lane *l)
{
	int i, tier;

	for (i = 0; i < s->relays; i++) {
		tier = conf_relay_tier(&s->site->conf, i, l->topic);
		if (tier >= 0)
			l->tier[tier] |= 1u << i;
	}
}

int
sender_route_open(struct sender *s, struct err *e)
{
	const struct conf *c = &s->site->conf;
	int i;

	s->lane[s->lanes++].topic = xstrdup("");
	if (!conf_has_relay(c)) {
		s->relay[0].name = "outbox-folder";
		sender_folder_open(s, &s->relay[s->relays++]);
		s->lane[0].tier[0] = 1;
	}
	for (i = 0; i < c->relays; i++) {
		struct relay *r = &s->relay[i];

		r->conf = &c->relay[i];
		r->index = i;
		r->name = c->relay[i].name[0] ? c->relay[i].name : "relay";
		if (sender_relay_open(s, r, e) == -1)
			return -1;
		s->relays++;
		if (sender_keys_open(s, r, e) == -1)
			return -1;
		if (add_lanes(s, c->relay[i].topics, e) == -1)
			return -1;
	}
	for (i = 0; i < s->lanes && c->relays; i++)
		set_tiers(s, &s->lane[i]);
	for (i = 0; i < s->relays; i++)
		s->most += s->relay[i].slots;
	return sender_keys_start(s, e);
}

void
sender_route_close(struct sender *s)
{
	int i;

	for (i = 0; i < s->relays; i++)
		if (s->relay[i].t)
			s->relay[i].transport->free(s->relay[i].t);
	for (i = 0; i < s->lanes; i++)
		free(s->lane[i].topic);
	s->relays = s->lanes = 0;
}
