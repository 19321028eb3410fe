/* test_encode.c - RFC 4648's vectors, and one text for each value. */
#include "base/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct codec {
	const char *name;
	void (*encode)(char *, const uint8_t *, size_t);
	int (*decode)(uint8_t *, size_t, const char *, size_t);
};

static const struct codec codecs[] = {
	{ "base64url", base64url_encode, base64url_decode },
	{ "base32", base32_encode, base32_decode },
	{ "hex", hex_encode, hex_decode },
};

/* RFC 4648 section 10. */
static void
padded(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xbf", "+/+/" }
	};
	char out[BASE64_LEN(6) + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		base64_encode(out, (const uint8_t *)cases[i][0], strlen(cases[i][0]));
		assert_string_equal(out, cases[i][1]);
		assert_int_equal(strlen(out), BASE64_LEN(strlen(cases[i][0])));
	}
}

/* The same, without padding. */
static void
vectors(void **state)
{
	static const struct {
		const char *in, *want[3];
	} cases[] = {
		{ "", { "", "", "" } },
		{ "f", { "Zg", "my", "66" } },
		{ "fo", { "Zm8", "mzxq", "666f" } },
		{ "foo", { "Zm9v", "mzxw6", "666f6f" } },
		{ "foob", { "Zm9vYg", "mzxw6yq", "666f6f62" } },
		{ "fooba", { "Zm9vYmE", "mzxw6ytb", "666f6f6261" } },
		{ "foobar", { "Zm9vYmFy", "mzxw6ytboi", "666f6f626172" } },
		{ "\xfb\xff\xbf", { "-_-_", "7p736", "fbffbf" } },
	};
	uint8_t back[16];
	char out[32];
	size_t i, c, n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (c = 0; c < 3; c++) {
			n = strlen(cases[i].in);
			codecs[c].encode(out, (const uint8_t *)cases[i].in, n);
			assert_string_equal(out, cases[i].want[c]);
			assert_int_equal(codecs[c].decode(back, sizeof(back), out, strlen(out)), n);
			assert_memory_equal(back, cases[i].in, n);
		}
}

static void
refuses(void **state)
{
	static const struct {
		const char *name;
		int codec;
		const char *in;
	} cases[] = {
		{ "padding", 0, "Zg==" },
		{ "one character", 0, "Z" },
		{ "spare character", 0, "Zm9vY" },
		{ "stray bits", 0, "Zh" },
		{ "stray bits of three", 0, "Zm9" },
		{ "base64's plus", 0, "+_-_" },
		{ "base64's slash", 0, "-/-_" },
		{ "space", 0, "Zm 9" },
		{ "not ASCII", 0, "Zm\xc3\xa9" },
		{ "stray bits", 1, "mz" },
		{ "spare character", 1, "mzx" },
		{ "one character", 1, "m" },
		{ "six characters", 1, "mzxw6y" },
		{ "digit that is none", 1, "m1" },
		{ "odd number", 2, "666" },
		{ "letter that is none", 2, "6g" },
	};
	uint8_t back[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (codecs[cases[i].codec].decode(back, sizeof(back), cases[i].in, strlen(cases[i].in)) != -1)
			fail_msg("%s: %s", codecs[cases[i].codec].name, cases[i].name);
	assert_int_equal(hex_decode(back, sizeof(back), "6\0", 2), -1);
	assert_int_equal(base64url_decode(back, 3, "Zm9vYg", 6), -1); /* four bytes into three */
	assert_int_equal(base64url_decode(back, 4, "Zm9vYg", 6), 4);
}

static void
folds_case(void **state)
{
	uint8_t back[8];

	(void)state;
	assert_int_equal(base32_decode(back, sizeof(back), "MZXW6YTB", 8), 5);
	assert_memory_equal(back, "fooba", 5);
	assert_int_equal(hex_decode(back, sizeof(back), "FbfFBf", 6), 3);
	assert_int_equal(base64url_decode(back, sizeof(back), "zM8", 3), 2); /* base64 does not */
	assert_memory_not_equal(back, "fo", 2);
}

/* Each length and each byte comes back; whatever decodes encodes to the same text. */
static void
round_trips(void **state)
{
	uint8_t in[64], back[64];
	char out[129], two[3] = "";
	size_t c, n, i;
	int a, b, len;

	(void)state;
	for (c = 0; c < 3; c++) {
		for (n = 0; n <= sizeof(in); n++) {
			for (i = 0; i < n; i++)
				in[i] = (uint8_t)(i * 37 + n * 11);
			codecs[c].encode(out, in, n);
			if (c < 2)
				assert_int_equal(strlen(out), c ? BASE32_LEN(n) : BASE64URL_LEN(n));
			assert_int_equal(codecs[c].decode(back, sizeof(back), out, strlen(out)), n);
			assert_memory_equal(in, back, n);
		}
		for (a = 1; a < 256; a++)
			for (b = 1; b < 256; b++) {
				two[0] = (char)a;
				two[1] = (char)b;
				len = codecs[c].decode(back, sizeof(back), two, 2);
				if (len == -1)
					continue;
				codecs[c].encode(out, back, (size_t)len);
				if ((c ? strcasecmp(out, two) : strcmp(out, two)) != 0)
					fail_msg("%s: %s", codecs[c].name, two);
			}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(padded),
		cmocka_unit_test(vectors),
		cmocka_unit_test(refuses),
		cmocka_unit_test(folds_case),
		cmocka_unit_test(round_trips),
	};

	return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
