/*
 * ledger.h - what people do with a campaign's ledger: see who is where and why, try failures again, shrink it.
 *
 * The sender's side, with the contract, is delivery.h. All here walks the rows of
 * one campaign by their key, in memory that does not grow with them.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/delivery.h"

struct campaign;
struct db;
struct err;

#define LEDGER_GROUPS 64 /* states times classes that can be told apart */
#define LEDGER_BITE 100  /* rows that a bite looks at: a few milliseconds */

/* What became of several messages alike. */
struct ledger_group {
	enum delivery_state state;
	char class[32];    /* "": none */
	int64_t n;         /* messages */
	int64_t next_at;   /* DEFERRED: the earliest that is tried again; else 0 */
	int64_t last_at;   /* the last change among them */
	int code;          /* of one of them, as an example … */
	char enhanced[12]; /* … */
	char reply[201];   /* … redacted */
};

/*
 * Group all messages of a campaign by state and class, in the order of states, then by their number, the largest first. Returns
 * how many groups, or -1; classes beyond `size` are counted with the last group of their state, whose class is then "others".
 */
int ledger_groups(struct db *db, int64_t campaign_id, struct ledger_group *out, size_t size, struct err *e);

/* Which messages are meant. */
struct ledger_pick {
	int state;         /* enum delivery_state, or -1: any */
	const char *class; /* NULL: any */
};

struct ledger_row {
	struct delivery d;
	char address[SUBSCRIBER_ADDRESS]; /* "" when it was not asked for, or the person was erased */
};

/* Walk those that are meant, in the order of subscriber ids. `each` returns 0 to go on, 1 for enough, -1. Returns what it did last. */
int ledger_each(struct db *db, int64_t campaign_id, const struct ledger_pick *pick, bool addresses,
    int (*each)(void *ctx, const struct ledger_row *row, struct err *e), void *ctx, struct err *e);

struct ledger_retry {
	struct ledger_pick pick; /* state -1: REFUSED, UNKNOWN and DEFERRED */
	const char *const *dead; /* classes that mean a dead address, NULL at the end: not retried unless the consent is newer */
	int64_t deadline;        /* until when they are tried */
	bool count_only;         /* change nothing */

	int64_t after;                      /* the cursor: 0 at first */
	int64_t seen;                       /* rows that were looked at */
	int64_t refused, unknown, deferred; /* that were queued, by the state that they had */
	int64_t gone;                       /* left, suppressed or erased: never */
	int64_t dead_ones;                  /* dead */
};

/*
 * Queue failures anew, in bites of LEDGER_BITE rows: they are DEFERRED and due now, their attempts and last reply stay. The campaign is
 * reopened with the first of them (campaign_reopen), its tally is kept. Inside a transaction, which may be committed after any bite
 * (db_chunk), unless count_only. Returns 1, 0 when the end is reached, -1.
 */
int ledger_retry(struct db *db, int64_t campaign_id, struct ledger_retry *r, struct err *e);

#define LEDGER_FLIGHT 3600 /* seconds after which a message of a cancelled campaign is not in flight any more */

/*
 * Shrink a campaign that is over to subscriber, state, attempts and time of each delivery, in bites, the same way; *after is the cursor,
 * *n counts rows. What a cancelled one still had deferred counts as refused, what had been claimed as unknown. The last
 * bite sets archived_at. Doing it again from the start changes nothing. ERR_REFUSED when it is not over, or messages are in flight.
 */
int ledger_archive(struct db *db, int64_t campaign_id, int64_t *after, int64_t *n, struct err *e);

#endif
