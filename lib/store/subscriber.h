/*
 * subscriber.h - people, by address. Whether they get mail is said by subscription.h alone.
 *
 * Addresses come in parsed (lib/mail/addr.h): `address` as mailed, `key` as compared.
 */
#ifndef SUBSCRIBER_H
#define SUBSCRIBER_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

#define SUBSCRIBER_ADDRESS 255 /* bytes with the NUL */
#define SUBSCRIBER_NAME 257    /* 256 bytes of UTF-8 and the NUL */
#define SUBSCRIBER_LANGUAGE 16

struct subscriber {
	int64_t id;
	char address[SUBSCRIBER_ADDRESS], key[SUBSCRIBER_ADDRESS];
	char name[SUBSCRIBER_NAME];
	char language[SUBSCRIBER_LANGUAGE];
	int64_t created_at;
};

/*
 * A name as people may give it, for mails to show: one line of UTF-8 of at
 * most 256 bytes, without a link (base/name.h). ERR_INPUT says what is wrong.
 */
int subscriber_check_name(const char *name, struct err *e);

/* 1 and *out, 0 when there is none, -1. */
int subscriber_find(struct db *db, const char *key, struct subscriber *out, struct err *e);
int subscriber_get(struct db *db, int64_t id, struct subscriber *out, struct err *e);

/* Take s->address, key, name and language; fill s->id and s->created_at. An address that is there keeps its row; *created says which. */
int subscriber_put(struct db *db, struct subscriber *s, bool *created, struct err *e);

int subscriber_set_name(struct db *db, int64_t id, const char *name, struct err *e);
int subscriber_set_language(struct db *db, int64_t id, const char *language, struct err *e); /* "": the site's */

/* Remove the row and all that hangs on it (subscriptions, consent, tokens, what waits in the outbox); events stay, without the person. */
int subscriber_delete(struct db *db, int64_t id, struct err *e);

/* Number of rows. */
int subscriber_count(struct db *db, int64_t *out, struct err *e);

/*
 * Remove subscribers whose every subscription was pending since before `before`; *n says how many. At most `limit` a call.
 * Not those who had a topic that ended: that they left must be remembered (subscription_expire).
 */
int subscriber_delete_unconfirmed(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

#endif
