/* test_person.c - all that the store holds about one person. */
#include "store_fixture.h"

#include "base/json.h"
#include "site/person.h"
#include "store/event.h"
#include "store/outbox.h"
#include "store/signup.h"
#include "store/subscription.h"
#include "store/suppression.h"

/* What stands at a path of keys and indexes, "topics.0.state", as text; "" when there is nothing. */
static const char *
at(json_t *data, const char *path)
{
	static char text[4][600];
	static unsigned turn;
	char *out = text[turn++ % 4], keys[128], *key, *rest = keys;
	json_t *v = data;

	snprintf(keys, sizeof(keys), "%s", path);
	while ((key = strsep(&rest, ".")))
		v = json_is_array(v) ? json_array_get(v, (size_t)atoi(key)) : json_object_get(v, key);
	out[0] = '\0';
	if (json_is_string(v))
		snprintf(out, sizeof(text[0]), "%s", json_string_value(v));
	else if (json_is_integer(v))
		snprintf(out, sizeof(text[0]), "%lld", (long long)json_integer_value(v));
	return out;
}

#define is(path, want) assert_string_equal(at(data, path), want)
#define count(path_key) json_array_size(json_object_get(data, path_key))

static void
test_everything(void **state)
{
	int64_t topic = make_topic("articles"), id, mail;
	uint8_t form[CONSENT_HASH], letter[CONSENT_HASH];
	struct evidence evidence = { .source = "web", .ip = "192.0.2.7", .form_hash = form, .mail_hash = letter };
	struct event event = { .kind = "bounce", .class = "soft", .topic_id = topic, .code = 452, .enhanced = "4.2.2" };
	struct signup s = { .manage = true, .weight = 1, .received_at = T0 + 5, .address = "ann@example.org", .key = "ann@example.org" };
	json_t *data;

	(void)state;
	begin();
	event.text = "full";
	event.rule = "mailbox-full";
	id = event.subscriber_id = make_subscriber("ann@example.org");
	ok(subscriber_set_name(db, id, "Ann Zoë", &err));
	ok(consent_wording(db, "You ask us", form, &err));
	ok(consent_wording(db, "Subject: Confirm", letter, &err));
	ok(subscription_request(db, id, topic, &evidence, &err));
	clock_set(T0 + 60);
	ok(subscription_confirm(db, id, topic, &by_test, &err));
	ok(event_add(db, &event, &err));
	ok(outbox_reserve(db, "confirm", id, "ann@example.org", T0 + 100, &mail, &err));
	ok(signup_append(db, &s, &err));
	ok(suppression_add(db, "ann@example.org", SUPPRESSED_HARD, "x", &err));
	make_subscriber("other@example.org");
	commit();
	assert_int_equal(raw_exec("INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at) "
				  "VALUES ('u', 'articles', 1, 'News', 'scheduled', 1, 'ann', 1), ('v', 'articles', 1, 'More', 'scheduled', 1, 'a', 1);"
				  "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, code, enhanced, reply) "
				  "VALUES (1, 1, 1, 1, 1767225700, NULL, NULL, NULL), (2, 1, 3, 1, 1767225800, 550, '5.7.1', 'no'), (1, 2, 1, 1, 1, 1, 1, 1);"
				  "UPDATE subscriber SET bounce_score = 2, bounce_first_at = 1767225600, bounce_last_at = 1767225600 WHERE id = 1"),
	    SQLITE_OK);
	data = person_data(db, id, &err);
	assert_non_null(data);
	is("address", "ann@example.org");
	is("name", "Ann Zoë");
	is("since", "2026-01-01T00:00:00Z");
	is("language", "");
	is("topics.0.topic", "articles");
	is("topics.0.state", "active");
	is("topics.0.since", "2026-01-01T00:01:00Z");
	assert_int_equal(count("consent"), 2);
	is("consent.0.action", "requested");
	is("consent.0.ip", "192.0.2.7");
	is("consent.0.form", "You ask us");
	is("consent.0.mail", "Subject: Confirm");
	is("consent.1.action", "confirmed");
	is("consent.1.source", "test");
	is("consent.1.form", "");
	is("mailings.count", "2");
	is("mailings.newest.0.subject", "More");
	is("mailings.newest.0.state", "refused");
	is("mailings.newest.0.code", "550");
	is("mailings.newest.0.reply", "no");
	is("mailings.newest.1.subject", "News");
	is("mailings.newest.1.at", "2026-01-01T00:01:40Z");
	is("mailings.newest.2.subject", "");
	is("events.0.kind", "bounce");
	is("events.0.topic", "articles");
	is("events.0.text", "full");
	is("events.0.rule", "mailbox-full");
	is("mails.0.kind", "confirm");
	is("mails.0.state", "queued");
	is("requests.0.kind", "manage");
	is("bounces.points", "2");
	is("suppressed.reason", "hard");
	json_decref(data);
}

static void
test_little(void **state)
{
	json_t *data;
	int64_t id;

	(void)state;
	begin();
	id = make_subscriber("ann@example.org");
	commit();
	data = person_data(db, id, &err);
	assert_non_null(data);
	assert_int_equal(count("topics") + count("consent") + count("events") + count("mails") + count("requests"), 0);
	assert_true(json_is_array(json_object_get(data, "topics")));
	is("mailings.count", "0");
	assert_null(json_object_get(data, "suppressed"));
	assert_null(json_object_get(data, "bounces"));
	json_decref(data);
	assert_null(person_data(db, id + 1, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* The newest hundred are listed, all are counted. */
static void
test_bound(void **state)
{
	json_t *data;

	(void)state;
	make_topic("articles");
	begin();
	make_subscriber("ann@example.org");
	commit();
	assert_int_equal(raw_exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 101) "
				  "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at) "
				  "SELECT i, 'articles', 1, 'News ' || i, 'scheduled', 1, 'ann', 1 FROM n;"
				  "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) SELECT id, 1, 1, 1, 1 FROM campaign"),
	    SQLITE_OK);
	data = person_data(db, 1, &err);
	assert_non_null(data);
	is("mailings.count", "101");
	assert_int_equal(json_array_size(json_object_get(json_object_get(data, "mailings"), "newest")), PERSON_MAILINGS);
	is("mailings.newest.0.subject", "News 101");
	is("mailings.newest.99.subject", "News 2");
	json_decref(data);
}

/* A topic that is gone though somebody has it, as when foreign keys were off, has no name. */
static void
test_lost_topic(void **state)
{
	json_t *data;

	(void)state;
	make_topic("articles");
	begin();
	make_subscriber("ann@example.org");
	commit();
	assert_int_equal(raw_exec("INSERT INTO subscription VALUES (1, 1, 1, 5), (99, 1, 1, 7)"), SQLITE_OK);
	data = person_data(db, 1, &err);
	assert_non_null(data);
	assert_int_equal(count("topics"), 2);
	is("topics.0.topic", "articles");
	is("topics.1.topic", "");
	is("topics.1.title", "");
	is("topics.1.state", "active");
	json_decref(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_everything),
		store_test(test_little),
		store_test(test_bound),
		store_test(test_lost_topic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
