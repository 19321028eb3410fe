/*
 * health.h - whether the store's file is whole, looked at with an end to it.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdint.h>

struct db;
struct err;

enum health_part {
	HEALTH_FILE,       /* pages and records (PRAGMA quick_check) */
	HEALTH_REFERENCES, /* each row refers to one that is there (PRAGMA foreign_key_check) */
};

/* 1 when it is, 0 when `most_us` microseconds were not enough (0: no end), -1 with ERR_CORRUPT and what was found, or why nobody knows. */
int health_check(struct db *db, enum health_part part, int64_t most_us, struct err *e);

/* The version of the store's schema, and when its newest row of evidence, event or audit was written (0: none). */
int health_version(struct db *db, int64_t *out, struct err *e);
int health_newest(struct db *db, int64_t *out, struct err *e);

#endif
