/* fuzz_conf.c - any bytes as newsletter.conf: either clean values or one clean line that says why not. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_part(const void *part, const char *section)
{
	const struct conf_key *k;

	for (k = conf_keys; k->section; k++) {
		const char *value;
		bool many = strcmp(k->section, "relay") == 0 || strcmp(k->section, "domain") == 0 || strcmp(k->section, "inbound") == 0;

		if (conf_is_number(k->kind) || (section ? strcmp(k->section, section) != 0 : many))
			continue;
		memcpy(&value, (const char *)part + k->offset, sizeof(value));
		if (!text_is_utf8(value, strlen(value)) || text_has_control(value, strlen(value), "") || (k->fallback[0] && !value[0]))
			abort();
	}
}

static void
check_values(const struct conf *c)
{
	int i;

	check_part(c, NULL);
	for (i = 0; i < c->relays; i++) {
		check_part(&c->relay[i], "relay");
		if (!c->relay[i].url[0])
			abort();
	}
	for (i = 0; i < c->domains; i++)
		check_part(&c->domain[i], "domain");
	for (i = 0; i < c->mailboxes; i++)
		check_part(&c->mailbox[i], "inbound");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct err e = ERR_INIT;
	struct conf c;
	FILE *f;

	if (!path[0])
		snprintf(path, sizeof(path), "/tmp/fuzz_conf.%ld", (long)getpid());
	f = fopen(path, "w");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
	if (conf_load(&c, path, &e) == 0)
		check_values(&c);
	else if (!e.code || !e.text[0] || !text_is_utf8(e.text, strlen(e.text)) || text_has_control(e.text, strlen(e.text), ""))
		abort();
	conf_release(&c);
	remove(path);
	return 0;
}
