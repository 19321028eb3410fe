/*
 * sender_pace_private.h - the parts of struct sender_pace, for sender_pace*.c alone.
 *
 * sender_pace_spread.c spaces messages evenly, sender_pace_slow.c halves a rate and lets it grow, sender_pace_day.c counts days,
 * sender_pace_domain.c knows the domains, sender_pace_store.c reads and writes rows, sender_pace.c puts them together.
 */
#ifndef SENDER_PACE_PRIVATE_H
#define SENDER_PACE_PRIVATE_H

#include "sender_pace.h"
#include "store/pace.h"

#define SECOND_US INT64_C(1000000)
#define PACE_NAME 256 /* bytes of a relay's or domain's name, with the NUL */

/* `count` messages in each period, evenly. */
struct pace_spread {
	int64_t count; /* 0: no limit */
	int64_t period_us;
	int64_t next_us; /* when the next one is due … */
	int64_t rest;    /* … and 1/count us of this */
	int64_t *when;   /* ring of the last `count` departures; NULL: spacing is all that is asked for */
	int64_t at;      /* the oldest of them */
};

void pace_spread_init(struct pace_spread *s, struct pace_rate rate, int64_t ring_most);
void pace_spread_release(struct pace_spread *s);
int64_t pace_spread_spacing(const struct pace_spread *s); /* rounded up; 0 without a limit */
int64_t pace_spread_wait(const struct pace_spread *s, int64_t now_us);
size_t pace_spread_soon(const struct pace_spread *s, int64_t now_us, int64_t within_us);
void pace_spread_take(struct pace_spread *s, int64_t now_us);
int64_t pace_rate_milli(struct pace_rate rate); /* in messages per 1000 s */

/* A rate that replies have halved, in messages per 1000 s (spread.count); 0: none. */
struct pace_slow {
	struct pace_spread spread;
	int64_t until;    /* over when it has grown to this */
	int64_t grow_us;  /* when it grows next */
	int64_t deaf_us;  /* replies until then tell nothing new */
	uint32_t changed; /* counts changes; what of them was written and committed follows */
	uint32_t saving, saved;
};

#define PACE_SLOWEST 17 /* one a minute */
#define PACE_GROW_US (PACE_GROW * SECOND_US)

/* Halve: from what it is now, else from `base`. False when this reply belongs to an earlier halving. */
bool pace_slow_down(struct pace_slow *s, int64_t base, int64_t until, int64_t now_us);
void pace_slow_grow(struct pace_slow *s, int64_t now_us);
void pace_slow_set(struct pace_slow *s, int64_t rate, int64_t until, int64_t since_us, int64_t now_us); /* as it was at `since` */

#define PACE_BUCKETS 290 /* those of a day, the one that runs, and one that waits for PACE_SLACK */
#define PACE_SLACK 2     /* seconds that clocks may differ by between two processes: whole seconds, and slewing */
#define PACE_SAVE_WAIT_US 10000

/* What a relay has used in 24 hours. Times are of the pace's own day clock. */
struct pace_day {
	bool limited; /* by day or rate: nothing leaves in a bucket that is not in the store */
	bool rewrite; /* rows were of the future: the clock went back */
	struct pace_ramp ramp;
	int64_t limit;  /* in this bucket; 0: none */
	int64_t bucket; /* its number, time / PACE_BUCKET; 0: none yet */
	int64_t used[PACE_BUCKETS], total;
	int64_t oldest;    /* number of the oldest one with something in it */
	int64_t reserved;  /* of this bucket, in the store; -1: it has no row yet */
	int64_t unsettled; /* number of one whose row still says what was reserved; 0: none */
	/* and in the transaction that is open */
	int64_t saving, saving_bucket, saving_first, saving_unsettled;
	bool saving_rewrite;
};

void pace_day_init(struct pace_day *d, const struct pace_relay_limits *l);
void pace_day_add(struct pace_day *d, int64_t start, int64_t used, int64_t day_us); /* a row of the store, the oldest first */
void pace_day_roll(struct pace_day *d, int64_t day_us);
int64_t pace_day_wait(const struct pace_day *d, int64_t day_us);
size_t pace_day_soon(const struct pace_day *d, int64_t day_us, int64_t within_us);
void pace_day_take(struct pace_day *d);
bool pace_day_wants_save(const struct pace_day *d, int64_t day_us);
int64_t pace_day_target(const struct pace_day *d, int64_t lately, bool settled); /* what to reserve; what it is when that is enough */
void pace_day_saved(struct pace_day *d);

struct pace_relay {
	char name[PACE_NAME];
	int64_t rate_milli; /* as set; 0: no limit */
	struct pace_spread spread;
	struct pace_slow slow;
	struct pace_day day;
	int64_t since_us, count, lately; /* what leaves: since then, so many; and per 1000 s before */
};

int64_t pace_relay_lately(const struct pace_relay *r, int64_t now_us); /* messages per 1000 s */

struct pace_domain {
	char name[PACE_NAME]; /* "": free */
	bool set;             /* by the configuration; others go when they are not slow any more */
	int16_t next;         /* in its chain, or among the free ones; -1: the last */
	int share;
	int64_t rate_milli;
	struct pace_spread spread;
	struct pace_slow slow;
	size_t held, waiting; /* messages claimed; and of these not yet taken */
	int64_t parked_us;    /* when the last one sent back comes again */
};

#define PACE_CHAINS 512
#define PACE_TALLIES 1024

/* How many of the last messages a domain had, by its hash alone: before it is slowed nobody counts it. */
struct pace_tally {
	uint32_t epoch; /* of so many messages each */
	uint16_t count, before;
};

struct sender_pace {
	struct pace_relay relay[PACE_RELAYS];
	size_t relays;
	struct pace_domain domain[PACE_DOMAINS];
	int16_t chain[PACE_CHAINS], free;
	struct pace_tally tally[PACE_TALLIES];
	uint64_t asked; /* messages, for the tallies */
	size_t room;
	int64_t day_base_us, mono_base_us; /* the day clock: wall time, never going back */
	int64_t slow_save_us;              /* slowed rates are not written before */
	bool slow_news;                    /* one was halved and that is not in the store */
	bool settled;
	bool swept;                 /* rows of earlier days are gone … */
	bool sweeping, slow_saving; /* … and what the transaction that is open has written */
};

void pace_domains_init(struct sender_pace *p, const struct pace_limits *limits);
const char *pace_domain_of(const char *address);
/* Found or made; -1: no place. Unmade when it is not set, not slow, its rows are gone, and nobody holds it. */
int pace_domain_make(struct sender_pace *p, const char *name);
void pace_domain_unmake(struct sender_pace *p, int domain);
int64_t pace_domain_part(const struct sender_pace *p, const char *address); /* of all messages lately, in 1/1000 */

int64_t pace_day_clock(const struct sender_pace *p, int64_t now_us);
void pace_day_clock_sync(struct sender_pace *p, int64_t now_us, int64_t wall);

#endif
