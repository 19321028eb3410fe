/* secret.c - see secret.h. Every libcrypto failure here is a broken installation: abort. */
#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Fetched once: EVP_sha256() is looked up anew at each use. */
static const EVP_MD *
sha256_md(void)
{
	static EVP_MD *md;

	if (!md && !(md = EVP_MD_fetch(NULL, "SHA256", NULL)))
		abort();
	return md;
}

void
sha256(uint8_t out[SHA256_LEN], const void *data, size_t n)
{
	if (!EVP_Digest(data, n, out, NULL, sha256_md(), NULL))
		abort();
}

/*
 * RFC 2104 written out over a digest context that is kept: EVP_MAC costs
 * several allocations a call, and links are made for every message.
 */
void
hmac_sha256(uint8_t out[SHA256_LEN], const uint8_t *key, size_t key_len, const char *label, const void *data, size_t n)
{
	static EVP_MD_CTX *ctx;
	uint8_t pad[64] = { 0 }, inner[SHA256_LEN];
	size_t i;

	if (!ctx && !(ctx = EVP_MD_CTX_new()))
		abort();
	if (key_len > sizeof(pad))
		abort(); /* our keys have 32 bytes */
	memcpy(pad, key, key_len);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36;
	if (!EVP_DigestInit_ex(ctx, sha256_md(), NULL) || !EVP_DigestUpdate(ctx, pad, sizeof(pad)) ||
	    !EVP_DigestUpdate(ctx, label, strlen(label) + 1) || !EVP_DigestUpdate(ctx, data, n) || !EVP_DigestFinal_ex(ctx, inner, NULL))
		abort();
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	if (!EVP_DigestInit_ex(ctx, sha256_md(), NULL) || !EVP_DigestUpdate(ctx, pad, sizeof(pad)) ||
	    !EVP_DigestUpdate(ctx, inner, sizeof(inner)) || !EVP_DigestFinal_ex(ctx, out, NULL))
		abort();
	OPENSSL_cleanse(pad, sizeof(pad));
}

/* What the key and the label make of the digest's state is copied for each text: half of the blocks of a short one. */
struct hmac {
	EVP_MD_CTX *inner, *outer, *ctx;
};

/* The state after the key, each octet of which is changed by `with`. */
static EVP_MD_CTX *
keyed(const uint8_t *key, size_t key_len, uint8_t with)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t pad[64] = { 0 };
	size_t i;

	if (key_len > sizeof(pad))
		abort();
	memcpy(pad, key, key_len);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= with;
	if (!ctx || !EVP_DigestInit_ex(ctx, sha256_md(), NULL) || !EVP_DigestUpdate(ctx, pad, sizeof(pad)))
		abort();
	OPENSSL_cleanse(pad, sizeof(pad));
	return ctx;
}

struct hmac *
hmac_new(const uint8_t *key, size_t key_len, const char *label)
{
	struct hmac *h = xmalloc(sizeof(*h));

	h->inner = keyed(key, key_len, 0x36);
	h->outer = keyed(key, key_len, 0x5c);
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestUpdate(h->inner, label, strlen(label) + 1))
		abort();
	return h;
}

void
hmac_of(struct hmac *h, uint8_t out[SHA256_LEN], const void *data, size_t n)
{
	uint8_t inner[SHA256_LEN];

	if (!EVP_MD_CTX_copy_ex(h->ctx, h->inner) || !EVP_DigestUpdate(h->ctx, data, n) || !EVP_DigestFinal_ex(h->ctx, inner, NULL) ||
	    !EVP_MD_CTX_copy_ex(h->ctx, h->outer) || !EVP_DigestUpdate(h->ctx, inner, sizeof(inner)) || !EVP_DigestFinal_ex(h->ctx, out, NULL))
		abort();
}

void
hmac_free(struct hmac *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->inner); /* which wipes them */
	EVP_MD_CTX_free(h->outer);
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

/* A context that is set up for the key: setting it up takes longer than the block. */
static EVP_CIPHER_CTX *
cipher_for(const uint8_t key[32], int encrypt)
{
	static struct {
		EVP_CIPHER_CTX *ctx;
		uint8_t key[32];
	} kept[2];
	static EVP_CIPHER *cipher;
	EVP_CIPHER_CTX **ctx = &kept[encrypt != 0].ctx;

	if (*ctx && secret_equal(kept[encrypt != 0].key, key, 32))
		return *ctx;
	if ((!cipher && !(cipher = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL))) || (!*ctx && !(*ctx = EVP_CIPHER_CTX_new())) ||
	    !EVP_CipherInit_ex(*ctx, cipher, NULL, key, NULL, encrypt) || !EVP_CIPHER_CTX_set_padding(*ctx, 0))
		abort();
	memcpy(kept[encrypt != 0].key, key, 32);
	return *ctx;
}

void
aes256_block(uint8_t block[16], const uint8_t key[32], int encrypt)
{
	int n;

	if (!EVP_CipherUpdate(cipher_for(key, encrypt), block, &n, block, 16) || n != 16)
		abort();
}

int
secret_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

void
secret_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

void
secret_random(void *out, size_t n)
{
	if (RAND_bytes(out, (int)n) != 1)
		abort();
}
