/* test_http_setup.c - what the http role makes of its configuration before it serves: what it refuses and offers; and how it counts. */
#include "http_fixture.h"

#define EIGHT "10.0.0.1 10.0.0.2, 10.0.0.3,10.0.0.4 2001:db8::5 10.0.0.6 10.0.0.7 10.0.0.8 "

static const struct {
	const char *name, *site, *http;
	const char *says; /* part of the error; NULL: the role can start */
} checks[] = {
	{ "nothing said", "", "", NULL },
	{ "two languages", "languages = en es", "", NULL },
	{ "a language without words", "languages = en, xx", "", "there is no words/xx.txt" },
	{ "something long instead of one", "languages = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
	    "there is no words/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.txt" },
	{ "a proxy", "", "trusted_proxies = 127.0.0.1", NULL },
	{ "sixteen", "", "trusted_proxies = " EIGHT EIGHT, NULL },
	{ "one more", "", "trusted_proxies = " EIGHT EIGHT "::1", "trusted_proxies: at most 16 addresses" },
	{ "a name", "", "trusted_proxies = 127.0.0.1 proxy.example", "trusted_proxies: \"proxy.example\" is no IP address" },
	{ "a network", "", "trusted_proxies = 10.0.0.0/8", "\"10.0.0.0/8\" is no IP address" },
	{ "longer than any address", "", "trusted_proxies = 2001:db8:0000:0000:0000:0000:0000:00001111111111111111111111111111111111",
	    "\"2001:db8:0000:0000:0000:0000:0000:00001111111111111111111111\" is no IP address" },
};

static void
test_check(void **state)
{
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		configure(checks[i].site, checks[i].http);
		err = (struct err)ERR_INIT;
		rc = http_check(&run, &err);
		if (rc != (checks[i].says ? -1 : 0) || (checks[i].says && (err.code != ERR_INPUT || !strstr(err.text, checks[i].says))))
			fail_msg("%s: %d, \"%s\"", checks[i].name, rc, err.text);
		conf_release(&run.site.conf);
	}
}

/* Of what is on offer, the one that a visitor gets who says nothing. French has no words, Portuguese has some. */
static const struct {
	const char *name, *site, *offered, *language;
} languages[] = {
	{ "English", "", "en es pt", "en" },
	{ "the site's own", "language = es", "en es pt", "es" },
	{ "the site's is offered though it is not listed", "language = es\nlanguages = en", "en es", "es" },
	{ "one alone", "language = es\nlanguages = es", "es", "es" },
	{ "no words for the site's", "language = fr", "en es pt", "en" },
	{ "no words for the site's, and English is left out", "language = fr\nlanguages = es", "es", "es" },
};

static void
test_languages(void **state)
{
	struct http h = { .role = &run };
	struct http_request r = { .http = &h };
	char offered[100], path[160];
	json_t *menu;
	size_t i;
	int k;

	(void)state;
	make_folder("templates");
	make_folder("templates/words");
	in_folder("templates/words/pt.txt", "language =\n"); /* it does not even say its name */
	snprintf(path, sizeof(path), "%s/templates", folder);
	for (i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		configure(languages[i].site, "");
		ok(http_language_init(&h, &err));
		offered[0] = '\0';
		for (k = 0; k < h.language_count; k++)
			snprintf(offered + strlen(offered), sizeof(offered) - strlen(offered), "%s%s", k ? " " : "", h.languages[k]);
		if (strcmp(offered, languages[i].offered) != 0 || strcmp(h.languages[h.language], languages[i].language) != 0)
			fail_msg("%s: \"%s\", %s", languages[i].name, offered, h.languages[h.language]);
		conf_release(&run.site.conf);
	}
	configure("", "");
	ok(http_language_init(&h, &err));
	menu = http_language_menu(&r);
	assert_int_equal(json_array_size(menu), 3);
	assert_string_equal(json_string_value(json_object_get(json_array_get(menu, 1), "name")), "Español");
	assert_string_equal(json_string_value(json_object_get(json_array_get(menu, 2), "name")), "pt");
	json_decref(menu);
	conf_release(&run.site.conf);
}

static const struct {
	unsigned status;
	enum http_status_class want;
} classes[] = {
	{ 0, STATUS_NONE },
	{ 199, STATUS_NONE },
	{ 200, STATUS_2XX },
	{ 299, STATUS_2XX },
	{ 304, STATUS_3XX },
	{ 400, STATUS_4XX },
	{ 499, STATUS_4XX },
	{ 500, STATUS_5XX },
	{ 502, STATUS_5XX },
	{ 503, STATUS_503 },
	{ 505, STATUS_5XX },
};

static void
test_numbers(void **state)
{
	struct http_numbers n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		memset(&n, 0, sizeof(n));
		http_numbers_answered(&n, classes[i].status, 1000);
		if (n.answers[classes[i].want] != 1)
			fail_msg("%u", classes[i].status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(test_check),
		site_test(test_languages),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
