/* test_text.c - UTF-8 as RFC 3629 draws its borders, and the small helpers beside it. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void
utf8(void **state)
{
	static const struct {
		const char *name, *in;
		bool want;
	} cases[] = {
		{ "empty", "", true },
		{ "ASCII", "abc", true },
		{ "two bytes, first", "\xc2\x80", true },
		{ "two bytes, last", "\xdf\xbf", true },
		{ "three bytes, first", "\xe0\xa0\x80", true },
		{ "before the surrogates", "\xed\x9f\xbf", true },
		{ "after the surrogates", "\xee\x80\x80", true },
		{ "four bytes, first", "\xf0\x90\x80\x80", true },
		{ "the last code point", "\xf4\x8f\xbf\xbf", true },
		{ "overlong two", "\xc0\xaf", false },
		{ "overlong two, c1", "\xc1\xbf", false },
		{ "overlong three", "\xe0\x9f\xbf", false },
		{ "overlong four", "\xf0\x8f\xbf\xbf", false },
		{ "surrogate", "\xed\xa0\x80", false },
		{ "over U+10FFFF", "\xf4\x90\x80\x80", false },
		{ "f5", "\xf5\x80\x80\x80", false },
		{ "ff", "\xff", false },
		{ "lone continuation", "a\x80", false },
		{ "cut two", "\xc3", false },
		{ "cut three", "\xe2\x82", false },
		{ "cut four", "\xf0\x9f\x98", false },
		{ "letter for continuation", "\xe2\x82"
					     "a",
		    false },
		{ "Latin-1", "caf\xe9 au lait", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (text_is_utf8(cases[i].in, strlen(cases[i].in)) != cases[i].want)
			fail_msg("%s", cases[i].name);
	assert_true(text_is_utf8("a\0b", 3));
}

/* All code points, written by the rule, are taken; every other pair of two bytes is not. */
static void
utf8_whole(void **state)
{
	char s[4];
	uint32_t c;
	int a, b;

	(void)state;
	for (c = 0x800; c <= 0xffff; c++) {
		s[0] = (char)(0xe0 | c >> 12);
		s[1] = (char)(0x80 | (c >> 6 & 0x3f));
		s[2] = (char)(0x80 | (c & 0x3f));
		if (text_is_utf8(s, 3) != (c < 0xd800 || c > 0xdfff))
			fail_msg("U+%04X", c);
	}
	for (a = 0x80; a < 0x100; a++)
		for (b = 0; b < 0x100; b++) {
			s[0] = (char)a;
			s[1] = (char)b;
			if (text_is_utf8(s, 2) != (a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf))
				fail_msg("%02x %02x", a, b);
		}
}

static void
controls(void **state)
{
	static const struct {
		const char *name, *in, *allowed;
		size_t n;
		bool want;
	} cases[] = {
		{ "none", "abc \xc3\xa9", "", 6, false },
		{ "new line", "a\nb", "", 3, true },
		{ "new line allowed", "a\nb\tc", "\n\t", 5, false },
		{ "other than allowed", "a\rb", "\n\t", 3, true },
		{ "NUL", "a\0b", "", 3, true },
		{ "NUL is never allowed", "a\0b", "\n", 3, true },
		{ "DEL", "a\x7f", "", 2, true },
		{ "slot mark", "\001name\002", "\n\r\t", 6, true },
		{ "C1 begins", "\xc2\x80", "", 2, true },
		{ "C1 ends", "\xc2\x9f", "", 2, true },
		{ "no-break space", "\xc2\xa0", "", 2, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (text_has_control(cases[i].in, cases[i].n, cases[i].allowed) != cases[i].want)
			fail_msg("%s", cases[i].name);
}

static void
lengths(void **state)
{
	const char *s = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"; /* 1 + 2 + 3 + 4 + 1 bytes */
	static const size_t cut[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11 };
	size_t i;

	(void)state;
	assert_int_equal(text_length(s, strlen(s)), 5);
	assert_int_equal(text_length("", 0), 0);
	for (i = 0; i <= strlen(s); i++)
		assert_int_equal(text_cut(s, i), cut[i]);
	assert_int_equal(text_sequence(s + 1, 10), 2);
	assert_int_equal(text_sequence(s + 1, 1), 0);
}

static void
trims_and_lowers(void **state)
{
	static const struct {
		const char *in, *trimmed, *lowered;
	} cases[] = {
		{ "", "", "" },
		{ " \t\r\n ", "", " \t\r\n " },
		{ "  A b\n", "A b", "  a b\n" },
		{ "\xc3\x89T\xc3\x89", "\xc3\x89T\xc3\x89", "\xc3\x89t\xc3\x89" },
		{ "\xa0x", "\xa0x", "\xa0x" },
	};
	char s[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(text_copy(s, sizeof(s), cases[i].in), 0);
		assert_string_equal(text_trim(s), cases[i].trimmed);
		assert_int_equal(text_copy(s, sizeof(s), cases[i].in), 0);
		assert_string_equal(text_lower(s), cases[i].lowered);
	}
}

static void
copies(void **state)
{
	char s[4] = "xyz";

	(void)state;
	assert_int_equal(text_copy(s, sizeof(s), "abc"), 0);
	assert_string_equal(s, "abc");
	assert_int_equal(text_copy(s, sizeof(s), "abcd"), -1);
	assert_string_equal(s, "");
}

static void
escapes(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	text_escape_html(&b, "<a href=\"x\" title='y'>&amp;</a>", 31);
	assert_string_equal(b.data, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
	buf_reset(&b);
	text_escape_html(&b, "", 0);
	assert_string_equal(b.data, "");
	text_escape_html(&b, "\xc3\xa9<b", 3);
	assert_string_equal(b.data, "\xc3\xa9&lt;");
	buf_release(&b);
}

static void
test_code_point(void **state)
{
	static const struct {
		const char *text;
		uint32_t c;
	} points[] = {
		{ "a", 'a' },
		{ "\x7f", 0x7f },
		{ "\xc2\x80", 0x80 },
		{ "\xc3\xbc", 0xfc },
		{ "\xdf\xbf", 0x7ff },
		{ "\xe0\xa0\x80", 0x800 },
		{ "\xef\xbc\xa0", 0xff20 },
		{ "\xf0\x90\x80\x80", 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 0x10ffff },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(points) / sizeof(*points); i++) {
		n = strlen(points[i].text);
		assert_int_equal(text_sequence(points[i].text, n), n);
		assert_int_equal(text_code_point(points[i].text, n), points[i].c);
	}
}

/* A surrogate, or what is beyond Unicode, is written as what stands for no character. */
static void
test_add_code_point(void **state)
{
	static const struct {
		uint32_t c;
		const char *text;
	} points[] = {
		{ 'a', "a" },
		{ 0xfc, "\xc3\xbc" },
		{ 0xff20, "\xef\xbc\xa0" },
		{ 0x10ffff, "\xf4\x8f\xbf\xbf" },
		{ 0xd7ff, "\xed\x9f\xbf" },
		{ 0xd800, "\xef\xbf\xbd" },
		{ 0xdfff, "\xef\xbf\xbd" },
		{ 0x110000, "\xef\xbf\xbd" },
		{ UINT32_MAX, "\xef\xbf\xbd" },
	};
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(points) / sizeof(*points); i++) {
		buf_reset(&out);
		text_add_code_point(&out, points[i].c);
		assert_string_equal(out.data, points[i].text);
	}
	buf_release(&out);
}

static void
test_listed(void **state)
{
	(void)state;
	assert_true(text_is_listed("td th", "td", 2));
	assert_true(text_is_listed("td th", "thead", 2)); /* no more than n bytes of it */
	assert_false(text_is_listed("td th", "t", 1));
	assert_false(text_is_listed("td th", "TD", 2));
	assert_false(text_is_listed("td th", "td th", 5));
	assert_false(text_is_listed("td th", "", 0));
	assert_false(text_is_listed("", "td", 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code_point),
		cmocka_unit_test(test_add_code_point),
		cmocka_unit_test(utf8),
		cmocka_unit_test(utf8_whole),
		cmocka_unit_test(controls),
		cmocka_unit_test(lengths),
		cmocka_unit_test(trims_and_lowers),
		cmocka_unit_test(copies),
		cmocka_unit_test(escapes),
		cmocka_unit_test(test_listed),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
