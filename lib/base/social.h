/*
 * social.h - an organisation's pages elsewhere, as [site] social lists them: "Name https://address, Name https://address".
 */
#ifndef SOCIAL_H
#define SOCIAL_H

#include <stddef.h>

struct err;

#define SOCIAL_MOST 12     /* entries of a list */
#define SOCIAL_NAME_MAX 60 /* bytes of a name */

/* One of them, inside the list. */
struct social {
	const char *name, *url;
	size_t name_len, url_len;
};

/*
 * Take the next entry of a list and move *list past it: 1; 0 at its end; -1 with ERR_INPUT when it is not a name of at most
 * SOCIAL_NAME_MAX bytes followed by one https address.
 */
int social_next(const char **list, struct social *out, struct err *e);

/* Check a whole list, of at most SOCIAL_MOST entries; 0, or -1 with ERR_INPUT. */
int social_check(const char *list, struct err *e);

#endif
