/* cmd_stats.c - newsletter stats: what came back in the last while, counted. Gathers; cmd_stats_text.c and cmd_stats_json.c show it. */
#include "cmd_stats.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "campaigns.h"
#include "cli.h"

#define DAYS 30
#define SHOWN 10 /* domains and mailings that people get to see */

const struct opt opts_stats[] = {
	{ "since", "TIME", "a number of days, a length of time like 36h, or a date (default: 30 days)" },
	{ "campaign", "ID", "what answers this mailing, whenever it came" },
	{ NULL, NULL, NULL },
};

static int
pick_window(struct cli *cli, struct stats_view *v, struct err *e)
{
	const char *id = cli_option(cli, "campaign");
	int given;

	v->until = clock_now();
	if (id && campaigns_get(cli, id, &v->campaign[0], e) == -1)
		return -1;
	v->campaigns = id ? 1 : 0;
	v->window.campaign_id = id ? v->campaign[0].id : 0;
	given = cli_option_since(cli, "since", &v->window.since, e);
	if (given == 0 && !id)
		v->window.since = v->until - DAYS * INT64_C(86400);
	if (given == 1 && v->window.since > v->until)
		return err_set(e, ERR_USAGE, "--since is a time in the past");
	return given == -1 ? -1 : 0;
}

static int
gather_campaigns(struct cli *cli, struct stats_view *v, size_t most, struct err *e)
{
	int64_t id[STATS_CAMPAIGNS];
	int i, n = 0, rc;

	if (!v->window.campaign_id)
		n = stats_campaigns(cli->site.db, v->window.since, id, most, e);
	for (i = 0; i < n; i++) {
		rc = campaign_get(cli->site.db, id[i], &v->campaign[v->campaigns], e);
		if (rc == -1)
			return -1;
		v->campaigns += rc;
	}
	for (i = 0; i < v->campaigns; i++)
		if (stats_answers(cli->site.db, v->campaign[i].id, &v->answers[i], e) == -1)
			return -1;
	return n == -1 ? -1 : 0;
}

int
cmd_stats(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct stats_view *v = xcalloc(1, sizeof(*v));
	int rc = -1;

	(void)argc, (void)argv;
	if (pick_window(cli, v, e) == -1 || stats_returned(cli->site.db, &v->window, &v->returned, e) == -1 ||
	    stats_domains(cli->site.db, &v->window, cli->json ? STATS_DOMAINS : SHOWN, &v->domains, e) == -1 ||
	    gather_campaigns(cli, v, cli->json ? STATS_CAMPAIGNS : SHOWN, e) == -1)
		goto out;
	if (cli->json)
		stats_json(cli, v);
	else
		stats_text(cli, v);
	rc = 0;
out:
	free(v);
	return rc;
}
