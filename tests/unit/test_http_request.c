/* test_http_request.c - forms, queries and JSON as browsers, programs and burglars send them. */
#include "../../daemon/http_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=XX"
#define JSON "application/json"
#define BODY(text) text, sizeof(text) - 1
#define PART(name) "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"

static const struct {
	const char *name, *type, *body;
	size_t n;
	const char *want; /* "name=value;" each; NULL: refused as below */
	enum err_code code;
	const char *says; /* part of the error's text */
} cases[] = {
	{ "plain", URLENCODED, BODY("email=ann%40example.org&name=Ann+B"), "email=ann@example.org;name=Ann B;", 0, NULL },
	{ "charset", URLENCODED "; charset=UTF-8", BODY("a=1"), "a=1;", 0, NULL },
	{ "type in capitals", "Application/X-WWW-Form-URLencoded", BODY("a=1"), "a=1;", 0, NULL },
	{ "repeated", URLENCODED, BODY("topic=a&topic=b"), "topic=a;topic=b;", 0, NULL },
	{ "empty value, no value, no name", URLENCODED, BODY("a=&b&=c"), "a=;b=;=c;", 0, NULL },
	{ "empty pieces", URLENCODED, BODY("&&a=1&&"), "a=1;", 0, NULL },
	{ "equals in the value", URLENCODED, BODY("a=b=c"), "a=b=c;", 0, NULL },
	{ "UTF-8", URLENCODED, BODY("name=Zo%C3%AB"), "name=Zo\xc3\xab;", 0, NULL },
	{ "raw UTF-8", URLENCODED, BODY("name=Zo\xc3\xab"), "name=Zo\xc3\xab;", 0, NULL },
	{ "empty body", URLENCODED, BODY(""), "", 0, NULL },
	{ "no type, no body", NULL, BODY(""), "", 0, NULL },
	{ "broken UTF-8", URLENCODED, BODY("name=%C3%28"), NULL, ERR_INPUT, "UTF-8" },
	{ "broken UTF-8 in a name", URLENCODED, BODY("%FF=a"), NULL, ERR_INPUT, "UTF-8" },
	{ "overlong slash", URLENCODED, BODY("a=%C0%AF"), NULL, ERR_INPUT, "UTF-8" },
	{ "NUL", URLENCODED, BODY("a=b%00c"), NULL, ERR_INPUT, "NUL" },
	{ "raw NUL", URLENCODED, BODY("a=b\0c"), NULL, ERR_INPUT, "NUL" },
	{ "NUL in a name", URLENCODED, BODY("em%00ail=c"), NULL, ERR_INPUT, "NUL" },
	{ "half a percent sign", URLENCODED, BODY("a=100%"), NULL, ERR_INPUT, "percent" },
	{ "percent and no digits", URLENCODED, BODY("a=%zz"), NULL, ERR_INPUT, "percent" },
	{ "line breaks are kept for those who check", URLENCODED, BODY("email=a%0d%0aBcc:b"), "email=a\r\nBcc:b;", 0, NULL },
	{ "another type", "text/plain", BODY("a=1"), NULL, ERR_USAGE, "application/json" },
	{ "a type that only begins alike", URLENCODED "x", BODY("a=1"), NULL, ERR_USAGE, "application/json" },
	{ "no type", NULL, BODY("a=1"), NULL, ERR_USAGE, "application/json" },

	{ "multipart", MULTIPART, BODY(PART("email") "a@b.org\r\n" PART("name") "Ann\r\n--XX--\r\n"), "email=a@b.org;name=Ann;", 0, NULL },
	{ "multipart without the last line break", MULTIPART, BODY(PART("a") "1\r\n--XX--"), "a=1;", 0, NULL },
	{ "preamble and epilogue", MULTIPART, BODY("hello\r\n" PART("a") "1\r\n--XX--\r\nbye"), "a=1;", 0, NULL },
	{ "padding behind the boundary", MULTIPART,
	    BODY("--XX \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX--"), "a=1;", 0, NULL },
	{ "quoted boundary", "multipart/form-data; boundary=\"XX\"", BODY(PART("a") "1\r\n--XX--"), "a=1;", 0, NULL },
	{ "boundary behind another parameter", "multipart/form-data; charset=\"a;b=\"; boundary=XX",
	    BODY(PART("a") "1\r\n--XX--"), "a=1;", 0,
	    NULL },
	{ "boundary behind parameters without a value", "multipart/form-data; strange ;; boundary=XX", BODY(PART("a") "1\r\n--XX--"), "a=1;", 0, NULL },
	{ "parameters without a value, and no boundary", "multipart/form-data; boundary; x", BODY("--XX--"), NULL, ERR_INPUT, "boundary" },
	{ "empty value", MULTIPART, BODY(PART("a") "\r\n--XX--"), "a=;", 0, NULL },
	{ "value with line breaks and dashes", MULTIPART, BODY(PART("a") "1\r\n--X\r\n--\r\n--XX--"), "a=1\r\n--X\r\n--;", 0, NULL },
	{ "more header fields", MULTIPART,
	    BODY("--XX\r\nContent-Type: text/plain\r\ncontent-disposition:form-data;name=a\r\n\r\n1\r\n--XX--"), "a=1;", 0, NULL },
	{ "no parts", MULTIPART, BODY("--XX--"), "", 0, NULL },
	{ "no boundary in the type", "multipart/form-data", BODY("--XX--"), NULL, ERR_INPUT, "boundary" },
	{ "empty boundary", "multipart/form-data; boundary=", BODY("--XX--"), NULL, ERR_INPUT, "boundary" },
	{ "boundary of 71", "multipart/form-data; boundary=12345678901234567890123456789012345678901234567890123456789012345678901",
	    BODY("x"), NULL,
	    ERR_INPUT, "boundary" },
	{ "boundary not in the body", MULTIPART, BODY("--YY--"), NULL, ERR_INPUT, "boundary" },
	{ "RFC 8058's example lacks two hyphens", "multipart/form-data; boundary=---FormBoundaryjWmhtjORrn",
	    BODY("---FormBoundaryjWmhtjORrn\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
		 "---FormBoundaryjWmhtjORrn--"),
	    NULL, ERR_INPUT, "boundary" },
	{ "ends in a value", MULTIPART, BODY(PART("a") "1"), NULL, ERR_INPUT, "ends before" },
	{ "ends in a header", MULTIPART, BODY("--XX\r\nContent-Disposition: form-data"), NULL, ERR_INPUT, "ends before" },
	{ "ends behind a boundary", MULTIPART, BODY("--XX"), NULL, ERR_INPUT, "boundary line" },
	{ "bare LF", MULTIPART, BODY("--XX\nContent-Disposition: form-data; name=a\n\n1\n--XX--"), NULL, ERR_INPUT, "boundary line" },
	{ "no disposition", MULTIPART,
	    BODY("--XX\r\nContent-Type: text/plain\r\n\r\n1\r\n--XX--"), NULL, ERR_INPUT, "Content-Disposition" },
	{ "no name", MULTIPART, BODY("--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--"), NULL, ERR_INPUT, "no name" },
	{ "no end of the header", MULTIPART, BODY("--XX\r\nContent-Disposition: form-data; name=a\r\n--XX--"), NULL, ERR_INPUT, "header" },
	{ "open quote", MULTIPART,
	    BODY("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--XX--"), NULL, ERR_INPUT, "no name" },
	{ "a file", MULTIPART,
	    BODY("--XX\r\nContent-Disposition: form-data; name=a; filename=x\r\n\r\n1\r\n--XX--"), NULL, ERR_INPUT, "file" },
	{ "NUL in a part", MULTIPART, BODY(PART("a") "1\0"
						     "2\r\n--XX--"),
	    NULL, ERR_INPUT, "NUL" },
	{ "NUL in a part's name", MULTIPART, BODY(PART("a\0b") "1\r\n--XX--"), NULL, ERR_INPUT, "no name" },
	{ "broken UTF-8 in a part", MULTIPART, BODY(PART("a") "\xff\r\n--XX--"), NULL, ERR_INPUT, "UTF-8" },

	{ "JSON", JSON, BODY("{\"email\":\"a@b.org\",\"topics\":[\"x\",\"y\"]}"), "email=a@b.org;topic=x;topic=y;", 0, NULL },
	{ "JSON without topics", JSON "; charset=utf-8", BODY("{\"email\":\"a@b.org\"}"), "email=a@b.org;", 0, NULL },
	{ "no topics chosen", JSON, BODY("{\"topics\":[]}"), "topic=;", 0, NULL },
	{ "null and booleans", JSON, BODY("{\"name\":null,\"x\":true}"), "", 0, NULL },
	{ "empty JSON", JSON, BODY(""), NULL, ERR_INPUT, "JSON" },
	{ "JSON array", JSON, BODY("[]"), NULL, ERR_INPUT, "JSON" },
	{ "JSON and more", JSON, BODY("{} {}"), NULL, ERR_INPUT, "JSON" },
	{ "key twice", JSON, BODY("{\"email\":\"a\",\"email\":\"b\"}"), NULL, ERR_INPUT, "JSON" },
	{ "number", JSON, BODY("{\"email\":1}"), NULL, ERR_INPUT, "strings" },
	{ "object", JSON, BODY("{\"email\":{}}"), NULL, ERR_INPUT, "strings" },
	{ "topics a string", JSON, BODY("{\"topics\":\"x\"}"), NULL, ERR_INPUT, "array" },
	{ "topics of numbers", JSON, BODY("{\"topics\":[1]}"), NULL, ERR_INPUT, "array" },
	{ "topic beside topics", JSON, BODY("{\"topic\":\"x\"}"), NULL, ERR_INPUT, "topics" },
	{ "JSON NUL", JSON, BODY("{\"email\":\"a\\u0000b\"}"), NULL, ERR_INPUT, "JSON" },
	{ "JSON broken UTF-8", JSON, BODY("{\"email\":\"\xff\"}"), NULL, ERR_INPUT, "JSON" },
	{ "lone surrogate", JSON, BODY("{\"email\":\"\\ud800\"}"), NULL, ERR_INPUT, "JSON" },
};

static void
write_fields(const struct form *f, struct buf *out)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		buf_addf(out, "%s=%s;", f->text.data + f->field[i].name, f->text.data + f->field[i].value);
}

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form f = FORM_INIT;
		struct buf got = BUF_INIT;
		struct err e = ERR_INIT;
		char *body = xmalloc(cases[i].n + 1); /* of its exact size, so that a sanitizer sees a step beyond it */
		int rc;

		body = xrealloc(body, cases[i].n ? cases[i].n : 1);
		memcpy(body, cases[i].body, cases[i].n);
		rc = form_read(&f, cases[i].type, body, cases[i].n, &e);
		write_fields(&f, &got);
		if (cases[i].want && (rc != 0 || strcmp(got.data, cases[i].want) != 0))
			fail_msg("%s: got %d \"%s\" %s", cases[i].name, rc, got.data, e.text);
		if (!cases[i].want && (rc != -1 || e.code != cases[i].code || !strstr(e.text, cases[i].says)))
			fail_msg("%s: got %d code %d %s", cases[i].name, rc, e.code, e.text);
		buf_release(&got);
		form_release(&f);
		free(body);
	}
}

/* Each bound from both sides. */
static void
test_bounds(void **state)
{
	struct form f = FORM_INIT;
	struct buf body = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < FORM_FIELDS; i++)
		buf_addstr(&body, "a=1&");
	assert_int_equal(form_read(&f, URLENCODED, body.data, body.len, &e), 0);
	assert_int_equal(f.count, FORM_FIELDS);
	form_release(&f);
	buf_addstr(&body, "a=1");
	assert_int_equal(form_read(&f, URLENCODED, body.data, body.len, &e), -1);
	assert_non_null(strstr(e.text, "more than 200 fields"));
	form_release(&f);

	buf_reset(&body);
	for (i = 0; i < FORM_NAME; i++)
		buf_addch(&body, 'n');
	assert_int_equal(form_read(&f, URLENCODED, body.data, body.len, &e), 0);
	form_release(&f);
	buf_addch(&body, 'n');
	assert_int_equal(form_read(&f, URLENCODED, body.data, body.len, &e), -1);
	assert_non_null(strstr(e.text, "longer than 64 bytes"));
	form_release(&f);

	buf_reset(&body);
	buf_addstr(&body, "a=");
	while (body.len < FORM_BODY)
		buf_addch(&body, 'x');
	assert_int_equal(form_read(&f, URLENCODED, body.data, body.len, &e), 0);
	assert_int_equal(strlen(form_get(&f, "a")), FORM_BODY - 2);
	form_release(&f);
	buf_addch(&body, 'x');
	assert_int_equal(form_read(&f, URLENCODED, body.data, body.len, &e), -1);
	assert_non_null(strstr(e.text, "longer than 65536 bytes"));
	form_release(&f);
	buf_release(&body);
}

static void
test_lookup(void **state)
{
	struct form f = FORM_INIT;
	struct err e = ERR_INIT;
	size_t at = 0;

	(void)state;
	assert_int_equal(form_query(&f, "topic=a&x=1&topic=b", &e), 0);
	assert_string_equal(form_get(&f, "x"), "1");
	assert_null(form_get(&f, "y"));
	assert_string_equal(form_next(&f, "topic", &at), "a");
	assert_string_equal(form_next(&f, "topic", &at), "b");
	assert_null(form_next(&f, "topic", &at));
	assert_null(form_next(&f, "topic", &at));
	form_release(&f);
	assert_int_equal(form_query(&f, "", &e), 0);
	assert_int_equal(f.count, 0);
	form_release(&f);
	assert_int_equal(form_query(&f, "topic=%", &e), -1);
	form_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_lookup),
	};

	return cmocka_run_group_tests_name("http_request", tests, NULL, NULL);
}
