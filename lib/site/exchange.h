/*
 * exchange.h - the whole of the people of a site as one CSV file, and back: `subscriber export --full`.
 *
 * What is in it: topics, the wordings that were shown, people with their state for each topic, the evidence of their consent, and the
 * addresses that must not be mailed. Not in it: mailings, the ledger, events, tokens, requests that wait; a backup has those.
 *
 * The form (version 1) is CSV as base/csv_write.h writes it; a record's first field is its kind, and each kind is of fixed length:
 *
 *   newsletter_export,1,MADE_AT,KEY_CHECK        the first line. KEY_CHECK tells whether keys/suppression.key is the same
 *   topic,NAME,TITLE,DESCRIPTION
 *   wording,HASH,FIRST_AT,TEXT                   once each; of a long one the next record goes on, with the same hash
 *   person,ADDRESS,NAME,LANGUAGE,CREATED_AT,BOUNCE_SCORE,BOUNCE_FIRST_AT,BOUNCE_LAST_AT,SUPPRESSED,SINCE,SOURCE
 *   subscription,TOPIC,STATE,SINCE               of the person before it
 *   consent,TOPIC,ACTION,AT,IP,FORM_HASH,MAIL_HASH,SOURCE    of the person before it, oldest first
 *   suppression,HMAC,REASON,SINCE,SOURCE         of addresses that are nobody's of these people
 *   end,TOPICS,WORDINGS,PEOPLE,SUBSCRIPTIONS,CONSENTS,SUPPRESSIONS    how many records of each kind; a file without it was cut
 *
 * in this order of kinds. Times are 2026-03-01T09:30:00Z, hashes and HMACs hex; what is not there is empty.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct db;
struct err;

#define EXCHANGE_MAGIC "newsletter_export"
#define EXCHANGE_VERSION "1"
#define EXCHANGE_CHECK 17 /* bytes of a key check with its NUL */

enum exchange_kind {
	EXCHANGE_TOPIC,
	EXCHANGE_WORDING,
	EXCHANGE_PERSON,
	EXCHANGE_SUBSCRIPTION,
	EXCHANGE_CONSENT,
	EXCHANGE_SUPPRESSION,
	EXCHANGE_END,
	EXCHANGE_KINDS
};

extern const char *const exchange_kind_names[EXCHANGE_KINDS]; /* "topic" … */

/* Records of each kind. */
struct exchange_counts {
	int64_t of[EXCHANGE_END];
};

/* What tells a suppression key from another, without telling anything of it. */
void exchange_key_check(struct db *db, char out[EXCHANGE_CHECK]);

/*
 * Write all of it to the descriptor, as the store is at one moment: 0 and *n, or -1. `progress` (or NULL) is called now and then with the
 * number of people so far. Memory is flat but for 16 octets for each person who is on the list and must not be mailed.
 */
int exchange_write(struct db *db, int fd, void (*progress)(void *ctx, int64_t people), void *ctx, struct exchange_counts *n, struct err *e);

/* What an import did. */
struct exchange_report {
	struct exchange_counts in; /* records of the file */
	int64_t topics;            /* made */
	int64_t people;            /* new ones */
	int64_t changed;           /* people who were there, and for whom the file was newer */
	int64_t same;              /* people who were there, and for whom it said nothing new */
	int64_t kept;              /* people for whom the store's own was newer, or stronger */
	int64_t left_out;          /* people who are not there and must not be mailed: erased since, say */
	int64_t consents;          /* rows of evidence that were added */
	int64_t suppressions;      /* added, or made stronger */
	bool other_key;            /* suppressions of people who are not on the list were left out: they are under another key */
};

/* What an import does. */
enum exchange_how {
	EXCHANGE_ALL,
	EXCHANGE_ALL_BUT_KEYS,    /* also from a site with another suppression key: without what only that key can read */
	EXCHANGE_SUPPRESSED_ONLY, /* suppressions alone */
	EXCHANGE_DRY              /* look through the file, and change nothing */
};

/*
 * Take such a file, which is read from its beginning and must be one that can be read twice: first it is looked through to its end, and
 * only then anything is changed, in short transactions, person by person. It never revives: where the store has someone as left, bounced,
 * complained or suppressed, the file's "active" counts only when it is newer and was confirmed by the person. Evidence is taken as it is.
 * Once more changes nothing. 0 and *report; ERR_INPUT with the line (a time to come is wrong, too), ERR_VERSION, ERR_REFUSED for another
 * suppression key (unless `how` says otherwise).
 */
int exchange_read(struct db *db, FILE *in, const char *path, enum exchange_how how, void (*progress)(void *ctx, int64_t people, int64_t of),
    void *ctx, struct exchange_report *report, struct err *e);

#endif
