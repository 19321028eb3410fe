/*
 * store_fixture.h - a fresh store for each test, a second connection to look into it, and the invariants.
 *
 * Time stands still at T0 until a test moves it. Tests run from the top of the tree.
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/subscriber.h"
#include "store/topic.h"

#define T0 INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define FIXTURE __attribute__((unused)) static

static char folder[64], store_path[96];
static struct db *db;
static sqlite3 *raw; /* what a stranger would see */
static struct err err;

/* Fail the test with the error's text. */
#define ok(call) assert_ok((call) != -1, #call, __FILE__, __LINE__)
#define refused(call, want) assert_refused((call), (want), #call, __FILE__, __LINE__)

FIXTURE void
assert_ok(bool good, const char *call, const char *file, int line)
{
	if (!good) {
		print_error("%s: %s\n", call, err.text);
		_fail(file, line);
	}
}

FIXTURE void
assert_refused(int rc, enum err_code want, const char *call, const char *file, int line)
{
	if (rc != -1 || err.code != want || !err.text[0]) {
		print_error("%s: returned %d, error %d, \"%s\"\n", call, rc, err.code, err.text);
		_fail(file, line);
	}
	err = (struct err)ERR_INIT;
}

/* Run statements beside the store's own connection; they may be wrong on purpose: returns SQLite's code. */
FIXTURE int
raw_exec(const char *sql)
{
	return sqlite3_exec(raw, sql, NULL, NULL, NULL);
}

/* The number that a statement gives; -1 without a row or for NULL. */
FIXTURE int64_t
raw_int(const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(raw, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(raw));
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* The text that a statement gives; "" without a row or for NULL. One of four static buffers. */
FIXTURE const char *
raw_text(const char *sql)
{
	static char text[4][1024];
	static unsigned turn;
	char *out = text[turn++ % 4];
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(raw, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(raw));
	out[0] = '\0';
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_text(st, 0))
		snprintf(out, sizeof(text[0]), "%s", sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return out;
}

/* Whether the store's file is whole, as somebody sees who opens it anew. */
FIXTURE bool
is_whole(void)
{
	sqlite3 *stranger = NULL;
	sqlite3_stmt *st = NULL;
	bool whole;

	whole = sqlite3_open(store_path, &stranger) == SQLITE_OK && sqlite3_busy_timeout(stranger, 2000) == SQLITE_OK &&
		sqlite3_prepare_v2(stranger, "PRAGMA quick_check(1)", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW &&
		strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
	sqlite3_finalize(st);
	sqlite3_close(stranger);
	return whole;
}

FIXTURE void
commit(void)
{
	ok(db_commit(db, &err));
}

FIXTURE void
begin(void)
{
	ok(db_begin(db, &err));
}

/* The statements of tests/invariants.sql, prepared once. */
static sqlite3_stmt *invariants[64];

/* What programs keep and these tests do not: their campaigns have no mail, where nobody reads it. */
FIXTURE bool
is_of_programs(sqlite3_stmt *st)
{
	return st && strstr(sqlite3_sql(st), "'a campaign has no message'");
}

FIXTURE void
invariants_prepare(void)
{
	struct buf text = BUF_INIT;
	const char *rest;
	size_t n = 0;

	if (file_read("tests/invariants.sql", 1 << 20, &text, &err) == -1)
		fail_msg("%s (run from the top of the tree)", err.text);
	for (rest = text.data; rest[0];) {
		if (sqlite3_prepare_v2(raw, rest, -1, &invariants[n], &rest) != SQLITE_OK)
			fail_msg("tests/invariants.sql: %s", sqlite3_errmsg(raw));
		if (is_of_programs(invariants[n])) {
			sqlite3_finalize(invariants[n]);
			invariants[n] = NULL;
			continue;
		}
		if (invariants[n] && ++n == sizeof(invariants) / sizeof(invariants[0]))
			fail_msg("tests/invariants.sql has too many statements");
	}
	buf_release(&text);
}

/* Which invariant is broken: its first column; NULL when all hold. */
FIXTURE const char *
invariants_broken(void)
{
	static char why[256];
	const char *text;
	size_t i, n;
	int c;

	if (!invariants[0])
		invariants_prepare();
	for (i = 0; invariants[i]; i++) {
		sqlite3_reset(invariants[i]);
		if (sqlite3_step(invariants[i]) == SQLITE_DONE)
			continue;
		for (c = 0, n = 0; c < sqlite3_column_count(invariants[i]) && n < sizeof(why); c++) {
			text = (const char *)sqlite3_column_text(invariants[i], c);
			n += (size_t)snprintf(why + n, sizeof(why) - n, "%s%s", c ? " | " : "", text ? text : "NULL");
		}
		sqlite3_reset(invariants[i]);
		return why;
	}
	return NULL;
}

FIXTURE void
assert_invariants(void)
{
	const char *why = invariants_broken();

	if (why)
		fail_msg("invariant: %s", why);
}

FIXTURE void
remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		print_error("cannot remove %s\n", folder);
}

FIXTURE int
folder_setup(void **state)
{
	(void)state;
	/* memory, where there is some: what a test commits need not outlive a power cut */
	snprintf(folder, sizeof(folder), "%s/newsletter-store.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(store_path, sizeof(store_path), "%s/newsletter.db", folder);
	clock_set(T0);
	err = (struct err)ERR_INIT;
	return 0;
}

FIXTURE int
folder_teardown(void **state)
{
	(void)state;
	remove_folder();
	return 0;
}

FIXTURE int
store_setup(void **state)
{
	static const uint8_t key[32] = { 1, 2, 3 };

	if (folder_setup(state) == -1)
		return -1;
	db = db_open(store_path, DB_CREATE, &err);
	if (!db || sqlite3_open(store_path, &raw) != SQLITE_OK) {
		print_error("%s\n", err.text);
		return -1;
	}
	sqlite3_busy_timeout(raw, 2000);
	db_set_suppression_key(db, key);
	return 0;
}

FIXTURE int
store_teardown(void **state)
{
	size_t i;

	for (i = 0; invariants[i]; i++)
		sqlite3_finalize(invariants[i]);
	memset(invariants, 0, sizeof(invariants));
	sqlite3_close(raw);
	raw = NULL;
	db_close(db);
	db = NULL;
	return folder_teardown(state);
}

#define store_test(f) cmocka_unit_test_setup_teardown(f, store_setup, store_teardown)

/* A topic, inside a transaction of its own. */
FIXTURE int64_t
make_topic(const char *slug)
{
	struct topic t;

	begin();
	ok(topic_create(db, slug, slug, "", &t, &err));
	commit();
	return t.id;
}

/* A subscriber, inside the caller's transaction. */
FIXTURE int64_t
make_subscriber(const char *address)
{
	struct subscriber s = { 0 };
	bool created;

	snprintf(s.address, sizeof(s.address), "%s", address);
	snprintf(s.key, sizeof(s.key), "%s", address);
	ok(subscriber_put(db, &s, &created, &err));
	assert_true(created);
	return s.id;
}

static const struct evidence by_test __attribute__((unused)) = { .source = "test" };

#endif
