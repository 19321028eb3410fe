/* test_store_archive.c - what of the mailings the public may read, in which order, by which index. */
#include "store_fixture.h"

#include "store/archive.h"
#include "store/campaign.h"
#include "store/modules.h"

static int64_t topic;

/* A campaign as the rest of the store would have left it; uuid: its first eight digits. */
static int64_t
put(const char *uuid, const char *state, int64_t started, int accepted, bool hidden)
{
	char sql[600];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, high_id, finished_at, "
	    "accepted, hidden, valid_until) VALUES ('%s-0000-4000-8000-000000000000', 'promotion', %lld, 'About %s', '%s', 1, 'ann', 1, "
	    "nullif(%lld, 0), 0, CASE WHEN '%s' IN ('done', 'cancelled') THEN %lld END, %d, %d, NULL)",
	    uuid, (long long)topic, uuid, state, (long long)started, state, (long long)started + 10, accepted, hidden);
	assert_int_equal(raw_exec(sql), SQLITE_OK);
	return raw_int("SELECT max(id) FROM campaign");
}

/* The list as "aaaa… bbbb…", of at most `size` behind `before`. */
static const char *
list(const struct archive_place *before, size_t size)
{
	static char text[600];
	struct archived a[20];
	int n = archive_list(db, before, a, size, &err), i;

	assert_ok(n >= 0, "archive_list", __FILE__, __LINE__);
	text[0] = '\0';
	for (i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.8s", i ? " " : "", a[i].uuid);
	return text;
}

static void
test_list(void **state)
{
	struct archive_place place = { .at = 300, .id = "cccc0003" };

	(void)state;
	topic = make_topic("promotions");
	assert_string_equal(list(NULL, 20), "");
	put("aaaa0001", "done", 100, 5, false);
	put("bbbb0002", "done", 400, 0, false);
	put("cccc0003", "done", 300, 5, false);
	put("dddd0004", "done", 300, 5, false);
	put("bbbb0005", "done", 300, 5, false);
	put("eeee0006", "sending", 500, 1, false);
	put("eeee0007", "sending", 600, 0, false);
	put("eeee0008", "done", 700, 5, true);
	put("eeee0009", "paused", 710, 5, false);
	put("eeee0010", "held", 720, 5, false);
	put("eeee0011", "cancelled", 730, 5, false);
	put("eeee0012", "scheduled", 0, 0, false);
	assert_string_equal(list(NULL, 20), "eeee0006 bbbb0002 dddd0004 cccc0003 bbbb0005 aaaa0001");
	assert_string_equal(list(NULL, 2), "eeee0006 bbbb0002");
	assert_string_equal(list(&place, 20), "bbbb0005 aaaa0001");
	assert_string_equal(list(&place, 1), "bbbb0005");
	place = (struct archive_place){ .at = 100, .id = "aaaa0001" };
	assert_string_equal(list(&place, 20), "");
	place = (struct archive_place){ .at = INT64_MAX, .id = "" };
	assert_string_equal(list(&place, 1), "eeee0006");
}

static void
test_find(void **state)
{
	struct archived a;
	int64_t id;

	(void)state;
	topic = make_topic("promotions");
	id = put("aaaa0001", "done", 100, 5, false);
	put("bbbb0002", "done", 110, 5, true);
	put("cccc0003", "sending", 120, 0, false);
	put("cccc0004", "scheduled", 0, 0, false);
	assert_int_equal(archive_find(db, "aaaa0001", &a, &err), 1);
	assert_int_equal(a.id, id);
	assert_string_equal(a.uuid, "aaaa0001-0000-4000-8000-000000000000");
	assert_string_equal(a.subject, "About aaaa0001");
	assert_string_equal(a.kind, "promotion");
	assert_int_equal(a.topic_id, topic);
	assert_int_equal(a.at, 100);
	assert_int_equal(a.finished_at, 110);
	assert_int_equal(archive_find(db, "aaaa0002", &a, &err), 0);
	assert_int_equal(archive_find(db, "aaaa000", &a, &err), 0);
	assert_int_equal(archive_find(db, "bbbb0002", &a, &err), 0);
	assert_int_equal(archive_find(db, "cccc0003", &a, &err), 0);
	assert_int_equal(archive_find(db, "cccc0004", &a, &err), 0);
	/* two that begin alike: neither, rather than the wrong one */
	assert_int_equal(raw_exec("UPDATE campaign SET uuid = 'aaaa0001-1111-4000-8000-000000000000', hidden = 0 WHERE id = 2"), SQLITE_OK);
	assert_int_equal(archive_find(db, "aaaa0001", &a, &err), 0);
}

static void
test_hide(void **state)
{
	struct campaign c;
	struct archived a;
	int64_t id;

	(void)state;
	topic = make_topic("promotions");
	id = put("aaaa0001", "done", 100, 5, false);
	begin();
	ok(campaign_hide(db, id, true, &err));
	commit();
	assert_int_equal(archive_find(db, "aaaa0001", &a, &err), 0);
	assert_int_equal(campaign_get(db, id, &c, &err), 1);
	assert_true(c.hidden);
	begin();
	ok(campaign_hide(db, id, false, &err));
	commit();
	assert_int_equal(archive_find(db, "aaaa0001", &a, &err), 1);
	c = (struct campaign){ .kind = "promotion", .topic_id = topic, .subject = "Spring", .created_by = "ann", .start_at = T0 };
	c.hidden = true;
	begin();
	ok(campaign_create(db, &c, &err));
	commit();
	assert_int_equal(campaign_get(db, c.id, &c, &err), 1);
	assert_true(c.hidden);
}

static void
test_excerpts(void **state)
{
	static const char articles[] =
	    "INSERT INTO article (source, title, url, excerpt, author, image, body, content_hash, published_at, imported_at, updated_at) "
	    "VALUES ('a', 'One', '', 'first words', '', '', '', '', 10, 1, 1), ('b', 'Two', '', '', '', '', '', '', 20, 1, 1), "
	    "('c', 'Other', '', 'x', '', '', '', '', 30, 1, 1);"
	    "INSERT INTO announcement (article_id, topic_id, campaign_id, at) VALUES (1, 1, 1, 1), (2, 1, 1, 1)";
	struct buf text = BUF_INIT;
	int64_t id;

	(void)state;
	topic = make_topic("articles");
	id = put("aaaa0001", "done", 100, 5, false);
	assert_int_equal(raw_exec(articles), SQLITE_OK);
	ok(archive_excerpts(db, id, &text, &err));
	assert_string_equal(text.data, "Two\nOne: first words\n");
	buf_reset(&text);
	ok(archive_excerpts(db, 99, &text, &err));
	assert_string_equal(text.data, "");
	buf_release(&text);
}

/* The list is walked along its index, and one is found by its uuid: no scan, no sorting. */
static void
test_plans(void **state)
{
	sqlite3_stmt *st = NULL;
	struct buf explain = BUF_INIT;
	const char *detail;
	int i;

	(void)state;
	for (i = 0; i < archive_module.count; i++) {
		buf_reset(&explain);
		buf_addf(&explain, "EXPLAIN QUERY PLAN %s", archive_module.sql[i]);
		assert_int_equal(sqlite3_prepare_v2(raw, explain.data, -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			detail = (const char *)sqlite3_column_text(st, 3);
			if (strstr(detail, "campaign") && !strstr(detail, "campaign_archive") && !strstr(detail, "SEARCH"))
				fail_msg("%s: %s", archive_module.sql[i], detail);
			if (strstr(detail, "TEMP B-TREE") && strstr(archive_module.sql[i], "FROM campaign"))
				fail_msg("%s: %s", archive_module.sql[i], detail);
		}
		sqlite3_finalize(st);
	}
	buf_release(&explain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_list),
		store_test(test_find),
		store_test(test_hide),
		store_test(test_excerpts),
		store_test(test_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
