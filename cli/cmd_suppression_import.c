/* cmd_suppression_import.c - newsletter suppression import: addresses that must not be mailed, from a file. None of them is ever shown. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/csv.h"
#include "base/csv_write.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "import_own.h"
#include "mail/addr.h"
#include "out.h"
#include "people.h"
#include "store/suppression.h"

#define BAD_LISTED 1000 /* lines in the JSON report, and on the terminal */

const struct opt opts_suppression_import[] = {
	{ "reason", "TEXT", "why, kept beside each (needed, but for an export of this program)" },
	{ NULL, NULL, NULL },
};

struct suppressing {
	struct cli *cli;
	const char *path; /* for messages */
	struct csv csv;
	char source[SOURCE_MAX + 1];
	int64_t rows, added, already, bad;
	json_t *bad_list;
};

/* The first field that is an address. */
static bool
find_address(const struct csv *csv, struct addr *a)
{
	struct err why = ERR_INIT;
	size_t i;

	for (i = 0; i < csv->fields; i++)
		if (strchr(csv->field[i], '@') && addr_parse(a, csv_unguard(csv->field[i]), &why) == 0)
			return true;
	return false;
}

/* Whether it may have been meant as an address. */
static bool
has_at(const struct csv *csv)
{
	size_t i;

	for (i = 0; i < csv->fields; i++)
		if (strchr(csv->field[i], '@'))
			return true;
	return false;
}

static void
name_bad_row(struct suppressing *s)
{
	if (++s->bad > BAD_LISTED)
		return;
	out_warn(s->cli, "%s:%lu: no address", s->path, s->csv.line);
	json_array_append_new(s->bad_list, json_integer((json_int_t)s->csv.line));
}

static int
take_row(struct suppressing *s, const struct addr *a, struct err *e)
{
	enum suppression_reason before;
	int rc = suppression_find(s->cli->site.db, a->key, &before, e);

	if (rc == -1 || suppression_add(s->cli->site.db, a->key, SUPPRESSED_STAFF, s->source, e) == -1)
		return -1;
	if (rc == 1 && before == SUPPRESSED_STAFF)
		s->already++;
	else
		s->added++;
	return db_chunk(s->cli->site.db, e);
}

static int
take_all(struct suppressing *s, struct err *e)
{
	char detail[SOURCE_MAX + 80];
	struct addr a;
	bool first = true;
	int rc;

	if (db_begin(s->cli->site.db, e) == -1)
		return -1;
	for (; (rc = csv_next(&s->csv, e)); first = false) {
		if (rc == -1 && e->code != ERR_INPUT)
			return -1;
		if (rc == 1 && find_address(&s->csv, &a)) {
			if (take_row(s, &a, e) == -1)
				return -1;
		} else if (rc == 1 && first && !has_at(&s->csv)) {
			continue; /* it names the columns */
		} else {
			name_bad_row(s);
		}
		s->rows++;
	}
	snprintf(detail, sizeof(detail), "%lld rows, %lld new, %lld bad; %s", (long long)s->rows, (long long)s->added, (long long)s->bad,
	    s->source);
	if (cli_audit(s->cli, s->cli->site.db, "suppression import", detail, e) == -1)
		return -1;
	return db_commit(s->cli->site.db, e);
}

static void
report(const struct suppressing *s)
{
	struct cli *cli = s->cli;
	char n[96];

	out_line(cli, "%s read from %s", out_count(n, s->rows, "row", "rows"), s->path);
	out_field(cli, "Suppressed", OUT_GOOD, "%s", out_number(n, s->added));
	if (s->already)
		out_field(cli, "Already", OUT_PLAIN, "%s", out_number(n, s->already));
	if (s->bad)
		out_field(cli, "Bad", OUT_BAD, "%s, named above", out_number(n, s->bad));
	json_put_int(cli->result, "rows", s->rows);
	json_put_int(cli->result, "suppressed", s->added);
	json_put_int(cli->result, "already", s->already);
	json_put_int(cli->result, "bad", s->bad);
}

static int
import_list(struct suppressing *s, FILE *in, struct err *e)
{
	char kind[80];
	int rc;

	snprintf(kind, sizeof(kind), "staff: %s", s->cli->who);
	if (people_reason(s->cli, e) == -1 || people_source(s->source, kind, cli_option(s->cli, "reason"), e) == -1)
		return -1;
	csv_init(&s->csv, in);
	rc = take_all(s, e);
	if (rc == -1)
		err_wrap(e, "%s:%lu", s->path, s->csv.line);
	db_rollback(s->cli->site.db);
	csv_release(&s->csv);
	if (rc == -1)
		return -1;
	report(s);
	s->cli->status = s->bad ? 1 : 0;
	return 0;
}

int
cmd_suppression_import(struct cli *cli, int argc, char **argv, struct err *e)
{
	bool standard = strcmp(argv[0], "-") == 0;
	struct suppressing s = { .cli = cli, .path = standard ? "standard input" : argv[0], .bad_list = json_array() };
	FILE *in = standard ? stdin : fopen(argv[0], "re");
	int rc;

	(void)argc;
	json_object_set_new(cli->result, "bad_lines", s.bad_list);
	if (!in) {
		err_sys(e, "cannot open %s", argv[0]);
		if (errno == ENOENT)
			e->code = ERR_NOT_FOUND;
		return -1;
	}
	rc = import_own_is(in) ? import_own(cli, in, s.path, true, e) : import_list(&s, in, e);
	if (!standard)
		fclose(in);
	return rc;
}
