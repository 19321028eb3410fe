/*
 * dkim_key.h - the keys of DKIM: made, read, published, used (RFC 6376 3.3 and 3.6.1, RFC 8301, RFC 8463).
 */
#ifndef DKIM_KEY_H
#define DKIM_KEY_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum dkim_kind {
	DKIM_RSA,     /* a=rsa-sha256, k=rsa */
	DKIM_ED25519, /* a=ed25519-sha256, k=ed25519 */
};

#define DKIM_BITS_MIN 1024    /* RFC 8301 3.2 */
#define DKIM_BITS_MAX 4096    /* what every verifier must take */
#define DKIM_SIGNATURE 512    /* octets of the longest signature */
#define DKIM_PEM_MAX 16384    /* octets of a key file */
#define DKIM_SELECTOR_MAX 128 /* octets of a selector */
#define DKIM_DOMAIN_MAX 253   /* octets of a domain */

struct dkim_key;

/* One selector's private key for a domain, as text. Append it to *pem: PKCS #8, without passphrase; the caller wipes it. */
int dkim_keygen(enum dkim_kind kind, int bits, struct buf *pem, struct err *e);

/*
 * Read a PEM private key. ERR_INPUT for what is no PEM, has a passphrase, is of
 * another kind, is an RSA key out of the bounds above or no consistent one; the
 * text does not name the file. Free with dkim_key_free, which wipes it.
 */
struct dkim_key *dkim_key_new(const char *pem, enum dkim_kind kind, struct err *e);
void dkim_key_free(struct dkim_key *key);

/* A copy for one more thread. RSA on a shared key takes a lock in OpenSSL for each signature, and a key here keeps contexts. */
struct dkim_key *dkim_key_dup(const struct dkim_key *key, struct err *e);

/* Sign a SHA-256 hash: PKCS #1 1.5, or pure Ed25519 over the hash's 32 octets (RFC 8463, 3). ERR_SYSTEM when OpenSSL cannot. */
int dkim_key_sign(struct dkim_key *key, const uint8_t hash[32], uint8_t out[DKIM_SIGNATURE], size_t *len, struct err *e);

/* How many bits it has: the modulus's of RSA, 256 of Ed25519. */
int dkim_key_bits(const struct dkim_key *key);

/* Append the TXT record's text, "v=DKIM1; k=rsa; p=…", of the PEM private key of either kind. */
int dkim_record(const char *pem, struct buf *txt, struct err *e);

/* Append the same as a line of a zone file (RFC 1035, 5.1): strings of at most 255 octets; `name` without the final dot. */
void dkim_record_zone(const char *name, const char *txt, struct buf *out);

/* Whether DNS labels of letters, digits and hyphens, separated by dots; `max` octets at most. */
int dkim_is_name(const char *text, size_t max);

#endif
