/*
 * http_metrics.h - inside /metrics: what its files share.
 *
 * http_metrics_table.c names every metric, with its help and where it comes from; newsletterd(8) has the same table, and a test compares
 * them. http_metrics.c looks into the store once and writes what the table says; the others know one family each.
 */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/window.h"
#include "http.h"
#include "store/campaign.h"
#include "store/counter.h"
#include "store/polled.h"
#include "store/queue.h"
#include "store/role.h"

#define METRIC_LABELS 3    /* most of one metric */
#define METRICS_OPEN 64    /* campaigns that are not over, of which each has samples of its own */
#define METRICS_NAMES 2000 /* rows of table counter that are looked at */

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_HISTOGRAM,
};

struct metrics;
struct metric;
typedef void metric_fn(struct metrics *m, const struct metric *metric);

struct metric {
	const char *name;
	enum metric_type type;
	const char *labels; /* their names, separated by spaces */

	/*
	 * Of table counter: the row of that name; with labels all rows NAME:VALUE:VALUE,
	 * those that `known` lists (VALUE:VALUE, separated by
	 * spaces) also while they are 0. A name that ends with _ has the value at its end, and the known ones alone.
	 */
	const char *row, *known;
	metric_fn *put; /* or this writes the samples */

	const char *help;
};

extern const struct metric metrics_table[]; /* ends with a NULL name */

/* What the store says of a relay. */
struct metrics_relay {
	const char *name;
	int64_t used, limit;    /* messages in 24 hours; limit 0: none */
	int64_t slowed;         /* to so many in 1000 s; 0: it is not */
	int64_t trouble, until; /* Unix time: since when it does not work, and when it is tried again; 0 */
};

struct metrics {
	struct http *http;
	struct buf *out;
	int64_t now;

	struct counter_list counters;
	struct queue queue;
	struct role_seen role[ROLES_ALL];
	struct campaign open[METRICS_OPEN];
	int open_count;
	struct topic_list topics;
	struct window promotions;
	struct metrics_relay relay[CONF_RELAYS_MAX];
	struct polled mailbox[CONF_MAILBOXES_MAX];
	int64_t surge, slowed_domains;

	/* subscriptions, counted in bites */
	struct {
		int64_t n[TOPICS_MAX][SUB_STATES]; /* of the last whole count */
		int64_t id[TOPICS_MAX];
		size_t topics;   /* that are counted; 0: not yet */
		int64_t at_us;   /* when that ended; 0: never */
		int64_t version; /* of the store when it began */
		bool under_way;
		size_t at; /* the topic that is being counted */
		struct queue_count bite;
		struct topic_list list;
		int64_t fresh[TOPICS_MAX][SUB_STATES];
		int64_t begun_version;
	} subscriptions;
};

/* One sample, its label values in the order of metric->labels. */
void metric_put(struct metrics *m, const struct metric *metric, double value, const char *const *labels);
void metric_put_one(struct metrics *m, const struct metric *metric, double value, const char *label); /* label NULL: the metric has none */

/* http_metrics_look.c: read the store, as far as it is to be had by looking into indexes. */
int metrics_look(struct metrics *m, struct err *e);

/* http_metrics_mail.c */
metric_fn metric_outbox_waiting, metric_outbox_held, metric_outbox_oldest, metric_outbox_overdue, metric_deferred,
    metric_deferred_overdue, metric_campaigns,
    metric_campaign_planned, metric_campaign_messages, metric_campaign_open, metric_relay_replies, metric_relay_used, metric_relay_limit,
    metric_relay_slowed, metric_relay_trouble, metric_relay_until, metric_slowed_domains, metric_mailbox_read, metric_mailbox_trouble;

/* http_metrics_site.c */
metric_fn metric_build, metric_time, metric_role_up, metric_role_seen, metric_role_start, metric_store_bytes,
    metric_store_free, metric_backup,
    metric_connections, metric_signups_undecided, metric_signups_held, metric_signups_oldest, metric_surge, metric_subscriptions,
    metric_memory, metric_files, metric_files_most, metric_cpu, metric_start;

#endif
