/*
 * make_link.c - a link of the site, for tests that must not wait for a mail that carries one.
 *
 *   make_link KEYS unsubscribe|preferences|view SUBSCRIBER TOPIC CAMPAIGN EXPIRES
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/link.h"

int
main(int argc, char **argv)
{
	struct link l = { 0 };
	struct err e = ERR_INIT;
	struct link_keys *keys;
	char text[LINK_TEXT];

	if (argc != 7) {
		fputs("usage: make_link KEYS unsubscribe|preferences|view SUBSCRIBER TOPIC CAMPAIGN EXPIRES\n", stderr);
		return 2;
	}
	keys = link_keys_load(argv[1], &e);
	if (!keys) {
		fprintf(stderr, "make_link: %s\n", e.text);
		return 1;
	}
	l.purpose = strcmp(argv[2], "preferences") == 0 ? LINK_PREFERENCES : strcmp(argv[2], "view") == 0 ? LINK_VIEW
													  : LINK_UNSUBSCRIBE;
	l.subscriber = strtoll(argv[3], NULL, 10);
	l.topic = strtoll(argv[4], NULL, 10);
	l.campaign = strtoll(argv[5], NULL, 10);
	l.expires = strtoll(argv[6], NULL, 10);
	link_url(text, keys, &l);
	puts(text);
	link_keys_free(keys);
	return 0;
}
