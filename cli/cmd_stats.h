/*
 * cmd_stats.h - what `newsletter stats` has gathered, for each way of showing it.
 */
#ifndef CMD_STATS_H
#define CMD_STATS_H

#include "base/period.h"
#include "store/campaign.h"
#include "store/growth.h"
#include "store/stats.h"

struct buf;
struct cli;
struct err;

#define STATS_CAMPAIGNS 100

struct stats_mailing {
	struct campaign campaign;
	struct stats_returned returned; /* what answers it, whenever it came */
	struct stats_speed speed;
};

struct stats_view {
	struct stats_window window;
	int64_t until; /* Unix time: it was looked at then */
	struct stats_returned returned;
	struct stats_domains domains;
	struct stats_mailing mailing[STATS_CAMPAIGNS]; /* newest first; with --campaign that one alone */
	int mailings;

	/* not with --campaign: the list itself */
	enum period_unit unit;
	struct growth growth;
	struct growth_people people;
};

/* A period as its unit tells it: "2026-03-05", of a month "2026-03", of a year "2026". */
void stats_period(char out[16], enum period_unit unit, int64_t start);

/* Messages a minute, 0 when it is not known or was over too soon to say. */
int64_t stats_a_minute(const struct stats_speed *s);

int64_t stats_pair_sum(const struct stats_pair *p);

/* On the terminal; into cli->result. */
void stats_text(const struct cli *cli, const struct stats_view *v);
void stats_list_text(const struct cli *cli, const struct stats_view *v);
void stats_json(struct cli *cli, const struct stats_view *v);
void stats_list_json(struct cli *cli, const struct stats_view *v);

/* The page of --html, appended to *out: 0, or -1. */
int stats_html(const struct cli *cli, const struct stats_view *v, struct buf *out, struct err *e);

#endif
