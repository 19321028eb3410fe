/*
 * campaigns.h - campaigns as a table, as JSON and as the mail that they send; shared by campaign and status.
 */
#ifndef CAMPAIGNS_H
#define CAMPAIGNS_H

#include <jansson.h>

#include "out.h"
#include "store/campaign.h"
#include "store/ledger.h"
#include "store/topic.h"

struct cli;
struct err;

void campaigns_print(const struct cli *cli, const struct campaign *c, int n, const struct topic_list *topics);
json_t *campaigns_json(const struct campaign *c, int n, const struct topic_list *topics);
json_t *campaigns_json_one(const struct campaign *c, const struct topic_list *topics);

/* The campaign whose number was given on the command line. */
int campaigns_get(struct cli *cli, const char *text, struct campaign *c, struct err *e);

/*
 * The messages that --state and --class mean; without, any. ERR_USAGE names what there is. pick->class is the option's own value.
 */
int campaigns_pick(struct cli *cli, struct ledger_pick *pick, struct err *e);

/* Print its mail, to nobody, in a language (NULL: the site's). ERR_NOT_FOUND names those that there are. */
int campaign_mail_show(struct cli *cli, const struct campaign *c, const char *language, struct err *e);

/* The line "Languages", where there are several, and "languages" in the result. */
int campaign_mail_languages(struct cli *cli, const struct campaign *c, struct err *e);

enum out_style campaigns_style(enum campaign_state state);

/* "97 %"; less than all is never 100 %. Returns out. */
const char *campaigns_share(char out[32], int64_t part, int64_t whole);

#endif
