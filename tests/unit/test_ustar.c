/* test_ustar.c - names that lead elsewhere, what is no plain file, and a header that comes back as it was. */
#include "base/ustar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define NINETY "123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/"

static void
names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{ "newsletter.conf", true },
		{ "keys/link-1.key", true },
		{ "templates/web/..x", true },
		{ "caf\xc3\xa9.html", true },
		{ "", false },
		{ "/etc/passwd", false },
		{ "..", false },
		{ ".", false },
		{ "../x", false },
		{ "a/../../x", false },
		{ "a/..", false },
		{ "a//b", false },
		{ "a/", false },
		{ "./a", false },
		{ "a/./b", false },
		{ "a\\b", false },
		{ "a\nb", false },
		{ "a\x7f", false },
		{ "a\xff", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (ustar_name_ok(cases[i].name) != cases[i].ok)
			fail_msg("\"%s\"", cases[i].name);
}

static void
round_trips(void **state)
{
	static const struct ustar_entry cases[] = {
		{ "a", 0, 0600, 0 },
		{ "keys/link-1.key", 65, 0640, 1767225600 },
		{ NINETY "1234567890", 1, 0644, 1 },
		{ NINETY NINETY "1234", 1, 0644, 1 },
		{ "large", ((int64_t)1 << 33) - 1, 0660, 1767225600 },
		{ "larger", (int64_t)1 << 33, 0660, 1767225600 },
		{ "largest", USTAR_SIZE_MOST, 0777, 1767225600 },
	};
	struct ustar_entry back;
	uint8_t block[USTAR_BLOCK];
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ustar_put(block, &cases[i], &e), 0);
		assert_int_equal(ustar_get(block, &back, &e), 1);
		assert_string_equal(back.name, cases[i].name);
		assert_int_equal(back.size, cases[i].size);
		assert_int_equal(back.mode, cases[i].mode);
		assert_int_equal(back.mtime, cases[i].mtime);
	}
}

static void
refusals(void **state)
{
	struct ustar_entry entry = { "a", 1, 0600, 0 }, back;
	uint8_t block[USTAR_BLOCK];
	struct err e = ERR_INIT;
	const char *types = "123456gxLK7";

	(void)state;
	memset(block, 0, sizeof(block));
	assert_int_equal(ustar_get(block, &back, &e), 0);
	for (; *types; types++) { /* the sum is mended: of links, devices, folders and extensions it is right as well */
		assert_int_equal(ustar_put(block, &entry, &e), 0);
		snprintf((char *)block + 148, 8, "%06o", (unsigned)strtoul((char *)block + 148, NULL, 8) + (unsigned)(*types - '0'));
		block[155] = ' ';
		block[156] = (uint8_t)*types;
		assert_int_equal(ustar_get(block, &back, &e), -1);
		assert_non_null(strstr(e.text, "no plain file"));
	}
	assert_int_equal(ustar_put(block, &entry, &e), 0);
	block[124] ^= 1;
	assert_int_equal(ustar_get(block, &back, &e), -1);
	entry.size = USTAR_SIZE_MOST + 1;
	assert_int_equal(ustar_put(block, &entry, &e), -1);
	entry.size = 1;
	memset(entry.name, 'a', 120);
	assert_int_equal(ustar_put(block, &entry, &e), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(round_trips),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
