/* test_subscriber.c - people, by address. */
#include "store_fixture.h"

#include "store/delivery.h"
#include "store/event.h"
#include "store/outbox.h"
#include "store/subscription.h"

static const struct {
	const char *name, *in;
	bool good;
} names[] = {
	{ "empty", "", true },
	{ "plain", "Ann", true },
	{ "accents", "Zoë Ångström-García", true },
	{ "other script", "安", true },
	{ "apostrophe and dot", "Dr. O'Neill", true },
	{ "link", "http://example.org", false },
	{ "link of any scheme", "Win x://y", false },
	{ "www", "WwW.example.org", false },
	{ "markup", "<b>Ann</b>", false },
	{ "closing bracket", "Ann>", false },
	{ "line break", "Ann\r\nBcc: x@example.org", false },
	{ "tab", "Ann\tB", false },
	{ "C1 control", "Ann\xc2\x85", false },
	{ "slot mark", "\001to\002", false },
	{ "no UTF-8", "Ann\xff", false },
};

static void
test_name(void **state)
{
	char name[SUBSCRIBER_NAME + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		err = (struct err)ERR_INIT;
		if ((subscriber_check_name(names[i].in, &err) == 0) != names[i].good || (!names[i].good && err.code != ERR_INPUT))
			fail_msg("%s: \"%s\"", names[i].name, err.text);
	}
	memset(name, 'x', sizeof(name));
	name[256] = '\0';
	ok(subscriber_check_name(name, &err));
	name[256] = 'x';
	name[257] = '\0';
	refused(subscriber_check_name(name, &err), ERR_INPUT);
}

static void
test_put(void **state)
{
	struct subscriber s = { .address = "Ann@example.org", .key = "ann@example.org", .name = "Ann", .language = "es" };
	struct subscriber again = { .address = "ANN@example.org", .key = "ann@example.org", .name = "Mallory", .language = "en" };
	struct subscriber found;
	bool created;

	(void)state;
	begin();
	ok(subscriber_put(db, &s, &created, &err));
	assert_true(created);
	assert_int_equal(s.created_at, T0);
	clock_set(T0 + 5);
	ok(subscriber_put(db, &again, &created, &err));
	assert_false(created);
	assert_int_equal(again.id, s.id);
	assert_string_equal(again.address, "Ann@example.org"); /* the row that is there stays, and is what comes back */
	assert_string_equal(again.name, "Ann");
	assert_string_equal(again.language, "es");
	assert_int_equal(again.created_at, T0);
	assert_int_equal(subscriber_find(db, "ann@example.org", &found, &err), 1);
	assert_string_equal(found.address, "Ann@example.org");
	assert_int_equal(subscriber_find(db, "Ann@example.org", &found, &err), 0); /* by key alone */
	assert_int_equal(subscriber_get(db, s.id, &found, &err), 1);
	assert_string_equal(found.key, "ann@example.org");
	assert_int_equal(subscriber_get(db, s.id + 1, &found, &err), 0);
	ok(subscriber_set_name(db, s.id, "Ann B.", &err));
	ok(subscriber_set_language(db, s.id, "pt-BR", &err));
	assert_int_equal(subscriber_get(db, s.id, &found, &err), 1);
	assert_string_equal(found.name, "Ann B.");
	assert_string_equal(found.language, "pt-BR");
	commit();
	assert_int_equal(raw_int("SELECT length(address_hmac) FROM subscriber"), 16);
	assert_invariants();
}

/* An id never reaches somebody else, and nothing of a person stays but numbers. */
static void
test_delete(void **state)
{
	struct event event = { .kind = "bounce", .class = "soft", .campaign_id = 1 };
	struct outbox_mail mail[2];
	struct delivery_result accepted = { .state = DELIVERY_ACCEPTED };
	int64_t topic = make_topic("articles"), ann, bob, id, claimed;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	bob = make_subscriber("bob@example.org");
	assert_int_equal(subscription_add(db, ann, topic, "added", &by_test, &err), 1);
	assert_int_equal(subscription_add(db, bob, topic, "added", &by_test, &err), 1);
	event.subscriber_id = ann;
	ok(event_add(db, &event, &err));
	event.subscriber_id = bob;
	ok(event_add(db, &event, &err));
	ok(outbox_reserve(db, "already", bob, "bob@example.org", T0 + 100, &claimed, &err));
	ok(outbox_fill(db, claimed, "m", 1, &err));
	assert_int_equal(outbox_claim(db, mail, 1, &err), 1);
	ok(outbox_reserve(db, "confirm", bob, "bob@example.org", T0 + 100, &id, &err));
	ok(outbox_fill(db, id, "m", 1, &err));
	ok(outbox_reserve(db, "confirm", ann, "ann@example.org", T0 + 100, &id, &err));
	ok(outbox_fill(db, id, "m", 1, &err));
	ok(subscriber_delete(db, bob, &err));
	ok(subscriber_delete(db, 99, &err));
	ok(outbox_record(db, &mail[0], &accepted, &err)); /* was on its way: its reply brings nothing back */
	buf_release(&mail[0].message);
	assert_true(make_subscriber("carol@example.org") > bob);
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE state = 'expired' AND address IS NULL AND subscriber_id IS NULL"), 2);
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE state = 'queued' AND address = 'ann@example.org'"), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM event WHERE subscriber_id IS NULL"), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM consent"), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM subscription"), 1);
	assert_invariants();
	begin();
	ok(subscriber_count(db, &id, &err));
	assert_int_equal(id, 2);
	ok(subscriber_delete(db, raw_int("SELECT max(id) FROM subscriber"), &err));
	assert_int_equal(make_subscriber("dave@example.org"), 4);
	commit();
}

static void
test_delete_unconfirmed(void **state)
{
	int64_t a = make_topic("a"), b = make_topic("b"), n;
	int i;

	(void)state;
	begin();
	for (i = 1; i <= 7; i++)
		make_subscriber((char[]){ (char)('a' + i), '@', 'e', '\0' });
	subscription_request(db, 1, a, &by_test, &err); /* 1, 2: pending only */
	subscription_request(db, 2, a, &by_test, &err);
	subscription_request(db, 2, b, &by_test, &err);
	subscription_request(db, 3, a, &by_test, &err); /* 3: confirmed one of two */
	subscription_request(db, 3, b, &by_test, &err);
	subscription_confirm(db, 3, b, &by_test, &err);
	subscription_request(db, 4, a, &by_test, &err);      /* 4: asked again later */
	subscription_add(db, 5, a, "added", &by_test, &err); /* 5: left, then somebody asked with their address */
	subscription_leave(db, 5, a, 0, "page", &by_test, &err);
	subscription_request(db, 5, a, &by_test, &err);
	clock_set(T0 + 100); /* 6: later; 7: no subscription at all */
	subscription_request(db, 4, b, &by_test, &err);
	subscription_request(db, 6, a, &by_test, &err);
	ok(subscriber_delete_unconfirmed(db, T0, 10, &n, &err));
	assert_int_equal(n, 0);
	ok(subscriber_delete_unconfirmed(db, T0 + 50, 1, &n, &err));
	assert_int_equal(n, 1);
	ok(subscriber_delete_unconfirmed(db, T0 + 50, 10, &n, &err));
	assert_int_equal(n, 1);
	commit();
	assert_string_equal(raw_text("SELECT group_concat(id) FROM subscriber"), "3,4,5,6,7");
	assert_invariants();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_name),
		store_test(test_put),
		store_test(test_delete),
		store_test(test_delete_unconfirmed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
