/* cmd_suppression.c - newsletter suppression add | list | remove: addresses that must not be mailed. Files: cmd_suppression_import.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "mail/addr.h"
#include "out.h"
#include "people.h"
#include "store/subscriber.h"
#include "store/suppression.h"

#define LISTED 20
#define LISTED_MOST 10000

const struct opt opts_suppression_add[] = {
	{ "reason", "TEXT", "why, kept beside it (needed)" },
	{ NULL, NULL, NULL },
};

const struct opt opts_suppression_list[] = {
	{ "reason", "REASON", "only left, erased, hard, complaint or staff" },
	{ "limit", "N", "at most so many rows (default: 20)" },
	{ "addresses", NULL, "say whose it is, where they are on the list still" },
	{ NULL, NULL, NULL },
};

const struct opt opts_suppression_remove[] = {
	{ "reason", "TEXT", "why, for the audit (needed)" },
	{ NULL, NULL, NULL },
};

/* All or none; *added: how many were not suppressed as strongly before. */
static int
add_all(struct cli *cli, int argc, char **argv, const char *source, int *added, struct err *e)
{
	enum suppression_reason before;
	char detail[SOURCE_MAX + 48];
	struct addr a;
	int i, rc;

	for (i = 0; i < argc; i++) {
		if (people_address(&a, argv[i], e) == -1)
			return -1;
		rc = suppression_find(cli->site.db, a.key, &before, e);
		if (rc == -1 || suppression_add(cli->site.db, a.key, SUPPRESSED_STAFF, source, e) == -1)
			return -1;
		*added += rc == 0 || before != SUPPRESSED_STAFF;
	}
	snprintf(detail, sizeof(detail), "%d of %d new; %s", *added, argc, source);
	return cli_audit(cli, cli->site.db, "suppression add", detail, e);
}

int
cmd_suppression_add(struct cli *cli, int argc, char **argv, struct err *e)
{
	char kind[80], source[SOURCE_MAX + 1], n[96];
	int added = 0, rc = -1;

	snprintf(kind, sizeof(kind), "staff: %s", cli->who);
	if (people_reason(cli, e) == -1 || people_source(source, kind, cli_option(cli, "reason"), e) == -1 ||
	    db_begin(cli->site.db, e) == -1)
		return -1;
	if (add_all(cli, argc, argv, source, &added, e) == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	if (rc == -1)
		return -1;
	out_line(cli, "%s from now on%s.", out_count(n, added, "address is not mailed", "addresses are not mailed"),
	    added < argc ? "; the others were suppressed by staff already" : "");
	json_put_int(cli->result, "added", added);
	json_put_int(cli->result, "already", argc - added);
	return 0;
}

static int
show_counts(struct cli *cli, struct err *e)
{
	static const char *const means[SUPPRESSION_REASONS] = { "who left", "who was erased", "dead addresses", "who pressed \"spam\"",
		"by staff" };
	int64_t counts[SUPPRESSION_REASONS], total = 0;
	json_t *object = json_object();
	struct out_table t;
	char n[96];
	int i;

	json_object_set_new(cli->result, "reasons", object);
	if (suppression_count(cli->site.db, counts, e) == -1)
		return -1;
	out_table_init(&t, "Reason|>Addresses|Which");
	for (i = 0; i < SUPPRESSION_REASONS; i++) {
		json_put_int(object, suppression_name((enum suppression_reason)i), counts[i]);
		total += counts[i];
		if (!counts[i])
			continue;
		out_cell(&t, OUT_BOLD, "%s", suppression_name((enum suppression_reason)i));
		out_cell_number(&t, counts[i]);
		out_cell(&t, OUT_PLAIN, "%s", means[i]);
	}
	json_put_int(cli->result, "total", total);
	if (total)
		out_line(cli, "%s.", out_count(n, total, "address must not be mailed", "addresses must not be mailed"));
	else
		out_line(cli, "There is no address that must not be mailed.");
	if (total) {
		out_gap(cli);
		out_table_print(cli, &t);
	}
	out_table_release(&t);
	return 0;
}

static void
show_rows(struct cli *cli, const struct suppression *row, int count, bool addresses)
{
	json_t *list = json_array(), *object;
	struct out_table t;
	char when[CLOCK_TEXT];
	int i;

	json_object_set_new(cli->result, "suppressions", list);
	out_table_init(&t, addresses ? "Since|Reason|Source|Address" : "Since|Reason|Source");
	for (i = 0; i < count; i++) {
		object = json_object();
		json_put_time(object, "since", row[i].since);
		json_put(object, "reason", suppression_name(row[i].reason));
		json_put(object, "source", row[i].source);
		json_put(object, "address", row[i].address[0] ? row[i].address : NULL);
		json_array_append_new(list, object);
		out_cell(&t, OUT_PLAIN, "%s", clock_local(when, row[i].since));
		out_cell(&t, OUT_PLAIN, "%s", suppression_name(row[i].reason));
		out_cell(&t, OUT_PLAIN, "%s", row[i].source);
		if (addresses)
			out_cell(&t, OUT_PLAIN, "%s", row[i].address[0] ? row[i].address : "-");
	}
	if (count) {
		out_gap(cli);
		out_table_print(cli, &t);
	}
	out_table_release(&t);
}

int
cmd_suppression_list(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *name = cli_option(cli, "reason");
	bool addresses = cli_option(cli, "addresses") != NULL;
	int64_t limit = LISTED;
	struct suppression *row;
	int reason = -1, count;

	(void)argc, (void)argv;
	if (cli_option_int(cli, "limit", 1, LISTED_MOST, &limit, e) == -1)
		return -1;
	if (name && (reason = suppression_parse(name)) == -1)
		return err_set(e, ERR_USAGE, "--reason must be left, erased, hard, complaint or staff, not \"%.40s\"", name);
	if (show_counts(cli, e) == -1)
		return -1;
	row = xcalloc((size_t)limit, sizeof(*row));
	count = suppression_list(cli->site.db, reason, addresses, row, (size_t)limit, e);
	if (count != -1 && addresses && cli_reveal(cli, "", e) == -1)
		count = -1;
	if (count != -1)
		show_rows(cli, row, count, addresses);
	free(row);
	return count == -1 ? -1 : 0;
}

static int
lift(struct cli *cli, const struct addr *a, enum suppression_reason *reason, struct err *e)
{
	struct subscriber s;
	char detail[256], whose[48] = "an address that is not on the list";
	int rc = suppression_find(cli->site.db, a->key, reason, e), found;

	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "%s is not suppressed", a->text);
	found = subscriber_find(cli->site.db, a->key, &s, e);
	if (found == -1 || suppression_lift(cli->site.db, a->key, e) == -1)
		return -1;
	if (found)
		snprintf(whose, sizeof(whose), "subscriber %lld", (long long)s.id);
	snprintf(detail, sizeof(detail), "%s of %s: %s", suppression_name(*reason), whose, cli_option(cli, "reason"));
	return cli_audit(cli, cli->site.db, "suppression remove", detail, e);
}

int
cmd_suppression_remove(struct cli *cli, int argc, char **argv, struct err *e)
{
	enum suppression_reason reason;
	struct addr a;
	int rc = -1;

	(void)argc;
	if (people_reason(cli, e) == -1 || people_address(&a, argv[0], e) == -1 || db_begin(cli->site.db, e) == -1)
		return -1;
	if (lift(cli, &a, &reason, e) == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	if (rc == -1)
		return -1;
	out_line(cli, "%s may be mailed again; it was suppressed as %s.", a.text, suppression_name(reason));
	out_line(cli, "Topics that ended stay ended: they come back by signing up anew.");
	json_put(cli->result, "address", a.text);
	json_put(cli->result, "was", suppression_name(reason));
	return 0;
}
