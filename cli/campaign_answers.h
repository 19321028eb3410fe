/*
 * campaign_answers.h - what `campaign show` says of a mailing's answers: bounces, complaints, who left by it.
 */
#ifndef CAMPAIGN_ANSWERS_H
#define CAMPAIGN_ANSWERS_H

#include "out.h"
#include "store/stats.h"

struct cli;

/* The fields, and their counts in JSON. */
void campaign_answers_show(struct cli *cli, const struct stats_returned *r);

/* A row for each reason of the bounces, the most frequent first, in the table that says why messages failed; returns how many. */
int campaign_answers_rows(struct out_table *t, const struct stats_returned *r);

#endif
