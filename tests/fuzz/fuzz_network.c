/* fuzz_network.c - an address and a prefix, as X-Forwarded-For and the command line have them; one line each. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1), *prefix, of[NETWORK_TEXT];
	struct err e = ERR_INIT;
	struct network n;

	memcpy(text, data, size);
	prefix = strchr(text, '\n');
	if (prefix)
		*prefix++ = '\0';
	/* an address is in its own network, and that one's text is a prefix */
	if (network_of(of, text)[0] && (network_parse(&n, of, &e) == -1 || !network_holds(&n, text)))
		abort();
	if (prefix && network_parse(&n, prefix, &e) == 0) {
		if (n.bits < 0 || n.bits > 128)
			abort();
		network_holds(&n, text);
	}
	free(text);
	return 0;
}
