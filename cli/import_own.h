/*
 * import_own.h - taking back what `subscriber export --full` wrote.
 */
#ifndef IMPORT_OWN_H
#define IMPORT_OWN_H

#include <stdbool.h>
#include <stdio.h>

struct cli;
struct err;

/* Whether what can be read from `in`, which was not read from yet, is such an export. Reads nothing. */
bool import_own_is(FILE *in);

/*
 * Take it, and report: people, evidence and suppressions; or (`suppressed_only`) suppressions alone. Needs no --consent, for the evidence
 * is in it. --force takes one from a site with another suppression key, --dry-run only looks. What cannot be read twice is first copied to
 * a temporary file without a name. See exchange_read for what is refused.
 */
int import_own(struct cli *cli, FILE *in, const char *path, bool suppressed_only, struct err *e);

#endif
