/* cmd_stats_html.c - newsletter stats --html: the page, and its headline. See report.h. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli.h"
#include "content/template.h"
#include "out.h"
#include "report.h"

void
report_put_number(json_t *object, const char *key, int64_t n)
{
	char text[32];

	json_put(object, key, out_number(text, n));
}

void
report_put_share(json_t *object, const char *key, int64_t part, int64_t whole)
{
	char text[16];

	json_put(object, key, out_percent(text, part, whole));
}

void
report_put_rows(json_t *data, const char *key, const struct chart_head *h, const struct chart_row *row, size_t n)
{
	struct buf svg = BUF_INIT;

	if (!n)
		return;
	chart_rows(&svg, h, row, n);
	json_put(data, key, svg.data);
	buf_release(&svg);
}

void
report_put_columns(json_t *data, const char *key, const struct chart_head *h, enum chart_kind kind, const struct chart_column *column,
    size_t n)
{
	struct buf svg = BUF_INIT;

	if (!n)
		return;
	chart_columns(&svg, h, kind, column, n);
	json_put(data, key, svg.data);
	buf_release(&svg);
}

void
report_period(struct buf *out, enum period_unit unit, int64_t start)
{
	char day[CLOCK_TEXT];
	const char *word = clock_day(day, start); /* 5 March 2026 */
	int words = unit == PERIOD_YEAR ? 2 : unit == PERIOD_MONTH;

	while (words--)
		word += strcspn(word, " ") + 1;
	buf_addf(out, "%s%s", unit == PERIOD_WEEK ? "from " : "", word);
}

void
report_sent(struct report_sent *out, const struct stats_mailing *m)
{
	int64_t back = stats_pair_sum(&m->returned.bounces);

	out->sent = m->campaign.accepted + m->campaign.refused;
	if (back > m->campaign.accepted)
		back = m->campaign.accepted; /* a message may come back twice */
	out->delivered = m->campaign.accepted - back;
	out->failed = m->campaign.refused + back;
}

static void
add_headline(json_t *list, const char *figure, const char *label, const char *note)
{
	json_t *one = json_object();

	json_put(one, "figure", figure);
	json_put(one, "label", label);
	json_put(one, "note", note);
	json_array_append_new(list, one);
}

static void
headline_now(json_t *list, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	int64_t net = growth_now(g) - g->before;
	char figure[32], note[160], number[32], day[CLOCK_TEXT];

	clock_day(day, g->period[0].start);
	if (net)
		snprintf(note, sizeof(note), "%s %s than on %s", out_number(number, net < 0 ? -net : net), net < 0 ? "fewer" : "more", day);
	else
		snprintf(note, sizeof(note), "as many as on %s", day);
	add_headline(list, out_number(figure, growth_now(g)), growth_now(g) == 1 ? "person on the list" : "people on the list", note);
}

/* New ones: of this month and the last where the periods are months, else of all the time. */
static void
headline_new(json_t *list, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	const struct growth_period *last = &g->period[g->periods - 1];
	char figure[32], number[32], note[160] = "";
	struct buf month = BUF_INIT;

	if (v->unit == PERIOD_MONTH) {
		if (g->periods > 1) {
			report_period(&month, v->unit, last[-1].start);
			*strchrnul(month.data, ' ') = '\0';
			snprintf(note, sizeof(note), "%s in %s", out_number(number, growth_joined(last[-1].step)), month.data);
		}
		add_headline(list, out_number(figure, growth_joined(last->step)), "new this month", note);
	} else {
		snprintf(note, sizeof(note), "%s of them confirmed by email", out_number(number, g->total[GROWTH_CONFIRMED]));
		add_headline(list, out_number(figure, growth_joined(g->total)), "joined", note);
	}
	buf_release(&month);
}

static void
headline_gone(json_t *list, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	char figure[32], left[32], dead[32], note[160];

	snprintf(note, sizeof(note), "%s by choice, %s because the address stopped working",
	    out_number(left, g->total[GROWTH_LEFT] + g->total[GROWTH_COMPLAINED]), out_number(dead, g->total[GROWTH_BOUNCED]));
	add_headline(list, out_number(figure, growth_gone(g->total)), "gone", growth_gone(g->total) ? note : "nobody left");
}

static void
headline_delivered(json_t *list, const struct stats_view *v)
{
	struct report_sent all = { 0 }, one;
	char share[16], sent[96], mailings[96], note[200];
	int i;

	for (i = 0; i < v->mailings; i++) {
		report_sent(&one, &v->mailing[i]);
		all.sent += one.sent;
		all.delivered += one.delivered;
	}
	snprintf(note, sizeof(note), "of %s in %s", out_count(sent, all.sent, "message", "messages"),
	    out_count(mailings, v->mailings, "mailing", "mailings"));
	add_headline(list, all.sent ? out_percent(share, all.delivered, all.sent) : "–", "delivered", all.sent ? note : "nothing was sent");
}

static void
put_period(json_t *data, const struct stats_view *v)
{
	static const char *const first[] = { "Day", "Week", "Month", "Year" };
	json_t *period = json_object();
	char day[CLOCK_TEXT];

	json_put(period, "from", clock_day(day, v->growth.period[0].start));
	json_put(period, "until", clock_day(day, v->until));
	json_put(period, "unit", period_name(v->unit));
	json_put(period, "unit_first", first[v->unit]);
	json_object_set_new(data, "period", period);
	json_put(data, "made", clock_day(day, v->until));
}

int
stats_html(const struct cli *cli, const struct stats_view *v, struct buf *out, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	json_t *data = json_object(), *headline = json_array();
	int rc;

	json_put(data, "language", WORDS_DEFAULT);
	json_object_set_new(data, "site", site_context(conf));
	put_period(data, v);
	headline_now(headline, v);
	headline_new(headline, v);
	headline_gone(headline, v);
	headline_delivered(headline, v);
	json_object_set_new(data, "headline", headline);
	report_put_list(data, cli, v);
	report_put_mailings(data, v);
	report_put_returned(data, v);
	rc = template_file(out, conf->store_templates, "web/report.html.mustache", data, e);
	json_decref(data);
	return rc;
}
