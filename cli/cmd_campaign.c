/* cmd_campaign.c - newsletter campaign list | show | pause | resume | cancel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "campaigns.h"
#include "cli.h"
#include "mail/message.h"
#include "out.h"
#include "site/personal.h"
#include "store/audit.h"
#include "store/event.h"

const struct opt opts_campaign_list[] = {
	{ "open", NULL, "only those that are not over" },
	{ "limit", "N", "at most so many (default: 20)" },
	{ NULL, NULL, NULL },
};
const struct opt opts_campaign_show[] = {
	{ "eml", NULL, "the mail itself, as it was compiled" },
	{ NULL, NULL, NULL },
};
const struct opt opts_campaign_reason[] = {
	{ "reason", "TEXT", "kept with it" },
	{ NULL, NULL, NULL },
};

static int
get(struct cli *cli, const char *text, struct campaign *c, struct err *e)
{
	int64_t id;
	int rc;

	if (cli_id(text, &id, e) == -1)
		return -1;
	rc = campaign_get(cli->site.db, id, c, e);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no campaign %lld; see `newsletter campaign list`", (long long)id);
	return rc == 1 ? 0 : -1;
}

int
cmd_campaign_list(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct campaign *c = NULL;
	struct topic_list topics;
	int64_t limit = 20;
	int n, rc = -1;

	(void)argc, (void)argv;
	if (cli_option_int(cli, "limit", 1, 1000, &limit, e) == -1 || topic_list(cli->site.db, &topics, e) == -1)
		return -1;
	c = xcalloc((size_t)limit, sizeof(*c));
	n = (cli_option(cli, "open") ? campaign_open : campaign_list)(cli->site.db, c, (size_t)limit, e);
	if (n == -1)
		goto out;
	if (n)
		campaigns_print(cli, c, n, &topics);
	else
		out_line(cli, cli_option(cli, "open") ? "None is open." : "No campaign yet: `newsletter send` makes the first.");
	json_object_set_new(cli->result, "campaigns", campaigns_json(c, n, &topics));
	rc = 0;
out:
	free(c);
	return rc;
}

static void
show_counts(struct cli *cli, const struct campaign *c)
{
	char a[32], b[32];

	out_field(cli, "Recipients", OUT_PLAIN, "%s", out_number(a, c->planned));
	if (!c->started_at)
		return;
	out_field(cli, "Sent", OUT_GOOD, "%s (%s)", out_number(a, c->accepted), campaigns_share(b, c->accepted, c->planned));
	out_field(cli, "Deferred", c->deferred ? OUT_WARN : OUT_PLAIN, "%s%s", out_number(a, c->deferred),
	    c->deferred ? ", to be tried again" : "");
	out_field(cli, "Refused", c->refused ? OUT_BAD : OUT_PLAIN, "%s", out_number(a, c->refused));
	if (c->unknown)
		out_field(cli, "Unknown", OUT_WARN, "%s, the connection broke before the reply came", out_number(a, c->unknown));
	if (c->skipped)
		out_field(cli, "Left out", OUT_PLAIN, "%s, who left or cannot be mailed", out_number(a, c->skipped));
}

static int
show_events(struct cli *cli, const struct campaign *c, struct err *e)
{
	static const struct {
		const char *kind, *label, *key;
	} kinds[] = {
		{ "unsubscribe", "Left by it", "unsubscribes" },
		{ "bounce", "Bounced", "bounces" },
		{ "complaint", "Complained", "complaints" },
	};
	char text[32];
	int64_t n;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (event_count(cli->site.db, c->id, kinds[i].kind, &n, e) == -1)
			return -1;
		json_put_int(cli->result, kinds[i].key, n);
		if (n)
			out_field(cli, kinds[i].label, OUT_PLAIN, "%s", out_number(text, n));
	}
	return 0;
}

/* The mail as one reader would have it, with links that are nobody's. */
static int
show_eml(struct cli *cli, const struct campaign *c, struct err *e)
{
	struct personal_for whose = { .address = cli->site.conf.mail_from, .name = "", .topic_id = c->topic_id, .campaign_id = c->id };
	struct buf compiled = BUF_INIT, bytes = BUF_INIT;
	struct message *message = NULL;
	struct personal personal;
	int rc = campaign_get_message(cli->site.db, c->id, cli->site.conf.site_language, &compiled, e);

	personal_init(&personal, &cli->site.conf, cli->site.links);
	if (rc == 0)
		err_set(e, ERR_NOT_FOUND, "the mail of campaign %lld is not kept", (long long)c->id);
	if (rc == 1)
		message = message_load(compiled.data, compiled.len, e);
	if (message) {
		personal_fill(&personal, &whose, NULL);
		message_merge(message, &personal.values, &bytes);
		if (cli->people)
			fwrite(bytes.data, 1, bytes.len, stdout);
		json_put(cli->result, "eml", bytes.data);
		message_free(message);
	}
	personal_release(&personal);
	buf_release(&compiled);
	buf_release(&bytes);
	return message ? 0 : -1;
}

int
cmd_campaign_show(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct topic_list topics;
	struct campaign c;
	const struct topic *t;
	char when[CLOCK_TEXT];

	(void)argc;
	if (get(cli, argv[0], &c, e) == -1 || topic_list(cli->site.db, &topics, e) == -1)
		return -1;
	t = topic_in(&topics, c.topic_id);
	if (cli_option(cli, "eml"))
		return show_eml(cli, &c, e);
	json_decref(cli->result);
	cli->result = campaigns_json_one(&c, &topics);
	out_line(cli, "Campaign %lld: %s", (long long)c.id, c.subject);
	out_field(cli, "State", campaigns_style(c.state), "%s%s%s", campaign_state_name(c.state), c.reason[0] ? ": " : "", c.reason);
	out_field(cli, "Kind", OUT_PLAIN, "%s, to %s", c.kind, t ? t->slug : "?");
	out_field(cli, "Key", OUT_PLAIN, "%s", c.key);
	out_field(cli, "Made", OUT_PLAIN, "%s by %s", clock_local(when, c.created_at), c.created_by);
	out_field(cli, c.started_at ? "Started" : "Starts", OUT_PLAIN, "%s", clock_local(when, c.started_at ? c.started_at : c.start_at));
	if (c.valid_until)
		out_field(cli, "Valid until", OUT_PLAIN, "%s", clock_local(when, c.valid_until));
	if (c.finished_at)
		out_field(cli, "Ended", OUT_PLAIN, "%s", clock_local(when, c.finished_at));
	show_counts(cli, &c);
	return show_events(cli, &c, e);
}

/* Pause, resume or cancel, with its line in the audit. */
static int
change(struct cli *cli, const char *id, const char *verb, struct err *e)
{
	const char *given = cli_option(cli, "reason");
	char reason[201], command[32], detail[48];
	struct campaign c;
	int rc;

	if (get(cli, id, &c, e) == -1)
		return -1;
	if (given && text_copy(reason, sizeof(reason), given) == -1)
		return err_set(e, ERR_USAGE, "--reason is too long: at most %zu bytes", sizeof(reason) - 1);
	if (!given)
		snprintf(reason, sizeof(reason), "by %s", cli->who);
	if (!text_is_utf8(reason, strlen(reason)) || text_has_control(reason, strlen(reason), ""))
		return err_set(e, ERR_USAGE, "--reason must be one line of text in UTF-8");
	snprintf(command, sizeof(command), "campaign %s", verb);
	snprintf(detail, sizeof(detail), "campaign %lld", (long long)c.id);
	if (db_begin(cli->site.db, e) == -1)
		return -1;
	rc = strcmp(verb, "pause") == 0   ? campaign_pause(cli->site.db, c.id, reason, e)
	    : strcmp(verb, "cancel") == 0 ? campaign_cancel(cli->site.db, c.id, reason, e)
					  : campaign_resume(cli->site.db, c.id, e);
	if (rc == 0)
		rc = audit_add(cli->site.db, cli->who, command, detail, e);
	if (rc == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	if (rc == -1 || campaign_get(cli->site.db, c.id, &c, e) == -1)
		return -1;
	out_line(cli, "Campaign %lld is %s.", (long long)c.id, campaign_state_name(c.state));
	json_put_int(cli->result, "campaign", c.id);
	json_put(cli->result, "state", campaign_state_name(c.state));
	return 0;
}

int
cmd_campaign_pause(struct cli *cli, int argc, char **argv, struct err *e)
{
	(void)argc;
	return change(cli, argv[0], "pause", e);
}

int
cmd_campaign_resume(struct cli *cli, int argc, char **argv, struct err *e)
{
	(void)argc;
	return change(cli, argv[0], "resume", e);
}

int
cmd_campaign_cancel(struct cli *cli, int argc, char **argv, struct err *e)
{
	(void)argc;
	return change(cli, argv[0], "cancel", e);
}
