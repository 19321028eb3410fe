/*
 * pace.h - what was used of a limit: table `pace`, so that limits hold across a restart.
 *
 * A row is (scope, subject, start of a window of time) -> a number; what scopes
 * there are and what the number means is said in schema.sql. Writing needs an
 * open transaction.
 */
#ifndef PACE_H
#define PACE_H

#include <stdint.h>

struct db;
struct err;

struct pace_row {
	const char *scope, *subject; /* valid during the call that they are given to */
	int64_t window_start;        /* Unix time, UTC */
	int64_t used;
};

/* Write a row, in place of the one with the same scope, subject and start. */
int pace_put(struct db *db, const struct pace_row *row, struct err *e);

/* Forget a subject's windows that began before a moment; INT64_MAX: all of them. */
int pace_drop(struct db *db, const char *scope, const char *subject, int64_t before, struct err *e);

/* The same for every subject of a scope. */
int pace_expire(struct db *db, const char *scope, int64_t before, struct err *e);

/* Call fn for each row of a scope, by subject, the oldest first. fn must not write, nor come back to this function. */
typedef void pace_fn(void *arg, const struct pace_row *row);
int pace_each(struct db *db, const char *scope, pace_fn *fn, void *arg, struct err *e);

#endif
