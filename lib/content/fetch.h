/*
 * fetch.h - one address fetched over HTTP, with an end to everything.
 *
 * http and https alone, at most FETCH_REDIRECTS redirects, never from https
 * back to http, certificates always checked (against
 * the system's authorities, or those in SSL_CERT_FILE of the environment), FETCH_MAX bytes after
 * decompression, so many seconds in all. Nothing is kept: no cookie, no
 * password, no cache.
 */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct err;

#define FETCH_MAX (10u << 20) /* bytes, as FEED_MAX */
#define FETCH_SECONDS 60      /* in all, unless the caller says another number */
#define FETCH_CONNECT 10      /* seconds until there is a connection */
#define FETCH_REDIRECTS 5

/* What an answer says of itself. The caller releases it in either case. */
struct fetch_answer {
	bool unchanged;                 /* 304: what the caller has is still good */
	struct buf url;                 /* where it came from in the end */
	struct buf charset;             /* of its Content-Type; "" when it says none */
	struct buf etag, last_modified; /* "" without */
};

struct fetch {
	const char *url;
	const char *accept;               /* media types, as the header has them */
	const char *etag, *last_modified; /* of what the caller has (RFC 9110 section 13.1); "" for nothing */
	int seconds;                      /* 0: FETCH_SECONDS */

	/* The bytes of a 200 answer as they come; the answer is filled before the first. -1 and *e end it. */
	int (*bytes)(void *user, const struct fetch_answer *answer, const char *s, size_t n, struct err *e);
	/* Now and then: so many bytes have come. May be NULL. */
	void (*progress)(void *user, size_t n);
	void *user;
};

/*
 * Fetch it. ERR_INPUT for an address that is none or carries a password;
 * ERR_PEER, with the address, for everything that the other side did or did
 * not: no such host, no certificate that is good, no answer in time, too much,
 * a status other than 200 or 304, a redirect that is refused; whatever `bytes`
 * set, when that ended it.
 */
int fetch_url(const struct fetch *f, struct fetch_answer *answer, struct err *e);
void fetch_answer_release(struct fetch_answer *answer);

#endif
