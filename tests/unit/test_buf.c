/* test_buf.c - text that grows, and is a C string at every moment. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
starts_empty(void **state)
{
	static struct buf s = BUF_INIT;
	struct buf b = BUF_INIT;
	char *text;

	(void)state;
	assert_string_equal(b.data, "");
	assert_string_equal(s.data, "");
	buf_reset(&b);
	buf_truncate(&b, 5);
	buf_add(&b, NULL, 0);
	buf_addstr(&b, "");
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
	text = buf_detach(&b);
	assert_string_equal(text, "");
	free(text);
	buf_release(&b);
	buf_release(&b);
	assert_int_equal(buf_empty[0], 0);
}

static void
adds(void **state)
{
	struct buf b = BUF_INIT;
	char *text;

	(void)state;
	buf_addstr(&b, "ab");
	buf_addch(&b, 'c');
	buf_addf(&b, "-%d-%s", 12, "x");
	assert_string_equal(b.data, "abc-12-x");
	buf_add(&b, "\0y", 2);
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "abc-12-x\0y", 11);
	buf_truncate(&b, 20);
	assert_int_equal(b.len, 10);
	buf_truncate(&b, 3);
	assert_string_equal(b.data, "abc");
	text = buf_detach(&b);
	assert_string_equal(text, "abc");
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	free(text);
}

/* Every length around the powers of two; the NUL is always inside. */
static void
grows(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 70000; i++) {
		buf_addch(&b, (char)('a' + i % 26));
		if (b.len != i + 1 || b.cap <= b.len || b.data[b.len])
			fail_msg("after %zu bytes", i);
	}
	for (i = 0; i < b.len; i++)
		if (b.data[i] != (char)('a' + i % 26))
			fail_msg("byte %zu", i);
	buf_reset(&b);
	assert_string_equal(b.data, "");
	assert_true(b.cap > 70000);
	buf_release(&b);
}

static void
reserves(void **state)
{
	struct buf b = BUF_INIT;
	char *before;

	(void)state;
	buf_addstr(&b, "keep");
	buf_reserve(&b, 5000);
	before = b.data;
	memset(b.data + b.len, 'x', 5000);
	b.data[b.len] = '\0';
	for (int i = 0; i < 500; i++)
		buf_addf(&b, "%s", "0123456789");
	assert_ptr_equal(b.data, before);
	assert_int_equal(b.len, 5004);
	assert_memory_equal(b.data, "keep0123", 8);
	buf_release(&b);
}

static void
duplicates(void **state)
{
	char *a = xstrdup("text"), *b = xstrndup("text", 2), *c = xmalloc(0);
	int *d = xcalloc(4, sizeof(*d)), *none = xcalloc(0, sizeof(*none)), *empty = xcalloc(4, 0);

	(void)state;
	assert_string_equal(a, "text");
	assert_string_equal(b, "te");
	assert_non_null(c);
	assert_non_null(none);
	assert_non_null(empty);
	assert_int_equal(d[3], 0);
	a = xrealloc(a, 100);
	assert_string_equal(a, "text");
	free(a);
	free(b);
	free(c);
	free(d);
	free(none);
	free(empty);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty),
		cmocka_unit_test(adds),
		cmocka_unit_test(grows),
		cmocka_unit_test(reserves),
		cmocka_unit_test(duplicates),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
