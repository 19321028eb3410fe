/*
 * test_form_token.c - when a form was shown, and which wording stood in it.
 *
 * The vectors were made from form_token.h's description by a program of its own
 * (Python's hmac and base64). Embedded forms stand on pages of others for
 * years: theirs never changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/link.h"
#include "base/secret.h"
#include "site/form_token.h"

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define SHOWN INT64_C(1767225600)
#define PAGE_VECTOR "AAAAAGlVuQDCQ4dm23juJjmk7T6NdcYo"
#define EMBED_VECTOR "eL6mOTTvbLF0MW_w9DaMSaqsUrhyGdqU4tgmIg-DnHsiCNZjcxaMstw7zxTw2-bo3"

static char folder[] = "/tmp/test_form_token.XXXXXX";
static struct link_keys *keys;
static uint8_t wording[FORM_WORDING], other[FORM_WORDING];

static int
setup(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) == -1 || file_write("link-1.key", 0600, KEY, strlen(KEY), &e) == -1)
		return -1;
	sha256(wording, "Yes, please.", 12);
	sha256(other, "No, thanks.", 11);
	keys = link_keys_load(folder, &e);
	return keys ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	link_keys_free(keys);
	remove("link-1.key");
	remove("link-2.key");
	return rmdir(folder);
}

static const struct {
	const char *name;
	int64_t after; /* seconds from SHOWN on */
	enum form_token want;
} ages[] = {
	{ "at once", 0, FORM_TOKEN_HASTY },
	{ "2 s", 2, FORM_TOKEN_HASTY },
	{ "3 s", 3, FORM_TOKEN_TIMED },
	{ "a minute", 60, FORM_TOKEN_TIMED },
	{ "just 24 h", 86400, FORM_TOKEN_TIMED },
	{ "a second more", 86401, FORM_TOKEN_STALE },
	{ "a year", 31536000, FORM_TOKEN_STALE },
	{ "a second from the future", -1, FORM_TOKEN_HASTY },
	{ "just a minute from the future", -60, FORM_TOKEN_HASTY },
	{ "a second more than that", -61, FORM_TOKEN_STALE },
	{ "a year from the future", -31536000, FORM_TOKEN_STALE },
};

static void
test_age(void **state)
{
	char text[FORM_TOKEN_TEXT];
	size_t i;

	(void)state;
	form_token_make(text, keys, wording, SHOWN);
	assert_string_equal(text, PAGE_VECTOR);
	for (i = 0; i < sizeof(ages) / sizeof(*ages); i++)
		if (form_token_check(keys, wording, SHOWN + ages[i].after, text) != ages[i].want)
			fail_msg("%s", ages[i].name);
}

/* Every token with one character exchanged, cut or longer, and those of another wording or key. */
static void
test_foreign(void **state)
{
	char text[FORM_TOKEN_TEXT], embed[FORM_TOKEN_EMBED_TEXT], wrong[FORM_TOKEN_EMBED_TEXT + 1];
	uint8_t hash[FORM_WORDING];
	size_t i;

	(void)state;
	form_token_make(text, keys, wording, SHOWN);
	form_token_embed(embed, keys, wording);
	assert_int_equal(form_token_check(keys, other, SHOWN + 10, text), FORM_TOKEN_FOREIGN);
	for (i = 0; text[i]; i++) {
		strcpy(wrong, text);
		wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
		if (form_token_check(keys, wording, SHOWN + 10, wrong) != FORM_TOKEN_FOREIGN)
			fail_msg("page form, character %zu", i);
		wrong[i] = '\0';
		assert_int_equal(form_token_check(keys, wording, SHOWN + 10, wrong), FORM_TOKEN_FOREIGN);
	}
	for (i = 0; embed[i]; i++) {
		strcpy(wrong, embed);
		wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
		if (form_token_embed_read(hash, keys, wrong) != -1)
			fail_msg("embedded form, character %zu", i);
		wrong[i] = '\0';
		assert_int_equal(form_token_embed_read(hash, keys, wrong), -1);
	}
	snprintf(wrong, sizeof(wrong), "%sA", embed);
	assert_int_equal(form_token_embed_read(hash, keys, wrong), -1);
	snprintf(wrong, sizeof(wrong), "%sA", text);
	assert_int_equal(form_token_check(keys, wording, SHOWN + 10, wrong), FORM_TOKEN_FOREIGN);
	assert_int_equal(form_token_check(keys, wording, SHOWN + 10, embed), FORM_TOKEN_FOREIGN);
	assert_int_equal(form_token_embed_read(hash, keys, text), -1);
}

static void
test_embed(void **state)
{
	char text[FORM_TOKEN_EMBED_TEXT];
	uint8_t hash[FORM_WORDING];

	(void)state;
	form_token_embed(text, keys, wording);
	assert_string_equal(text, EMBED_VECTOR);
	assert_int_equal(form_token_embed_read(hash, keys, text), 0);
	assert_memory_equal(hash, wording, sizeof(hash));
}

/* What stands on somebody's page outlives the key; what a key that is gone has made does not. */
static void
test_rotation(void **state)
{
	char old[FORM_TOKEN_EMBED_TEXT], page[FORM_TOKEN_TEXT], new[FORM_TOKEN_EMBED_TEXT];
	uint8_t hash[FORM_WORDING];
	struct err e = ERR_INIT;
	int id;

	(void)state;
	form_token_embed(old, keys, wording);
	form_token_make(page, keys, wording, SHOWN);
	link_keys_free(keys);
	assert_int_equal(link_keys_create(folder, &id, &e), 0);
	keys = link_keys_load(folder, &e);
	assert_non_null(keys);
	assert_int_equal(form_token_embed_read(hash, keys, old), 0);
	assert_int_equal(form_token_check(keys, wording, SHOWN + 10, page), FORM_TOKEN_TIMED);
	form_token_embed(new, keys, wording);
	assert_string_not_equal(old, new);
	link_keys_free(keys);
	remove("link-1.key");
	keys = link_keys_load(folder, &e);
	assert_non_null(keys);
	assert_int_equal(form_token_embed_read(hash, keys, old), -1);
	assert_int_equal(form_token_embed_read(hash, keys, new), 0);
	assert_int_equal(form_token_check(keys, wording, SHOWN + 10, page), FORM_TOKEN_FOREIGN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_embed),
		cmocka_unit_test(test_rotation),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
