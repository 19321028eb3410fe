/*
 * audit.h - who did what from the command line. Append-only, and kept for ever: the schema's triggers refuse every UPDATE and DELETE.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

#define AUDIT_BEGUN "begun" /* detail of the row that the store writes itself, below */

/* `detail` holds no address. `who` is the Unix user. */
int audit_add(struct db *db, const char *who, const char *command, const char *detail, struct err *e);

/*
 * From now on nothing is changed over this connection without a row: the first transaction that changes something, and has no row of its
 * own, gets one in its commit (AUDIT_BEGUN). So a job in several transactions that dies after the first has left who began it. Once a row
 * is kept no more are added. The texts are borrowed; who NULL ends it.
 */
void audit_oblige(struct db *db, const char *who, const char *command);

/* Whether a row of this connection was committed. */
bool audit_kept(const struct db *db);

struct audit_row {
	int64_t id, at;
	const char *who, *command, *detail; /* until the callback returns */
};

struct audit_filter {
	int64_t since;       /* 0: from the beginning */
	const char *who;     /* NULL: everybody; "ann" also finds "root (ann)" */
	const char *command; /* NULL: all; its first word, or words: "campaign" finds "campaign pause" */
	int64_t limit;
};

/* Newest first. The callback's -1 ends it, and is returned. */
int audit_each(struct db *db, const struct audit_filter *f, int (*each)(void *ctx, const struct audit_row *row, struct err *e), void *ctx,
    struct err *e);

#endif
