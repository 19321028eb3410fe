/*
 * link_check.h - whether the addresses in a mail lead somewhere: they are asked, several at a time.
 *
 * HEAD, or where a server does not take that, GET of the first byte. Web
 * addresses alone, redirects included; no cookies, no password, and of what
 * comes back only the status counts. For the command line: it opens
 * connections to wherever the addresses lead, the machine itself included,
 * since it is staff that wrote them.
 */
#ifndef LINK_CHECK_H
#define LINK_CHECK_H

#include <stddef.h>

struct err;

#define LINK_CHECK_AT_ONCE 8
#define LINK_CHECK_PER_HOST 2
#define LINK_CHECK_SECONDS 10L /* for one address */
#define LINK_CHECK_ALL 60L     /* seconds for all of them */
#define LINK_CHECK_REDIRECTS 5 /* that are followed */
#define LINK_CHECK_MOVED 500   /* bytes of where one leads now */
#define LINK_CHECK_TROUBLE 100 /* bytes of what went wrong */

enum link_state {
	LINK_UNCHECKED, /* the time for all was over */
	LINK_OK,
	LINK_MOVED,   /* every redirect on the way says that it is for good: `moved` */
	LINK_GONE,    /* 404 or 410 */
	LINK_NO_HOST, /* there is no such name */
	LINK_REFUSED, /* another status from 400 on: perhaps robots alone are refused */
	LINK_TROUBLE, /* no answer: `trouble`; perhaps for the moment alone */
};

struct link_check {
	const char *url; /* http or https; the caller's */
	enum link_state state;
	long status; /* HTTP's; 0: none came */
	char moved[LINK_CHECK_MOVED];
	char trouble[LINK_CHECK_TROUBLE];
};

/* Called after each address, with how many are done; NULL: nobody looks. */
typedef void link_check_progress(void *ctx, size_t done, size_t total);

/* Check them all, each once; fills the rest of each item. -1 only when libcurl cannot be had. */
int link_check(struct link_check *item, size_t count, link_check_progress *progress, void *ctx, struct err *e);

#endif
