/*
 * bounce.h - what bounces do to a subscriber: hard ends the address at once, soft ones add up.
 *
 * A soft bounce or refusal is a point, at most one a day; BOUNCE_POINTS of them with BOUNCE_SPAN or more between the first and the last end
 * the address as a hard one does. A success resets them: a mailing that was sent after the last point, has had BOUNCE_ANSWER to come back,
 * and did not. That is looked up when the next point comes, so that sending has no work with it. Used for what a relay refuses and for what
 * comes back alike.
 */
#ifndef BOUNCE_H
#define BOUNCE_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

#define BOUNCE_POINTS 5
#define BOUNCE_DAY ((int64_t)86400)
#define BOUNCE_SPAN ((int64_t)14 * 86400)
#define BOUNCE_ANSWER ((int64_t)3 * 86400)

/* The address is dead: every topic ends as BOUNCED, the address is suppressed as hard. `source`: "refused by the relay", "bounce". Needs
 * the suppression key. 0, also when there is no such subscriber; -1. Inside a transaction. */
int bounce_hard(struct db *db, int64_t subscriber_id, const char *source, struct err *e);

/* A soft bounce or refusal of a message of the campaign (0: none): 1 when it was one point too many and the address is ended, 0, or -1. */
int bounce_soft(struct db *db, int64_t subscriber_id, int64_t campaign_id, const char *source, struct err *e);

/* A complaint: every topic ends as COMPLAINED, the address is suppressed, what waits for it in the outbox is withdrawn. 0, or -1. */
int bounce_complaint(struct db *db, int64_t subscriber_id, const char *source, struct err *e);

#endif
