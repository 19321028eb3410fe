/*
 * cmd_stats.h - what `newsletter stats` has gathered, for each way of showing it.
 */
#ifndef CMD_STATS_H
#define CMD_STATS_H

#include "store/campaign.h"
#include "store/stats.h"

struct cli;

#define STATS_CAMPAIGNS 100

struct stats_view {
	struct stats_window window;
	int64_t until; /* Unix time: it was looked at then */
	struct stats_returned returned;
	struct stats_domains domains;
	struct campaign campaign[STATS_CAMPAIGNS]; /* newest first; with --campaign that one alone */
	struct stats_answers answers[STATS_CAMPAIGNS];
	int campaigns;
};

/* On the terminal; into cli->result. */
void stats_text(const struct cli *cli, const struct stats_view *v);
void stats_json(struct cli *cli, const struct stats_view *v);

#endif
