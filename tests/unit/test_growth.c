/* test_growth.c - how the list grew: steps from none to one topic and back, what is counted before, erasure, languages and domains. */
#include "store/growth.h"

#include "store/subscription.h"
#include "store_fixture.h"

#define DAY INT64_C(86400)

static struct growth g;
static struct growth_people people;
static struct topic articles, offers;
static const int64_t days[] = { T0, T0 + DAY, T0 + 2 * DAY };

static int64_t
person(const char *address, const char *language)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) VALUES ('%s', '%s', randomblob(16), '', "
	    "'%s', 1)",
	    address, address, language);
	assert_int_equal(sqlite3_exec(raw, text, NULL, NULL, NULL), SQLITE_OK);
	return sqlite3_last_insert_rowid(raw);
}

static void
step(int64_t who, const struct topic *topic, const char *action, int64_t when)
{
	struct evidence evidence = { .source = "test", .at = when };

	ok(db_begin(db, &err));
	ok(consent_add(db, who, topic->id, action, &evidence, &err));
	ok(db_commit(db, &err));
}

static void
topics(void)
{
	ok(db_begin(db, &err));
	ok(topic_create(db, "articles", "Articles", "", &articles, &err));
	ok(topic_create(db, "offers", "Offers", "", &offers, &err));
	ok(db_commit(db, &err));
}

static void
read_days(void)
{
	growth_release(&g);
	ok(growth_read(db, days, 3, &g, &err));
	ok(growth_people(db, &g, &people, &err));
}

static void
test_empty(void **state)
{
	(void)state;
	read_days();
	assert_int_equal(g.periods, 3);
	assert_int_equal(growth_now(&g), 0);
	assert_int_equal(people.languages + people.domains, 0);
	topics();
	read_days();
	assert_int_equal(growth_now(&g), 0);
	assert_int_equal(g.topics.count, 2);
}

static void
test_steps(void **state)
{
	int64_t ann, ben, cara, dan;

	(void)state;
	topics();
	ann = person("ann@example.org", "");
	ben = person("ben@example.org", "es");
	cara = person("cara@example.com", "es");
	dan = person("dan@example.net", "");
	step(ann, &articles, "imported", T0 - 10); /* before them all */
	step(ben, &articles, "requested", T0);
	step(ben, &articles, "confirmed", T0 + DAY - 1);
	step(ben, &offers, "confirmed", T0 + DAY); /* a second topic is nobody new */
	step(ben, &offers, "confirmed", T0 + DAY); /* and what is there is there */
	step(cara, &offers, "added", T0 + DAY);
	step(cara, &articles, "left", T0 + DAY);    /* what never was cannot end */
	step(ben, &articles, "left", T0 + DAY + 5); /* one of two */
	step(ann, &articles, "bounced", T0 + 2 * DAY);
	step(ben, &offers, "complained", T0 + 9 * DAY); /* after the last begins is in it */
	step(dan, &articles, "confirmed", T0 + DAY + 7);
	step(dan, &articles, "left", T0 + DAY + 8);
	step(dan, &articles, "confirmed", T0 + DAY + 9); /* takes it back */
	read_days();
	assert_int_equal(g.before, 1);
	assert_int_equal(g.period[0].step[GROWTH_CONFIRMED], 1);
	assert_int_equal(g.period[0].people, 2);
	assert_int_equal(g.period[1].step[GROWTH_ADDED], 1);
	assert_int_equal(g.period[1].step[GROWTH_CONFIRMED], 2);
	assert_int_equal(g.period[1].step[GROWTH_LEFT], 1);
	assert_int_equal(g.period[1].people, 4);
	assert_int_equal(g.period[2].step[GROWTH_BOUNCED], 1);
	assert_int_equal(g.period[2].step[GROWTH_COMPLAINED], 1);
	assert_int_equal(growth_now(&g), 2);
	assert_int_equal(growth_joined(g.total), 4);
	assert_int_equal(growth_gone(g.total), 3);
	assert_int_equal(g.topic[0].before, 1);
	assert_int_equal(g.topic[0].people[2], 1);
	assert_int_equal(g.topic[1].joined, 2);
	assert_int_equal(g.topic[1].gone, 1);
	assert_true(growth_is_active(&g, cara) && growth_is_active(&g, dan));
	assert_false(growth_is_active(&g, ann) || growth_is_active(&g, ben));
	assert_false(growth_is_active(&g, -1) || growth_is_active(&g, INT64_MAX));
	assert_int_equal(people.languages, 2);
	assert_string_equal(people.domain[0].name, "example.com");
	assert_int_equal(people.domains, 2);
	/* whoever is erased is in no figure, not in those of the past either */
	assert_int_equal(sqlite3_exec(raw, "PRAGMA foreign_keys = ON; DELETE FROM subscriber WHERE address LIKE 'cara%'", NULL, NULL, NULL),
	    SQLITE_OK);
	read_days();
	assert_int_equal(growth_now(&g), 1);
	assert_int_equal(g.period[1].people, 3);
}

/* More than eight topics need a second byte for each person. */
static void
test_many_topics(void **state)
{
	struct topic topic[20];
	int64_t ann = person("ann@example.org", "");
	char slug[8];
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		snprintf(slug, sizeof(slug), "t%d", i);
		ok(db_begin(db, &err));
		ok(topic_create(db, slug, "Topic", "", &topic[i], &err));
		ok(db_commit(db, &err));
		step(ann, &topic[i], "confirmed", T0 + i);
	}
	for (i = 0; i < 19; i++)
		step(ann, &topic[i], "left", T0 + DAY);
	read_days();
	assert_int_equal(growth_now(&g), 1);
	assert_int_equal(g.total[GROWTH_CONFIRMED], 1);
	assert_int_equal(g.total[GROWTH_LEFT], 0);
	step(ann, &topic[19], "left", T0 + DAY);
	read_days();
	assert_int_equal(growth_now(&g), 0);
	assert_int_equal(g.period[1].step[GROWTH_LEFT], 1);
}

/* Domains: the ten with the most people, in order; the rest counted. And more languages than have a place. */
static void
test_people(void **state)
{
	char address[64], language[8];
	int i, j, sum;

	(void)state;
	topics();
	for (i = 0; i < 15; i++)
		for (j = 0; j <= i; j++) {
			snprintf(address, sizeof(address), "p%d@d%02d.example", j, i);
			step(person(address, ""), &articles, "confirmed", T0);
		}
	for (i = 0; i < 40; i++) {
		snprintf(address, sizeof(address), "l%d@languages.example", i);
		snprintf(language, sizeof(language), "x%02d", i);
		step(person(address, language), &articles, "confirmed", T0);
	}
	read_days();
	assert_int_equal(people.domains, GROWTH_DOMAINS);
	assert_string_equal(people.domain[0].name, "languages.example");
	assert_int_equal(people.domain[0].people, 40);
	assert_string_equal(people.domain[1].name, "d14.example");
	assert_string_equal(people.domain[9].name, "d06.example");
	assert_int_equal(people.other_domains, 6);
	assert_int_equal(people.other_people, 1 + 2 + 3 + 4 + 5 + 6);
	assert_int_equal(people.languages, GROWTH_LANGUAGES);
	assert_int_equal(people.language[0].people, 120);
	for (i = 0, sum = 0; i < GROWTH_LANGUAGES; i++)
		sum += (int)people.language[i].people;
	assert_int_equal(sum, 160);
}

/* More domains than have a place: people of the others are counted, and together are one more. */
static void
test_many_domains(void **state)
{
	(void)state;
	topics();
	assert_int_equal(raw_exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 65541) "
				  "INSERT INTO subscriber (id, address, address_key, address_hmac, name, language, created_at) "
				  "SELECT i, 'a@d' || i || '.example', 'a@d' || i || '.example', x'00', '', '', 1 FROM n;"
				  "INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'confirmed', 1, 'test' FROM subscriber"),
	    SQLITE_OK);
	read_days();
	assert_int_equal(growth_now(&g), 65541);
	assert_int_equal(people.domains, GROWTH_DOMAINS);
	assert_int_equal(people.other_domains, 65536 - GROWTH_DOMAINS + 1);
	assert_int_equal(people.other_people, 65541 - GROWTH_DOMAINS);
}

/* Whatever subscription.c does: the last figure is who has an active topic. */
static void
test_agrees(void **state)
{
	struct evidence evidence = { .source = "test" };
	int64_t id[40], active;
	unsigned seed = 7;
	sqlite3_stmt *st;
	int i;

	(void)state;
	topics();
	for (i = 0; i < 40; i++) {
		char address[32];

		snprintf(address, sizeof(address), "p%d@example.org", i);
		id[i] = person(address, "");
	}
	for (i = 0; i < 2000; i++) {
		int64_t who = id[rand_r(&seed) % 40], topic = rand_r(&seed) % 2 ? articles.id : offers.id;
		struct err no_matter = ERR_INIT;

		clock_set(T0 - DAY + i * INT64_C(100));
		ok(db_begin(db, &err));
		switch (rand_r(&seed) % 8) {
		case 0:
			subscription_end(db, who, rand_r(&seed) % 2 ? SUB_BOUNCED : SUB_COMPLAINED, &evidence, &no_matter);
			break;
		case 1:
		case 2:
			subscription_leave(db, who, rand_r(&seed) % 2 ? topic : 0, 0, "page", &evidence, &no_matter);
			break;
		case 3:
			subscription_add(db, who, topic, "added", &evidence, &no_matter);
			break;
		case 4:
			subscription_return(db, who, 0, clock_now(), 10000, &evidence, &no_matter);
			break;
		case 5:
			subscription_request(db, who, topic, &evidence, &no_matter);
			break;
		default:
			if (subscription_request(db, who, topic, &evidence, &no_matter) != -1)
				subscription_confirm(db, who, topic, &evidence, &no_matter);
		}
		ok(db_commit(db, &err));
		if (i % 50)
			continue;
		read_days();
		assert_int_equal(sqlite3_prepare_v2(raw, "SELECT count(DISTINCT subscriber_id) FROM subscription WHERE state = 1", -1, &st,
				     NULL),
		    SQLITE_OK);
		assert_int_equal(sqlite3_step(st), SQLITE_ROW);
		active = sqlite3_column_int64(st, 0);
		sqlite3_finalize(st);
		/* asking anew for what is active changes nothing; what had ended and is asked for is pending, neither here nor there */
		assert_int_equal(growth_now(&g), active);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_empty),
		store_test(test_steps),
		store_test(test_many_topics),
		store_test(test_people),
		store_test(test_many_domains),
		store_test(test_agrees),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	growth_release(&g);
	return rc;
}
