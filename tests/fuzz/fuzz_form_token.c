/* fuzz_form_token.c - what somebody presents as a form's token: nothing but what we made is taken. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/link.h"
#include "site/form_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key that is the same in every run, so that seeds stay good. */
static struct link_keys *
fixed_keys(void)
{
	static const char key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	char folder[] = "/tmp/fuzz_form_token.XXXXXX", path[64];
	struct link_keys *keys;
	struct err e = ERR_INIT;

	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/link-1.key", folder);
	if (file_write(path, 0600, key, strlen(key), &e) == -1)
		abort();
	keys = link_keys_load(folder, &e);
	if (!keys || remove(path) == -1 || remove(folder) == -1)
		abort();
	return keys;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct link_keys *keys;
	uint8_t wording[FORM_WORDING] = { 0 }, hash[FORM_WORDING];
	char text[FORM_TOKEN_EMBED_TEXT + 20], again[FORM_TOKEN_EMBED_TEXT];
	int64_t now = 1767225600;

	if (!keys)
		keys = fixed_keys();
	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (form_token_embed_read(hash, keys, text) == 0) {
		form_token_embed(again, keys, hash);
		if (strcmp(text, again) != 0)
			abort();
	}
	if (form_token_check(keys, wording, now, text) != FORM_TOKEN_FOREIGN) {
		form_token_make(again, keys, wording, now); /* of the same time only when it was made then */
		if (strlen(text) != strlen(again))
			abort();
	}
	/* any wording and time survive */
	if (size >= 16) {
		memcpy(wording, data, 16);
		now += data[0] << 8 | data[1];
		form_token_make(again, keys, wording, now);
		if (form_token_check(keys, wording, now + 10, again) != FORM_TOKEN_TIMED || form_token_embed_read(hash, keys, again) == 0)
			abort();
		form_token_embed(again, keys, wording);
		if (form_token_embed_read(hash, keys, again) == -1 || memcmp(hash, wording, sizeof(hash)) != 0 ||
		    form_token_check(keys, wording, now, again) != FORM_TOKEN_FOREIGN)
			abort();
	}
	return 0;
}
