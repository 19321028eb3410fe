/* cmd_signup.c - newsletter signup list | discard: what visitors asked for and a limit holds. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/network.h"
#include "cli.h"
#include "out.h"
#include "store/counter.h"
#include "store/signup_line.h"

#define GROUPS_MOST 20
#define ADDRESSES_MOST 50

const struct opt opts_signup_list[] = {
	{ "addresses", NULL, "say whose they are, one by one" },
	{ "limit", "N", "at most so many lines of each table (default: 20; 50 addresses)" },
	{ NULL, NULL, NULL },
};

const struct opt opts_signup_discard[] = {
	{ "all", NULL, "everything that waits" },
	{ "network", "PREFIX", "what came from there: 192.0.2.0/24, 2001:db8:1:2::/64 or one address" },
	{ "domain", "DOMAIN", "what is for addresses of this mail domain" },
	{ "yes", NULL, "do not ask" },
	{ NULL, NULL, NULL },
};

struct listing {
	struct out_table table;
	json_t *list;
	bool lines; /* by line, else by network */
};

/* Of an address that was asked for, which has one. */
static const char *
domain_of(const char *address)
{
	return strrchr(address, '@') + 1;
}

/* A row of a table, and of the JSON. */
static void
add_group(void *arg, const struct signup_group *group)
{
	struct listing *l = arg;
	json_t *object = json_object();
	char network[NETWORK_TEXT], when[CLOCK_TEXT];
	const char *of = l->lines && group->by == SIGNUP_DOMAIN ? domain_of(group->address) : network_of(network, group->ip);

	if (l->lines) {
		out_cell(&l->table, OUT_BOLD, "%s", signup_limit_name(group->by));
		json_put(object, "limit", signup_limit_name(group->by));
	}
	if (l->lines && group->by == SIGNUP_TOTAL)
		of = "";
	out_cell(&l->table, OUT_PLAIN, "%s", of[0] ? of : "-");
	out_cell_number(&l->table, group->count);
	out_cell(&l->table, OUT_PLAIN, "%s", clock_local(when, group->since));
	if (of[0])
		json_put(object, l->lines && group->by == SIGNUP_DOMAIN ? "domain" : "network", of);
	json_put_int(object, "requests", group->count);
	json_put(object, "since", clock_iso(when, group->since));
	json_array_append_new(l->list, object);
}

static int
show_groups(struct cli *cli, bool lines, int64_t limit, struct err *e)
{
	struct listing l = { .list = json_array(), .lines = lines };
	int rc;

	json_object_set_new(cli->result, lines ? "lines" : "networks", l.list);
	out_table_init(&l.table, lines ? "Limit|Of|>Requests|Since" : "Network|>Requests|Since");
	if (lines)
		rc = signup_each_line(cli->site.db, limit, add_group, &l, e);
	else
		rc = signup_each_network(cli->site.db, limit, add_group, &l, e);
	if (rc == -1) {
		out_table_release(&l.table);
		return -1;
	}
	out_gap(cli);
	out_table_print(cli, &l.table);
	return 0;
}

/* One by one, in the order of their coming. */
static int
show_addresses(struct cli *cli, int64_t limit, struct err *e)
{
	json_t *list = json_array(), *object;
	struct signup s = { 0 };
	struct out_table t;
	char when[CLOCK_TEXT];
	int rc = 1;

	json_object_set_new(cli->result, "requests", list);
	out_table_init(&t, "Address|From|Asks for|Limit|Came");
	while ((int64_t)json_array_size(list) < limit && (rc = signup_after(cli->site.db, s.id, &s, e)) == 1) {
		out_cell(&t, OUT_PLAIN, "%s", s.address);
		out_cell(&t, OUT_PLAIN, "%s", s.ip);
		out_cell(&t, OUT_PLAIN, "%s", s.manage ? "their link" : "signup");
		out_cell(&t, OUT_PLAIN, "%s", s.held_by ? signup_limit_name(s.held_by) : "-");
		out_cell(&t, OUT_PLAIN, "%s", clock_local(when, s.received_at));
		object = json_object();
		json_put(object, "address", s.address);
		json_put(object, "ip", s.ip);
		json_put(object, "kind", s.manage ? "manage" : "signup");
		if (s.held_by)
			json_put(object, "limit", signup_limit_name(s.held_by));
		json_put(object, "received", clock_iso(when, s.received_at));
		json_array_append_new(list, object);
	}
	if (rc == -1) {
		out_table_release(&t);
		return -1;
	}
	out_gap(cli);
	out_table_print(cli, &t);
	return 0;
}

int
cmd_signup_list(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct signup_waiting waiting;
	char text[96], more[96], when[CLOCK_TEXT];
	int64_t limit = 0, groups;

	(void)argc, (void)argv;
	if (cli_option_int(cli, "limit", 1, 100000, &limit, e) == -1 || (cli_option(cli, "addresses") && cli_reveal(cli, "", e) == -1) ||
	    signup_waiting(cli->site.db, &waiting, e) == -1)
		return -1;
	json_put_int(cli->result, "held", waiting.held);
	json_put_int(cli->result, "undecided", waiting.undecided);
	if (waiting.held)
		out_line(cli, "%s since %s, from %s.", out_count(text, waiting.held, "request waits", "requests wait"),
		    clock_local(when, waiting.since), out_count(more, waiting.networks, "network", "networks"));
	if (waiting.undecided)
		out_line(cli, "%s not decided yet.", out_count(text, waiting.undecided, "request is", "requests are"));
	if (!waiting.held && !waiting.undecided)
		out_line(cli, "Nothing waits.");
	groups = limit ? limit : GROUPS_MOST;
	if (waiting.held && (show_groups(cli, true, groups, e) == -1 || show_groups(cli, false, groups, e) == -1))
		return -1;
	if (cli_option(cli, "addresses") && (waiting.held || waiting.undecided))
		return show_addresses(cli, limit ? limit : ADDRESSES_MOST, e);
	return 0;
}

/* Which are meant. */
struct wish {
	const char *domain;
	bool by_network;
	struct network network;
};

static int
read_wish(const struct cli *cli, struct wish *w, struct err *e)
{
	const char *network = cli_option(cli, "network");
	bool all = cli_option(cli, "all") != NULL;

	*w = (struct wish){ .domain = cli_option(cli, "domain"), .by_network = network != NULL };
	if (all + (network != NULL) + (w->domain != NULL) != 1)
		return err_set(e, ERR_USAGE, "say which: --all, --network 192.0.2.0/24 or --domain example.org");
	if (network && network_parse(&w->network, network, e) == -1) {
		e->code = ERR_USAGE;
		return err_wrap(e, "--network");
	}
	if (w->domain && (!w->domain[0] || strchr(w->domain, '@')))
		return err_set(e, ERR_USAGE, "--domain: \"%.60s\" is no domain: write it like example.org", w->domain);
	return 0;
}

static bool
is_meant(const struct wish *w, const struct signup *s)
{
	if (w->domain)
		return strcasecmp(domain_of(s->address), w->domain) == 0;
	return !w->by_network || network_holds(&w->network, s->ip);
}

/* How many are meant, or -1. */
static int64_t
count(struct cli *cli, const struct wish *w, struct err *e)
{
	struct signup s = { 0 };
	int64_t n = 0;
	int rc;

	while ((rc = signup_after(cli->site.db, s.id, &s, e)) == 1)
		n += is_meant(w, &s);
	return rc == -1 ? -1 : n;
}

static int
ask(struct cli *cli, int64_t n, struct err *e)
{
	char question[128], text[96];

	if (!cli->asks || cli_option(cli, "yes"))
		return 0;
	if (cli->json)
		return err_set(e, ERR_USAGE, "with --json on a terminal, say --yes: there is no place to ask");
	snprintf(question, sizeof(question), "Discard %s? Nobody gets a mail about it.", out_count(text, n, "request", "requests"));
	return out_ask_yes(question) ? 0 : err_set(e, ERR_REFUSED, "nothing was discarded");
}

/* In bites, so that newsletterd can write in between; the lines' first ones are then looked at anew. */
static int
discard(struct cli *cli, const struct wish *w, int64_t *n, struct err *e)
{
	struct db *db = cli->site.db;
	struct signup s = { 0 };
	char detail[96], text[96];
	int rc;

	if (db_begin(db, e) == -1)
		return -1;
	while ((rc = signup_after(db, s.id, &s, e)) == 1) {
		if (is_meant(w, &s)) {
			if (signup_delete(db, s.id, e) == -1 || counter_add(db, "signup_discarded", 1, e) == -1)
				break;
			++*n;
		}
		if (db_chunk(db, e) == -1)
			break;
	}
	snprintf(detail, sizeof(detail), "%s: %s", w->domain ? "one domain" : (w->by_network ? "one network" : "all"),
	    out_count(text, *n, "request", "requests"));
	if (rc == 0 && cli_audit(cli, db, "signup discard", detail, e) == 0 && signup_wake(db, clock_now(), e) == 0)
		rc = db_commit(db, e);
	else
		rc = -1;
	db_rollback(db);
	return rc;
}

int
cmd_signup_discard(struct cli *cli, int argc, char **argv, struct err *e)
{
	char text[96];
	struct wish w;
	int64_t n, done = 0;

	(void)argc, (void)argv;
	if (read_wish(cli, &w, e) == -1)
		return -1;
	n = count(cli, &w, e);
	if (n == -1 || (n && (ask(cli, n, e) == -1 || discard(cli, &w, &done, e) == -1)))
		return -1;
	if (n)
		out_line(cli, "%s discarded.", out_count(text, done, "request was", "requests were"));
	else
		out_line(cli, "No such request waits.");
	json_put_int(cli->result, "discarded", done);
	return 0;
}
