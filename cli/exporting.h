/*
 * exporting.h - what `subscriber export` is asked for, and its two forms: a table of people, and one person's own data.
 */
#ifndef EXPORTING_H
#define EXPORTING_H

#include <stdint.h>

#include "store/topic.h"

struct cli;
struct err;

/* Which people: all that is said must hold. */
struct export_wish {
	struct topic_list topics; /* of the site */
	int topic;                /* its place in the list, or -1 */
	int state;                /* of that topic, else of any; or -1 */
	int64_t since;            /* on the list since then; 0: whenever */
	const char *domain, *language;
};

/* Read the options; ERR_USAGE, ERR_NOT_FOUND. */
int export_wish(const struct cli *cli, struct export_wish *w, struct err *e);

/* Whether everybody is meant. */
int export_wish_all(const struct export_wish *w);

/* How many there are: *n. */
int export_count(struct cli *cli, const struct export_wish *w, int64_t *n, struct err *e);

/* The table as CSV to a descriptor; *n says how many. `of`: how many there are, for the progress bar. */
int export_table(struct cli *cli, const struct export_wish *w, int fd, int64_t of, int64_t *n, struct err *e);

/* One person's own data, as the my-data page has it, on standard output. */
int export_person(struct cli *cli, const char *address, struct err *e);

#endif
