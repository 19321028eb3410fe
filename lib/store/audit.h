/*
 * audit.h - who did what from the command line. Append-only.
 */
#ifndef AUDIT_H
#define AUDIT_H

struct db;
struct err;

/* `detail` holds no address. `who` is the Unix user. */
int audit_add(struct db *db, const char *who, const char *command, const char *detail, struct err *e);

#endif
