/*
 * cmd_subscriber_import.c - newsletter subscriber import: people from a CSV file.
 *
 * One pass, row by row, in short transactions, so that a running daemon is not
 * held up and a million rows need no memory. What was taken stays taken when it is
 * broken off; the same file once more goes on where it stopped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "import_own.h"
#include "mail/addr.h"
#include "out.h"
#include "people.h"
#include "store/consent.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/suppression.h"

const struct opt opts_subscriber_import[] = {
	{ "consent", "TEXT", "how these people asked, kept as evidence: \"paper form, fair 2026\" (needed)" },
	{ "topic", "TOPIC", "for rows that name none; may be repeated (default: articles)" },
	{ "force", NULL, "take an export of this program from a site with another suppression key, too" },
	{ NULL, NULL, NULL },
};

#define BAD_LISTED 1000 /* bad rows in the JSON report */

enum column {
	COL_EMAIL,
	COL_NAME,
	COL_FIRST,
	COL_LAST,
	COL_LANGUAGE,
	COL_TOPICS,
	COLUMNS
};

/* As headers spell it: in lower case, with a space for a hyphen or underscore. */
static const struct {
	const char *name;
	enum column column;
} synonyms[] = {
	{ "email", COL_EMAIL },
	{ "e mail", COL_EMAIL },
	{ "mail", COL_EMAIL },
	{ "email address", COL_EMAIL },
	{ "e mail address", COL_EMAIL },
	{ "address", COL_EMAIL },
	{ "subscriber", COL_EMAIL },
	{ "name", COL_NAME },
	{ "full name", COL_NAME },
	{ "display name", COL_NAME },
	{ "first name", COL_FIRST },
	{ "firstname", COL_FIRST },
	{ "given name", COL_FIRST },
	{ "last name", COL_LAST },
	{ "lastname", COL_LAST },
	{ "surname", COL_LAST },
	{ "family name", COL_LAST },
	{ "language", COL_LANGUAGE },
	{ "lang", COL_LANGUAGE },
	{ "locale", COL_LANGUAGE },
	{ "topics", COL_TOPICS },
	{ "topic", COL_TOPICS },
	{ "lists", COL_TOPICS },
	{ "list", COL_TOPICS },
};

struct import {
	struct cli *cli;
	const char *path; /* for messages */
	FILE *in;
	struct csv csv;
	int place[COLUMNS]; /* index of the column, or -1 */
	size_t header_fields;
	struct topic_list all, fallback;
	char source[SOURCE_MAX + 1];
	struct evidence evidence;
	int64_t rows, added, already, left, suppressed, bad;
	json_t *bad_list;
};

static int
open_input(struct import *im, const char *path, struct err *e)
{
	int first;

	im->path = strcmp(path, "-") == 0 ? "standard input" : path;
	im->in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!im->in) {
		err_sys(e, "cannot open %s", path);
		if (errno == ENOENT)
			e->code = ERR_NOT_FOUND;
		return -1;
	}
	csv_init(&im->csv, im->in);
	first = getc(im->in);
	if (first != 0xfe && first != 0xff) {
		ungetc(first, im->in); /* of EOF does nothing */
		return 0;
	}
	if (im->in != stdin)
		fclose(im->in);
	return err_set(e, ERR_INPUT, "%s is UTF-16: save it as \"CSV UTF-8\"", im->path);
}

static void
normalise(char *out, size_t size, const char *head)
{
	char *p;

	snprintf(out, size, "%s", head);
	text_lower(text_trim(out));
	for (p = out; *p; p++)
		if (*p == '-' || *p == '_')
			*p = ' ';
}

static int
read_header(struct import *im, struct err *e)
{
	char head[64];
	size_t i, k;
	int rc = csv_next(&im->csv, e);

	if (rc == -1)
		return err_wrap(e, "%s:%lu", im->path, im->csv.line);
	if (rc == 0)
		return err_set(e, ERR_INPUT, "%s is empty: its first line must name the columns, as in: email,name", im->path);
	for (i = 0; i < COLUMNS; i++)
		im->place[i] = -1;
	for (i = 0; i < im->csv.fields; i++) {
		normalise(head, sizeof(head), im->csv.field[i]);
		for (k = 0; k < sizeof(synonyms) / sizeof(synonyms[0]); k++) {
			if (strcmp(head, synonyms[k].name) != 0)
				continue;
			if (im->place[synonyms[k].column] != -1)
				return err_set(e, ERR_INPUT, "%s:%lu: two columns could be the %s: rename one of them", im->path,
				    im->csv.line, head);
			im->place[synonyms[k].column] = (int)i;
		}
	}
	im->header_fields = im->csv.fields;
	if (im->place[COL_EMAIL] == -1)
		return err_set(e, ERR_INPUT, "%s:%lu: no column is named email; the first line must name the columns, as in: email,name",
		    im->path, im->csv.line);
	return 0;
}

static const char *
field(const struct import *im, enum column column)
{
	int i = im->place[column];

	return i == -1 || (size_t)i >= im->csv.fields ? "" : im->csv.field[i];
}

static bool
is_blank(const struct import *im)
{
	size_t i;

	for (i = 0; i < im->csv.fields; i++)
		if (im->csv.field[i][strspn(im->csv.field[i], " \t")])
			return false;
	return true;
}

static int
take_name(const struct import *im, struct subscriber *s, struct err *e)
{
	struct buf name = BUF_INIT;
	char *trimmed;
	int rc;

	buf_addstr(&name, field(im, COL_NAME));
	if (!name.data[strspn(name.data, " ")]) {
		buf_reset(&name);
		buf_addf(&name, "%s %s", field(im, COL_FIRST), field(im, COL_LAST));
	}
	trimmed = text_trim(name.data);
	rc = subscriber_check_name(trimmed, e);
	if (rc == 0)
		snprintf(s->name, sizeof(s->name), "%s", trimmed);
	buf_release(&name);
	return rc;
}

static int
take_row(const struct import *im, struct subscriber *s, struct topic_list *topics, struct err *e)
{
	struct addr a;
	char language[64];
	size_t i;

	memset(s, 0, sizeof(*s));
	topics->count = 0;
	for (i = 0; i < im->csv.fields; i++)
		if (!text_is_utf8(im->csv.field[i], strlen(im->csv.field[i])))
			return err_set(e, ERR_INPUT, "it is not UTF-8: save the file as \"CSV UTF-8\"");
	if (im->csv.fields > im->header_fields)
		return err_set(e, ERR_INPUT, "%zu fields, but the first line names %zu: is a quote missing?", im->csv.fields,
		    im->header_fields);
	if (addr_parse(&a, field(im, COL_EMAIL), e) == -1 || take_name(im, s, e) == -1)
		return -1;
	snprintf(language, sizeof(language), "%s", field(im, COL_LANGUAGE));
	if (people_check_language(text_trim(language), e) == -1 || people_topics_named(&im->all, field(im, COL_TOPICS), topics, e) == -1)
		return -1;
	snprintf(s->address, sizeof(s->address), "%s", a.text);
	snprintf(s->key, sizeof(s->key), "%s", a.key);
	snprintf(s->language, sizeof(s->language), "%.*s", SUBSCRIBER_LANGUAGE - 1, language);
	return 0;
}

static void
name_bad_row(struct import *im, const struct err *why)
{
	json_t *object;

	im->bad++;
	out_warn(im->cli, "%s:%lu: %s", im->path, im->csv.line, why->text);
	if (im->bad > BAD_LISTED)
		return;
	object = json_object();
	json_put_int(object, "line", (long long)im->csv.line);
	json_put(object, "reason", why->text);
	json_array_append_new(im->bad_list, object);
}

/* One person into the store, and into the counts. */
static int
put_person(struct import *im, struct subscriber *s, const struct topic_list *topics, struct err *e)
{
	struct db *db = im->cli->site.db;
	enum suppression_reason reason;
	int changed = 0, refused = 0, rc;
	char name[SUBSCRIBER_NAME];
	bool created;
	size_t i;

	rc = suppression_find(db, s->key, &reason, e);
	if (rc == -1)
		return -1;
	if (rc == 1) {
		im->suppressed++;
		return 0;
	}
	snprintf(name, sizeof(name), "%s", s->name);
	if (subscriber_put(db, s, &created, e) == -1)
		return -1;
	if (!created && !s->name[0] && name[0] && subscriber_set_name(db, s->id, name, e) == -1)
		return -1;
	for (i = 0; i < topics->count; i++) {
		rc = subscription_add(db, s->id, topics->item[i].id, "imported", &im->evidence, e);
		if (rc == -1 && e->code != ERR_REFUSED)
			return -1;
		changed += rc == 1;
		refused += rc == -1;
	}
	if (changed)
		im->added++;
	else if (refused)
		im->left++;
	else
		im->already++;
	return 0;
}

static int
import_rows(struct import *im, struct err *e)
{
	struct topic_list topics;
	struct out_progress bar;
	struct subscriber s;
	struct stat st = { 0 };
	int rc, done = -1;

	if (fstat(fileno(im->in), &st) == -1 || !S_ISREG(st.st_mode))
		st.st_size = 0;
	out_progress_init(im->cli, &bar);
	bar.on = bar.on && st.st_size;
	if (db_begin(im->cli->site.db, e) == -1)
		goto out;
	while ((rc = csv_next(&im->csv, e))) {
		if (rc == -1 && e->code != ERR_INPUT)
			goto out;
		if (rc == 1 && is_blank(im))
			continue;
		im->rows++;
		if (rc == -1 || take_row(im, &s, &topics, e) == -1) {
			out_progress_end(&bar);
			name_bad_row(im, e); /* the rest go on */
			continue;
		}
		if (put_person(im, &s, topics.count ? &topics : &im->fallback, e) == -1 || db_chunk(im->cli->site.db, e) == -1)
			goto out;
		if (im->rows % 256 == 0)
			out_progress(&bar, (int64_t)im->csv.bytes, st.st_size, false, "");
	}
	done = db_commit(im->cli->site.db, e);
out:
	if (done == -1)
		err_wrap(e, "%s:%lu: stopped here; import the file again to go on", im->path, im->csv.line);
	out_progress_end(&bar);
	db_rollback(im->cli->site.db);
	return done;
}

static int
write_audit(struct import *im, struct err *e)
{
	char detail[160];
	int rc = -1;

	snprintf(detail, sizeof(detail), "%lld rows, %lld added, %lld bad; %.80s", (long long)im->rows, (long long)im->added,
	    (long long)im->bad, im->source);
	if (db_begin(im->cli->site.db, e) == 0 && cli_audit(im->cli, im->cli->site.db, "subscriber import", detail, e) == 0)
		rc = db_commit(im->cli->site.db, e);
	db_rollback(im->cli->site.db);
	return rc;
}

static void
report(const struct import *im)
{
	struct cli *cli = im->cli;
	char n[96];

	out_line(cli, "%s read from %s", out_count(n, im->rows, "row", "rows"), im->path);
	out_field(cli, "Added", OUT_GOOD, "%s", out_number(n, im->added));
	if (im->already)
		out_field(cli, "Already", OUT_PLAIN, "%s", out_number(n, im->already));
	if (im->left)
		out_field(cli, "Left out", OUT_PLAIN, "%s, who left, bounced or complained before", out_number(n, im->left));
	if (im->suppressed)
		out_field(cli, "Suppressed", OUT_PLAIN, "%s, who must not be mailed", out_number(n, im->suppressed));
	if (im->bad)
		out_field(cli, "Bad", OUT_BAD, "%s, named above", out_number(n, im->bad));
	json_put_int(cli->result, "rows", im->rows);
	json_put_int(cli->result, "added", im->added);
	json_put_int(cli->result, "already", im->already);
	json_put_int(cli->result, "left", im->left);
	json_put_int(cli->result, "suppressed", im->suppressed);
	json_put_int(cli->result, "bad", im->bad);
}

int
cmd_subscriber_import(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *consent = cli_option(cli, "consent");
	struct import im = { .cli = cli, .bad_list = json_array() };
	int rc = -1;

	(void)argc;
	json_object_set_new(cli->result, "bad_rows", im.bad_list);
	if (open_input(&im, argv[0], e) == -1)
		return -1;
	if (import_own_is(im.in)) {
		rc = import_own(cli, im.in, im.path, false, e);
		goto out;
	}
	if (!consent || !consent[0]) {
		err_set(e, ERR_USAGE, "--consent is needed: say how these people asked to get mail, as in --consent \"paper form, fair 2026\"");
		goto out;
	}
	if (people_source(im.source, "csv", consent, e) == -1 || people_topics(cli, &im.all, &im.fallback, e) == -1)
		goto out;
	im.evidence.source = im.source;
	if (read_header(&im, e) == -1 || import_rows(&im, e) == -1)
		goto out;
	report(&im);
	cli->status = im.bad ? 1 : 0;
	rc = write_audit(&im, e);
out:
	csv_release(&im.csv);
	if (im.in != stdin)
		fclose(im.in);
	return rc;
}
