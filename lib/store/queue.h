/*
 * queue.h - what waits in the store, and for how long: numbers for a watcher who asks often.
 *
 * Everything is read by an index of what waits, never from the tables of what is done; how many subscribers there are is counted in bites.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "store/campaign.h"
#include "store/subscription.h"

struct db;
struct err;

struct queue {
	struct {
		int64_t waiting; /* mails to one person, queued */
		int64_t oldest;  /* Unix time at which the oldest of them was made; 0: none waits */
		int64_t due;     /* … at which the first of them is due */
		int64_t held;    /* 1: none of them leaves, since the store was restored (restored.h) */
	} outbox;
	struct {
		int64_t undecided; /* requests of visitors that nobody has looked at */
		int64_t held;      /* those that wait for a limit */
		int64_t oldest;    /* when the oldest undecided one came; 0 */
	} signup;
	struct {
		int64_t waiting; /* messages of campaigns to be tried again */
		int64_t due;     /* when the first of them is; 0 */
	} deferred;
	int64_t campaigns[CAMPAIGN_STATES];
	int64_t backup; /* when the last backup was made; 0: none is known */
};
int queue_look(struct db *db, struct queue *out, struct err *e);

/* Counting a topic's subscriptions, in bites: start with zeroes and the topic's id. */
struct queue_count {
	int64_t topic_id, after; /* after: the subscriber at which the last bite ended */
	int64_t n[SUB_STATES];
};

/* Count up to `bite` more; 1: there may be more of them, 0: all are counted, -1. */
int queue_count(struct db *db, struct queue_count *c, int64_t bite, struct err *e);

#endif
