/*
 * retention.h - how much there is that was kept long enough. Deleting is each module's own (lib/site/retention.h has the rules).
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include <stdint.h>

struct db;
struct err;

enum retention_kind {
	RETENTION_PENDING,        /* people who never confirmed anything */
	RETENTION_PENDING_TOPICS, /* requests of people who stay */
	RETENTION_TOKENS,
	RETENTION_IPS,
	RETENTION_DELIVERIES,
	RETENTION_EVENTS,
	RETENTION_EXPIRED, /* mail in the outbox that came too late */
	RETENTION_OUTBOX,
	RETENTION_DIGESTS,
	RETENTION_LIMITS,
	RETENTION_KINDS
};

/* What the rule of this kind would delete, given the same `before`: 0 and *n, or -1. */
int retention_count(struct db *db, enum retention_kind kind, int64_t before, int64_t *n, struct err *e);

#endif
