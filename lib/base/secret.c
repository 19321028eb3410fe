/* secret.c - see secret.h. Every libcrypto failure here is a broken installation: abort. */
#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

void
sha256(uint8_t out[SHA256_LEN], const void *data, size_t n)
{
	if (!EVP_Digest(data, n, out, NULL, EVP_sha256(), NULL))
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
	if (!EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) || !EVP_DigestUpdate(ctx, pad, sizeof(pad)) ||
	    !EVP_DigestUpdate(ctx, label, strlen(label) + 1) || !EVP_DigestUpdate(ctx, data, n) || !EVP_DigestFinal_ex(ctx, inner, NULL))
		abort();
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	if (!EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) || !EVP_DigestUpdate(ctx, pad, sizeof(pad)) ||
	    !EVP_DigestUpdate(ctx, inner, sizeof(inner)) || !EVP_DigestFinal_ex(ctx, out, NULL))
		abort();
	OPENSSL_cleanse(pad, sizeof(pad));
}

void
aes256_block(uint8_t block[16], const uint8_t key[32], int encrypt)
{
	static EVP_CIPHER_CTX *ctx;
	int n;

	if (!ctx && !(ctx = EVP_CIPHER_CTX_new()))
		abort();
	if (!EVP_CipherInit_ex(ctx, EVP_aes_256_ecb(), NULL, key, NULL, encrypt) || !EVP_CIPHER_CTX_set_padding(ctx, 0) ||
	    !EVP_CipherUpdate(ctx, block, &n, block, 16) || n != 16)
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
