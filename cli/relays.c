/*
 * relays.c - see relays.h.
 *
 * All of it comes from the configuration and the store; that a relay is held or cannot be reached the sender notes there every ten seconds.
 */
#include "relays.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "store/pace.h"

#define DOMAINS_SHOWN 5

struct shown {
	const struct conf_relay *conf;
	struct pace_use use;
	int64_t limit;          /* of the day, at present; 0: none */
	int64_t slowed;         /* to so many messages in 1000 s; 0: it is not */
	int64_t trouble, until; /* Unix time: since when it cannot be used, and when it is tried again; 0 */
};

struct slowed_relays {
	struct shown *relay;
	int count;
};

struct slowed_domains {
	struct cli *cli;
	json_t *list;
	size_t count;
};

static const char *
name_of(const struct conf_relay *r)
{
	return r->name[0] ? r->name : "relay"; /* as the log says it */
}

/* 3500 messages in 1000 s as "3.5 a second". */
static const char *
rate_text(char out[48], int64_t milli)
{
	double rate = (double)milli / 1000;

	if (rate < 1)
		snprintf(out, 48, "%.0f a minute", rate * 60);
	else
		snprintf(out, 48, rate < 10 ? "%.1f a second" : "%.0f a second", rate);
	return out;
}

static void
note_relay(void *arg, const struct pace_row *row)
{
	const struct slowed_relays *s = arg;
	int i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->relay[i].conf->name, row->subject) == 0)
			s->relay[i].slowed = row->used;
}

static void
note_trouble(void *arg, const struct pace_row *row)
{
	const struct slowed_relays *s = arg;
	int i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->relay[i].conf->name, row->subject) == 0) {
			s->relay[i].trouble = row->window_start;
			s->relay[i].until = row->used;
		}
}

static int
look(struct cli *cli, struct shown *relay, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	struct slowed_relays slowed = { relay, conf->relays };
	int64_t now = clock_now();
	int i;

	for (i = 0; i < conf->relays; i++) {
		struct pace_ramp ramp = { .per_day = conf->relay[i].daily, .start = conf->relay[i].warmup };

		relay[i] = (struct shown){ .conf = &conf->relay[i] };
		if (pace_use(cli->site.db, conf->relay[i].name, now, &relay[i].use, e) == -1)
			return -1;
		ramp.first = relay[i].use.first;
		relay[i].limit = pace_ramp_limit(&ramp, now);
	}
	if (pace_slowed(cli->site.db, "relay", now, note_relay, &slowed, e) == -1)
		return -1;
	return pace_each(cli->site.db, PACE_TROUBLE, note_trouble, &slowed, e);
}

static bool
is_warming_up(const struct shown *r)
{
	return r->conf->warmup && r->limit != r->conf->daily;
}

static bool
is_used_up(const struct shown *r)
{
	return r->limit && r->use.messages >= r->limit;
}

/* "1,200 of 50,000"; "" when nothing is counted. */
static void
use_text(char *out, size_t size, const struct shown *r)
{
	char used[32], limit[32];

	out_number(used, r->use.messages);
	if (r->limit)
		snprintf(out, size, "%s of %s", used, out_number(limit, r->limit));
	else
		snprintf(out, size, "%s", r->conf->rate.messages || r->use.messages ? used : "");
}

/* What is to be known of it at present, shortly; "" when all is as usual. */
static void
state_text(struct buf *out, const struct shown *r)
{
	char slowed[48], when[CLOCK_TEXT];

	if (r->conf->weight == 0)
		buf_addstr(out, "spare, ");
	if (r->trouble)
		buf_addf(out, "not usable since %s, ", clock_local(when, r->trouble));
	if (is_used_up(r))
		buf_addstr(out, "limit reached, ");
	else if (is_warming_up(r))
		buf_addstr(out, "warming up, ");
	if (r->slowed)
		buf_addf(out, "slowed to %s, ", rate_text(slowed, r->slowed));
	if (out->len)
		buf_truncate(out, out->len - 2);
}

static void
print_one(const struct cli *cli, const struct shown *r)
{
	char use[80], slowed[48], since[CLOCK_TEXT], until[CLOCK_TEXT];

	out_field(cli, "Mail", OUT_PLAIN, "through %s, from %s", r->conf->url, cli->site.conf.mail_from);
	if (r->trouble)
		out_field(cli, "", OUT_BAD, "which cannot be used since %s, see the daemon's log%s%s", clock_local(since, r->trouble),
		    r->until ? "; it is tried again at " : "", r->until ? clock_local(until, r->until) : "");
	use_text(use, sizeof(use), r);
	if (r->limit)
		out_field(cli, "", is_used_up(r) ? OUT_WARN : OUT_PLAIN, "%s messages in 24 hours%s%s", use,
		    is_warming_up(r) ? ", as it is warming up" : "", is_used_up(r) ? ": the rest waits" : "");
	if (r->slowed)
		out_field(cli, "", OUT_WARN, "slowed to %s, since it asked for less; that ends by itself",
		    rate_text(slowed, r->slowed));
}

static void
put_all(struct cli *cli, const struct shown *relay, int n)
{
	json_t *list = json_array(), *object;
	int i;

	json_object_set_new(cli->result, "relays", list);
	for (i = 0; i < n; i++) {
		object = json_object();
		json_put(object, "name", name_of(relay[i].conf));
		json_put(object, "url", relay[i].conf->url);
		json_put_bool(object, "spare", relay[i].conf->weight == 0);
		json_put_int(object, "used", relay[i].use.messages);
		if (relay[i].limit)
			json_put_int(object, "limit", relay[i].limit);
		if (relay[i].limit)
			json_put_bool(object, "warming_up", is_warming_up(&relay[i]));
		if (relay[i].slowed)
			json_put_int(object, "slowed_to", relay[i].slowed);
		json_put_time(object, "trouble_since", relay[i].trouble);
		json_put_time(object, "paused_until", relay[i].until);
		json_array_append_new(list, object);
	}
}

static void
show_domain(void *arg, const struct pace_row *row)
{
	struct slowed_domains *d = arg;
	json_t *object = json_object();
	char rate[48];

	json_put(object, "domain", row->subject);
	json_put_int(object, "slowed_to", row->used);
	json_array_append_new(d->list, object);
	if (d->count++ < DOMAINS_SHOWN)
		out_field(d->cli, d->count == 1 ? "Slowed" : "", OUT_WARN, "mail to %s, as it asks: %s", row->subject,
		    rate_text(rate, row->used));
}

static int
show_domains(struct cli *cli, struct err *e)
{
	struct slowed_domains d = { cli, json_array(), 0 };

	json_object_set_new(cli->result, "slowed_domains", d.list);
	if (pace_slowed(cli->site.db, "domain", clock_now(), show_domain, &d, e) == -1)
		return -1;
	if (d.count > DOMAINS_SHOWN)
		out_field(cli, "", OUT_WARN, "and to %zu other domains", d.count - DOMAINS_SHOWN);
	return 0;
}

int
relays_show(struct cli *cli, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	struct shown relay[CONF_RELAYS_MAX];

	if (look(cli, relay, e) == -1)
		return -1;
	put_all(cli, relay, conf->relays);
	if (conf->relays == 1)
		print_one(cli, &relay[0]);
	else
		out_field(cli, "Mail", OUT_PLAIN, "through %d relays, from %s", conf->relays, conf->mail_from);
	return show_domains(cli, e);
}

int
relays_print(struct cli *cli, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	struct shown relay[CONF_RELAYS_MAX];
	struct out_table t;
	struct buf state = BUF_INIT;
	char use[80];
	int i;

	if (conf->relays < 2)
		return 0;
	if (look(cli, relay, e) == -1)
		return -1;
	out_table_init(&t, "Relay|Address|>Last 24 hours|State");
	for (i = 0; i < conf->relays; i++) {
		use_text(use, sizeof(use), &relay[i]);
		buf_reset(&state);
		state_text(&state, &relay[i]);
		out_cell(&t, OUT_BOLD, "%s", name_of(relay[i].conf));
		out_cell(&t, OUT_PLAIN, "%s", relay[i].conf->url);
		out_cell(&t, OUT_PLAIN, "%s", use);
		out_cell(&t, relay[i].trouble ? OUT_BAD : relay[i].slowed || is_used_up(&relay[i]) ? OUT_WARN
												   : OUT_PLAIN,
		    "%s", state.data);
	}
	out_gap(cli);
	out_table_print(cli, &t);
	buf_release(&state);
	return 0;
}
