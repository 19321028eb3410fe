/*
 * people.h - people in bulk, as they are in the store: for exports, and for taking an export back (lib/site/exchange.h).
 *
 * Reading goes window by window, in the order of ids, so that memory is flat and every table is read in its own order. Writing takes rows
 * as they were, with their times and their evidence; who may be written is the caller's to decide.
 */
#ifndef STORE_PEOPLE_H
#define STORE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/consent.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/suppression.h"
#include "store/topic.h"

struct db;
struct err;

#define PEOPLE_WINDOW 512
#define PEOPLE_SOURCE 201 /* bytes of a source with the NUL */

struct people_suppressed {
	bool is; /* the rest is only then filled in */
	enum suppression_reason reason;
	int64_t since;
	uint8_t hmac[SUPPRESSION_HMAC];
	char source[PEOPLE_SOURCE];
};

struct people_one {
	struct subscriber who;
	int64_t bounce_score, bounce_first_at, bounce_last_at; /* 0: none */
	struct people_suppressed suppressed;
};

struct people_state {
	int8_t state; /* enum subscription_state, or -1 for none */
	int64_t since;
};

/* Some people, in the order of their ids; some 1.5 MB, so it is the heap's. */
struct people {
	size_t count;
	struct people_one one[PEOPLE_WINDOW];
	struct people_state of[TOPICS_MAX][PEOPLE_WINDOW]; /* by the place of the topic in the list */
};

/* The next people after the id `after` (0 at first), with their suppression and, for each topic of the list, their state. 0 or -1. */
int people_next(struct db *db, const struct topic_list *topics, int64_t after, struct people *out, struct err *e);

/* One row of evidence. Borrowed texts; hashes NULL where there is none. */
struct people_consent {
	int64_t subscriber_id, topic_id, at;
	const char *action, *ip, *source; /* ip "": none */
	const uint8_t *form_hash, *mail_hash;
};

/* The evidence of the people with ids from first to last, by person, oldest first. */
int people_consents(struct db *db, int64_t first, int64_t last,
    int (*each)(void *ctx, const struct people_consent *c, struct err *e), void *ctx, struct err *e);

/* Every wording that was shown, by hash. */
int people_wordings(struct db *db, int (*each)(void *ctx, const uint8_t *hash, int64_t first_at, const char *text, struct err *e),
    void *ctx, struct err *e);

/* Every suppression, by HMAC. */
int people_suppressions(struct db *db, int (*each)(void *ctx, const struct people_suppressed *s, struct err *e), void *ctx, struct err *e);

/* Below: inside the caller's transaction. */

/* A new row with all that is known of a person; fills in who.id. The address must not be there. */
int people_insert(struct db *db, struct people_one *p, struct err *e);

/* The person's state for a topic as it was; whatever is there is replaced. No evidence is written: see people_evidence. */
int people_set_state(struct db *db, int64_t subscriber_id, int64_t topic_id, enum subscription_state state, int64_t since, struct err *e);

/*
 * A row of evidence as it was; unless `all`, only where none of the same topic, action, time, wordings and source is there. 1 written,
 * 0 not, -1.
 */
int people_evidence(struct db *db, const struct people_consent *c, bool all, struct err *e);

/* Whether there is any evidence of a person and topic: 1, 0, -1. */
int people_has_evidence(struct db *db, int64_t subscriber_id, int64_t topic_id, struct err *e);

/* A wording under its hash, unless it is there: 1 written, 0 not, -1. */
int people_put_wording(struct db *db, const uint8_t hash[CONSENT_HASH], int64_t first_at, const char *text, struct err *e);

/* A suppression as it was, unless one that is as strong is there: 1 written, 0 not, -1. */
int people_suppress(struct db *db, const struct people_suppressed *s, struct err *e);

/* Whether a person has an active topic since later than `since`: 1, 0, -1. */
int people_came_back(struct db *db, int64_t subscriber_id, int64_t since, struct err *e);

#endif
