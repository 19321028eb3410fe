/* audit.c - see audit.h. */
#include "audit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "cli.h"
#include "judge/judge.h"
#include "store/audit.h"
#include "store/db.h"

#define NAME_MOST 64 /* bytes of a user's name */
#define COMMAND_MOST 64

/* Options that make a command reveal which without them shows numbers alone. */
static const char *const revealing[] = { "addresses", "deliveries" };

const char *
audit_who(void)
{
	static char who[2 * NAME_MOST + 4];
	const struct passwd *pw = getpwuid(getuid());
	const char *sudo = getenv("SUDO_USER");
	char name[NAME_MOST + 1];
	size_t n = sudo ? strspn(sudo, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") : 0;

	if (pw)
		snprintf(name, sizeof(name), "%s", pw->pw_name);
	else
		snprintf(name, sizeof(name), "uid %ld", (long)getuid());
	if (n && n <= NAME_MOST && !sudo[n] && strcmp(sudo, name) != 0)
		snprintf(who, sizeof(who), "%s (%s)", name, sudo);
	else
		snprintf(who, sizeof(who), "%s", name);
	return who;
}

const char *
audit_word(const struct command *c)
{
	switch (c->needs & (AUDIT_NONE | AUDIT_CHANGES | AUDIT_REVEALS)) {
	case AUDIT_NONE:
		return "nothing";
	case AUDIT_CHANGES:
		return "changes";
	case AUDIT_REVEALS:
		return "reveals";
	default:
		return NULL;
	}
}

static void
name_of(const struct command *c, char out[COMMAND_MOST])
{
	snprintf(out, COMMAND_MOST, "%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
}

/* Whether this call of it reveals: of a command that has one of the revealing options, only a call with one. */
static bool
reveals(const struct cli *cli)
{
	const struct opt *o;
	bool optional = false;
	size_t i;

	for (o = cli->command->opts; o->name; o++)
		for (i = 0; i < sizeof(revealing) / sizeof(revealing[0]); i++)
			if (strcmp(o->name, revealing[i]) == 0) {
				if (cli_option(cli, o->name))
					return true;
				optional = true;
			}
	return cli->command->needs & AUDIT_REVEALS && !optional;
}

int
audit_run(struct cli *cli, int argc, char **argv, struct err *e)
{
	const struct command *c = cli->command;
	char name[COMMAND_MOST];
	int rc;

	name_of(c, name);
	if (cli->site.db && !(c->needs & FOR_MTA)) /* a mail server is nobody; a person who runs it is noted by the command */
		audit_oblige(cli->site.db, cli->who, name);
	rc = c->run(cli, argc, argv, e);
	if (rc == 0 && reveals(cli) && cli->site.db && !audit_kept(cli->site.db)) {
		fprintf(stderr, "newsletter: `%s` has shown people without a row in the audit\n", name);
		abort();
	}
	if (cli->site.db) /* it has the name, which ends here */
		audit_oblige(cli->site.db, NULL, NULL);
	return rc;
}

int
cli_audit(struct cli *cli, struct db *db, const char *command, const char *detail, struct err *e)
{
	size_t n = strlen(detail), size = 4 * n + 64; /* a mark may be longer than what it stands for */
	char *text = xcalloc(size, 1);
	int rc;

	snprintf(text, size, "%s", detail);
	judge_redact(text, size);
	rc = audit_add(db, cli->who, command, text, e);
	free(text);
	return rc;
}

/* Whether what an option was given may say whose data it is, by a name or by a domain that is one person's: rows are kept for ever. */
static bool
may_name(const char *option, const char *value)
{
	bool segment = strcmp(option, "where") == 0 || strcmp(option, "except") == 0;

	return strcmp(option, "domain") == 0 || (segment && (strcasestr(value, "name") || strcasestr(value, "domain")));
}

/* "--topic articles --state active": what was looked for. */
static void
options_of(const struct cli *cli, struct buf *out)
{
	int i;

	for (i = 0; i < cli->given_count; i++) {
		const struct opt *o = cli->given[i].opt;
		const char *value = o->arg ? cli->given[i].value : "";

		if (may_name(o->name, value))
			value = "\xe2\x80\xa6";
		buf_addf(out, "%s--%s%s%.200s", out->len ? " " : "", o->name, o->arg ? " " : "", value);
	}
}

int
cli_reveal(struct cli *cli, const char *whose, struct err *e)
{
	struct buf detail = BUF_INIT;
	char name[COMMAND_MOST];
	int rc = -1;

	name_of(cli->command, name);
	buf_addstr(&detail, whose);
	options_of(cli, &detail);
	if (db_begin(cli->site.db, e) == -1)
		goto out;
	if (cli_audit(cli, cli->site.db, name, detail.data, e) == -1)
		goto out;
	rc = db_commit(cli->site.db, e);
out:
	db_rollback(cli->site.db);
	buf_release(&detail);
	return rc == -1 ? err_wrap(e, "whoever looks at people is noted in the audit, and that failed") : 0;
}
