/*
 * signup_line.h - the visitors' requests that wait because a limit was reached.
 *
 * A limit has a line for each network or domain that reached it, and one over all. The smallest place is first, and only the
 * first of a line is ever due (signup_next): thousands behind it cost nothing until it is their turn. Whoever takes a request
 * out of a line, or puts one in, sees to it that the first one has its time (signup_set_next); signup_wake does so for every line.
 */
#ifndef SIGNUP_LINE_H
#define SIGNUP_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/signup.h"

struct db;
struct err;

#define SIGNUP_FAR INT64_MAX /* next_at of those who are not first */

const char *signup_limit_name(enum signup_limit by);    /* "network", "domain", "total"; SIGNUP_FREE: "" */
enum signup_limit signup_limit_parse(const char *name); /* SIGNUP_FREE for any other word */

/* Write the row's held_by, line, network, place and held_at, and until when it is left alone. */
int signup_hold(struct db *db, const struct signup *s, int64_t next_at, struct err *e);

/* The first of a line: 1, 0 when it is empty, -1. */
struct signup_first {
	int64_t id, place, weight, next_at;
};
int signup_first(struct db *db, enum signup_limit by, const char *line, struct signup_first *out, struct err *e);

/* Of all that wait, in any line, the one whose place is the last: its id, place, held_by and line. 1, 0 when none waits, -1. */
int signup_last(struct db *db, struct signup *out, struct err *e);

int signup_set_next(struct db *db, int64_t id, int64_t next_at, struct err *e);

/* The first of every line is due at once, whatever changed: limits, or who is in it. */
int signup_wake(struct db *db, int64_t now, struct err *e);

/* How many of a network wait, in any line; counting ends at `most`. */
int signup_network_waiting(struct db *db, const char *network, int64_t most, int64_t *n, struct err *e);

/* Whether one of the same kind for the same address waits that came from the same network: 1, 0, -1. */
int signup_repeated(struct db *db, const struct signup *s, struct err *e);

/* How many wait in any line; reads all of them. */
int signup_held_count(struct db *db, int64_t *n, struct err *e);

/* Delete those that have waited since before `before`, at most `limit` of them; *n says how many. Then signup_wake is due. */
int signup_drop_held(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

/* What waits, for people who ask. */
struct signup_waiting {
	int64_t held, since; /* in a line, and the oldest of these; 0 */
	int64_t networks;    /* that these came from */
	int64_t undecided;   /* in none: nobody has looked at them yet */
};
int signup_waiting(struct db *db, struct signup_waiting *out, struct err *e);

/* Lines, or networks whatever their line, the longest first. ip and address are one request's, to tell which line it is. */
struct signup_group {
	enum signup_limit by; /* of lines */
	int64_t count, since;
	const char *ip, *address; /* valid during the call */
};
typedef void signup_group_fn(void *arg, const struct signup_group *group);
int signup_each_line(struct db *db, int64_t limit, signup_group_fn *fn, void *arg, struct err *e);
int signup_each_network(struct db *db, int64_t limit, signup_group_fn *fn, void *arg, struct err *e);

#endif
