/*
 * send.h - the parts of `newsletter send`.
 */
#ifndef SEND_H
#define SEND_H

#include <stdint.h>

#include "store/campaign.h"

struct cli;
struct err;
struct mailing;

/* Queue one marked copy for the address through the outbox. */
int send_test(struct cli *cli, struct mailing *m, const char *address, struct err *e);

/*
 * Make the campaign, all in one transaction: its row, its compiled message, its articles' announcements. 1 and *c; 0 when
 * another send took every article, or the key (*c is then that one, else c->id is 0).
 */
int send_campaign(struct cli *cli, struct mailing *m, const char *key, int64_t at, struct campaign *c, struct err *e);

/* Follow the campaign to its end. ERR_REFUSED when it is paused, held or cancelled, or no daemon is there to send it. */
int send_wait(struct cli *cli, int64_t campaign_id, struct err *e);

#endif
