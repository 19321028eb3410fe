/*
 * suppression.h - addresses that must not be mailed.
 *
 * Kept as HMAC-SHA-256 under a secret key, so that a suppression outlives
 * erasure without keeping the address (a plain hash can be guessed). A fresh
 * double opt-in lifts left, erased and hard; only staff lift complaint and staff.
 */
#ifndef SUPPRESSION_H
#define SUPPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct hmac;

#define SUPPRESSION_HMAC 16 /* octets */

enum suppression_reason {
	SUPPRESSED_LEFT,
	SUPPRESSED_ERASED,
	SUPPRESSED_HARD,
	SUPPRESSED_COMPLAINT,
	SUPPRESSED_STAFF,
	SUPPRESSION_REASONS
};

struct suppression {
	uint8_t hmac[SUPPRESSION_HMAC];
	enum suppression_reason reason;
	int64_t since;
	char source[201];
	char address[255]; /* of who is on the list still, and only if asked for; else "" */
};

/* Make keys/suppression.key (ERR_EXISTS when it is there), or read it into the open store. */
int suppression_key_create(const char *folder, struct err *e);
int suppression_key_load(struct db *db, const char *folder, struct err *e);

/* The HMAC of an address in its compared form (struct addr's key). */
void suppression_hmac(struct db *db, const char *address_key, uint8_t out[SUPPRESSION_HMAC]);

/* What makes them for many, and in another thread: suppression_hmac is the first octets of what hmac_of gives (base/secret.h). */
struct hmac *suppression_hmac_new(struct db *db);

/* 1 and *reason when it is suppressed, 0 when not, -1. */
int suppression_find(struct db *db, const char *address_key, enum suppression_reason *reason, struct err *e);

/* Whether a subscriber's own address is suppressed, for whatever reason; needs no key. 1, 0, or -1. */
int suppression_of(struct db *db, int64_t subscriber_id, struct err *e);

/* Add, or strengthen the reason that is there (the order of the enum). */
int suppression_add(struct db *db, const char *address_key, enum suppression_reason reason, const char *source, struct err *e);

/* Whether a visitor's fresh double opt-in may lift it. */
bool suppression_liftable(enum suppression_reason reason);

/* A fresh double opt-in: lift what it may lift, for a subscriber's own row; needs no key. */
int suppression_lift_confirmed(struct db *db, int64_t subscriber_id, struct err *e);

/* How many there are for each reason. */
int suppression_count(struct db *db, int64_t counts[SUPPRESSION_REASONS], struct err *e);

/*
 * The newest for a reason (-1: any), at most `size`; returns how many, or -1. With `addresses` everybody on the list is looked at, since an
 * HMAC leads back to nobody: for staff, once.
 */
int suppression_list(struct db *db, int reason, bool addresses, struct suppression *out, size_t size, struct err *e);

/* Staff lift anything. */
int suppression_lift(struct db *db, const char *address_key, struct err *e);

const char *suppression_name(enum suppression_reason reason);
int suppression_parse(const char *name); /* or -1 */

#endif
