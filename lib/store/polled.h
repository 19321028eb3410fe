/*
 * polled.h - when each mailbox was last read to its end, and since when that fails: rows of table `pace`, for `newsletter status`.
 *
 * The inbound role writes them; a mailbox goes by its name in newsletter.conf, [inbound NAME], "" for [inbound].
 */
#ifndef POLLED_H
#define POLLED_H

#include <stdint.h>

struct db;
struct err;

struct polled {
	int64_t at;       /* Unix time of the last poll that found everything in order; 0: never */
	int64_t trouble;  /* since when polls fail; 0: the last one did not */
	int64_t failures; /* that failed since then */
};

/* A poll ended: well, or not. Inside a transaction. */
int polled_well(struct db *db, const char *mailbox, int64_t now, struct err *e);
int polled_badly(struct db *db, const char *mailbox, int64_t now, struct err *e);

/* What is known of a mailbox; zeroes for one that was never polled. */
int polled_get(struct db *db, const char *mailbox, struct polled *out, struct err *e);

#endif
