/*
 * test_clerk_signup.c - who is asked after an import: not whoever has left, bounced, complained or been suppressed since, nor whoever has
 * the topic. tests/daemon/signup.t and import.t have the mails themselves.
 */
#include "../../daemon/clerk.h"

#include "store_fixture.h"

#include "base/conf.h"
#include "base/link.h"
#include "store/counter.h"
#include "store/signup.h"
#include "store/subscription.h"
#include "store/suppression.h"

static struct site site;
static struct clerk clerk;
static int64_t news;

static int
site_setup(void **state)
{
	static const char conf[] = "[site]\nname = Quiet Harbour\nurl = https://news.example.org\n[mail]\nfrom = a@news.example.org\n";
	int id;

	if (store_setup(state) == -1)
		return -1;
	site = (struct site){ .db = db };
	if (conf_read(&site.conf, "/nowhere/newsletter.conf", conf, sizeof(conf) - 1, &err) == -1 ||
	    link_keys_create(folder, &id, &err) == -1 ||
	    !(site.links = link_keys_load(folder, &err))) {
		print_error("%s\n", err.text);
		return -1;
	}
	clerk = (struct clerk){ .site = &site };
	clerk_notices_init(&clerk.notices);
	personal_init(&clerk.personal, &site.conf, site.links);
	news = make_topic("articles");
	return 0;
}

static int
site_teardown(void **state)
{
	clerk_notices_release(&clerk.notices);
	personal_release(&clerk.personal);
	link_keys_free(site.links);
	conf_release(&site.conf);
	return store_teardown(state);
}

/* What became of somebody between the import and the clerk's turn. */
static const struct {
	const char *name, *since; /* letters as below */
	int64_t topic;            /* asked for; 0: the one that there is */
	bool asked;
} cases[] = {
	{ "nobody yet", "", 0, true },
	{ "known, without a topic", "k", 0, true },
	{ "who has the topic", "a", 0, false },
	{ "who left", "al", 0, false },
	{ "who left, and whom somebody typed into the form", "alr", 0, false },
	{ "who bounced", "ab", 0, false },
	{ "who complained", "am", 0, false },
	{ "whom staff took off", "S", 0, false },
	{ "who may come back, but only themselves", "L", 0, false },
	{ "a topic that went away", "", 99, false },
};

static void
happen(const char *address, const char *since)
{
	int64_t who = *since && *since != 'S' && *since != 'L' ? make_subscriber(address) : 0;

	for (; *since; since++)
		switch (*since) {
		case 'a': ok(subscription_add(db, who, news, "added", &by_test, &err)); break;
		case 'l': ok(subscription_leave(db, who, news, 0, "page", &by_test, &err)); break;
		case 'r': ok(subscription_request(db, who, news, &by_test, &err)); break;
		case 'b': ok(subscription_end(db, who, SUB_BOUNCED, &by_test, &err)); break;
		case 'm': ok(subscription_end(db, who, SUB_COMPLAINED, &by_test, &err)); break;
		case 'S': ok(suppression_add(db, address, SUPPRESSED_STAFF, "test", &err)); break;
		case 'L': ok(suppression_add(db, address, SUPPRESSED_LEFT, "test", &err)); break;
		default: break;
		}
}

static void
test_imported(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct signup s = { .address = "ann@example.org", .key = "ann@example.org", .weight = 0, .received_at = T0 };
		int64_t id = cases[i].topic ? cases[i].topic : news, n;
		const char *before, *after;

		if (i) {
			site_teardown(state);
			site_setup(state);
		}
		begin();
		ok(consent_wording(db, "No form", s.form_hash, &err));
		signup_topics_write(s.topics, sizeof(s.topics), &id, 1);
		ok(signup_append(db, &s, &err));
		happen(s.address, cases[i].since);
		commit();
		before = raw_text("SELECT group_concat(state) FROM subscription");
		ok(clerk_signups(&clerk, &err));
		after = raw_text("SELECT group_concat(state) FROM subscription");
		ok(counter_get(db, "signup_without_mail", &n, &err));
		if (raw_int("SELECT count(*) FROM outbox WHERE kind = 'confirm'") != cases[i].asked || n != !cases[i].asked ||
		    raw_int("SELECT count(*) FROM signup_request") != 0 || (!cases[i].asked && strcmp(before, after) != 0))
			fail_msg("%s: %d without a mail, state %s", cases[i].name, (int)n, after);
		assert_invariants();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_imported, site_setup, site_teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
