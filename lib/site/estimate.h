/*
 * estimate.h - how long a mailing takes at the present limits, before it is sent.
 *
 * An estimate for people: it plays the limits that the sender keeps (daemon/sender_pace.h) in steps of a minute. It knows nothing of
 * limits of single mail domains, of what receivers put off, or of a relay that will be down.
 */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/window.h"
#include "store/pace.h"

struct err;
struct site;
struct topic;

#define ESTIMATE_MOST (120 * PACE_DAY)                       /* seconds; nothing is estimated beyond */
#define ESTIMATE_WINDOWS ((int)(PACE_DAY / PACE_BUCKET) + 1) /* a window counts until its last second is a day old */

struct estimate_relay {
	struct conf_rate rate;
	struct pace_ramp ramp;          /* the day's limit; first 0: its first use is this one */
	int64_t used[ESTIMATE_WINDOWS]; /* messages in the five minutes that begin at a time t, in [t / PACE_BUCKET % ESTIMATE_WINDOWS] */
};

struct estimate {
	int64_t messages;                             /* its own, and what leaves before or beside them */
	struct window window;                         /* outside of which nothing leaves */
	double speed;                                 /* messages a second over all relays; for those without a rate; 0: not known */
	struct estimate_relay relay[CONF_RELAYS_MAX]; /* those that carry it, spare ones left out */
	int relays;                                   /* 0: into the outbox folder */
};

struct estimate_answer {
	int64_t end;  /* Unix time when the last one has left; 0: not within ESTIMATE_MOST, if ever */
	int64_t left; /* how many have not left by `until`; 0 without one */
	bool limited; /* a limit, a window or a known speed says so; else the relay takes them as fast as it can */
};

/* Pure arithmetic: from `start` on (Unix time); `until` 0: none. */
void estimate(const struct estimate *in, int64_t start, int64_t until, struct estimate_answer *out);

/* Fill *out with what the configuration and the store say at present of a mailing of so many messages to the topic. */
int estimate_prepare(struct estimate *out, const struct site *site, const struct topic *topic, bool promotion, int64_t messages,
    struct err *e);

#endif
