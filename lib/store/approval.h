/*
 * approval.h - campaigns that wait for somebody who was asked by mail whether they may go.
 *
 * Such a campaign is HELD. Its row here has the hash of the token in the mailed link (base/token.h) and, in the end, one decision. Whoever
 * moves the campaign on decides as well, whatever way it is done: campaign_resume() approves and campaign_cancel() rejects.
 */
#ifndef APPROVAL_H
#define APPROVAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/token.h"

struct db;
struct err;

#define APPROVAL_LASTS ((int64_t)7 * 86400) /* seconds for which somebody may decide */

enum approval_decision {
	APPROVAL_OPEN,
	APPROVAL_APPROVED,
	APPROVAL_REJECTED,
	APPROVAL_EXPIRED
};

struct approval {
	int64_t campaign_id;
	int64_t created_at, expires_at;
	int64_t decided_at; /* 0: not yet */
	enum approval_decision decision;
};

/* Ask about a campaign, once; inside the transaction that makes it. */
int approval_create(struct db *db, int64_t campaign_id, const uint8_t hash[TOKEN_HASH], int64_t expires_at, struct err *e);

/* By the token's hash, and of a campaign; decided ones too, and those that have expired: 1 and *out, 0, -1. */
int approval_find(struct db *db, const uint8_t hash[TOKEN_HASH], struct approval *out, struct err *e);
int approval_of(struct db *db, int64_t campaign_id, struct approval *out, struct err *e);

/* The first decision stands: 1 when this one is it; 0 when there was one before, or nobody was ever asked; -1. */
int approval_decide(struct db *db, int64_t campaign_id, enum approval_decision decision, struct err *e);

/* The open ones that expire at `until` or earlier, the oldest first; INT64_MAX: all. At most `size`; returns how many, or -1. */
int approval_open(struct db *db, int64_t until, struct approval *out, size_t size, struct err *e);

#endif
