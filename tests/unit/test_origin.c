/* test_origin.c - origins are taken as browsers write them and in no other way, for they are compared octet by octet. */
#include "base/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static const struct {
	const char *name, *list, *says; /* says NULL: it is taken */
} cases[] = {
	{ "none", "", NULL },
	{ "spaces alone", "   ", NULL },
	{ "one", "https://www.example.org", NULL },
	{ "two, with spaces around", "  https://www.example.org   https://example.org ", NULL },
	{ "a port", "https://example.org:8443", NULL },
	{ "the highest port", "https://example.org:65535", NULL },
	{ "an international domain", "https://xn--bcher-kva.example", NULL },
	{ "an address", "https://192.0.2.1", NULL },
	{ "an IPv6 address", "https://[2001:db8::1]:444", NULL },
	{ "http on localhost", "http://localhost:8080", NULL },
	{ "http on 127.0.0.1", "http://127.0.0.1", NULL },
	{ "http on ::1", "http://[::1]:3000", NULL },

	{ "everybody", "*", "https://" },
	{ "null", "null", "https://" },
	{ "no scheme", "www.example.org", "https://" },
	{ "another scheme", "ftp://example.org", "https://" },
	{ "a scheme in capitals", "HTTPS://example.org", "https://" },
	{ "http elsewhere", "http://example.org", "localhost only" },
	{ "http on a name that only begins so", "http://localhost.evil.example", "localhost only" },
	{ "a capital first", "https://Example.org", "lower case" },
	{ "a capital inside", "https://exAmple.org", "nothing else" },
	{ "not ASCII", "https://\xc3\xbc.example", "xn--" },
	{ "a wildcard", "https://*.example.org", "lower case" },
	{ "a path", "https://example.org/", "nothing else" },
	{ "a user", "https://ann@example.org", "nothing else" },
	{ "a comma", "https://a.example,https://b.example", "nothing else" },
	{ "the second is wrong", "https://a.example b.example", "b.example" },
	{ "no host", "https://", "https://" },
	{ "no host but a port", "https://:443", "lower case" },
	{ "the scheme's own port", "https://example.org:443", "leave" },
	{ "http's own port", "http://localhost:80", "leave" },
	{ "443 is not http's", "http://localhost:443", NULL },
	{ "a colon and no port", "https://example.org:", "a port" },
	{ "port 0", "https://example.org:0", "a port" },
	{ "a port that is too high", "https://example.org:65536", "no such port" },
	{ "a port that is too long", "https://example.org:123456", "a port" },
	{ "a port with a letter", "https://example.org:8x", "a port" },
	{ "half an IPv6 address", "https://[::1", "IPv6" },
	{ "no IPv6 address", "https://[]", "IPv6" },
};

static void
lists(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		int rc = origin_check_list(cases[i].list, &e);

		if (rc != (cases[i].says ? -1 : 0) || (cases[i].says && !strstr(e.text, cases[i].says)))
			fail_msg("%s: %d \"%s\"", cases[i].name, rc, e.text);
	}
}

static void
bounds(void **state)
{
	struct buf list = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	(void)state;
	for (i = 0; i < ORIGINS; i++)
		buf_addf(&list, "https://h%d.example ", i);
	assert_int_equal(origin_check_list(list.data, &e), 0);
	buf_addstr(&list, "https://one.more");
	assert_int_equal(origin_check_list(list.data, &e), -1);
	assert_non_null(strstr(e.text, "at most 16"));

	buf_reset(&list);
	buf_addstr(&list, "https://");
	for (i = 0; i < 253; i++)
		buf_addch(&list, 'a');
	assert_int_equal(origin_check_list(list.data, &e), 0);
	buf_addch(&list, 'a');
	assert_int_equal(origin_check_list(list.data, &e), -1);
	buf_release(&list);
}

static void
listed(void **state)
{
	static const char list[] = " https://a.example  http://localhost:8080";

	(void)state;
	assert_true(origin_listed(list, "https://a.example"));
	assert_true(origin_listed(list, "http://localhost:8080"));
	assert_false(origin_listed(list, "https://a.exampl"));
	assert_false(origin_listed(list, "https://a.example.evil"));
	assert_false(origin_listed(list, "http://a.example"));
	assert_false(origin_listed(list, "http://localhost"));
	assert_false(origin_listed(list, "null"));
	assert_false(origin_listed(list, ""));
	assert_false(origin_listed(list, "https://a.example  http://localhost:8080"));
	assert_false(origin_listed("", ""));
	assert_false(origin_listed("", "https://a.example"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(bounds),
		cmocka_unit_test(listed),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
