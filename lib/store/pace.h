/*
 * pace.h - what was used of a limit: table `pace`, so that limits hold across a restart.
 *
 * A row is (scope, subject, start of a window of time) -> a number; what scopes
 * there are and what the number means is said in schema.sql. Writing needs an
 * open transaction. The sender keeps the rows of relays (daemon/sender_pace.h); who only
 * looks, such as `newsletter status`, asks pace_use() and pace_slowed(). The clerk
 * keeps a limit of so many in a time with pace_room() and pace_take().
 */
#ifndef PACE_H
#define PACE_H

#include <stdint.h>

struct db;
struct err;

struct pace_row {
	const char *scope, *subject; /* valid during the call that they are given to */
	int64_t window_start;        /* Unix time, UTC */
	int64_t used;
};

/* Write a row, in place of the one with the same scope, subject and start. */
int pace_put(struct db *db, const struct pace_row *row, struct err *e);

/* Forget a subject's windows that began before a moment; INT64_MAX: all of them. */
int pace_drop(struct db *db, const char *scope, const char *subject, int64_t before, struct err *e);

/* The same for every subject of a scope. */
int pace_expire(struct db *db, const char *scope, int64_t before, struct err *e);

/* Call fn for each row of a scope, by subject, the oldest first. fn must not write, nor come back to this function. */
typedef void pace_fn(void *arg, const struct pace_row *row);
int pace_each(struct db *db, const char *scope, pace_fn *fn, void *arg, struct err *e);

#define PACE_TROUBLE "relay-trouble"
#define PACE_DAY INT64_C(86400)
#define PACE_BUCKET 300      /* seconds of a row of scope "relay" */
#define PACE_MOST 1000000000 /* no number of messages is larger */
#define PACE_GROW 15         /* seconds: what replies have slowed grows once in so many */
#define PACE_RAMP_DAYS 30    /* of a warm-up that has no end */

/* The day's limit of a relay. */
struct pace_ramp {
	int64_t per_day; /* 0: no limit */
	int64_t start;   /* messages on the first day of its warm-up; 0: there is none */
	int64_t growth;  /* percent more each day; 0: 100, doubling */
	int64_t days;    /* until the warm-up is over; 0: until per_day is reached, or PACE_RAMP_DAYS without one */
	int64_t first;   /* Unix time of the relay's first use; 0: never */
};
int64_t pace_ramp_limit(const struct pace_ramp *r, int64_t now); /* 0: no limit */

/* What a relay has used. Relays without any limit have no rows: then all is 0. */
struct pace_use {
	int64_t messages; /* that left in the last 24 hours, or were about to */
	int64_t first;    /* Unix time of its first use; 0: never */
};
int pace_use(struct db *db, const char *relay, int64_t now, struct pace_use *out, struct err *e);

/*
 * Call fn for each that replies have slowed and that is not free again by now; scope is "relay" or "domain". row->used is the rate that it
 * has grown to, in messages per 1000 s.
 */
int pace_slowed(struct db *db, const char *scope, int64_t now, pace_fn *fn, void *arg, struct err *e);

/*
 * At most so many in any `seconds` consecutive seconds of the clock. They are counted in sixtieths of that time, and a sixtieth counts
 * until its last second is out of it: so the limit holds exactly, and room comes at most a sixtieth late.
 */
struct pace_limit {
	const char *scope;
	int64_t most; /* 0: no limit */
	int64_t seconds;
};

struct pace_room {
	int64_t used; /* in the seconds until now */
	int64_t at;   /* from when there is room; now when there is */
};

/*
 * Whether n more (at most `most` of the limit) fit. Rows from the future count, as far as the limit's time reaches: the clock was
 * set back.
 */
int pace_room(struct db *db, const struct pace_limit *l, const char *subject, int64_t n, int64_t now, struct pace_room *out, struct err *e);

/* Count n more. */
int pace_take(struct db *db, const struct pace_limit *l, const char *subject, int64_t n, int64_t now, struct err *e);

/* Delete rows of every pace_limit's scope ("signup-network", "-domain", "-total") that began before; at most `limit`, *n says how many. */
int pace_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

/* A slowed rate PACE_GROW seconds later: a fifth more, so that it doubles in a minute. */
int64_t pace_grown(int64_t rate);

#endif
