/* test_number_words.c - numbers as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "content/number_words.h"

static const struct {
	int64_t n;
	int decimals;
	const char *english, *spanish;
} cases[] = {
	{ 0, 0, "0", "0" },
	{ 7, 0, "7", "7" },
	{ 999, 0, "999", "999" },
	{ 1000, 0, "1,000", "1.000" },
	{ 1236, 0, "1,236", "1.236" },
	{ 123456, 0, "123,456", "123.456" },
	{ 1234567, 0, "1,234,567", "1.234.567" },
	{ -1236, 0, "-1,236", "-1.236" },
	{ 57, 1, "5.7", "5,7" },
	{ 5, 1, "0.5", "0,5" },
	{ 4, 2, "0.04", "0,04" },
	{ 0, 2, "0.00", "0,00" },
	{ 10000, 2, "100.00", "100,00" },
	{ 123456, 1, "12,345.6", "12.345,6" },
	{ INT64_MAX, 0, "9,223,372,036,854,775,807", "9.223.372.036.854.775.807" },
};

static void
test_cases(void **state)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		assert_int_equal(number_words(&out, NULL, "en", cases[i].n, cases[i].decimals, &e), 0);
		assert_string_equal(out.data, cases[i].english);
		buf_reset(&out);
		assert_int_equal(number_words(&out, NULL, "es", cases[i].n, cases[i].decimals, &e), 0);
		assert_string_equal(out.data, cases[i].spanish);
	}
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests_name("number_words", tests, NULL, NULL);
}
