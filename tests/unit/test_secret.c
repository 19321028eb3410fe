/*
 * test_secret.c - published vectors. Our HMAC puts a label and a NUL before
 * the data, so RFC 4231's own cannot be had from it; these were made with
 * Python's hmac from the same keys and messages.
 */
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/encode.h"

static void
assert_hex(const uint8_t *bytes, size_t n, const char *want)
{
	char hex[129];

	hex_encode(hex, bytes, n);
	assert_string_equal(hex, want);
}

/* FIPS 180-4's examples. */
static void
sha256_vectors(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	uint8_t out[SHA256_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sha256(out, cases[i].in, strlen(cases[i].in));
		assert_hex(out, sizeof(out), cases[i].want);
	}
}

static void
hmac_vectors(void **state)
{
	static const struct {
		const char *key, *label, *data, *want;
	} cases[] = {
		{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", "", "Hi There", "5449579bd61b0913a4a649015665705561c7847723f95b17968783ce66f21d60" },
		{ "Jefe", "", "what do ya want for nothing?", "6882ec3e66248227aedbf4c2f567b563b5668a12dc6c5560333e28bfa72d3672" },
		{ "Jefe", "label", "", "f89024929418698c4472b4229aed73c457d2629cea6e59ae692696f1ed793dbf" },
	};
	uint8_t out[SHA256_LEN], other[SHA256_LEN];
	struct hmac *h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hmac_sha256(out, (const uint8_t *)cases[i].key, strlen(cases[i].key), cases[i].label, cases[i].data, strlen(cases[i].data));
		assert_hex(out, sizeof(out), cases[i].want);
		h = hmac_new((const uint8_t *)cases[i].key, strlen(cases[i].key), cases[i].label);
		hmac_of(h, other, "of another text, before it", 26);
		assert_memory_not_equal(other, out, sizeof(out));
		hmac_of(h, other, cases[i].data, strlen(cases[i].data));
		assert_memory_equal(other, out, sizeof(out));
		hmac_free(h);
	}
}

/* The border between label and data is part of what is signed. */
static void
labels_keep_apart(void **state)
{
	static const uint8_t key[32] = { 1 };
	uint8_t a[SHA256_LEN], b[SHA256_LEN];

	(void)state;
	hmac_sha256(a, key, sizeof(key), "ab", "c", 1);
	hmac_sha256(b, key, sizeof(key), "a", "bc", 2);
	assert_memory_not_equal(a, b, sizeof(a));
	hmac_sha256(b, key, sizeof(key), "ab", "c", 1);
	assert_memory_equal(a, b, sizeof(a));
}

/* FIPS 197 appendix C.3. */
static void
aes_vector(void **state)
{
	uint8_t key[32], block[16], plain[16];
	int i;

	(void)state;
	assert_int_equal(hex_decode(key, 32, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 64), 32);
	assert_int_equal(hex_decode(plain, 16, "00112233445566778899aabbccddeeff", 32), 16);
	for (i = 0; i < 3; i++) { /* the context is kept: it must not remember */
		memcpy(block, plain, sizeof(block));
		aes256_block(block, key, 1);
		assert_hex(block, sizeof(block), "8ea2b7ca516745bfeafc49904b496089");
		aes256_block(block, key, 0);
		assert_memory_equal(block, plain, sizeof(block));
	}
}

static void
compares(void **state)
{
	uint8_t a[16] = { 0 }, b[16] = { 0 };
	int bit;

	(void)state;
	assert_true(secret_equal(a, b, sizeof(a)));
	for (bit = 0; bit < 128; bit++) {
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(secret_equal(a, b, sizeof(a)));
		b[bit / 8] = 0;
	}
}

static void
frees_nothing(void **state)
{
	(void)state;
	hmac_free(NULL);
}

static void
random_and_wipe(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };
	static const uint8_t zero[32];

	(void)state;
	secret_random(a, sizeof(a));
	secret_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	secret_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_vectors),
		cmocka_unit_test(hmac_vectors),
		cmocka_unit_test(labels_keep_apart),
		cmocka_unit_test(aes_vector),
		cmocka_unit_test(compares),
		cmocka_unit_test(frees_nothing),
		cmocka_unit_test(random_and_wipe),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
