/* test_topic.c - making and finding topics. */
#include "store_fixture.h"

static const struct {
	const char *name, *slug, *title, *description;
	enum err_code want;
} cases[] = {
	{ "plain", "weekly-digest-2", "Weekly digest", "Once a week.", ERR_NONE },
	{ "one character", "a", "Ä", "", ERR_NONE },
	{ "forty characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "t", "", ERR_NONE },
	{ "there already", "a", "Another", "", ERR_EXISTS },
	{ "empty", "", "t", "", ERR_INPUT },
	{ "forty-one characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "t", "", ERR_INPUT },
	{ "capital", "News", "t", "", ERR_INPUT },
	{ "space", "my news", "t", "", ERR_INPUT },
	{ "dot", "a.b", "t", "", ERR_INPUT },
	{ "leading hyphen", "-a", "t", "", ERR_INPUT },
	{ "trailing hyphen", "a-", "t", "", ERR_INPUT },
	{ "line break in the slug", "a\n", "t", "", ERR_INPUT },
	{ "no title", "b", "", "", ERR_INPUT },
	{ "line break in the title", "b", "x\r\nBcc: y", "", ERR_INPUT },
	{ "title no UTF-8", "b", "\xff", "", ERR_INPUT },
	{ "description no UTF-8", "b", "t", "\xc0\x80", ERR_INPUT },
	{ "control in the description", "b", "t", "a\001b", ERR_INPUT },
};

static void
test_create(void **state)
{
	struct topic t, found;
	size_t i;
	int rc;

	(void)state;
	begin();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err = (struct err)ERR_INIT;
		memset(&t, 0, sizeof(t));
		rc = topic_create(db, cases[i].slug, cases[i].title, cases[i].description, &t, &err);
		if (err.code != cases[i].want || rc != (cases[i].want == ERR_NONE ? 0 : -1))
			fail_msg("%s: returned %d, \"%s\"", cases[i].name, rc, err.text);
		if (rc == -1)
			continue;
		assert_string_equal(t.slug, cases[i].slug);
		assert_string_equal(t.title, cases[i].title);
		assert_string_equal(t.description, cases[i].description);
		ok(topic_find(db, cases[i].slug, &found, &err));
		assert_int_equal(found.id, t.id);
		ok(topic_get(db, t.id, &found, &err));
		assert_string_equal(found.slug, t.slug);
	}
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM topic WHERE created_at = 1767225600"), 3);
}

static void
test_lengths(void **state)
{
	char text[502];
	struct topic t;

	(void)state;
	begin();
	memset(text, 'x', sizeof(text));
	text[201] = '\0';
	refused(topic_create(db, "a", text, "", &t, &err), ERR_INPUT);
	text[200] = '\0';
	ok(topic_create(db, "a", text, "", &t, &err));
	assert_int_equal(strlen(t.title), 200);
	memset(text, 'x', sizeof(text));
	text[501] = '\0';
	refused(topic_create(db, "b", "t", text, &t, &err), ERR_INPUT);
	text[500] = '\0';
	ok(topic_create(db, "b", "t", text, &t, &err));
	assert_int_equal(strlen(t.description), 500);
	commit();
}

static void
test_find(void **state)
{
	struct topic t;
	struct topic_list all;

	(void)state;
	ok(topic_list(db, &all, &err));
	assert_int_equal(all.count, 0);
	err = (struct err)ERR_INIT;
	assert_int_equal(topic_find(db, "articles", &t, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "topic create"));
	make_topic("promotions");
	make_topic("articles");
	assert_int_equal(topic_find(db, "article", &t, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "promotions, articles"));
	refused(topic_get(db, 3, &t, &err), ERR_NOT_FOUND);
	refused(topic_get(db, 0, &t, &err), ERR_NOT_FOUND);
	ok(topic_list(db, &all, &err));
	assert_int_equal(all.count, 2);
	assert_string_equal(all.item[0].slug, "promotions"); /* in the order of their making */
	assert_ptr_equal(topic_named(&all, "articles"), &all.item[1]);
	assert_null(topic_named(&all, "other"));
	assert_ptr_equal(topic_in(&all, 1), &all.item[0]);
	assert_null(topic_in(&all, 7));
	assert_string_equal(topic_slug(&all, all.item[1].id), "articles");
	assert_string_equal(topic_slug(&all, 7), "?");
}

static void
test_most(void **state)
{
	struct topic_list all;
	struct topic t;
	char slug[16];
	int i;

	(void)state;
	begin();
	for (i = 0; i < TOPICS_MAX; i++) {
		snprintf(slug, sizeof(slug), "t%d", i);
		ok(topic_create(db, slug, "t", "", &t, &err));
	}
	refused(topic_create(db, "more", "t", "", &t, &err), ERR_REFUSED);
	commit();
	ok(topic_list(db, &all, &err));
	assert_int_equal(all.count, TOPICS_MAX);
	assert_invariants();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_create),
		store_test(test_lengths),
		store_test(test_find),
		store_test(test_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
