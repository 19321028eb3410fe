/* test_csv.c - rows as spreadsheets write them, and what is wrong with a row is that row's alone. */
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

/* A stream over the bytes; fmemopen() does not write to what is opened for reading. */
static FILE *
memory(const char *text, size_t n)
{
	union {
		const char *in;
		char *out;
	} u = { .in = text };

	return n ? fmemopen(u.out, n, "r") : fopen("/dev/null", "r");
}

/* Rows as text: fields joined by |, rows by a line end, "LINE!" for a bad row; each row has its line number before it. */
static void
render(struct buf *out, const char *text, size_t n)
{
	FILE *f = memory(text, n);
	struct err e = ERR_INIT;
	struct csv c;
	size_t i;
	int rc;

	assert_non_null(f);
	csv_init(&c, f);
	while ((rc = csv_next(&c, &e))) {
		buf_addf(out, "%lu", c.line);
		if (rc == -1)
			assert_int_equal(e.code, ERR_INPUT);
		for (i = 0; rc == 1 && i < c.fields; i++)
			buf_addf(out, "|%s", c.field[i]);
		buf_addstr(out, rc == -1 ? "!\n" : "\n");
	}
	assert_int_equal(csv_next(&c, &e), 0);
	assert_true(c.bytes <= n);
	csv_release(&c);
	fclose(f);
}

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "plain", "a,b\nc,d\n", "1|a|b\n2|c|d\n" },
	{ "no line end at the end", "a,b\nc,d", "1|a|b\n2|c|d\n" },
	{ "CRLF", "a,b\r\nc,d\r\n", "1|a|b\n2|c|d\n" },
	{ "CR alone", "a,b\rc,d\r", "1|a|b\n2|c|d\n" },
	{ "byte-order mark", "\xef\xbb\xbf"
			     "a,b\n",
	    "1|a|b\n" },
	{ "semicolons", "a;b,c;d\n1;2;3\n", "1|a|b,c|d\n2|1|2|3\n" },
	{ "tabs", "a\tb\n1\t2\n", "1|a|b\n2|1|2\n" },
	{ "delimiters in quotes do not count", "\"a,b,c\";d\n1;2\n", "1|a,b,c|d\n2|1|2\n" },
	{ "quotes", "\"a,b\",\"c \"\"d\"\"\"\n", "1|a,b|c \"d\"\n" },
	{ "a line end in quotes", "\"a\nb\",c\nd,e\n", "1|a\nb|c\n3|d|e\n" },
	{ "a CRLF in quotes is one line", "\"a\r\nb\",c\r\nd,e\r\n", "1|a\r\nb|c\n3|d|e\n" },
	{ "empty fields", ",\n,,x\n", "1||\n2|||x\n" },
	{ "empty quoted field", "\"\",a\n", "1||a\n" },
	{ "empty lines are passed over", "\n\na,b\n\r\nc,d\n\n", "3|a|b\n5|c|d\n" },
	{ "a quote inside a plain field is a quote", "5\" pipe,b\n", "1|5\" pipe|b\n" },
	{ "text after a closing quote", "\"a\"b,c\nd,e\n", "1!\n2|d|e\n" },
	{ "a quote never closed costs its line", "a,b\n\"c,d\ne,f\ng,h\n", "1|a|b\n2!\n3|e|f\n4|g|h\n" },
	{ "a quote never closed at the end", "a,\"b", "1!\n" },
	{ "nothing", "", "" },
	{ "only a byte-order mark", "\xef\xbb\xbf", "" },
};

static void
test_cases(void **state)
{
	struct buf got = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		render(&got, cases[i].in, strlen(cases[i].in));
		if (strcmp(got.data, cases[i].want) != 0)
			fail_msg("%s: got\n%s", cases[i].name, got.data);
		buf_reset(&got);
	}
	buf_release(&got);
}

static void
test_nul(void **state)
{
	static const char in[] = "a,b\0c\nd,e\n\"f\0\",g\nh,i\n";
	struct buf got = BUF_INIT;

	(void)state;
	render(&got, in, sizeof(in) - 1);
	assert_string_equal(got.data, "1!\n2|d|e\n3!\n4|h|i\n");
	buf_release(&got);
}

/* Rows and bad rows across the reader's window: what lies on its edge must not read differently. */
static void
test_window(void **state)
{
	struct buf in = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
	int i, shift;

	(void)state;
	for (shift = 0; shift < 40; shift++) {
		buf_reset(&in);
		buf_reset(&want);
		buf_reset(&got);
		for (i = 0; i < shift; i++)
			buf_addch(&in, 'x');
		buf_addstr(&in, ",y\r\n");
		buf_add(&want, "1|", 2);
		buf_add(&want, in.data, (size_t)shift);
		buf_addstr(&want, "|y\n");
		for (i = 2; i < 6000; i++) {
			buf_addf(&in, "\"row \"\"%d\"\"\",\"plain\"\r\n", i);
			buf_addf(&want, "%d|row \"%d\"|plain\n", i, i);
		}
		render(&got, in.data, in.len);
		assert_string_equal(got.data, want.data);
	}
	buf_release(&in);
	buf_release(&want);
	buf_release(&got);
}

static void
test_bounds(void **state)
{
	struct buf in = BUF_INIT, got = BUF_INIT;
	int i;

	(void)state;
	buf_addstr(&in, "a,b\n");
	for (i = 0; i < 300000; i++)
		buf_addch(&in, 'x');
	buf_addstr(&in, ",b\nc,d\n");
	render(&got, in.data, in.len);
	assert_string_equal(got.data, "1|a|b\n2!\n3|c|d\n"); /* too long a line is one bad row */

	buf_reset(&in);
	buf_reset(&got);
	buf_addstr(&in, "a,b\n\"open,b\n");
	for (i = 0; i < 20000; i++)
		buf_addstr(&in, "more,lines\n");
	render(&got, in.data, in.len);
	assert_memory_equal(got.data, "1|a|b\n2!\n3|more|lines\n", 22); /* a quote does not swallow the file */
	assert_string_equal(got.data + got.len - 17, "20002|more|lines\n");

	buf_reset(&in);
	buf_reset(&got);
	for (i = 0; i < CSV_FIELDS; i++)
		buf_addstr(&in, ",");
	buf_addstr(&in, "\nc,d\n");
	render(&got, in.data, in.len);
	assert_string_equal(got.data, "1!\n2|c|d\n");
	buf_release(&in);
	buf_release(&got);
}

/* What cannot be read on is no end of the file. */
static void
test_unreadable(void **state)
{
	FILE *in = fopen("/", "r");
	struct err e = ERR_INIT;
	struct csv csv;

	(void)state;
	assert_non_null(in);
	csv_init(&csv, in);
	assert_int_equal(csv_next(&csv, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.text, "cannot read on after line 0: Is a directory");
	csv_release(&csv);
	fclose(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
