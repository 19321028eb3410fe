/* test_store_article.c - articles as imported, and their announcements. */
#include "store_fixture.h"

#include "store/article.h"
#include "store/campaign.h"

static struct article
an_article(const char *source, const char *hash)
{
	static char title[] = "Breathing", url[] = "https://example.org/breathing", excerpt[] = "A few lines.", author[] = "Ann";
	static char image[] = "https://example.org/b.jpg", body[] = "# Breathing\n";
	struct article a = {
		.title = title,
		.url = url,
		.excerpt = excerpt,
		.author = author,
		.image = image,
		.image_alt = title,
		.body = body,
	};

	a.source = (char *)source;
	a.hash = (char *)hash;
	a.published_at = T0;
	return a;
}

static int64_t
put(const char *source, int64_t topic, int64_t published)
{
	struct article a = an_article(source, "h1");
	enum article_outcome outcome;

	a.topic_id = topic;
	a.published_at = published;
	ok(article_put(db, &a, &outcome, &err));
	assert_int_equal(outcome, ARTICLE_NEW);
	return a.id;
}

static void
test_put(void **state)
{
	struct article a = an_article("https://example.org/breathing", "h1"), b, found = { 0 };
	enum article_outcome outcome;
	int64_t id;

	(void)state;
	begin();
	ok(article_put(db, &a, &outcome, &err));
	assert_int_equal(outcome, ARTICLE_NEW);
	id = a.id;
	clock_set(T0 + 9);
	b = an_article("https://example.org/breathing", "h1");
	b.title = (char *)"Not taken: the hash is the same";
	ok(article_put(db, &b, &outcome, &err));
	assert_int_equal(outcome, ARTICLE_SAME);
	assert_int_equal(b.id, id);
	b = an_article("https://example.org/breathing", "h2");
	b.title = (char *)"Breathe";
	ok(article_put(db, &b, &outcome, &err));
	assert_int_equal(outcome, ARTICLE_EDITED);
	assert_int_equal(b.id, id);
	b = an_article("https://example.org/other", "h1");
	ok(article_put(db, &b, &outcome, &err));
	assert_int_equal(outcome, ARTICLE_NEW);
	commit();
	assert_int_equal(article_get(db, id, &found, &err), 1);
	assert_string_equal(found.title, "Breathe");
	assert_string_equal(found.url, "https://example.org/breathing");
	assert_string_equal(found.excerpt, "A few lines.");
	assert_string_equal(found.author, "Ann");
	assert_string_equal(found.image, "https://example.org/b.jpg");
	assert_string_equal(found.body, "# Breathing\n");
	assert_string_equal(found.hash, "h2");
	assert_int_equal(found.topic_id, 0);
	assert_int_equal(found.published_at, T0);
	article_release(&found);
	article_release(&found);
	assert_int_equal(article_find(db, "https://example.org/other", &found, &err), 1);
	assert_int_equal(found.id, b.id);
	article_release(&found);
	assert_int_equal(article_find(db, "https://example.org/", &found, &err), 0);
	assert_int_equal(article_get(db, 99, &found, &err), 0);
	assert_string_equal(raw_text("SELECT imported_at || ' ' || updated_at FROM article WHERE id = 1"), "1767225600 1767225609");
	begin();
	b.source = (char *)"third";
	b.topic_id = 77;
	refused(article_put(db, &b, &outcome, &err), ERR_SYSTEM); /* no such topic */
	db_rollback(db);
}

static void
check_list(int64_t topic, int64_t limit, const char *want)
{
	struct article_list list;
	struct buf ids = BUF_INIT;
	size_t i;

	ok(article_list(db, topic, limit, &list, &err));
	for (i = 0; i < list.count; i++) {
		buf_addf(&ids, "%lld ", (long long)list.item[i].id);
		assert_string_equal(list.item[i].body, "");
		assert_string_equal(list.item[i].title, "Breathing");
	}
	assert_string_equal(ids.data, want);
	buf_release(&ids);
	article_list_release(&list);
	article_list_release(&list);
}

static void
check_newest(const char *topics, int64_t now, int64_t limit, const char *want)
{
	struct article_list list;
	struct buf ids = BUF_INIT;
	size_t i;

	ok(article_newest(db, topics, now, limit, &list, &err));
	for (i = 0; i < list.count; i++)
		buf_addf(&ids, "%lld ", (long long)list.item[i].id);
	assert_string_equal(ids.data, want);
	buf_release(&ids);
	article_list_release(&list);
}

static void
test_newest(void **state)
{
	int64_t news = make_topic("news"), tips = make_topic("tips");
	int i;

	(void)state;
	begin();
	for (i = 3; i <= 21; i++) { /* numbers of which one is in the other */
		struct topic t;
		char slug[8];

		snprintf(slug, sizeof(slug), "t%d", i);
		ok(topic_create(db, slug, slug, "", &t, &err));
	}
	check_newest("1 2", T0, 3, "");
	put("a", 0, T0 - 3);
	put("b", news, T0 - 2);
	put("c", tips, T0 - 1);
	put("d", 0, T0 + 1); /* not out yet */
	put("e", 21, T0);
	put("f", 12, T0);
	check_newest("1", T0, 10, "2 1 ");
	check_newest("2", T0, 10, "3 1 ");
	check_newest("1 2", T0, 10, "3 2 1 ");
	check_newest("1 2", T0, 2, "3 2 ");
	check_newest("1 2", T0, 0, "");
	check_newest("21 1", T0, 10, "5 2 1 ");
	check_newest("1", T0 + 1, 1, "4 ");
	check_newest("", T0, 10, "1 ");
	commit();
}

static enum article_outcome
outcome_of(const char *source, const char *hash, bool from_feed, int64_t *id)
{
	struct article a = an_article(source, hash);
	enum article_outcome looked, outcome;

	a.from_feed = from_feed;
	a.title = (char *)hash;
	ok(article_look(db, &a, &looked, &err));
	ok(article_put(db, &a, &outcome, &err));
	assert_int_equal(looked, outcome);
	*id = a.id;
	return outcome;
}

/* By guid or by url it is one article; what a file says stays, and a file takes over what a feed wrote. */
static void
test_feed_and_file(void **state)
{
	static const char url[] = "https://example.org/breathing";
	int64_t id, again;

	(void)state;
	begin();
	assert_int_equal(outcome_of("tag:1", "h1", true, &id), ARTICLE_NEW);
	assert_int_equal(outcome_of("tag:1", "h1", true, &again), ARTICLE_SAME);
	assert_int_equal(again, id);
	assert_int_equal(outcome_of("tag:1", "h2", true, &again), ARTICLE_EDITED);
	assert_int_equal(outcome_of("tag:of another feed", "h2", true, &again), ARTICLE_SAME);
	assert_int_equal(again, id);
	assert_int_equal(outcome_of("tag:of another feed", "h3", true, &again), ARTICLE_EDITED);
	commit();
	assert_string_equal(raw_text("SELECT group_concat(source || ' ' || title || ' ' || content_hash) FROM article"),
	    "tag:1 h3 feed:h3");
	begin();
	assert_int_equal(outcome_of(url, "h3", false, &again), ARTICLE_EDITED);
	assert_int_equal(again, id);
	assert_int_equal(outcome_of("tag:1", "h4", true, &again), ARTICLE_SAME);
	assert_int_equal(again, id);
	assert_int_equal(outcome_of(url, "h3", false, &again), ARTICLE_SAME);
	commit();
	assert_string_equal(raw_text("SELECT group_concat(source || ' ' || title || ' ' || content_hash) FROM article"),
	    "https://example.org/breathing h3 h3");
}

static void
test_list(void **state)
{
	int64_t news = make_topic("news"), tips = make_topic("tips");
	char source[16];
	int i;

	(void)state;
	check_list(0, 10, "");
	begin();
	put("a", 0, T0);
	put("b", news, T0 + 2);
	put("c", tips, T0 + 1);
	put("d", 0, T0 + 2);
	put("e", 0, 0); /* a file that does not say when: not lost */
	check_list(0, 10, "4 2 3 1 5 ");
	check_list(0, 2, "4 2 ");
	check_list(news, 10, "4 2 1 5 ");
	check_list(tips, 10, "4 3 1 5 ");
	assert_int_equal(article_announce(db, 4, news, 0, &err), 1);
	check_list(news, 10, "2 1 5 ");
	check_list(tips, 10, "4 3 1 5 ");
	for (i = 0; i < 40; i++) {
		snprintf(source, sizeof(source), "more %d", i);
		put(source, 0, T0 - i);
	}
	commit();
	check_list(tips, 3, "4 3 6 ");
	assert_invariants();
}

static void
test_announce(void **state)
{
	int64_t news = make_topic("news"), tips = make_topic("tips");
	struct campaign c = { .kind = "articles", .topic_id = news, .subject = "s", .created_by = "ann", .start_at = T0 }, d = c;

	(void)state;
	begin();
	put("a", 0, T0);
	put("b", 0, T0 + 1);
	ok(campaign_create(db, &c, &err));
	ok(campaign_create(db, &d, &err));
	assert_int_equal(article_announce(db, 1, news, c.id, &err), 1);
	assert_int_equal(article_announce(db, 1, news, d.id, &err), 0); /* once for each topic, whoever asks */
	assert_int_equal(article_announce(db, 1, news, 0, &err), 0);
	assert_int_equal(article_announce(db, 1, tips, 0, &err), 1);
	assert_int_equal(article_announce(db, 2, news, d.id, &err), 1);
	refused(article_announce(db, 99, news, c.id, &err), ERR_SYSTEM); /* no such article */
	refused(article_announce(db, 2, tips, 99, &err), ERR_SYSTEM);    /* no such campaign */
	ok(article_unannounce(db, c.id, &err));
	assert_int_equal(article_announce(db, 1, news, d.id, &err), 1);
	assert_int_equal(article_announce(db, 1, tips, d.id, &err), 0);
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM announcement"), 3);
	assert_invariants();
}

/* A digest of its own topic takes another topic's articles; each topic keeps its own account. */
static void
test_for(void **state)
{
	int64_t articles, weekly, own, any, other, old;
	struct article_list list;
	struct campaign c = { .kind = "articles", .subject = "s", .created_by = "ann", .start_at = T0 };

	(void)state;
	articles = make_topic("articles");
	weekly = make_topic("weekly");
	c.topic_id = articles;
	begin();
	ok(campaign_create(db, &c, &err));
	own = put("a", articles, T0 + 1);
	any = put("b", 0, T0 + 2);
	other = put("c", weekly, T0 + 3);
	old = put("d", 0, T0 - 1); /* counts as announced: that holds for the digest too */
	assert_int_equal(article_announce(db, old, articles, 0, &err), 1);
	assert_int_equal(article_announce(db, own, articles, c.id, &err), 1);
	commit();
	ok(article_list_for(db, weekly, articles, 10, &list, &err));
	assert_int_equal(list.count, 2);
	assert_int_equal(list.item[0].id, any);
	assert_int_equal(list.item[1].id, own);
	article_list_release(&list);
	ok(article_list_for(db, weekly, weekly, 10, &list, &err));
	assert_int_equal(list.count, 3);
	assert_int_equal(list.item[0].id, other);
	article_list_release(&list);
	begin();
	assert_int_equal(article_announce(db, own, weekly, 0, &err), 1);
	commit();
	ok(article_list_for(db, weekly, articles, 10, &list, &err));
	assert_int_equal(list.count, 1);
	article_list_release(&list);
	begin();
	assert_int_equal(article_again(db, own, weekly, &err), 1);
	assert_int_equal(article_again(db, own, weekly, &err), 0);
	assert_int_equal(article_again(db, 99, weekly, &err), 0);
	commit();
	ok(article_list_for(db, weekly, articles, 10, &list, &err));
	assert_int_equal(list.count, 2);
	article_list_release(&list);
	ok(article_list(db, articles, 10, &list, &err)); /* the other topic's account is as it was */
	assert_int_equal(list.count, 1);
	article_list_release(&list);
	raw_exec("UPDATE topic SET created_at = created_at + 1 WHERE slug = 'weekly'"); /* made after the first mailing */
	ok(article_list_for(db, weekly, articles, 10, &list, &err));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.item[0].id, any);
	article_list_release(&list);
	assert_invariants();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_put),
		store_test(test_for),
		store_test(test_feed_and_file),
		store_test(test_list),
		store_test(test_newest),
		store_test(test_announce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
