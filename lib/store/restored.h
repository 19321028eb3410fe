/*
 * restored.h - a store that came out of a backup, and waits for a person before anything leaves.
 *
 * What the backup had unfinished may have gone out between it and the loss. So every campaign that is not over is HELD, with the
 * reason; the outbox is held as a whole until restored_release (outbox.h claims nothing); and `newsletter send` asks restored_held first.
 */
#ifndef RESTORED_H
#define RESTORED_H

#include <stdint.h>

struct db;
struct err;

struct restored {
	int64_t taken_at, at; /* when the backup was made, and restored */
};

struct restored_counts {
	int64_t campaigns; /* held */
	int64_t mails;     /* that wait in the outbox */
	int64_t unknown;   /* mails that were on their way, and are given up */
	int64_t approvals; /* asked for by mail, and closed: the links do nothing any more */
};

/*
 * Hold what was restored from a backup that was made at `taken_at`, inside a transaction. Tokens that were mailed stay valid; so do
 * counters, what was used of limits, and what is known of the mailboxes. Roles that ran there do not run here.
 */
int restored_hold(struct db *db, int64_t taken_at, struct restored_counts *out, struct err *e);

/* Whether the outbox is held for that: 1 and *out (the last time), 0, -1. */
int restored_held(struct db *db, struct restored *out, struct err *e);

/* A person has looked: what waits in the outbox goes out. */
int restored_release(struct db *db, struct err *e);

#endif
