/*
 * counter.h - numbers that only grow, for metrics; they survive a restart.
 *
 * A name is a word, or a word and what it is counted by: "events:bounce:hard". Counting happens in the transaction of what is counted, or
 * in batches (daemon/pulse.h) where that writes nothing: then a process that dies takes what it had not written with it, and no number
 * falls.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct histogram;

#define COUNTER_NAME 128 /* bytes of a name, with its NUL */

int counter_add(struct db *db, const char *name, int64_t n, struct err *e);
int counter_get(struct db *db, const char *name, int64_t *out, struct err *e); /* 0 when it was never added to */

/* The name made of parts, each but the first after a colon: counter_add_to(db, 1, e, "events", "bounce", "hard", COUNTER_END). */
#define COUNTER_END ((const char *)NULL)
int counter_add_to(struct db *db, int64_t n, struct err *e, const char *first, ...) __attribute__((sentinel));

/* Each class that is not empty as NAME:0 … NAME:13, and the sum, in microseconds, as NAME:sum. */
int counter_add_histogram(struct db *db, const char *name, const struct histogram *h, struct err *e);

struct counter {
	char name[COUNTER_NAME]; /* a longer one is cut */
	int64_t value;
};

struct counter_list {
	struct counter *item; /* by name, as bytes */
	size_t count;
};

/* All of them, at most `most`. The caller releases the list in either case. */
int counter_list(struct db *db, size_t most, struct counter_list *out, struct err *e);
void counter_list_release(struct counter_list *list);
int64_t counter_in(const struct counter_list *list, const char *name); /* 0 when it is not there */

#endif
