/*
 * cmd_subscriber_import.c - newsletter subscriber import: people from a CSV file.
 *
 * Two passes (import.h), in memory that does not grow with the file. The second goes in short transactions, so that a
 * running daemon is not held up. What was taken stays taken when it is broken off; the same file once more goes on where
 * it stopped.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sorting.h"
#include "cli.h"
#include "import.h"
#include "import_ahead.h"
#include "import_own.h"
#include "out.h"

const struct opt opts_subscriber_import[] = {
	{ "consent", "TEXT", "how these people asked, kept as evidence: \"paper form, fair 2026\" (needed)" },
	{ "consent-date", "DATE", "when they asked, for rows that do not say it (default: now)" },
	{ "topic", "TOPIC", "for rows that name none; may be repeated (default: articles)" },
	{ "confirm", NULL, "ask each of them by mail first; who does not confirm is not subscribed" },
	{ "dry-run", NULL, "change nothing: say what would be" },
	{ "all-or-nothing", NULL, "take nothing if there is a bad row" },
	{ "bad", "FILE", "write bad rows there, with what is wrong, to be mended and imported" },
	{ "format", "FORMAT", "csv, listmonk, mailchimp or newsletter, which is `subscriber export --full` (default: found)" },
	{ "charset", "CHARSET", "utf-8, iso-8859-1 or windows-1252 (default: utf-8)" },
	{ "delimiter", "CHARACTER", "what is between fields: , or ; or tab or | (default: found)" },
	{ "force", NULL, "take an export of this program from a site with another suppression key, too" },
	{ NULL, NULL, NULL },
};

#define SORT_MEMORY (8 << 20)
#define LOOK_EVERY 256 /* rows between two looks at the clock, for the progress bar */

static volatile sig_atomic_t interrupted;

static void
on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Once more ends at once. */
static void
catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static int
open_input(struct import *im, const char *path, struct err *e)
{
	struct stat st;
	int first;

	im->path = strcmp(path, "-") == 0 ? "standard input" : path;
	im->in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!im->in) {
		err_sys(e, "cannot open %s", path);
		if (errno == ENOENT)
			e->code = ERR_NOT_FOUND;
		return -1;
	}
	if (fstat(fileno(im->in), &st) == -1)
		return err_sys(e, "cannot look at %s", im->path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is a folder: name a file in it", im->path);
	if (S_ISREG(st.st_mode))
		im->size = st.st_size;
	first = getc(im->in);
	if (first == 0xfe || first == 0xff)
		return err_set(e, ERR_INPUT, "%s is UTF-16: save it as \"CSV UTF-8\"", im->path);
	ungetc(first, im->in); /* of EOF does nothing */
	return 0;
}

static int
take_charset(struct import *im, const char *name, struct err *e)
{
	if (!name || strcasecmp(name, "utf-8") == 0)
		return 0;
	if (strcasecmp(name, "iso-8859-1") != 0 && strcasecmp(name, "windows-1252") != 0)
		return err_set(e, ERR_USAGE, "--charset is one of utf-8, iso-8859-1, windows-1252");
	errno = 0;
	im->iconv = iconv_open("UTF-8", "WINDOWS-1252");
	if (errno)
		return err_sys(e, "cannot read Windows-1252");
	im->latin = true;
	return 0;
}

static int
take_delimiter(struct import *im, const char *text, struct err *e)
{
	if (!text)
		return 0;
	if (strcmp(text, "tab") == 0)
		text = "\t";
	if (strlen(text) != 1 || !strchr(",;\t|", text[0]))
		return err_set(e, ERR_USAGE, "--delimiter is one of , ; tab |");
	im->csv.delimiter = text[0];
	return 0;
}

static int
take_date(struct import *im, const char *text, struct err *e)
{
	if (!text)
		return 0;
	if (!(text[0] >= '0' && text[0] <= '9') || clock_parse(text, &im->consent_at, e) == -1)
		return err_set(e, ERR_USAGE, "--consent-date must be a date such as 2026-03-14");
	if (im->consent_at > clock_now() || im->consent_at <= 0)
		return err_set(e, ERR_USAGE, "--consent-date is not in the past");
	return 0;
}

static int
take_options(struct import *im, struct err *e)
{
	const struct cli *cli = im->cli;
	const char *consent = cli_option(cli, "consent"), *format = cli_option(cli, "format");
	size_t i;
	int rc;

	if (!consent || !consent[0])
		return err_set(e, ERR_USAGE,
		    "--consent is needed: say how these people asked to get mail, as in --consent \"paper form, fair 2026\"");
	im->dry_run = cli_option(cli, "dry-run");
	im->all_or_nothing = cli_option(cli, "all-or-nothing");
	im->ask = cli_option(cli, "confirm");
	if (format) {
		rc = import_format_named(format, e);
		if (rc == -1)
			return -1;
		im->format = (enum import_format)rc;
		im->forced = true;
	}
	if (take_date(im, cli_option(cli, "consent-date"), e) == -1 || take_charset(im, cli_option(cli, "charset"), e) == -1 ||
	    take_delimiter(im, cli_option(cli, "delimiter"), e) == -1 || people_source(im->source, "csv", consent, e) == -1 ||
	    people_topics(cli, &im->all, &im->fallback, e) == -1)
		return -1;
	for (i = 0; i < im->all.count; i++)
		if (topic_in(&im->fallback, im->all.item[i].id))
			im->fallback_bits |= (uint64_t)1 << i;
	return 0;
}

/* The first pass: every row is looked at, and the good ones stand in order. */
static int
read_rows(struct import *im, struct sorting *sorting, struct err *e)
{
	uint8_t record[SORTING_RECORD];
	struct err why = ERR_INIT;
	struct intake_row row;
	struct out_progress bar;
	int64_t about;
	int rc, done = -1;

	out_progress_init(im->cli, &bar);
	bar.on = bar.on && im->size;
	while (!interrupted && (rc = csv_next(&im->csv, &why))) {
		if (rc == -1 && why.code != ERR_INPUT) {
			*e = why;
			goto out;
		}
		if (rc == -1)
			im->rows++;
		else
			rc = import_row(im, &row, &why);
		if (rc == -1) {
			out_progress_end(&bar);
			if (import_bad(im, &why, e) == -1) /* else the rest go on */
				goto out;
		} else if (rc == 1 && sorting_add(sorting, record, import_pack(record, &row, im->csv.line), e) == -1) {
			goto out;
		}
		if (im->rows % LOOK_EVERY == 0 && bar.on) {
			about = (int64_t)((double)im->rows * (double)im->size / (double)im->csv.bytes);
			out_progress(&bar, im->rows, about, true, "reading");
		}
	}
	im->broken_off = interrupted;
	done = interrupted ? 0 : sorting_end(sorting, e);
out:
	if (done == -1)
		err_wrap(e, "%s:%lu", im->path, im->csv.line);
	out_progress_end(&bar);
	return done;
}

/* The second pass, inside a transaction unless nothing is to change. */
static int
put_rows(struct import *im, struct sorting *sorting, struct intake *intake, struct out_progress *bar, struct err *e)
{
	int64_t total = (int64_t)sorting_count(sorting), n = 0;
	struct import_ahead *ahead = import_ahead_start(sorting, im->cli->site.db, e);
	const struct intake_row *row;
	int rc = 1;

	if (!ahead)
		return -1;
	while (!interrupted && (rc = import_ahead_next(ahead, &row, e)) == 1) {
		rc = intake_put(intake, row, e);
		if (rc == -1)
			break;
		if (++n % LOOK_EVERY == 0)
			out_progress(bar, n, total, true, im->dry_run ? "looking" : "writing");
	}
	import_ahead_stop(ahead);
	im->broken_off = interrupted;
	return rc == -1 ? -1 : intake_end(intake, e);
}

static int
write_rows(struct import *im, struct sorting *sorting, struct err *e)
{
	const struct conf_rate *limit = &im->cli->site.conf.signup_total;
	static const enum intake_how hows[2][2] = { { INTAKE_WRITE, INTAKE_ASK }, { INTAKE_FORESEE, INTAKE_FORESEE_ASK } };
	struct db *db = im->cli->site.db;
	int64_t topic[TOPICS_MAX];
	struct intake *intake;
	struct out_progress bar;
	char n[32];
	size_t i;
	int rc = -1;

	for (i = 0; i < im->all.count; i++)
		topic[i] = im->all.item[i].id;
	intake = intake_new(db, hows[im->dry_run][im->ask], topic, im->all.count, im->source);
	if (im->ask && limit->messages) /* half of what visitors may have, so that their mails have room between */
		intake_set_pace(intake, 2000000LL * limit->seconds / limit->messages);
	db_bulk(db);
	out_progress_init(im->cli, &bar);
	if (im->dry_run)
		rc = put_rows(im, sorting, intake, &bar, e);
	else if (db_begin(db, e) == 0 && put_rows(im, sorting, intake, &bar, e) == 0)
		rc = db_commit(db, e);
	im->done = *(rc == 0 ? intake_counts(intake) : intake_committed(intake));
	if (rc == -1)
		err_wrap(e, "stopped after %s were added; import the file again to go on", out_number(n, im->done.added));
	out_progress_end(&bar);
	db_rollback(db);
	intake_free(intake);
	return rc;
}

static int
import(struct import *im, struct err *e)
{
	const char *bad = cli_option(im->cli, "bad");
	char *folder = file_folder(im->cli->site.conf.store_path);
	struct sorting *sorting = sorting_new(folder, SORT_MEMORY);
	struct err other = ERR_INIT; /* after a first one */
	int rc = -1;

	if (import_header(im, e) == -1 || (bad && import_bad_open(im, bad, e) == -1))
		goto out;
	rc = read_rows(im, sorting, e);
	if (import_bad_close(im, rc == -1 ? &other : e) == -1)
		rc = -1;
	if (rc == 0 && !im->broken_off && !(im->all_or_nothing && im->bad))
		rc = write_rows(im, sorting, e);
out:
	sorting_free(sorting);
	free(folder);
	return rc;
}

/* Whether it is what `subscriber export --full` wrote, which has its evidence in it: 1, 0, or -1 when it is not and should be. */
static int
is_own(struct import *im, struct err *e)
{
	const char *format = cli_option(im->cli, "format");
	bool should = format && strcmp(format, "newsletter") == 0;

	if (format && !should)
		return 0;
	if (import_own_is(im->in))
		return 1;
	return should ? err_set(e, ERR_INPUT, "%s is no full export of this program", im->path) : 0;
}

int
cmd_subscriber_import(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct import im = { .cli = cli, .bad_list = json_array(), .unread = json_array(), .text = BUF_INIT };
	int rc = -1, own;

	(void)argc;
	json_object_set_new(cli->result, "bad_rows", im.bad_list);
	json_object_set_new(cli->result, "columns_not_read", im.unread);
	csv_init(&im.csv, NULL);
	if (open_input(&im, argv[0], e) == -1)
		goto out;
	own = is_own(&im, e);
	if (own) {
		rc = own == 1 ? import_own(cli, im.in, im.path, false, e) : -1;
		goto out;
	}
	if (take_options(&im, e) == -1)
		goto out;
	im.csv.in = im.in;
	catch_signals();
	if (import(&im, e) == -1)
		goto out;
	import_report(&im);
	cli->status = im.bad || im.broken_off ? 1 : 0;
	rc = im.dry_run ? 0 : import_audit(&im, e);
out:
	if (im.latin)
		iconv_close(im.iconv);
	buf_release(&im.text);
	csv_release(&im.csv);
	if (im.in && im.in != stdin)
		fclose(im.in);
	return rc;
}
