/*
 * addr.h - e-mail addresses as people type them.
 */
#ifndef ADDR_H
#define ADDR_H

#include <stdbool.h>
#include <stddef.h>

struct err;

#define ADDR_MAX 255 /* bytes with the NUL: RFC 5321 4.5.3.1.3 allows a path of 256 octets with its <> */

struct addr {
	char text[ADDR_MAX]; /* as mailed: local part as typed, domain in lower case, A-labels (RFC 5890) */
	char key[ADDR_MAX];  /* as compared: all in lower case (UTF-8 local parts fold ASCII only) */
	const char *domain;  /* points into text, after the @ */
	bool smtputf8;       /* the local part is not ASCII: needs RFC 6531 at the relay */
};

/*
 * Take one address, without display name or comment. White space around it is
 * cut. Local part: dot-atom of RFC 5322 3.2.3 (RFC 6532 for UTF-8), at most 64
 * octets; no quoted strings (nobody has one, every injection does), and nothing
 * that nobody sees or that only looks like ASCII. Domain: at least two labels of
 * letters, digits and hyphens after IDNA2008 with UTS 46's mapping (libidn2), at most
 * 253 octets, labels 63; no address literal, no dot at its end; scripts may mix. ERR_INPUT says what is wrong in words for the visitor,
 * without the address in it.
 */
int addr_parse(struct addr *a, const char *text, struct err *e);

#endif
