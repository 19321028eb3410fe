/* option.c - what a command asks of its options and arguments; see cli.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "cli.h"

const char *
cli_option_nth(const struct cli *cli, const char *name, int i)
{
	int k;

	for (k = 0; k < cli->given_count; k++)
		if (strcmp(cli->given[k].opt->name, name) == 0 && i-- == 0)
			return cli->given[k].value;
	return NULL;
}

const char *
cli_option(const struct cli *cli, const char *name)
{
	int k;

	for (k = cli->given_count - 1; k >= 0; k--)
		if (strcmp(cli->given[k].opt->name, name) == 0)
			return cli->given[k].value;
	return NULL;
}

static bool
whole_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno && *out >= least && *out <= most;
}

int
cli_option_int(const struct cli *cli, const char *name, int64_t least, int64_t most, int64_t *out, struct err *e)
{
	const char *text = cli_option(cli, name);

	if (!text)
		return 0;
	if (!whole_number(text, least, most, out))
		return err_set(e, ERR_USAGE, "--%s must be a number from %lld to %lld, not \"%.40s\"", name, (long long)least,
		    (long long)most, text);
	return 1;
}

int
cli_option_since(const struct cli *cli, const char *name, int64_t *out, struct err *e)
{
	const char *text = cli_option(cli, name);
	struct err no_matter = ERR_INIT;
	int64_t n;

	if (!text)
		return 0;
	if (whole_number(text, 0, 36500, &n)) {
		*out = clock_now() - n * 86400;
	} else if (clock_parse_duration(text, &n, &no_matter) == 0) {
		*out = clock_now() - n;
	} else if (text[0] < '0' || text[0] > '9' || clock_parse(text, out, &no_matter) == -1) {
		return err_set(e, ERR_USAGE, "--%s must be a number of days, like 7, or a date, like 2026-03-01, not \"%.40s\"", name,
		    text);
	}
	return 1;
}

int
cli_id(const char *text, int64_t *out, struct err *e)
{
	if (!whole_number(text, 1, INT64_MAX, out))
		return err_set(e, ERR_USAGE, "\"%.40s\" is no number of one; the list shows the numbers", text);
	return 0;
}
