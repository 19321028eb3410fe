/* stmt.c - see stmt.h. */
#include "store/stmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "store/db_private.h"

struct stmt *
db_stmt(struct db *db, const struct db_module *module, int which)
{
	struct stmt *st;

	if (!db->stmts[module->index])
		db->stmts[module->index] = xcalloc((size_t)module->count, sizeof(struct stmt));
	st = &db->stmts[module->index][which];
	st->db = db;
	if (!st->st) {
		sqlite3_prepare_v3(db->sqlite, module->sql[which], -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL);
		return st;
	}
	sqlite3_reset(st->st);
	sqlite3_clear_bindings(st->st);
	return st;
}

struct stmt *
stmt_new(struct db *db, const struct db_module *module, int which)
{
	struct stmt *st = xcalloc(1, sizeof(*st));

	st->db = db;
	sqlite3_prepare_v2(db->sqlite, module->sql[which], -1, &st->st, NULL);
	return st;
}

void
stmt_free(struct stmt *st)
{
	if (st)
		sqlite3_finalize(st->st);
	free(st);
}

static int
parameter(struct stmt *st, const char *name)
{
	return st->st ? sqlite3_bind_parameter_index(st->st, name) : 0;
}

void
stmt_int(struct stmt *st, const char *name, int64_t value)
{
	sqlite3_bind_int64(st->st, parameter(st, name), value);
}

void
stmt_int_or_null(struct stmt *st, const char *name, int64_t value)
{
	if (value)
		stmt_int(st, name, value);
}

void
stmt_text(struct stmt *st, const char *name, const char *value)
{
	sqlite3_bind_text(st->st, parameter(st, name), value, -1, SQLITE_STATIC);
}

void
stmt_blob(struct stmt *st, const char *name, const void *value, size_t n)
{
	if (value)
		sqlite3_bind_blob64(st->st, parameter(st, name), value, n, SQLITE_STATIC);
}

void
stmt_int_at(struct stmt *st, int place, int64_t value)
{
	sqlite3_bind_int64(st->st, place, value);
}

void
stmt_text_at(struct stmt *st, int place, const char *value)
{
	sqlite3_bind_text(st->st, place, value, -1, SQLITE_STATIC);
}

void
stmt_blob_at(struct stmt *st, int place, const void *value, size_t n)
{
	sqlite3_bind_blob64(st->st, place, value, n, SQLITE_STATIC);
}

int
stmt_step(struct stmt *st, struct err *e)
{
	int rc;

	/* Out of turn, or after an error that made SQLite roll back by itself (a full disk): what follows must not be written alone. */
	if (st->st && sqlite3_get_autocommit(st->db->sqlite) && !sqlite3_stmt_readonly(st->st))
		return err_set(e, ERR_SYSTEM, "store: writing without an open transaction");
	rc = st->st ? sqlite3_step(st->st) : SQLITE_ERROR;
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(st->st);
		return 0;
	}
	db_fail(st->db, e);
	sqlite3_reset(st->st);
	return -1;
}

int
stmt_run(struct stmt *st, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1)
		stmt_done(st); /* a RETURNING that nobody reads */
	return rc == -1 ? -1 : 0;
}

int
stmt_run_count(struct stmt *st, int64_t *n, struct err *e)
{
	if (stmt_run(st, e) == -1)
		return -1;
	*n = db_changes(st->db);
	return 0;
}

void
stmt_done(struct stmt *st)
{
	sqlite3_reset(st->st);
}

int64_t
stmt_col_int(struct stmt *st, int column)
{
	return sqlite3_column_int64(st->st, column);
}

const char *
stmt_col_text(struct stmt *st, int column)
{
	const unsigned char *text = sqlite3_column_text(st->st, column);

	return text ? (const char *)text : "";
}

const void *
stmt_col_blob(struct stmt *st, int column, size_t *n)
{
	const void *p = sqlite3_column_blob(st->st, column);

	*n = (size_t)sqlite3_column_bytes(st->st, column);
	return p ? p : "";
}

bool
stmt_col_null(struct stmt *st, int column)
{
	return sqlite3_column_type(st->st, column) == SQLITE_NULL;
}

void
stmt_col_copy(struct stmt *st, int column, char *dst, size_t size)
{
	const char *text = stmt_col_text(st, column);
	size_t n = strlen(text);

	if (n >= size)
		n = text_cut(text, size - 1);
	memcpy(dst, text, n);
	dst[n] = '\0';
}

void
stmt_col_octets(struct stmt *st, int column, void *dst, size_t n)
{
	size_t len;
	const void *octets = stmt_col_blob(st, column, &len);

	memset(dst, 0, n);
	memcpy(dst, octets, len < n ? len : n);
}

int
stmt_one_int(struct stmt *st, int64_t *out, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1) {
		*out = stmt_col_int(st, 0);
		stmt_done(st);
	}
	return rc;
}

int64_t
db_insert_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}
