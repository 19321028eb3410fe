/* test_json.c - JSON from outside is one bounded object; JSON of ours is always valid. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

static void
reads(void **state)
{
	const char *text = " {\"email\":\"ann@example.org\",\"n\":1,\"u\":\"\\u00e9\"} \n";
	struct err e = ERR_INIT;
	json_t *o = json_read_object(text, strlen(text), strlen(text), &e);

	(void)state;
	assert_non_null(o);
	assert_string_equal(json_get_string(o, "email"), "ann@example.org");
	assert_string_equal(json_get_string(o, "u"), "\xc3\xa9");
	assert_null(json_get_string(o, "n"));
	assert_null(json_get_string(o, "none"));
	json_decref(o);
}

static void
refuses(void **state)
{
	static const struct {
		const char *name, *in;
		size_t n;
	} cases[] = {
		{ "empty", "", 0 },
		{ "array", "[]", 2 },
		{ "string", "\"x\"", 3 },
		{ "cut", "{\"a\":1", 6 },
		{ "two", "{}{}", 4 },
		{ "trailing byte", "{}x", 3 },
		{ "NUL after", "{}\0", 3 },
		{ "duplicate key", "{\"a\":1,\"a\":2}", 13 },
		{ "NUL in a string", "{\"a\":\"x\\u0000y\"}", 16 },
		{ "NUL in a key", "{\"a\\u0000\":1}", 13 },
		{ "broken UTF-8", "{\"a\":\"\xff\"}", 9 },
		{ "lone surrogate", "{\"a\":\"\\ud800\"}", 14 },
		{ "control character", "{\"a\":\"\n\"}", 9 },
		{ "number too large", "{\"a\":99999999999999999999}", 26 },
		{ "comment", "{}//", 4 },
	};
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e = ERR_INIT;
		if (json_read_object(cases[i].in, cases[i].n, 100, &e) || e.code != ERR_INPUT || !e.text[0])
			fail_msg("%s: %s", cases[i].name, e.text);
	}
	e = ERR_INIT;
	assert_null(json_read_object("{     }", 7, 6, &e));
	assert_string_equal(e.text, "JSON of 7 bytes; the limit is 6");
}

/* A million opening brackets must not go down a million calls. */
static void
depth(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	(void)state;
	buf_addstr(&b, "{\"a\":");
	for (i = 0; i < 1000000; i++)
		buf_addch(&b, '[');
	assert_null(json_read_object(b.data, b.len, b.len, &e));
	assert_int_equal(e.code, ERR_INPUT);
	buf_release(&b);
}

static void
writes(void **state)
{
	json_t *o = json_object();
	struct buf b = BUF_INIT;

	(void)state;
	json_put(o, "name", "J\xc3\xbcrgen \"x\"\n");
	json_put(o, "missing", NULL);
	json_put(o, "broken", "\xff");
	json_put_int(o, "n", -5);
	json_put_bool(o, "yes", 2);
	json_put_time(o, "at", 1772357400);
	json_put_time(o, "never", 0);
	json_write(&b, o, 0);
	assert_string_equal(b.data, "{\"name\":\"J\xc3\xbcrgen \\\"x\\\"\\n\",\"broken\":\"\","
				    "\"n\":-5,\"yes\":true,\"at\":\"2026-03-01T09:30:00Z\"}\n");
	buf_reset(&b);
	json_put_int(o, "name", 1); /* again: replaced */
	json_object_del(o, "broken");
	json_object_del(o, "yes");
	json_object_del(o, "at");
	json_write(&b, o, 1);
	assert_string_equal(b.data, "{\n  \"name\": 1,\n  \"n\": -5\n}\n");
	assert_true(text_is_utf8(b.data, b.len));
	buf_release(&b);
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(depth),
		cmocka_unit_test(writes),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
