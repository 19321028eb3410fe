/*
 * feed.h - which feeds were imported, and how the next look at them is cheap.
 *
 * A feed is known by the address that was asked for, or for a file by what it
 * says of itself. Its row is written last, with the articles of its first
 * import: without a row, an import is the first one.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include <stdint.h>

struct db;
struct err;

/* What the server said of its last answer, to be sent with the next question (RFC 9110 section 13.1). */
struct feed_seen {
	char *etag, *last_modified; /* malloc'ed when read, borrowed when written; "" when it said none */
	int64_t first_at, fetched_at;
};

/* 1 and *out, which feed_seen_release frees; 0 for a feed that was never imported; -1. */
int feed_seen_find(struct db *db, const char *url, struct feed_seen *out, struct err *e);
void feed_seen_release(struct feed_seen *seen);

/* Record an import, now: first_at stays what it was. */
int feed_seen_put(struct db *db, const char *url, const struct feed_seen *seen, struct err *e);

#endif
