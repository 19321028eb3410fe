/* test_csv_write.c - what is written is read back: by csv.h, exactly, whatever it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/csv_write.h"
#include "base/err.h"

static const struct {
	const char *name, *in, *written;
} cases[] = {
	{ "empty", "", "" },
	{ "plain", "Ann", "Ann" },
	{ "a comma", "Neil, Ann", "\"Neil, Ann\"" },
	{ "a quote", "Ann \"A\"", "\"Ann \"\"A\"\"\"" },
	{ "a line end", "a\nb", "\"a\nb\"" },
	{ "CRLF", "a\r\nb", "\"a\r\nb\"" },
	{ "spaces around", " a ", "\" a \"" },
	{ "a semicolon", "a;b", "a;b" },
	{ "a formula", "=1+1", "'=1+1" },
	{ "plus", "+49 30", "'+49 30" },
	{ "minus", "-5", "'-5" },
	{ "at", "@SUM(A1)", "'@SUM(A1)" },
	{ "a tab", "\t=1", "\"'\t=1\"" },
	{ "a CR", "\r=1", "\"'\r=1\"" },
	{ "a formula with a quote", "=\"a\"", "\"'=\"\"a\"\"\"" },
	{ "a formula with its guard", "'=1", "''=1" },
	{ "and two", "''=1", "'''=1" },
	{ "an apostrophe", "'s Gravenhage", "'s Gravenhage" },
	{ "only one", "'", "'" },
	{ "in the middle", "a=b", "a=b" },
	{ "no ASCII", "Zoë", "Zoë" },
};

/* All that was written to the file. */
static char *
content(FILE *f, size_t *n)
{
	char *text = calloc(1, 1 << 22);

	rewind(f);
	*n = fread(text, 1, (1 << 22) - 1, f);
	return text;
}

static void
test_fields(void **state)
{
	struct err e = ERR_INIT;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *f = tmpfile();
		struct csv_out out;
		struct csv csv;
		char want[128], *text;

		csv_out_init(&out, fileno(f));
		csv_put(&out, "x");
		csv_put(&out, cases[i].in);
		assert_int_equal(csv_end(&out, &e), 0);
		assert_int_equal(csv_flush(&out, &e), 0);
		text = content(f, &n);
		snprintf(want, sizeof(want), "x,%s\r\n", cases[i].written);
		if (strcmp(text, want) != 0)
			fail_msg("%s: %s", cases[i].name, text);
		rewind(f);
		csv_init(&csv, f);
		assert_int_equal(csv_next(&csv, &e), 1);
		if (csv.fields != 2 || strcmp(csv_unguard(csv.field[1]), cases[i].in) != 0)
			fail_msg("%s: read back as %s", cases[i].name, csv_unguard(csv.field[1]));
		csv_release(&csv);
		csv_out_release(&out);
		free(text);
		fclose(f);
	}
}

/* A hundred thousand fields of random bytes that a CSV file may hold. */
static void
test_random(void **state)
{
	static const char alphabet[] = "ab'=+-@\t\r\n\",; \xc3\xa9";
	FILE *f = tmpfile();
	struct err e = ERR_INIT;
	struct csv_out out;
	struct csv csv;
	char field[16];
	unsigned seed = 1;
	int row, i, k, len;

	(void)state;
	csv_out_init(&out, fileno(f));
	for (k = 0; k < 2; k++) {
		seed = 1;
		if (k == 1) {
			assert_int_equal(csv_flush(&out, &e), 0);
			rewind(f);
			csv_init(&csv, f);
		}
		for (row = 0; row < 20000; row++) {
			if (k == 0)
				csv_put(&out, "row,"); /* so that the delimiter is found */
			else
				assert_int_equal(csv_next(&csv, &e), 1);
			for (i = 1; i < 6; i++) {
				for (len = 0; len < 15 && (seed = seed * 1103515245 + 12345) >> 16 & 7; len++)
					field[len] = alphabet[(seed >> 20) % (sizeof(alphabet) - 1)];
				field[len] = '\0';
				if (k == 0)
					csv_put(&out, field);
				else
					assert_string_equal(csv_unguard(csv.field[i]), field);
			}
			if (k == 0)
				assert_int_equal(csv_end(&out, &e), 0);
		}
	}
	assert_int_equal(csv_next(&csv, &e), 0);
	csv_release(&csv);
	csv_out_release(&out);
	fclose(f);
}

static const struct {
	int64_t t;
	const char *text;
} times[] = {
	{ 0, "" },
	{ 1, "1970-01-01T00:00:01Z" },
	{ 86399, "1970-01-01T23:59:59Z" },
	{ 86400, "1970-01-02T00:00:00Z" },
	{ 1767225600, "2026-01-01T00:00:00Z" },
	{ 1772541296, "2026-03-03T12:34:56Z" },
	{ 253402300799, "9999-12-31T23:59:59Z" },
	{ 253402300800, "253402300800" },
	{ -1, "-1" },
	{ INT64_MIN, "-9223372036854775808" },
};

static const char *const no_times[] = { "0", "1", "now", "+3d", "2026-03-01", "2026-03-01T09:30:00", "2026-03-01T09:30:00z",
	"2026-02-30T00:00:00Z", "2026-03-01T09:30:00Z ", "2026-03-01T25:00:00Z", "99999999999999999999", "253402300800x", " 253402300800" };

static void
test_times(void **state)
{
	struct err e = ERR_INIT;
	int64_t t;
	size_t i;

	(void)state;
	(void)e;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct csv_out out;

		csv_out_init(&out, -1);
		csv_put_time(&out, times[i].t);
		assert_string_equal(out.text.data, times[i].text);
		csv_out_release(&out);
		assert_true(csv_time(times[i].text, &t));
		assert_true(t == times[i].t);
	}
	for (i = 0; i < sizeof(no_times) / sizeof(no_times[0]); i++)
		if (csv_time(no_times[i], &t))
			fail_msg("%s is taken for a time", no_times[i]);
}

/* What there is none of is an empty field. */
static void
test_nothing(void **state)
{
	struct csv_out out;
	struct err e = ERR_INIT;

	(void)state;
	csv_out_init(&out, -1);
	csv_put(&out, "x");
	csv_put(&out, NULL);
	assert_int_equal(csv_end(&out, &e), 0);
	assert_string_equal(out.text.data, "x,\r\n");
	csv_out_release(&out);
}

/* A disk that is full, a reader that went away. */
static void
test_failure(void **state)
{
	struct csv_out out;
	struct err e = ERR_INIT;

	(void)state;
	csv_out_init(&out, -1);
	csv_put(&out, "x");
	assert_int_equal(csv_end(&out, &e), 0);
	assert_int_equal(csv_flush(&out, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	csv_out_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
