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

/* What a header may hold that another program wrote, or somebody who means harm; its sum is right. */
static const struct {
	const char *name;
	size_t at;
	const char *text;
	size_t n;
	const char *want; /* NULL: it is taken */
} fields[] = {
	{ "a number that a space ends", 124, "00000000001 ", 12, NULL },
	{ "a number that nothing ends", 124, "000000000001", 12, NULL },
	{ "a name that leads elsewhere", 0, "../passwd", 9, "a name that leads elsewhere: \"../passwd\"" },
	{ "a folder that does", 345, "/etc", 4, "a name that leads elsewhere: \"/etc/a\"" },
	{ "a size that is no number", 124, "many", 4, "a size, mode or time that cannot be" },
	{ "a size that is none", 124, "\0", 1, "a size, mode or time that cannot be" },
	{ "a size of two to the 88th", 124, "\x80\1\1\1\1\1\1\1\1\1\1\1", 12, "a size, mode or time that cannot be" },
	{ "a size that is negative", 124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12, "a size, mode or time that cannot be" },
	{ "a size beyond what is taken", 124, "\x80\0\0\0\7\xff\xff\xff\xff\xff\xff\xff", 12, "a size, mode or time that cannot be" },
	{ "a mode that is no number", 100, "rwxr-xr-x", 8, "a size, mode or time that cannot be" },
	{ "a time with a digit of ten", 136, "00000000008", 11, "a size, mode or time that cannot be" },
};

static void
mend(uint8_t block[USTAR_BLOCK])
{
	unsigned sum = 0;
	size_t i;

	memset(block + 148, ' ', 8);
	for (i = 0; i < USTAR_BLOCK; i++)
		sum += block[i];
	snprintf((char *)block + 148, 8, "%06o", sum);
	block[155] = ' ';
}

static void
refusals(void **state)
{
	struct ustar_entry entry = { "a", 1, 0600, 0 }, back;
	uint8_t block[USTAR_BLOCK];
	struct err e = ERR_INIT;
	const char *types = "123456gxLK7";
	size_t i;
	int rc;

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
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		assert_int_equal(ustar_put(block, &entry, &e), 0);
		memcpy(block + fields[i].at, fields[i].text, fields[i].n);
		mend(block);
		rc = ustar_get(block, &back, &e);
		if (fields[i].want ? rc != -1 || !strstr(e.text, fields[i].want) : rc != 1)
			fail_msg("%s: %d, %s", fields[i].name, rc, e.text);
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
