/* http_metrics_mail.c - metrics of mail: what waits, campaigns, relays, mailboxes. */
#include <stdio.h>

#include "http_metrics.h"

/* Seconds since then; 0 for what is not, or lies in the future. */
static double
age(const struct metrics *m, int64_t at)
{
	return at && at < m->now ? (double)(m->now - at) : 0;
}

void
metric_outbox_waiting(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->queue.outbox.waiting, NULL);
}

void
metric_outbox_oldest(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, age(m, m->queue.outbox.oldest), NULL);
}

void
metric_outbox_overdue(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, age(m, m->queue.outbox.due), NULL);
}

void
metric_outbox_held(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->queue.outbox.held, NULL);
}

void
metric_deferred(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->queue.deferred.waiting, NULL);
}

void
metric_deferred_overdue(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, age(m, m->queue.deferred.due), NULL);
}

void
metric_campaigns(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < CAMPAIGN_STATES; i++)
		metric_put_one(m, metric, (double)m->queue.campaigns[i], campaign_state_name((enum campaign_state)i));
}

/* The two labels of a campaign. */
static void
name_campaign(const struct metrics *m, const struct campaign *c, char id[24], const char **labels)
{
	const struct topic *topic = topic_in(&m->topics, c->topic_id);

	snprintf(id, 24, "%lld", (long long)c->id);
	labels[0] = id;
	labels[1] = topic ? topic->slug : "";
}

void
metric_campaign_planned(struct metrics *m, const struct metric *metric)
{
	const char *labels[METRIC_LABELS];
	char id[24];
	int i;

	for (i = 0; i < m->open_count; i++) {
		name_campaign(m, &m->open[i], id, labels);
		metric_put(m, metric, (double)m->open[i].planned, labels);
	}
}

void
metric_campaign_messages(struct metrics *m, const struct metric *metric)
{
	const char *labels[METRIC_LABELS];
	const struct campaign *c;
	char id[24];
	size_t r;

	for (c = m->open; c < m->open + m->open_count; c++) {
		const struct {
			const char *result;
			int64_t n;
		} results[] = { { "accepted", c->accepted }, { "deferred", c->deferred }, { "refused", c->refused },
			{ "unknown", c->unknown }, { "skipped", c->skipped } };

		name_campaign(m, c, id, labels);
		for (r = 0; r < sizeof(results) / sizeof(results[0]); r++) {
			labels[2] = results[r].result;
			metric_put(m, metric, (double)results[r].n, labels);
		}
	}
}

void
metric_campaign_open(struct metrics *m, const struct metric *metric)
{
	const char *labels[METRIC_LABELS];
	const struct campaign *c;
	char id[24];

	for (c = m->open; c < m->open + m->open_count; c++) {
		name_campaign(m, c, id, labels);
		metric_put(m, metric,
		    c->state == CAMPAIGN_SENDING && (c->kind[0] != 'p' || window_is_open(&m->promotions, m->now)), labels);
	}
}

static int
relays(const struct metrics *m)
{
	return m->http->role->site.conf.relays;
}

void
metric_relay_replies(struct metrics *m, const struct metric *metric)
{
	static const char *const codes[] = { "2xx", "4xx", "5xx", "none" };
	char row[COUNTER_NAME];
	const char *labels[METRIC_LABELS];
	int i, n = relays(m) ? relays(m) : 1;
	size_t c;

	for (i = 0; i < n; i++)
		for (c = 0; c < sizeof(codes) / sizeof(codes[0]); c++) {
			labels[0] = relays(m) ? m->relay[i].name : "outbox-folder";
			labels[1] = codes[c];
			snprintf(row, sizeof(row), "replies:%s:%s", labels[0], labels[1]);
			metric_put(m, metric, (double)counter_in(&m->counters, row), labels);
		}
}

void
metric_relay_used(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < relays(m); i++)
		metric_put_one(m, metric, (double)m->relay[i].used, m->relay[i].name);
}

void
metric_relay_limit(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < relays(m); i++)
		if (m->relay[i].limit)
			metric_put_one(m, metric, (double)m->relay[i].limit, m->relay[i].name);
}

void
metric_relay_slowed(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < relays(m); i++)
		if (m->relay[i].slowed)
			metric_put_one(m, metric, (double)m->relay[i].slowed / 1000, m->relay[i].name);
}

void
metric_relay_trouble(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < relays(m); i++)
		metric_put_one(m, metric, age(m, m->relay[i].trouble), m->relay[i].name);
}

void
metric_relay_until(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < relays(m); i++)
		metric_put_one(m, metric, (double)m->relay[i].until, m->relay[i].name);
}

void
metric_slowed_domains(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->slowed_domains, NULL);
}

static const char *
mailbox_name(const struct metrics *m, int i)
{
	const char *name = m->http->role->site.conf.mailbox[i].name;

	return name[0] ? name : "inbound";
}

void
metric_mailbox_read(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < m->http->role->site.conf.mailboxes; i++)
		metric_put_one(m, metric, (double)m->mailbox[i].at, mailbox_name(m, i));
}

void
metric_mailbox_trouble(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < m->http->role->site.conf.mailboxes; i++)
		metric_put_one(m, metric, age(m, m->mailbox[i].trouble), mailbox_name(m, i));
}
