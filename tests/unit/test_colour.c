/* test_colour.c - what is a colour, and what can be read on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>
#include <cmocka.h>

#include "base/colour.h"

static void
test_is(void **state)
{
	static const struct {
		const char *in;
		bool want;
	} cases[] = {
		{ "#2f6f64", true }, { "#ABCDEF", true }, { "#fff", false }, { "2f6f64", false }, { "#2f6f6", false }, { "#2f6f644", false },
		{ "#2f6f6g", false }, { "#12345;", false }, { "", false }, { NULL, false }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (colour_is(cases[i].in) != cases[i].want)
			fail_msg("%s", cases[i].in ? cases[i].in : "NULL");
}

static void
test_text_on(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "#000000", "#ffffff" }, { "#ffffff", "#111111" }, { "#2f6f64", "#ffffff" }, { "#ffd54f", "#111111" }, { "#FFD54F", "#111111" },
		{ "#0000ff", "#ffffff" }, { "#00ff00", "#111111" }, { "#ff0000", "#111111" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(colour_text_on(cases[i].in), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].in, colour_text_on(cases[i].in));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_is), cmocka_unit_test(test_text_on) };

	return cmocka_run_group_tests_name("colour", tests, NULL, NULL);
}
