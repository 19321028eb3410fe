/* fuzz_addr.c - any text as an address: what is taken can stand in a header and an SMTP command, and is stable. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "mail/addr.h"
#include "mail/addr_hint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int truth)
{
	if (!truth)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xstrndup((const char *)data, n);
	struct err e = ERR_INIT;
	char meant[ADDR_MAX];
	struct addr a, b;
	const char *p;

	if (addr_parse(&a, text, &e) == -1) {
		must(e.code == ERR_INPUT && *e.text);
		must(!text_has_control(e.text, strlen(e.text), ""));
		goto out;
	}
	must(strlen(a.text) < ADDR_MAX && text_is_utf8(a.text, strlen(a.text)));
	must(!text_has_control(a.text, strlen(a.text), ""));
	must(!strpbrk(a.text, " <>()[]\\,;:\""));
	p = strchr(a.text, '@');
	must(p && p - a.text <= 64 && a.domain == p + 1 && !strchr(a.domain, '@') && strchr(a.domain, '.'));
	must(strspn(a.domain, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(a.domain));
	must(addr_parse(&b, a.text, &e) == 0 && strcmp(a.text, b.text) == 0 && strcmp(a.key, b.key) == 0 && a.smtputf8 == b.smtputf8);
	must(addr_parse(&b, a.key, &e) == 0 && strcmp(a.key, b.key) == 0);
	if (addr_hint(meant, &a)) {
		must(strcmp(meant, a.text) != 0 && addr_parse(&b, meant, &e) == 0 && strcmp(meant, b.text) == 0);
		must(!addr_hint(meant, &b)); /* what was meant is right */
	}
out:
	free(text);
	return 0;
}
