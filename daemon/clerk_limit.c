/* clerk_limit.c - see clerk_limit.h. */
#include "clerk_limit.h"

#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/link.h"
#include "base/network.h"
#include "clerk.h"
#include "store/counter.h"
#include "store/pace.h"
#include "store/signup_line.h"

#define SUBJECT 16 /* octets of the keyed hash */

_Static_assert(BASE64URL_LEN(SUBJECT) < SIGNUP_LINE, "a hash fits");

/* What a request is held against, by enum signup_limit. */
struct gate {
	struct pace_limit limit;
	char line[SIGNUP_LINE];
};

static struct pace_limit
limit_of(const struct clerk *c, enum signup_limit by)
{
	static const char *const scopes[SIGNUP_LIMITS] = { "", "signup-network", "signup-domain", "signup-total" };
	const struct conf *conf = &c->site->conf;
	const struct conf_rate *rate = &conf->signup_total;

	if (by == SIGNUP_NETWORK)
		rate = &conf->signup_per_network;
	else if (by == SIGNUP_DOMAIN)
		rate = &conf->signup_per_domain;
	return (struct pace_limit){ .scope = scopes[by], .most = rate->messages, .seconds = rate->seconds };
}

/* A network, and a domain of somebody's own, are personal: the store holds a keyed hash of them. A new link key starts the counts anew. */
static void
name_line(char out[SIGNUP_LINE], const struct clerk *c, const char *label, const char *text)
{
	uint8_t mac[32];

	link_sign(mac, c->site->links, label, text, strlen(text));
	base64url_encode(out, mac, SUBJECT);
}

static void
make_gates(struct gate gate[SIGNUP_LIMITS], const struct clerk *c, const struct signup *s)
{
	const char *at = strrchr(s->key, '@');
	char network[NETWORK_TEXT];
	int by;

	memset(gate, 0, SIGNUP_LIMITS * sizeof(gate[0]));
	for (by = SIGNUP_NETWORK; by < SIGNUP_LIMITS; by++)
		gate[by].limit = limit_of(c, (enum signup_limit)by);
	name_line(gate[SIGNUP_NETWORK].line, c, "newsletter signup network", network_of(network, s->ip));
	name_line(gate[SIGNUP_DOMAIN].line, c, "newsletter signup domain", at ? at + 1 : "");
}

/* More than the limit would never fit; where there is no limit it does not matter. */
static int64_t
weight_for(const struct pace_limit *l, int64_t weight)
{
	if (weight < 1)
		weight = 1;
	return weight > l->most ? l->most : weight;
}

/* See to it that the first of a line has its time. */
static int
promote(struct clerk *c, enum signup_limit by, const char *line, struct err *e)
{
	struct pace_limit limit = limit_of(c, by);
	struct signup_first first;
	struct pace_room room;
	int64_t now = clock_now();
	int rc = signup_first(c->site->db, by, line, &first, e);

	if (rc != 1)
		return rc;
	if (pace_room(c->site->db, &limit, line, weight_for(&limit, first.weight), now, &room, e) == -1)
		return -1;
	if (first.next_at == room.at || (room.at == now && first.next_at <= now))
		return 0;
	return signup_set_next(c->site->db, first.id, room.at, e);
}

/* Give one that has come just now its place; *waiting is how many of its network wait already. */
static int
give_place(struct clerk *c, struct signup *s, const struct gate *gate, int64_t *waiting, struct err *e)
{
	const struct gate *network = &gate[SIGNUP_NETWORK];
	int64_t now = clock_now(), most = network->limit.most ? LIMIT_NETWORK_TIMES * network->limit.most : LIMIT_SETBACKS;
	struct pace_room room;

	memcpy(s->network, network->line, sizeof(s->network));
	if (signup_network_waiting(c->site->db, s->network, most, waiting, e) == -1 ||
	    pace_room(c->site->db, &network->limit, network->line, 1, now, &room, e) == -1)
		return -1;
	s->place = now + LIMIT_SETBACK * (room.used + *waiting);
	return 0;
}

/* The first limit that holds it back now, SIGNUP_FREE, or -1. */
static int
held_by(struct clerk *c, const struct signup *s, const struct gate *gate, struct err *e)
{
	struct signup_first first = { 0 };
	struct pace_room room;
	int64_t now = clock_now();
	int by, rc;

	for (by = SIGNUP_NETWORK; by < SIGNUP_LIMITS; by++) {
		if (!gate[by].limit.most)
			continue;
		if (pace_room(c->site->db, &gate[by].limit, gate[by].line, weight_for(&gate[by].limit, s->weight), now, &room, e) == -1)
			return -1;
		if (room.at > now)
			return by;
		/* room, but somebody else has been waiting for it */
		rc = c->held ? signup_first(c->site->db, (enum signup_limit)by, gate[by].line, &first, e) : 0;
		if (rc == -1)
			return -1;
		if (rc == 1 && (first.place < s->place || (first.place == s->place && first.id < s->id)))
			return by;
	}
	return SIGNUP_FREE;
}

/* As many wait as may: the last of them makes room, for a flood must not shut others out. 1 when it does, 0 when `s` itself is last, -1. */
static int
make_room(struct clerk *c, const struct signup *s, struct err *e)
{
	struct signup last;
	int rc = signup_last(c->site->db, &last, e);

	if (rc != 1 || last.place <= s->place)
		return rc == -1 ? -1 : 0;
	if (signup_delete(c->site->db, last.id, e) == -1 || counter_add(c->site->db, "signup_dropped_full", 1, e) == -1)
		return -1;
	return limit_left(c, &last, e) == -1 ? -1 : 1;
}

/* Whether it may join a line: the counter of those that may not, NULL; 0 or -1. */
static int
refuse(struct clerk *c, const struct signup *s, const struct gate *gate, int64_t waiting, const char **counter, struct err *e)
{
	int64_t most = gate[SIGNUP_NETWORK].limit.most;
	int rc = signup_repeated(c->site->db, s, e);

	*counter = NULL;
	if (rc == 1)
		*counter = "signup_dropped_repeated";
	else if (most && waiting >= LIMIT_NETWORK_TIMES * most)
		*counter = "signup_dropped_network";
	else if (rc == 0 && c->held >= LIMIT_WAITING_MOST && (rc = make_room(c, s, e)) == 0)
		*counter = "signup_dropped_full";
	return rc == -1 ? -1 : 0;
}

static int
join(struct clerk *c, struct signup *s, enum signup_limit by, const char *line, struct err *e)
{
	const struct signup before = *s;

	if (by == SIGNUP_TOTAL && surge_start(c, e) == -1)
		return -1;
	if (!s->held_by) {
		s->held_at = clock_now();
		c->held++;
		if (counter_add(c->site->db, "signup_held", 1, e) == -1)
			return -1;
	}
	s->held_by = by;
	memcpy(s->line, line, sizeof(s->line));
	if (signup_hold(c->site->db, s, SIGNUP_FAR, e) == -1 || promote(c, by, line, e) == -1)
		return -1;
	if (before.held_by && (before.held_by != by || strcmp(before.line, line) != 0))
		return promote(c, before.held_by, before.line, e);
	return 0;
}

/* Nothing else bounds how many networks ask for what leads to no mail: no limit but their own holds these back. */
static bool
is_counted(struct clerk *c)
{
	int64_t hour = clock_now() / 3600;

	if (c->unmailed_hour != hour)
		c->unmailed = 0;
	c->unmailed_hour = hour;
	return c->unmailed++ < LIMIT_UNMAILED;
}

static int
take(struct clerk *c, const struct signup *s, const struct gate *gate, bool mails, struct err *e)
{
	const struct pace_limit *limit;
	int by;

	if (!mails && !s->manage && !is_counted(c))
		return 0;
	for (by = SIGNUP_NETWORK; by < SIGNUP_LIMITS; by++) {
		limit = &gate[by].limit;
		if (limit->most &&
		    pace_take(c->site->db, limit, gate[by].line, weight_for(limit, s->weight), clock_now(), e) == -1)
			return -1;
	}
	return mails ? counter_add(c->site->db, "signup_let_through", 1, e) : 0;
}

int
limit_start(struct clerk *c, struct err *e)
{
	if (c->lines_woken)
		return 0;
	if (db_begin(c->site->db, e) == -1 || signup_wake(c->site->db, clock_now(), e) == -1 || db_commit(c->site->db, e) == -1)
		return -1;
	c->lines_woken = true;
	return 0;
}

int
limit_begin(struct clerk *c, struct err *e)
{
	return surge_load(c, e) == -1 ? -1 : signup_held_count(c->site->db, &c->held, e);
}

int
limit_ask(struct clerk *c, struct signup *s, bool mails, struct err *e)
{
	struct gate gate[SIGNUP_LIMITS];
	const char *dropped;
	int64_t waiting = 0;
	bool placed = s->held_by != SIGNUP_FREE;
	int by;

	make_gates(gate, c, s);
	if (!mails && !s->manage) /* a thousand posts for one address cost those of other networks nothing */
		gate[SIGNUP_DOMAIN].limit.most = gate[SIGNUP_TOTAL].limit.most = 0;
	if (!placed && c->held) {
		if (give_place(c, s, gate, &waiting, e) == -1)
			return -1;
		placed = true;
	}
	by = held_by(c, s, gate, e);
	if (by == -1)
		return -1;
	if (by == SIGNUP_FREE)
		return take(c, s, gate, mails, e) == -1 ? -1 : LIMIT_PASS;
	if (!placed && give_place(c, s, gate, &waiting, e) == -1)
		return -1;
	if (!s->held_by) {
		if (refuse(c, s, gate, waiting, &dropped, e) == -1)
			return -1;
		if (dropped)
			return counter_add(c->site->db, dropped, 1, e) == -1 ? -1 : LIMIT_DROP;
	}
	return join(c, s, (enum signup_limit)by, gate[by].line, e) == -1 ? -1 : LIMIT_WAIT;
}

int
limit_left(struct clerk *c, const struct signup *s, struct err *e)
{
	if (!s->held_by)
		return 0;
	c->held -= c->held > 0;
	return promote(c, s->held_by, s->line, e);
}
