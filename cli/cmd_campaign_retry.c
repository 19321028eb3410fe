/* cmd_campaign_retry.c - newsletter campaign retry: failed messages are queued anew. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "campaigns.h"
#include "cli.h"
#include "judge/judge.h"
#include "out.h"
#include "site/running.h"

const struct opt opts_campaign_retry[] = {
	{ "class", "CLASS", "only those of this class, as `campaign show` lists them" },
	{ "state", "STATE", "only refused, unknown or deferred ones" },
	{ "dry-run", NULL, "say how many, and stop" },
	{ "yes", NULL, "do not ask" },
	{ NULL, NULL, NULL },
};

static int64_t
total(const struct ledger_retry *r)
{
	return r->refused + r->unknown + r->deferred;
}

/* Look through the ledger; nothing is changed. */
static int
count(struct cli *cli, const struct campaign *c, struct ledger_retry *r, struct err *e)
{
	int rc;

	r->count_only = true;
	while ((rc = ledger_retry(cli->site.db, c->id, r, e)) == 1)
		;
	if (rc == -1)
		return -1;
	if (r->seen < c->accepted + c->deferred + c->refused + c->unknown + c->skipped)
		return err_set(e, ERR_REFUSED, "deliveries of campaign %lld are deleted already, it ended long ago: it cannot be reopened",
		    (long long)c->id);
	return 0;
}

static void
put_counts(struct cli *cli, const struct campaign *c, const struct ledger_retry *r)
{
	json_put_int(cli->result, "campaign", c->id);
	json_put_int(cli->result, "refused", r->refused);
	json_put_int(cli->result, "unknown", r->unknown);
	json_put_int(cli->result, "deferred", r->deferred);
	json_put_int(cli->result, "gone", r->gone);
	json_put_int(cli->result, "dead", r->dead_ones);
}

static void
show(struct cli *cli, const struct campaign *c, const struct ledger_retry *r)
{
	char text[32], when[CLOCK_TEXT];

	out_line(cli, "Campaign %lld: %s", (long long)c->id, c->subject);
	if (r->refused)
		out_field(cli, "Refused", OUT_BOLD, "%s", out_number(text, r->refused));
	if (r->unknown)
		out_field(cli, "Unknown", OUT_BOLD, "%s, which may have arrived: they get the same Message-ID",
		    out_number(text, r->unknown));
	if (r->deferred)
		out_field(cli, "Deferred", OUT_BOLD, "%s, at once instead of later", out_number(text, r->deferred));
	if (r->gone)
		out_field(cli, "Left out", OUT_PLAIN, "%s, who left or must not be mailed", out_number(text, r->gone));
	if (r->dead_ones)
		out_field(cli, "Dead", OUT_PLAIN, "%s, whose address does not exist any more", out_number(text, r->dead_ones));
	if (total(r))
		out_field(cli, "Tried until", OUT_PLAIN, "%s", clock_local(when, r->deadline));
}

static int
ask(struct cli *cli, const struct ledger_retry *r, struct err *e)
{
	char question[160], text[96];

	if (!cli->asks || cli_option(cli, "yes"))
		return 0;
	if (cli->json)
		return err_set(e, ERR_USAGE, "with --json on a terminal, say --yes (or --dry-run): there is no place to ask");
	snprintf(question, sizeof(question), "\nSend this once more to %s?", out_count(text, total(r), "person", "people"));
	return out_ask_yes(question) ? 0 : err_set(e, ERR_REFUSED, "nothing was queued");
}

/* In bites, so that the sender can write in between; the line in the audit comes first. */
static int
queue(struct cli *cli, const struct campaign *c, struct ledger_retry *r, int64_t expected, struct err *e)
{
	const char *state = r->pick.state == -1 ? "any" : delivery_state_name((enum delivery_state)r->pick.state);
	char detail[160];
	int rc;

	snprintf(detail, sizeof(detail), "campaign %lld, state %s, class %s: %lld", (long long)c->id, state,
	    r->pick.class ? r->pick.class : "any", (long long)expected);
	if (db_begin(cli->site.db, e) == -1)
		return -1;
	rc = cli_audit(cli, cli->site.db, "campaign retry", detail, e) == -1 ? -1 : 1;
	while (rc == 1) {
		rc = ledger_retry(cli->site.db, c->id, r, e);
		if (rc == 1 && db_chunk(cli->site.db, e) == -1)
			rc = -1;
	}
	if (rc == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	return rc;
}

static int
say_queued(struct cli *cli, struct campaign *c, const struct ledger_retry *r, struct err *e)
{
	int runs = running_check(cli->site.conf.store_path, e);
	char text[96];

	if (runs == -1 || campaign_get(cli->site.db, c->id, c, e) == -1)
		return -1;
	out_line(cli, "%s queued; campaign %lld is %s.", out_count(text, total(r), "message is", "messages are"), (long long)c->id,
	    campaign_state_name(c->state));
	if (c->state != CAMPAIGN_SENDING)
		out_line(cli, "They go once it is resumed: newsletter campaign resume %lld", (long long)c->id);
	else if (runs == 0)
		out_warn(cli, "newsletterd is not running: nothing goes out until it is started");
	json_put_int(cli->result, "retried", total(r));
	json_put(cli->result, "state", campaign_state_name(c->state));
	json_put_bool(cli->result, "running", runs == 1);
	return 0;
}

static int
say_none(struct cli *cli, const char *why, const char *text)
{
	out_line(cli, "%s", text);
	json_put_int(cli->result, "retried", 0);
	json_put(cli->result, "reason", why);
	return 0;
}

int
cmd_campaign_retry(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *dead[JUDGE_CLASSES];
	struct ledger_retry counted, r = { .dead = dead, .deadline = clock_now() + cli->site.conf.campaign_deadline };
	struct campaign c;

	(void)argc;
	judge_classes(JUDGE_HARD, dead, JUDGE_CLASSES);
	if (campaigns_pick(cli, &r.pick, e) == -1)
		return -1;
	if (r.pick.state == DELIVERY_CLAIMED || r.pick.state == DELIVERY_ACCEPTED || r.pick.state == DELIVERY_SKIPPED)
		return err_set(e, ERR_USAGE, "--state must be refused, unknown or deferred: only these can be tried again");
	if (campaigns_get(cli, argv[0], &c, e) == -1)
		return -1;
	counted = r;
	if (count(cli, &c, &counted, e) == -1)
		return -1;
	show(cli, &c, &counted);
	put_counts(cli, &c, &counted);
	if (!total(&counted))
		return say_none(cli, "nothing to retry", "Nothing to retry.");
	if (cli_option(cli, "dry-run"))
		return say_none(cli, "dry run", "Nothing was queued (--dry-run).");
	if (ask(cli, &counted, e) == -1 || queue(cli, &c, &r, total(&counted), e) == -1)
		return -1;
	put_counts(cli, &c, &r);
	return say_queued(cli, &c, &r, e);
}
