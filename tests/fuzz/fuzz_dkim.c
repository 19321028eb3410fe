/*
 * fuzz_dkim.c - any bytes as a message: the canonical forms against a plain
 * reading of RFC 6376, 3.4, and a signature that verifies over what h= says.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "mail/dkim.h"
#include "mail/dkim_canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* Every CR before an LF, every LF behind a CR. */
static bool
lines_are_crlf(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((s[i] == '\r' && (i + 1 == n || s[i + 1] != '\n')) || (s[i] == '\n' && (i == 0 || s[i - 1] != '\r')))
			return false;
	return true;
}

/* 3.4.4, step by step: runs to one space, then the space at each line's end, then the empty lines at the end. */
static void
plain_body(struct buf *out, const char *s, size_t n)
{
	struct buf step = BUF_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t')
			buf_addch(&step, s[i]);
		else if (i == 0 || (s[i - 1] != ' ' && s[i - 1] != '\t'))
			buf_addch(&step, ' ');
	for (i = 0; i < step.len; i++)
		if (step.data[i] != ' ' || !(i + 1 == step.len || step.data[i + 1] == '\r'))
			buf_addch(out, step.data[i]);
	if (out->len && out->data[out->len - 1] != '\n')
		buf_addstr(out, "\r\n");
	while (out->len >= 4 && memcmp(out->data + out->len - 4, "\r\n\r\n", 4) == 0)
		buf_truncate(out, out->len - 2);
	if (out->len == 2 && out->data[0] == '\r')
		buf_reset(out);
	buf_release(&step);
}

static void
fuzz_body(const char *s, size_t n)
{
	char *in = malloc(n ? n : 1), *out = malloc(n + 2); /* exactly: the sanitizer sees each octet too many */
	struct buf want = BUF_INIT;
	struct err e = ERR_INIT;
	size_t len;
	int rc;

	if (n)
		memcpy(in, s, n);
	rc = dkim_relaxed_body(out, in, n, &len, &e);
	must((rc == 0) == lines_are_crlf(s, n));
	if (rc == 0) {
		plain_body(&want, s, n);
		must(len == want.len && memcmp(out, want.data, len) == 0);
	}
	buf_release(&want);
	free(in);
	free(out);
}

/* 3.4.2, step by step. */
static void
plain_field(struct buf *out, const struct dkim_field *f)
{
	size_t i, start;

	for (i = 0; i < f->name_len; i++)
		buf_addch(out, f->name[i] >= 'A' && f->name[i] <= 'Z' ? (char)(f->name[i] + 32) : f->name[i]);
	buf_addch(out, ':');
	start = out->len;
	for (i = 0; i < f->value_len; i++) {
		char c = f->value[i] == '\t' ? ' ' : f->value[i];

		if (c == '\r' || c == '\n' || (c == ' ' && (out->len == start || out->data[out->len - 1] == ' ')))
			continue;
		buf_addch(out, c);
	}
	if (out->len > start && out->data[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
	buf_addstr(out, "\r\n");
}

static const char test_key[] = "-----BEGIN PRIVATE KEY-----\n"
			       "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
			       "-----END PRIVATE KEY-----\n";

/* As a verifier reads h=: for each name the lowest field that is not taken yet, or nothing. */
static void
fields_of_h(struct buf *out, const struct dkim_message *m, const char *names)
{
	bool taken[DKIM_FIELDS] = { false };
	size_t i, len;

	for (; *names; names += len + (names[len] == ':')) {
		len = strcspn(names, ":");
		must(len > 0);
		for (i = m->count; i--;)
			if (!taken[i] && m->field[i].name_len == len && strncasecmp(m->field[i].name, names, len) == 0) {
				taken[i] = true;
				plain_field(out, &m->field[i]);
				break;
			}
	}
}

/* A tag's value in the relaxed signature field, white space taken out. */
static void
tag(struct buf *out, const char *field, const char *name)
{
	const char *p = strstr(field, name);

	must(p != NULL);
	for (p += strlen(name); *p && *p != ';' && *p != '\r'; p++)
		if (*p != ' ')
			buf_addch(out, *p);
}

/* The signature of the message is ours, over what h= names and the field itself without b='s value. */
static void
verify(const struct dkim_message *m, const char *signature, size_t n)
{
	const struct dkim_field own = { signature, signature + 15, 14, n - 15 - 2 };
	struct buf field = BUF_INIT, signed_text = BUF_INIT, names = BUF_INIT, b = BUF_INIT, bh = BUF_INIT, body = BUF_INIT;
	uint8_t digest[32], raw[96];
	char text[64];
	BIO *bio = BIO_new_mem_buf(test_key, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	plain_field(&field, &own);
	tag(&names, field.data, " h=");
	tag(&bh, field.data, " bh=");
	tag(&b, field.data, " b=");
	plain_body(&body, m->body, m->body_len);
	sha256(digest, body.data, body.len);
	EVP_EncodeBlock((unsigned char *)text, digest, 32);
	must(strcmp(text, bh.data) == 0);
	fields_of_h(&signed_text, m, names.data);
	buf_add(&signed_text, field.data, (size_t)(strstr(field.data, " b=") + 3 - field.data));
	sha256(digest, signed_text.data, signed_text.len);
	must(b.len == 88 && EVP_DecodeBlock(raw, (const unsigned char *)b.data, 88) == 66);
	must(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 && EVP_DigestVerify(ctx, raw, 64, digest, 32) == 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	BIO_free(bio);
	buf_release(&field);
	buf_release(&signed_text);
	buf_release(&names);
	buf_release(&b);
	buf_release(&bh);
	buf_release(&body);
}

static void
fuzz_message(const char *s, size_t n)
{
	static struct dkim_message m;
	static struct dkim *d;
	static struct dkim_work *w;
	struct buf out = BUF_INIT, want = BUF_INIT;
	char *copy = malloc(n ? n : 1), *field;
	struct err e = ERR_INIT;
	size_t i, len;
	int rc;

	if (!d) {
		d = dkim_new(&(struct dkim_spec){ .domain = "example.org", .ed25519_selector = "s", .ed25519_pem = test_key }, &e);
		w = dkim_work_new();
		must(d != NULL);
	}
	if (n)
		memcpy(copy, s, n);
	rc = dkim_sign(d, w, copy, n, 1, &out, &e);
	must(rc == 0 || (e.code == ERR_INPUT && out.len == 0));
	if (dkim_parse(&m, copy, n, &e) == 0) {
		must((rc == 0) == lines_are_crlf(m.body, m.body_len));
		for (i = 0; i < m.count; i++) {
			field = malloc(m.field[i].name_len + m.field[i].value_len + 3);
			len = dkim_relaxed_field(field, &m.field[i]);
			buf_reset(&want);
			plain_field(&want, &m.field[i]);
			must(len == want.len && memcmp(field, want.data, len) == 0);
			free(field);
		}
		if (rc == 0)
			verify(&m, out.data, out.len);
	} else {
		must(rc == -1);
	}
	buf_release(&out);
	buf_release(&want);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_body((const char *)data, n);
	fuzz_message((const char *)data, n);
	return 0;
}
