/*
 * campaigns.h - campaigns as a table and as JSON; shared by campaign and status.
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
json_t *campaigns_json(const struct cli *cli, const struct campaign *c, int n, const struct topic_list *topics);
json_t *campaigns_json_one(const struct cli *cli, const struct campaign *c, const struct topic_list *topics);

/* The campaign whose number was given on the command line. */
int campaigns_get(struct cli *cli, const char *text, struct campaign *c, struct err *e);

/*
 * The messages that --state and --class mean; without, any. ERR_USAGE names what there is. pick->class is the option's own value.
 */
int campaigns_pick(struct cli *cli, struct ledger_pick *pick, struct err *e);

/* When it is too late for the approval by mail that it waits for; 0: it waits for none. */
int64_t campaigns_approval(const struct cli *cli, const struct campaign *c);

enum out_style campaigns_style(enum campaign_state state);

/* "97 %"; less than all is never 100 %. Returns out. */
const char *campaigns_share(char out[32], int64_t part, int64_t whole);

#endif
