/* mailing_wish.c - what the options of send, preview and lint say of a mailing; see mailing.h. */
#include <string.h>

#include "base/err.h"
#include "cli.h"
#include "filter.h"
#include "mailing.h"

int
mailing_wish_read(const struct cli *cli, bool promotion, struct mailing_wish *wish, struct err *e)
{
	static const char *const for_articles[] = { "of", "max", "since", "intro" };
	size_t i;

	for (i = 0; promotion && i < sizeof(for_articles) / sizeof(for_articles[0]); i++)
		if (cli_option(cli, for_articles[i]))
			return err_set(e, ERR_USAGE, "--%s is for articles, not for a promotion", for_articles[i]);
	*wish = (struct mailing_wish){
		.topic = cli_option(cli, "topic"),
		.subject = cli_option(cli, "subject"),
		.hidden = cli_option(cli, "hidden") != NULL,
		.of = cli_option(cli, "of"),
		.intro = cli_option(cli, "intro"),
	};
	if (filter_where(cli, wish->segment, e) == -1)
		return -1;
	if (cli_option_int(cli, "max", 1, 200, &wish->most, e) == -1)
		return -1;
	return cli_option_since(cli, "since", &wish->since, e) == -1 ? -1 : 0;
}

const char *
mailing_what(int argc, char **argv, struct err *e)
{
	if (argc == 1)
		return argv[0];
	if (strcmp(argv[0], "promotion") == 0)
		return argv[1];
	err_set(e, ERR_USAGE, "\"%s\" is nothing to send: it is `articles` or a promotion's file", argv[0]);
	return NULL;
}
