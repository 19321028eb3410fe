/*
 * migrate.h - the store's version, and the way from each earlier one.
 */
#ifndef MIGRATE_H
#define MIGRATE_H

struct sqlite3;
struct err;

#define SCHEMA_VERSION 1	/* of schema.sql; PRAGMA user_version */

extern const char schema_sql[];

/*
 * Bring an open connection's file up to `to` (SCHEMA_VERSION, or an earlier
 * one in tests): numbered steps, forward only, all in one transaction. A file
 * without tables gets schema.sql whole.
 */
int migrate(struct sqlite3 *sqlite, int to, struct err *e);

int migrate_version(struct sqlite3 *sqlite);

#endif
