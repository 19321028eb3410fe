/* test_http_cache.c - pages that were kept: cut at their slots, put together for each visitor, and never mixed up. */
#include "../../daemon/http_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../daemon/http.h"

static int
setup(void **state)
{
	struct http_request *r = xcalloc(1, sizeof(*r));

	r->http = xcalloc(1, sizeof(*r->http));
	r->http->cache = http_cache_new();
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct http_request *r = *state;

	http_cache_free(r->http->cache);
	free(r->http);
	free(r);
	return 0;
}

static const struct http_cached *
keep(struct http_request *r, const char *name, const char *variant, const char *text)
{
	const struct http_cached *page;
	struct buf bytes = BUF_INIT;

	buf_addstr(&bytes, text);
	page = http_cache_keep(r, name, variant, &bytes);
	assert_int_equal(bytes.len, 0);
	buf_release(&bytes);
	return page;
}

static void
assert_page(const struct http_cached *page, const char *const *values, const char *want)
{
	struct buf out = BUF_INIT;

	assert_non_null(page);
	http_cache_merge(&out, page, values);
	assert_string_equal(out.data, want);
	assert_int_equal(out.len, strlen(want));
	buf_release(&out);
}

static const struct {
	const char *name, *text, *values[HTTP_CACHE_SLOTS], *want;
} cases[] = {
	{ "no slot", "<p>Hello</p>", { NULL }, "<p>Hello</p>" },
	{ "nothing", "", { NULL }, "" },
	{ "a slot", "<a href=\"/u/" HTTP_SLOT(0) "\">", { "x-y_Z" }, "<a href=\"/u/x-y_Z\">" },
	{ "first and last", HTTP_SLOT(0) " and " HTTP_SLOT(1), { "a", "b" }, "a and b" },
	{ "one twice", HTTP_SLOT(3) HTTP_SLOT(3), { NULL, NULL, NULL, "ab" }, "abab" },
	{ "the last one", HTTP_SLOT(9), { [9] = "z" }, "z" },
	{ "an empty value", "a" HTTP_SLOT(0) "b", { "" }, "ab" },
	{ "no value", "a" HTTP_SLOT(0) "b", { NULL }, "ab" },
	{ "a value is escaped", HTTP_SLOT(0), { "<b a=\"'&" }, "&lt;b a=&quot;&#39;&amp;" },
	{ "a value makes no slot", HTTP_SLOT(0) HTTP_SLOT(1), { HTTP_SLOT(1), "x" }, HTTP_SLOT(1) "x" },
	{ "a name is no slot of ours", "a" SLOT_MARK("name|friend") "b", { "x" }, "a" SLOT_MARK("name|friend") "b" },
	{ "a mark that is not closed", "a\0010", { "x" }, "a\0010" },
	{ "a start at the end", "a\001", { "x" }, "a\001" },
	{ "a start before a mark", "\001" HTTP_SLOT(0), { "x" }, "\001x" },
};

static void
test_merge(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_page(keep(*state, "page", "", cases[i].text), cases[i].values, cases[i].want);
	}
}

static void
test_many_slots(void **state)
{
	struct buf text = BUF_INIT, want = BUF_INIT;
	const char *values[] = { "v" };
	int i;

	for (i = 0; i < 70; i++) { /* 64 are cut out; a page with more shows marks, which no browser shows, but is whole */
		buf_addstr(&text, "x" HTTP_SLOT(0));
		buf_addstr(&want, i < 64 ? "xv" : "x" HTTP_SLOT(0));
	}
	assert_page(keep(*state, "page", "", text.data), values, want.data);
	buf_release(&text);
	buf_release(&want);
}

/* What a page depends on is its key. */
static void
test_key(void **state)
{
	struct http_request *r = *state;

	keep(r, "page", "1", "one");
	assert_page(http_cache_find(r, "page", "1"), NULL, "one");
	assert_null(http_cache_find(r, "page", "2"));
	assert_null(http_cache_find(r, "page", ""));
	assert_null(http_cache_find(r, "pag", "e1"));
	assert_null(http_cache_find(r, "page1", ""));
	r->language = 1;
	assert_null(http_cache_find(r, "page", "1"));
	keep(r, "page", "1", "uno");
	assert_page(http_cache_find(r, "page", "1"), NULL, "uno");
	r->language = 0;
	assert_page(http_cache_find(r, "page", "1"), NULL, "one");
	r->get = !r->get;
	assert_null(http_cache_find(r, "page", "1"));
	r->get = !r->get;
	r->http->topics_changes++;
	assert_null(http_cache_find(r, "page", "1"));
}

/* The oldest makes room, and what is found stays found. */
static void
test_bound(void **state)
{
	struct http_request *r = *state;
	char variant[16], text[16];
	int i, found = 0;

	for (i = 0; i < 3 * HTTP_CACHE_PAGES; i++) {
		snprintf(variant, sizeof(variant), "%d", i);
		snprintf(text, sizeof(text), "text %d", i);
		keep(r, "page", variant, text);
		assert_page(http_cache_find(r, "page", variant), NULL, text);
	}
	for (i = 0; i < 3 * HTTP_CACHE_PAGES; i++) {
		snprintf(variant, sizeof(variant), "%d", i);
		found += http_cache_find(r, "page", variant) != NULL;
	}
	assert_int_equal(found, HTTP_CACHE_PAGES);
}

static void
test_expiry(void **state)
{
	const struct timespec second = { .tv_sec = 1, .tv_nsec = 50000000 };

	keep(*state, "page", "", "old");
	assert_non_null(http_cache_find(*state, "page", ""));
	nanosleep(&second, NULL);
	assert_null(http_cache_find(*state, "page", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_merge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_slots, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bound, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expiry, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
