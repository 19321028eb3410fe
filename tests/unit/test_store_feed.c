/* test_store_feed.c - which feeds were imported, and what their servers said. */
#include "store_fixture.h"

#include "store/feed.h"

static void
test_seen(void **state)
{
	static char etag[] = "\"abc\"", other[] = "W/\"x\"", when[] = "Mon, 09 Mar 2026 08:00:12 GMT", none[] = "";
	struct feed_seen seen = { .etag = etag, .last_modified = when }, found = { 0 };

	(void)state;
	assert_int_equal(feed_seen_find(db, "https://example.org/feed/", &found, &err), 0);
	begin();
	ok(feed_seen_put(db, "https://example.org/feed/", &seen, &err));
	ok(feed_seen_put(db, "https://example.org/other", &seen, &err));
	commit();
	assert_int_equal(feed_seen_find(db, "https://example.org/feed/", &found, &err), 1);
	assert_string_equal(found.etag, etag);
	assert_string_equal(found.last_modified, when);
	assert_int_equal(found.first_at, T0);
	assert_int_equal(found.fetched_at, T0);
	feed_seen_release(&found);
	feed_seen_release(&found);
	clock_set(T0 + 60);
	seen.etag = other;
	seen.last_modified = none;
	begin();
	ok(feed_seen_put(db, "https://example.org/feed/", &seen, &err));
	commit();
	assert_int_equal(feed_seen_find(db, "https://example.org/feed/", &found, &err), 1);
	assert_string_equal(found.etag, other);
	assert_string_equal(found.last_modified, "");
	assert_int_equal(found.first_at, T0);
	assert_int_equal(found.fetched_at, T0 + 60);
	feed_seen_release(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
