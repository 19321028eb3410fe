/*
 * exporting.h - two of the forms of `subscriber export`: a table of people, and one person's own data.
 */
#ifndef EXPORTING_H
#define EXPORTING_H

#include <stdint.h>

struct cli;
struct err;
struct segment;

/*
 * How many people the segment has (NULL: everybody): *n. Then the table of them as CSV to a descriptor; `of` is for the progress bar,
 * *n says how many were written.
 */
int export_count(struct cli *cli, const struct segment *s, int64_t *n, struct err *e);
int export_table(struct cli *cli, const struct segment *s, int fd, int64_t of, int64_t *n, struct err *e);

/* One person's own data, as the my-data page has it, on standard output. */
int export_person(struct cli *cli, const char *address, struct err *e);

#endif
