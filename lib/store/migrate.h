/*
 * migrate.h - the store's version, and the way from each earlier one.
 */
#ifndef MIGRATE_H
#define MIGRATE_H

struct sqlite3;
struct err;

#define SCHEMA_VERSION 7          /* of schema.sql; PRAGMA user_version */
#define APPLICATION_ID 0x4e65776c /* PRAGMA application_id, "Newl": file(1) and we know the store by it */

extern const char schema_sql[];

/*
 * Bring an open connection's file up to `to` (SCHEMA_VERSION, or an earlier
 * one in tests): numbered steps, forward only, all in one transaction. A file
 * without tables gets schema.sql whole; one that is there already is not written.
 */
int migrate(struct sqlite3 *sqlite, int to, struct err *e);

#endif
