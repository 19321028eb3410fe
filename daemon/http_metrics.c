/* http_metrics.c - /metrics in Prometheus' text format 0.0.4: the table is gone through, and counters are taken from the store's. */
#include "http_metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "http_operator.h"

#define COUNT_EVERY_US 60000000
#define COUNT_BITE 5000 /* subscriptions: about a millisecond */

/* A label's value: backslash, quote and line feed are escaped. */
static void
put_value(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			buf_addch(out, '\\');
		if (*text == '\n')
			buf_addstr(out, "\\n");
		else
			buf_addch(out, *text);
	}
}

static void
put_number(struct buf *out, double value)
{
	if (value >= -9e15 && value <= 9e15 && value == (double)(int64_t)value)
		buf_addf(out, " %lld\n", (long long)value);
	else
		buf_addf(out, " %.9g\n", value);
}

/* NAME{a="1",b="2" without the end, so that a histogram can add its class; true when something stands behind the brace. */
static bool
put_labels(struct buf *out, const struct metric *metric, const char *suffix, const char *const *values)
{
	const char *name = metric->labels;
	size_t n;
	int i;

	buf_addf(out, "%s%s", metric->name, suffix);
	for (i = 0; values && *name; i++, name += n + (name[n] == ' ')) {
		n = strcspn(name, " ");
		buf_addstr(out, i ? "," : "{");
		buf_addf(out, "%.*s=\"", (int)n, name);
		put_value(out, values[i]);
		buf_addch(out, '"');
	}
	return i > 0;
}

void
metric_put(struct metrics *m, const struct metric *metric, double value, const char *const *labels)
{
	if (put_labels(m->out, metric, "", labels))
		buf_addch(m->out, '}');
	put_number(m->out, value);
}

void
metric_put_one(struct metrics *m, const struct metric *metric, double value, const char *label)
{
	metric_put(m, metric, value, &label);
}

/* --- counters --- */

/*
 * The values of the labels in a row's name behind its first part, from the last one back: only the first may hold colons. False:
 * too few.
 */
static bool
split(char *text, const char *names, const char **values)
{
	int count = 0, i;
	char *colon;

	for (; *names; names += strcspn(names, " "), names += *names == ' ')
		count++;
	for (i = count - 1; i > 0; i--) {
		colon = strrchr(text, ':');
		if (!colon)
			return false;
		*colon = '\0';
		values[i] = colon + 1;
	}
	values[0] = text;
	return true;
}

static bool
is_known(const struct metric *metric, const char *values)
{
	const char *p = metric->known;
	size_t n = strlen(values), len;

	for (; *p; p += len + (p[len] == ' ')) {
		len = strcspn(p, " ");
		if (len == n && memcmp(p, values, n) == 0)
			return true;
	}
	return false;
}

static void put_histogram(struct metrics *m, const struct metric *metric, const char *row, const char *label);

/* A sample, or a whole histogram, of the row ROW + joint + values. */
static void
put_row(struct metrics *m, const struct metric *metric, const char *joint, const char *values)
{
	char row[COUNTER_NAME], text[COUNTER_NAME];
	const char *split_values[METRIC_LABELS];

	snprintf(row, sizeof(row), "%s%s%s", metric->row, joint, values);
	snprintf(text, sizeof(text), "%s", values);
	if (metric->type == METRIC_HISTOGRAM)
		put_histogram(m, metric, row, text);
	else if (split(text, metric->labels, split_values))
		metric_put(m, metric, (double)counter_in(&m->counters, row), split_values);
}

static void
put_known(struct metrics *m, const struct metric *metric, const char *joint)
{
	const char *p = metric->known;
	char values[COUNTER_NAME];
	size_t len;

	for (; *p; p += len + (p[len] == ' ')) {
		len = strcspn(p, " ");
		snprintf(values, sizeof(values), "%.*s", (int)len, p);
		put_row(m, metric, joint, values);
	}
}

static void
put_counters(struct metrics *m, const struct metric *metric)
{
	size_t n = strlen(metric->row), i;
	const char *name;

	if (!metric->labels[0]) {
		metric_put(m, metric, (double)counter_in(&m->counters, metric->row), NULL);
		return;
	}
	if (metric->row[n - 1] == '_') {
		put_known(m, metric, "");
		return;
	}
	put_known(m, metric, ":");
	for (i = 0; i < m->counters.count; i++) {
		name = m->counters.item[i].name;
		if (strncmp(name, metric->row, n) == 0 && name[n] == ':' && !is_known(metric, name + n + 1))
			put_row(m, metric, ":", name + n + 1);
	}
}

/* --- histograms --- */

static int64_t
class_of(const struct metrics *m, const char *row, const char *class)
{
	char name[COUNTER_NAME];

	snprintf(name, sizeof(name), "%.100s:%s", row, class);
	return counter_in(&m->counters, name);
}

static void
put_class(struct metrics *m, const struct metric *metric, const char *label, const char *bound, int64_t n)
{
	buf_addf(m->out, "%sle=\"%s\"} %lld\n", put_labels(m->out, metric, "_bucket", &label) ? "," : "{", bound, (long long)n);
}

static void
put_histogram(struct metrics *m, const struct metric *metric, const char *row, const char *label)
{
	char class[16], bound[32];
	int64_t n = 0;
	int i;

	for (i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		snprintf(class, sizeof(class), "%d", i);
		n += class_of(m, row, class);
		if (i < HISTOGRAM_BOUNDS)
			snprintf(bound, sizeof(bound), "%g", (double)histogram_bound_us[i] / 1e6);
		else
			snprintf(bound, sizeof(bound), "+Inf");
		put_class(m, metric, label, bound, n);
	}
	if (put_labels(m->out, metric, "_sum", &label))
		buf_addch(m->out, '}');
	put_number(m->out, (double)class_of(m, row, "sum") / 1e6);
	if (put_labels(m->out, metric, "_count", &label))
		buf_addch(m->out, '}');
	put_number(m->out, (double)n);
}

/* --- all of it --- */

static void
put_metric(struct metrics *m, const struct metric *metric)
{
	static const char *const types[] = { [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram" };

	buf_addf(m->out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name, types[metric->type]);
	if (metric->put)
		metric->put(m, metric);
	else if (metric->type != METRIC_HISTOGRAM)
		put_counters(m, metric);
	else if (metric->labels[0])
		put_known(m, metric, ":");
	else
		put_histogram(m, metric, metric->row, NULL);
}

struct metrics *
metrics_new(struct http *h)
{
	struct metrics *m = xcalloc(1, sizeof(*m));
	struct err ignored = ERR_INIT; /* the configuration was checked */

	m->http = h;
	window_parse(&m->promotions, h->role->site.conf.campaign_promotion_window, &ignored);
	return m;
}

void
metrics_free(struct metrics *m)
{
	if (m)
		counter_list_release(&m->counters);
	free(m);
}

int
metrics_write(struct metrics *m, struct buf *out, struct err *e)
{
	const struct metric *metric;

	m->now = clock_now();
	m->out = out;
	if (metrics_look(m, e) == -1)
		return -1;
	for (metric = metrics_table; metric->name; metric++)
		put_metric(m, metric);
	return 0;
}

/* --- counting subscriptions --- */

static bool
begin_count(struct metrics *m)
{
	int64_t version = db_data_version(m->http->role->site.db);
	struct err e = ERR_INIT;
	int64_t now = clock_mono_us();

	if (m->subscriptions.at_us && (now - m->subscriptions.at_us < COUNT_EVERY_US || version == m->subscriptions.version))
		return false;
	if (topic_list(m->http->role->site.db, &m->subscriptions.list, &e) == -1)
		return false;
	m->subscriptions.under_way = true;
	m->subscriptions.begun_version = version;
	m->subscriptions.at = 0;
	memset(&m->subscriptions.bite, 0, sizeof(m->subscriptions.bite));
	return true;
}

static void
end_count(struct metrics *m)
{
	size_t i;

	m->subscriptions.under_way = false;
	m->subscriptions.topics = m->subscriptions.list.count;
	for (i = 0; i < m->subscriptions.topics; i++)
		m->subscriptions.id[i] = m->subscriptions.list.item[i].id;
	memcpy(m->subscriptions.n, m->subscriptions.fresh, sizeof(m->subscriptions.n));
	m->subscriptions.version = m->subscriptions.begun_version;
	m->subscriptions.at_us = clock_mono_us();
}

bool
metrics_count(struct metrics *m)
{
	struct queue_count *bite = &m->subscriptions.bite;
	struct err e = ERR_INIT;
	int rc;

	if (!m->subscriptions.under_way && !begin_count(m))
		return false;
	if (m->subscriptions.at == m->subscriptions.list.count) {
		end_count(m);
		return false;
	}
	bite->topic_id = m->subscriptions.list.item[m->subscriptions.at].id;
	rc = queue_count(m->http->role->site.db, bite, COUNT_BITE, &e);
	if (rc == -1) {
		m->subscriptions.under_way = false; /* with the next question anew */
		return false;
	}
	if (rc == 0) {
		memcpy(m->subscriptions.fresh[m->subscriptions.at++], bite->n, sizeof(bite->n));
		memset(bite, 0, sizeof(*bite));
	}
	return true;
}
