/*
 * dkim.h - DKIM signatures for finished messages (RFC 6376, 8301, 8463).
 *
 * relaxed/relaxed, SHA-256, RSA and, as a second signature, Ed25519; no l=, no
 * x=. Signed are From, To, Subject, Date, Message-ID, Reply-To, the MIME fields,
 * Feedback-ID, Auto-Submitted and all List-*. Of those that a reader sees or a
 * mail client acts on, h= names one more than there is, so that adding another
 * breaks the signature (RFC 6376, 8.15); List-Unsubscribe and
 * List-Unsubscribe-Post are named even where there is none (RFC 8058, 4).
 *
 * A struct dkim never changes and serves all threads; each thread has a
 * dkim_work of its own, which keeps what a signature needs.
 */
#ifndef DKIM_H
#define DKIM_H

#include <stddef.h>
#include <stdint.h>

#include "mail/dkim_key.h"

struct buf;
struct err;

/* Strings are borrowed until dkim_new returns; NULL or "" where there is none. */
struct dkim_spec {
	const char *domain;             /* d=: A-labels */
	const char *selector, *rsa_pem; /* at least one of the two keys */
	const char *ed25519_selector, *ed25519_pem;
	const char *omit; /* header names, separated by white space, that are not signed, since the relay rewrites them; never From */
};

struct dkim;

/* ERR_INPUT says which of the two keys, or which name, is wrong and why. Keys are wiped when it is freed. */
struct dkim *dkim_new(const struct dkim_spec *spec, struct err *e);
void dkim_free(struct dkim *d);

/* What one thread keeps: buffers, digest contexts, copies of the keys it used last. */
struct dkim_work;

struct dkim_work *dkim_work_new(void);
void dkim_work_free(struct dkim_work *w);

/*
 * Append the signature fields, CRLF after each, that go in front of the message.
 * `now` is t=, Unix time. ERR_INPUT for a message that dkim_canon.h refuses; ERR_SYSTEM when OpenSSL
 * fails. *out is then as it was. After the first messages nothing is allocated by us.
 */
int dkim_sign(const struct dkim *d, struct dkim_work *w, const void *message, size_t n, int64_t now, struct buf *out, struct err *e);

#endif
