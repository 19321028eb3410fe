/* http_metrics_look.c - what /metrics reads from the store: counters, what waits, and what limits and mailboxes have noted. */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "http_metrics.h"
#include "store/pace.h"

static const char *
relay_name(const struct conf_relay *r)
{
	return r->name[0] ? r->name : "relay"; /* as the log says it */
}

static struct metrics_relay *
relay_of(struct metrics *m, const char *subject)
{
	const struct conf *conf = &m->http->role->site.conf;
	int i;

	for (i = 0; i < conf->relays; i++)
		if (strcmp(conf->relay[i].name, subject) == 0)
			return &m->relay[i];
	return NULL;
}

static void
note_slowed(void *arg, const struct pace_row *row)
{
	struct metrics_relay *r = relay_of(arg, row->subject);

	if (r)
		r->slowed = row->used;
}

static void
note_trouble(void *arg, const struct pace_row *row)
{
	struct metrics *m = arg;
	struct metrics_relay *r = relay_of(m, row->subject);

	if (!r)
		return;
	r->trouble = row->window_start;
	r->until = row->used;
}

static void
note_domain(void *arg, const struct pace_row *row)
{
	(void)row;
	((struct metrics *)arg)->slowed_domains++;
}

static void
note_surge(void *arg, const struct pace_row *row)
{
	((struct metrics *)arg)->surge = row->window_start;
}

static int
look_at_relays(struct metrics *m, struct err *e)
{
	const struct conf *conf = &m->http->role->site.conf;
	struct db *db = m->http->role->site.db;
	struct pace_use use;
	int i;

	for (i = 0; i < conf->relays; i++) {
		struct pace_ramp ramp = { .per_day = conf->relay[i].daily, .start = conf->relay[i].warmup };

		if (pace_use(db, conf->relay[i].name, m->now, &use, e) == -1)
			return -1;
		ramp.first = use.first;
		m->relay[i] = (struct metrics_relay){
			.name = relay_name(&conf->relay[i]),
			.used = use.messages,
			.limit = pace_ramp_limit(&ramp, m->now),
		};
	}
	m->slowed_domains = m->surge = 0;
	if (pace_slowed(db, "relay", m->now, note_slowed, m, e) == -1 || pace_slowed(db, "domain", m->now, note_domain, m, e) == -1)
		return -1;
	return pace_each(db, PACE_TROUBLE, note_trouble, m, e) == -1 ? -1 : pace_each(db, "signup-surge", note_surge, m, e);
}

static int
look_at_mailboxes(struct metrics *m, struct err *e)
{
	const struct conf *conf = &m->http->role->site.conf;
	int i;

	for (i = 0; i < conf->mailboxes; i++)
		if (polled_get(m->http->role->site.db, conf->mailbox[i].name, &m->mailbox[i], e) == -1)
			return -1;
	return 0;
}

int
metrics_look(struct metrics *m, struct err *e)
{
	struct db *db = m->http->role->site.db;

	counter_list_release(&m->counters);
	if (counter_list(db, METRICS_NAMES, &m->counters, e) == -1 || queue_look(db, &m->queue, e) == -1 ||
	    role_list(db, m->role, e) == -1 || topic_list(db, &m->topics, e) == -1)
		return -1;
	m->open_count = campaign_open(db, m->open, METRICS_OPEN, e);
	if (m->open_count == -1 || look_at_relays(m, e) == -1)
		return -1;
	return look_at_mailboxes(m, e);
}
