/*
 * link.h - everything that a mail carries and that must work without a look-up.
 *
 * A link is (purpose, subscriber, topic, campaign, expiry) in one AES block,
 * followed by an HMAC over it, with the id of the key in front: no number
 * shows, none can be guessed, and whoever holds it needs no login.
 *
 *   octets        1        16          16 or 10
 *             key id | AES-256(block) | HMAC-SHA-256, its first octets
 *   block     purpose 1, expiry 2 (days since 2020-01-01, 0: never),
 *             subscriber 6, topic 3, campaign 4; big endian
 *
 * In URLs: 128 bits of MAC, base64url, 44 characters. In addresses and
 * Message-IDs, where relays fold case and a local part has 64 octets: 80 bits
 * of MAC, lower-case base32, 44 characters. The MAC covers the form too, so
 * that one never passes for the other. This format is final: links mailed
 * today must work for ever. tests/unit/test_link.c holds vectors of it.
 *
 * Keys are the files link-1.key … link-255.key in the keys folder, 32 octets in
 * hex each. The highest number makes new links, all verify. While a newsletterd
 * runs that does not know the highest yet, the one that it knows makes them
 * (site/running.h): a link is never mailed before it can be read.
 */
#ifndef LINK_H
#define LINK_H

#include <stdint.h>

struct err;

enum link_purpose {
	LINK_UNSUBSCRIBE = 1,   /* subscriber, topic (0: all), campaign */
	LINK_PREFERENCES = 2,   /* subscriber; expires */
	LINK_VIEW = 3,          /* subscriber, campaign; expires */
	LINK_BOUNCE = 4,        /* subscriber, topic, campaign: the envelope sender (VERP) */
	LINK_MESSAGE = 5,       /* subscriber, topic, campaign: the Message-ID */
	LINK_OUTBOX_BOUNCE = 6, /* subscriber holds the outbox row's id */
	LINK_OUTBOX = 7,        /* the same, for the Message-ID */
};

struct link {
	enum link_purpose purpose;
	int64_t subscriber; /* 0 … 2^48 - 1 */
	int64_t topic;      /* 0 … 2^24 - 1 */
	int64_t campaign;   /* 0 … 2^32 - 1 */
	int64_t expires;    /* Unix time, rounded up to the end of its day; 0: never */
};

#define LINK_TEXT 45 /* 44 characters and a NUL, in either form */

struct link_keys;

/* Make the first key, or the next one beside the old (rotation). *id is the new key's number. */
int link_keys_create(const char *folder, int *id, struct err *e);

/* Read every key file of the folder; none is ERR_NOT_FOUND. Free with link_keys_free. */
struct link_keys *link_keys_load(const char *folder, struct err *e);
void link_keys_free(struct link_keys *keys);
int link_keys_count(const struct link_keys *keys);

/* The highest number of the folder's keys, 0 when there is none. */
int link_keys_newest(const char *folder, int *highest, struct err *e);

/* Make links with this one from now on; with the highest, as before, when it is not among them. */
void link_keys_use(struct link_keys *keys, int id);

/* Write the link. A number that does not fit is a broken invariant: abort. */
void link_url(char out[LINK_TEXT], const struct link_keys *keys, const struct link *l);
void link_address(char out[LINK_TEXT], const struct link_keys *keys, const struct link *l);

/*
 * Read a link that somebody presents, in the form named. 0 and *l filled, or -1
 * for anything that we did not make. An expired one is filled too: whether that
 * matters is the caller's to say (link_expired).
 */
int link_read_url(struct link *l, const struct link_keys *keys, const char *text);
int link_read_address(struct link *l, const struct link_keys *keys, const char *text);

int link_expired(const struct link *l, int64_t now);

/* A MAC under the current key for other short-lived proofs (the signup form's time); 32 octets. `label` keeps uses apart. */
void link_sign(uint8_t out[32], const struct link_keys *keys, const char *label, const void *data, uint64_t n);

/* Whether the `size` octets (at most 32) are the first of such a MAC, under the current key or an older one. */
int link_signed(const struct link_keys *keys, const char *label, const void *data, uint64_t n, const uint8_t *mac, uint64_t size);

#endif
