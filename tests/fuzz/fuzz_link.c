/* fuzz_link.c - what somebody presents as a link: nothing but what we made is taken, and that comes back as it was. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key that is the same in every run, so that seeds stay good. */
static struct link_keys *
fixed_keys(void)
{
	static const char key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	char folder[] = "/tmp/fuzz_link.XXXXXX", path[64];
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
	char text[LINK_TEXT + 20], again[LINK_TEXT];
	struct link l;

	if (!keys)
		keys = fixed_keys();
	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (link_read_url(&l, keys, text) == 0) {
		link_url(again, keys, &l);
		if (strcmp(text, again) != 0)
			abort();
	}
	if (link_read_address(&l, keys, text) == 0) {
		link_address(again, keys, &l);
		if (strcasecmp(text, again) != 0)
			abort();
	}
	/* any numbers in range survive both forms */
	if (size >= 14) {
		struct link m = { (enum link_purpose)(text[0] & 7), 0, 0, 0, 0 };

		memcpy(&m.subscriber, text + 1, 6);
		memcpy(&m.topic, text + 7, 3);
		memcpy(&m.campaign, text + 10, 4);
		link_url(again, keys, &m);
		if (link_read_url(&l, keys, again) == -1 || link_read_address(&l, keys, again) == 0 || l.purpose != m.purpose ||
		    l.subscriber != m.subscriber || l.topic != m.topic || l.campaign != m.campaign || l.expires)
			abort();
	}
	return 0;
}
