/* import_report.c - what an import says: of bad rows, and at its end. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "import.h"
#include "judge/judge.h"
#include "out.h"

#define BAD_LISTED 1000   /* bad rows in the JSON report */
#define COLUMNS_NAMED 100 /* bytes of names of columns that are not read */
#define BAD_NAMED 20      /* and on standard error when --bad has them all */

int
import_bad_open(struct import *im, const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t i;

	if (fd == -1 && errno == EEXIST)
		return err_set(e, ERR_EXISTS, "%s is there already: name a file that is not, for --bad", path);
	if (fd == -1)
		return err_sys(e, "cannot make %s", path);
	im->bad_path = path;
	im->bad_fd = fd;
	csv_out_init(&im->bad_out, fd);
	for (i = 0; i < im->csv.fields; i++)
		csv_put(&im->bad_out, im->csv.field[i]);
	csv_put(&im->bad_out, "import line");
	csv_put(&im->bad_out, "import error");
	return csv_end(&im->bad_out, e);
}

static int
keep_bad(struct import *im, const struct err *why, struct err *e)
{
	size_t i;

	if (!im->csv.fields) /* no row could be made of it: the line, as it is */
		csv_put_n(&im->bad_out, im->csv.skipped.data, im->csv.skipped.len);
	for (i = 0; i < im->csv.fields && i < im->header_fields; i++)
		csv_put(&im->bad_out, csv_unguard(im->csv.field[i]));
	for (i = i ? i : 1; i < im->header_fields; i++)
		csv_put(&im->bad_out, "");
	csv_put_int(&im->bad_out, (int64_t)im->csv.line);
	csv_put(&im->bad_out, why->text);
	return csv_end(&im->bad_out, e);
}

int
import_bad(struct import *im, const struct err *why, struct err *e)
{
	char text[2 * ERR_TEXT]; /* a field in the wrong column may be an address, and this ends in the mails of cron */
	json_t *object;

	snprintf(text, sizeof(text), "%s", why->text);
	judge_redact(text, sizeof(text));
	im->bad++;
	if (!im->bad_path || im->bad <= BAD_NAMED)
		out_warn(im->cli, "%s:%lu: %s", im->path, im->csv.line, text);
	if (im->bad <= BAD_LISTED) {
		object = json_object();
		json_put_int(object, "line", (long long)im->csv.line);
		json_put(object, "reason", text);
		json_array_append_new(im->bad_list, object);
	}
	return im->bad_path ? keep_bad(im, why, e) : 0;
}

int
import_bad_close(struct import *im, struct err *e)
{
	int rc;

	if (!im->bad_path)
		return 0;
	rc = csv_flush(&im->bad_out, e);
	csv_out_release(&im->bad_out);
	if (close(im->bad_fd) == -1 && rc == 0)
		rc = err_sys(e, "cannot write %s", im->bad_path);
	return rc == -1 ? err_wrap(e, "%s", im->bad_path) : 0;
}

int
import_audit(struct import *im, struct err *e)
{
	struct db *db = im->cli->site.db;
	char detail[256], kept[48] = "";
	int rc = -1;

	if (im->done.kept_out)
		snprintf(kept, sizeof(kept), ", %lld kept out", (long long)im->done.kept_out);
	snprintf(detail, sizeof(detail), "%lld rows, %lld %s, %lld bad%s%s; %.120s", (long long)im->rows,
	    (long long)(im->ask ? im->done.asked : im->done.added), im->ask ? "asked" : "added", (long long)im->bad, kept,
	    im->broken_off ? ", broken off" : "", im->source);
	if (db_begin(db, e) == 0 && cli_audit(im->cli, db, "subscriber import", detail, e) == 0)
		rc = db_commit(db, e);
	db_rollback(db);
	return rc;
}

static void
say_bad(const struct import *im)
{
	char n[32];

	if (!im->bad)
		return;
	if (im->bad_path)
		out_field(im->cli, "Bad", OUT_BAD, "%s, kept in %s with what is wrong", out_number(n, im->bad), im->bad_path);
	else
		out_field(im->cli, "Bad", OUT_BAD, "%s, named above", out_number(n, im->bad));
}

static void
say_unread(const struct import *im)
{
	struct buf names = BUF_INIT;
	const json_t *name;
	size_t i;

	json_array_foreach(im->unread, i, name) {
		if (names.len > COLUMNS_NAMED) {
			buf_addstr(&names, " \xe2\x80\xa6");
			break;
		}
		buf_addf(&names, "%s%.60s", i ? ", " : "", json_string_value(name));
	}
	if (names.len)
		out_field(im->cli, "Not read", OUT_PLAIN, "%s", names.data);
	buf_release(&names);
}

static void
say_counts(const struct import *im)
{
	const struct intake_counts *c = &im->done;
	const struct {
		const char *label, *note;
		int64_t n;
	} lines[] = {
		{ "Already", "", c->already },
		{ "Left out", ", who left, bounced or complained before", c->left },
		{ "Suppressed", ", who must not be mailed", c->suppressed },
		{ "Kept out", ", who left, bounced or were blocked where they come from: suppressed", c->kept_out },
		{ "Undated", ", who are said to have asked today: see --consent-date", im->ask ? 0 : im->undated },
		{ "Not asked", ", who never asked or have not confirmed: left out", im->not_asked },
	};
	char n[32];
	size_t i;

	if (im->ask)
		out_field(im->cli, im->dry_run ? "Would ask" : "To be asked", OUT_GOOD, "%s, each by a mail with a link",
		    out_number(n, c->asked));
	else
		out_field(im->cli, im->dry_run ? "Would add" : "Added", OUT_GOOD, "%s", out_number(n, c->added));
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].n)
			out_field(im->cli, lines[i].label, OUT_PLAIN, "%s%s", out_number(n, lines[i].n), lines[i].note);
}

static void
put_json(const struct import *im)
{
	const struct intake_counts *c = &im->done;
	json_t *result = im->cli->result;

	json_put(result, "format", import_format_name(im->format));
	json_object_set_new(result, "dry_run", json_boolean(im->dry_run));
	json_object_set_new(result, "broken_off", json_boolean(im->broken_off));
	json_put_int(result, "rows", im->rows);
	json_put_int(result, "added", c->added);
	json_put_int(result, "already", c->already);
	json_put_int(result, "left", c->left);
	json_put_int(result, "suppressed", c->suppressed);
	json_put_int(result, "kept_out", c->kept_out);
	json_put_int(result, "asked", c->asked);
	json_put_int(result, "not_asked", im->not_asked);
	json_put_int(result, "undated", im->undated);
	json_put_int(result, "bad", im->bad);
}

void
import_report(struct import *im)
{
	struct cli *cli = im->cli;
	char n[96];

	out_line(cli, "%s read from %s%s", out_count(n, im->rows, "row", "rows"), im->path,
	    im->format == FORMAT_LISTMONK ? ", an export of listmonk" : (im->format == FORMAT_MAILCHIMP ? ", an export of Mailchimp" : ""));
	if (im->all_or_nothing && im->bad)
		out_line(cli, "Nothing was taken (--all-or-nothing): mend the bad ones first.");
	else
		say_counts(im);
	say_bad(im);
	say_unread(im);
	if (im->broken_off)
		out_line(cli, "Broken off. What is added stays; import the same file again to go on.");
	else if (im->dry_run)
		out_line(cli, "Nothing was changed (--dry-run).");
	put_json(im);
}
