/*
 * seal.h - a stream of any length, encrypted so that whoever lacks the secret reads nothing and changes nothing unseen.
 *
 * A header of 96 octets, then chunks; numbers are big endian:
 *
 *   octets  0-7   "NLSEAL1\n"
 *           8     how the key is made: 1 scrypt from a passphrase (RFC 7914), 2 HKDF-SHA-256 from a key file (RFC 5869)
 *           9     scrypt: log2 of N; 10: r; 11: p. HKDF: zeros
 *          12     zero
 *          13-19  nonce prefix, random
 *          20-51  salt, random
 *          52-83  HMAC-SHA-256 of octets 0-51 under octets 32-63 of the key
 *          84-95  SHA-256 of octets 0-83, its first 12: wrong, the header is damaged; right, and the HMAC wrong, so is the secret
 *
 * The key has 64 octets; HKDF's info is "newsletter seal 1". Octets 0-31 encrypt: each chunk is AES-256-GCM (NIST SP 800-38D) of
 * 65,536 octets, the last one of 0 to 65,536, followed by its tag of 16. The nonce is the prefix, the chunk's number (4 octets, from 0) and
 * 1 for the last chunk, 0 for others (STREAM of Hoang, Reyhanitabar, Rogaway, Vizár, 2015): chunks cannot be moved, left out or cut off
 * at the end. Memory is constant: a chunk, and what scrypt takes for a moment (64 MiB as written; SEAL_SCRYPT_MEMORY at most as read).
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>
#include <stdint.h>

struct err;

#define SEAL_CHUNK 65536
#define SEAL_HEADER 96
#define SEAL_TAG 16
#define SEAL_SCRYPT_MEMORY 268435456 /* octets; a header that asks for more is refused */
#define SEAL_KEY_LEAST 32            /* octets of a key file */
#define SEAL_KEY_MOST 4096
#define SEAL_PASSPHRASE_LEAST 10 /* octets, for sealing */

enum seal_kind {
	SEAL_PASSPHRASE = 1,
	SEAL_KEY_FILE = 2
};

/* What opens it. Borrowed by the functions below for the length of the call. */
struct seal_secret {
	enum seal_kind kind;
	const void *data;
	size_t len;
};

struct seal_params {
	int log_n, r, p;   /* scrypt's */
	uint8_t prefix[7]; /* never twice with the same salt */
	uint8_t salt[32];
};

/* Random salt and prefix, and the cost that we take now. */
void seal_params_new(struct seal_params *p, enum seal_kind kind);

/*
 * Encrypt onto a descriptor, which stays the caller's. The header is written at once. NULL, or -1: ERR_USAGE for a secret too short,
 * ERR_FULL, ERR_SYSTEM. Without seal_finish what was written is no whole stream. seal_free takes either, and NULL.
 */
struct seal *seal_new(int fd, const struct seal_params *p, const struct seal_secret *secret, struct err *e);
int seal_write(struct seal *s, const void *data, size_t n, struct err *e);
int seal_finish(struct seal *s, struct err *e);

/*
 * Decrypt from a descriptor. ERR_INPUT: no such stream, or damaged; ERR_REFUSED: whole as far as can be seen, and not this secret's.
 * seal_read fills `out` with at most n octets, all of them authenticated: how many, 0 at the end, which is so too; -1.
 */
struct seal *seal_open(int fd, const struct seal_secret *secret, struct err *e);
long seal_read(struct seal *s, void *out, size_t n, struct err *e);

/* Octets written to, or read from, the descriptor so far. */
uint64_t seal_size(const struct seal *s);
void seal_free(struct seal *s);

#endif
