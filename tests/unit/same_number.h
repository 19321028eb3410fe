/*
 * same_number.h - tables of numbers: what is wrong is said with the case's name, the rest of the table is tried too, and `none_wrong`
 * ends it.
 */
#ifndef SAME_NUMBER_H
#define SAME_NUMBER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int wrong_numbers;

#define same_number(name, what, got, want) is_same((name), (what), (int64_t)(got), (int64_t)(want))
#define none_wrong() assert_int_equal(wrong_until_now(), 0)

static void
is_same(const char *name, const char *what, int64_t got, int64_t want)
{
	if (got == want)
		return;
	print_error("%s: %s is %lld, not %lld\n", name, what, (long long)got, (long long)want);
	wrong_numbers++;
}

static int
wrong_until_now(void)
{
	int n = wrong_numbers;

	wrong_numbers = 0;
	return n;
}

#endif
