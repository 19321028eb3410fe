/*
 * dkim_sign.c - see dkim.h: one message's signatures.
 *
 * Cut it, hash its body once, write the signed fields in relaxed form into one
 * buffer and their names into h=; then for each key write the signature field
 * with an empty b=, put its relaxed form behind the others for the hash, sign
 * that, and fill in b=.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "mail/dkim.h"
#include "mail/dkim_canon.h"
#include "mail/dkim_private.h"

#define LINE 76   /* octets of a line, where a word allows it */
#define COPIES 16 /* keys that a thread keeps ready: two for each of eight relays */
#define MESSAGE_MAX (64u << 20)

struct dkim_work {
	struct dkim_message message;
	bool taken[DKIM_FIELDS];
	struct buf body;   /* the relaxed body */
	struct buf header; /* the relaxed fields, and the signature's own behind them */
	struct buf names;  /* h=, folded */
	struct buf field;  /* the signature field, still with an empty b= */
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
	struct {
		uint64_t id;
		size_t which;
		struct dkim_key *key;
	} copy[COPIES];
	size_t next_copy;
};

struct dkim_work *
dkim_work_new(void)
{
	struct dkim_work *w = xcalloc(1, sizeof(*w));

	buf_init(&w->body);
	buf_init(&w->header);
	buf_init(&w->names);
	buf_init(&w->field);
	w->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	w->digest = EVP_MD_CTX_new();
	if (!w->sha256 || !w->digest)
		abort(); /* as in secret.c: a broken installation */
	return w;
}

void
dkim_work_free(struct dkim_work *w)
{
	size_t i;

	if (!w)
		return;
	for (i = 0; i < COPIES; i++)
		dkim_key_free(w->copy[i].key);
	EVP_MD_CTX_free(w->digest);
	EVP_MD_free(w->sha256);
	buf_release(&w->body);
	buf_release(&w->header);
	buf_release(&w->names);
	buf_release(&w->field);
	free(w);
}

/* This thread's copy of a key; the one that was made first gives way. */
static struct dkim_key *
own_key(struct dkim_work *w, const struct dkim *d, size_t which, struct err *e)
{
	struct dkim_key *key;
	size_t i;

	for (i = 0; i < COPIES; i++)
		if (w->copy[i].id == d->id && w->copy[i].which == which)
			return w->copy[i].key;
	key = dkim_key_dup(d->key[which].key, e);
	if (!key)
		return NULL;
	i = w->next_copy++ % COPIES;
	dkim_key_free(w->copy[i].key);
	w->copy[i].id = d->id;
	w->copy[i].which = which;
	w->copy[i].key = key;
	return key;
}

static int
hash(struct dkim_work *w, const struct buf *data, uint8_t out[32], struct err *e)
{
	if (EVP_DigestInit_ex2(w->digest, w->sha256, NULL) != 1 || EVP_DigestUpdate(w->digest, data->data, data->len) != 1 ||
	    EVP_DigestFinal_ex(w->digest, out, NULL) != 1)
		return err_set(e, ERR_SYSTEM, "OpenSSL cannot hash");
	return 0;
}

static void
add_relaxed(struct buf *out, const struct dkim_field *f)
{
	buf_reserve(out, f->name_len + f->value_len + 3);
	out->len += dkim_relaxed_field(out->data + out->len, f);
}

/* One more name for h=; a line of its own where the last one is full. */
static void
add_name(struct buf *names, const char *name, size_t n, size_t *column)
{
	if (names->len) {
		buf_addch(names, ':');
		++*column;
	}
	if (*column + n + 1 > LINE) { /* with the colon or semicolon behind it */
		buf_addstr(names, "\r\n ");
		*column = 1;
	}
	buf_add(names, name, n);
	*column += n;
}

/* All fields of this name, from the bottom up (RFC 6376, 5.4.2), into the header to hash and into h=. */
static void
take_fields(struct dkim_work *w, const char *name, size_t n, enum often often, size_t *column)
{
	const struct dkim_field *f;
	size_t i, found = 0;

	for (i = w->message.count; i--;) {
		f = &w->message.field[i];
		if (f->name_len != n || strncasecmp(f->name, name, n) != 0)
			continue;
		w->taken[i] = true;
		found++;
		add_relaxed(&w->header, f);
		add_name(&w->names, name, n, column);
	}
	if (often == SEALED || (often == AT_LEAST_1 && !found))
		add_name(&w->names, name, n, column);
}

static void
choose_fields(struct dkim_work *w, const struct dkim *d)
{
	const struct dkim_field *f;
	size_t column = 3, i; /* behind " h=" */

	memset(w->taken, 0, sizeof(w->taken));
	buf_reset(&w->names);
	buf_reset(&w->header);
	for (i = 0; i < DKIM_SIGNED; i++)
		if (d->sign[i])
			take_fields(w, dkim_signed[i].name, strlen(dkim_signed[i].name), dkim_signed[i].often, &column);
	for (i = 0; i < w->message.count; i++) {
		f = &w->message.field[i];
		if (!w->taken[i] && dkim_is_list_field(f->name, f->name_len) && !dkim_omits(d, f->name, f->name_len))
			take_fields(w, f->name, f->name_len, AS_PRESENT, &column);
	}
}

/* " d=…;" on the line, or on the next. */
static void
add_tag(struct buf *out, size_t *column, const char *tag, const char *value)
{
	size_t n = strlen(tag) + strlen(value) + 3; /* space = ; */

	if (*column + n > LINE) {
		buf_addstr(out, "\r\n");
		*column = 0;
	}
	buf_addch(out, ' ');
	buf_addstr(out, tag);
	buf_addch(out, '=');
	buf_addstr(out, value);
	buf_addch(out, ';');
	*column += n;
}

/* The whole field but for b='s value and the CRLF. */
static void
begin_field(struct dkim_work *w, const struct dkim *d, size_t which, const char *body_hash, int64_t now)
{
	struct buf *f = &w->field;
	char number[24];
	size_t column;

	snprintf(number, sizeof(number), "%lld", (long long)now);
	buf_reset(f);
	buf_addstr(f, "DKIM-Signature: v=1;");
	column = f->len;
	add_tag(f, &column, "a", d->key[which].kind == DKIM_RSA ? "rsa-sha256" : "ed25519-sha256");
	add_tag(f, &column, "c", "relaxed/relaxed");
	add_tag(f, &column, "d", d->domain);
	add_tag(f, &column, "s", d->key[which].selector);
	add_tag(f, &column, "t", number);
	buf_addstr(f, "\r\n h=");
	buf_add(f, w->names.data, w->names.len);
	buf_addstr(f, ";\r\n bh=");
	buf_addstr(f, body_hash);
	buf_addstr(f, ";\r\n b=");
}

/* The signature of the fields with the signature field behind them, whose relaxed form ends without CRLF (RFC 6376, 3.7). */
static int
sign_field(struct dkim_work *w, struct dkim_key *key, uint8_t signature[DKIM_SIGNATURE], size_t *len, struct err *e)
{
	const size_t fields_end = w->header.len, name_len = strlen("DKIM-Signature");
	const struct dkim_field self = {
		.name = w->field.data,
		.name_len = name_len,
		.value = w->field.data + name_len + 1,
		.value_len = w->field.len - name_len - 1,
	};
	uint8_t digest[32];
	int rc;

	add_relaxed(&w->header, &self);
	w->header.len -= 2;
	rc = hash(w, &w->header, digest, e);
	w->header.len = fields_end;
	return rc == -1 ? -1 : dkim_key_sign(key, digest, signature, len, e);
}

static void
end_field(struct buf *out, const struct buf *field, const uint8_t *signature, size_t n)
{
	char text[4 * ((DKIM_SIGNATURE + 2) / 3) + 1];
	size_t len = (size_t)EVP_EncodeBlock((unsigned char *)text, signature, (int)n), at, part, room = LINE - 3;

	buf_add(out, field->data, field->len);
	for (at = 0; at < len; at += part, room = LINE - 1) {
		if (at)
			buf_addstr(out, "\r\n ");
		part = len - at < room ? len - at : room;
		buf_add(out, text + at, part);
	}
	buf_addstr(out, "\r\n");
}

int
dkim_sign(const struct dkim *d, struct dkim_work *w, const void *message, size_t n, int64_t now, struct buf *out, struct err *e)
{
	uint8_t digest[32], signature[DKIM_SIGNATURE];
	const size_t start = out->len;
	struct dkim_key *key;
	char body_hash[45];
	size_t i, len;

	if (n > MESSAGE_MAX)
		return err_set(e, ERR_INPUT, "the message is too large to sign");
	if (dkim_parse(&w->message, message, n, e) == -1)
		return -1;
	buf_reset(&w->body);
	buf_reserve(&w->body, w->message.body_len + 2);
	if (dkim_relaxed_body(w->body.data, w->message.body, w->message.body_len, &w->body.len, e) == -1 ||
	    hash(w, &w->body, digest, e) == -1)
		return -1;
	EVP_EncodeBlock((unsigned char *)body_hash, digest, sizeof(digest));
	choose_fields(w, d);
	for (i = 0; i < d->keys; i++) {
		key = own_key(w, d, i, e);
		if (!key)
			goto fail;
		begin_field(w, d, i, body_hash, now);
		if (sign_field(w, key, signature, &len, e) == -1)
			goto fail;
		end_field(out, &w->field, signature, len);
	}
	return 0;
fail:
	buf_truncate(out, start);
	return -1;
}
