/* clerk.h - what the clerk's files share: each is one of its duties, called from clerk.c's loop. */
#ifndef CLERK_H
#define CLERK_H

#include <stdint.h>

#include "site/personal.h"
#include "site/site.h"

struct err;

struct clerk {
	struct site *site;
	struct personal personal;
	int64_t next_retention; /* Unix time */
};

/* Decide every signup that waits: the suppressed get nothing, the subscribed a note, the others a confirmation. */
int clerk_signups(struct clerk *c, struct err *e);

/* Start campaigns that are due; hold those that are overdue; end those whose offer is over. */
int clerk_schedule(struct clerk *c, struct err *e);

/* Once an hour: delete what was kept long enough. */
int clerk_retention(struct clerk *c, struct err *e);

#endif
