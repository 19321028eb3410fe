/*
 * sender_pace.h - when a message may leave: the limits of relays and of recipients' domains, and what replies teach.
 *
 * It has no clock of its own: `now_us` are monotonic microseconds, `wall` is Unix seconds. Nothing here allocates after
 * sender_pace_new(), and what is called for each message takes a time that does not depend on how much was sent.
 *
 * RATE. N messages in T seconds leave T/N apart, evenly, and no T seconds, wherever they begin, see more than N. Being late by up to
 * PACE_GRACE_US is made up for within that bound; after a longer pause one leaves at once, and no more. A restart leaves one gap.
 *
 * DAY. At most per_day in any 24 hours, counted by five-minute windows that are forgotten when their last second is a day old. It holds
 * across kill -9: a relay with a limit may send only what is reserved in the store and committed. So:
 *
 *	in each transaction:		sender_pace_save()
 *	once that is committed:		sender_pace_saved()	(not after a rollback)
 *	messages wait, and
 *	sender_pace_wants_save():	open a transaction, even if nothing else is to be written
 *	sender_pace_has_news():		the same, whether messages wait or not: a rate was halved, which a restart must find
 *	at a clean end:			sender_pace_settle(), then a last save, so that what is reserved and not used is not lost
 *
 * WARM-UP. On the n-th day (from 0) after a relay's first use its day's limit is start * (1 + growth/100)^n, rounded down each day, until
 * that is per_day or `days` are over.
 *
 * ADAPTIVE. A reply that says "slower" halves the rate: that set, or without one that measured lately; replies within the second after (up
 * to a minute at low rates) belong to the same trouble. A minute without any doubles it, until the rate is the one set, or twice the
 * one measured. To leave a relay alone for a while is not this module's (sender_route.c).
 *
 * Tell it of every message: sender_pace_domain() when it is claimed, sender_pace_park() may send it back; sender_pace_take() when it
 * leaves; sender_pace_reply() with its reply; sender_pace_left() with the same domain when its slot is free, whatever happened.
 */
#ifndef SENDER_PACE_H
#define SENDER_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct sender_pace;

#define PACE_RELAYS 16   /* more are not limited */
#define PACE_DOMAINS 256 /* with a limit set or slowed just now; more are not limited */
#define PACE_GRACE_US 50000

struct pace_rate {
	int64_t messages; /* 0: no limit; up to 10^9 */
	int64_t seconds;  /* 1 to 86400 */
};

struct pace_relay_limits {
	const char *name; /* its rows in the store; unique */
	struct pace_rate rate;
	int64_t per_day;       /* 0: no limit */
	int64_t warmup_start;  /* messages on the first day; 0: no warm-up */
	int64_t warmup_growth; /* percent more each day; 0: 100, doubling */
	int64_t warmup_days;   /* 0: until per_day is reached, or 30 without one */
};

struct pace_domain_limits {
	const char *domain; /* as in addresses: lower case, A-labels */
	struct pace_rate rate;
	int share; /* percent of `room` that its messages may take; 0 or 100: no limit */
};

struct pace_limits {
	const struct pace_relay_limits *relay;
	size_t relays;
	const struct pace_domain_limits *domain;
	size_t domains;
	size_t room; /* slots for claimed messages, of all relays; 0: shares are not looked at */
};

enum pace_reply {
	PACE_NONE,       /* says nothing of pace */
	PACE_RELAY_SLOW, /* 421, 450, 454 …: the relay asks for less */
	PACE_DOMAIN_SLOW /* the recipient's domain does: 450 4.2.1, 451, 452 …*/
};

/* The limits are copied. A message over a relay or to a domain beyond the bounds above is not held back. */
struct sender_pace *sender_pace_new(const struct pace_limits *limits);
void sender_pace_free(struct sender_pace *p);

/*
 * A message to this address was claimed: its domain, when that has a limit or was slowed, else -1. Good until sender_pace_left().
 */
int sender_pace_domain(struct sender_pace *p, const char *address);

/*
 * Whether this message, just claimed, is to go back into the ledger until *next_at (Unix seconds), because its domain would keep it
 * waiting for over two seconds, waits in more than a quarter of all slots, or holds more of them than its share. Those sent back come
 * again one by one, within four hours. Call sender_pace_left() for them too.
 */
bool sender_pace_park(struct sender_pace *p, int domain, int64_t now_us, int64_t wall, int64_t *next_at);

/*
 * How long until one may leave, 0: now. Both must be 0. A relay that waits for sender_pace_saved() says 10 ms, a settled one an hour.
 */
int64_t sender_pace_relay_wait_us(const struct sender_pace *p, int relay, int64_t now_us);
int64_t sender_pace_domain_wait_us(const struct sender_pace *p, int domain, int64_t now_us);

/* About how many may leave over the relay within that time, so that no more are claimed; SIZE_MAX: no limit. */
size_t sender_pace_relay_soon(const struct sender_pace *p, int relay, int64_t now_us, int64_t within_us);

void sender_pace_take(struct sender_pace *p, int relay, int domain, int64_t now_us);
void sender_pace_reply(struct sender_pace *p, int relay, int domain, const char *address, enum pace_reply what, int64_t now_us);
void sender_pace_left(struct sender_pace *p, int domain);

/* The rate to which replies have slowed it, in messages per 1000 s; 0: they have not. For the log. */
int64_t sender_pace_relay_slowed(const struct sender_pace *p, int relay);
int64_t sender_pace_domain_slowed(const struct sender_pace *p, int domain);

/* Read what earlier processes have used; once, before anything leaves. */
int sender_pace_load(struct sender_pace *p, struct db *db, int64_t now_us, int64_t wall, struct err *e);

/* Inside a transaction. Writes what changed, and mostly nothing: about once a second while a limited relay sends. */
int sender_pace_save(struct sender_pace *p, struct db *db, int64_t now_us, int64_t wall, struct err *e);
void sender_pace_saved(struct sender_pace *p);
bool sender_pace_wants_save(const struct sender_pace *p, int64_t now_us);
bool sender_pace_has_news(const struct sender_pace *p, int64_t now_us);
void sender_pace_settle(struct sender_pace *p); /* nothing leaves any more */

#endif
