/* cmd_init.c - newsletter init: a new site here, or an older site's store brought up to date. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/link.h"
#include "cli.h"
#include "init.h"
#include "out.h"
#include "site/running.h"
#include "store/audit.h"
#include "store/db.h"

const struct opt opts_init[] = {
	{ "name", "TEXT", "the newsletter's name" },
	{ "url", "URL", "public address of its pages" },
	{ "home", "URL", "the organisation's own website" },
	{ "description", "TEXT", "the invitation on the signup page" },
	{ "from", "ADDRESS", "address in From" },
	{ "reply-to", "ADDRESS", "address for replies" },
	{ "bounce", "ADDRESS", "mailbox that bounces return to" },
	{ "operator", "ADDRESS", "who is told when something needs a person" },
	{ "postal-address", "TEXT", "at the foot of every newsletter; the law asks for it" },
	{ "privacy-url", "URL", "the privacy notice" },
	{ "language", "CODE", "of pages and mails" },
	{ "timezone", "ZONE", "like Europe/Madrid" },
	{ "action-text", "TEXT", "the call to action: \"Schedule your session\"" },
	{ "action-url", "URL", "where it leads" },
	{ "colour", "#RRGGBB", "accent of pages and mails" },
	{ "logo", "URL", "picture at their head" },
	{ "listen", "HOST:PORT", "where newsletterd answers" },
	{ "relay", "URL", "smtp://host:587 or smtps://host:465" },
	{ "relay-user", "NAME", "user name at the relay" },
	{ "relay-password-file", "FILE", "file that holds the password" },
	{ "set", "SECTION.KEY=VALUE", "any other key; may be repeated" },
	{ "yes", NULL, "ask nothing: options and defaults" },
	{ "rotate-keys", NULL, "of a site that is here: a new key for links, beside the old" },
	{ NULL, NULL, NULL },
};

static void
put_made(struct cli *cli, const struct conf *conf)
{
	json_put(cli->result, "configuration", conf->path);
	json_put(cli->result, "store", conf->store_path);
	json_put(cli->result, "keys", conf->store_keys);
	json_put(cli->result, "outbox", conf->store_outbox);
	json_put(cli->result, "templates", conf->store_templates);
}

static void
say_made(struct cli *cli, const struct conf *conf)
{
	out_line(cli, "%s is ready in %s", conf->site_name, conf->folder);
	out_gap(cli);
	out_line(cli, "  newsletter.conf   says how it works; every line is explained in it");
	out_line(cli, "  store/            subscribers, articles, mailings");
	out_line(cli, "  keys/             keep a copy: without them no link in a mail works any more");
	out_line(cli, "  templates/        your own versions of pages and mails, if you like");
	if (!conf_has_relay(conf))
		out_line(cli, "  outbox/           mail goes here, until newsletter.conf names a relay");
	out_gap(cli);
	out_line(cli, "Next:");
	out_line(cli, "  newsletterd                      start it; the signup page is then %s", conf->site_url);
	out_line(cli, "  newsletter embed                 print the signup form for your own website");
	out_line(cli, "  newsletter article import DIR    take your articles");
	out_line(cli, "  newsletter send --dry-run        see what would go out, and to how many");
	if (!conf->mail_bounce[0])
		out_line(cli, "  newsletter.conf                  name a mailbox for what comes back: [mail] bounce, [inbound]");
	if (conf->site_postal_address[0])
		return;
	out_gap(cli);
	out_line(cli, "Before you mail anybody, set postal_address in newsletter.conf: the law asks for it.");
}

static int
make_site(struct cli *cli, const char *path, struct err *e)
{
	struct init_answers answers = { 0 };
	struct buf text = BUF_INIT;
	struct conf conf = { 0 };
	int rc = -1;

	if (init_from_options(cli, &answers, e) == -1 || init_check(&answers, path, &conf, e) == -1)
		goto out;
	if (cli->asks && !cli_option(cli, "yes") && !cli->json) {
		conf_release(&conf);
		if (init_ask(cli, &answers, path, e) == -1 || init_check(&answers, path, &conf, e) == -1)
			goto out;
	}
	init_write(&answers, &text);
	if (init_build(&conf, &text, e) == -1)
		goto out;
	put_made(cli, &conf);
	say_made(cli, &conf);
	rc = 0;
out:
	conf_release(&conf);
	buf_release(&text);
	init_answers_release(&answers);
	return rc;
}

/* Up to date, with its line in the audit when it was not. */
static struct db *
open_store(const char *path, struct err *e)
{
	struct db *db = db_open(path, DB_USE, e);

	if (db || e->code != ERR_VERSION)
		return db;
	db = db_open(path, DB_MIGRATE, e);
	if (!db)
		return NULL;
	if (db_begin(db, e) == -1 || audit_add(db, audit_who(), "init", "the store is brought up to date", e) == -1 ||
	    db_commit(db, e) == -1) {
		db_close(db);
		return NULL;
	}
	return db;
}

static int
note_rotation(struct cli *cli, struct db *db, int id, struct err *e)
{
	char detail[64];
	int rc = -1;

	snprintf(detail, sizeof(detail), "link-%d.key", id);
	if (db_begin(db, e) == 0 && audit_add(db, cli->who, "init --rotate-keys", detail, e) == 0)
		rc = db_commit(db, e);
	db_rollback(db);
	return rc;
}

/* The suppression key stays for ever: of whom it has suppressed and erased nothing is left but what it made. */
static int
rotate_keys(struct cli *cli, const char *path, struct err *e)
{
	struct conf conf = { 0 };
	struct db *db = NULL;
	int id, runs, rc = -1;

	if (access(path, F_OK) == -1)
		return err_set(e, ERR_NOT_FOUND, "there is no site here whose keys could be rotated");
	if (cli->given_count > 1)
		return err_set(e, ERR_USAGE, "--rotate-keys goes alone");
	if (conf_load(&conf, path, e) == -1 || !(db = db_open(conf.store_path, DB_USE, e)) ||
	    (runs = running_check(conf.store_path, e)) == -1 || link_keys_create(conf.store_keys, &id, e) == -1 ||
	    note_rotation(cli, db, id, e) == -1)
		goto out;
	out_line(cli, "%s/link-%d.key makes the links%s. Keep the older ones: links that were mailed go on working with them.",
	    conf.store_keys, id, runs ? " once newsletterd knows it" : " from now on");
	if (runs)
		out_line(cli, "Tell newsletterd: kill -HUP its process, or systemctl reload newsletterd.");
	out_line(cli, "keys/suppression.key stays as it is: with another one, people who were erased could be mailed again.");
	out_line(cli, "Make a backup: the last one does not hold the new key.");
	json_put_int(cli->result, "link_key", id);
	json_put_bool(cli->result, "reload", runs);
	rc = 0;
out:
	db_close(db);
	conf_release(&conf);
	return rc;
}

/* A configuration is there: its store is brought up to date, or made when it is not there yet. */
static int
update_site(struct cli *cli, const char *path, struct err *e)
{
	struct conf conf = { 0 };
	struct db *db = NULL;
	int rc = -1;

	if (cli->given_count > (cli_option(cli, "yes") ? 1 : 0))
		return err_set(e, ERR_EXISTS, "%s is there already: change it there, options are for a new site", path);
	if (conf_load(&conf, path, e) == -1)
		goto out;
	if (access(conf.store_path, F_OK) == -1) {
		if (init_build(&conf, NULL, e) == -1)
			goto out;
		say_made(cli, &conf);
	} else {
		db = open_store(conf.store_path, e);
		if (!db)
			goto out;
		out_line(cli, "%s is here already; its store is up to date. Nothing else was changed.", conf.site_name);
	}
	put_made(cli, &conf);
	rc = 0;
out:
	db_close(db);
	conf_release(&conf);
	return rc;
}

int
cmd_init(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct buf path = BUF_INIT;
	char *here = getcwd(NULL, 0);
	int rc = -1;

	(void)argc, (void)argv;
	if (!here) {
		err_sys(e, "cannot see where this is");
		goto out;
	}
	if (cli->conf_path[0] != '/')
		buf_addf(&path, "%s/", strcmp(here, "/") == 0 ? "" : here);
	buf_addstr(&path, cli->conf_path);
	rc = cli_option(cli, "rotate-keys") ? rotate_keys(cli, path.data, e) : access(path.data, F_OK) == 0 ? update_site(cli, path.data, e)
													    : make_site(cli, path.data, e);
out:
	free(here);
	buf_release(&path);
	return rc;
}
