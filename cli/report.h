/*
 * report.h - what the two halves of the page of `newsletter stats --html` share.
 *
 * The template web/report.html.mustache makes the page; its context is English, as the commands are. Nothing in it leads to a person: no
 * address, and no mail domain of fewer than REPORT_PROVIDER_LEAST people.
 */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>

#include "chart.h"
#include "cmd_stats.h"

#define REPORT_PROVIDER_LEAST 5
#define REPORT_MAILINGS 24 /* that are shown; all count in the sums */
#define REPORT_ROWS 12

/* A mailing's figures as the report words them: what was tried for good is delivered or not. */
struct report_sent {
	int64_t sent, delivered, failed;
};
void report_sent(struct report_sent *out, const struct stats_mailing *m);

/* Numbers as people write them; part of whole. */
void report_put_number(json_t *object, const char *key, int64_t n);
void report_put_share(json_t *object, const char *key, int64_t part, int64_t whole);

/* Set key to a chart of rows; nothing when there are none. */
void report_put_rows(json_t *data, const char *key, const struct chart_head *h, const struct chart_row *row, size_t n);
void report_put_columns(json_t *data, const char *key, const struct chart_head *h, enum chart_kind kind, const struct chart_column *column,
    size_t n);

/* "March 2026", "5 March 2026": a period by its unit. */
void report_period(struct buf *out, enum period_unit unit, int64_t start);

/* Into the context: the list (cmd_stats_html.c calls them), its mailings and what came back. */
void report_put_list(json_t *data, const struct cli *cli, const struct stats_view *v);
void report_put_mailings(json_t *data, const struct stats_view *v);
void report_put_returned(json_t *data, const struct stats_view *v);

#endif
