/*
 * intake.h - people by the hundred thousand: what subscriber.h and subscription.h say of one, for groups of them.
 *
 * A row means what subscriber_put and subscription_add mean: an address that is
 * suppressed is passed over, a person who is there keeps their row, and who left,
 * bounced or complained is never revived. Rows are written in groups, each with its
 * evidence in one transaction; between groups others who wait have their turn (db_chunk).
 *
 * Rows that come in the order of their keys are fast, whatever the size of the store.
 */
#ifndef INTAKE_H
#define INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "store/subscriber.h"
#include "store/suppression.h"

struct db;
struct err;
struct intake;

/* What a row says of its person. In this order a person's rows are to come: that somebody left counts more than that they once came. */
enum intake_wish {
	INTAKE_STAFF,     /* must not be mailed: their list's staff said so */
	INTAKE_COMPLAINT, /* complained */
	INTAKE_HARD,      /* the mailbox is not there */
	INTAKE_LEFT,      /* left */
	INTAKE_ACTIVE,    /* wants the topics */
	INTAKE_WISHES
};

struct intake_row {
	struct subscriber who;          /* address, key, name, language */
	uint8_t hmac[SUPPRESSION_HMAC]; /* of who.key, as suppression_hmac gives it */
	enum intake_wish wish;
	uint64_t topics; /* active: bit i stands for topic i of those that intake_new was given */
	int64_t at;      /* since when; 0: now */
	char ip[46];     /* active: from where they asked, or "" */
};

struct intake_counts {
	int64_t added;      /* people with a topic more than before */
	int64_t already;    /* everything was as the row says */
	int64_t left;       /* left, bounced or complained before: not revived */
	int64_t suppressed; /* must not be mailed, and were not taken */
	int64_t kept_out;   /* rows that are not active: now suppressed, and ended if they were subscribed */
	int64_t asked;      /* intake_ask: will be sent a mail that asks */
};

enum intake_how {
	INTAKE_WRITE,
	INTAKE_ASK,        /* active people are asked by mail first: a signup request each, as a visitor's */
	INTAKE_FORESEE,    /* nothing is written: counts are what would be */
	INTAKE_FORESEE_ASK /* of INTAKE_ASK */
};

/* `topic`: ids, at most 64; `source` for the evidence. Both borrowed. */
struct intake *intake_new(struct db *db, enum intake_how how, const int64_t *topic, size_t topics, const char *source);

/* INTAKE_ASK: let so many microseconds pass between two mails that ask; 0: none. */
void intake_set_pace(struct intake *in, int64_t interval_us);

void intake_free(struct intake *in); /* NULL is fine */

/*
 * Take a row, inside the caller's transaction (foreseeing: without one), which may be
 * committed and begun anew here. It is written with its group, at intake_end at the latest.
 */
int intake_put(struct intake *in, const struct intake_row *row, struct err *e);
int intake_end(struct intake *in, struct err *e);

/* What was written so far; of the transaction that is open, too. */
const struct intake_counts *intake_counts(const struct intake *in);

/* What stood so when a transaction was last committed in intake_put: what an import that breaks off now has taken. */
const struct intake_counts *intake_committed(const struct intake *in);

#endif
