/* test_parent.c - how long a role that died is left alone. */
#include "../../daemon/parent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static const struct {
	const char *name;
	int64_t before, lived, want; /* microseconds */
} cases[] = {
	{ "the first death", 0, 5, 100000 },
	{ "the first, after a day", 0, 86400 * SECOND, 100000 },
	{ "the next, at once", 100000, 5, 200000 },
	{ "and so on", 12800000, SECOND, 25600000 },
	{ "half a minute", 25600000, SECOND, 30 * SECOND },
	{ "and no more", 30 * SECOND, SECOND, 30 * SECOND },
	{ "a life of a minute", 30 * SECOND, 60 * SECOND, 30 * SECOND },
	{ "and a little", 30 * SECOND, 60 * SECOND + 1, 100000 },
};

static void
test_backoff(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (parent_backoff(cases[i].before, cases[i].lived) != cases[i].want)
			fail_msg("%s: %lld us", cases[i].name, (long long)parent_backoff(cases[i].before, cases[i].lived));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_backoff) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
