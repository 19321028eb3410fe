/* cmd_campaign_show.c - newsletter campaign show: one mailing, and who is where in it and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "campaign_answers.h"
#include "campaign_mail.h"
#include "campaigns.h"
#include "cli.h"
#include "judge/judge.h"
#include "out.h"

#define YEAR 5   /* bytes of "2026-": a line has to fit on a terminal */
#define PAGE 500 /* rows of --deliveries that are held in memory at a time */

const struct opt opts_campaign_show[] = {
	{ "deliveries", NULL, "each message: subscriber, state, reply" },
	{ "state", "STATE", "with --deliveries: only accepted, deferred, refused, unknown …" },
	{ "class", "CLASS", "with --deliveries: only those of this class" },
	{ "addresses", NULL, "with --deliveries: say whose they are" },
	{ "limit", "N", "with --deliveries: at most so many (default: 50)" },
	{ "eml", NULL, "the mail itself, as it was compiled" },
	{ "language", "CODE", "with --eml: in this language (default: the site's)" },
	{ NULL, NULL, NULL },
};

static void
show_counts(struct cli *cli, const struct campaign *c, int64_t next_at)
{
	char a[32], b[32], when[CLOCK_TEXT];

	out_field(cli, "Recipients", OUT_PLAIN, "%s", out_number(a, c->planned));
	if (!c->started_at)
		return;
	out_field(cli, "Sent", OUT_GOOD, "%s (%s)", out_number(a, c->accepted), campaigns_share(b, c->accepted, c->planned));
	out_field(cli, "Deferred", c->deferred ? OUT_WARN : OUT_PLAIN, "%s%s%s", out_number(a, c->deferred),
	    next_at ? ", next try " : c->deferred ? ", to be tried again"
						  : "",
	    next_at ? clock_local(when, next_at) : "");
	out_field(cli, "Refused", c->refused ? OUT_BAD : OUT_PLAIN, "%s", out_number(a, c->refused));
	if (c->unknown)
		out_field(cli, "Unknown", OUT_WARN, "%s, held: the connection broke before the reply came", out_number(a, c->unknown));
	if (c->skipped)
		out_field(cli, "Left out", OUT_PLAIN, "%s, who left or cannot be mailed", out_number(a, c->skipped));
}

/* What a group means, for people. */
static const char *
meaning(const struct ledger_group *g, enum out_style *style)
{
	enum judge_verdict verdict = JUDGE_SOFT;

	*style = OUT_PLAIN;
	if (g->state == DELIVERY_CLAIMED)
		return "on its way";
	if (g->state == DELIVERY_UNKNOWN)
		return "may have arrived";
	if (g->state == DELIVERY_SKIPPED)
		return "left, or cannot be mailed";
	if (g->state == DELIVERY_DEFERRED && !g->class[0])
		return "to be tried again";
	judge_class(g->class, &verdict);
	if (verdict == JUDGE_RELAY) {
		*style = OUT_WARN;
		return "the relay, not the person";
	}
	if (g->state == DELIVERY_DEFERRED)
		return "put off by the other side";
	if (verdict == JUDGE_HARD && g->code / 100 != 4) {
		*style = OUT_BAD;
		return "the address is dead";
	}
	return verdict == JUDGE_RETRY || g->code / 100 == 4 ? "put off until the deadline" : "refused this time";
}

/* "550 5.1.1 <address>: User unknown"; a reply that begins with its enhanced code says it once. Returns out. */
static const char *
said(char out[256], int code, const char *enhanced, const char *reply)
{
	char number[12] = "";
	bool twice = strncmp(reply, enhanced, strlen(enhanced)) == 0;

	if (code)
		snprintf(number, sizeof(number), "%d ", code);
	snprintf(out, 256, "%s%s%s%s", number, twice ? "" : enhanced, twice || !reply[0] ? "" : " ", reply);
	return out;
}

static json_t *
group_json(const struct ledger_group *g)
{
	json_t *object = json_object(), *example = json_object();
	enum judge_verdict verdict;

	json_put(object, "state", delivery_state_name(g->state));
	json_put(object, "class", g->class[0] ? g->class : NULL);
	json_put(object, "verdict", g->class[0] && judge_class(g->class, &verdict) ? judge_name(verdict) : NULL);
	json_put_int(object, "count", g->n);
	json_put_time(object, "next_at", g->next_at);
	json_put_time(object, "last_at", g->last_at);
	if (g->code)
		json_put_int(example, "code", g->code);
	json_put(example, "enhanced", g->enhanced[0] ? g->enhanced : NULL);
	json_put(example, "reply", g->reply[0] ? g->reply : NULL);
	if (json_object_size(example))
		json_object_set_new(object, "example", example);
	else
		json_decref(example);
	return object;
}

/* Why those who did not get it did not: a line for each state and class, what came back after all, and what can be done. */
static void
show_groups(struct cli *cli, const struct campaign *c, const struct ledger_group *g, int n, const struct stats_returned *r)
{
	json_t *list = json_array();
	enum out_style style;
	struct out_table t;
	const char *means;
	char text[256];
	bool again = false;
	int i, shown = 0;

	json_object_set_new(cli->result, "groups", list);
	out_table_init(&t, "State|Class|>Number|Means|The relay said");
	for (i = 0; i < n; i++) {
		json_array_append_new(list, group_json(&g[i]));
		if (g[i].state == DELIVERY_ACCEPTED)
			continue;
		shown++;
		means = meaning(&g[i], &style);
		again |= g[i].state == DELIVERY_UNKNOWN || (g[i].state == DELIVERY_REFUSED && style != OUT_BAD);
		out_cell(&t, OUT_PLAIN, "%s", delivery_state_name(g[i].state));
		out_cell(&t, OUT_BOLD, "%s", g[i].class);
		out_cell_number(&t, g[i].n);
		out_cell(&t, style, "%s", means);
		out_cell(&t, OUT_DIM, "%s", said(text, g[i].code, g[i].enhanced, g[i].reply));
	}
	shown += campaign_answers_rows(&t, r);
	if (!shown) {
		out_table_release(&t);
		return;
	}
	out_gap(cli);
	out_table_print(cli, &t);
	if (c->archived_at || !(c->refused + c->unknown))
		return;
	out_gap(cli);
	out_line(cli, "To list them: newsletter campaign show %lld --deliveries --state %s", (long long)c->id,
	    c->refused ? "refused" : "unknown");
	if (again && c->state != CAMPAIGN_CANCELLED)
		out_line(cli, "To try again: newsletter campaign retry %lld", (long long)c->id);
}

static int
show_ledger(struct cli *cli, const struct campaign *c, struct err *e)
{
	const struct stats_window window = { .campaign_id = c->id };
	struct ledger_group *g = xcalloc(LEDGER_GROUPS, sizeof(*g));
	struct stats_returned *r = xcalloc(1, sizeof(*r));
	int n = ledger_groups(cli->site.db, c->id, g, LEDGER_GROUPS, e), i, rc = -1;
	int64_t next_at = 0;

	if (n == -1 || stats_returned(cli->site.db, &window, r, e) == -1)
		goto out;
	for (i = 0; i < n; i++)
		if (g[i].next_at && (!next_at || g[i].next_at < next_at))
			next_at = g[i].next_at;
	json_put_time(cli->result, "next_at", next_at);
	show_counts(cli, c, next_at);
	campaign_answers_show(cli, r);
	show_groups(cli, c, g, n, r);
	rc = 0;
out:
	free(g);
	free(r);
	return rc;
}

struct listing {
	struct cli *cli;
	struct out_table table;
	bool addresses, more;
	int64_t campaign_id, limit, shown;
};

static void
page_begin(struct listing *l)
{
	if (l->addresses)
		out_table_init(&l->table, ">Id|Address|State|>Tries|Last|Next|Class|The relay said");
	else
		out_table_init(&l->table, ">Id|State|>Tries|Last|Next|Class|The relay said");
}

/* JSON goes out row by row: the list may be longer than memory. */
static void
list_json(struct listing *l, const struct ledger_row *row)
{
	json_t *object = json_object();
	struct buf b = BUF_INIT;

	json_put_int(object, "subscriber", row->d.subscriber_id);
	if (l->addresses)
		json_put(object, "address", row->address[0] ? row->address : NULL);
	json_put(object, "state", delivery_state_name(row->d.state));
	json_put_int(object, "attempts", row->d.attempts);
	json_put_time(object, "at", row->d.at);
	json_put_time(object, "next_at", row->d.next_at);
	json_put(object, "class", row->d.class[0] ? row->d.class : NULL);
	if (row->d.code)
		json_put_int(object, "code", row->d.code);
	json_put(object, "enhanced", row->d.enhanced[0] ? row->d.enhanced : NULL);
	json_put(object, "reply", row->d.reply[0] ? row->d.reply : NULL);
	json_write(&b, object, 0);
	if (l->shown)
		putchar(',');
	else
		printf("{\"campaign\": %lld, \"deliveries\": [\n", (long long)l->campaign_id);
	fputs(b.data, stdout);
	buf_release(&b);
	json_decref(object);
}

static void
list_line(struct listing *l, const struct ledger_row *row)
{
	char when[CLOCK_TEXT], text[256];

	if (l->shown && l->shown % PAGE == 0) {
		out_table_print(l->cli, &l->table);
		page_begin(l);
	}
	out_cell(&l->table, OUT_PLAIN, "%lld", (long long)row->d.subscriber_id);
	if (l->addresses)
		out_cell(&l->table, OUT_PLAIN, "%s", row->address[0] ? row->address : "(erased)");
	out_cell(&l->table, OUT_PLAIN, "%s", delivery_state_name(row->d.state));
	out_cell(&l->table, OUT_PLAIN, "%d", row->d.attempts);
	out_cell(&l->table, OUT_DIM, "%s", clock_local(when, row->d.at) + YEAR);
	out_cell(&l->table, OUT_DIM, "%s", row->d.next_at ? clock_local(when, row->d.next_at) + YEAR : "");
	out_cell(&l->table, OUT_BOLD, "%s", row->d.class);
	out_cell(&l->table, OUT_PLAIN, "%s", said(text, row->d.code, row->d.enhanced, row->d.reply));
}

static int
list_one(void *ctx, const struct ledger_row *row, struct err *e)
{
	struct listing *l = ctx;

	(void)e;
	if (l->shown == l->limit) {
		l->more = true;
		return 1;
	}
	if (l->cli->json)
		list_json(l, row);
	else
		list_line(l, row);
	l->shown++;
	return ferror(stdout) ? 1 : 0;
}

static int
show_deliveries(struct cli *cli, const struct campaign *c, struct err *e)
{
	struct listing l = { .cli = cli, .campaign_id = c->id, .limit = 50, .addresses = cli_option(cli, "addresses") };
	struct ledger_pick pick;
	char which[48];

	snprintf(which, sizeof(which), "campaign %lld", (long long)c->id);
	if (campaigns_pick(cli, &pick, e) == -1 || cli_option_int(cli, "limit", 1, 1000000000, &l.limit, e) == -1 ||
	    cli_reveal(cli, which, e) == -1)
		return -1;
	page_begin(&l);
	if (ledger_each(cli->site.db, c->id, &pick, l.addresses, list_one, &l, e) == -1) {
		out_table_release(&l.table);
		return -1;
	}
	if (cli->json) {
		if (!l.shown)
			printf("{\"campaign\": %lld, \"deliveries\": [", (long long)c->id);
		printf("], \"more\": %s}\n", l.more ? "true" : "false");
		cli->printed = true;
	}
	if (l.shown)
		out_table_print(cli, &l.table);
	else
		out_line(cli, "None.");
	out_table_release(&l.table);
	if (l.more) {
		out_gap(cli);
		out_line(cli, "The first %lld; more with --limit.", (long long)l.shown);
	}
	return 0;
}

/* What belongs to --deliveries alone. */
static int
check_options(const struct cli *cli, struct err *e)
{
	static const char *const of_list[] = { "state", "class", "addresses", "limit" };
	size_t i;

	for (i = 0; !cli_option(cli, "deliveries") && i < sizeof(of_list) / sizeof(of_list[0]); i++)
		if (cli_option(cli, of_list[i]))
			return err_set(e, ERR_USAGE, "--%s goes with --deliveries", of_list[i]);
	if (cli_option(cli, "deliveries") && cli_option(cli, "eml"))
		return err_set(e, ERR_USAGE, "--deliveries and --eml are two things: ask for one");
	if (cli_option(cli, "language") && !cli_option(cli, "eml"))
		return err_set(e, ERR_USAGE, "--language goes with --eml");
	return 0;
}

static void
show_state(struct cli *cli, const struct campaign *c)
{
	int64_t until = campaigns_approval(cli, c);
	char when[CLOCK_TEXT];

	if (until)
		out_field(cli, "State", OUT_WARN, "waits for approval, which was asked for by mail (until %s)", clock_local(when, until));
	else
		out_field(cli, "State", campaigns_style(c->state), "%s%s%s", campaign_state_name(c->state), c->reason[0] ? ": " : "",
		    c->reason);
}

int
cmd_campaign_show(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct topic_list topics;
	struct campaign c;
	char when[CLOCK_TEXT];

	(void)argc;
	if (check_options(cli, e) == -1 || campaigns_get(cli, argv[0], &c, e) == -1 || topic_list(cli->site.db, &topics, e) == -1)
		return -1;
	if (cli_option(cli, "eml"))
		return campaign_mail_show(cli, &c, cli_option(cli, "language"), e);
	if (cli_option(cli, "deliveries"))
		return show_deliveries(cli, &c, e);
	json_decref(cli->result);
	cli->result = campaigns_json_one(cli, &c, &topics);
	out_line(cli, "Campaign %lld: %s", (long long)c.id, c.subject);
	show_state(cli, &c);
	out_field(cli, "Kind", OUT_PLAIN, "%s, to %s", c.kind, topic_slug(&topics, c.topic_id));
	if (c.segment[0])
		out_field(cli, "Only", OUT_PLAIN, "%s", c.segment);
	if (campaign_mail_languages(cli, &c, e) == -1)
		return -1;
	out_field(cli, "Key", OUT_PLAIN, "%s", c.key);
	out_field(cli, "Made", OUT_PLAIN, "%s by %s", clock_local(when, c.created_at), c.created_by);
	out_field(cli, c.started_at ? "Started" : "Starts", OUT_PLAIN, "%s", clock_local(when, c.started_at ? c.started_at : c.start_at));
	if (c.valid_until)
		out_field(cli, "Valid until", OUT_PLAIN, "%s", clock_local(when, c.valid_until));
	if (c.finished_at)
		out_field(cli, "Ended", OUT_PLAIN, "%s", clock_local(when, c.finished_at));
	if (c.hidden)
		out_field(cli, "Hidden", OUT_PLAIN, "%s", "yes: it is kept out of the public archive");
	if (c.archived_at)
		out_field(cli, "Archived", OUT_PLAIN, "%s: why a message failed is not known any more", clock_local(when, c.archived_at));
	return show_ledger(cli, &c, e);
}
