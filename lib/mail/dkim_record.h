/*
 * dkim_record.h - the public half of a DKIM key as DNS has it, read as a verifier reads it (RFC 6376 3.6.1, RFC 8301, RFC 8463).
 */
#ifndef DKIM_RECORD_H
#define DKIM_RECORD_H

#include <stdbool.h>

#include "mail/dkim_key.h"

struct err;

struct dkim_published {
	enum dkim_kind kind;
	bool revoked;      /* p= is empty: verifiers fail every signature */
	bool testing;      /* t=y: verifiers treat the mail as unsigned */
	bool strict;       /* t=s: i= must be of the very domain */
	bool no_sha256;    /* h= leaves out the only hash in use */
	bool not_for_mail; /* s= names other services */
	char key[1024];    /* p=, base64 without white space */
};

/* ERR_INPUT for what verifiers do not take: no tag list, another version, an unknown kind of key, no p=, no base64. */
int dkim_record_parse(struct dkim_published *out, const char *text, struct err *e);

/* Whether it publishes the other half of this private key: 1, 0, or -1 when the PEM cannot be read (its text names no secret). */
int dkim_record_matches(const struct dkim_published *p, const char *pem, struct err *e);

#endif
