/* db_private.h - what db.c, stmt.c and migrate.c share; nobody else includes it. */
#ifndef DB_PRIVATE_H
#define DB_PRIVATE_H

#include <sqlite3.h>

#include "base/histogram.h"
#include "store/db.h"
#include "store/stmt.h"
#include "store/turn.h"

struct stmt {
	struct db *db;
	sqlite3_stmt *st; /* NULL when it could not be prepared; then stmt_step says why */
};

struct db {
	sqlite3 *sqlite;
	struct turn turn;
	bool open; /* a transaction of ours is open */
	int64_t begun_us, wait_us;
	struct histogram commits;
	struct checkpointer *checkpointer; /* NULL, but after db_bulk */
	struct stmt *stmts[DB_MODULES];    /* one array a module, filled at first use */
	uint8_t suppression_key[32];
	bool has_suppression_key;
	char language[16];
	struct {
		const char *who, *command; /* borrowed; NULL: nobody has to account for this connection */
		int64_t changes;           /* of the connection, before this transaction */
		bool added, kept;          /* a row in this transaction; in one that is committed */
	} audit;                           /* audit.h */
};

/* Fill *e from SQLite's last error; returns -1. */
int db_fail(const struct db *db, struct err *e);
int db_fail_sqlite(struct sqlite3 *sqlite, struct err *e);

#endif
