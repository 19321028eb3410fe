/*
 * returned.h - messages that came back, so that each acts once.
 *
 * A message of a mailbox is known by mailbox and uid as long as it is there; every message, from wherever, by a digest of its bytes.
 * Both are written in the transaction of its effect, and only then is it removed from the mailbox.
 */
#ifndef RETURNED_H
#define RETURNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct err;

#define RETURNED_DIGEST 16 /* octets: SHA-256 of the message, the first of them */

enum returned_state {
	RETURNED_NEW,
	RETURNED_TO_REMOVE, /* dealt with: it is to be removed from the mailbox */
	RETURNED_LEFT       /* dealt with, and stays there */
};

/* What is known of a message of a mailbox: 0 and *state, or -1. */
int returned_find(struct db *db, const char *mailbox, const char *uid, enum returned_state *state, struct err *e);

/* It was dealt with. Again with another state: that one holds. Inside a transaction. */
int returned_note(struct db *db, const char *mailbox, const char *uid, bool left_there, struct err *e);

/* It is not there any more: 0, also when there was no such row. Inside a transaction. */
int returned_gone(struct db *db, const char *mailbox, const char *uid, struct err *e);

/*
 * Rows of messages that the mailbox did not list any more (somebody deleted them there): walks the rows of a mailbox in the order of
 * uids, calling `there` for each, and deletes those for which it says 0. At most `limit` a call; after is the cursor ("" at first,
 * `size` bytes); 1: more, 0: the end, -1. Inside a transaction.
 */
int returned_sweep(struct db *db, const char *mailbox, char *after, size_t size, int64_t limit,
    int (*there)(void *ctx, const char *uid), void *ctx, struct err *e);

/* Note the digest: 1 when it is new, 0 when a message of these bytes was dealt with before, -1. Inside a transaction. */
int returned_digest(struct db *db, const uint8_t digest[RETURNED_DIGEST], struct err *e);

/* Forget it: what was left where it is, or kept aside, must not be taken for dealt with when it comes again. Inside a transaction. */
int returned_digest_forget(struct db *db, const uint8_t digest[RETURNED_DIGEST], struct err *e);

/* Delete digests older than `before`; at most `limit` a call, *n says how many. */
int returned_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

/* Mailboxes with rows, one after the other by name: the next one after `after` into out (which may be the same). 1, 0: none, -1. */
int returned_mailbox(struct db *db, const char *after, char *out, size_t size, struct err *e);

/* Rows of a mailbox from before `before`: count them; delete at most `limit`, inside a transaction. */
int returned_count_old(struct db *db, const char *mailbox, int64_t before, int64_t *n, struct err *e);
int returned_drop_old(struct db *db, const char *mailbox, int64_t before, int64_t limit, int64_t *n, struct err *e);

#endif
