/* dkim_key.c - see dkim_key.h. OpenSSL's error queue is emptied after each failure: nobody else reads it. */
#include "mail/dkim_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

#define TXT_STRING 255 /* octets of one string of a TXT record (RFC 1035, 3.3) */

struct dkim_key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *rsa; /* kept: ready to sign */
	EVP_MD_CTX *ed25519;
	EVP_MD *sha256; /* fetched once: a look-up by name costs an allocation */
};

static int
openssl_failed(struct err *e, const char *what)
{
	ERR_clear_error();
	return err_set(e, ERR_SYSTEM, "OpenSSL cannot %s", what);
}

int
dkim_is_name(const char *text, size_t max)
{
	size_t label = 0, n = strlen(text), i;

	if (!n || n > max)
		return 0;
	for (i = 0; i <= n; i++) {
		if (text[i] == '.' || !text[i]) {
			if (!label || label > 63 || text[i - 1] == '-' || text[i - label] == '-')
				return 0;
			label = 0;
		} else if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", text[i])) {
			return 0;
		} else {
			label++;
		}
	}
	return 1;
}

/* Never ask on a terminal. */
static int
no_passphrase(char *out, int size, int writing, void *context)
{
	(void)writing, (void)context;
	if (size > 0)
		out[0] = '\0';
	return -1;
}

static EVP_PKEY *
read_pem(const char *pem, struct err *e)
{
	size_t n = strlen(pem);
	BIO *in = n <= DKIM_PEM_MAX ? BIO_new_mem_buf(pem, (int)n) : NULL;
	EVP_PKEY *pkey = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;

	BIO_free(in);
	ERR_clear_error();
	if (!pkey && strstr(pem, "ENCRYPTED"))
		err_set(e, ERR_INPUT, "the key has a passphrase: take it off (openssl pkey -in FILE -out NEW)");
	else if (!pkey)
		err_set(e, ERR_INPUT, "that is no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
	return pkey;
}

/* What kind it is, and whether it may be used at all. */
static int
check_key(EVP_PKEY *pkey, enum dkim_kind *kind, struct err *e)
{
	int bits;

	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		*kind = DKIM_ED25519;
		return 0;
	}
	if (!EVP_PKEY_is_a(pkey, "RSA"))
		return err_set(e, ERR_INPUT, "the key is neither RSA nor Ed25519: DKIM has no others");
	*kind = DKIM_RSA;
	bits = EVP_PKEY_get_bits(pkey);
	if (bits < DKIM_BITS_MIN || bits > DKIM_BITS_MAX)
		return err_set(e, ERR_INPUT, "the RSA key has %d bits: verifiers take %d to %d (2048 is a good choice)", bits,
		    DKIM_BITS_MIN, DKIM_BITS_MAX);
	return 0;
}

/* A key whose two halves do not belong together would sign what nobody can verify. */
static int
check_pair(EVP_PKEY *pkey, struct err *e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	int good = ctx && EVP_PKEY_pairwise_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return good ? 0 : err_set(e, ERR_INPUT, "the key is damaged: its private half does not belong to its public one");
}

/* The key's contexts; takes the reference on pkey. */
static struct dkim_key *
make_key(EVP_PKEY *pkey, struct err *e)
{
	struct dkim_key *key = xcalloc(1, sizeof(*key));
	int good;

	key->pkey = pkey;
	if (EVP_PKEY_is_a(pkey, "RSA")) {
		key->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
		key->rsa = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
		good = key->sha256 && key->rsa && EVP_PKEY_sign_init(key->rsa) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(key->rsa, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(key->rsa, key->sha256) == 1;
	} else {
		key->ed25519 = EVP_MD_CTX_new();
		good = key->ed25519 && EVP_DigestSignInit_ex(key->ed25519, NULL, NULL, NULL, NULL, pkey, NULL) == 1;
	}
	if (good)
		return key;
	dkim_key_free(key);
	openssl_failed(e, "prepare the DKIM key");
	return NULL;
}

struct dkim_key *
dkim_key_new(const char *pem, enum dkim_kind kind, struct err *e)
{
	EVP_PKEY *pkey = read_pem(pem, e);
	enum dkim_kind is;

	if (!pkey)
		return NULL;
	if (check_key(pkey, &is, e) == -1)
		goto fail;
	if (is != kind) {
		err_set(e, ERR_INPUT, "the key is an %s key, and an %s key belongs here", is == DKIM_RSA ? "RSA" : "Ed25519",
		    kind == DKIM_RSA ? "RSA" : "Ed25519");
		goto fail;
	}
	if (check_pair(pkey, e) == -1)
		goto fail;
	return make_key(pkey, e);
fail:
	EVP_PKEY_free(pkey);
	return NULL;
}

int
dkim_key_bits(const struct dkim_key *key)
{
	return EVP_PKEY_bits(key->pkey);
}

struct dkim_key *
dkim_key_dup(const struct dkim_key *key, struct err *e)
{
	EVP_PKEY *pkey = EVP_PKEY_dup(key->pkey);

	if (pkey)
		return make_key(pkey, e);
	openssl_failed(e, "copy the DKIM key");
	return NULL;
}

void
dkim_key_free(struct dkim_key *key)
{
	if (!key)
		return;
	EVP_PKEY_CTX_free(key->rsa);
	EVP_MD_CTX_free(key->ed25519);
	EVP_MD_free(key->sha256);
	EVP_PKEY_free(key->pkey);
	free(key);
}

int
dkim_key_sign(struct dkim_key *key, const uint8_t hash[32], uint8_t out[DKIM_SIGNATURE], size_t *len, struct err *e)
{
	int good;

	*len = DKIM_SIGNATURE;
	if (key->rsa)
		good = EVP_PKEY_sign(key->rsa, out, len, hash, 32) == 1;
	else
		good = EVP_DigestSign(key->ed25519, out, len, hash, 32) == 1;
	return good ? 0 : openssl_failed(e, "sign");
}

int
dkim_keygen(enum dkim_kind kind, int bits, struct buf *pem, struct err *e)
{
	EVP_PKEY *pkey = NULL;
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n;
	int rc = -1;

	if (kind == DKIM_RSA && (bits < DKIM_BITS_MIN || bits > DKIM_BITS_MAX)) {
		err_set(e, ERR_INPUT, "an RSA key has %d to %d bits", DKIM_BITS_MIN, DKIM_BITS_MAX);
		goto out;
	}
	pkey = kind == DKIM_RSA ? EVP_RSA_gen((unsigned)bits) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (!pkey || !out || PEM_write_bio_PKCS8PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		openssl_failed(e, "make a key");
		goto out;
	}
	n = BIO_get_mem_data(out, &text);
	buf_add(pem, text, (size_t)n);
	secret_wipe(text, (size_t)n);
	rc = 0;
out:
	EVP_PKEY_free(pkey);
	BIO_free(out);
	return rc;
}

static void
add_base64(struct buf *out, const uint8_t *data, size_t n)
{
	buf_reserve(out, 4 * ((n + 2) / 3) + 1);
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)out->data + out->len, data, (int)n);
}

int
dkim_record(const char *pem, struct buf *txt, struct err *e)
{
	EVP_PKEY *pkey = read_pem(pem, e);
	uint8_t raw[32], *der = NULL;
	size_t len = sizeof(raw);
	enum dkim_kind kind;
	int n, rc = -1;

	if (!pkey || check_key(pkey, &kind, e) == -1)
		goto out;
	if (kind == DKIM_ED25519) { /* the key itself, and no structure around it (RFC 8463, 4) */
		if (EVP_PKEY_get_raw_public_key(pkey, raw, &len) != 1) {
			openssl_failed(e, "write the public key");
			goto out;
		}
		buf_addstr(txt, "v=DKIM1; k=ed25519; p=");
		add_base64(txt, raw, len);
	} else {
		if ((n = i2d_PUBKEY(pkey, &der)) <= 0) {
			openssl_failed(e, "write the public key");
			goto out;
		}
		buf_addstr(txt, "v=DKIM1; k=rsa; p=");
		add_base64(txt, der, (size_t)n);
	}
	rc = 0;
out:
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
	return rc;
}

void
dkim_record_zone(const char *name, const char *txt, struct buf *out)
{
	size_t n = strlen(txt), part;

	buf_addf(out, "%s. IN TXT (", name);
	for (; n; txt += part, n -= part) {
		part = n < TXT_STRING ? n : TXT_STRING;
		buf_addf(out, "\n  \"%.*s\"", (int)part, txt);
	}
	buf_addstr(out, " )\n");
}
