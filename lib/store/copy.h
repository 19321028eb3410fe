/*
 * copy.h - the whole store as it is at one moment, for a backup; and whether such a copy is one of ours and whole.
 *
 * The copy is read from one snapshot, while everybody goes on writing: the write-ahead log cannot begin anew meanwhile, so it grows by what
 * is written in that time (it is used again afterwards). No writer waits.
 */
#ifndef COPY_H
#define COPY_H

#include <stdint.h>

struct db;
struct err;

struct copy_counts {
	int64_t version; /* of the schema */
	int64_t subscribers, active, campaigns, unfinished, deliveries, suppressions, articles;
	int64_t waiting; /* in the outbox; active: subscriptions */
};

/* Called every now and then with octets; -1 (with *e set) gives up. */
typedef int copy_progress(void *ctx, int64_t done, int64_t total, struct err *e);

/* Octets that a copy takes now. */
int copy_size(struct db *db, int64_t *octets, struct err *e);

/*
 * Copy into a new file of mode 0600 in the store's folder, whose name is gone already: *fd, which the caller closes. Counts are of the same
 * moment, *at is when that was (Unix time).
 */
int copy_make(struct db *db, const char *store_path, copy_progress *progress, void *ctx, int *fd, struct copy_counts *counts, int64_t *at,
    struct err *e);

/* Whether a file that is nobody else's is a whole store of ours (PRAGMA integrity_check); ERR_CORRUPT, ERR_VERSION. *version: as it is. */
int copy_check(const char *path, int64_t *version, struct err *e);

int copy_count(struct db *db, struct copy_counts *out, struct err *e);

/* Whether the store's suppression key (db_set_suppression_key) is the one its subscribers' HMACs were made with: 1, 0; -1. None: 1. */
int copy_key_fits(struct db *db, struct err *e);

#endif
