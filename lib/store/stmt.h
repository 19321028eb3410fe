/*
 * stmt.h - prepared statements, for the modules of lib/store alone.
 *
 * A module declares its SQL in one table and names itself in db_modules[]
 * (modules.c); a statement is prepared at its first use and kept. A test
 * prepares every one against schema.sql and fails on a scan of a large table.
 */
#ifndef STMT_H
#define STMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct stmt;

struct db_module {
	const char *name;
	const char *const *sql; /* indexed by the module's own enum */
	int count;
	int index; /* place in db_modules */
};

#define DB_MODULES 48
extern const struct db_module *const db_modules[]; /* ends with NULL */

/* The module's statement, reset, nothing bound. Never NULL: a statement that cannot be prepared fails in stmt_step. */
struct stmt *db_stmt(struct db *db, const struct db_module *module, int which);

/* Another one of the same text, for a walk beside others of it; the caller frees it. Prepared each time: not for what happens often. */
struct stmt *stmt_new(struct db *db, const struct db_module *module, int which);
void stmt_free(struct stmt *st); /* NULL is fine */

/* Bind by name, ":id". A NULL text binds NULL. The memory must stay until the statement was stepped. */
void stmt_int(struct stmt *st, const char *name, int64_t value);
void stmt_int_or_null(struct stmt *st, const char *name, int64_t value); /* 0 binds NULL */
void stmt_text(struct stmt *st, const char *name, const char *value);
void stmt_blob(struct stmt *st, const char *name, const void *value, size_t n); /* a NULL value binds NULL */

/* The same by place, from 1, for statements that take many rows at once (?). */
void stmt_int_at(struct stmt *st, int place, int64_t value);
void stmt_text_at(struct stmt *st, int place, const char *value);
void stmt_blob_at(struct stmt *st, int place, const void *value, size_t n);

/* 1: a row is there; 0: done, and reset; -1: failed, and reset. A statement that writes fails without an open transaction. */
int stmt_step(struct stmt *st, struct err *e);

/* Step a statement that gives no rows. */
int stmt_run(struct stmt *st, struct err *e);

/* The same, and *n says how many rows it changed; untouched when it fails. */
int stmt_run_count(struct stmt *st, int64_t *n, struct err *e);

/* Leave before the last row. */
void stmt_done(struct stmt *st);

int64_t stmt_col_int(struct stmt *st, int column);
const char *stmt_col_text(struct stmt *st, int column); /* never NULL; valid until the next step */
const void *stmt_col_blob(struct stmt *st, int column, size_t *n);
bool stmt_col_null(struct stmt *st, int column);
void stmt_col_copy(struct stmt *st, int column, char *dst, size_t size); /* cut at a character when it does not fit */
void stmt_col_octets(struct stmt *st, int column, void *dst, size_t n);  /* of n octets as we write it; others are cut, or end in zeros */

/* One row with one number: 1 and *out, 0 when there is no row, -1. */
int stmt_one_int(struct stmt *st, int64_t *out, struct err *e);

int64_t db_insert_id(const struct db *db);

#endif
