/*
 * reading.h - which messages of a mailbox were being read when the inbound role died: rows of table `pace`.
 *
 * What is noted and not taken back is found by the role's next life: it died in the middle of it. A mailbox goes by its name,
 * [inbound NAME].
 */
#ifndef READING_H
#define READING_H

#include <stdbool.h>

struct db;
struct err;

#define READING_UID 128     /* bytes of a uid with its NUL */
#define READING_SUSPECTS 16 /* kept of a mailbox */

struct reading_suspect {
	char uid[READING_UID];
	int deaths; /* while this message, and no other one, was being read */
};

struct reading {
	bool interrupted; /* a life ended before it was done with the mailbox */
	int suspects;
	struct reading_suspect suspect[READING_SUSPECTS];
};

/* What earlier lives left behind; writes nothing. */
int reading_get(struct db *db, const char *mailbox, struct reading *out, struct err *e);

/* Work begins: *out is what earlier lives left behind, with the death that is news counted. Inside a transaction. */
int reading_begin(struct db *db, const char *mailbox, struct reading *out, struct err *e);

/* This message alone is being read now, and no other; "": any. deaths: as far as known. Inside a transaction. */
int reading_note(struct db *db, const char *mailbox, const char *uid, int deaths, struct err *e);

/* It is under suspicion no more. Inside a transaction. */
int reading_clear(struct db *db, const char *mailbox, const char *uid, struct err *e);

/* Work ended without a death; `all`: and every message was read, so that no suspicion is left either. Inside a transaction. */
int reading_end(struct db *db, const char *mailbox, bool all, struct err *e);

#endif
