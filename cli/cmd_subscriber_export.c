/*
 * cmd_subscriber_export.c - newsletter subscriber export: the list, all of it, or one person's own data.
 *
 * Who is on this list is what the site has to keep to itself. So a list leaves it only with a reason, and the audit has who, why, how many
 * and which before the first byte goes out.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "export_file.h"
#include "exporting.h"
#include "filter.h"
#include "mail/addr.h"
#include "out.h"
#include "people.h"
#include "site/exchange.h"
#include "site/person.h"
#include "store/subscriber.h"
#include "store/suppression.h"

const struct opt opts_subscriber_export[] = {
	{ "reason", "TEXT", "why the list leaves, for the audit (needed, but for one person's data)" },
	{ "full", NULL, "everything of the people, for `subscriber import` of another site of this program" },
	{ "topic", "TOPIC", "only who has to do with this topic" },
	{ "state", "STATE", "only pending, active, left, bounced or complained" },
	{ "since", "TIME", "only who came to the list since: days, like 7, or a date" },
	{ "domain", "DOMAIN", "only addresses of this mail domain; *.example.org is with all below it" },
	{ "language", "CODE", "only who reads this language" },
	{ "where", "EXPR", "only who is in this segment" },
	{ "except", "EXPR", "not who is in this one" },
	{ "force", NULL, "replace FILE if it is there" },
	{ NULL, NULL, NULL },
};

static int
write_audit(struct cli *cli, const char *detail, struct err *e)
{
	int rc = -1;

	if (db_begin(cli->site.db, e) == 0 && cli_audit(cli, cli->site.db, "subscriber export", detail, e) == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	return rc;
}

int
export_person(struct cli *cli, const char *address, struct err *e)
{
	struct buf text = BUF_INIT;
	struct subscriber s;
	struct addr a;
	char detail[64];
	json_t *data;
	int found;

	if (people_address(&a, address, e) == -1 || (found = subscriber_find(cli->site.db, a.key, &s, e)) == -1)
		return -1;
	if (!found)
		return err_set(e, ERR_NOT_FOUND,
		    "%s is not on the list: nothing is stored about this address but, maybe, that it must not be "
		    "mailed (see `newsletter subscriber show`)",
		    a.text);
	snprintf(detail, sizeof(detail), "subscriber %lld, their own data", (long long)s.id);
	if (write_audit(cli, detail, e) == -1 || !(data = person_data(cli->site.db, s.id, e)))
		return -1;
	json_object_update(cli->result, data);
	json_decref(data);
	if (cli->json)
		return 0; /* main() prints it */
	json_write(&text, cli->result, 1);
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return 0;
}

/* Which people: as a segment, but for one that may say whose data it is, by a name or by a domain that is one person's. */
static void
describe(const struct cli *cli, const struct segment *s, struct buf *out)
{
	if (cli_option(cli, "full"))
		buf_addstr(out, ", full");
	if (s && (strstr(segment_text(s), "name") || strstr(segment_text(s), "domain")))
		buf_addstr(out, ", a segment by name or domain");
	else if (s)
		buf_addf(out, ", %.300s", segment_text(s));
}

static int
audit_list(struct cli *cli, const struct segment *s, int64_t people, struct err *e)
{
	struct buf detail = BUF_INIT;
	char text[96];
	int rc;

	buf_addstr(&detail, out_count(text, people, "person", "people"));
	describe(cli, s, &detail);
	buf_addf(&detail, ": %s", cli_option(cli, "reason"));
	rc = write_audit(cli, detail.data, e);
	buf_release(&detail);
	return rc;
}

struct full_bar {
	struct out_progress bar;
	int64_t of;
};

static void
show_progress(void *ctx, int64_t people)
{
	struct full_bar *b = ctx;

	out_progress(&b->bar, people, b->of, true, "");
}

/* Everything. *n says how many people. */
static int
write_full(struct cli *cli, int fd, int64_t of, int64_t *n, struct err *e)
{
	struct exchange_counts counts;
	struct full_bar b = { .of = of };
	int kind, rc;

	out_progress_init(cli, &b.bar);
	rc = exchange_write(cli->site.db, fd, show_progress, &b, &counts, e);
	out_progress_end(&b.bar);
	*n = counts.of[EXCHANGE_PERSON];
	for (kind = 0; rc == 0 && kind < EXCHANGE_END; kind++)
		json_put_int(cli->result, exchange_kind_names[kind], counts.of[kind]);
	return rc;
}

static int
write_list(struct cli *cli, const char *path, const struct segment *s, struct err *e)
{
	struct export_file file;
	int64_t of, n = 0;
	char text[96];
	int rc = -1;

	if (export_file_open(&file, path, cli_option(cli, "force") != NULL, e) == -1)
		return -1;
	if (export_count(cli, s, &of, e) == -1 || audit_list(cli, s, of, e) == -1)
		goto out;
	rc = cli_option(cli, "full") ? write_full(cli, file.fd, of, &n, e) : export_table(cli, s, file.fd, of, &n, e);
	if (rc == 0)
		rc = export_file_commit(&file, e);
out:
	export_file_close(&file);
	if (rc == -1)
		return -1;
	json_put_int(cli->result, "people", n);
	if (path && strcmp(path, "-") != 0)
		out_line(cli, "%s in %s, which only you can read.", out_count(text, n, "person is", "people are"), path);
	return 0;
}

static int
export_list(struct cli *cli, const char *path, struct err *e)
{
	struct segment *s = NULL;
	bool all;
	int rc = -1;

	if (people_reason(cli, e) == -1 || filter_people(cli, &s, e) == -1)
		return -1;
	all = !segment_text(s)[0];
	if (cli_option(cli, "full") && !all)
		err_set(e, ERR_USAGE, "--full is everybody: it goes without --topic, --where and the like");
	else if (cli->json && (!path || strcmp(path, "-") == 0))
		err_set(e, ERR_USAGE, "with --json, name a FILE: standard output is for the result");
	else
		rc = write_list(cli, path, all ? NULL : s, e);
	segment_free(s);
	return rc;
}

/* An argument with an @ and no slash is somebody's address; a file of such a name is written as ./NAME. */
int
cmd_subscriber_export(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *what = argc ? argv[0] : NULL;

	if (what && strchr(what, '@') && !strchr(what, '/'))
		return export_person(cli, what, e);
	return export_list(cli, what, e);
}
