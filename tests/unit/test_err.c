/* test_err.c - errors are one clean line, whatever goes into them. */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void
sets(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(e.code, ERR_NONE);
	assert_int_equal(err_set(&e, ERR_NOT_FOUND, "no topic \"%s\"", "news"), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_string_equal(e.text, "no topic \"news\"");
}

static void
wraps(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_INPUT, "bad");
	assert_int_equal(err_wrap(&e, "%s:%d", "newsletter.conf", 12), -1);
	assert_string_equal(e.text, "newsletter.conf:12: bad");
	assert_int_equal(e.code, ERR_INPUT);
	err_set(&e, ERR_REFUSED, "again: %s", e.text); /* its own text as an argument */
	assert_string_equal(e.text, "again: newsletter.conf:12: bad");
}

static void
system_calls(void **state)
{
	static const struct {
		int number;
		enum err_code want;
	} cases[] = {
		{ ENOENT, ERR_SYSTEM },
		{ ENOSPC, ERR_FULL },
		{ EDQUOT, ERR_FULL },
	};
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		errno = cases[i].number;
		assert_int_equal(err_sys(&e, "cannot write %s", "x"), -1);
		assert_int_equal(e.code, cases[i].want);
		assert_memory_equal(e.text, "cannot write x: ", 16);
		assert_string_equal(e.text + 16, strerror(cases[i].number));
	}
}

static void
cleans(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "umlauts stay", "Gr\xc3\xbc\xc3\x9f"
				  "e",
		    "Gr\xc3\xbc\xc3\x9f"
		    "e" },
		{ "new line", "a\r\nb", "a??b" },
		{ "terminal escape", "\033[2J", "?[2J" },
		{ "C1 control", "a\xc2\x9b"
				"b",
		    "a??b" },
		{ "broken UTF-8", "a\xff\xc3", "a??" },
		{ "emoji", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	};
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err_set(&e, ERR_INPUT, "%s", cases[i].in);
		if (strcmp(e.text, cases[i].want) != 0)
			fail_msg("%s: \"%s\"", cases[i].name, e.text);
	}
}

/* Cutting at every length, also inside a character, leaves UTF-8. */
static void
cuts(void **state)
{
	char text[ERR_TEXT + 8];
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	for (n = 0; n < 8; n++) {
		memset(text, 'a', n);
		text[n] = '\0';
		while (strlen(text) + 4 < sizeof(text))
			strcat(text, "\xe2\x80\xa6");
		err_set(&e, ERR_INPUT, "%s", text);
		assert_in_range(strlen(e.text), ERR_TEXT - 8, ERR_TEXT - 1);
		assert_true(text_is_utf8(e.text, strlen(e.text)));
		err_wrap(&e, "%s", text);
		assert_true(strlen(e.text) < ERR_TEXT);
		assert_true(text_is_utf8(e.text, strlen(e.text)));
		err_sys(&e, "%s", text);
		assert_true(strlen(e.text) < ERR_TEXT);
		assert_true(text_is_utf8(e.text, strlen(e.text)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(wraps),
		cmocka_unit_test(system_calls),
		cmocka_unit_test(cleans),
		cmocka_unit_test(cuts),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
