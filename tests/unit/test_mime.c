/* test_mime.c - quoted-printable and headers, decoded again by GMime. */
#include <gmime/gmime.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/mime.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define X75 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X74 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

// clang-format off
static const struct {
	const char *name, *in, *want;
} qp_cases[] = {
	{ "plain",                        "Hello, world!\n",   "Hello, world!\r\n" },
	{ "CRLF stays one line end",      "a\r\nb\r\n",        "a\r\nb\r\n" },
	{ "equals sign",                  "a=b",               "a=3Db" },
	{ "UTF-8",                        "\xc3\xa9t\xc3\xa9", "=C3=A9t=C3=A9" },
	{ "leading dot",                  ".\n..a\nb.c\n",     "=2E\r\n=2E.a\r\nb.c\r\n" },
	{ "From at a line's start",       "From me\nFromage\na From b\n", "=46rom me\r\nFromage\r\na From b\r\n" },
	{ "trailing space and tab",       "a \nb\t\nc  d\n",   "a=20\r\nb=09\r\nc  d\r\n" },
	{ "space at the text's end",      "a ",                "a=20" },
	{ "space before CRLF",            "a \r\n",            "a=20\r\n" },
	{ "only spaces",                  "  \n",              " =20\r\n" },
	{ "empty lines",                  "\n\n",              "\r\n\r\n" },
	{ "lone CR",                      "a\rb\r",            "a=0Db=0D" },
	{ "controls",                     "a\001\x7f" "b",     "a=01=7Fb" },
	{ "no UTF-8",                     "a\xff\xc3(\xe2\x82",    "a=FF=C3(=E2=82" },
	{ "75 columns need no break",     X75 "\n",            X75 "\r\n" },
	{ "76 columns are broken",        X75 "y\n",           X75 "=\r\ny\r\n" },
	{ "a dot after a soft break",     X75 ".y\n",          X75 "=\r\n=2Ey\r\n" },
	{ "a character is not split",     X74 "\xe2\x82\xac",  X74 "=\r\n=E2=82=AC" },
	{ "a space before a soft break",  X74 " y",            X74 " =\r\ny" },
	{ "boundary look-alike",          "--=_abc\n",         "--=3D_abc\r\n" },
};
// clang-format on

static void
test_qp(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(qp_cases); i++) {
		struct buf out = BUF_INIT;
		size_t column = 0;

		mime_qp(&out, qp_cases[i].in, strlen(qp_cases[i].in), &column);
		if (strcmp(out.data, qp_cases[i].want) != 0)
			fail_msg("%s: got %s", qp_cases[i].name, out.data);
		buf_release(&out);
	}
}

static void
test_qp_column(void **state)
{
	struct buf out = BUF_INIT;
	size_t column = 0;

	(void)state;
	mime_qp_break(&out, &column);
	assert_string_equal(out.data, "");
	mime_qp(&out, "Hello ", 6, &column);
	assert_int_equal(column, 8);
	mime_qp_break(&out, &column);
	assert_int_equal(column, 0);
	mime_qp(&out, ".x\0y", 4, &column);
	assert_string_equal(out.data, "Hello=20=\r\n=2Ex=00y");
	buf_release(&out);
}

/* Every line at most 76 octets, 7-bit, printable, never beginning with a dot or ending in a space. */
static void
check_lines(const char *name, const char *s, size_t most)
{
	while (*s) {
		size_t n = strcspn(s, "\r\n"), i;

		if (n > most)
			fail_msg("%s: a line of %zu octets", name, n);
		if (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
			fail_msg("%s: a line ends in white space", name);
		for (i = 0; i < n; i++)
			if ((s[i] < ' ' && s[i] != '\t') || s[i] > '~')
				fail_msg("%s: octet %02x in a line", name, (unsigned char)s[i]);
		s += n;
		if (!*s)
			return;
		if (s[0] != '\r' || s[1] != '\n')
			fail_msg("%s: a bare CR or LF", name);
		s += 2;
	}
}

/* Any text in pieces, decoded again: the same. */
static void
test_qp_round_trip(void **state)
{
	static const char *const bits[] = {
		"a", ".", "=", " ", "\n", "From ", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff", "\t", "word word ", "-"
	};
	unsigned round;

	(void)state;
	srand(1);
	for (round = 0; round < 500; round++) {
		struct buf in = BUF_INIT, out = BUF_INIT, want = BUF_INIT;
		unsigned char decoded[20000];
		GMimeEncoding decoder;
		size_t column = 0, n, i;

		for (i = 0; i < 300; i++)
			buf_addstr(&in, bits[(size_t)rand() % COUNT(bits)]);
		for (i = 0; i < in.len; i++)
			buf_addstr(&want, in.data[i] == '\n' ? "\r\n" : (char[]){ in.data[i], '\0' });
		n = (size_t)rand() % in.len;
		mime_qp(&out, in.data, n, &column);
		mime_qp_break(&out, &column);
		mime_qp(&out, in.data + n, in.len - n, &column);
		check_lines("round trip", out.data, 76);
		assert_null(strstr(out.data, "\n."));
		assert_null(strstr(out.data, "\nFrom "));
		g_mime_encoding_init_decode(&decoder, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
		n = g_mime_encoding_flush(&decoder, out.data, out.len, (char *)decoded);
		assert_int_equal(n, want.len);
		assert_memory_equal(decoded, want.data, n);
		buf_release(&in);
		buf_release(&out);
		buf_release(&want);
	}
}

// clang-format off
static const struct {
	const char *name, *in, *want;		/* after "Subject: " */
} text_cases[] = {
	{ "empty",                  "",                          "" },
	{ "plain",                  "News of March",             "News of March" },
	{ "punctuation",            "50% off: \"now\" (really)", "50% off: \"now\" (really)" },
	{ "UTF-8 in Q",             "Caf\xc3\xa9 times",         "=?utf-8?q?Caf=C3=A9_times?=" },
	{ "UTF-8 in B",             "\xe6\x97\xa5\xe6\x9c\xac",  "=?utf-8?b?5pel5pys?=" },
	{ "an encoded-word typed",  "=?utf-8?q?x?=",             "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?=" },
	{ "CRLF",                   "a\r\nBcc: x@y.org",         "a  Bcc: x@y.org" },
	{ "LF and CR alone",        "a\nb\rc",                   "a b c" },
	{ "controls at the ends",   "\na\n",                     "=?utf-8?q?_a_?=" },
	{ "C1 control",             "a\xc2\x85" "b \xc3\xa9",    "=?utf-8?b?YSBiIMOp?=" },
	{ "no UTF-8",               "a\xff" "b",                 "=?utf-8?b?YT9i?=" },
	{ "folds at spaces",        "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff gggggggggg hhhhhhhhhh",
	    "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff\r\n gggggggggg hhhhhhhhhh" },
	{ "two spaces at the fold", "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff  gggggggggg hhhhhhhhhh",
	    "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff\r\n  gggggggggg hhhhhhhhhh" },
};
// clang-format on

static void
test_header_text(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(text_cases); i++) {
		struct buf out = BUF_INIT;
		size_t column = 9, len;

		mime_header_text(&out, text_cases[i].in, &column);
		if (strcmp(out.data, text_cases[i].want) != 0)
			fail_msg("%s: got %s", text_cases[i].name, out.data);
		len = out.len;
		if (strchr(out.data, '\n'))
			len = strlen(strrchr(out.data, '\n') + 1);
		else
			len += 9;
		assert_int_equal(column, len);
		buf_release(&out);
	}
}

/* Long and strange texts: words <= 75, lines <= 76, whole characters in each word, and the same text again. */
static char *
long_text(size_t which, bool shifted)
{
	static const char *const bits[] = {
		"\xe6\xbc\xa2", "\xc3\xa9", "\xf0\x9f\x98\x80", "a\xc3\xa9", "x", "ab =?", "(\xc3\xbc) ", "\"\\,\xe2\x82\xac"
	};
	struct buf b = BUF_INIT;
	size_t i;

	if (shifted)
		buf_addstr(&b, "a"); /* no cut of what follows is a multiple of three octets */
	for (i = 0; i < 200; i++)
		buf_addstr(&b, bits[which]);
	buf_addstr(&b, "z");
	return buf_detach(&b);
}

static void
check_words(const char *s)
{
	const char *end;

	for (s = strstr(s, "=?"); s; s = strstr(end, "=?")) {
		char word[80];
		char *decoded;

		end = strstr(s + 10, "?=");
		assert_non_null(end);
		end += 2;
		assert_true(end - s <= 75);
		memcpy(word, s, (size_t)(end - s));
		word[end - s] = '\0';
		decoded = g_mime_utils_header_decode_text(NULL, word);
		assert_true(text_is_utf8(decoded, strlen(decoded)));
		assert_null(strstr(decoded, "\xef\xbf\xbd"));
		assert_null(strstr(decoded, "=?utf-8"));
		g_free(decoded);
	}
}

static void
unfold(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (*s != '\r' && *s != '\n')
			*to++ = *s;
	*to = '\0';
}

static void
test_header_long(void **state)
{
	size_t which, start;

	(void)state;
	for (which = 0; which < 8; which++)
		for (start = 0; start < 80; start += 3) {
			char *in = long_text(which, start & 1), *decoded;
			struct buf out = BUF_INIT;
			size_t column = start, i;

			for (i = 0; i < start; i++)
				buf_addch(&out, '-');
			mime_header_text(&out, in, &column);
			assert_true(out.len - start <= MIME_HEADER_BOUND(strlen(in)));
			check_lines("long text", out.data, start > 76 ? start : 76);
			check_words(out.data);
			unfold(out.data);
			decoded = g_mime_utils_header_decode_text(NULL, out.data + start);
			assert_string_equal(decoded + strspn(decoded, " "), in);
			g_free(decoded);
			buf_reset(&out);
			column = 6;
			mime_header_phrase(&out, in, &column);
			assert_true(out.len <= MIME_HEADER_BOUND(strlen(in)));
			check_lines("long phrase", out.data, 76);
			check_words(out.data);
			unfold(out.data);
			decoded = g_mime_utils_header_decode_phrase(NULL, out.data);
			assert_string_equal(decoded, in);
			g_free(decoded);
			free(in);
			buf_release(&out);
		}
}

static const struct {
	const char *name, *in, *want; /* after "To: " */
} phrase_cases[] = {
	{ "empty", "", "" },
	{ "blank", " \r\n\t", "" },
	{ "atoms", "Ann Example", "Ann Example" },
	{ "trimmed", "  Ann  ", "Ann" },
	{ "dot is quoted", "Dr. Ann", "\"Dr. Ann\"" },
	{ "comma is quoted", "Example, Ann", "\"Example, Ann\"" },
	{ "two spaces", "Ann  Example", "\"Ann  Example\"" },
	{ "quotes", "Ann \"A\" \\ B", "\"Ann \\\"A\\\" \\\\ B\"" },
	{ "an address", "a@b.org", "\"a@b.org\"" },
	{ "angle brackets", "x <a@b.org>", "\"x <a@b.org>\"" },
	{ "UTF-8", "Jos\xc3\xa9 P", "=?utf-8?q?Jos=C3=A9_P?=" },
	{ "specials encoded", "\xc3\xa9, <x>\"()", "=?utf-8?b?w6ksIDx4PiIoKQ==?=" },
	{ "encoded-word typed", "=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?=" },
	{ "injection", "Ann\r\nBcc: x@y.org", "\"Ann  Bcc: x@y.org\"" },
	{ "escape at the end", "Ann \\", "\"Ann \\\\\"" },
};

static void
test_header_phrase(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(phrase_cases); i++) {
		struct buf out = BUF_INIT;
		size_t column = 4;

		mime_header_phrase(&out, phrase_cases[i].in, &column);
		if (strcmp(out.data, phrase_cases[i].want) != 0)
			fail_msg("%s: got %s", phrase_cases[i].name, out.data);
		assert_int_equal(column, 4 + out.len);
		buf_release(&out);
	}
}

static const struct {
	const char *name, *in, *want, *value; /* value: what GMime reads; NULL: as in */
} param_cases[] = {
	{ "token", "alternative", ";\r\n x=alternative", NULL },
	{ "empty", "", ";\r\n x=\"\"", NULL },
	{ "boundary", "=_ab", ";\r\n x=\"=_ab\"", NULL },
	{ "slash and question mark", "a/b?", ";\r\n x=\"a/b?\"", NULL },
	{ "quoted", "=_a b\"c\\", ";\r\n x=\"=_a b\\\"c\\\\\"", NULL },
	{ "UTF-8", "caf\xc3\xa9.pdf", ";\r\n x*=utf-8''caf%C3%A9.pdf", NULL },
	{ "percent", "5% \xe2\x82\xac", ";\r\n x*=utf-8''5%25%20%E2%82%AC", NULL },
	{ "injection", "a\r\nX: y", ";\r\n x=\"a  X: y\"", "a  X: y" },
	{ "long", X75 X75 "\xc3\xa9\xc3\xa9" X75, NULL, NULL },
	{ "long ASCII", X75 " " X75, NULL, NULL },
	{ "long CJK", "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", NULL, NULL },
};

static void
test_header_param(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(param_cases); i++) {
		struct buf out = BUF_INIT;
		GMimeContentType *type;
		const char *value;

		buf_addstr(&out, "text/plain");
		mime_header_param(&out, "x", param_cases[i].in);
		if (param_cases[i].want && strcmp(out.data + 10, param_cases[i].want) != 0)
			fail_msg("%s: got %s", param_cases[i].name, out.data);
		check_lines(param_cases[i].name, out.data, 76);
		type = g_mime_content_type_parse(NULL, out.data);
		value = g_mime_content_type_get_parameter(type, "x");
		assert_non_null(value);
		assert_string_equal(value, param_cases[i].value ? param_cases[i].value : param_cases[i].in);
		g_object_unref(type);
		buf_release(&out);
	}
}

static const struct {
	const char *name, *in, *want;
	size_t n, taken;
} char_cases[] = {
	{ "ASCII", "a", "a", 1, 1 },
	{ "NUL", "\0", " ", 1, 1 },
	{ "LF", "\n", " ", 1, 1 },
	{ "DEL", "\x7f", " ", 1, 1 },
	{ "C1", "\xc2\x85", " ", 2, 2 },
	{ "two", "\xc3\xa9", "\xc3\xa9", 2, 2 },
	{ "four", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 4, 4 },
	{ "cut", "\xf0\x9f\x98", "?", 3, 1 },
	{ "trail", "\x80", "?", 1, 1 },
	{ "surrogate", "\xed\xa0\x80", "?", 3, 1 },
};

static void
test_char(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(char_cases); i++) {
		char c[4];
		size_t len;

		if (mime_char(char_cases[i].in, char_cases[i].n, c, &len) != char_cases[i].taken || len != strlen(char_cases[i].want) ||
		    memcmp(c, char_cases[i].want, len) != 0)
			fail_msg("%s", char_cases[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_qp),
		cmocka_unit_test(test_qp_column),
		cmocka_unit_test(test_qp_round_trip),
		cmocka_unit_test(test_header_text),
		cmocka_unit_test(test_header_long),
		cmocka_unit_test(test_header_phrase),
		cmocka_unit_test(test_header_param),
		cmocka_unit_test(test_char),
	};

	g_mime_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
