/*
 * cli.h - what main.c hands to each command, and the command table's rows.
 *
 * main.c parses the options that the command's row names, opens what the row
 * needs, runs it, and prints its result (--json) or its error: once, and
 * nowhere else. A command prints for people with out.h.
 */
#ifndef CLI_H
#define CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "site/site.h"

struct err;

#define CLI_OPTIONS 128 /* options given in one call */

struct opt {
	const char *name; /* without the dashes */
	const char *arg;  /* what its value is called; NULL: it takes none */
	const char *help;
};

struct cli;
typedef int command_fn(struct cli *cli, int argc, char **argv, struct err *e);

struct command {
	const char *noun, *verb; /* verb NULL: the noun alone */
	const char *args;
	int least, most; /* arguments */
	unsigned needs;  /* SITE_…, or NEED_CONF alone; and what the audit hears of it: an AUDIT_… */
	command_fn *run;
	const struct opt *opts; /* ends with a NULL name */
	const char *help;       /* one line */
	const char *more;       /* what else a person should know, or NULL */
};

enum {
	NEED_CONF = 256,
	AUDIT_NONE = 1024,    /* changes nothing of the site, and shows nobody's address */
	AUDIT_CHANGES = 2048, /* changes it: leaves a row in the audit when it did (audit.h) */
	AUDIT_REVEALS = 4096, /* shows whose addresses are on the list, or what became of one person: leaves a row before it does */
	FOR_MTA = 512         /* a mail server runs it: exit status of sysexits.h, 75 for whatever may be better later */
};

struct cli {
	const struct command *command;
	const char *conf_path;
	struct site site;  /* opened as the command needs */
	bool json, people; /* people: print for people, which is !json */
	bool tty, err_tty; /* standard output and standard error are terminals */
	bool asks;         /* there is somebody to ask: standard input and error are terminals */
	bool colour;
	bool told;       /* the result stands beside an error, too */
	bool printed;    /* the command has written its JSON itself, piece by piece, since it may be long */
	json_t *result;  /* the object that --json prints; commands fill it in either case */
	int status;      /* exit status of a command that did its work, but not all of it */
	const char *who; /* for the audit: audit_who() */
	struct {
		const struct opt *opt;
		const char *value;
	} given[CLI_OPTIONS];
	int given_count;
};

/* The value of an option (the last one given), or NULL; an option without value gives "". */
const char *cli_option(const struct cli *cli, const char *name);

/* The i-th value of an option that may be repeated, or NULL. */
const char *cli_option_nth(const struct cli *cli, const char *name, int i);

/* A whole number within bounds: 1 and *out, 0 when it was not given, -1 (ERR_USAGE). */
int cli_option_int(const struct cli *cli, const char *name, int64_t least, int64_t most, int64_t *out, struct err *e);

/* A time in the past, as days ("7"), a length of time ("36h") or a date: 1 and *out, 0 when it was not given, -1 (ERR_USAGE). */
int cli_option_since(const struct cli *cli, const char *name, int64_t *out, struct err *e);

/* An id as an argument. */
int cli_id(const char *text, int64_t *out, struct err *e);

extern const struct command commands[]; /* ends with a NULL noun */

/* `newsletter help [NOUN [VERB]]`, and what a wrong call should have looked like. */
command_fn cmd_help;
void help_command(const struct command *c);
void help_all(void);

command_fn cmd_init, cmd_topic_create, cmd_topic_list, cmd_subscriber_add, cmd_subscriber_import, cmd_subscriber_list,
    cmd_subscriber_export, cmd_subscriber_erase, cmd_subscriber_show, cmd_subscriber_unsubscribe, cmd_article_import,
    cmd_article_list, cmd_article_show, cmd_article_skip, cmd_article_again, cmd_send, cmd_preview, cmd_lint, cmd_campaign_list,
    cmd_campaign_show, cmd_campaign_pause, cmd_campaign_resume, cmd_campaign_cancel, cmd_campaign_retry, cmd_campaign_archive,
    cmd_campaign_hide, cmd_campaign_unhide, cmd_status, cmd_dkim_keygen, cmd_dkim_show, cmd_signup_list, cmd_signup_discard,
    cmd_embed, cmd_inbound_classify, cmd_inbound_read, cmd_stats, cmd_suppression_add, cmd_suppression_import,
    cmd_suppression_list, cmd_suppression_remove, cmd_retention, cmd_audit, cmd_doctor, cmd_backup, cmd_verify, cmd_restore,
    cmd_outbox_list, cmd_outbox_release, cmd_outbox_discard;

/* The row's options, in the command's own file. */
extern const struct opt opts_none[], opts_init[], opts_topic_create[], opts_subscriber_add[], opts_subscriber_import[],
    opts_subscriber_export[], opts_subscriber_erase[], opts_subscriber_list[], opts_subscriber_unsubscribe[],
    opts_article_import[], opts_article_list[], opts_article_skip[], opts_article_again[], opts_send[], opts_preview[],
    opts_lint[], opts_campaign_list[], opts_campaign_show[], opts_campaign_reason[], opts_campaign_retry[],
    opts_campaign_archive[], opts_dkim_keygen[], opts_signup_list[], opts_signup_discard[], opts_embed[], opts_inbound_read[],
    opts_stats[], opts_status[], opts_suppression_add[], opts_suppression_import[], opts_suppression_list[], opts_suppression_remove[],
    opts_retention[], opts_audit[], opts_doctor[], opts_backup[], opts_verify[], opts_restore[];

#endif
