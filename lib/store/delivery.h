/*
 * delivery.h - the ledger: what became of each message of a campaign.
 *
 * The contract hangs on the order: a claim (cursor and ledger row) is committed
 * before anything touches the wire; a reply is recorded before its place is
 * claimed anew. A row that is still CLAIMED when a sender starts is unknown.
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/subscriber.h"

struct campaign;
struct campaign_tally;
struct db;
struct err;

enum delivery_state {
	DELIVERY_CLAIMED,
	DELIVERY_ACCEPTED,
	DELIVERY_DEFERRED,
	DELIVERY_REFUSED,
	DELIVERY_UNKNOWN,
	DELIVERY_SKIPPED,
	DELIVERY_STATES
};

struct delivery_claim {
	int64_t campaign_id, topic_id;
	int attempts; /* with this one */
	struct subscriber who;
};

struct delivery_result {
	enum delivery_state state;
	int64_t next_at;              /* DEFERRED */
	int code;                     /* 0: none */
	const char *enhanced, *reply; /* redacted; "" or NULL: none */
	const char *class;            /* the judge's rule; "" or NULL when accepted or nobody judged */
	bool not_tried;               /* DEFERRED or SKIPPED before a byte of it went out: no attempt */
};

struct delivery {
	int64_t subscriber_id;
	enum delivery_state state;
	int attempts, code; /* attempts 0: skipped, or never tried so far */
	int64_t at, next_at;
	char enhanced[12], reply[201], class[32];
};

const char *delivery_state_name(enum delivery_state state);

/*
 * Claim at most `size` messages of a campaign that is SENDING: deferred ones
 * whose time has come first, then by the cursor, which moves. Whoever is not
 * ACTIVE any more, or is suppressed, is skipped. Inside a transaction; *c's cursor and *tally are
 * brought up to date, the caller writes the tally. *exhausted: the cursor has
 * nobody left. Returns how many, or -1; 0 without *exhausted when all that were reached
 * this time were skipped, or are not in the campaign's segment: call again, in a new transaction. A segment that cannot be read any more
 * (what it names is gone) is ERR_USAGE, before anything was changed: nobody may be claimed then.
 */
int delivery_claim(struct db *db, struct campaign *c, struct delivery_claim *out, size_t size, struct campaign_tally *tally,
    bool *exhausted, struct err *e);

/* Whether the person of a claim may still be mailed: has not left, is not suppressed. 1, 0, -1. */
int delivery_wanted(struct db *db, const struct delivery_claim *claim, struct err *e);

/*
 * Record what became of a claim: 1, or 0 when it is not CLAIMED any more (settled
 * by delivery_recover), and then it must not be tallied either; -1. What was not
 * tried has as many attempts as before the claim, and keeps its last reply where there is no newer one.
 */
int delivery_record(struct db *db, const struct delivery_claim *claim, const struct delivery_result *result, struct err *e);

/*
 * A sender starts: claims of an earlier one that has died are *unknown*.
 * hold: they become UNKNOWN and wait for a person; else they are due at once, with
 * the same Message-ID. *n says how many.
 */
int delivery_recover(struct db *db, int64_t campaign_id, bool hold, int64_t *n, struct err *e);

/* The deadline has passed: what is deferred counts as refused. *n says how many. */
int delivery_give_up(struct db *db, int64_t campaign_id, int64_t *n, struct err *e);

/* When the next deferred one is due; 0: none is. */
int delivery_next_due(struct db *db, int64_t campaign_id, int64_t *at, struct err *e);

/*
 * The clock was set back by `back` seconds (0: by nobody knows how much, while nobody looked; rows that were written at a time to come
 * tell): what is deferred waits for as much less. *n says how many that were.
 */
int delivery_sooner(struct db *db, int64_t back, int64_t *n, struct err *e);

/* One row: 1, 0, -1. Nothing but tests asks for one: it is how they see what was recorded. */
int delivery_find(struct db *db, int64_t campaign_id, int64_t subscriber_id, struct delivery *out, struct err *e);

/* Delete rows of campaigns that finished before `before`; at most `limit` a call, *n says how many. */
int delivery_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

#endif
