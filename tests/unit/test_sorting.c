/* test_sorting.c - records come back in order and complete, whether they fit into the memory or not. */
#include "base/sorting.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

static struct err err;
static bool no_tmpfile; /* as on file systems that have no file without a name */

int open_here(const char *path, int flags, ...) __asm__("open");

/* In libc's place. */
int
open_here(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	if (no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return openat(AT_FDCWD, path, flags, mode);
}

static void
must_add(struct sorting *s, const void *record, size_t n)
{
	assert_int_equal(sorting_add(s, record, n, &err), 0);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* `count` texts of random letters and lengths, as many of them the same as chance has it, through `memory`. */
static void
round_trip(size_t count, size_t memory, size_t longest)
{
	struct sorting *s = sorting_new("/tmp", memory);
	char **text = calloc(count, sizeof(*text));
	const void *record;
	size_t i, j, n;

	assert_non_null(text);
	for (i = 0; i < count; i++) {
		n = (size_t)rand() % longest;
		text[i] = malloc(n + 1);
		assert_non_null(text[i]);
		for (j = 0; j < n; j++)
			text[i][j] = (char)('a' + rand() % 3);
		text[i][n] = '\0';
		must_add(s, text[i], n + 1);
	}
	assert_int_equal(sorting_count(s), count);
	assert_int_equal(sorting_end(s, &err), 0);
	qsort(text, count, sizeof(*text), compare);
	for (i = 0; i < count; i++) {
		assert_int_equal(sorting_next(s, &record, &n, &err), 1);
		assert_int_equal(n, strlen(text[i]) + 1);
		assert_string_equal(record, text[i]);
		free(text[i]);
	}
	assert_int_equal(sorting_next(s, &record, &n, &err), 0);
	assert_int_equal(sorting_next(s, &record, &n, &err), 0);
	free(text);
	sorting_free(s);
}

static void
test_none(void **state)
{
	(void)state;
	sorting_free(NULL);
}

static void
test_in_memory(void **state)
{
	(void)state;
	round_trip(0, 65536, 20);
	round_trip(1, 65536, 20);
	round_trip(1000, 65536, 30);
}

static void
test_runs(void **state)
{
	(void)state;
	round_trip(20000, 65536, 30);
	round_trip(60000, 262144, 9); /* mostly the same */
	round_trip(600, 65536, SORTING_RECORD);
	round_trip(2600, 131072, SORTING_RECORD); /* more than sixteen runs */
}

/* 64 KB hold sixteen runs' buffers: more runs than that are refused, in words. */
static void
test_too_many(void **state)
{
	struct sorting *s = sorting_new("/tmp", 65536);
	char record[SORTING_RECORD];
	int rc = 0, i;

	(void)state;
	memset(record, 'x', sizeof(record));
	for (i = 0; i < 2000 && rc == 0; i++)
		rc = sorting_add(s, record, sizeof(record), &err);
	assert_int_equal(rc, -1);
	assert_int_equal(err.code, ERR_INPUT);
	sorting_free(s);
}

/* Bytes are the order, not text: what is shorter first, 0xff last. */
static void
test_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} in[] = { { "\xff", 1 }, { "a\0b", 3 }, { "a", 1 }, { "a\0", 2 }, { "", 0 }, { "abcdefgh2", 9 }, { "abcdefgh1", 9 } },
	  want[] = { { "", 0 }, { "a", 1 }, { "a\0", 2 }, { "a\0b", 3 }, { "abcdefgh1", 9 }, { "abcdefgh2", 9 }, { "\xff", 1 } };
	struct sorting *s = sorting_new("/tmp", 65536);
	const void *record;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(in) / sizeof(in[0]); i++)
		must_add(s, in[i].bytes, in[i].n);
	assert_int_equal(sorting_end(s, &err), 0);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(sorting_next(s, &record, &n, &err), 1);
		assert_int_equal(n, want[i].n);
		assert_memory_equal(record, want[i].bytes, n);
	}
	sorting_free(s);
}

/* The file has no name, and a folder that is not there is said. */
static void
assert_unnamed(void)
{
	char folder[] = "/tmp/newsletter-sorting.XXXXXX", record[1000] = "";
	struct sorting *s;
	struct dirent *entry;
	int i, rc = 0, names = 0;
	DIR *dir;

	assert_non_null(mkdtemp(folder));
	s = sorting_new(folder, 65536);
	for (i = 0; i < 200; i++)
		must_add(s, record, sizeof(record));
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		names += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	closedir(dir);
	assert_int_equal(names, 0);
	sorting_free(s);
	rmdir(folder);
	s = sorting_new(folder, 65536);
	for (i = 0; i < 200 && rc == 0; i++)
		rc = sorting_add(s, record, sizeof(record), &err);
	assert_int_equal(rc, -1);
	assert_int_equal(err.code, ERR_SYSTEM);
	sorting_free(s);
}

static void
test_file(void **state)
{
	(void)state;
	assert_unnamed();
	no_tmpfile = true;
	assert_unnamed();
	round_trip(20000, 65536, 30);
	no_tmpfile = false;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_in_memory),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_file),
	};

	srand(7);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
