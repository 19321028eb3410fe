/* test_db.c - opening, refusing, beginning, committing; full disks, foreign locks, migrations. */
#include "store_fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/secret.h"
#include "store/counter.h"
#include "store/migrate.h"
#include "store/segment.h"

/* SHA-256 of a file, or zeros when there is none: whether anybody wrote it. */
static void
file_hash(const char *path, uint8_t out[SHA256_LEN])
{
	struct buf b = BUF_INIT;

	memset(out, 0, SHA256_LEN);
	if (file_read(path, 1 << 26, &b, &err) == 0)
		sha256(out, b.data, b.len);
	buf_release(&b);
}

static bool
there(const char *suffix)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", store_path, suffix);
	return access(path, F_OK) == 0;
}

static void
write_store(const char *bytes, size_t n)
{
	ok(file_write(store_path, 0660, bytes, n, &err));
}

static void
test_create(void **state)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };
	mode_t mask = umask(0022); /* what most people have */
	char path[128];
	struct stat st;
	size_t i;

	(void)state;
	db = db_open(store_path, DB_CREATE, &err);
	ok(db ? 0 : -1);
	assert_int_equal(umask(mask), 0022);
	begin();
	ok(counter_add(db, "x", 1, &err));
	commit();
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", store_path, suffixes[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0660);
	}
	assert_null(db_open(store_path, DB_CREATE, &err));
	assert_int_equal(err.code, ERR_EXISTS);
	assert_non_null(strstr(err.text, store_path));
	assert_true(is_whole());
	db_close(db);
	db_close(NULL);
}

static void
test_created_elsewhere(void **state)
{
	char path[160];

	(void)state;
	snprintf(path, sizeof(path), "%s/no/such/folder/store.db", folder);
	assert_null(db_open(path, DB_CREATE, &err));
	assert_int_equal(err.code, ERR_SYSTEM);
	assert_null(db_open(path, DB_USE, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	snprintf(path, sizeof(path), "%s/file", folder);
	ok(file_write(path, 0600, "", 0, &err));
	strcat(path, "/store.db");
	assert_null(db_open(path, DB_USE, &err)); /* not a folder */
	assert_int_equal(err.code, ERR_SYSTEM);
	assert_null(db_open(folder, DB_USE, &err)); /* not a file */
	assert_int_equal(err.code, ERR_SYSTEM);
}

/* Files that db_open must refuse, and leave as they are. */
static const struct {
	const char *name;
	const char *sql; /* what makes it, or NULL: */
	const char *bytes;
	enum err_code use, migrate; /* ERR_NONE: it opens */
	const char *says;
} files[] = {
	{ "missing", NULL, NULL, ERR_NOT_FOUND, ERR_NOT_FOUND, "newsletter init" },
	{ "empty", NULL, "", ERR_CORRUPT, ERR_NONE, "is empty" },
	{ "text", NULL, "this is not a database, it is a letter of more than sixteen bytes\n", ERR_CORRUPT, ERR_CORRUPT, "damaged" },
	{ "newer", "PRAGMA user_version = 999; PRAGMA application_id = 0x4e65776c; CREATE TABLE topic (future)", NULL,
	    ERR_VERSION, ERR_VERSION, "schema version 999" },
	{ "another program's", "CREATE TABLE bookmarks (url)", NULL, ERR_CORRUPT, ERR_CORRUPT, "no store of newsletter" },
	{ "another program's of our version", "PRAGMA user_version = 2; CREATE TABLE bookmarks (url)", NULL,
	    ERR_CORRUPT, ERR_CORRUPT, "no store of newsletter" },
	{ "negative version", "PRAGMA user_version = -1; PRAGMA application_id = 0x4e65776c; CREATE TABLE topic (odd)", NULL,
	    ERR_CORRUPT, ERR_CORRUPT, "no store of newsletter" },
};

static void
check_refused(size_t i, enum db_open how, enum err_code want)
{
	uint8_t before[SHA256_LEN], after[SHA256_LEN];

	file_hash(store_path, before);
	err = (struct err)ERR_INIT;
	db = db_open(store_path, how, &err);
	if (want == ERR_NONE) {
		if (!db)
			fail_msg("%s: %s", files[i].name, err.text);
		db_close(db);
		return;
	}
	if (db || err.code != want || !strstr(err.text, files[i].says))
		fail_msg("%s: error %d, \"%s\"", files[i].name, err.code, err.text);
	file_hash(store_path, after);
	if (memcmp(before, after, sizeof(before)) != 0 || there("-lock") || there("-wal"))
		fail_msg("%s: something was written", files[i].name);
}

static void
test_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		remove_folder();
		assert_int_equal(mkdir(folder, 0700), 0);
		if (files[i].bytes)
			write_store(files[i].bytes, strlen(files[i].bytes));
		if (files[i].sql) {
			assert_int_equal(sqlite3_open(store_path, &raw), SQLITE_OK);
			assert_int_equal(raw_exec(files[i].sql), SQLITE_OK);
			sqlite3_close(raw);
		}
		check_refused(i, DB_USE, files[i].use);
		check_refused(i, DB_MIGRATE, files[i].migrate);
	}
}

/* A page in the middle of a store that is overwritten: it may open, but not pass. */
static void
test_corrupt(void **state)
{
	static const char noise[4096] = { 13, 77, 77, 77, 77, 77, 77, 77, 77, 77 };
	struct stat st;
	int fd, i;

	(void)state;
	begin();
	for (i = 0; i < 200; i++)
		make_subscriber((char[]){ (char)('a' + i / 26), (char)('a' + i % 26), '@', 'e', '\0' });
	commit();
	assert_int_equal(raw_exec("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
	assert_true(is_whole());
	db_close(db);
	sqlite3_close(raw);
	raw = NULL;
	fd = open(store_path, O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	for (i = 4; i < st.st_size / 4096; i++)
		assert_int_equal(pwrite(fd, noise, sizeof(noise), (off_t)4096 * i), sizeof(noise));
	close(fd);
	db = db_open(store_path, DB_USE, &err);
	if (!db)
		assert_int_equal(err.code, ERR_CORRUPT);
	assert_false(is_whole());
}

static void
test_migrate(void **state)
{
	uint8_t before[SHA256_LEN], after[SHA256_LEN];
	int64_t version;

	(void)state;
	assert_int_equal(raw_int("PRAGMA user_version"), SCHEMA_VERSION);
	assert_int_equal(raw_int("PRAGMA application_id"), APPLICATION_ID);
	assert_string_equal(raw_text("PRAGMA journal_mode"), "wal");
	begin();
	ok(counter_add(db, "x", 1, &err));
	commit();
	version = db_data_version(db);
	db_close(db_open(store_path, DB_MIGRATE, &err));
	assert_int_equal(db_data_version(db), version); /* up to date: nothing is written */
	ok(migrate(raw, SCHEMA_VERSION, &err));
	assert_int_equal(db_data_version(db), version);
	db_close(db);
	sqlite3_close(raw);
	file_hash(store_path, before);
	db = db_open(store_path, DB_MIGRATE, &err);
	assert_non_null(db);
	db_close(db);
	file_hash(store_path, after);
	assert_memory_equal(before, after, sizeof(before));
	db = db_open(store_path, DB_USE, &err);
	assert_non_null(db);
	assert_int_equal(sqlite3_open(store_path, &raw), SQLITE_OK);
	assert_invariants();
}

/* schema.sql as DB_CREATE runs it is what is in the file, and the tables refuse what they must. */
static void
test_schema(void **state)
{
	static const char *const wrong[] = {
		"INSERT INTO topic (slug, title, description, created_at) VALUES ('t', 't', '', 'yesterday')", /* STRICT */
		"INSERT INTO subscription VALUES (1, 99, 1, 1)",
		"INSERT INTO subscription VALUES (1, 1, 7, 1)",
		"UPDATE consent SET source = 'forged'",
		"UPDATE consent SET ip = '192.0.2.1'",
		"UPDATE consent SET action = 'confirmed'",
		"UPDATE audit SET who = 'nobody'",
		"DELETE FROM audit",
		"INSERT INTO outbox (kind, state, created_at, expires_at, next_at, address) VALUES ('test', 'accepted', 1, 1, 1, 'a')",
		"INSERT INTO outbox (kind, state, created_at, expires_at, next_at, message) VALUES ('test', 'expired', 1, 1, 1, x'00')",
		"INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) VALUES (1, 1, 2, 1, 1)",
		"INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, next_at) VALUES (1, 1, 0, 1, 1, 5)",
	};
	static const char rows[] =
	    "PRAGMA foreign_keys = ON;"
	    "INSERT INTO topic (slug, title, description, created_at) VALUES ('a', 'a', '', 1);"
	    "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) VALUES ('a', 'a', x'00', '', '', 1);"
	    "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at) VALUES "
	    "('u', 'promotion', 1, 's', 'scheduled', 1, 'me', 1);"
	    "INSERT INTO audit (at, who, command, detail) VALUES (1, 'me', 'x', '');"
	    "INSERT INTO consent (subscriber_id, topic_id, action, at, ip, source) VALUES (1, 1, 'left', 1, '::1', 'x')";
	size_t i;

	(void)state;
	assert_int_equal(raw_exec(rows), SQLITE_OK);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (raw_exec(wrong[i]) == SQLITE_OK)
			fail_msg("taken: %s", wrong[i]);
	assert_int_equal(raw_exec("UPDATE consent SET ip = NULL"), SQLITE_OK);
}

static void
test_transactions(void **state)
{
	int64_t n, version = db_data_version(db);

	(void)state;
	refused(counter_add(db, "x", 1, &err), ERR_SYSTEM); /* out of turn */
	begin();
	assert_int_equal(db_try_begin(db, &err), 1); /* open already */
	ok(counter_add(db, "x", 2, &err));
	assert_int_equal(db_changes(db), 1);
	assert_int_equal(raw_int("SELECT value FROM counter"), -1);
	commit();
	assert_int_equal(raw_int("SELECT value FROM counter"), 2);
	assert_int_equal(db_data_version(db), version); /* our own writes do not change it */
	assert_int_equal(raw_exec("UPDATE counter SET value = 3"), SQLITE_OK);
	assert_int_not_equal(db_data_version(db), version);
	begin();
	ok(counter_add(db, "x", 5, &err));
	db_rollback(db);
	db_rollback(db);
	ok(counter_get(db, "x", &n, &err));
	assert_int_equal(n, 3);
	refused(db_commit(db, &err), ERR_SYSTEM); /* nothing is open */
}

/* Two connections to the store take turns; db_chunk lets the other one in, and what it did by then is there. */
static void
test_chunk(void **state)
{
	struct db *other = db_open(store_path, DB_USE, &err);
	int64_t end;

	(void)state;
	assert_non_null(other);
	begin();
	ok(counter_add(db, "x", 1, &err));
	ok(db_chunk(db, &err)); /* too early, on a machine that is not too busy */
	assert_int_equal(db_try_begin(other, &err), 0);
	end = clock_mono_us() + 16000;
	while (clock_mono_us() < end)
		;
	db_set_wait(db, 50);
	refused(db_chunk(db, &err), ERR_BUSY); /* the other one waits, and is not asked again here: it is first */
	assert_int_equal(raw_int("SELECT value FROM counter"), 1);
	assert_int_equal(db_try_begin(other, &err), 1);
	ok(counter_add(other, "x", 1, &err));
	ok(db_commit(other, &err));
	begin();
	ok(counter_add(db, "x", 1, &err));
	end = clock_mono_us() + 61000; /* nobody waits: its turn is longer, but has an end */
	while (clock_mono_us() < end)
		;
	assert_true(db_chunk_due(db));
	ok(db_chunk(db, &err));
	assert_false(db_chunk_due(db));
	assert_int_equal(raw_int("SELECT value FROM counter"), 3);
	ok(counter_add(db, "x", 1, &err)); /* begun again */
	commit();
	db_close(other);
}

static int
begin_inside(void *ctx, const struct subscriber *s, struct err *e)
{
	(void)ctx, (void)s;
	assert_int_equal(raw_exec("INSERT INTO counter VALUES ('y', 1)"), SQLITE_OK);
	return db_begin(db, e);
}

static void
test_begin_in_a_walk(void **state)
{
	struct segment *everybody;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	commit();
	ok(segment_parse("", &everybody, &err));
	refused(segment_each(db, everybody, 0, begin_inside, NULL, &err), ERR_SYSTEM);
	segment_free(everybody);
	begin();
	commit();
}

/* A program that does not know the turn, such as the sqlite3 shell. */
static void
test_foreign_lock(void **state)
{
	int64_t start;

	(void)state;
	assert_int_equal(raw_exec("BEGIN EXCLUSIVE"), SQLITE_OK);
	assert_int_equal(db_try_begin(db, &err), 0);
	assert_int_equal(db_try_begin(db, &err), 0);
	db_set_wait(db, 200);
	start = clock_mono_us();
	refused(db_begin(db, &err), ERR_BUSY);
	assert_in_range(clock_mono_us() - start, 200000, 5000000);
	assert_int_equal(raw_exec("COMMIT"), SQLITE_OK);
	begin();
	ok(counter_add(db, "x", 1, &err));
	commit();
	/* giving up gives the place back: another connection gets it */
	assert_int_equal(raw_exec("BEGIN EXCLUSIVE"), SQLITE_OK);
	assert_int_equal(db_try_begin(db, &err), 0);
	db_rollback(db);
	assert_int_equal(raw_exec("COMMIT"), SQLITE_OK);
	db_close(db);
	db = db_open(store_path, DB_USE, &err);
	assert_int_equal(db_try_begin(db, &err), 1);
	db_rollback(db);
}

/* A writer that is killed in the middle leaves neither a lock nor half of its work. */
static void
test_killed(void **state)
{
	int status, fd[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (!pid) {
		struct db *mine = db_open(store_path, DB_USE, &err);

		if (mine && db_begin(mine, &err) == 0 && counter_add(mine, "x", 7, &err) == 0 && write(fd[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	assert_int_equal(read(fd[0], &byte, 1), 1);
	assert_int_equal(db_try_begin(db, &err), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	begin();
	commit();
	assert_int_equal(raw_int("SELECT value FROM counter"), -1);
	close(fd[0]);
	close(fd[1]);
	assert_invariants();
}

#define want(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, err.text); \
			_exit(1); \
		} \
	} while (0)

/* Write rows until the disk is full; the transaction is rolled back and the store as before. */
static void
write_until_full(void)
{
	struct subscriber s = { .name = "a name that takes its room on the disk, as names do" };
	int64_t before, after;
	bool created;
	int i, rc = 0;

	want(subscriber_count(db, &before, &err) == 0);
	want(db_begin(db, &err) == 0);
	for (i = 0; i < 40000 && rc == 0; i++) {
		snprintf(s.address, sizeof(s.address), "%d@example.org", i);
		snprintf(s.key, sizeof(s.key), "%d@example.org", i);
		rc = subscriber_put(db, &s, &created, &err);
	}
	if (rc == 0)
		rc = db_commit(db, &err);
	want(rc == -1 && err.code == ERR_FULL);
	db_rollback(db);
	want(subscriber_count(db, &after, &err) == 0 && after == before);
	want(is_whole());
}

static void
write_one(const char *address)
{
	struct subscriber s = { 0 };
	bool created;

	snprintf(s.address, sizeof(s.address), "%s", address);
	snprintf(s.key, sizeof(s.key), "%s", address);
	want(db_begin(db, &err) == 0);
	want(subscriber_put(db, &s, &created, &err) == 0);
	want(db_commit(db, &err) == 0);
}

/* In a child with a small disk of its own: fill it, see ERR_FULL, make room, go on. */
static void
small_disk(void)
{
	static char block[4096];
	char path[128];
	int fd;

	if (unshare(CLONE_NEWNS) == -1 && unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1)
		_exit(77);
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 || mount("tmpfs", folder, "tmpfs", 0, "size=1m") == -1)
		_exit(77);
	db = db_open(store_path, DB_CREATE, &err);
	want(db);
	db_set_suppression_key(db, (const uint8_t[32]){ 1 });
	write_one("first@example.org");
	write_until_full();
	snprintf(path, sizeof(path), "%s/ballast", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
	write_until_full();
	snprintf(path, sizeof(path), "%s/second.db", folder);
	want(!db_open(path, DB_CREATE, &err) && err.code == ERR_FULL);
	want(access(path, F_OK) == -1); /* nothing that would refuse the next try */
	snprintf(path, sizeof(path), "%s/ballast", folder);
	unlink(path);
	write_one("second@example.org");
	want(is_whole());
	db_close(db);
	_exit(0);
}

/* The same with a limit on the size of files, which every system lets us set. */
static void
small_file(void)
{
	const struct rlimit least = { 200000, 200000 };

	signal(SIGXFSZ, SIG_IGN);
	db = db_open(store_path, DB_USE, &err);
	want(db);
	db_set_suppression_key(db, (const uint8_t[32]){ 1 });
	write_one("first@example.org");
	want(setrlimit(RLIMIT_FSIZE, &least) == 0);
	write_until_full();
	db_close(db);
	_exit(0);
}

static void
in_child(void (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid)
		run();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip(); /* nobody lets us mount */
	assert_int_equal(status, 0);
}

static void
test_full_disk(void **state)
{
	(void)state;
	in_child(small_disk);
}

static void
test_full_file(void **state)
{
	(void)state;
	db_close(db_open(store_path, DB_CREATE, &err));
	in_child(small_file);
	db = db_open(store_path, DB_USE, &err);
	assert_non_null(db);
	assert_true(is_whole());
	db_close(db);
}

/* A MAC under no key would match nobody, silently. */
static void
test_no_key(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	db_close(db_open(store_path, DB_CREATE, &err));
	pid = fork();
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		db = db_open(store_path, DB_USE, &err);
		db_suppression_key(db);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

#define folder_test(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(test_create),
		folder_test(test_created_elsewhere),
		folder_test(test_refused),
		store_test(test_corrupt),
		store_test(test_migrate),
		store_test(test_schema),
		store_test(test_transactions),
		store_test(test_chunk),
		store_test(test_begin_in_a_walk),
		store_test(test_foreign_lock),
		store_test(test_killed),
		folder_test(test_full_disk),
		folder_test(test_full_file),
		folder_test(test_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
