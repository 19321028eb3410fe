/* test_slug.c - titles as the readable part of an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "content/slug.h"
#include "site/archive.h"

#define TEN "abcdefghij"

static const struct {
	const char *name, *title, *want;
} cases[] = {
	{ "words", "A Kinder Voice", "a-kinder-voice" },
	{ "marks", "Café à Zürich, ¿qué niño? Łódź", "cafe-a-zurich-que-nino-lodz" },
	{ "letters of two", "Straße Æsop Œuvre Þing", "strasse-aesop-oeuvre-thing" },
	{ "apostrophes join", "Don't, don’t", "dont-dont" },
	{ "marks on their own", "Cafe\xcc\x81 x", "cafe-x" },
	{ "all the rest parts", "  10% off -- & more!  ", "10-off-more" },
	{ "no Latin letter", "お知らせ", "" },
	{ "nothing", "", "" },
	{ "not UTF-8", "a\xff\xc3", "a" },
	{ "hostile", "../../<script>", "script" },
	{ "60 characters", TEN "-" TEN "-" TEN "-" TEN "-" TEN " abcde", TEN "-" TEN "-" TEN "-" TEN "-" TEN "-abcde" },
	{ "61 characters", TEN "-" TEN "-" TEN "-" TEN "-" TEN " abcdef", TEN "-" TEN "-" TEN "-" TEN "-" TEN },
	{ "one long word", TEN TEN TEN TEN TEN TEN "k", TEN TEN TEN TEN TEN TEN },
	{ "a letter of two at the end", TEN TEN TEN TEN TEN "abcdefghi"
							    "ß",
	    TEN TEN TEN TEN TEN "abcdefghi" },
};

static void
test_cases(void **state)
{
	char out[SLUG_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(slug_make(out, cases[i].title), cases[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name, out, cases[i].want);
}

static void
test_path(void **state)
{
	static const char uuid[] = "1a2b3c4d-0000-4000-8000-000000000000";
	char out[ARCHIVE_PATH];

	(void)state;
	assert_string_equal(archive_path(out, "A kinder voice", uuid), "/archive/a-kinder-voice-1a2b3c4d");
	assert_string_equal(archive_path(out, "お知らせ", uuid), "/archive/1a2b3c4d");
	assert_string_equal(archive_path(out, TEN TEN TEN TEN TEN TEN, uuid), "/archive/" TEN TEN TEN TEN TEN TEN "-1a2b3c4d");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_path) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
