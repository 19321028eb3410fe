/*
 * counter.h - numbers that only grow, for metrics; they survive a restart.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdint.h>

struct db;
struct err;

int counter_add(struct db *db, const char *name, int64_t n, struct err *e);
int counter_get(struct db *db, const char *name, int64_t *out, struct err *e); /* 0 when it was never added to */

#endif
