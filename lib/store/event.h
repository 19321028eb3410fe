/*
 * event.h - what came back or was asked: bounces, refusals, complaints, unsubscribes.
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

struct event {
	const char *kind, *class;                     /* as schema.sql lists them */
	int64_t subscriber_id, topic_id, campaign_id; /* 0: none */
	int code;
	const char *enhanced, *text; /* redacted; NULL: none */
	const char *rule;            /* refusal, bounce: the judge's rule; complaint: its Feedback-Type; NULL: none */
	bool doubted;                /* no valid link was in it: about nobody and no campaign, and without effect */
};

int event_add(struct db *db, const struct event *event, struct err *e);

/*
 * What is known already of one person's message of a campaign: 1 and the class of the gravest event of the kind ("hard" before the
 * rest) in class, 0 when there is none, -1. What comes back twice (a delay's end, a server that reports late) is one bounce.
 */
#define EVENT_CLASS 16
int event_find(struct db *db, const char *kind, int64_t campaign_id, int64_t subscriber_id, char class[EVENT_CLASS], struct err *e);

/* How many people's message of the campaign was answered so: one that is full first and dead then is one. */
int event_count(struct db *db, int64_t campaign_id, const char *kind, int64_t *out, struct err *e);

/* Delete those older than `before`; at most `limit` a call, *n says how many. */
int event_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

#endif
