/*
 * form_token.c - the token of a signup form that was shown at some time, for tests that must not wait; the wording comes from stdin.
 *
 *   form_token KEYS page TIME <WORDING
 *   form_token KEYS embed <WORDING
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/link.h"
#include "base/secret.h"
#include "site/form_token.h"

int
main(int argc, char **argv)
{
	char wording[4096], text[FORM_TOKEN_EMBED_TEXT];
	uint8_t hash[FORM_WORDING];
	struct err e = ERR_INIT;
	struct link_keys *keys;

	if (!(argc == 4 && strcmp(argv[2], "page") == 0) && !(argc == 3 && strcmp(argv[2], "embed") == 0)) {
		fputs("usage: form_token KEYS page TIME | embed <WORDING\n", stderr);
		return 2;
	}
	keys = link_keys_load(argv[1], &e);
	if (!keys) {
		fprintf(stderr, "form_token: %s\n", e.text);
		return 1;
	}
	sha256(hash, wording, fread(wording, 1, sizeof(wording), stdin));
	if (argc == 4)
		form_token_make(text, keys, hash, strtoll(argv[3], NULL, 10));
	else
		form_token_embed(text, keys, hash);
	puts(text);
	link_keys_free(keys);
	return 0;
}
