/* json.c - see json.h. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

json_t *
json_read_object(const char *text, size_t n, size_t max, struct err *e)
{
	json_error_t error;
	json_t *value;

	if (n > max) {
		err_set(e, ERR_INPUT, "JSON of %zu bytes; the limit is %zu", n, max);
		return NULL;
	}
	value = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!value) {
		err_set(e, ERR_INPUT, "not valid JSON: line %d, column %d: %s", error.line, error.column, error.text);
		return NULL;
	}
	if (!json_is_object(value)) {
		json_decref(value);
		err_set(e, ERR_INPUT, "not a JSON object");
		return NULL;
	}
	return value;
}

const char *
json_get_string(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void
put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) == -1)
		abort();
}

void
json_put(json_t *object, const char *key, const char *value)
{
	json_t *string;

	if (!value)
		return;
	string = json_string(value);
	put(object, key, string ? string : json_string(""));
}

void
json_put_int(json_t *object, const char *key, long long value)
{
	put(object, key, json_integer(value));
}

void
json_put_bool(json_t *object, const char *key, int value)
{
	put(object, key, json_boolean(value));
}

void
json_put_time(json_t *object, const char *key, long long unix_time)
{
	char text[CLOCK_TEXT];

	if (unix_time)
		put(object, key, json_string(clock_iso(text, unix_time)));
}

void
json_write(struct buf *out, const json_t *value, int pretty)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) : JSON_COMPACT));

	if (!text)
		abort();
	buf_addstr(out, text);
	buf_addch(out, '\n');
	free(text);
}
