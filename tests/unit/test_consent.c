/* test_consent.c - the evidence that we were asked. */
#include "store_fixture.h"

#include "base/secret.h"
#include "store/consent.h"

static void
test_wording(void **state)
{
	uint8_t hash[CONSENT_HASH], want[SHA256_LEN];

	(void)state;
	sha256(want, "Yes, please.", 12);
	begin();
	ok(consent_wording(db, "Yes, please.", hash, &err));
	assert_memory_equal(hash, want, sizeof(hash));
	clock_set(T0 + 5);
	ok(consent_wording(db, "Yes, please.", hash, &err));
	assert_memory_equal(hash, want, sizeof(hash));
	assert_int_equal(consent_has_wording(db, hash, &err), 1);
	hash[31] ^= 1;
	assert_int_equal(consent_has_wording(db, hash, &err), 0);
	ok(consent_wording(db, "", hash, &err));
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM form_text"), 2);
	assert_int_equal(raw_int("SELECT first_at FROM form_text WHERE text <> ''"), T0);
	assert_invariants();
}

static void
test_requested(void **state)
{
	int64_t topic = make_topic("articles"), other = make_topic("promotions");
	struct evidence ev = { .source = "web", .ip = "192.0.2.1" };
	uint8_t form[CONSENT_HASH], mail[CONSENT_HASH];
	struct consent_asked asked;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	ok(consent_wording(db, "the form", form, &err));
	ok(consent_wording(db, "the mail", mail, &err));
	assert_int_equal(consent_requested(db, 1, topic, &asked, &err), 0);
	ev.form_hash = form;
	ev.mail_hash = mail;
	ok(consent_add(db, 1, topic, "requested", &ev, &err));
	assert_int_equal(consent_requested(db, 1, topic, &asked, &err), 1);
	assert_true(asked.has_form && asked.has_mail);
	assert_int_equal(consent_requested_from(db, 1, "192.0.2.1", T0, &err), 1);
	assert_int_equal(consent_requested_from(db, 1, "192.0.2.1", T0 + 1, &err), 0);
	assert_int_equal(consent_requested_from(db, 1, "192.0.2.2", T0, &err), 0);
	assert_int_equal(consent_requested_from(db, 2, "192.0.2.1", T0, &err), 0);
	assert_memory_equal(asked.form_hash, form, CONSENT_HASH);
	assert_memory_equal(asked.mail_hash, mail, CONSENT_HASH);
	assert_int_equal(consent_requested(db, 1, other, &asked, &err), 0);
	ev.mail_hash = NULL; /* the last one counts */
	ok(consent_add(db, 1, topic, "requested", &ev, &err));
	ok(consent_add(db, 1, topic, "confirmed", &(struct evidence){ .source = "web" }, &err));
	assert_int_equal(consent_requested(db, 1, topic, &asked, &err), 1);
	assert_true(asked.has_form && !asked.has_mail);
	commit();
	assert_invariants();
}

static int
note(void *ctx, const struct consent *c, struct err *e)
{
	struct buf *b = ctx;

	buf_addf(b, "%lld %s %s %s [%s] [%s] [%s]\n", (long long)(c->at - T0), c->topic, c->action, c->source, c->ip, c->form, c->mail);
	return strcmp(c->action, "left") == 0 ? err_set(e, ERR_REFUSED, "enough") : 0;
}

static void
test_each(void **state)
{
	int64_t topic = make_topic("articles");
	struct evidence ev = { .source = "web", .ip = "2001:db8::1" };
	uint8_t form[CONSENT_HASH], mail[CONSENT_HASH];
	struct buf b = BUF_INIT;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	make_subscriber("bob@example.org");
	ok(consent_wording(db, "the form", form, &err));
	ok(consent_wording(db, "the mail", mail, &err));
	ev.form_hash = form;
	ev.mail_hash = mail;
	ok(consent_add(db, 1, topic, "requested", &ev, &err));
	clock_set(T0 + 7);
	ok(consent_add(db, 1, topic, "confirmed", &(struct evidence){ .source = "web", .ip = "" }, &err));
	ok(consent_add(db, 2, topic, "added", &(struct evidence){ .source = "staff: ann" }, &err));
	commit();
	ok(consent_each(db, 1, note, &b, &err));
	assert_string_equal(b.data, "0 articles requested web [2001:db8::1] [the form] [the mail]\n7 articles confirmed web [] [] []\n");
	assert_int_equal(raw_int("SELECT count(*) FROM consent WHERE ip IS NULL"), 2); /* an empty one is none */
	begin();
	ok(consent_add(db, 1, topic, "left", &by_test, &err));
	ok(consent_add(db, 1, topic, "requested", &by_test, &err));
	commit();
	buf_reset(&b);
	refused(consent_each(db, 1, note, &b, &err), ERR_REFUSED);
	assert_null(strstr(b.data, "9 "));
	buf_reset(&b);
	ok(consent_each(db, 99, note, &b, &err));
	assert_string_equal(b.data, "");
	buf_release(&b);
}

static void
test_refused(void **state)
{
	int64_t topic = make_topic("articles");
	const uint8_t unknown[CONSENT_HASH] = { 1 };
	const struct evidence wrong = { .source = "web", .form_hash = unknown };

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	refused(consent_add(db, 1, topic, "assumed", &by_test, &err), ERR_SYSTEM);
	refused(consent_add(db, 2, topic, "added", &by_test, &err), ERR_SYSTEM);
	refused(consent_add(db, 1, topic + 1, "added", &by_test, &err), ERR_SYSTEM);
	refused(consent_add(db, 1, topic, "requested", &wrong, &err), ERR_SYSTEM);
	refused(consent_add(db, 1, topic, "added", &(struct evidence){ 0 }, &err), ERR_SYSTEM); /* no source, no evidence */
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM consent"), 0);
}

static void
test_last(void **state)
{
	int64_t topic = make_topic("articles"), at = 0;
	char action[16] = "";

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	assert_int_equal(consent_last(db, 1, topic, action, &at, &err), 0);
	ok(consent_add(db, 1, topic, "requested", &by_test, &err));
	assert_int_equal(consent_last(db, 1, topic, action, &at, &err), 0);
	clock_set(T0 + 1);
	ok(consent_add(db, 1, topic, "confirmed", &by_test, &err));
	clock_set(T0 + 2);
	ok(consent_add(db, 1, topic, "complained", &by_test, &err));
	clock_set(T0 + 3);
	ok(consent_add(db, 1, topic, "requested", &by_test, &err));
	assert_int_equal(consent_last(db, 1, topic, action, &at, &err), 1);
	assert_string_equal(action, "complained");
	assert_int_equal(at, T0 + 2);
	assert_int_equal(consent_last(db, 1, topic + 1, action, &at, &err), 0);
	db_rollback(db);
}

static void
test_drop_ips(void **state)
{
	int64_t topic = make_topic("articles"), n;
	struct evidence ev = { .source = "web", .ip = "192.0.2.1" };
	int i;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	for (i = 0; i < 6; i++) {
		clock_set(T0 + i);
		ok(consent_add(db, 1, topic, "requested", &ev, &err));
	}
	ok(consent_drop_ips(db, T0 + 4, 3, &n, &err));
	assert_int_equal(n, 3);
	ok(consent_drop_ips(db, T0 + 4, 3, &n, &err));
	assert_int_equal(n, 1);
	ok(consent_drop_ips(db, T0 + 4, 3, &n, &err));
	assert_int_equal(n, 0);
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM consent WHERE ip IS NOT NULL AND at >= 1767225604"), 2);
	assert_int_equal(raw_int("SELECT count(*) FROM consent"), 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_wording),
		store_test(test_requested),
		store_test(test_each),
		store_test(test_refused),
		store_test(test_last),
		store_test(test_drop_ips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
