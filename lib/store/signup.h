/*
 * signup.h - what visitors asked for and nobody has decided yet.
 *
 * http appends one row whoever asks, so that its answer tells nothing; the
 * clerk decides and deletes it, or has it wait in a limit's line (signup_line.h).
 */
#ifndef SIGNUP_H
#define SIGNUP_H

#include <stdbool.h>
#include <stdint.h>

#include "store/consent.h"
#include "store/subscriber.h"

struct db;
struct err;

#define SIGNUP_WORDING 300 /* bytes of what stands for a form when there was none */
#define SIGNUP_LINE 32     /* bytes of a line's name, which is a subject of table pace */

/* The limit in whose line a request waits. */
enum signup_limit {
	SIGNUP_FREE, /* in none */
	SIGNUP_NETWORK,
	SIGNUP_DOMAIN,
	SIGNUP_TOTAL,
	SIGNUP_LIMITS
};

struct signup {
	int64_t id;
	bool manage; /* asks for the link to one's settings and data; else a signup */
	char address[SUBSCRIBER_ADDRESS], key[SUBSCRIBER_ADDRESS];
	char name[SUBSCRIBER_NAME];
	char topics[400]; /* topic ids, separated by spaces */
	char language[SUBSCRIBER_LANGUAGE];
	char ip[64];
	int64_t weight;                  /* what it counts against the limits; 0: an import asks, and no limit holds it */
	uint8_t form_hash[CONSENT_HASH]; /* signups: from consent_wording */
	int64_t received_at;

	/* what signup_hold wrote; signup_append leaves it out */
	enum signup_limit held_by;
	char line[SIGNUP_LINE], network[SIGNUP_LINE];
	int64_t place, held_at;
};

int signup_append(struct db *db, const struct signup *s, struct err *e);

/* The oldest one that is due: 1 and *out, 0 when there is none, -1. */
int signup_next(struct db *db, int64_t now, struct signup *out, struct err *e);

/* The next one by number, whether it is due or not: 1, 0, -1. */
int signup_after(struct db *db, int64_t id, struct signup *out, struct err *e);

int signup_delete(struct db *db, int64_t id, struct err *e);

/* Of an import that asks: whether a request of that address waits (1, 0, -1); the latest time that one is put off to, or 0. */
int signup_waits(struct db *db, const char *key, struct err *e);
int signup_last_asked(struct db *db, int64_t *at, struct err *e);

/* The clock was set back: what waits in no line comes as much sooner; `back` and *n as in delivery_sooner. */
int signup_sooner(struct db *db, int64_t back, int64_t *n, struct err *e);

/* Write topic ids as text, and read them back: returns how many (at most `size`). */
void signup_topics_write(char *out, uint64_t size, const int64_t *ids, int count);
int signup_topics_read(const char *text, int64_t *ids, int size);

#endif
