/*
 * make_link.c - a link of the site, for tests that must not wait for a mail that carries one.
 *
 *   make_link KEYS unsubscribe|preferences|view|leave|bounce|message|outbox-bounce|outbox SUBSCRIBER TOPIC CAMPAIGN EXPIRES
 *
 * The first three in the form for URLs, the others in the one for addresses; leave is unsubscribe in an address.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/link.h"

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		enum link_purpose purpose;
		void (*write)(char out[LINK_TEXT], const struct link_keys *keys, const struct link *l);
	} kinds[] = {
		{ "unsubscribe", LINK_UNSUBSCRIBE, link_url },
		{ "preferences", LINK_PREFERENCES, link_url },
		{ "view", LINK_VIEW, link_url },
		{ "leave", LINK_UNSUBSCRIBE, link_address },
		{ "bounce", LINK_BOUNCE, link_address },
		{ "message", LINK_MESSAGE, link_address },
		{ "outbox-bounce", LINK_OUTBOX_BOUNCE, link_address },
		{ "outbox", LINK_OUTBOX, link_address },
	};
	struct link l = { 0 };
	struct err e = ERR_INIT;
	struct link_keys *keys;
	char text[LINK_TEXT];
	size_t k = 0;

	while (argc == 7 && k < sizeof(kinds) / sizeof(kinds[0]) && strcmp(argv[2], kinds[k].name) != 0)
		k++;
	if (argc != 7 || k == sizeof(kinds) / sizeof(kinds[0])) {
		fputs("usage: make_link KEYS KIND SUBSCRIBER TOPIC CAMPAIGN EXPIRES\n", stderr);
		return 2;
	}
	keys = link_keys_load(argv[1], &e);
	if (!keys) {
		fprintf(stderr, "make_link: %s\n", e.text);
		return 1;
	}
	l.purpose = kinds[k].purpose;
	l.subscriber = strtoll(argv[3], NULL, 10);
	l.topic = strtoll(argv[4], NULL, 10);
	l.campaign = strtoll(argv[5], NULL, 10);
	l.expires = strtoll(argv[6], NULL, 10);
	kinds[k].write(text, keys, &l);
	puts(text);
	link_keys_free(keys);
	return 0;
}
