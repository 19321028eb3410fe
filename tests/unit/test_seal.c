/*
 * test_seal.c - the format is final, so its vectors were made by another program (Python's hashlib and hmac, and the cryptography package's
 * AESGCM); and nothing that was changed, moved or cut off is read as whole.
 */
#include "base/seal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/secret.h"
#include "interrupt_fixture.h"

static uint8_t key[32];

static struct seal_params
fixed_params(enum seal_kind kind)
{
	struct seal_params p = { 0 };
	size_t i;

	if (kind == SEAL_PASSPHRASE)
		p.log_n = 4, p.r = 8, p.p = 1;
	for (i = 0; i < sizeof(p.prefix); i++)
		p.prefix[i] = (uint8_t)(i + 1);
	for (i = 0; i < sizeof(p.salt); i++)
		p.salt[i] = (uint8_t)i;
	return p;
}

static struct seal_secret
key_secret(void)
{
	size_t i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(100 + i);
	return (struct seal_secret){ SEAL_KEY_FILE, key, sizeof(key) };
}

/* What the n octets are as a stream, in a file that is gone with the descriptor. */
static int
sealed(const void *data, size_t n, const struct seal_secret *secret)
{
	struct seal_params p = fixed_params(secret->kind);
	int fd = memfd_create("sealed", MFD_CLOEXEC);
	struct err e = ERR_INIT;
	struct seal *s = seal_new(fd, &p, secret, &e);
	size_t half = n / 3;

	assert_non_null(s);
	assert_int_equal(seal_write(s, data, half, &e), 0);
	assert_int_equal(seal_write(s, (const uint8_t *)data + half, n - half, &e), 0);
	assert_int_equal(seal_finish(s, &e), 0);
	assert_int_equal(seal_size(s), (uint64_t)lseek(fd, 0, SEEK_END));
	seal_free(s);
	return fd;
}

/* Read it all: how many octets, or -1; the buf has what was read before. */
static long
opened(int fd, const struct seal_secret *secret, struct buf *out, struct err *e)
{
	struct seal *s;
	char piece[10000];
	long n = -1;

	*e = ERR_INIT;
	buf_reset(out);
	lseek(fd, 0, SEEK_SET);
	s = seal_open(fd, secret, e);
	while (s && (n = seal_read(s, piece, sizeof(piece), e)) > 0)
		buf_add(out, piece, (size_t)n);
	seal_free(s);
	return n == 0 ? (long)out->len : -1;
}

static void
assert_file(int fd, const char *want, int hashed)
{
	size_t n = (size_t)lseek(fd, 0, SEEK_END);
	uint8_t *bytes = malloc(n), sum[SHA256_LEN];
	char hex[400];

	assert_int_equal(pread(fd, bytes, n, 0), (ssize_t)n);
	sha256(sum, bytes, n);
	hex_encode(hex, hashed ? sum : bytes, hashed ? sizeof(sum) : n);
	assert_string_equal(hex, want);
	free(bytes);
	close(fd);
}

static uint8_t *
many(size_t n)
{
	uint8_t *bytes = malloc(n);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = (uint8_t)(i * 7 % 251);
	return bytes;
}

static void
vectors(void **state)
{
	struct seal_secret words = { SEAL_PASSPHRASE, "correct horse battery", 21 }, file = key_secret();
	uint8_t *two = many(2 * SEAL_CHUNK + 1);

	(void)state;
	two[(size_t)2 * SEAL_CHUNK] = 'x';
	assert_file(sealed("hello", 5, &words),
	    "4e4c5345414c310a010408010001020304050607000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0579ba920d813c8a4ab4fd03"
	    "c65cb690c11b8dc4f2f5e0526c6d6c16268936fbf6dba4518046f72897dd72b6c39171a6ead43654a4b375bfef336bea03fe3fd84b",
	    0);
	assert_file(sealed("", 0, &file),
	    "4e4c5345414c310a020000000001020304050607000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f66d4e5042142b4f0c24c1cc9"
	    "a4e8d83c4e137ad5bdff25c1f0bcddd7d9aa7a55dc64dd998ee595f4975b539d4665008486dc8f1752d660faff54907c",
	    0);
	assert_file(sealed(two, (size_t)2 * SEAL_CHUNK, &file), "e45cae65bbd79de7d1a1d91a52f4c787ad2f39f029ed9e0e3ab734f104cb8518", 1);
	assert_file(sealed(two, (size_t)2 * SEAL_CHUNK + 1, &file), "47abae89a46ae7aa4cf0825e908d67014b973ce5b2a13dfa26770a72889a8b34", 1);
	free(two);
}

static void
round_trips(void **state)
{
	static const size_t sizes[] = { 0, 1, SEAL_CHUNK - 1, SEAL_CHUNK, SEAL_CHUNK + 1, (size_t)3 * SEAL_CHUNK,
		(size_t)3 * SEAL_CHUNK + 77 };
	struct seal_secret file = key_secret();
	struct buf out = BUF_INIT;
	struct err e;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *bytes = many(sizes[i] + 1);

		fd = sealed(bytes, sizes[i], &file);
		assert_int_equal(opened(fd, &file, &out, &e), (long)sizes[i]);
		assert_memory_equal(out.data, bytes, sizes[i]);
		close(fd);
		free(bytes);
	}
	buf_release(&out);
}

/* One bit, anywhere: in each octet of the header, at the borders of chunks, and in 200 other places. */
static void
flipped_bits(void **state)
{
	struct seal_secret file = key_secret();
	size_t n = 2 * SEAL_CHUNK + 500, i, place, total;
	uint8_t *bytes = many(n), octet;
	int fd = sealed(bytes, n, &file);
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	total = (size_t)lseek(fd, 0, SEEK_END);
	for (i = 0; i < SEAL_HEADER + 206; i++) {
		static const size_t borders[] = { 0, SEAL_CHUNK - 1, SEAL_CHUNK, SEAL_CHUNK + 15, SEAL_CHUNK + 16, SEAL_CHUNK + 17 };

		place = i < SEAL_HEADER ? i : i < SEAL_HEADER + 6 ? SEAL_HEADER + borders[i - SEAL_HEADER]
								  : (i * 2654435761U) % total;
		assert_int_equal(pread(fd, &octet, 1, (off_t)place), 1);
		octet ^= (uint8_t)(1 << i % 8);
		assert_int_equal(pwrite(fd, &octet, 1, (off_t)place), 1);
		assert_int_equal(opened(fd, &file, &out, &e), -1);
		assert_true(out.len == 0 || memcmp(out.data, bytes, out.len) == 0); /* nothing that is not authentic comes out */
		assert_int_equal(e.code, ERR_INPUT);
		octet ^= (uint8_t)(1 << i % 8);
		assert_int_equal(pwrite(fd, &octet, 1, (off_t)place), 1);
	}
	assert_int_equal(opened(fd, &file, &out, &e), (long)n);
	buf_release(&out);
	close(fd);
	free(bytes);
}

static void
truncations(void **state)
{
	struct seal_secret file = key_secret();
	const size_t sealed_chunk = SEAL_CHUNK + SEAL_TAG;
	uint8_t *bytes = many((size_t)3 * SEAL_CHUNK);
	int fd = sealed(bytes, (size_t)3 * SEAL_CHUNK, &file), chunk, off;
	size_t total = (size_t)lseek(fd, 0, SEEK_END), at;
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	for (chunk = 3; chunk >= 0; chunk--)
		for (off = 17; off >= -1; off = off > 1 ? 1 : off - 1) {
			at = SEAL_HEADER + (size_t)chunk * sealed_chunk + (size_t)off;
			if (at >= total)
				continue;
			assert_int_equal(ftruncate(fd, (off_t)at), 0);
			assert_int_equal(opened(fd, &file, &out, &e), -1);
			assert_int_equal(e.code, ERR_INPUT);
			assert_non_null(strstr(e.text, "cut off"));
		}
	buf_release(&out);
	close(fd);
	free(bytes);
}

/* Two chunks that change places, one that comes twice, one too many at the end. */
static void
moved_chunks(void **state)
{
	struct seal_secret file = key_secret();
	const size_t n = SEAL_CHUNK + SEAL_TAG;
	uint8_t *bytes = many((size_t)4 * SEAL_CHUNK), *one = malloc(n), *other = malloc(n);
	int fd = sealed(bytes, (size_t)4 * SEAL_CHUNK, &file);
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(pread(fd, one, n, SEAL_HEADER), (ssize_t)n);
	assert_int_equal(pread(fd, other, n, (off_t)(SEAL_HEADER + n)), (ssize_t)n);
	assert_int_equal(pwrite(fd, other, n, SEAL_HEADER), (ssize_t)n);
	assert_int_equal(pwrite(fd, one, n, (off_t)(SEAL_HEADER + n)), (ssize_t)n);
	assert_int_equal(opened(fd, &file, &out, &e), -1);
	assert_int_equal(out.len, 0);
	assert_int_equal(pwrite(fd, one, n, SEAL_HEADER), (ssize_t)n);
	assert_int_equal(opened(fd, &file, &out, &e), -1);
	assert_int_equal(out.len, SEAL_CHUNK);
	assert_int_equal(pwrite(fd, other, n, (off_t)(SEAL_HEADER + n)), (ssize_t)n);
	assert_int_equal(opened(fd, &file, &out, &e), 4L * SEAL_CHUNK);
	assert_int_equal(pwrite(fd, "x", 1, (off_t)(SEAL_HEADER + 4 * n)), 1);
	assert_int_equal(opened(fd, &file, &out, &e), -1);
	buf_release(&out);
	close(fd);
	free(one);
	free(other);
	free(bytes);
}

static void
secrets(void **state)
{
	struct seal_secret words = { SEAL_PASSPHRASE, "correct horse battery", 21 };
	struct seal_secret wrong = { SEAL_PASSPHRASE, "correct horse batterz", 21 };
	struct seal_secret brief = { SEAL_PASSPHRASE, "short", 5 }, file = key_secret();
	int fd = sealed("hello", 5, &words);
	struct seal_params p = fixed_params(SEAL_PASSPHRASE);
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(opened(fd, &words, &out, &e), 5);
	assert_int_equal(opened(fd, &wrong, &out, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(opened(fd, &file, &out, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_null(seal_new(fd, &p, &brief, &e));
	assert_int_equal(e.code, ERR_USAGE);
	file.len = 31;
	assert_null(seal_new(fd, &p, &file, &e));
	p.log_n = 20; /* more than is ever given for a key */
	assert_null(seal_new(fd, &p, &words, &e));
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.text, "cannot make the key: there is no memory for it (1024 MiB)");
	buf_release(&out);
	close(fd);
}

/* Headers that are whole, and ask for what would take the machine's memory or for ever. */
static void
hostile_headers(void **state)
{
	static const struct {
		const char *name;
		uint8_t kind, log_n, r, p, zero;
	} cases[] = {
		{ "64 GB", 1, 26, 8, 1, 0 },
		{ "the most of all", 1, 255, 255, 255, 0 },
		{ "no N", 1, 0, 8, 1, 0 },
		{ "no r", 1, 14, 0, 1, 0 },
		{ "no p", 1, 14, 8, 0, 0 },
		{ "p that takes minutes", 1, 16, 8, 200, 0 },
		{ "a shift too far", 1, 64, 8, 1, 0 },
		{ "another octet", 1, 14, 8, 1, 1 },
		{ "another kind", 3, 14, 8, 1, 0 },
	};
	struct seal_secret words = { SEAL_PASSPHRASE, "correct horse battery", 21 };
	uint8_t header[SEAL_HEADER] = "NLSEAL1\n", sum[SHA256_LEN];
	struct buf out = BUF_INIT;
	struct err e;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		header[8] = cases[i].kind;
		header[9] = cases[i].log_n;
		header[10] = cases[i].r;
		header[11] = cases[i].p;
		header[12] = cases[i].zero;
		sha256(sum, header, 84);
		memcpy(header + 84, sum, 12);
		fd = memfd_create("header", MFD_CLOEXEC);
		assert_int_equal(write(fd, header, sizeof(header)), sizeof(header));
		assert_int_equal(opened(fd, &words, &out, &e), -1);
		if (e.code != ERR_INPUT)
			print_error("%s: %s\n", cases[i].name, e.text);
		assert_int_equal(e.code, ERR_INPUT);
		close(fd);
	}
	buf_release(&out);
}

/* A header that cannot be written makes no stream; one that is interrupted while it is read is read. */
static void
descriptors(void **state)
{
	struct seal_secret file = key_secret();
	struct seal_params p = fixed_params(SEAL_KEY_FILE);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), fd[2];
	struct err e = ERR_INIT;

	(void)state;
	assert_null(seal_new(full, &p, &file, &e));
	assert_int_equal(e.code, ERR_FULL);
	close(full);
	full = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_null(seal_open(full, &file, &e));
	assert_string_equal(e.text, "cannot read: Is a directory");
	close(full);
	assert_int_equal(pipe(fd), 0);
	interrupts_begin(fd[1], -1);
	assert_null(seal_open(fd[0], &file, &e));
	interrupts_end();
	assert_int_equal(e.code, ERR_INPUT); /* the octet that came then */
	close(fd[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(round_trips),
		cmocka_unit_test(flipped_bits),
		cmocka_unit_test(truncations),
		cmocka_unit_test(moved_chunks),
		cmocka_unit_test(secrets),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(hostile_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
