/*
 * clerk_limit.h - which of the visitors' requests are let through now, and which wait.
 *
 * Limits hold for each network, for each mail domain and over all ([signup] of newsletter.conf), in any time as long as theirs, across
 * restarts. A request that is over one joins that limit's line and is let through when there is room; the network's limit comes before the
 * domain's, and that before the one over all, so that whoever floods waits in a line of their own.
 *
 * A place in a line is a time: the one at which it came, and LIMIT_SETBACK more for each request that its network had let through or has
 * waiting. So one of a network that was quiet goes before those of a busy one, and nobody is overtaken for ever.
 */
#ifndef CLERK_LIMIT_H
#define CLERK_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct clerk;
struct err;
struct signup;

#define LIMIT_SETBACK 600         /* seconds */
#define LIMIT_SETBACKS 1000       /* of a network without a limit no more are counted, for each that comes */
#define LIMIT_NETWORK_TIMES 10    /* one network may have so many times its limit waiting */
#define LIMIT_WAITING_MOST 100000 /* requests that wait, over all */
#define LIMIT_UNMAILED 100000     /* signups without a mail that are counted in an hour: each network's are rows of table pace */

enum limit_answer {
	LIMIT_PASS, /* it is counted; the caller does it, deletes it and calls limit_left */
	LIMIT_WAIT, /* it is in a line */
	LIMIT_DROP, /* too many wait already: the caller deletes it and calls limit_left */
};

/* The first time: every line is looked at anew, for the limits may be others than when the clerk ended. */
int limit_start(struct clerk *c, struct err *e);

/* Before a turn of limit_ask: how many wait and whether there is a surge, as the store has it. */
int limit_begin(struct clerk *c, struct err *e);

/*
 * Inside the clerk's transaction: an enum limit_answer, or -1. `mails`: it leads to a mail, as far as is known now. One that leads to none
 * is counted all the same, or whoever asks could see it by their next request: for its network, and a request for the link, which only
 * who is on the list gets, for its domain and over all too.
 */
int limit_ask(struct clerk *c, struct signup *s, bool mails, struct err *e);

/* The request was deleted: who stood behind it moves up. */
int limit_left(struct clerk *c, const struct signup *s, struct err *e);

/*
 * The surge (clerk_surge.c), in table pace: from when the limit over all is reached until nobody waits for it and a quarter of it is free
 * again. surge_load reads it into c->surge_since, surge_start writes it inside the caller's transaction unless there is one.
 */
int surge_load(struct clerk *c, struct err *e);
int surge_start(struct clerk *c, struct err *e);

#endif
