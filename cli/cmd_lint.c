/* cmd_lint.c - newsletter lint: what is wrong with what send would send. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "linting.h"
#include "mailing.h"
#include "out.h"

const struct opt opts_lint[] = {
	{ "topic", "TOPIC", "as send would take it" },
	{ "subject", "TEXT", "as send would take it" },
	{ "of", "TOPIC", "as send would take it" },
	{ "max", "N", "as send would take it" },
	{ "since", "TIME", "as send would take it" },
	{ "intro", "FILE", "as send would take it" },
	{ "no-links", NULL, "do not ask the addresses in it" },
	{ NULL, NULL, NULL },
};

int
cmd_lint(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct mailing_wish wish;
	struct linting_wish linting = { .links = !cli_option(cli, "no-links") };
	struct mailing m = { 0 };
	const char *what = mailing_what(argc, argv, e);
	bool articles = what && strcmp(what, "articles") == 0;
	int rc = -1;

	if (!what || mailing_wish_read(cli, !articles, &wish, e) == -1)
		return -1;
	if ((articles ? mailing_articles(&m, &cli->site, &wish, e) : mailing_promotion(&m, &cli->site, what, &wish, e)) == -1)
		goto out;
	if (articles && !m.articles.count) {
		out_warn(cli, "nothing new to announce to %s", m.topic.slug);
		json_put(cli->result, "reason", "nothing new");
		rc = 0;
		goto out;
	}
	rc = linting_run(cli, &m, &linting, e);
out:
	mailing_release(&m);
	return rc;
}
