/* test_http_header.c - Accept and Accept-Language by RFC 9110, and whose address a list of forwarded ones names. */
#include "../../daemon/http_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static const struct {
	const char *name, *accept;
	bool json;
} accepts[] = {
	{ "none", NULL, false },
	{ "empty", "", false },
	{ "anything", "*/*", false },
	{ "any of application", "application/*", true },
	{ "any of text", "text/*", false },
	{ "Chromium", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", false },
	{ "a browser that would take JSON too", "text/html,application/xhtml+xml,application/json;q=0.9", false },
	{ "JSON", "application/json", true },
	{ "in capitals", "Application/JSON, text/plain", true },
	{ "problem details", "application/problem+json", true },
	{ "a program that takes all, JSON first", "application/json, text/plain, */*", true },
	{ "all, and JSON by name", "*/*, application/json", true },
	{ "both by name", "application/json, text/html", false },
	{ "both, the page less", "application/json, text/html;q=0.9", true },
	{ "both, JSON less", "application/json;q=0.5, text/html;q=0.6", false },
	{ "one range twice: the greater weight", "application/json;q=0.1, application/json;q=0.9, text/html;q=0.5", true },
	{ "whichever comes first", "application/json;q=0.9, application/json;q=0.1, text/html;q=0.5", true },
	{ "both, in thousandths", "application/json;q=0.501, text/html;q=0.5", true },
	{ "both, problem details more", "application/json;q=0.1, application/problem+json, text/html;q=0.6", true },
	{ "JSON not at all", "application/json;q=0", false },
	{ "JSON not at all, all else", "application/json;q=0, */*", false },
	{ "no pages", "text/html;q=0, */*", true },
	{ "no pages, and zero written out", "text/html; q=0.000 , */*;q=0.1", true },
	{ "the exact range decides, wherever it stands", "application/json;q=0.2, application/*;q=0.9, text/html;q=0.5", false },
	{ "nothing at all", "*/*;q=0", false },
	{ "JSON with a parameter", "application/json;charset=utf-8", true },
	{ "a comma in quotes", "application/json;p=\"a,text/html\"", true },
	{ "a quote in quotes", "application/json;p=\"a\\\",b\"", true },
	{ "spaces and tabs", " \tapplication/json ;\tq=0.5 , text/html ; q=0.4", true },
	{ "empty elements", ",, application/json ,,", true },
	{ "a parameter without a name", "application/json;", true },
	{ "a capital Q", "application/json;Q=0.1, text/html;q=0.2", false },
	{ "a weight that is none counts as no range", "application/json;q=2, text/html;q=0.1", false },
	{ "nor one of four digits", "application/json;q=0.1234", false },
	{ "nor more than one", "application/json;q=1.001", false },
	{ "nor less than nothing", "application/json;q=-1", false },
	{ "nor an empty one", "application/json;q=", false },
	{ "one is one", "application/json;q=1.000", true },
	{ "a point alone", "application/json;q=1.", true },
	{ "no spaces around =", "application/json;q =0.5", false },
	{ "a quote that never ends", "application/json;p=\"abc, text/html", false },
	{ "a quoted pair that never ends", "application/json;p=\"a\\", false },
	{ "a weight with a letter", "application/json;q=0.x", false },
	{ "what is broken takes along no more than itself", "application/json;q=x;p=\",\", application/json;q=0.3", true },
	{ "a name that only begins alike", "application/jsonx", false },
	{ "one that only ends alike", "x-application/json", false },
	{ "no subtype", "application", false },
	{ "no type", "/json", false },
};

static void
asks_for_json(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++)
		if (accept_json(accepts[i].accept) != accepts[i].json)
			fail_msg("%s", accepts[i].name);
}

/* So many ranges are looked at, and no more. */
static void
accept_bounds(void **state)
{
	struct buf field = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < ACCEPT_RANGES - 1; i++)
		buf_addstr(&field, "a/b,");
	buf_addstr(&field, "application/json");
	assert_true(accept_json(field.data));
	buf_reset(&field);
	for (i = 0; i < ACCEPT_RANGES; i++)
		buf_addstr(&field, "a/b,");
	buf_addstr(&field, "application/json");
	assert_false(accept_json(field.data));
	buf_release(&field);
}

static void
prefers_a_language(void **state)
{
	static const struct {
		const char *header;
		int want;
	} headers[] = {
		{ NULL, -1 },
		{ "", -1 },
		{ "es", 1 },
		{ "ES", 1 },
		{ "es-MX,es;q=0.9,en;q=0.8", 1 },
		{ "de-DE, de;q=0.9, en;q=0.4, es;q=0.5", 1 },
		{ "de, fr;q=0.5", -1 },
		{ "*", -1 },
		{ "en;q=0", -1 },
		{ "en;q=0, es;q=0.001", 1 },
		{ "pt", 2 },
		{ "pt-BR", 2 },
		{ "pt-PT", -1 },
		{ "e", -1 },
		{ "eng", -1 },
		{ ",,;q=1,es", 1 },
		{ "en;q=x, es;q=0.1", 1 },
		{ "en;level=1, es;q=0.1", 0 },
		{ "en;q=0.1;q=0.9;, es;q=0.5", 0 },
		{ "en;q=0.10000, es;q=0.05", 1 },
		{ "en-US-x-\"es\", es", 1 },
		{ "es;q=0.8,en", 0 },
		{ "es , en", 1 },
	};
	char languages[3][16] = { "en", "es", "pt-BR" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (accept_language(headers[i].header, languages, 3) != headers[i].want)
			fail_msg("\"%s\": %d", headers[i].header, accept_language(headers[i].header, languages, 3));
}

static const struct {
	const char *name, *from, *list, *want;
} walks[] = {
	{ "nobody in between", "198.51.100.7", "192.0.2.1", "198.51.100.7" },
	{ "one proxy", "127.0.0.1", "192.0.2.1", "192.0.2.1" },
	{ "what the visitor wrote before it", "127.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1" },
	{ "two proxies", "127.0.0.1", "6.6.6.6, 192.0.2.1, 10.0.0.2", "192.0.2.1" },
	{ "two fields, joined by a comma", "127.0.0.1", "6.6.6.6,192.0.2.1,", "192.0.2.1" },
	{ "all are proxies", "127.0.0.1", "10.0.0.2, 127.0.0.1", "10.0.0.2" },
	{ "no list", "127.0.0.1", "", "127.0.0.1" },
	{ "spaces", "127.0.0.1", "  \t ", "127.0.0.1" },
	{ "empty elements", "127.0.0.1", "192.0.2.1 ,, ,", "192.0.2.1" },
	{ "spaces around", "127.0.0.1", "\t192.0.2.1 \t", "192.0.2.1" },
	{ "something else ends the walk", "127.0.0.1", "192.0.2.1, unknown", "127.0.0.1" },
	{ "so does a port", "127.0.0.1", "192.0.2.1:80", "127.0.0.1" },
	{ "and a name", "127.0.0.1", "192.0.2.1, 10.0.0.2, localhost", "127.0.0.1" },
	{ "it counts from where it stands", "127.0.0.1", "unknown, 10.0.0.2", "10.0.0.2" },
	{ "IPv6", "::1", "2001:db8::1", "2001:db8::1" },
	{ "one address in another form", "127.0.0.1", "192.0.2.1, ::ffff:10.0.0.2", "192.0.2.1" },
	{ "mapped IPv4 is IPv4", "127.0.0.1", "::ffff:192.0.2.1", "192.0.2.1" },
	{ "octal is no address", "127.0.0.1", "0300.0.2.1", "127.0.0.1" },
};

static void
walk(void **state)
{
	struct in6_addr proxies[3], ip;
	char list[200], text[IP_TEXT];
	size_t i;

	(void)state;
	assert_true(ip_parse(&proxies[0], "127.0.0.1") && ip_parse(&proxies[1], "10.0.0.2") && ip_parse(&proxies[2], "::1"));
	for (i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		assert_true(ip_parse(&ip, walks[i].from));
		strcpy(list, walks[i].list);
		forwarded_walk(&ip, list, proxies, 3);
		ip_write(text, &ip);
		if (strcmp(text, walks[i].want) != 0)
			fail_msg("%s: %s", walks[i].name, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_json),
		cmocka_unit_test(accept_bounds),
		cmocka_unit_test(prefers_a_language),
		cmocka_unit_test(walk),
	};

	return cmocka_run_group_tests_name("http_header", tests, NULL, NULL);
}
