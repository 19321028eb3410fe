/*
 * outbox.h - mail to one person, which goes before all campaigns.
 *
 * Confirmations and other one-off mail. Message and address are wiped once it
 * was accepted or refused, or has expired. The same contract as delivery.h.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/delivery.h"

struct db;
struct err;

struct outbox_mail {
	int64_t id, subscriber_id;
	char kind[16];
	char address[SUBSCRIBER_ADDRESS];
	char name[SUBSCRIBER_NAME]; /* of the subscriber with that address, for redaction; or "" */
	int attempts;               /* with this one */
	int64_t expires_at;
	struct buf message; /* the final bytes; the caller releases it */
};

/* Queue in two steps, since the message carries a link made from its own id. subscriber_id 0: nobody on the list. */
int outbox_reserve(struct db *db, const char *kind, int64_t subscriber_id, const char *address, int64_t expires_at, int64_t *id,
    struct err *e);
int outbox_fill(struct db *db, int64_t id, const void *message, size_t n, struct err *e);

/*
 * Claim at most `size` that are due, none while a restored store is held (restored.h); out[].message is initialised here. Returns how many,
 * or -1.
 */
int outbox_claim(struct db *db, struct outbox_mail *out, size_t size, struct err *e);

/* Whose mail it is: 1 and the subscriber, 0 when it is nobody's on the list, or the row is gone; -1. */
int outbox_person(struct db *db, int64_t id, int64_t *subscriber_id, struct err *e);

/* Whether a claim still stands: its person has not been erased. 1, 0, -1. */
int outbox_wanted(struct db *db, int64_t id, struct err *e);

/*
 * Record; anything final wipes message and address, but of a forward that nobody gets: see outbox_lost. DELIVERY_DEFERRED past expires_at
 * counts as expired. What is not claimed any more (its person was erased meanwhile) stays as it is. not_tried: as in delivery.h.
 */
int outbox_record(struct db *db, const struct outbox_mail *mail, const struct delivery_result *result, struct err *e);

/* A sender starts: claims of an earlier one are due again. */
int outbox_recover(struct db *db, int64_t *n, struct err *e);

/* Wipe what has expired unsent; not what somebody wrote to us. */
int outbox_expire(struct db *db, int64_t *n, struct err *e);

/*
 * A forward is somebody's letter, and who should have had it may not: it was refused, has expired or is unknown, and is not wiped. One of
 * them: 1, its number, the relay's last code or 0, and its bytes added to *message; 0; -1. Once it is kept elsewhere,
 * outbox_give_up wipes it.
 */
int outbox_lost(struct db *db, int64_t *id, int *code, struct buf *message, struct err *e);
int outbox_give_up(struct db *db, int64_t id, struct err *e);

/* How many wait. */
int outbox_waiting(struct db *db, int64_t *out, struct err *e);

/* What waits, by kind, in alphabetical order. At most `size`; returns how many, or -1. */
struct outbox_kind {
	char kind[16];
	int64_t count, oldest_at, expires_at; /* expires_at: of the last one */
};
#define OUTBOX_KINDS 16
int outbox_kinds(struct db *db, struct outbox_kind *out, size_t size, struct err *e);

/* Wipe what waits and was queued at `until` or earlier: it is never sent. */
int outbox_discard(struct db *db, int64_t until, int64_t *n, struct err *e);

/* When the next one is due; 0: none waits. */
int outbox_next_due(struct db *db, int64_t *at, struct err *e);

/* The clock was set back: what waits comes as much sooner; `back` and *n as in delivery_sooner. */
int outbox_sooner(struct db *db, int64_t back, int64_t *n, struct err *e);

/* Whether a mail of this kind to the person was queued at `since` or later. 1, 0, -1. */
int outbox_recent(struct db *db, int64_t subscriber_id, const char *kind, int64_t since, struct err *e);

/* How many mails of this kind to the person were queued at `since` or later. */
int outbox_count(struct db *db, int64_t subscriber_id, const char *kind, int64_t since, int64_t *out, struct err *e);

/* 1 when there are such mails, no more than `most`, and none of them left: each was refused or expired; else 0, or -1. */
int outbox_only_refused(struct db *db, int64_t subscriber_id, const char *kind, int64_t since, int most, struct err *e);

/* Take back mails of a kind to a person that are not sent yet: they left meanwhile. */
int outbox_withdraw(struct db *db, int64_t subscriber_id, const char *kind, struct err *e);

/* What became of it: 1 and *out, 0 when the row is gone, -1. */
struct outbox_fate {
	bool waits;    /* queued or claimed: not decided yet */
	bool accepted; /* the relay took it */
	int attempts;
	int code;        /* of the last reply; 0: there was none */
	char reply[400]; /* redacted */
};
int outbox_fate(struct db *db, int64_t id, struct outbox_fate *out, struct err *e);

/* Delete finished rows older than `before`; at most `limit` a call. */
int outbox_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

#endif
