/*
 * cmd_subscriber_erase.c - newsletter subscriber erase: one person goes, as they asked (GDPR 17).
 *
 * The same as the button on the my-data page, and besides what only staff's programs can reach: the messages kept aside that name them.
 * Also for an address that is not on the list, so that nobody can put it there again.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aside_erase.h"
#include "audit.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "mail/addr.h"
#include "out.h"
#include "people.h"
#include "store/counter.h"
#include "store/erasure.h"
#include "store/subscriber.h"

#define CHECKPOINTS 20 /* times, a tenth of a second apart */

const struct opt opts_subscriber_erase[] = {
	{ "yes", NULL, "do not ask" },
	{ NULL, NULL, NULL },
};

static int
confirm(struct cli *cli, const struct addr *a, bool found, struct err *e)
{
	char question[512];

	if (cli_option(cli, "yes"))
		return 0;
	if (!cli->asks || cli->json)
		return err_set(e, ERR_REFUSED, "nothing was erased: there is nobody to ask, so say --yes if it is meant");
	if (found)
		snprintf(question, sizeof(question), "Erase %s, with the evidence of their consent? It cannot be undone.", a->text);
	else
		snprintf(question, sizeof(question),
		    "%s is not on the list. Keep it as one that must not be mailed, and delete what waits of it?", a->text);
	return out_ask_yes(question) ? 0 : err_set(e, ERR_REFUSED, "nothing was erased");
}

/* Inside the transaction. The audit has a number that leads nowhere any more. */
static int
erase(struct cli *cli, const struct addr *a, const struct subscriber *s, int64_t *requests, struct err *e)
{
	struct db *db = cli->site.db;
	char source[SOURCE_MAX + 1], detail[64];

	snprintf(source, sizeof(source), "staff: %s", cli->who);
	if (s) {
		snprintf(detail, sizeof(detail), "subscriber %lld", (long long)s->id);
		if (subscriber_erase(db, s->id, source, e) == -1 || counter_add(db, "erasures", 1, e) == -1)
			return -1;
	} else {
		snprintf(detail, sizeof(detail), "an address that was not on the list");
		if (address_erase(db, a->key, source, requests, e) == -1)
			return -1;
	}
	return cli_audit(cli, db, "subscriber erase", detail, e);
}

/* Pages of the write-ahead log still have what was erased until it is emptied. 1, 0 when others do not leave a moment for it, -1. */
static int
empty_log(struct cli *cli, struct err *e)
{
	const struct timespec pause = { 0, 100000000 };
	int i, rc = 0;

	for (i = 0; i < CHECKPOINTS && !(rc = db_checkpoint(cli->site.db, e)); i++)
		nanosleep(&pause, NULL);
	return rc;
}

static void
report(struct cli *cli, const struct addr *a, bool found, int64_t requests, const struct aside_erased *aside, bool emptied)
{
	char n[96];

	out_line(cli, found ? "%s is erased: name, topics, evidence of consent, links, mail that waited." : "%s was not on the list.",
	    a->text);
	if (requests)
		out_line(cli, "%s.", out_count(n, requests, "request that waited is deleted", "requests that waited are deleted"));
	if (aside->named)
		out_line(cli, "%s.",
		    out_count(n, aside->named, "message kept aside named them and is deleted",
			"messages kept aside named them and are deleted"));
	if (aside->unseen)
		out_warn(cli, "%s in %s could not be looked through or deleted: look for the address there yourself",
		    out_count(n, aside->unseen, "message", "messages"), cli->site.conf.store_aside);
	if (found && cli->site.conf.store_outbox[0])
		out_line(cli, "Files of theirs in %s go once newsletterd runs.", cli->site.conf.store_outbox);
	if (!emptied)
		out_line(cli, "The store's log could not be emptied while others read it: newsletterd does so next.");
	out_gap(cli);
	out_prose(cli,
	    "What stays, and why: a keyed hash of the address, so that no import mails it again by mistake (they can sign up again "
	    "themselves); and numbers of mailings and bounces that name nobody. Backups and exports made before have them still.",
	    "");
	json_put(cli->result, "address", a->text);
	json_put_bool(cli->result, "was_on_list", found);
	json_put_int(cli->result, "requests", requests);
	json_put_int(cli->result, "aside_deleted", aside->named);
	json_put_int(cli->result, "aside_unseen", aside->unseen);
	json_put_bool(cli->result, "log_emptied", emptied);
}

int
cmd_subscriber_erase(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct aside_erased aside;
	struct subscriber s;
	int64_t requests = 0;
	struct addr a;
	int found, emptied, rc = -1;

	(void)argc;
	if (people_address(&a, argv[0], e) == -1 || (found = subscriber_find(cli->site.db, a.key, &s, e)) == -1 ||
	    confirm(cli, &a, found, e) == -1)
		return -1;
	if (db_begin(cli->site.db, e) == -1)
		return -1;
	found = subscriber_find(cli->site.db, a.key, &s, e); /* they may have come, or gone, while somebody was asked */
	if (found != -1 && erase(cli, &a, found ? &s : NULL, &requests, e) == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	if (rc == -1)
		return -1;
	if (aside_erase(cli->site.conf.store_aside, a.key, &aside, e) == -1)
		return err_wrap(e, "%s is erased from the store, but", a.text);
	emptied = empty_log(cli, e);
	if (emptied == -1)
		return err_wrap(e, "%s is erased, but the store's log could not be emptied", a.text);
	report(cli, &a, found, requests, &aside, emptied);
	return 0;
}
