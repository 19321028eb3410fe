/*
 * welcome.h - who has just confirmed and is still to get the welcome mail.
 *
 * http adds a row in the confirmation's own transaction; the clerk decides and
 * deletes it. A person who is erased takes it along.
 */
#ifndef WELCOME_H
#define WELCOME_H

#include <stdint.h>

struct db;
struct err;

struct welcome {
	int64_t subscriber_id;
	char topics[400]; /* ids of what was confirmed, for signup_topics_read */
	int64_t at;       /* of the last confirmation */
};

/* These topics became active by a confirmation just now: added to what waits for the person already. */
int welcome_add(struct db *db, int64_t subscriber_id, const int64_t *topics, int count, struct err *e);

/* The next one of a subscriber with a number higher than `after`: 1 and *out, 0, -1. */
int welcome_next(struct db *db, int64_t after, struct welcome *out, struct err *e);

int welcome_delete(struct db *db, int64_t subscriber_id, struct err *e);

#endif
