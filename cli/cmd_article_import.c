/*
 * cmd_article_import.c - newsletter article import: what it is called with, and which way it goes from there.
 */
#include <string.h>

#include "article_take.h"
#include "base/err.h"
#include "cli.h"

const struct opt opts_article_import[] = {
	{ "topic", "TOPIC", "for announcing to this topic alone (default: what the file says)" },
	{ "announced", NULL, "take new ones as announced already: an archive that nobody is to be mailed about" },
	{ "since", "DAYS", "first import of a feed: what is older counts as announced already (default: 7); or a date" },
	{ "timeout", "SECONDS", "give up on a feed's server after so long (default: 60)" },
	{ "dry-run", NULL, "show what would be taken, and write nothing" },
	{ NULL, NULL, NULL },
};

/* Which of the arguments is a feed, and whether it is alone, as it must be. */
static int
find_feed(struct cli *cli, int argc, char **argv, const char **feed, struct err *e)
{
	int i;

	*feed = NULL;
	for (i = 0; i < argc; i++)
		if (article_is_feed(argv[i]))
			*feed = argv[i];
	if (*feed && argc > 1)
		return err_set(e, ERR_USAGE, "one feed at a time, and no files beside it: %.200s", *feed);
	if (!*feed && (cli_option(cli, "since") || cli_option(cli, "timeout")))
		return err_set(e, ERR_USAGE, "--since and --timeout are for feeds; with files, --announced takes all of them as announced");
	return 0;
}

int
cmd_article_import(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *feed;

	if (find_feed(cli, argc, argv, &feed, e) == -1)
		return -1;
	return feed ? article_take_feed(cli, feed, e) : article_take_files(cli, argc, argv, e);
}
