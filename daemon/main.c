/*
 * main.c - newsletterd: what it was called for. The parent (parent.h) starts this program again for each role (role.h).
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "parent.h"
#include "role.h"

static void
usage(FILE *out)
{
	fputs("usage: newsletterd [-C DIR | -c FILE]\n\n"
	      "Serves a site's pages and sends its mail until it is told to stop.\n\n"
	      "  -C, --directory DIR   the site's folder (default: the present one)\n"
	      "  -c, --config FILE     its newsletter.conf (default: DIR/newsletter.conf)\n"
	      "      --roles           what each role may do, as a table, and no more\n"
	      "  -h, --help            this text\n"
	      "  -V, --version         the version\n\n"
	      "See newsletterd(8). A new site is made by `newsletter init`.\n",
	    out);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "directory", required_argument, NULL, 'C' },
		{ "config", required_argument, NULL, 'c' },
		{ "role", required_argument, NULL, 'r' },
		{ "rehearse", no_argument, NULL, 'R' },
		{ "deaths", required_argument, NULL, 'd' },
		{ "roles", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	const char *conf_path = "newsletter.conf", *role = NULL;
	struct buf path = BUF_INIT;
	bool rehearse = false;
	long deaths = 0;
	int c, rc;

	while ((c = getopt_long(argc, argv, "C:c:hV", options, NULL)) != -1) {
		switch (c) {
		case 'C':
			buf_reset(&path);
			buf_addf(&path, "%s/newsletter.conf", optarg);
			conf_path = path.data;
			break;
		case 'c':
			conf_path = optarg;
			break;
		case 'r':
			role = optarg;
			break;
		case 'R':
			rehearse = true;
			break;
		case 'd':
			deaths = strtol(optarg, NULL, 10);
			break;
		case 't':
			role_table(stdout);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		case 'V':
			puts("newsletterd " NEWSLETTER_VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return 2;
	}
	if (role)
		rc = rehearse ? role_rehearse(role, conf_path) : role_main(role, conf_path, deaths);
	else
		rc = parent_main(conf_path);
	buf_release(&path);
	return rc;
}
