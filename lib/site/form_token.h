/*
 * form_token.h - what a signup form carries to show which wording of consent stood in it, and when it was shown.
 *
 *   page form       base64url( time 8 | MAC 16 )            the MAC covers the time and the wording's SHA-256
 *   embedded form   "e" base64url( SHA-256 32 | MAC 16 )    a form on the site's own pages: made once, and good for ever
 *
 * Both MACs are link_sign's, with a label each; old link keys still verify.
 * Nothing is looked up, and the clock is the caller's.
 */
#ifndef FORM_TOKEN_H
#define FORM_TOKEN_H

#include <stdint.h>

struct link_keys;

#define FORM_TOKEN_TEXT 33       /* 32 characters and a NUL */
#define FORM_TOKEN_EMBED_TEXT 66 /* 65 characters and a NUL */
#define FORM_WORDING 32          /* octets of the wording's SHA-256 */

#define FORM_TOKEN_LIFE 86400 /* s: a tab that was left open overnight is still good; a token that was collected for later is not */
#define FORM_TOKEN_AHEAD 60   /* s that a token may come from the future: a clock that was set back does not shut the form */
#define FORM_TOKEN_QUICK 3    /* s: reading the consent and typing an address takes a person longer; a program, no time at all */

/*
 * What a signup counts against the limits when its form was sent sooner than
 * that, or carries no token at all: a person in a hurry is let through as ever, a
 * flood reaches its limit twice as soon. A form embedded in the site's own pages counts as
 * one of ours: it is the way in for most visitors.
 */
#define SIGNUP_WEIGHT_UNTIMED 2

enum form_token {
	FORM_TOKEN_FOREIGN, /* not made by us for that wording */
	FORM_TOKEN_STALE,   /* older than FORM_TOKEN_LIFE, or more than FORM_TOKEN_AHEAD from the future */
	FORM_TOKEN_HASTY,   /* shown less than FORM_TOKEN_QUICK ago */
	FORM_TOKEN_TIMED,
};

/* The token of a form that is shown at `now` (Unix time) with that wording. */
void form_token_make(char out[FORM_TOKEN_TEXT], const struct link_keys *keys, const uint8_t wording_hash[FORM_WORDING], int64_t now);

/* What a token that came back at `now` is, if that wording was shown. */
enum form_token form_token_check(const struct link_keys *keys, const uint8_t wording_hash[FORM_WORDING], int64_t now, const char *text);

/* The token of a form on another page with that wording: FORM_TOKEN_EMBED_TEXT bytes. */
void form_token_embed(char *out, const struct link_keys *keys, const uint8_t wording_hash[FORM_WORDING]);

/* Read one: 0 and the hash of the wording that the form shows, or -1 for anything that form_token_embed did not make. */
int form_token_embed_read(uint8_t wording_hash[FORM_WORDING], const struct link_keys *keys, const char *text);

#endif
