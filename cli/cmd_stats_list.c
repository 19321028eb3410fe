/*
 * cmd_stats_list.c - the part of newsletter stats about the list itself: how it grew, and who is on it. On a terminal that can draw them a
 * sparkline stands beside each figure; elsewhere the periods are a table of numbers.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli.h"
#include "cmd_stats.h"
#include "out.h"

#define SPARK_WIDE 60
#define NAMED_SHOWN 5

static const char *const step_heads[GROWTH_STEPS] = { "Confirmed", "Imported", "Added", "Left", "Bounced", "Complained" };

/* "+12", "-3", "0" */
static const char *
signed_number(char out[32], int64_t n)
{
	char text[32];

	out_number(text, n < 0 ? -n : n);
	snprintf(out, 32, "%s%.28s", n > 0 ? "+" : n < 0 ? "-"
							 : "",
	    text);
	return out;
}

static int
spark_width(const struct cli *cli)
{
	return out_columns(cli) >= SPARK_WIDE + 60 ? SPARK_WIDE : 32;
}

static void
spark_cell(const struct cli *cli, struct out_table *t, const int64_t *value, size_t n, enum out_spark kind)
{
	char text[OUT_SPARK_TEXT];

	out_cell(t, OUT_GOOD, "%s", out_spark(text, value, n, spark_width(cli), kind));
}

static void
step_row(const struct cli *cli, struct out_table *t, const struct growth *g, enum growth_step step)
{
	bool joins = step < GROWTH_FIRST_LOSS;
	int64_t value[PERIODS_MAX];
	char number[32];
	size_t i;

	for (i = 0; i < g->periods; i++)
		value[i] = g->period[i].step[step];
	out_number(number, g->total[step]);
	out_cell(t, OUT_PLAIN, "%s", step_heads[step]);
	out_cell(t, OUT_PLAIN, "%s", "");
	out_cell(t, OUT_PLAIN, "%s", joins ? number : "");
	out_cell(t, OUT_PLAIN, "%s", joins ? "" : number);
	spark_cell(cli, t, value, g->periods, OUT_SPARK_COUNT);
}

static void
topic_row(const struct cli *cli, struct out_table *t, const char *name, const struct growth_topic *topic, size_t n)
{
	out_cell(t, OUT_BOLD, "%s", name);
	out_cell_number(t, topic->people[n - 1]);
	out_cell_number(t, topic->joined);
	out_cell_number(t, topic->gone);
	spark_cell(cli, t, topic->people, n, OUT_SPARK_LEVEL);
}

/* Everybody, the steps that somebody took, and each topic. */
static void
show_sparks(const struct cli *cli, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	int64_t level[PERIODS_MAX];
	struct out_table t;
	char heads[96];
	size_t i;

	for (i = 0; i < g->periods; i++)
		level[i] = g->period[i].people;
	snprintf(heads, sizeof(heads), "The list|>Now|>Joined|>Gone|By %s", period_name(v->unit));
	out_table_init(&t, heads);
	out_cell(&t, OUT_BOLD, "Subscribers");
	out_cell_number(&t, growth_now(g));
	out_cell_number(&t, growth_joined(g->total));
	out_cell_number(&t, growth_gone(g->total));
	spark_cell(cli, &t, level, g->periods, OUT_SPARK_LEVEL);
	for (i = 0; i < GROWTH_STEPS; i++)
		if (g->total[i])
			step_row(cli, &t, g, (enum growth_step)i);
	for (i = 0; i < g->topics.count; i++)
		topic_row(cli, &t, g->topics.item[i].slug, &g->topic[i], g->periods);
	out_table_print(cli, &t);
}

static void
period_row(struct out_table *t, const struct growth *g, size_t i, enum period_unit unit)
{
	const struct growth_period *p = &g->period[i];
	char when[16], net[32];
	size_t j;

	stats_period(when, unit, p->start);
	out_cell(t, OUT_PLAIN, "%s", when);
	for (j = 0; j < GROWTH_STEPS; j++)
		out_cell_number(t, p->step[j]);
	out_cell(t, OUT_PLAIN, "%s", signed_number(net, growth_joined(p->step) - growth_gone(p->step)));
	out_cell_number(t, p->people);
}

/* The periods in which something happened, and the topics. */
static void
show_numbers(const struct cli *cli, const struct stats_view *v)
{
	static const char *const first[] = { "Day", "Week from", "Month", "Year" };
	const struct growth *g = &v->growth;
	struct out_table t;
	char heads[160];
	size_t i;

	if (growth_joined(g->total) + growth_gone(g->total)) {
		snprintf(heads, sizeof(heads), "%s|>Confirmed|>Imported|>Added|>Left|>Bounced|>Complained|>Net|>Subscribers",
		    first[v->unit]);
		out_table_init(&t, heads);
		for (i = 0; i < g->periods; i++)
			if (growth_joined(g->period[i].step) + growth_gone(g->period[i].step))
				period_row(&t, g, i, v->unit);
		out_table_print(cli, &t);
		out_gap(cli);
	}
	out_table_init(&t, "Topic|>Now|>Joined|>Gone");
	for (i = 0; i < g->topics.count; i++) {
		out_cell(&t, OUT_BOLD, "%s", g->topics.item[i].slug);
		out_cell_number(&t, g->topic[i].people[g->periods - 1]);
		out_cell_number(&t, g->topic[i].joined);
		out_cell_number(&t, g->topic[i].gone);
	}
	out_table_print(cli, &t);
}

/* "en 61.2 %, es 38.8 %", the first few. */
static void
show_named(const struct cli *cli, const char *label, const struct growth_named *list, size_t n, const char *unnamed, int64_t people)
{
	struct buf b = BUF_INIT;
	char share[16];
	size_t i;

	for (i = 0; i < n && i < NAMED_SHOWN; i++)
		buf_addf(&b, "%s%s %s", i ? ", " : "", list[i].name[0] ? list[i].name : unnamed,
		    out_percent(share, list[i].people, people));
	out_field(cli, label, OUT_PLAIN, "%s%s", b.data, n > NAMED_SHOWN ? " …" : "");
	buf_release(&b);
}

void
stats_list_text(const struct cli *cli, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	int64_t net = growth_now(g) - g->before;
	char now[96], more[32];

	out_field(cli, "Subscribers", OUT_BOLD, "%s, %s%s", out_number(now, growth_now(g)),
	    net ? signed_number(more, net) : "as many as then", net ? " since then" : "");
	show_named(cli, "Languages", v->people.language, v->people.languages, cli->site.conf.site_language, growth_now(g));
	show_named(cli, "Domains", v->people.domain, v->people.domains, "none", growth_now(g));
	out_gap(cli);
	if (out_draws_sparks(cli))
		show_sparks(cli, v);
	else
		show_numbers(cli, v);
	out_gap(cli);
}

static json_t *
periods_json(const struct stats_view *v)
{
	json_t *list = json_array(), *one;
	const struct growth_period *p;
	char when[16];
	size_t i, j;

	for (i = 0; i < v->growth.periods; i++) {
		p = &v->growth.period[i];
		one = json_object();
		stats_period(when, v->unit, p->start);
		json_put(one, "period", when);
		json_put_time(one, "from", p->start);
		for (j = 0; j < GROWTH_STEPS; j++)
			json_put_int(one, growth_step_name((enum growth_step)j), p->step[j]);
		json_put_int(one, "net", growth_joined(p->step) - growth_gone(p->step));
		json_put_int(one, "subscribers", p->people);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *
topics_json(const struct growth *g)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < g->topics.count; i++) {
		one = json_object();
		json_put(one, "slug", g->topics.item[i].slug);
		json_put(one, "title", g->topics.item[i].title);
		json_put_int(one, "subscribers", g->topic[i].people[g->periods - 1]);
		json_put_int(one, "before", g->topic[i].before);
		json_put_int(one, "joined", g->topic[i].joined);
		json_put_int(one, "gone", g->topic[i].gone);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *
named_json(const struct growth_named *list, size_t n, const char *key, const char *unnamed)
{
	json_t *array = json_array(), *one;
	size_t i;

	for (i = 0; i < n; i++) {
		one = json_object();
		json_put(one, key, list[i].name[0] ? list[i].name : unnamed);
		json_put_int(one, "people", list[i].people);
		json_array_append_new(array, one);
	}
	return array;
}

void
stats_list_json(struct cli *cli, const struct stats_view *v)
{
	const struct growth *g = &v->growth;
	json_t *list = json_object(), *others = json_object();
	size_t i;

	json_put_int(list, "subscribers", growth_now(g));
	json_put_int(list, "before", g->before);
	for (i = 0; i < GROWTH_STEPS; i++)
		json_put_int(list, growth_step_name((enum growth_step)i), g->total[i]);
	json_put(list, "unit", period_name(v->unit));
	json_object_set_new(list, "periods", periods_json(v));
	json_object_set_new(list, "topics", topics_json(g));
	json_object_set_new(list, "languages",
	    named_json(v->people.language, v->people.languages, "language", cli->site.conf.site_language));
	json_object_set_new(list, "domains", named_json(v->people.domain, v->people.domains, "domain", ""));
	json_put_int(others, "domains", v->people.other_domains);
	json_put_int(others, "people", v->people.other_people);
	json_object_set_new(list, "other_domains", others);
	json_object_set_new(cli->result, "list", list);
}
