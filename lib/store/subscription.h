/*
 * subscription.h - one subscriber's wish to hear about one topic.
 *
 * PENDING until its owner confirms; ends as LEFT, BOUNCED or COMPLAINED.
 * Only this module and intake.h write table `subscription`; each change leaves a row in
 * `consent`, which is the evidence that we were asked.
 */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct evidence;

enum subscription_state {
	SUB_PENDING,
	SUB_ACTIVE,
	SUB_LEFT,
	SUB_BOUNCED,
	SUB_COMPLAINED,
	SUB_STATES
};

struct subscription {
	int64_t topic_id;
	enum subscription_state state;
	int64_t since; /* Unix time, UTC */
};

const char *subscription_state_name(enum subscription_state state); /* "active" */
int subscription_state_parse(const char *name);                     /* or -1 */

/* 1 and *out, 0 when there is none, -1. */
int subscription_find(struct db *db, int64_t subscriber_id, int64_t topic_id, struct subscription *out, struct err *e);

/* All of one person, at most `size`; returns how many, or -1. */
int subscription_of(struct db *db, int64_t subscriber_id, struct subscription *out, size_t size, struct err *e);

/*
 * Somebody asked through the form: whatever is not ACTIVE becomes PENDING. 1
 * when it is now pending, 0 when it was active already.
 */
int subscription_request(struct db *db, int64_t subscriber_id, int64_t topic_id, const struct evidence *evidence, struct err *e);

/*
 * The owner confirmed (by the link that was mailed): ACTIVE, and a suppression that a double opt-in may lift is lifted. 1 when
 * that changed something, 0 when not.
 */
int subscription_confirm(struct db *db, int64_t subscriber_id, int64_t topic_id, const struct evidence *evidence, struct err *e);

/*
 * Staff or an import: ACTIVE at once, with `action` "added" or "imported" as
 * evidence. Never revives: LEFT, BOUNCED or COMPLAINED is ERR_REFUSED, also behind a
 * request that nobody confirmed, and so is another topic for somebody whose every topic has ended. 0 when it was active already, else 1.
 */
int subscription_add(struct db *db, int64_t subscriber_id, int64_t topic_id, const char *action,
    const struct evidence *evidence, struct err *e);

/* What subscription_add would do: 1 add, 0 nothing since it is active, -1 with ERR_REFUSED or another error. */
int subscription_addable(struct db *db, int64_t subscriber_id, int64_t topic_id, struct err *e);

/*
 * Leave one topic, or every topic with topic_id 0. Leaves an unsubscribe event
 * of class `how`, with the campaign that it answers (or 0). Returns how many were ended; 0
 * the second time.
 */
int subscription_leave(struct db *db, int64_t subscriber_id, int64_t topic_id, int64_t campaign_id, const char *how,
    const struct evidence *evidence, struct err *e);

/*
 * They left by a slip, and take it back: ACTIVE again is what their last leaving at `until` or before ended, of one topic, or
 * of every topic with topic_id 0; what they had left more than `within` seconds before `until` stays left. What only waited for its
 * confirmation is not revived (nobody ever confirmed it), nor anything of an address that has been suppressed: leaving suppresses
 * nobody, so there is nothing to lift. Returns how many topics.
 */
int subscription_return(struct db *db, int64_t subscriber_id, int64_t topic_id, int64_t until, int64_t within,
    const struct evidence *evidence, struct err *e);

/* End every topic as BOUNCED or COMPLAINED. Returns how many. */
int subscription_end(struct db *db, int64_t subscriber_id, enum subscription_state state, const struct evidence *evidence, struct err *e);

/*
 * Requests that nobody confirmed since before `before`, of people who stay: a topic that had ended before is ended again,
 * any other is no subscription any more. (Those who never had another are subscriber_delete_unconfirmed's.) At most
 * `limit` a call, *n says how many.
 */
int subscription_expire(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

/* How many are in each state for the topic (0: all topics): counts[SUB_STATES]. */
int subscription_count(struct db *db, int64_t topic_id, int64_t counts[SUB_STATES], struct err *e);

/* Who a campaign started now would reach. */
int subscription_audience(struct db *db, int64_t topic_id, int64_t *out, struct err *e);

#endif
