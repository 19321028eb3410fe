/*
 * retention.h - what is kept how long: one table of rules, for the clerk by the hour and for `newsletter retention`.
 */
#ifndef SITE_RETENTION_H
#define SITE_RETENTION_H

#include <stddef.h>
#include <stdint.h>

#include "store/retention.h"

struct conf;
struct db;
struct err;

struct retention_rule {
	const char *name; /* in the log: "ips" */
	const char *what; /* for people */
	const char *key;  /* of [retention] in newsletter.conf, or NULL: it is fixed */
	int64_t keep;     /* seconds */

	/* its own */
	enum retention_kind kind;
	int (*drop)(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);
};

#define RETENTION_RULES 11

/* The rules, in the order in which they are applied. */
void retention_rules(const struct conf *conf, struct retention_rule out[RETENTION_RULES]);

/* How many rows are past it now. */
int retention_past(struct db *db, const struct conf *conf, const struct retention_rule *rule, int64_t *n, struct err *e);

/* Delete some of them, in a transaction of its own: 1 when there may be more, 0, -1. *n says how many. */
int retention_bite(struct db *db, const struct conf *conf, const struct retention_rule *rule, int64_t *n, struct err *e);

/* Delete them all, in bites, so that others can write in between; no transaction may be open. *n says how many. */
int retention_apply(struct db *db, const struct conf *conf, const struct retention_rule *rule, int64_t *n, struct err *e);

#endif
