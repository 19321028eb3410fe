/*
 * history.h - what happened with one person: mail that was sent to them, and what came back. For those who may see it: they
 * themselves, and staff.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "store/delivery.h"

struct db;
struct err;

/* What table subscriber knows besides struct subscriber, and the address's suppression. */
struct history_standing {
	int64_t bounce_score, bounce_first_at, bounce_last_at; /* 0: none */
	char suppressed[16];                                   /* the reason (suppression_name), or "" */
	int64_t suppressed_at;
};

struct history_mailing {
	int64_t campaign_id, at; /* of the last change */
	char subject[601], topic[41];
	enum delivery_state state;
	int code;
	char enhanced[12], reply[201]; /* redacted; or "" */
};

struct history_mail {
	int64_t id, created_at;
	char kind[16], state[16];
	char reply[201]; /* redacted; or "" */
};

struct history_event {
	int64_t at;
	char kind[16], class[32], topic[41]; /* topic "": none */
	int code;
	char enhanced[12], text[401]; /* redacted; or "" */
	char rule[32];                /* the judge's, or a complaint's Feedback-Type; "": none */
};

struct history_request {
	int64_t received_at;
	bool manage;
	char name[SUBSCRIBER_NAME], ip[64];
};

/* 1 and *out, 0 when there is nobody, -1. */
int history_standing(struct db *db, int64_t subscriber_id, struct history_standing *out, struct err *e);

/* Mailings, the newest `limit`, newest first; and how many there are. Costs a look-up for each campaign in the store. */
int history_mailings(struct db *db, int64_t subscriber_id, int64_t limit,
    int (*each)(void *ctx, const struct history_mailing *m, struct err *e), void *ctx, struct err *e);
int history_mailings_count(struct db *db, int64_t subscriber_id, int64_t *out, struct err *e);

/* One-off mails of the outbox; events; requests that wait to be decided: all of one person, oldest first. */
int history_mails(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct history_mail *m, struct err *e), void *ctx,
    struct err *e);
int history_events(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct history_event *v, struct err *e), void *ctx,
    struct err *e);
int history_requests(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct history_request *r, struct err *e),
    void *ctx, struct err *e);

#endif
