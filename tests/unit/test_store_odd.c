/*
 * test_store_odd.c - what a stranger, another program or a bad disk left in the store is read with every bound kept, or refused in words.
 */
#include "store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/copy.h"
#include "store/counter.h"
#include "store/db_private.h"
#include "store/growth.h"
#include "store/health.h"
#include "store/people.h"
#include "store/segment.h"
#include "store/suppression.h"

/* Longer than a column of ours, and cut within no character. */
static void
test_long_text(void **state)
{
	struct subscriber s;
	char sql[4096] = "UPDATE subscriber SET name = 'a";
	int i;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	commit();
	for (i = 0; i < 1000; i++)
		strcat(sql, "é");
	strcat(sql, "'");
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	assert_int_equal(subscriber_find(db, "ann@example.org", &s, &err), 1);
	assert_in_range(strlen(s.name), sizeof(s.name) - 3, sizeof(s.name) - 1);
	assert_int_equal(strlen(s.name) % 2, 1);
}

/* A hash that is too short ends in zeros, one that is too long is cut. */
static void
test_octets(void **state)
{
	static const uint8_t want[2][SUPPRESSION_HMAC] = { { 1, 2 }, { 9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8 } };
	struct suppression out[3];

	(void)state;
	assert_int_equal(raw_exec("INSERT INTO suppression VALUES (x'0102', 'left', 1, 'x');"
				  "INSERT INTO suppression VALUES (x'0908070605040302010203040506070809', 'staff', 2, 'x');"
				  "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) VALUES ('a@b', 'a@b', x'01', '', '', 1)"),
	    SQLITE_OK);
	assert_int_equal(suppression_list(db, -1, true, out, 3, &err), 2);
	assert_int_equal(out[0].reason, SUPPRESSED_STAFF);
	assert_memory_equal(out[0].hmac, want[1], SUPPRESSION_HMAC);
	assert_memory_equal(out[1].hmac, want[0], SUPPRESSION_HMAC);
	assert_string_equal(out[1].address, ""); /* x'01' is not the same */
}

/* A topic of nobody, as when foreign keys were off: it is nobody else's. */
static void
test_orphan(void **state)
{
	struct people *people = malloc(sizeof(*people));
	struct topic_list topics;
	int64_t ann, ben;

	(void)state;
	assert_non_null(people);
	make_topic("articles");
	begin();
	ann = make_subscriber("ann@example.org");
	make_subscriber("gone@example.org");
	ben = make_subscriber("ben@example.org");
	commit();
	assert_int_equal(raw_exec("INSERT INTO subscription VALUES (1, 2, 1, 5), (1, 3, 1, 7), (1, 4, 1, 9);"
				  "DELETE FROM subscriber WHERE id = 2"),
	    SQLITE_OK);
	ok(topic_list(db, &topics, &err));
	ok(people_next(db, &topics, 0, people, &err));
	assert_int_equal(people->count, 2);
	assert_int_equal(people->one[0].who.id, ann);
	assert_int_equal(people->of[0][0].state, -1);
	assert_int_equal(people->one[1].who.id, ben);
	assert_int_equal(people->of[0][1].since, 7);
	free(people);
}

/* Who has no domain is in no segment of one, and among those of no name. */
static void
test_no_domain(void **state)
{
	const int64_t days[] = { T0 };
	struct evidence evidence = { .source = "test", .at = T0 };
	struct growth_people people;
	struct segment *s;
	struct growth g;
	int64_t n;

	(void)state;
	make_topic("articles");
	begin();
	ok(consent_add(db, make_subscriber("odd"), 1, "confirmed", &evidence, &err));
	ok(consent_add(db, make_subscriber("ann@example.org"), 1, "confirmed", &evidence, &err));
	commit();
	ok(segment_parse("domain=odd or domain=example.org", &s, &err));
	ok(segment_count(db, s, &n, &err));
	assert_int_equal(n, 1);
	segment_free(s);
	memset(&g, 0, sizeof(g));
	ok(growth_read(db, days, 1, &g, &err));
	ok(growth_people(db, &g, &people, &err));
	assert_int_equal(people.domains, 2);
	assert_string_equal(people.domain[0].name, "");
	growth_release(&g);
}

/* A table that is gone: each call says so. */
static void
test_lost_table(void **state)
{
	int64_t n;

	(void)state;
	assert_int_equal(raw_exec("DROP TABLE counter"), SQLITE_OK);
	refused(counter_get(db, "x", &n, &err), ERR_SYSTEM);
	begin();
	refused(counter_add(db, "x", 1, &err), ERR_SYSTEM);
	db_rollback(db);
}

/* Another program that keeps the store to itself, for longer than SQLite waits. */
static void
test_locked(void **state)
{
	sqlite3 *other;

	(void)state;
	assert_int_equal(raw_exec("BEGIN IMMEDIATE"), SQLITE_OK);
	assert_int_equal(sqlite3_open(store_path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
	refused(db_fail_sqlite(other, &err), ERR_BUSY);
	sqlite3_close(other);
}

/* The log cannot be brought into the file: an erasure is not over, and somebody hears of it. */
static void
test_checkpoint_fails(void **state)
{
	struct rlimit before, small;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	commit();
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 4096, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(db_checkpoint(db, &err), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_true(err.code == ERR_FULL || err.code == ERR_SYSTEM);
	assert_int_equal(db_checkpoint(db, &err), 1);
}

/* A large store is looked at no longer than was asked. */
static void
test_health(void **state)
{
	(void)state;
	assert_int_equal(health_check(db, HEALTH_FILE, 0, &err), 1);
	assert_int_equal(raw_exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
				  "INSERT INTO counter SELECT 'c' || i, i FROM n"),
	    SQLITE_OK);
	assert_int_equal(health_check(db, HEALTH_FILE, 1, &err), 0);
	assert_int_equal(health_check(db, HEALTH_FILE, 60000000, &err), 1);
}

/* A copy that is none of ours, or damaged, is said to be so. */
static void
test_copies(void **state)
{
	static const struct {
		const char *name, *bytes, *sql, *want;
	} cases[] = {
		{ "no database", "this is not a database, it is a letter of more than sixteen bytes\n", NULL, "the store in it cannot be read: " },
		{ "another program's", "", "CREATE TABLE bookmarks (url)", "the store in it is no store of newsletter" },
		{ "a schema that is no SQL", NULL,
		    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE (' WHERE name = 'counter'",
		    "the store in it is damaged: malformed database schema" },
		{ "an index that lacks a row", NULL,
		    "PRAGMA writable_schema = ON; CREATE INDEX c ON counter (value); INSERT INTO counter VALUES ('x', 1);"
		    "UPDATE sqlite_schema SET sql = 'CREATE INDEX c ON counter (name)' WHERE name = 'c'",
		    "the store in it is damaged: " },
	};
	char path[128];
	int64_t version;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct db *made;

		snprintf(path, sizeof(path), "%s/copy%zu.db", folder, i);
		if (cases[i].bytes) {
			ok(file_write(path, 0600, cases[i].bytes, strlen(cases[i].bytes), &err));
		} else {
			made = db_open(path, DB_CREATE, &err);
			assert_non_null(made);
			db_close(made);
		}
		if (cases[i].sql) {
			sqlite3_close(raw);
			assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
			assert_int_equal(raw_exec(cases[i].sql), SQLITE_OK);
		}
		err = (struct err)ERR_INIT;
		if (copy_check(path, &version, &err) != -1 || err.code != ERR_CORRUPT || !strstr(err.text, cases[i].want))
			fail_msg("%s: %d, %s", cases[i].name, err.code, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_long_text),
		store_test(test_octets),
		store_test(test_orphan),
		store_test(test_no_domain),
		store_test(test_lost_table),
		store_test(test_locked),
		store_test(test_checkpoint_fails),
		store_test(test_health),
		store_test(test_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
