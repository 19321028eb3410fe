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

#define SEND_SOON 21600 /* seconds: until then it is said how long it is, from then on when it is */

/* Show what is about to go: subject, articles, to whom, when (`at`, or as soon as may be), how long it takes. */
int send_show(struct cli *cli, const struct mailing *m, int64_t at, struct err *e);
void send_show_subject(struct cli *cli, const struct mailing *m);

/* Queue one marked copy in a language for the address through the outbox. */
int send_test(struct cli *cli, struct mailing *m, const char *address, const char *language, struct err *e);

/*
 * Make the campaign, all in one transaction: its row, its compiled message, its articles' announcements. 1 and *c; 0 when
 * another send took every article, or the key (*c is then that one, else c->id is 0).
 */
int send_campaign(struct cli *cli, struct mailing *m, const char *key, int64_t at, struct campaign *c, struct err *e);

/* Follow the campaign to its end. ERR_REFUSED when it is paused, held or cancelled, or no daemon is there to send it. */
int send_wait(struct cli *cli, int64_t campaign_id, struct err *e);

#endif
