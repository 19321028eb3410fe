/* report_list.c - the list in the page of `newsletter stats --html`: how it grew, who came and went, who is on it. See report.h. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "out.h"
#include "report.h"

/* "5 Mar", "Mar", "2026": below a column, with the year. */
static void
column_label(struct chart_column *c, enum period_unit unit, int64_t start)
{
	char day[CLOCK_TEXT], when[CLOCK_TEXT];
	const char *month;

	clock_local(when, start); /* 2026-03-05 00:00 */
	if (unit == PERIOD_YEAR) {
		snprintf(c->label, sizeof(c->label), "%.4s", when);
		return;
	}
	month = strchr(clock_day(day, start), ' ');
	if (unit == PERIOD_MONTH)
		snprintf(c->label, sizeof(c->label), "%.3s", month ? month + 1 : "");
	else
		snprintf(c->label, sizeof(c->label), "%d %.3s", (when[8] - '0') * 10 + when[9] - '0', month ? month + 1 : "");
	snprintf(c->under, sizeof(c->under), "%.4s", when);
}

static void
put_periods(json_t *data, const struct stats_view *v)
{
	const struct growth_period *p;
	json_t *list = json_array(), *one;
	struct buf name = BUF_INIT;
	char net[40], number[32];
	int64_t change;
	size_t i;

	for (i = 0; i < v->growth.periods; i++) {
		p = &v->growth.period[i];
		change = growth_joined(p->step) - growth_gone(p->step);
		buf_reset(&name);
		report_period(&name, v->unit, p->start);
		snprintf(net, sizeof(net), "%s%s", change > 0 ? "+" : change < 0 ? "−"
										 : "",
		    out_number(number, change < 0 ? -change : change));
		one = json_object();
		json_put(one, "name", name.data);
		report_put_number(one, "joined", growth_joined(p->step));
		report_put_number(one, "gone", growth_gone(p->step));
		json_put(one, "net", net);
		report_put_number(one, "people", p->people);
		json_array_append_new(list, one);
	}
	json_object_set_new(data, "list", list);
	buf_release(&name);
}

static void
put_growth(json_t *data, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	struct chart_column c[CHART_COLUMNS] = { 0 };
	char text[300], title[64], from[32], to[32], first[CLOCK_TEXT], last[CLOCK_TEXT];
	size_t i;

	for (i = 0; i < g->periods; i++) {
		column_label(&c[i], v->unit, g->period[i].start);
		c[i].plain = g->period[i].people;
	}
	snprintf(title, sizeof(title), "People on the list at the end of each %s", period_name(v->unit));
	snprintf(text, sizeof(text), "From %s on %s to %s on %s. The table below has every number.", out_number(from, g->before),
	    clock_day(first, g->period[0].start), out_number(to, growth_now(g)), clock_day(last, v->until));
	report_put_columns(data, "growth_chart", &(struct chart_head){ "growth", title, text }, CHART_AREA, c, g->periods);
}

static void
put_moves(json_t *data, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	struct chart_column c[CHART_COLUMNS] = { 0 };
	char text[400], title[64], joined[32], imported[32], gone[32], left[32], dead[32];
	size_t i;

	if (!growth_joined(g->total) && !growth_gone(g->total))
		return;
	for (i = 0; i < g->periods; i++) {
		column_label(&c[i], v->unit, g->period[i].start);
		c[i].plain = growth_joined(g->period[i].step);
		c[i].hatched = growth_gone(g->period[i].step);
	}
	snprintf(title, sizeof(title), "People who joined and who have gone, by %s", period_name(v->unit));
	snprintf(text, sizeof(text), "%s joined in all and %s have gone.", out_number(joined, growth_joined(g->total)),
	    out_number(gone, growth_gone(g->total)));
	report_put_columns(data, "moves_chart", &(struct chart_head){ "moves", title, text }, CHART_OPPOSITE, c, g->periods);
	snprintf(text, sizeof(text),
	    "Of those who joined, %s confirmed by email and %s were entered by you. Of those who have gone, %s left or called a message spam; "
	    "the addresses of %s stopped working.",
	    out_number(joined, g->total[GROWTH_CONFIRMED]), out_number(imported, g->total[GROWTH_IMPORTED] + g->total[GROWTH_ADDED]),
	    out_number(left, g->total[GROWTH_LEFT] + g->total[GROWTH_COMPLAINED]), out_number(dead, g->total[GROWTH_BOUNCED]));
	json_put(data, "moves_text", text);
}

static void
put_summary(json_t *data, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	int64_t net = growth_now(g) - g->before;
	char text[300], n[32], joined[32], gone[32];

	if (net)
		snprintf(text, sizeof(text), "The list %s by %s: %s joined, and %s have gone.", net > 0 ? "grew" : "shrank",
		    out_number(n, net > 0 ? net : -net), out_number(joined, growth_joined(g->total)),
		    out_number(gone, growth_gone(g->total)));
	else
		snprintf(text, sizeof(text), "The list is as long as it was: %s joined, and %s have gone.",
		    out_number(joined, growth_joined(g->total)), out_number(gone, growth_gone(g->total)));
	json_put(data, "summary", text);
}

/* `whole` is everybody, of whom there are some. */
static void
add_named(json_t *list, struct chart_row *row, const char *name, int64_t people, int64_t whole)
{
	json_t *one = json_object();
	int64_t share = (people * 100 + whole / 2) / whole;
	char number[32];

	snprintf(row->label, sizeof(row->label), "%s", name);
	row->label[text_cut(row->label, strlen(row->label))] = '\0';
	snprintf(row->value, sizeof(row->value), share || !people ? "%s · %lld %%" : "%s · under 1 %%", out_number(number, people),
	    (long long)share);
	row->plain = people;
	json_put(one, "name", name);
	report_put_number(one, "people", people);
	report_put_share(one, "share", people, whole);
	json_array_append_new(list, one);
}

static void
put_topics(json_t *data, const struct growth *g)
{
	struct chart_row row[TOPICS_MAX] = { 0 };
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < g->topics.count; i++) {
		add_named(list, &row[i], g->topics.item[i].title, g->topic[i].people[g->periods - 1], growth_now(g));
		one = json_array_get(list, i);
		report_put_number(one, "joined", g->topic[i].joined);
		report_put_number(one, "gone", g->topic[i].gone);
	}
	report_put_rows(data, "topics_chart",
	    &(struct chart_head){ "topics", "People by topic", "How many people read each topic. The table below has the numbers." }, row,
	    g->topics.count);
	json_object_set_new(data, "topics", list);
}

/* A language's own name for itself, as its words say it; else its code. */
static void
language_name(struct buf *out, const struct conf *conf, const char *code)
{
	const char *text = NULL, *file;
	struct err no_matter = ERR_INIT;
	struct words w;
	size_t n = 0;

	buf_reset(out);
	if (words_open(&w, conf->store_templates, code, &no_matter) == 0 && words_find_own(&w, "language", 8, &text, &n, &file))
		buf_add(out, text, n);
	else
		buf_addstr(out, code);
	words_release(&w);
}

static void
put_languages(json_t *data, const struct conf *conf, const struct stats_view *v)
{
	struct chart_row row[GROWTH_LANGUAGES] = { 0 };
	json_t *list = json_array();
	struct buf name = BUF_INIT;
	const char *code;
	size_t i, n = v->people.languages < REPORT_ROWS ? v->people.languages : REPORT_ROWS;

	for (i = 0; i < n; i++) {
		code = v->people.language[i].name;
		language_name(&name, conf, code[0] ? code : conf->site_language);
		add_named(list, &row[i], name.data, v->people.language[i].people, growth_now(&v->growth));
	}
	report_put_rows(data, "languages_chart",
	    &(struct chart_head){ "languages", "People by language", "In which language people read. The table below has the numbers." },
	    row, n);
	json_object_set_new(data, "languages", list);
	buf_release(&name);
}

/* A domain of few people may be somebody's own, and then it is as good as their name. */
static void
put_providers(json_t *data, const struct stats_view *v)
{
	struct chart_row row[GROWTH_DOMAINS + 1] = { 0 };
	int64_t others = v->people.other_people;
	json_t *list = json_array();
	size_t i, n = 0;

	for (i = 0; i < v->people.domains; i++) {
		if (v->people.domain[i].people >= REPORT_PROVIDER_LEAST)
			add_named(list, &row[n++], v->people.domain[i].name, v->people.domain[i].people, growth_now(&v->growth));
		else
			others += v->people.domain[i].people;
	}
	if (others)
		add_named(list, &row[n++], "others", others, growth_now(&v->growth));
	report_put_rows(data, "providers_chart",
	    &(struct chart_head){ "providers", "People by mail provider", "Where their mailboxes are. The table below has the numbers." },
	    row, n);
	json_object_set_new(data, "providers", list);
}

void
report_put_list(json_t *data, const struct cli *cli, const struct stats_view *v)
{
	put_summary(data, v);
	put_growth(data, v);
	put_periods(data, v);
	put_moves(data, v);
	if (!growth_now(&v->growth))
		return;
	json_put_bool(data, "people_here", 1);
	put_topics(data, &v->growth);
	put_languages(data, &cli->site.conf, v);
	put_providers(data, v);
}
