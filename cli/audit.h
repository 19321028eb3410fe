/*
 * audit.h - what the audit hears of a command: who it is, and that no command forgets its row.
 *
 * Each row of the command table says AUDIT_CHANGES, AUDIT_REVEALS (both, of one that does both) or AUDIT_NONE. What changes the store and
 * has said nothing gets its row from the store itself, in the same transaction (store/audit.h); one that reveals and has said nothing is a
 * broken invariant.
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include <stdbool.h>

struct cli;
struct command;
struct db;
struct err;

/*
 * The Unix user, and behind sudo also who called it: "root (ann)". The part in parentheses is what sudo says in the environment: who may
 * become another user may also say there what they like. Of static duration.
 */
const char *audit_who(void);

/* Run a command under the table's word: 0, -1 and its error. */
int audit_run(struct cli *cli, int argc, char **argv, struct err *e);

/*
 * A row for what this command has just changed, inside the transaction that changes it. `command`: as it is called, "send --to"; `detail`
 * names people by number. It goes through judge_redact, since a reason that somebody typed may be in it.
 */
int cli_audit(struct cli *cli, struct db *db, const char *command, const char *detail, struct err *e);

/*
 * A row for what is about to be shown, committed before this returns: nothing may be printed earlier. Its detail is `whose`
 * ("subscriber 12", "" of many), and the command's options as they were given: what was looked for.
 */
int cli_reveal(struct cli *cli, const char *whose, struct err *e);

/* "changes", "reveals", "nothing"; NULL: the table does not say, which is a mistake. */
const char *audit_word(const struct command *c);

#endif
