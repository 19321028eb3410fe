/* test_file.c - files are read with a bound and written whole or not at all. */
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "interrupt_fixture.h"

static char folder[] = "/tmp/test_file.XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "umount -q %s/small; rm -rf %s", folder, folder);
	return system(command);
}

static int
entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void
writes_and_reads(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct stat st;
	mode_t before = umask(077);

	(void)state;
	assert_int_equal(file_mkdir("d", 0750, &e), 0);
	assert_int_equal(file_write("d/x", 0640, "a\0b", 3, &e), 0);
	assert_int_equal(file_write("d/x", 0640, "longer than before", 18, &e), 0);
	assert_int_equal(file_write("d/empty", 0600, "", 0, &e), 0);
	umask(before);
	assert_int_equal(stat("d/x", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(stat("d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(entries("d"), 2); /* no temporary file is left */
	buf_addstr(&b, ">");
	assert_int_equal(file_read("d/x", 18, &b, &e), 0);
	assert_string_equal(b.data, ">longer than before");
	assert_int_equal(file_read("d/empty", 0, &b, &e), 0);
	assert_int_equal(b.len, 19);
	buf_release(&b);
}

static void
refuses(void **state)
{
	static const struct {
		const char *path;
		size_t max;
		enum err_code code;
		const char *text;
	} cases[] = {
		{ "missing", 10, ERR_NOT_FOUND, "cannot open missing: No such file or directory" },
		{ "big", 39999, ERR_INPUT, "big is larger than 39999 bytes" },
		{ ".", 10, ERR_SYSTEM, "cannot read .: Is a directory" },
	};
	char *bytes = xcalloc(1, 40000);
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_int_equal(file_write("big", 0600, bytes, 40000, &e), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;

		assert_int_equal(file_read(cases[i].path, cases[i].max, &b, &e), -1);
		assert_int_equal(e.code, cases[i].code);
		assert_string_equal(e.text, cases[i].text);
		buf_release(&b);
	}
	free(bytes);
}

static void
leaves_what_was_there(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_write("missing/x", 0600, "a", 1, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_int_equal(file_mkdir("taken", 0700, &e), 0);
	assert_int_equal(file_write("taken/inside", 0600, "a", 1, &e), 0);
	assert_int_equal(file_write("taken", 0600, "a", 1, &e), -1); /* a rename over a folder fails */
	assert_int_equal(file_read("taken/inside", 10, &b, &e), 0);
	assert_string_equal(b.data, "a");
	assert_int_equal(entries("taken"), 1);
	buf_release(&b);
}

static void
full_disk(void **state)
{
	struct err e = ERR_INIT;
	char *bytes;

	(void)state;
	if (getuid() != 0 || mkdir("small", 0700) == -1 || system("mount -t tmpfs -o size=64k none small 2>/dev/null") != 0)
		skip();
	bytes = xcalloc(1, 200000);
	assert_int_equal(file_write("small/x", 0600, "kept", 4, &e), 0);
	assert_int_equal(file_write("small/x", 0600, bytes, 200000, &e), -1);
	free(bytes);
	assert_int_equal(e.code, ERR_FULL);
	assert_string_equal(e.text, "cannot write small/x: No space left on device");
	assert_int_equal(entries("small"), 1);
	assert_int_equal(system("grep -q kept small/x; s=$?; umount small; exit $s"), 0);
}

static void
folders(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_mkdir("there", 0700, &e), 0);
	assert_int_equal(file_mkdir("there", 0700, &e), 0);
	assert_int_equal(file_write("plain", 0600, "", 0, &e), 0);
	assert_int_equal(file_mkdir("plain", 0700, &e), -1);
	assert_int_equal(file_mkdir("no/where", 0700, &e), -1);
	assert_string_equal(e.text, "cannot create the folder no/where: No such file or directory");
}

static void
folder_of_path(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "/srv/site/file", "/srv/site" },
		{ "/file", "/" },
		{ "site/file", "site" },
		{ "file", "." },
	};
	size_t i;
	char *got;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = file_folder(cases[i].path);
		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void
joins(void **state)
{
	static const struct {
		const char *folder, *name, *want;
	} cases[] = {
		{ "/srv/site", "keys", "/srv/site/keys" },
		{ "/srv/site", "/etc/keys", "/etc/keys" },
		{ ".", "keys", "keys" },
		{ "", "keys", "keys" },
		{ "/", "keys", "/keys" },
		{ "site/", "keys", "site/keys" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;

		file_join(&b, cases[i].folder, cases[i].name);
		assert_string_equal(b.data, cases[i].want);
		buf_release(&b);
	}
}

/* A signal that comes while something is read or written changes nothing of it. */
static void
interrupted(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	char *bytes = xcalloc(1, 20000);
	int fd[2];

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	fd[1] = open("fifo", O_RDWR | O_CLOEXEC);
	assert_true(fd[1] != -1);
	interrupts_begin(fd[1], -1);
	assert_int_equal(file_read("fifo", 10, &b, &e), 0);
	interrupts_end();
	assert_string_equal(b.data, "x");
	assert_true(interrupts >= INTERRUPTS);
	buf_release(&b);

	assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
	assert_true(fcntl(fd[1], F_SETPIPE_SZ, 4096) >= 4096);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	interrupts_begin(-1, fd[0]);
	assert_int_equal(file_write_all(fd[1], bytes, 20000), 0);
	interrupts_end();
	assert_true(interrupts >= INTERRUPTS);
	close(fd[0]);
	close(fd[1]);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_and_reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(leaves_what_was_there),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(folders),
		cmocka_unit_test(folder_of_path),
		cmocka_unit_test(joins),
		cmocka_unit_test(interrupted),
	};

	return cmocka_run_group_tests_name("file", tests, setup, teardown);
}
