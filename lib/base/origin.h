/*
 * origin.h - web origins (RFC 6454), as newsletter.conf lists them and browsers send them.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <stdbool.h>

struct err;

#define ORIGIN_MAX 270 /* bytes of one: a scheme, a domain of 253 and a port */
#define ORIGINS 16     /* in a list */

/*
 * Check a list of origins separated by spaces. Each must be written as a browser
 * writes it (RFC 6454 6.2: lower case, A-labels, no port that is the
 * scheme's own, no path), since it is compared octet by octet; http:// is for the
 * loopback alone. ERR_INPUT says which one is wrong, and how.
 */
int origin_check_list(const char *list, struct err *e);

/* Whether a list that was checked holds exactly this one. */
bool origin_listed(const char *list, const char *origin);

#endif
