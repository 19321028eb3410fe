/*
 * fuzz_http_query.c - any text as an address's query: no crash, every field within its bounds; and as a form it says the same, but for
 * a form's own limits.
 */
#include <stdint.h>

#include "base/err.h"
#include "form_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *query = xstrndup((const char *)data, n);
	struct form f = FORM_INIT, form = FORM_INIT;
	struct err e = ERR_INIT;
	size_t len = strlen(query);
	int rc = form_query(&f, query, &e);

	if (rc == 0)
		form_check(&f, len);
	else if (e.code != ERR_INPUT || !e.text[0])
		abort();
	if (len <= FORM_BODY) {
		if (form_read(&form, "application/x-www-form-urlencoded", query, len, &e) != rc)
			abort();
		if (form.count != f.count || form.text.len != f.text.len)
			abort();
	}
	form_release(&f);
	form_release(&form);
	free(query);
	return 0;
}
