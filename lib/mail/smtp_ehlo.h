/*
 * smtp_ehlo.h - what a relay offers, from the bytes that it says while libcurl opens the connection.
 *
 * libcurl speaks EHLO again after STARTTLS, and HELO when EHLO is refused:
 * only the last 250 reply counts. Nothing that was said in clear survives
 * STARTTLS.
 */
#ifndef SMTP_EHLO_H
#define SMTP_EHLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/smtp_reply.h"

struct smtp_offers {
	bool pipelining;   /* RFC 2920 */
	bool chunking;     /* RFC 3030: BDAT */
	bool size;         /* RFC 1870: MAIL takes SIZE= */
	bool eightbitmime; /* RFC 6152: MAIL takes BODY=8BITMIME */
	bool smtputf8;     /* RFC 6531 */
	bool dsn;          /* RFC 3461 */
	bool auth;         /* RFC 4954, and the old AUTH= */
	int64_t size_max;  /* octets of the largest message; 0 when not said */
	int64_t mailmax;   /* RFC 9422 LIMITS MAILMAX=: transactions a connection, 0 when not said */
};

struct smtp_ehlo {
	struct smtp_offers offers;
	bool logged_in;            /* 235 was said: AUTH succeeded */
	struct smtp_reader reader; /* its reply is the last one said */
};

void smtp_ehlo_init(struct smtp_ehlo *h);

/* Take bytes of greeting, EHLO, STARTTLS and AUTH replies, cut anywhere. -1 when they are no replies. */
int smtp_ehlo_feed(struct smtp_ehlo *h, const char *p, size_t n);

#endif
