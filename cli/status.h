/*
 * status.h - what `newsletter status` is made of, beside cmd_status.c: the roles, campaigns under way, and looking at it all the time.
 */
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>

#include "store/campaign.h"

struct cli;
struct err;
struct topic_list;

#define STATUS_CAMPAIGNS 20 /* that are not over and are shown */

/* How fast each campaign goes: between two looks, or since its start while there was but one. Begins as zeroes. */
struct status_rates {
	int count;
	struct {
		int64_t id, done, at_us;
		double rate; /* messages a second, smoothed */
	} campaign[STATUS_CAMPAIGNS];
};

/* The field "Roles" of a daemon that runs: which were seen, which were not, which died; in JSON "roles". */
int status_roles(struct cli *cli, struct err *e);

/* The table of campaigns that are not over, a bar for each that is sending, and why others wait; in JSON "campaigns". */
int status_campaigns(struct cli *cli, const struct topic_list *topics, struct status_rates *rates, struct err *e);

/*
 * Show it on the terminal's other screen, anew every second, until q, ^C or a signal; what was there before is there again then.
 * ERR_USAGE where there is no terminal.
 */
int status_watch(struct cli *cli, int (*show)(struct cli *cli, struct status_rates *rates, struct err *e), struct err *e);

#endif
