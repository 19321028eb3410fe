/*
 * fuzz_http_form.c - any bytes as a request's body: no crash, and every field within its bounds.
 *
 * The first line is the Content-Type, the rest the body, so that the fuzzer finds
 * boundaries by itself.
 */
#include <stdint.h>

#include "base/err.h"
#include "form_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *eol = n ? memchr(data, '\n', n) : NULL;
	size_t body = eol ? (size_t)(eol - data) + 1 : n;
	char *type = xstrndup((const char *)data, eol ? body - 1 : n), *rest = xmalloc(n - body + 1);
	struct form f = FORM_INIT;
	struct err e = ERR_INIT;

	memcpy(rest, data + body, n - body);
	rest[n - body] = '\0';
	if (form_read(&f, type, rest, n - body, &e) == 0)
		form_check(&f, n);
	else if (!e.text[0])
		abort();
	form_release(&f);
	free(type);
	free(rest);
	return 0;
}
