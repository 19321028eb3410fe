/*
 * dkim_private.h - what dkim.c (keys, and what is signed) and dkim_sign.c (signing) share, and nobody else includes.
 */
#ifndef DKIM_PRIVATE_H
#define DKIM_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/dkim_key.h"

enum often {
	AS_PRESENT, /* as many times as it is there */
	AT_LEAST_1, /* named once even where it is not */
	SEALED,     /* once more than it is there */
};

#define DKIM_SIGNED 13     /* rows of dkim_signed */
#define DKIM_KEYS 2        /* a signature with RSA, one with Ed25519 */
#define DKIM_OMIT 32       /* names left out */
#define DKIM_FIELD_NAME 64 /* octets of a name that is signed */

extern const struct dkim_signed {
	const char *name;
	enum often often;
} dkim_signed[DKIM_SIGNED];

struct dkim {
	uint64_t id; /* never used again: how a thread knows its copies of the keys */
	char domain[DKIM_DOMAIN_MAX + 1];
	struct {
		enum dkim_kind kind;
		char selector[DKIM_SELECTOR_MAX + 1];
		struct dkim_key *key;
	} key[DKIM_KEYS];
	size_t keys;
	char omit[DKIM_OMIT][DKIM_FIELD_NAME + 1];
	size_t omits;
	bool sign[DKIM_SIGNED]; /* which of dkim_signed */
};

bool dkim_omits(const struct dkim *d, const char *name, size_t n);

/* A name that begins with List- and can stand in h=. */
bool dkim_is_list_field(const char *name, size_t n);

#endif
