/*
 * linting.h - a mailing looked at before it leaves: composed in each of the site's languages, its links asked; for lint, send and preview.
 */
#ifndef LINTING_H
#define LINTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "content/lint.h"

struct cli;
struct err;
struct mailing;

#define LINTING_REASON 200 /* bytes of why something is sent in spite of errors */

struct linting_wish {
	int64_t start;      /* when it would start; 0: now */
	bool links;         /* ask the addresses in it, unless [campaign] check_links says no */
	bool warns_only;    /* errors do not stop it: a test copy */
	const char *reason; /* of --force, or NULL */
	bool forced;        /* filled: there were errors, and the reason overrode them */
};

/* Gather what is wrong with it, links included, with progress on a terminal. The caller releases *l in either case. */
int linting_collect(struct cli *cli, struct mailing *m, const struct linting_wish *wish, struct lint *l, struct err *e);

/* As JSON: an array of {severity, code, language, where, text}; language: those of the mails that have it. The caller owns it. */
json_t *linting_json(const struct lint *l);

/* Print the findings, errors first, and a line that counts them; in JSON "findings", "errors", "warnings". */
void linting_show(struct cli *cli, const struct lint *l);

/* Collect and show. ERR_REFUSED when errors stop it, ERR_USAGE for a reason that is none. */
int linting_run(struct cli *cli, struct mailing *m, struct linting_wish *wish, struct err *e);

#endif
