/*
 * cmd_stats.c - newsletter stats: how the list grew, and what came back in the last while, counted. Gathers; cmd_stats_text.c,
 * cmd_stats_list.c, cmd_stats_json.c and cmd_stats_html.c show it.
 */
#include "cmd_stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "campaigns.h"
#include "cli.h"
#include "out.h"

#define DAYS 30
#define HTML_MONTHS 12   /* that a page shows unless told otherwise, this one with them */
#define SHOWN 10         /* domains and mailings that people get to see */
#define A_MINUTE_LEAST 5 /* seconds below which a time known to the second says nothing of speed */

const struct opt opts_stats[] = {
	{ "since", "TIME", "a number of days, a length of time like 36h, or a date (default: 30 days; of --html twelve months)" },
	{ "campaign", "ID", "what answers this mailing, whenever it came" },
	{ "html", "FILE", "a page to look at, to print and to pass on, instead; - prints it" },
	{ "force", NULL, "--html: over a file that is there" },
	{ NULL, NULL, NULL },
};

void
stats_period(char out[16], enum period_unit unit, int64_t start)
{
	static const int length[] = { [PERIOD_DAY] = 10, [PERIOD_WEEK] = 10, [PERIOD_MONTH] = 7, [PERIOD_YEAR] = 4 };
	char when[CLOCK_TEXT];

	snprintf(out, 16, "%.*s", length[unit], clock_local(when, start));
}

int64_t
stats_a_minute(const struct stats_speed *s)
{
	return s->seconds < A_MINUTE_LEAST ? 0 : s->messages * 60 / s->seconds;
}

int64_t
stats_pair_sum(const struct stats_pair *p)
{
	return p->hard + p->soft;
}

static int
pick_window(struct cli *cli, struct stats_view *v, struct err *e)
{
	const char *id = cli_option(cli, "campaign"), *html = cli_option(cli, "html");
	int given;

	if (html && id)
		return err_set(e, ERR_USAGE, "--html shows the list and its mailings: leave out --campaign");
	if (!html && cli_option(cli, "force"))
		return err_set(e, ERR_USAGE, "--force goes with --html FILE");
	v->until = clock_now();
	if (id && campaigns_get(cli, id, &v->mailing[0].campaign, e) == -1)
		return -1;
	v->mailings = id ? 1 : 0;
	v->window.campaign_id = id ? v->mailing[0].campaign.id : 0;
	given = cli_option_since(cli, "since", &v->window.since, e);
	if (given == 0 && html)
		v->window.since = period_month(v->until, HTML_MONTHS - 1);
	else if (given == 0 && !id)
		v->window.since = v->until - DAYS * INT64_C(86400);
	if (given == 1 && v->window.since > v->until)
		return err_set(e, ERR_USAGE, "--since is a time in the past");
	return given == -1 ? -1 : 0;
}

static int
gather_mailings(struct cli *cli, struct stats_view *v, size_t most, struct err *e)
{
	struct stats_window w = { 0 };
	int64_t id[STATS_CAMPAIGNS];
	struct stats_mailing *m;
	int i, n = 0, rc;

	if (!v->window.campaign_id)
		n = stats_campaigns(cli->site.db, v->window.since, id, most, e);
	for (i = 0; i < n; i++) {
		rc = campaign_get(cli->site.db, id[i], &v->mailing[v->mailings].campaign, e);
		if (rc == -1)
			return -1;
		v->mailings += rc;
	}
	for (m = v->mailing; m < v->mailing + v->mailings; m++) {
		w.campaign_id = m->campaign.id;
		if (stats_returned(cli->site.db, &w, &m->returned, e) == -1 || stats_speed(cli->site.db, &m->campaign, &m->speed, e) == -1)
			return -1;
	}
	return n == -1 ? -1 : 0;
}

static int
gather_list(struct cli *cli, struct stats_view *v, struct err *e)
{
	int64_t start[PERIODS_MAX];
	size_t n;

	if (v->window.campaign_id)
		return 0;
	v->unit = period_fit(v->window.since, v->until);
	n = period_cut(v->window.since, v->until, v->unit, start);
	if (growth_read(cli->site.db, start, n, &v->growth, e) == -1)
		return -1;
	return growth_people(cli->site.db, &v->growth, &v->people, e);
}

static int
gather(struct cli *cli, struct stats_view *v, struct err *e)
{
	size_t mailings = cli->json || cli_option(cli, "html") ? STATS_CAMPAIGNS : SHOWN;

	if (pick_window(cli, v, e) == -1 || stats_returned(cli->site.db, &v->window, &v->returned, e) == -1 ||
	    stats_domains(cli->site.db, &v->window, cli->json ? STATS_DOMAINS : SHOWN, &v->domains, e) == -1 ||
	    gather_list(cli, v, e) == -1)
		return -1;
	return gather_mailings(cli, v, mailings, e);
}

/* The figures of a list are its owner's: only they may read the file. */
static int
write_page(struct cli *cli, const char *path, const struct buf *page, struct err *e)
{
	int fd;

	if (strcmp(path, "-") == 0) {
		if (cli->json)
			json_put(cli->result, "html", page->data);
		else
			fputs(page->data, stdout);
		return 0;
	}
	if (!cli_option(cli, "force")) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd == -1 && errno == EEXIST)
			return err_set(e, ERR_EXISTS, "%s is there already: --force writes over it", path);
		if (fd == -1)
			return err_sys(e, "cannot write %s", path);
		close(fd);
	}
	if (file_write(path, 0600, page->data, page->len, e) == -1)
		return -1;
	json_put(cli->result, "page", path);
	out_line(cli, "The report is in %s: open it in a browser; it prints on A4.", path);
	return 0;
}

static int
show_page(struct cli *cli, const struct stats_view *v, struct err *e)
{
	struct buf page = BUF_INIT;
	int rc = stats_html(cli, v, &page, e);

	if (rc == 0)
		rc = write_page(cli, cli_option(cli, "html"), &page, e);
	buf_release(&page);
	return rc;
}

int
cmd_stats(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct stats_view *v = xcalloc(1, sizeof(*v));
	int rc = gather(cli, v, e);

	(void)argc, (void)argv;
	if (rc == 0 && cli_option(cli, "html"))
		rc = show_page(cli, v, e);
	else if (rc == 0 && cli->json)
		stats_json(cli, v);
	else if (rc == 0)
		stats_text(cli, v);
	growth_release(&v->growth);
	free(v);
	return rc;
}
