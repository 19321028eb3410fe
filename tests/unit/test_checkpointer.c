/* test_checkpointer.c - the log of a store that is written full gets into its file, and does not grow without end. */
#include "store_fixture.h"

#include <sys/stat.h>

#include "store/checkpointer.h"

#define MB (1 << 20)

static int64_t
size_of(const char *suffix)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", store_path, suffix);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

/* Transactions of 4 MB each over a connection of its own: of new pages, or of the same ones again and again. */
static void
write_full(int transactions, bool again)
{
	struct checkpointer *c;
	sqlite3 *writer;
	int i;

	assert_int_equal(sqlite3_open(store_path, &writer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(writer, "PRAGMA synchronous = OFF; CREATE TABLE full (n INTEGER PRIMARY KEY, x BLOB)", NULL, NULL, NULL), SQLITE_OK);
	c = checkpointer_start(writer);
	assert_non_null(c);
	for (i = 0; i < transactions; i++) {
		char sql[96];

		checkpointer_catch_up(c);
		snprintf(sql, sizeof(sql), "REPLACE INTO full VALUES (%d, randomblob(%d))", again ? 1 : i, 4 * MB);
		assert_int_equal(sqlite3_exec(writer, sql, NULL, NULL, NULL), SQLITE_OK);
	}
	checkpointer_stop(c);
	sqlite3_close(writer);
}

/* `raw` is open all the time, so that nobody's close does it. */
static void
into_the_file(void **state)
{
	(void)state;
	assert_true(raw_int("SELECT count(*) FROM topic") >= 0);
	assert_true(size_of("") < 4 * MB);
	write_full(6, false);
	assert_true(size_of("") > 24 * MB);
	assert_int_equal(raw_int("SELECT sum(length(x)) FROM full"), 24 * MB);
}

static void
log_is_bounded(void **state)
{
	(void)state;
	assert_true(raw_int("SELECT count(*) FROM topic") >= 0);
	write_full(60, true);
	assert_true(size_of("-wal") < 112 * MB);
	assert_true(size_of("-wal") > 16 * MB); /* so much at least stands in it at once */
}

/* Who reads an old state makes the log grow, and does not keep the writer from writing. */
static void
reader_stays(void **state)
{
	(void)state;
	assert_int_equal(raw_exec("BEGIN"), SQLITE_OK);
	assert_true(raw_int("SELECT count(*) FROM topic") >= 0);
	write_full(60, true);
	assert_int_equal(raw_int("SELECT count(*) FROM sqlite_schema WHERE name = 'full'"), 0);
	assert_true(size_of("-wal") > 200 * MB);
	assert_int_equal(raw_exec("COMMIT"), SQLITE_OK);
	assert_int_equal(raw_int("SELECT length(x) FROM full"), 4 * MB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(into_the_file),
		store_test(log_is_bounded),
		store_test(reader_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
