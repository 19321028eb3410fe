/* cmd_status.c - newsletter status: how the site is doing, on one screen. */
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "relays.h"
#include "site/running.h"
#include "status.h"
#include "status_inbound.h"
#include "store/article.h"
#include "store/outbox.h"
#include "store/pace.h"
#include "store/queue.h"
#include "store/restored.h"
#include "store/signup_line.h"
#include "store/subscription.h"
#include "store/topic.h"

#define NEW_MOST 1000
#define BACKUP_OLD (7 * 86400L) /* seconds */

static int
show_daemon(struct cli *cli, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	int runs = running_check(conf->store_path, e);

	if (runs == -1)
		return -1;
	if (runs)
		out_field(cli, "Daemon", OUT_GOOD, "running");
	else
		out_field(cli, "Daemon", OUT_BAD, "not running: start newsletterd, or nothing goes out and nobody can subscribe");
	if (runs && status_roles(cli, e) == -1)
		return -1;
	out_field(cli, "Pages", OUT_PLAIN, "%s", conf->site_url);
	if (!conf_has_relay(conf))
		out_field(cli, "Mail", OUT_WARN, "no relay is configured: it goes to the folder %s", conf->store_outbox);
	json_put_bool(cli->result, "running", runs);
	json_put(cli->result, "site", conf->site_name);
	json_put(cli->result, "url", conf->site_url);
	json_put(cli->result, conf_has_relay(conf) ? "relay" : "outbox", conf_has_relay(conf) ? conf->relay[0].url : conf->store_outbox);
	return conf_has_relay(conf) ? relays_show(cli, e) : 0;
}

static void
keep_start(void *arg, const struct pace_row *row)
{
	int64_t *at = arg;

	*at = row->window_start;
}

/* Requests that limits hold, and a surge: the limit over all is reached. */
static int
show_held(struct cli *cli, const struct signup_waiting *signups, struct err *e)
{
	char text[96], when[CLOCK_TEXT];
	int64_t surge = 0;

	if (pace_each(cli->site.db, "signup-surge", keep_start, &surge, e) == -1)
		return -1;
	json_put_int(cli->result, "signups_held", signups->held);
	if (signups->held)
		out_field(cli, "Held", OUT_WARN, "%s for a limit, since %s: newsletter signup list",
		    out_count(text, signups->held, "signup waits", "signups wait"), clock_local(when, signups->since));
	if (!surge)
		return 0;
	out_field(cli, "Surge", OUT_BAD, "since %s more is asked than is let through over all", clock_local(when, surge));
	json_put(cli->result, "surge_since", clock_iso(when, surge));
	return 0;
}

static int
show_restored(struct cli *cli, struct err *e)
{
	char when[CLOCK_TEXT];
	struct restored held;
	int rc = restored_held(cli->site.db, &held, e);

	if (rc != 1)
		return rc;
	out_field(cli, "Restored", OUT_BAD,
	    "from a backup of %s, and held: no mail to one person leaves, and nothing new is sent, until `newsletter outbox release` or `discard`",
	    clock_local(when, held.taken_at));
	json_put_time(cli->result, "restored_from", held.taken_at);
	return 0;
}

static int
show_waiting(struct cli *cli, struct err *e)
{
	struct signup_waiting signups;
	char a[96], b[96];
	int64_t mails;

	if (outbox_waiting(cli->site.db, &mails, e) == -1 || signup_waiting(cli->site.db, &signups, e) == -1)
		return -1;
	json_put_int(cli->result, "outbox_waiting", mails);
	json_put_int(cli->result, "signups_waiting", signups.undecided);
	if (mails || signups.undecided)
		out_field(cli, "Waiting", OUT_WARN, "%s, %s", out_count(a, mails, "mail to one person", "mails to one person"),
		    out_count(b, signups.undecided, "signup to decide", "signups to decide"));
	return show_held(cli, &signups, e);
}

static int
show_articles(struct cli *cli, const struct topic_list *topics, struct err *e)
{
	const struct topic *t = topic_named(topics, "articles");
	struct article_list list = { 0 };
	size_t i, ready = 0;
	char text[96];

	if (!t)
		return 0;
	if (article_list(cli->site.db, t->id, NEW_MOST, &list, e) == -1)
		return -1;
	for (i = 0; i < list.count; i++)
		ready += list.item[i].published_at <= clock_now();
	article_list_release(&list);
	json_put_int(cli->result, "articles_new", (long long)ready);
	if (ready)
		out_field(cli, "Articles", OUT_WARN, "%s and not announced yet: newsletter send",
		    out_count(text, (int64_t)ready, "is new", "are new"));
	else
		out_field(cli, "Articles", OUT_PLAIN, "none is new");
	return 0;
}

static int
show_topics(struct cli *cli, const struct topic_list *topics, struct err *e)
{
	json_t *list = json_array(), *object;
	int64_t counts[SUB_STATES];
	struct out_table t;
	size_t i;
	int s;

	json_object_set_new(cli->result, "topics", list);
	out_table_init(&t, "Topic|>Active|>Pending|>Left|>Bounced|>Complained");
	for (i = 0; i < topics->count; i++) {
		if (subscription_count(cli->site.db, topics->item[i].id, counts, e) == -1) {
			out_table_release(&t);
			return -1;
		}
		object = json_object();
		json_put(object, "topic", topics->item[i].slug);
		out_cell(&t, OUT_BOLD, "%s", topics->item[i].slug);
		out_cell_number(&t, counts[SUB_ACTIVE]);
		out_cell_number(&t, counts[SUB_PENDING]);
		out_cell_number(&t, counts[SUB_LEFT]);
		out_cell_number(&t, counts[SUB_BOUNCED]);
		out_cell_number(&t, counts[SUB_COMPLAINED]);
		for (s = 0; s < SUB_STATES; s++)
			json_put_int(object, subscription_state_name((enum subscription_state)s), counts[s]);
		json_array_append_new(list, object);
	}
	out_gap(cli);
	out_table_print(cli, &t);
	return 0;
}

/* When it can all be had back from. */
static int
show_backup(struct cli *cli, struct err *e)
{
	struct queue queue;
	char when[CLOCK_TEXT];

	if (queue_look(cli->site.db, &queue, e) == -1)
		return -1;
	json_put_time(cli->result, "backup_at", queue.backup);
	if (!queue.backup)
		out_field(cli, "Backup", OUT_PLAIN, "none was made yet: newsletter backup");
	else
		out_field(cli, "Backup", clock_now() - queue.backup > BACKUP_OLD ? OUT_WARN : OUT_PLAIN, "the last one is of %s",
		    clock_local(when, queue.backup));
	return 0;
}

static int
show(struct cli *cli, struct status_rates *rates, struct err *e)
{
	struct topic_list topics;

	if (topic_list(cli->site.db, &topics, e) == -1)
		return -1;
	out_line(cli, "%s", cli->site.conf.site_name);
	if (show_daemon(cli, e) == -1 || show_restored(cli, e) == -1 || status_inbound(cli, e) == -1 || show_waiting(cli, e) == -1 ||
	    show_articles(cli, &topics, e) == -1 || show_backup(cli, e) == -1 || relays_print(cli, e) == -1 ||
	    show_topics(cli, &topics, e) == -1)
		return -1;
	return status_campaigns(cli, &topics, rates, e);
}

const struct opt opts_status[] = {
	{ "watch", NULL, "show it anew every second, until q is pressed" },
	{ NULL, NULL, NULL },
};

int
cmd_status(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct status_rates rates = { 0 };

	(void)argc, (void)argv;
	return cli_option(cli, "watch") ? status_watch(cli, show, e) : show(cli, &rates, e);
}
