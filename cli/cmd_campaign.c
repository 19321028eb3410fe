/* cmd_campaign.c - newsletter campaign list | pause | resume | cancel | hide | unhide. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "campaigns.h"
#include "cli.h"
#include "out.h"

const struct opt opts_campaign_list[] = {
	{ "open", NULL, "only those that are not over" },
	{ "limit", "N", "at most so many (default: 20)" },
	{ NULL, NULL, NULL },
};
const struct opt opts_campaign_reason[] = {
	{ "reason", "TEXT", "kept with it" },
	{ NULL, NULL, NULL },
};

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
	json_object_set_new(cli->result, "campaigns", campaigns_json(cli, c, n, &topics));
	rc = 0;
out:
	free(c);
	return rc;
}

/* Pause, resume or cancel, with its line in the audit. */
static int
change(struct cli *cli, const char *id, const char *verb, struct err *e)
{
	const char *given = cli_option(cli, "reason");
	char reason[201], command[32], detail[48];
	struct campaign c;
	int rc;

	if (campaigns_get(cli, id, &c, e) == -1)
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
		rc = cli_audit(cli, cli->site.db, command, detail, e);
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

/* Keep one out of the public archive, or no longer, with its line in the audit. */
static int
hide(struct cli *cli, const char *id, bool hidden, struct err *e)
{
	char detail[48];
	struct campaign c;
	int rc;

	if (campaigns_get(cli, id, &c, e) == -1)
		return -1;
	snprintf(detail, sizeof(detail), "campaign %lld", (long long)c.id);
	if (db_begin(cli->site.db, e) == -1)
		return -1;
	rc = campaign_hide(cli->site.db, c.id, hidden, e);
	if (rc == 0)
		rc = cli_audit(cli, cli->site.db, hidden ? "campaign hide" : "campaign unhide", detail, e);
	if (rc == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	if (rc == -1)
		return -1;
	if (hidden)
		out_line(cli, "Campaign %lld is kept out of the public archive.", (long long)c.id);
	else
		out_line(cli, "Campaign %lld is shown in the public archive%s.", (long long)c.id,
		    c.state == CAMPAIGN_DONE ? "" : " once it is sent");
	if (!hidden && !cli->site.conf.site_archive)
		out_warn(cli, "the archive is off: see [site] archive in newsletter.conf");
	json_put_int(cli->result, "campaign", c.id);
	json_put_bool(cli->result, "hidden", hidden);
	return 0;
}

int
cmd_campaign_hide(struct cli *cli, int argc, char **argv, struct err *e)
{
	(void)argc;
	return hide(cli, argv[0], true, e);
}

int
cmd_campaign_unhide(struct cli *cli, int argc, char **argv, struct err *e)
{
	(void)argc;
	return hide(cli, argv[0], false, e);
}
