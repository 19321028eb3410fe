/*
 * test_link.c - links mailed today must work for ever.
 *
 * The vectors were made from the key file below by a program of its own
 * (Python's hmac and base64, openssl enc -aes-256-ecb -nopad) out of link.h's
 * description. They never change: a change here breaks every link ever mailed.
 */
#include "base/link.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define DAY 86400
#define EPOCH 1577836800

static const struct {
	const char *name;
	struct link link;
	int64_t expires; /* as it comes back */
	const char *url, *address;
} vectors[] = {
	{ "unsubscribe", { LINK_UNSUBSCRIBE, 1, 2, 3, 0 }, 0, "AeZjz0hXU6cNC8fF72cWeTB8Ql9L9yYoWShEZJpUsxvN", "ahtght2ik5j2odily7c66zywpeyfnc6azh2jqbzq65qq" },
	{ "preferences", { LINK_PREFERENCES, 42, 0, 0, 1767225600 }, 1767225600, "AdO57cGUGPQCIO0dzTvU-Cm8o0RNqpN_sqmucVyJ0L5_", "ahj3t3obsqmpiara5uo42o6u7autcansldkgcv7tlo7a" },
	{ "expiry inside a day", { LINK_VIEW, 42, 0, 7, 1767225601 }, 1767225600 + DAY, "AbW80uLbAbvra5RSwI1aIkasCj_ZRokwCQOVJZrJNvbt", "ag23zuxc3ma3x23lsrjmbdk2ejdjmedudyiai3jcgv7q" },
	{ "largest numbers", { LINK_MESSAGE, 281474976710655, 16777215, 4294967295, 7240060800 }, 7240060800, "AYsP6nO_6O3RnO01yY0yzW4GMO7Z6m6eo3bU7YHVFw8m", "agfq72ttx7uo3um45u24tdjszvxlmlf2u2ga6q4wjsaq" },
	{ "zeroes", { LINK_BOUNCE, 0, 0, 0, 0 }, 0, "AZ2bGmAtYj7RYETOBbGDsOxpsHeih5GryO1IcgHWIK3P", "agozwgtafvrd5ulaithalmmdwdwpeunaoor6dimy7dgq" },
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static char folder[] = "/tmp/test_link.XXXXXX";

static int
teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

/* A folder with link-1.key as in the vectors, and its keys. */
static struct link_keys *
first_key(const char *name)
{
	struct err e = ERR_INIT;
	struct link_keys *keys;
	char path[64];

	assert_int_equal(file_mkdir(name, 0700, &e), 0);
	snprintf(path, sizeof(path), "%s/link-1.key", name);
	assert_int_equal(file_write(path, 0600, KEY, strlen(KEY), &e), 0);
	keys = link_keys_load(name, &e);
	assert_non_null(keys);
	return keys;
}

static void
assert_same(const char *name, const struct link *a, const struct link *b, int64_t expires)
{
	if (a->purpose != b->purpose || a->subscriber != b->subscriber || a->topic != b->topic ||
	    a->campaign != b->campaign || a->expires != expires)
		fail_msg("%s", name);
}

static void
final_format(void **state)
{
	struct link_keys *keys = first_key("final");
	char text[LINK_TEXT];
	struct link l;
	size_t i;

	(void)state;
	for (i = 0; i < VECTORS; i++) {
		link_url(text, keys, &vectors[i].link);
		assert_string_equal(text, vectors[i].url);
		assert_int_equal(link_read_url(&l, keys, text), 0);
		assert_same(vectors[i].name, &l, &vectors[i].link, vectors[i].expires);
		link_address(text, keys, &vectors[i].link);
		assert_string_equal(text, vectors[i].address);
		assert_int_equal(link_read_address(&l, keys, text), 0);
		assert_same(vectors[i].name, &l, &vectors[i].link, vectors[i].expires);
	}
	link_keys_free(keys);
}

/* Relays fold the case of addresses. A URL's case is its value. */
static void
case_of_letters(void **state)
{
	struct link_keys *keys = first_key("case");
	struct link l;

	(void)state;
	assert_int_equal(link_read_address(&l, keys, "AHTGHT2IK5J2ODILY7C66ZYWPEYFNC6AZH2JQBZQ65QQ"), 0);
	assert_same("upper case", &l, &vectors[0].link, 0);
	assert_int_equal(link_read_url(&l, keys, "aEZjz0hXU6cNC8fF72cWeTB8Ql9L9yYoWShEZJpUsxvN"), -1);
	link_keys_free(keys);
}

/* Every bit of every octet, and every other character at every place. */
static void
tampering(void **state)
{
	struct link_keys *keys = first_key("tamper");
	uint8_t octets[33];
	char text[LINK_TEXT];
	struct link l;
	int bit, at, c;

	(void)state;
	for (bit = 0; bit < 33 * 8; bit++) {
		assert_int_equal(base64url_decode(octets, sizeof(octets), vectors[0].url, 44), 33);
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		base64url_encode(text, octets, 33);
		if (link_read_url(&l, keys, text) == 0)
			fail_msg("url, bit %d", bit);
	}
	for (bit = 0; bit < 27 * 8; bit++) {
		assert_int_equal(base32_decode(octets, sizeof(octets), vectors[0].address, 44), 27);
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		base32_encode(text, octets, 27);
		if (link_read_address(&l, keys, text) == 0)
			fail_msg("address, bit %d", bit);
	}
	for (at = 0; at < LINK_TEXT - 1; at++)
		for (c = 1; c < 256; c++) {
			strcpy(text, vectors[0].url);
			text[at] = (char)c;
			if (text[at] != vectors[0].url[at] && link_read_url(&l, keys, text) == 0)
				fail_msg("character %d is %d", at, c);
		}
	link_keys_free(keys);
}

static void
refuses(void **state)
{
	struct link_keys *keys = first_key("refuse");
	char text[64];
	struct link l;
	size_t n;

	(void)state;
	assert_int_equal(link_read_address(&l, keys, vectors[0].url), -1); /* one form never passes for the other */
	assert_int_equal(link_read_url(&l, keys, vectors[0].address), -1);
	for (n = 0; n < 44; n++) {
		snprintf(text, sizeof(text), "%.*s", (int)n, vectors[0].url);
		assert_int_equal(link_read_url(&l, keys, text), -1);
	}
	snprintf(text, sizeof(text), "%sA", vectors[0].url);
	assert_int_equal(link_read_url(&l, keys, text), -1);
	snprintf(text, sizeof(text), "%s=", vectors[0].url);
	assert_int_equal(link_read_url(&l, keys, text), -1);
	assert_int_equal(link_read_url(&l, keys, "AuZjz0hXU6cNC8fF72cWeTBJvY0V2-Jk89fXPtiM-F_M"), -1); /* key 2 is not there */
	link_keys_free(keys);
}

/* The same block with the MAC of the other form, cut or not: the label keeps them apart. */
static void
forms_do_not_mix(void **state)
{
	struct link_keys *keys = first_key("forms");
	uint8_t url[33], address[33];
	char text[LINK_TEXT];
	struct link l;

	(void)state;
	assert_int_equal(base64url_decode(url, sizeof(url), vectors[0].url, 44), 33);
	assert_int_equal(base32_decode(address, sizeof(address), vectors[0].address, 44), 27);
	assert_memory_equal(url, address, 17);
	base32_encode(text, url, 27);
	assert_int_equal(link_read_address(&l, keys, text), -1);
	memcpy(url + 17, address + 17, 10);
	base64url_encode(text, url, 33);
	assert_int_equal(link_read_url(&l, keys, text), -1);
	link_keys_free(keys);
}

static void
rotation(void **state)
{
	struct link_keys *keys = first_key("rotate"), *later;
	struct err e = ERR_INIT;
	char text[LINK_TEXT];
	uint8_t octets[33];
	struct stat st;
	struct link l;
	int id = 0;

	(void)state;
	assert_int_equal(link_keys_create("rotate", &id, &e), 0);
	assert_int_equal(id, 2);
	assert_int_equal(stat("rotate/link-2.key", &st), 0);
	assert_int_equal(st.st_size, 65);
	assert_int_equal(st.st_mode & 0777, 0640);
	later = link_keys_load("rotate", &e);
	assert_non_null(later);
	assert_int_equal(link_read_url(&l, later, vectors[0].url), 0); /* the old link */
	assert_int_equal(link_read_address(&l, later, vectors[0].address), 0);
	link_url(text, later, &vectors[0].link);
	assert_int_equal(base64url_decode(octets, sizeof(octets), text, 44), 33);
	assert_int_equal(octets[0], 2); /* key 2 makes new ones */
	assert_string_not_equal(text + 2, vectors[0].url + 2);
	assert_int_equal(link_read_url(&l, later, text), 0);
	assert_same("new key", &l, &vectors[0].link, 0);
	assert_int_equal(link_read_url(&l, keys, text), -1); /* who has not loaded it yet */
	link_keys_free(later);
	link_keys_free(keys);
}

static void
key_files(void **state)
{
	static const struct {
		const char *name, *text;
	} bad[] = {
		{ "empty", "" },
		{ "short", "0001\n" },
		{ "long", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00\n" },
		{ "no hex", "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n" },
	};
	static const char upper[] = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\r\n";
	struct err e = ERR_INIT;
	struct link_keys *keys;
	char text[LINK_TEXT];
	size_t i;
	int id;

	(void)state;
	assert_null(link_keys_load("nowhere", &e));
	assert_int_equal(file_mkdir("keys", 0700, &e), 0);
	assert_null(link_keys_load("keys", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(file_write("keys/link-1.key", 0600, bad[i].text, strlen(bad[i].text), &e), 0);
		if (link_keys_load("keys", &e) || e.code != ERR_CORRUPT)
			fail_msg("%s", bad[i].name);
	}
	/* names that are no key's are left alone; CRLF and upper case are as good */
	assert_int_equal(file_write("keys/link-01.key", 0600, "x", 1, &e), 0);
	assert_int_equal(file_write("keys/link-0.key", 0600, "x", 1, &e), 0);
	assert_int_equal(file_write("keys/link-256.key", 0600, "x", 1, &e), 0);
	assert_int_equal(file_write("keys/link-9.key~", 0600, "x", 1, &e), 0);
	assert_int_equal(file_write("keys/dkim.pem", 0600, "x", 1, &e), 0);
	assert_int_equal(file_write("keys/link-1.key", 0600, upper, strlen(upper), &e), 0);
	keys = link_keys_load("keys", &e);
	assert_non_null(keys);
	link_url(text, keys, &vectors[0].link);
	assert_string_equal(text, vectors[0].url);
	link_keys_free(keys);
	assert_int_equal(file_write("keys/link-255.key", 0600, KEY, strlen(KEY), &e), 0);
	assert_int_equal(link_keys_create("keys", &id, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	link_keys_free(NULL);
}

/* The lowest descriptor that is free: the same again when nothing was left open. */
static int
free_descriptor(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

static void
put(const char *path, const char *text)
{
	struct err e = ERR_INIT;

	assert_int_equal(file_write(path, 0600, text, strlen(text), &e), 0);
}

/* Alone in a folder, so that one that is taken for a key shows. */
static void
names_of_no_key(void **state)
{
	static const char *const names[] = { "link-0.key", "link--1.key", "link-01.key", "link-256.key", "link-1.key~", "link-.key",
		"ink-1.key" };
	struct err e = ERR_INIT;
	char path[64];
	int highest;
	size_t i;

	(void)state;
	assert_int_equal(file_mkdir("strange", 0700, &e), 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "strange/%s", names[i]);
		put(path, "x");
		highest = 7;
		if (link_keys_newest("strange", &highest, &e) != 0 || highest != 0)
			fail_msg("%s is number %d", names[i], highest);
		if (link_keys_load("strange", &e) || e.code != ERR_NOT_FOUND)
			fail_msg("%s: %s", names[i], e.text);
	}
}

static void
numbers(void **state)
{
	static const struct {
		const char *name;
		int use;
		uint8_t current;
	} uses[] = {
		{ "an older one", 1, 1 },
		{ "the newest", 255, 255 },
		{ "one that is not there", 2, 255 },
		{ "none", 0, 255 },
		{ "below all", -1, 255 },
		{ "above all", 256, 255 },
		{ "one between", 3, 3 },
	};
	struct link_keys *keys = first_key("numbers");
	struct err e = ERR_INIT;
	char text[LINK_TEXT];
	uint8_t octets[33];
	int highest = 0;
	size_t i;

	(void)state;
	assert_int_equal(link_keys_count(keys), 1);
	link_keys_free(keys);
	put("numbers/link-3.key", KEY);
	put("numbers/link-255.key", KEY);
	assert_int_equal(link_keys_newest("numbers", &highest, &e), 0);
	assert_int_equal(highest, 255);
	assert_int_equal(link_keys_newest("nowhere", &highest, &e), -1);
	for (i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		keys = link_keys_load("numbers", &e);
		assert_non_null(keys);
		assert_int_equal(link_keys_count(keys), 3);
		link_keys_use(keys, uses[i].use);
		link_url(text, keys, &vectors[0].link);
		assert_int_equal(base64url_decode(octets, sizeof(octets), text, 44), 33);
		if (octets[0] != uses[i].current)
			fail_msg("%s: %d", uses[i].name, octets[0]);
		link_keys_free(keys);
	}
}

/* What goes wrong leaves nothing open either; two keys are never the same. */
static void
new_keys(void **state)
{
	const int before = free_descriptor();
	struct buf first = BUF_INIT, second = BUF_INIT, third = BUF_INIT;
	struct err e = ERR_INIT;
	int id = 0, i;

	(void)state;
	assert_int_equal(file_mkdir("new", 0700, &e), 0);
	assert_int_equal(link_keys_create("nowhere", &id, &e), -1);
	for (i = 1; i <= 3; i++) {
		assert_int_equal(link_keys_create("new", &id, &e), 0);
		assert_int_equal(id, i);
	}
	assert_int_equal(file_read("new/link-1.key", 100, &first, &e), 0);
	assert_int_equal(file_read("new/link-2.key", 100, &second, &e), 0);
	assert_int_equal(file_read("new/link-3.key", 100, &third, &e), 0);
	assert_string_not_equal(first.data, second.data);
	assert_string_not_equal(second.data, third.data);
	link_keys_free(link_keys_load("new", &e));
	assert_int_equal(file_mkdir("new/link-4.key", 0700, &e), 0);
	assert_null(link_keys_load("new", &e));
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_int_equal(link_keys_create("new/link-2.key", &id, &e), -1); /* no folder */
	assert_int_equal(free_descriptor(), before);
	buf_release(&first);
	buf_release(&second);
	buf_release(&third);
}

/* Two who make one at the same time make two. */
static void
one_at_a_time(void **state)
{
	struct err e = ERR_INIT;
	int fd, id = 0, status;
	struct stat st;
	pid_t child;

	(void)state;
	assert_int_equal(file_mkdir("turns", 0700, &e), 0);
	fd = open("turns", O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	child = fork();
	if (child == 0)
		_exit(link_keys_create("turns", &id, &e) == 0 && id == 1 ? 0 : 1);
	usleep(100000);
	assert_int_equal(stat("turns/link-1.key", &st), -1);
	assert_int_equal(flock(fd, LOCK_UN), 0); /* the child has it open too */
	close(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* In a child, as somebody: 0 when a key is made and is then that user's. */
static int
create_as(const char *keys, uid_t who, uid_t want)
{
	struct err e = ERR_INIT;
	int id = 0, status = -1;
	char path[64];
	struct stat st;
	pid_t child = fork();

	if (child == 0) {
		if (who && setuid(who) == -1)
			_exit(2);
		if (link_keys_create(keys, &id, &e) == -1)
			_exit(3);
		snprintf(path, sizeof(path), "%s/link-%d.key", keys, id);
		_exit(stat(path, &st) == 0 && st.st_uid == want ? 0 : 4);
	}
	waitpid(child, &status, 0);
	return status;
}

/* Root makes it for the daemon's user, who has the last one; a user makes it for himself, whosever the last one is. */
static void
owners(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(file_mkdir("owners", 0700, &e), 0);
	assert_int_equal(create_as("owners", 0, 0), 0);
	assert_int_equal(chown("owners/link-1.key", 65534, 65534), 0);
	assert_int_equal(create_as("owners", 0, 65534), 0);
	assert_int_equal(chown("owners/link-2.key", 0, 0), 0);
	assert_int_equal(chown("owners", 65534, 65534), 0);
	assert_int_equal(create_as("owners", 65534, 65534), 0);
}

static void
expiry(void **state)
{
	static const struct {
		const char *name;
		int64_t expires, now;
		int want;
	} cases[] = {
		{ "never", 0, INT64_MAX, 0 },
		{ "the second before", EPOCH + DAY, EPOCH + DAY - 1, 0 },
		{ "on the second", EPOCH + DAY, EPOCH + DAY, 1 },
		{ "long ago", EPOCH + DAY, INT64_MAX, 1 },
	};
	struct link l = { LINK_VIEW, 1, 0, 1, EPOCH + 1 };
	struct link_keys *keys = first_key("expiry");
	char text[LINK_TEXT];
	size_t i;

	(void)state;
	link_url(text, keys, &l); /* the first day that there is */
	assert_int_equal(link_read_url(&l, keys, text), 0);
	assert_int_equal(l.expires, EPOCH + DAY);
	link_keys_free(keys);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		l.expires = cases[i].expires;
		if (link_expired(&l, cases[i].now) != cases[i].want)
			fail_msg("%s", cases[i].name);
	}
}

/* A number that does not fit must end the program, not reach another person. */
static void
too_large(void **state)
{
	static const struct {
		const char *name;
		struct link link;
	} cases[] = {
		{ "subscriber", { LINK_UNSUBSCRIBE, 281474976710656, 0, 0, 0 } },
		{ "topic", { LINK_UNSUBSCRIBE, 1, 16777216, 0, 0 } },
		{ "campaign", { LINK_UNSUBSCRIBE, 1, 0, 4294967296, 0 } },
		{ "negative", { LINK_UNSUBSCRIBE, -1, 0, 0, 0 } },
		{ "expiry after 2199", { LINK_VIEW, 1, 0, 0, 7240060801 } },
		{ "expiry that would read as never", { LINK_VIEW, 1, 0, 0, EPOCH } },
		{ "expiry before 2020", { LINK_VIEW, 1, 0, 0, 1 } },
	};
	struct link_keys *keys = first_key("large");
	char text[LINK_TEXT];
	int status;
	pid_t child;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		child = fork();
		if (child == 0) {
			signal(SIGABRT, SIG_DFL);
			link_url(text, keys, &cases[i].link);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
			fail_msg("%s", cases[i].name);
	}
	link_keys_free(keys);
}

static void
signs(void **state)
{
	struct link_keys *keys = first_key("sign");
	struct err e = ERR_INIT;
	uint8_t mac[32], forged[32];
	char hex[65];
	int id;

	(void)state;
	link_sign(mac, keys, "form time", "1767225600", 10);
	hex_encode(hex, mac, sizeof(mac));
	assert_string_equal(hex, "0a49826a6e6dc69e6f17fa6a46a767916dab0b3c15ba87db15326bb89bd663fe");
	assert_true(link_signed(keys, "form time", "1767225600", 10, mac, 32));
	assert_true(link_signed(keys, "form time", "1767225600", 10, mac, 16));
	assert_false(link_signed(keys, "form time", "1767225601", 10, mac, 16));
	assert_false(link_signed(keys, "form", "1767225600", 10, mac, 16));
	hmac_sha256(forged, (const uint8_t[32]){ 0 }, 32, "form time", "1767225600", 10);
	assert_false(link_signed(keys, "form time", "1767225600", 10, forged, 32)); /* a number that has no key is no key of zeroes */
	link_keys_free(keys);

	assert_int_equal(link_keys_create("sign", &id, &e), 0);
	keys = link_keys_load("sign", &e);
	assert_non_null(keys);
	assert_true(link_signed(keys, "form time", "1767225600", 10, mac, 32)); /* what the key before signed */
	link_sign(mac, keys, "form time", "1767225600", 10);
	assert_true(link_signed(keys, "form time", "1767225600", 10, mac, 32));
	mac[15] ^= 1;
	assert_false(link_signed(keys, "form time", "1767225600", 10, mac, 16));
	link_keys_free(keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(final_format),
		cmocka_unit_test(case_of_letters),
		cmocka_unit_test(tampering),
		cmocka_unit_test(refuses),
		cmocka_unit_test(forms_do_not_mix),
		cmocka_unit_test(rotation),
		cmocka_unit_test(key_files),
		cmocka_unit_test(names_of_no_key),
		cmocka_unit_test(numbers),
		cmocka_unit_test(new_keys),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(owners),
		cmocka_unit_test(expiry),
		cmocka_unit_test(too_large),
		cmocka_unit_test(signs),
	};

	return cmocka_run_group_tests_name("link", tests, setup, teardown);
}
