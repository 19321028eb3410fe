/*
 * fuzz_http_json.c - any bytes as a JSON body: no crash, every field within its bounds, and what is read can be said again as a
 * plain form.
 */
#include <stdint.h>

#include "base/err.h"
#include "form_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The fields as application/x-www-form-urlencoded, each octet escaped. */
static void
write_form(const struct form *f, struct buf *out)
{
	const char *s;
	size_t i;

	for (i = 0; i < f->count; i++) {
		for (s = f->text.data + f->field[i].name; *s; s++)
			buf_addf(out, "%%%02x", (unsigned char)*s);
		buf_addch(out, '=');
		for (s = f->text.data + f->field[i].value; *s; s++)
			buf_addf(out, "%%%02X", (unsigned char)*s);
		buf_addch(out, '&');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct form f = FORM_INIT, again = FORM_INIT;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	char *body = xmalloc(n + 1);

	memcpy(body, data, n);
	body[n] = '\0';
	if (form_read(&f, "application/json", body, n, &e) == 0) {
		form_check(&f, n);
		write_form(&f, &text);
		if (form_query(&again, text.data ? text.data : "", &e) == -1 || again.count != f.count || again.text.len != f.text.len ||
		    (f.text.len && memcmp(again.text.data, f.text.data, f.text.len) != 0))
			abort();
	} else if (!e.text[0]) {
		abort();
	}
	form_release(&f);
	form_release(&again);
	buf_release(&text);
	free(body);
	return 0;
}
