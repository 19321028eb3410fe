/* cmd_campaign_archive.c - newsletter campaign archive: the ledger of mailings that are over is shrunk. */
#include <stdio.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "campaigns.h"
#include "cli.h"
#include "out.h"

const struct opt opts_campaign_archive[] = {
	{ "older-than", "TIME", "all that ended longer ago than this: 90d" },
	{ "dry-run", NULL, "say which, and stop" },
	{ "yes", NULL, "do not ask" },
	{ NULL, NULL, NULL },
};

/* Which are meant: one, or all that ended before a time. */
struct wish {
	struct campaign one; /* id 0: by time */
	int64_t before;
};

/* The next one after the given id: 1, 0, -1. */
static int
next(struct cli *cli, const struct wish *w, int64_t after, struct campaign *c, struct err *e)
{
	if (!w->one.id)
		return campaign_to_archive(cli->site.db, w->before, after, c, e);
	*c = w->one;
	return c->id > after && !c->archived_at;
}

static int
read_wish(struct cli *cli, int argc, char **argv, struct wish *w, struct err *e)
{
	const char *older = cli_option(cli, "older-than");
	int64_t age;

	*w = (struct wish){ 0 };
	if ((argc == 1) == (older != NULL))
		return err_set(e, ERR_USAGE, "say which: the number of a mailing, or --older-than 90d");
	if (older && clock_parse_duration(older, &age, e) == -1) {
		e->code = ERR_USAGE;
		return err_wrap(e, "--older-than");
	}
	if (older) {
		w->before = clock_now() - age;
		return 0;
	}
	if (campaigns_get(cli, argv[0], &w->one, e) == -1)
		return -1;
	if (!w->one.finished_at)
		return err_set(e, ERR_REFUSED, "campaign %lld is %s: only one that is over is archived", (long long)w->one.id,
		    campaign_state_name(w->one.state));
	return 0;
}

static int64_t
deliveries(const struct campaign *c)
{
	return c->accepted + c->deferred + c->refused + c->unknown + c->skipped;
}

/* Show what it would be; how many, or -1. */
static int
show(struct cli *cli, const struct wish *w, struct err *e)
{
	json_t *list = json_array(), *object;
	char text[96], when[CLOCK_TEXT];
	struct campaign c = { 0 };
	int n = 0, rc;

	json_object_set_new(cli->result, "campaigns", list);
	while ((rc = next(cli, w, c.id, &c, e)) == 1) {
		out_line(cli, "Campaign %lld: %s, ended %s, %s", (long long)c.id, c.subject, clock_local(when, c.finished_at),
		    out_count(text, deliveries(&c), "delivery", "deliveries"));
		object = json_object();
		json_put_int(object, "id", c.id);
		json_put_int(object, "deliveries", deliveries(&c));
		json_array_append_new(list, object);
		n++;
	}
	return rc == -1 ? -1 : n;
}

static int
ask(struct cli *cli, struct err *e)
{
	if (!cli->asks || cli_option(cli, "yes"))
		return 0;
	if (cli->json)
		return err_set(e, ERR_USAGE, "with --json on a terminal, say --yes (or --dry-run): there is no place to ask");
	return out_ask_yes("\nForget the replies, codes and classes of these?") ? 0 : err_set(e, ERR_REFUSED, "nothing was archived");
}

/* In bites, so that newsletterd can write in between; what was interrupted begins anew and changes nothing twice. */
static int
archive(struct cli *cli, const struct campaign *c, int64_t *n, struct err *e)
{
	struct out_progress bar;
	char detail[64];
	int64_t after = 0;
	int rc;

	snprintf(detail, sizeof(detail), "campaign %lld", (long long)c->id);
	if (db_begin(cli->site.db, e) == -1)
		return -1;
	out_progress_init(cli, &bar);
	rc = cli_audit(cli, cli->site.db, "campaign archive", detail, e) == -1 ? -1 : 1;
	while (rc == 1) {
		rc = ledger_archive(cli->site.db, c->id, &after, n, e);
		if (rc == 1 && db_chunk(cli->site.db, e) == -1)
			rc = -1;
		out_progress(&bar, *n, deliveries(c), true, "");
	}
	if (rc == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	out_progress_end(&bar);
	return rc;
}

int
cmd_campaign_archive(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct campaign c = { 0 };
	int64_t shrunk = 0, done = 0;
	char text[96], number[96];
	struct wish w;
	int n, rc;

	if (read_wish(cli, argc, argv, &w, e) == -1)
		return -1;
	n = show(cli, &w, e);
	if (n == -1)
		return -1;
	if (!n)
		out_line(cli, w.one.id ? "It is archived already." : "Nothing to archive.");
	else if (cli_option(cli, "dry-run"))
		out_line(cli, "Nothing was archived (--dry-run).");
	else if (ask(cli, e) == -1)
		return -1;
	json_put_bool(cli->result, "dry_run", cli_option(cli, "dry-run") != NULL);
	while (n && !cli_option(cli, "dry-run") && (rc = next(cli, &w, c.id, &c, e))) {
		if (rc == -1 || archive(cli, &c, &shrunk, e) == -1)
			return -1;
		done++;
	}
	if (done)
		out_line(cli, "%s of %s shrunk.", out_count(number, shrunk, "delivery", "deliveries"),
		    out_count(text, done, "campaign", "campaigns"));
	json_put_int(cli->result, "archived", done);
	json_put_int(cli->result, "deliveries", shrunk);
	return 0;
}
