/* cmd_outbox.c - newsletter outbox list | release | discard: mail to one person that waits; above all after a restore. */
#include <stdio.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "store/outbox.h"
#include "store/restored.h"

int
cmd_outbox_list(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct outbox_kind kind[OUTBOX_KINDS];
	json_t *list = json_array(), *one;
	char when[CLOCK_TEXT];
	struct restored held;
	struct out_table t;
	int i, n, rc = restored_held(cli->site.db, &held, e);

	(void)argc, (void)argv;
	json_object_set_new(cli->result, "kinds", list);
	json_put_bool(cli->result, "held", rc == 1);
	n = rc == -1 ? -1 : outbox_kinds(cli->site.db, kind, OUTBOX_KINDS, e);
	if (n == -1)
		return -1;
	out_table_init(&t, "Kind|>Waiting|Oldest|Given up at the latest");
	for (i = 0; i < n; i++) {
		out_cell(&t, OUT_BOLD, "%s", kind[i].kind);
		out_cell_number(&t, kind[i].count);
		out_cell(&t, OUT_PLAIN, "%s", clock_local(when, kind[i].oldest_at));
		out_cell(&t, OUT_PLAIN, "%s", clock_local(when, kind[i].expires_at));
		one = json_object();
		json_put(one, "kind", kind[i].kind);
		json_put_int(one, "waiting", kind[i].count);
		json_put_time(one, "oldest_at", kind[i].oldest_at);
		json_put_time(one, "expires_at", kind[i].expires_at);
		json_array_append_new(list, one);
	}
	if (n)
		out_table_print(cli, &t);
	else
		out_line(cli, "No mail to one person waits.");
	if (!n)
		out_table_release(&t);
	if (rc == 1)
		out_line(cli, "Held: restored from a backup of %s. newsletter outbox release | discard", clock_local(when, held.taken_at));
	return 0;
}

/* In one transaction; what was discarded is counted. */
static int
end_hold(struct cli *cli, bool discard, int64_t *discarded, struct err *e)
{
	const char *command = discard ? "outbox discard" : "outbox release";
	char when[CLOCK_TEXT], detail[128];
	struct db *db = cli->site.db;
	struct restored held;
	int rc;

	if (db_begin(db, e) == -1)
		return -1;
	rc = restored_held(db, &held, e);
	if (rc == 0)
		rc = err_set(e, ERR_REFUSED, "the outbox is not held: what waits in it goes out as newsletterd comes to it");
	if (rc == 1)
		rc = discard ? outbox_discard(db, held.at, discarded, e) : 0;
	if (rc == 0 && restored_release(db, e) == 0) {
		snprintf(detail, sizeof(detail), "of a backup of %s; %lld discarded", clock_iso(when, held.taken_at),
		    (long long)*discarded);
		if (cli_audit(cli, db, command, detail, e) == 0 && db_commit(db, e) == 0)
			return 0;
	}
	db_rollback(db);
	return -1;
}

int
cmd_outbox_release(struct cli *cli, int argc, char **argv, struct err *e)
{
	int64_t none = 0, waiting;
	char text[96];

	(void)argc, (void)argv;
	if (end_hold(cli, false, &none, e) == -1 || outbox_waiting(cli->site.db, &waiting, e) == -1)
		return -1;
	out_line(cli, "Released: %s.", out_count(text, waiting, "mail to one person goes out", "mails to one person go out"));
	json_put_int(cli->result, "released", waiting);
	return 0;
}

int
cmd_outbox_discard(struct cli *cli, int argc, char **argv, struct err *e)
{
	char text[96];
	int64_t n = 0;

	(void)argc, (void)argv;
	if (end_hold(cli, true, &n, e) == -1)
		return -1;
	out_line(cli, "Discarded: %s. New ones go out again.",
	    out_count(text, n, "mail to one person is never sent", "mails to one person are never sent"));
	json_put_int(cli->result, "discarded", n);
	return 0;
}
