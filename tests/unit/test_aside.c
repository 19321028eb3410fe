/* test_aside.c - messages that only a person can deal with are kept whole, once, and as far as there is room. */
#include "site/aside.h"

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
#include "base/file.h"
#include "interrupt_fixture.h"

static char base[64], folder[80];
static struct err err;

static int
setup(void **state)
{
	(void)state;
	snprintf(base, sizeof(base), "%s/test_aside.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(base))
		return -1;
	snprintf(folder, sizeof(folder), "%s/aside", base);
	return 0;
}

static int
teardown(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command);
}

/* How many files there are in new; the last one's text into `out`. */
static int
kept(struct buf *out)
{
	char path[400];
	const struct dirent *entry;
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "%s/new", folder);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		snprintf(path, sizeof(path), "%s/new/%.255s", folder, entry->d_name);
		buf_reset(out);
		assert_int_equal(file_read(path, 1 << 20, out, &err), 0);
	}
	closedir(dir);
	return n;
}

/* The folder is made; the same message takes its own place. */
static void
test_keep(void **state)
{
	struct buf text = BUF_INIT;
	struct stat st;

	(void)state;
	assert_int_equal(aside_prepare(folder, &err), 0);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 02770);
	assert_int_equal(aside_prepare(folder, &err), 0);
	assert_int_equal(aside_keep(folder, "Subject: a\n", 11, -1, &err), 0);
	assert_int_equal(aside_keep(folder, "Subject: a\n", 11, -1, &err), 0);
	assert_int_equal(kept(&text), 1);
	assert_string_equal(text.data, "Subject: a\n");
	buf_release(&text);
}

/* What comes behind it is waited for, whatever signals come meanwhile. */
static void
test_interrupted(void **state)
{
	struct buf text = BUF_INIT;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	interrupts_begin(fd[1], -1);
	assert_int_equal(aside_keep(folder, "Subject: b\n", 11, fd[0], &err), 0);
	interrupts_end();
	assert_true(interrupts >= INTERRUPTS);
	close(fd[0]);
	assert_int_equal(kept(&text), 1);
	assert_string_equal(text.data, "Subject: b\nx");
	buf_release(&text);
}

/* Neither a folder that cannot be, nor a descriptor that cannot be read, keeps half of it. */
static void
test_failures(void **state)
{
	struct buf text = BUF_INIT;
	char path[96];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/no/where", base);
	assert_int_equal(aside_keep(path, "x", 1, -1, &err), -1);
	assert_int_equal(err.code, ERR_SYSTEM);
	fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(aside_keep(folder, "x", 1, fd, &err), -1);
	assert_string_equal(err.text, "cannot read the message: Is a directory");
	close(fd);
	assert_int_equal(kept(&text), 0);
	buf_release(&text);
}

#define in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = { in_folder(test_keep), in_folder(test_interrupted), in_folder(test_failures) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
