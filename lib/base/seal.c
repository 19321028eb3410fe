/* seal.c - see seal.h. */
#include "base/seal.h"
#include "base/file.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

#define MAGIC "NLSEAL1\n"
#define INFO "newsletter seal 1"
#define MACED 52 /* octets of the header that its MAC is of; the MAC follows */
#define SUMMED (MACED + SHA256_LEN)
#define SUM (SEAL_HEADER - SUMMED)
#define KEYS 64
#define SEALED (SEAL_CHUNK + SEAL_TAG)

struct seal {
	int fd;
	bool reads, over; /* over: finished, or the last chunk was read */
	EVP_CIPHER_CTX *ctx;
	uint8_t prefix[7];
	uint64_t number; /* of the next chunk */
	uint64_t size;
	size_t len, at; /* octets in plain, and of them read */
	size_t ahead;   /* octets in sealed that were read already */
	uint8_t plain[SEAL_CHUNK];
	uint8_t sealed[SEALED + 1]; /* one more: whether another chunk follows */
};

void
seal_params_new(struct seal_params *p, enum seal_kind kind)
{
	memset(p, 0, sizeof(*p));
	if (kind == SEAL_PASSPHRASE) { /* 64 MiB, twice over: about 0.4 s of one core */
		p->log_n = 16;
		p->r = 8;
		p->p = 2;
	}
	secret_random(p->prefix, sizeof(p->prefix));
	secret_random(p->salt, sizeof(p->salt));
}

static uint64_t
scrypt_memory(int log_n, int r)
{
	return ((uint64_t)128 * (uint64_t)r) << log_n;
}

/* Both take a little beside the 128 N r octets. */
static int
derive(uint8_t keys[KEYS], const struct seal_params *p, const struct seal_secret *secret, struct err *e)
{
	uint64_t n = (uint64_t)1 << p->log_n, most = SEAL_SCRYPT_MEMORY + 1048576;
	uint32_t r = (uint32_t)p->r, times = (uint32_t)p->p;
	OSSL_PARAM scrypt[] = { OSSL_PARAM_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)secret->data, secret->len),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)p->salt, sizeof(p->salt)),
		OSSL_PARAM_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n), OSSL_PARAM_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
		OSSL_PARAM_uint32(OSSL_KDF_PARAM_SCRYPT_P, &times), OSSL_PARAM_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &most),
		OSSL_PARAM_END };
	OSSL_PARAM hkdf[] = { OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 6),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret->data, secret->len),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)p->salt, sizeof(p->salt)),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, INFO, sizeof(INFO) - 1), OSSL_PARAM_END };
	bool words = secret->kind == SEAL_PASSPHRASE;
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, words ? "SCRYPT" : "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	int ok = ctx && EVP_KDF_derive(ctx, keys, KEYS, words ? scrypt : hkdf) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	if (ok)
		return 0;
	return err_set(e, ERR_SYSTEM, "cannot make the key: there is no memory for it (%llu MiB)",
	    (unsigned long long)(scrypt_memory(p->log_n, p->r) >> 20));
}

static void
header_sum(const uint8_t header[SEAL_HEADER], uint8_t out[SHA256_LEN])
{
	sha256(out, header, SUMMED);
}

static void
header_mac(const uint8_t header[SEAL_HEADER], const uint8_t keys[KEYS], uint8_t out[SHA256_LEN])
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 6), OSSL_PARAM_END };
	size_t n;

	if (!ctx || !EVP_MAC_init(ctx, keys + KEYS / 2, KEYS / 2, params) || !EVP_MAC_update(ctx, header, MACED) ||
	    !EVP_MAC_final(ctx, out, &n, SHA256_LEN) || n != SHA256_LEN)
		abort(); /* a broken installation, as in secret.c */
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}

static struct seal *
start(int fd, bool reads, const struct seal_params *p, const uint8_t keys[KEYS])
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	struct seal *s = xcalloc(1, sizeof(*s));

	s->fd = fd;
	s->reads = reads;
	memcpy(s->prefix, p->prefix, sizeof(s->prefix));
	if (!cipher || !(s->ctx = EVP_CIPHER_CTX_new()) || !EVP_CipherInit_ex(s->ctx, cipher, NULL, keys, NULL, !reads))
		abort();
	EVP_CIPHER_free(cipher); /* the context has a reference of its own */
	return s;
}

static int
put_out(struct seal *s, const uint8_t *data, size_t n, struct err *e)
{
	if (file_write_all(s->fd, data, n) == -1)
		return err_sys(e, "cannot write");
	s->size += n;
	return 0;
}

static void
nonce_of(const struct seal *s, bool last, uint8_t nonce[12])
{
	memcpy(nonce, s->prefix, sizeof(s->prefix));
	nonce[7] = (uint8_t)(s->number >> 24);
	nonce[8] = (uint8_t)(s->number >> 16);
	nonce[9] = (uint8_t)(s->number >> 8);
	nonce[10] = (uint8_t)s->number;
	nonce[11] = last;
}

static int
put_chunk(struct seal *s, bool last, struct err *e)
{
	uint8_t nonce[12];
	int n, rest;

	if (s->number > UINT32_MAX)
		return err_set(e, ERR_INPUT, "more than can be encrypted at once (256 TiB)");
	nonce_of(s, last, nonce);
	if (!EVP_EncryptInit_ex(s->ctx, NULL, NULL, NULL, nonce) || !EVP_EncryptUpdate(s->ctx, s->sealed, &n, s->plain, (int)s->len) ||
	    !EVP_EncryptFinal_ex(s->ctx, s->sealed + n, &rest) ||
	    !EVP_CIPHER_CTX_ctrl(s->ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, s->sealed + s->len))
		abort();
	s->number++;
	n = (int)s->len + SEAL_TAG;
	s->len = 0;
	return put_out(s, s->sealed, (size_t)n, e);
}

static int
check_secret(const struct seal_secret *secret, bool reads, struct err *e)
{
	if (secret->kind == SEAL_KEY_FILE && (secret->len < SEAL_KEY_LEAST || secret->len > SEAL_KEY_MOST))
		return err_set(e, ERR_USAGE, "a key file has %d to %d random octets: head -c 32 /dev/urandom >FILE", SEAL_KEY_LEAST,
		    SEAL_KEY_MOST);
	if (secret->kind == SEAL_PASSPHRASE && !reads && secret->len < SEAL_PASSPHRASE_LEAST)
		return err_set(e, ERR_USAGE, "the passphrase is shorter than %d characters: take some words", SEAL_PASSPHRASE_LEAST);
	return 0;
}

struct seal *
seal_new(int fd, const struct seal_params *p, const struct seal_secret *secret, struct err *e)
{
	uint8_t header[SEAL_HEADER] = { 0 }, keys[KEYS], sum[SHA256_LEN];
	struct seal *s = NULL;

	if (check_secret(secret, false, e) == -1 || derive(keys, p, secret, e) == -1)
		return NULL;
	memcpy(header, MAGIC, 8);
	header[8] = (uint8_t)secret->kind;
	header[9] = (uint8_t)p->log_n;
	header[10] = (uint8_t)p->r;
	header[11] = (uint8_t)p->p;
	memcpy(header + 13, p->prefix, sizeof(p->prefix));
	memcpy(header + 20, p->salt, sizeof(p->salt));
	header_mac(header, keys, header + MACED);
	header_sum(header, sum);
	memcpy(header + SUMMED, sum, SUM);
	s = start(fd, false, p, keys);
	secret_wipe(keys, sizeof(keys));
	if (put_out(s, header, sizeof(header), e) == 0)
		return s;
	seal_free(s);
	return NULL;
}

int
seal_write(struct seal *s, const void *data, size_t n, struct err *e)
{
	const uint8_t *p = data;
	size_t part;

	if (s->reads || s->over)
		abort();
	while (n) {
		if (s->len == SEAL_CHUNK && put_chunk(s, false, e) == -1) /* only when more comes: the last one may be full */
			return -1;
		part = n < SEAL_CHUNK - s->len ? n : SEAL_CHUNK - s->len;
		memcpy(s->plain + s->len, p, part);
		s->len += part;
		p += part;
		n -= part;
	}
	return 0;
}

int
seal_finish(struct seal *s, struct err *e)
{
	if (s->reads || s->over)
		abort();
	s->over = true;
	return put_chunk(s, true, e);
}

/* Fill up to n octets: how many there are; -1. */
static ssize_t
take_in(int fd, uint8_t *out, size_t n, uint64_t *size, struct err *e)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, out + got, n - got);

		if (r == -1 && errno == EINTR)
			continue;
		if (r == -1)
			return err_sys(e, "cannot read");
		if (r == 0)
			break;
		got += (size_t)r;
		*size += (uint64_t)r;
	}
	return (ssize_t)got;
}

static int
read_header(const uint8_t header[SEAL_HEADER], const struct seal_secret *secret, struct seal_params *p, struct err *e)
{
	uint8_t sum[SHA256_LEN];

	if (memcmp(header, MAGIC, 8) != 0)
		return err_set(e, ERR_INPUT, "that is no backup of newsletter");
	header_sum(header, sum);
	if (memcmp(sum, header + SUMMED, SUM) != 0)
		return err_set(e, ERR_INPUT, "it is damaged: the first %d octets are not as they were written", SEAL_HEADER);
	if (header[8] != (uint8_t)secret->kind && (header[8] == SEAL_PASSPHRASE || header[8] == SEAL_KEY_FILE))
		return err_set(e, ERR_REFUSED, "it was encrypted with a %s, not with a %s",
		    header[8] == SEAL_PASSPHRASE ? "passphrase" : "key file", header[8] == SEAL_PASSPHRASE ? "key file" : "passphrase");
	p->log_n = header[9];
	p->r = header[10];
	p->p = header[11];
	memcpy(p->prefix, header + 13, sizeof(p->prefix));
	memcpy(p->salt, header + 20, sizeof(p->salt));
	if (header[8] == SEAL_KEY_FILE && !p->log_n && !p->r && !p->p && !header[12])
		return 0;
	if (header[8] == SEAL_PASSPHRASE && p->log_n >= 1 && p->log_n <= 21 && p->r >= 1 && p->p >= 1 && p->p <= 16 && !header[12] &&
	    scrypt_memory(p->log_n, p->r) <= SEAL_SCRYPT_MEMORY)
		return 0;
	return err_set(e, ERR_INPUT, "its first octets ask for what no backup of ours asks for");
}

struct seal *
seal_open(int fd, const struct seal_secret *secret, struct err *e)
{
	uint8_t header[SEAL_HEADER], keys[KEYS], mac[SHA256_LEN];
	struct seal_params p = { 0 };
	struct seal *s = NULL;
	uint64_t size = 0;
	ssize_t n = take_in(fd, header, sizeof(header), &size, e);

	if (n == -1)
		return NULL;
	if ((size_t)n < sizeof(header)) {
		err_set(e, ERR_INPUT, "that is no backup of newsletter, or it was cut off: it has only %d octets", (int)n);
		return NULL;
	}
	if (read_header(header, secret, &p, e) == -1 || check_secret(secret, true, e) == -1 || derive(keys, &p, secret, e) == -1)
		return NULL;
	header_mac(header, keys, mac);
	if (secret_equal(mac, header + MACED, sizeof(mac))) {
		s = start(fd, true, &p, keys);
		s->size = size;
	} else {
		err_set(e, ERR_REFUSED, "that is not the %s it was encrypted with",
		    secret->kind == SEAL_PASSPHRASE ? "passphrase" : "key file");
	}
	secret_wipe(keys, sizeof(keys));
	return s;
}

/* Whether the n sealed octets are the next chunk, as the last or not; then they are in plain. */
static bool
is_chunk(struct seal *s, size_t n, bool last)
{
	uint8_t nonce[12];
	int len, rest;

	nonce_of(s, last, nonce);
	if (!EVP_DecryptInit_ex(s->ctx, NULL, NULL, NULL, nonce) ||
	    !EVP_CIPHER_CTX_ctrl(s->ctx, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG, s->sealed + n - SEAL_TAG))
		abort();
	return EVP_DecryptUpdate(s->ctx, s->plain, &len, s->sealed, (int)(n - SEAL_TAG)) == 1 &&
	    EVP_DecryptFinal_ex(s->ctx, s->plain + len, &rest) == 1;
}

static int
next_chunk(struct seal *s, struct err *e)
{
	ssize_t got = take_in(s->fd, s->sealed + s->ahead, sizeof(s->sealed) - s->ahead, &s->size, e);
	size_t n = s->ahead + (size_t)got;
	bool last = n <= SEALED;

	if (got == -1)
		return -1;
	n = last ? n : SEALED;
	s->len = s->at = 0;
	if (n < SEAL_TAG || s->number > UINT32_MAX || !is_chunk(s, n, last)) {
		if (last && (n < SEAL_TAG || (n == SEALED && is_chunk(s, n, false))))
			return err_set(e, ERR_INPUT, "it was cut off: its end is missing after %llu octets", (unsigned long long)s->size);
		secret_wipe(s->plain, sizeof(s->plain)); /* what does not authenticate is nobody's to read */
		if (last)
			return err_set(e, ERR_INPUT, "it is damaged, or was cut off, in its last %zu octets", n);
		return err_set(e, ERR_INPUT, "it is damaged: what begins at octet %llu is not as it was written",
		    (unsigned long long)(SEAL_HEADER + s->number * SEALED));
	}
	s->len = n - SEAL_TAG;
	s->number++;
	s->over = last;
	s->ahead = last ? 0 : 1;
	s->sealed[0] = s->sealed[SEALED];
	return 0;
}

long
seal_read(struct seal *s, void *out, size_t n, struct err *e)
{
	if (!s->reads)
		abort();
	while (s->at == s->len) {
		if (s->over)
			return 0;
		if (next_chunk(s, e) == -1)
			return -1;
	}
	n = n < s->len - s->at ? n : s->len - s->at;
	memcpy(out, s->plain + s->at, n);
	s->at += n;
	return (long)n;
}

uint64_t
seal_size(const struct seal *s)
{
	return s->size;
}

void
seal_free(struct seal *s)
{
	if (!s)
		return;
	EVP_CIPHER_CTX_free(s->ctx);
	secret_wipe(s, sizeof(*s));
	free(s);
}
