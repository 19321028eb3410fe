/*
 * onetime.h - single-use secrets that were mailed (base/token.h); only their hash is stored.
 */
#ifndef ONETIME_H
#define ONETIME_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

struct onetime {
	int64_t subscriber_id;
	char topics[400]; /* confirm: the topic ids that were asked for (signup_topics_read) */
	int64_t created_at, expires_at;
	int64_t used_at; /* 0: not yet */
};

/* purpose: "confirm" or "my-data". */
int onetime_put(struct db *db, const uint8_t hash[32], const char *purpose, const struct onetime *t, struct err *e);

/* 1 and *out, also when it has expired or was used; 0 when there is none; -1. */
int onetime_find(struct db *db, const uint8_t hash[32], const char *purpose, struct onetime *out, struct err *e);

/* The newest one of a person that can still be used: 1, its hash and *out; 0; -1. And other topics for it. */
int onetime_outstanding(struct db *db, int64_t subscriber_id, const char *purpose, uint8_t hash[32], struct onetime *out, struct err *e);
int onetime_set_topics(struct db *db, const uint8_t hash[32], const char *topics, struct err *e);

/* Mark it used; the time of the first use stays. */
int onetime_use(struct db *db, const uint8_t hash[32], struct err *e);

/* Whether the person got one of this purpose at `since` or later. 1, 0 or -1. */
int onetime_recent(struct db *db, int64_t subscriber_id, const char *purpose, int64_t since, struct err *e);

int onetime_delete_expired(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

#endif
