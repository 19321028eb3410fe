/*
 * fuzz_http_request.c - any bytes as a request's body: no crash, and every field within its bounds.
 *
 * The first line is the Content-Type, the rest the body, so that the fuzzer finds
 * boundaries by itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/http_request.h"
#include "base/err.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(const struct form *f, size_t most)
{
	const char *name, *value;
	size_t i;

	if (f->count > FORM_FIELDS)
		abort();
	for (i = 0; i < f->count; i++) {
		name = f->text.data + f->field[i].name;
		value = f->text.data + f->field[i].value;
		if (strlen(name) > FORM_NAME || strlen(value) > most || !form_get(f, name))
			abort();
		if (!text_is_utf8(name, strlen(name)) || !text_is_utf8(value, strlen(value)))
			abort();
	}
}

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
		check(&f, n);
	else if (!e.text[0])
		abort();
	form_release(&f);
	if (form_query(&f, rest, &e) == 0)
		check(&f, n);
	form_release(&f);
	free(type);
	free(rest);
	return 0;
}
