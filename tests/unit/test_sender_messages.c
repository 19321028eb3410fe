/* test_sender_messages.c - compiled messages in memory: who reads which, all of a campaign or none, as many as there may be. */
#include "store_fixture.h"

#include "../../daemon/sender.h"
#include "mail/message.h"
#include "store/campaign.h"

static struct site site;
static struct sender *s;
static char site_language[] = "es";

static int
messages_setup(void **state)
{
	if (store_setup(state) == -1)
		return -1;
	site = (struct site){ .db = db, .conf = { .site_language = site_language } };
	s = calloc(1, sizeof(*s));
	s->site = &site;
	make_topic("articles");
	return 0;
}

static int
messages_teardown(void **state)
{
	sender_compiled_release_unused(s);
	free(s);
	return store_teardown(state);
}

#define messages_test(f) cmocka_unit_test_setup_teardown(f, messages_setup, messages_teardown)

/* A campaign with a message in each of these languages; followed as the sender does. */
static int64_t
campaign(const char *const *languages, int count)
{
	struct campaign c = { .kind = "articles", .topic_id = 1, .subject = "s", .created_by = "ann", .start_at = T0 };
	struct message_spec spec = {
		.from_name = "",
		.from = "news@example.org",
		.reply_to = "",
		.subject = "s",
		.list_name = "",
		.list_id = "",
		.feedback_id = "",
	};
	struct buf bytes = BUF_INIT;
	struct message *m;
	int i;

	ok(campaign_create(db, &c, &err));
	for (i = 0; i < count; i++) {
		spec.text = languages[i];
		m = message_compile(&spec, &err);
		ok(m ? 0 : -1);
		buf_reset(&bytes);
		message_save(m, &bytes);
		ok(campaign_put_message(db, c.id, languages[i], bytes.data, bytes.len, &err));
		message_free(m);
	}
	buf_release(&bytes);
	if (s->campaigns < CAMPAIGNS_MAX)
		s->campaign[s->campaigns++].row.id = c.id;
	return c.id;
}

static int
loaded(void)
{
	int i, n = 0;

	for (i = 0; i < COMPILED_MAX; i++)
		n += s->compiled[i].message != NULL;
	return n;
}

static void
test_who_reads_which(void **state)
{
	static const char *const languages[] = { "es", "de", "en" }, *const foreign[] = { "de", "en" };
	static const struct {
		const char *reader, *want;
	} cases[] = { { "en", "en" }, { "de", "de" }, { "es", "es" }, { "", "es" }, { "fr", "es" }, { "EN", "es" }, { "e", "es" } };
	struct compiled *c;
	int64_t id, other;
	size_t i;

	(void)state;
	begin();
	id = campaign(languages, 3);
	other = campaign(foreign, 2);
	commit();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c = sender_compiled(s, id, cases[i].reader, &err);
		ok(c ? 0 : -1);
		if (strcmp(c->language, cases[i].want) != 0)
			fail_msg("\"%s\" reads %s, not %s", cases[i].reader, c->language, cases[i].want);
	}
	assert_int_equal(loaded(), 3);
	c = sender_compiled(s, other, "fr", &err); /* in no language of the site's: better than none */
	ok(c ? 0 : -1);
	assert_int_equal(c->campaign_id, other);
	assert_int_equal(loaded(), 5);
	s->campaigns = 0;
	c->uses = 1;
	sender_compiled_release_unused(s);
	assert_int_equal(loaded(), 1); /* a message on its way keeps its own */
	c->uses = 0;
	sender_compiled_release_unused(s);
	assert_int_equal(loaded(), 0);
}

static void
test_all_or_none(void **state)
{
	static const char *const languages[] = { "es", "en" };
	int64_t id;

	(void)state;
	begin();
	id = campaign(languages, 2);
	ok(campaign_put_message(db, id, "zz", "broken", 6, &err));
	commit();
	assert_null(sender_compiled(s, id, "en", &err));
	assert_int_equal(err.code, ERR_CORRUPT);
	assert_int_equal(loaded(), 0);
	assert_null(sender_compiled(s, id, "zz", &err));
	assert_null(sender_compiled(s, 99, "en", &err)); /* none at all */
	assert_int_equal(err.code, ERR_CORRUPT);
	s->campaigns = 0;
}

/* As many campaigns as the sender follows, each in as many languages as a mail is made in. */
static void
test_many(void **state)
{
	static const char *const languages[] = {
		"es",
		"l1",
		"l2",
		"l3",
		"l4",
		"l5",
		"l6",
		"l7",
		"l8",
		"l9",
		"m0",
		"m1",
		"m2",
		"m3",
		"m4",
		"m5",
	};
	int64_t id[CAMPAIGNS_MAX];
	struct compiled *c;
	int i;

	(void)state;
	assert_int_equal(sizeof(languages) / sizeof(languages[0]), LANGUAGES_MAX);
	begin();
	for (i = 0; i < CAMPAIGNS_MAX; i++)
		id[i] = campaign(languages, LANGUAGES_MAX);
	commit();
	for (i = 0; i < CAMPAIGNS_MAX; i++)
		ok(sender_compiled(s, id[i], "es", &err) ? 0 : -1);
	assert_int_equal(loaded(), COMPILED_MAX);
	for (i = 0; i < CAMPAIGNS_MAX; i++) {
		c = sender_compiled(s, id[i], "m5", &err);
		assert_int_equal(c->campaign_id, id[i]);
		assert_string_equal(c->language, "m5");
	}
	/* one more than there is room for finds none of its languages, rather than some */
	begin();
	i = (int)campaign(languages, 2);
	commit();
	assert_null(sender_compiled(s, i, "es", &err));
	assert_int_equal(err.code, ERR_BUSY);
	assert_int_equal(loaded(), COMPILED_MAX);
	s->campaigns = 0;
	sender_compiled_release_unused(s);
	assert_int_equal(loaded(), 0);
	ok(sender_compiled(s, i, "es", &err) ? 0 : -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		messages_test(test_who_reads_which),
		messages_test(test_all_or_none),
		messages_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
