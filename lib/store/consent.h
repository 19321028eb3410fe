/*
 * consent.h - the evidence that we were asked. Append-only.
 */
#ifndef CONSENT_H
#define CONSENT_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

#define CONSENT_HASH 32

/* What is known about how a wish came in. Borrowed; NULL where there is none, but source. */
struct evidence {
	const char *source; /* "web", "one-click", "csv: paper form 2026-03", "staff: ann" */
	const char *ip;
	const uint8_t *form_hash, *mail_hash; /* CONSENT_HASH octets each, from consent_wording */
	int64_t at;                           /* Unix time; 0: now */
};

struct consent {
	int64_t at;
	char topic[41], action[16], source[201], ip[64];
	char form[4097], mail[4097];       /* the verbatim wording, cut; or "" */
	char form_hash[65], mail_hash[65]; /* SHA-256 of the whole wording, in hex; or "" */
};

/* Keep a wording once; its SHA-256 goes into *hash. */
int consent_wording(struct db *db, const char *text, uint8_t hash[CONSENT_HASH], struct err *e);

/* Whether a wording of that hash is kept: 1, 0 or -1. */
int consent_has_wording(struct db *db, const uint8_t hash[CONSENT_HASH], struct err *e);

/* action: as schema.sql lists them. */
int consent_add(struct db *db, int64_t subscriber_id, int64_t topic_id, const char *action, const struct evidence *evidence, struct err *e);

/*
 * The last action of a person on a topic that was not "requested", and when: 1, 0
 * when there is none, -1. What a request that nobody confirmed must not hide.
 */
int consent_last(struct db *db, int64_t subscriber_id, int64_t topic_id, char action[16], int64_t *at, struct err *e);

/* The action before the last one, of any kind: 1, 0 when there are not two, -1. What the last one changed. */
int consent_before_last(struct db *db, int64_t subscriber_id, int64_t topic_id, char action[16], struct err *e);

/*
 * What a confirmation answers: the wordings (form, and mail) of the last request of a person for a topic. 1, and the hashes that there
 * were (has_form, has_mail); 0 when nothing was requested; -1.
 */
struct consent_asked {
	uint8_t form_hash[CONSENT_HASH], mail_hash[CONSENT_HASH];
	bool has_form, has_mail;
};
int consent_requested(struct db *db, int64_t subscriber_id, int64_t topic_id, struct consent_asked *out, struct err *e);

/* Whether a person's request came from this address at `since` or later. 1, 0 or -1. */
int consent_requested_from(struct db *db, int64_t subscriber_id, const char *ip, int64_t since, struct err *e);

/* One person's, oldest first. */
int consent_each(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct consent *c, struct err *e),
    void *ctx, struct err *e);

/* Delete IP addresses older than `before`; at most `limit` a call, *n says how many. */
int consent_drop_ips(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);

#endif
