/* fuzz_frontmatter.c - any bytes as a Markdown file: no control character may come out of its front matter. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "content/frontmatter.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
check_text(const char *s)
{
	if (!s || text_has_control(s, strlen(s), "\t\n") || !text_is_utf8(s, strlen(s)))
		abort();
}

static void
check(const json_t *data)
{
	const char *key;
	json_t *value, *item;
	size_t i;

	json_object_foreach((json_t *)data, key, value) {
		check_text(key);
		if (json_is_string(value))
			check_text(json_string_value(value));
		else if (!json_is_array(value) && !json_is_null(value))
			abort();
		json_array_foreach(value, i, item) {
			check_text(json_string_value(item));
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *text = (const char *)bytes, *body;
	struct err e = ERR_INIT;
	json_t *data = NULL;
	size_t body_len;

	if (frontmatter_split(text, n, &data, &body, &body_len, &e) == 0) {
		if (body < text || body + body_len != text + n || text_has_control(body, body_len, "\t\r\n"))
			abort();
		check(data);
	} else if (e.code != ERR_INPUT || strncmp(e.text, "line ", 5) != 0)
		abort();
	json_decref(data);
	return 0;
}
