/*
 * secret.h - hashes, MACs and random bytes; the only place of lib/ below DKIM that calls libcrypto.
 *
 * hmac_sha256 and aes256_block keep a context of their own: one thread only.
 */
#ifndef SECRET_H
#define SECRET_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32

/* FIPS 180-4. */
void sha256(uint8_t out[SHA256_LEN], const void *data, size_t n);

/* RFC 2104 with SHA-256; `label` is hashed first, so that one key serves several uses that never meet. */
void hmac_sha256(uint8_t out[SHA256_LEN], const uint8_t *key, size_t key_len, const char *label, const void *data, size_t n);

/* The same for many texts under one key and label; one thread at a time for each. hmac_new aborts when key_len > 64. */
struct hmac *hmac_new(const uint8_t *key, size_t key_len, const char *label);
void hmac_of(struct hmac *h, uint8_t out[SHA256_LEN], const void *data, size_t n);
void hmac_free(struct hmac *h); /* NULL is fine */

/* One AES-256 block, in place (FIPS 197); encrypt != 0 encrypts. A single block of distinct values needs no mode. */
void aes256_block(uint8_t block[16], const uint8_t key[32], int encrypt);

/* Whether both are the same, in a time that does not depend on where they differ. */
int secret_equal(const void *a, const void *b, size_t n);

/* Overwrite, in a way the compiler keeps. */
void secret_wipe(void *p, size_t n);

/* Bytes nobody can guess; aborts when the system has none. */
void secret_random(void *out, size_t n);

#endif
