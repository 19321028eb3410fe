/*
 * cmd_inbound_read.c - newsletter inbound read: what an MTA hands to a program for each message, or a person has in files.
 *
 * An MTA asks again when the exit status is 75 (EX_TEMPFAIL), and mails back whatever is printed: so nothing is, and all that is
 * trouble of ours is 75. What is not ours to deal with is kept aside before the effect is committed: a message that was
 * taken is never lost, and one that comes again does nothing twice.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "audit.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "cli.h"
#include "mail/report.h"
#include "out.h"
#include "site/aside.h"
#include "site/inbound.h"
#include "store/audit.h"

const struct opt opts_inbound_read[] = {
	{ "recipient", "ADDRESS", "to whom it was delivered (default: as the MTA's environment or the message says)" },
	{ NULL, NULL, NULL },
};

/* What is at `name` in the environment, or NULL. */
static const char *
given(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}

/* Put the address together that a message was delivered to, of what MTAs say of it; "" when none does. */
static void
find_envelope(const struct cli *cli, struct buf *out)
{
	const char *whole[] = { cli_option(cli, "recipient"), given("ORIGINAL_RECIPIENT"), given("RECIPIENT") };
	const char *local = given("LOCAL_PART"), *suffix = given("LOCAL_PART_SUFFIX"), *domain = given("DOMAIN");
	size_t i;

	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (whole[i] && whole[i][0]) {
			buf_addstr(out, whole[i]);
			return;
		}
	if (local && domain) /* Exim cuts +LINK off where its router was told that it may stand there */
		buf_addf(out, "%s%s@%s", local, suffix ? suffix : "", domain);
	else if (given("EXT")) /* qmail; Courier */
		buf_addf(out, "%s@%s", given("EXT"), given("HOST") ? given("HOST") : "localhost");
}

/* At most `most` bytes of standard input; what is behind them stays unread. */
static int
read_input(struct buf *out, size_t most, struct err *e)
{
	ssize_t got;

	while (out->len < most) {
		buf_reserve(out, most - out->len < 65536 ? most - out->len : 65536);
		got = read(STDIN_FILENO, out->data + out->len, most - out->len < 65536 ? most - out->len : 65536);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return err_sys(e, "cannot read the message");
		if (got == 0)
			break;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
	}
	return 0;
}

/* A message as it was taken: into the result, and to whoever looks on. */
static void
show(struct cli *cli, const char *path, const struct inbound_done *done)
{
	json_t *list = json_object_get(cli->result, "messages"), *one = json_object();

	json_put(one, "file", path);
	json_put(one, "outcome", inbound_outcome_name(done->outcome));
	if (done->outcome != INBOUND_AGAIN && done->outcome != INBOUND_UNREADABLE)
		json_put(one, "kind", report_kind_name(done->kind));
	if (done->campaign_id)
		json_put_int(one, "campaign", done->campaign_id);
	json_put(one, "why", done->why[0] ? done->why : NULL);
	json_array_append_new(list, one);
	if (cli->tty)
		out_line(cli, "%s: %s%s%s", path ? path : "the message", inbound_outcome_name(done->outcome), done->why[0] ? ": " : "",
		    done->why);
}

/* One message and its effect, in a transaction of its own. `aside`: where to keep what is left; NULL: it stays where it is. */
static int
take(struct cli *cli, const struct buf *bytes, const char *envelope, const char *aside, struct inbound_done *done, struct err *e)
{
	int rc = -1;

	if (db_begin(cli->site.db, e) == -1)
		goto out;
	if (inbound_take(&cli->site, bytes->data, bytes->len, envelope, done, e) == -1)
		goto out;
	if (aside && !inbound_removable(done->outcome) && aside_keep(aside, bytes->data, bytes->len, -1, e) == -1)
		goto out;
	rc = db_commit(cli->site.db, e);
out:
	db_rollback(cli->site.db);
	return rc;
}

/* A message that is longer than is read: kept, and counted. */
static int
too_long(struct cli *cli, const struct buf *bytes, const char *aside, struct inbound_done *done, struct err *e)
{
	int rc = -1;

	*done = (struct inbound_done){ .outcome = INBOUND_UNREADABLE };
	snprintf(done->why, sizeof(done->why), "it is larger than %zu bytes", REPORT_BYTES);
	if (aside && aside_keep(aside, bytes->data, bytes->len, STDIN_FILENO, e) == -1)
		return -1;
	if (db_begin(cli->site.db, e) == -1)
		goto out;
	if (inbound_unreadable(&cli->site, e) == -1)
		goto out;
	rc = db_commit(cli->site.db, e);
out:
	db_rollback(cli->site.db);
	return rc;
}

static int
read_pipe(struct cli *cli, const char *envelope, struct err *e)
{
	const char *aside = cli->site.conf.store_aside;
	struct buf bytes = BUF_INIT;
	struct inbound_done done;
	int rc = -1;

	if (isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "a mail server pipes a message into it; or say which files to read");
	if (read_input(&bytes, REPORT_BYTES + 1, e) == -1)
		goto out;
	if (bytes.len > REPORT_BYTES)
		rc = too_long(cli, &bytes, aside, &done, e);
	else
		rc = take(cli, &bytes, envelope, aside, &done, e);
	if (rc == 0)
		show(cli, NULL, &done);
out:
	buf_release(&bytes);
	return rc;
}

/* What cannot be opened is named, and the rest is read all the same. */
static int
read_file(struct cli *cli, const char *path, const char *envelope, int *n, struct err *e)
{
	struct buf bytes = BUF_INIT;
	struct err trouble = ERR_INIT;
	struct inbound_done done;
	int rc;

	if (file_read(path, REPORT_BYTES, &bytes, &trouble) == 0) {
		rc = take(cli, &bytes, envelope, NULL, &done, e);
	} else if (trouble.code == ERR_INPUT) {
		rc = too_long(cli, &bytes, NULL, &done, e);
	} else {
		out_warn(cli, "%s", trouble.text);
		cli->status = EX_NOINPUT;
		buf_release(&bytes);
		return 0;
	}
	if (rc == 0) {
		show(cli, path, &done);
		++*n;
	}
	buf_release(&bytes);
	return rc;
}

/* A person at work: it is written down who. */
static int
read_files(struct cli *cli, char **argv, int argc, const char *envelope, struct err *e)
{
	char detail[64];
	int i, n = 0, rc = 0;

	audit_oblige(cli->site.db, cli->who, "inbound read"); /* of a transaction each: main.c does not, since it may be a mail server */
	for (i = 0; i < argc && rc == 0; i++)
		rc = read_file(cli, argv[i], envelope, &n, e);
	if (rc == -1 || n == 0)
		return rc;
	snprintf(detail, sizeof(detail), "%d message%s", n, n == 1 ? "" : "s");
	rc = -1;
	if (db_begin(cli->site.db, e) == -1)
		goto out;
	if (cli_audit(cli, cli->site.db, "inbound read", detail, e) == -1)
		goto out;
	rc = db_commit(cli->site.db, e);
out:
	db_rollback(cli->site.db);
	return rc;
}

int
cmd_inbound_read(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct buf envelope = BUF_INIT;
	int rc;

	json_object_set_new(cli->result, "messages", json_array());
	if (argc == 0) {
		find_envelope(cli, &envelope);
		rc = read_pipe(cli, envelope.len ? envelope.data : NULL, e);
	} else { /* files have no envelope but the one that is said */
		rc = read_files(cli, argv, argc, cli_option(cli, "recipient"), e);
	}
	buf_release(&envelope);
	return rc;
}
