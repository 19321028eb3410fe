/* test_token.c - tokens are random UUIDs, and only what looks like one has a hash. */
#include "base/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/encode.h"

static void
looks_like_version_4(void **state)
{
	char a[TOKEN_TEXT], b[TOKEN_TEXT];
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		token_new(a);
		token_new(b);
		assert_int_equal(strlen(a), TOKEN_TEXT - 1);
		assert_int_equal(strspn(a, "0123456789abcdef-"), TOKEN_TEXT - 1);
		assert_int_equal(a[14], '4');
		assert_non_null(strchr("89ab", a[19]));
		assert_string_not_equal(a, b);
	}
}

static void
hashes(void **state)
{
	uint8_t hash[TOKEN_HASH], again[TOKEN_HASH];
	char hex[2 * TOKEN_HASH + 1];

	(void)state;
	assert_true(token_hash(hash, "01234567-89ab-4def-8123-456789abcdef"));
	hex_encode(hex, hash, sizeof(hash));
	assert_string_equal(hex, "6225bd190d6ccf87766a49c9986d174def3391fe175a61525e49a1d2334d6a43"); /* sha256sum */
	assert_true(token_hash(again, "01234567-89AB-4DEF-8123-456789ABCDEF"));
	assert_memory_equal(hash, again, sizeof(hash));
}

static void
refuses(void **state)
{
	static const char *const cases[] = {
		"",
		"x",
		"01234567-89ab-4def-8123-456789abcde",
		"01234567-89ab-4def-8123-456789abcdef0",
		"01234567-89ab-4def-8123-456789abcdeg",
		"0123456789ab-4def-8123-456789abcdef--",
		"01234567-89ab-4def-8123-456789abcde ",
		"{1234567-89ab-4def-8123-456789abcde}",
		"01234567 89ab 4def 8123 456789abcdef",
		"01234567-89ab-4def-8123-456789abcd\xc3\xa9",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};
	uint8_t hash[TOKEN_HASH] = { 7 }, before[TOKEN_HASH] = { 7 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (token_hash(hash, cases[i]))
			fail_msg("\"%s\"", cases[i]);
	assert_memory_equal(hash, before, sizeof(hash));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_like_version_4),
		cmocka_unit_test(hashes),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
