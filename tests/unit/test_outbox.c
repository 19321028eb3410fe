/* test_outbox.c - mail to one person: queued, claimed, recorded, wiped. */
#include "store_fixture.h"

#include "store/outbox.h"

static int64_t
queue(const char *kind, int64_t subscriber, int64_t expires)
{
	int64_t id;

	ok(outbox_reserve(db, kind, subscriber, "ann@example.org", expires, &id, &err));
	ok(outbox_fill(db, id, "From: x\0y", 9, &err));
	return id;
}

static void
release(struct outbox_mail *mail, int n)
{
	while (n-- > 0)
		buf_release(&mail[n].message);
}

/* The ids that a claim gives, as text; what was claimed is in mail[]. */
static const char *
claim(struct outbox_mail *mail, size_t size)
{
	static char text[64];
	int i, n = outbox_claim(db, mail, size, &err);

	ok(n);
	text[0] = '\0';
	for (i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%lld ", (long long)mail[i].id);
	release(mail, n);
	return text;
}

static void
test_claim(void **state)
{
	struct outbox_mail mail[4];
	int64_t n, ann;
	int count;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	assert_int_equal(outbox_claim(db, mail, 4, &err), 0);
	queue("confirm", ann, T0 + 100);
	queue("operator", 0, T0 + 200);
	queue("test", 0, T0 + 100);
	commit();
	assert_invariants();
	ok(outbox_waiting(db, &n, &err));
	assert_int_equal(n, 3);
	begin();
	count = outbox_claim(db, mail, 2, &err);
	assert_int_equal(count, 2);
	assert_int_equal(mail[0].id, 1);
	assert_int_equal(mail[0].subscriber_id, ann);
	assert_string_equal(mail[0].kind, "confirm");
	assert_string_equal(mail[0].address, "ann@example.org");
	assert_int_equal(mail[0].attempts, 1);
	assert_int_equal(mail[0].expires_at, T0 + 100);
	assert_int_equal(mail[0].message.len, 9);
	assert_memory_equal(mail[0].message.data, "From: x\0y", 9);
	assert_int_equal(mail[1].subscriber_id, 0);
	release(mail, count);
	assert_string_equal(claim(mail, 4), "3 ");
	assert_string_equal(claim(mail, 4), "");
	commit();
	ok(outbox_waiting(db, &n, &err));
	assert_int_equal(n, 0);
	assert_invariants();
}

/* What each result leaves: the row's state, and whether message and address are still there. */
static const struct {
	const char *name;
	struct delivery_result result;
	const char *want;
	bool kept;
} results[] = {
	{ "accepted", { .state = DELIVERY_ACCEPTED, .code = 250, .enhanced = "2.0.0", .reply = "queued" }, "accepted", false },
	{ "refused", { .state = DELIVERY_REFUSED, .code = 550, .enhanced = "5.1.1", .reply = "unknown" }, "refused", false },
	{ "unknown", { .state = DELIVERY_UNKNOWN }, "unknown", false },
	{ "skipped", { .state = DELIVERY_SKIPPED }, "refused", false },
	{ "deferred", { .state = DELIVERY_DEFERRED, .next_at = T0 + 60, .code = 451 }, "queued", true },
	{ "deferred to its end", { .state = DELIVERY_DEFERRED, .next_at = T0 + 100, .code = 451 }, "expired", false },
	{ "deferred past its end", { .state = DELIVERY_DEFERRED, .next_at = T0 + 500, .code = 451 }, "expired", false },
};

static void
test_record(void **state)
{
	struct outbox_mail mail[1];
	int64_t id;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		begin();
		id = queue("confirm", 0, T0 + 100);
		assert_int_equal(outbox_claim(db, mail, 1, &err), 1);
		assert_int_equal(mail[0].id, id);
		release(mail, 1);
		ok(outbox_record(db, &mail[0], &results[i].result, &err));
		commit();
		if (strcmp(raw_text("SELECT state FROM outbox ORDER BY id DESC LIMIT 1"), results[i].want) != 0 ||
		    raw_int("SELECT message IS NOT NULL AND address IS NOT NULL FROM outbox ORDER BY id DESC LIMIT 1") != results[i].kept)
			fail_msg("%s: %s", results[i].name, raw_text("SELECT state FROM outbox ORDER BY id DESC LIMIT 1"));
		assert_int_equal(raw_int("SELECT coalesce(code, 0) FROM outbox ORDER BY id DESC LIMIT 1"), results[i].result.code);
		assert_invariants();
		assert_int_equal(raw_exec("DELETE FROM outbox"), SQLITE_OK);
	}
	begin();
	id = queue("confirm", 0, T0 + 100);
	mail[0] = (struct outbox_mail){ .id = id, .expires_at = T0 + 100 };
	ok(outbox_record(db, &mail[0], &results[0].result, &err)); /* was never claimed */
	commit();
	assert_string_equal(raw_text("SELECT state FROM outbox"), "queued");
}

static void
test_deferred(void **state)
{
	struct delivery_result later = { .state = DELIVERY_DEFERRED, .next_at = T0 + 60 };
	struct outbox_mail mail[4];
	int64_t at;

	(void)state;
	ok(outbox_next_due(db, &at, &err));
	assert_int_equal(at, 0);
	begin();
	queue("confirm", 0, T0 + 1000);
	assert_string_equal(claim(mail, 4), "1 ");
	ok(outbox_record(db, &mail[0], &later, &err));
	commit();
	ok(outbox_next_due(db, &at, &err));
	assert_int_equal(at, T0 + 60);
	begin();
	clock_set(T0 + 59);
	assert_string_equal(claim(mail, 4), "");
	clock_set(T0 + 60);
	assert_int_equal(outbox_claim(db, mail, 4, &err), 1);
	assert_int_equal(mail[0].attempts, 2);
	assert_memory_equal(mail[0].message.data, "From: x\0y", 9);
	release(mail, 1);
	commit();
	assert_invariants();
}

static void
test_recover(void **state)
{
	struct outbox_mail mail[4];
	int64_t n;

	(void)state;
	begin();
	queue("confirm", 0, T0 + 1000);
	queue("confirm", 0, T0 + 1000);
	assert_string_equal(claim(mail, 1), "1 ");
	clock_set(T0 + 30);
	ok(outbox_recover(db, &n, &err));
	assert_int_equal(n, 1);
	ok(outbox_recover(db, &n, &err));
	assert_int_equal(n, 0);
	assert_string_equal(claim(mail, 4), "2 1 ");
	commit();
	assert_int_equal(raw_int("SELECT attempts FROM outbox WHERE id = 1"), 2);
	assert_invariants();
}

/* What has expired is not sent any more, keeps nobody awake, and is wiped, also when its message was never filled in. */
static void
test_expire(void **state)
{
	struct outbox_mail mail[4];
	int64_t n, at, id;

	(void)state;
	begin();
	queue("confirm", 0, T0 + 10);
	queue("confirm", 0, T0 + 11);
	ok(outbox_reserve(db, "confirm", 0, "bob@example.org", T0 + 10, &id, &err));
	assert_string_equal(claim(mail, 4), "1 2 "); /* not the one without a message */
	ok(outbox_recover(db, &n, &err));
	clock_set(T0 + 10);
	ok(outbox_next_due(db, &at, &err));
	assert_int_equal(at, T0);
	assert_string_equal(claim(mail, 4), "2 ");
	ok(outbox_next_due(db, &at, &err));
	assert_int_equal(at, 0);
	ok(outbox_expire(db, &n, &err));
	assert_int_equal(n, 2);
	clock_set(T0 + 20);
	ok(outbox_expire(db, &n, &err));
	assert_int_equal(n, 0); /* what is on its way is the sender's to record */
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE state = 'expired' AND address IS NULL AND message IS NULL"), 2);
	assert_invariants();
}

/* A letter that could not be forwarded stays until it is kept elsewhere. */
static void
test_lost(void **state)
{
	static const struct {
		const char *name;
		struct delivery_result result;
		int code;
		const char *want;
	} cases[] = {
		{ "refused", { .state = DELIVERY_REFUSED, .code = 550 }, 550, "refused" },
		{ "not tried", { .state = DELIVERY_SKIPPED }, 0, "expired" },
		{ "deferred for too long", { .state = DELIVERY_DEFERRED, .code = 451, .next_at = T0 + 7200 }, 451, "expired" },
		{ "unknown", { .state = DELIVERY_UNKNOWN }, 0, "expired" },
	};
	struct delivery_result accepted = { .state = DELIVERY_ACCEPTED };
	struct outbox_mail mail[1];
	struct buf message = BUF_INIT;
	int64_t id, lost, n, at;
	size_t i;
	int code;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		id = queue("forward", 0, T0 + 3600);
		claim(mail, 1);
		ok(outbox_record(db, mail, &cases[i].result, &err));
		ok(outbox_expire(db, &n, &err));
		commit();
		release(mail, 1);
		buf_reset(&message);
		if (outbox_lost(db, &lost, &code, &message, &err) != 1 || lost != id || code != cases[i].code || message.len != 9)
			fail_msg("%s: is not lost", cases[i].name);
		ok(outbox_next_due(db, &at, &err));
		assert_int_equal(at, 0); /* it is not tried again */
		begin();
		ok(outbox_give_up(db, id, &err));
		commit();
		assert_string_equal(raw_text("SELECT state FROM outbox ORDER BY id DESC LIMIT 1"), cases[i].want);
		assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE message IS NOT NULL OR address IS NOT NULL"), 0);
		assert_int_equal(outbox_lost(db, &lost, &code, &message, &err), 0);
	}
	begin();
	queue("forward", 0, T0 + 3600);
	claim(mail, 1);
	ok(outbox_record(db, mail, &accepted, &err));
	queue("forward", 0, T0 + 10);
	commit();
	release(mail, 1);
	assert_int_equal(outbox_lost(db, &lost, &code, &message, &err), 0); /* one arrived, one may yet */
	clock_set(T0 + 10);
	begin();
	ok(outbox_expire(db, &n, &err));
	commit();
	assert_int_equal(n, 0);
	assert_int_equal(outbox_lost(db, &lost, &code, &message, &err), 1); /* never tried */
	buf_release(&message);
}

static void
test_recent(void **state)
{
	int64_t ann, bob;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	bob = make_subscriber("bob@example.org");
	queue("already", ann, T0 + 10);
	commit();
	assert_int_equal(outbox_recent(db, ann, "already", T0, &err), 1);
	assert_int_equal(outbox_recent(db, ann, "already", T0 + 1, &err), 0);
	assert_int_equal(outbox_recent(db, ann, "confirm", T0, &err), 0);
	assert_int_equal(outbox_recent(db, bob, "already", T0, &err), 0);
}

static void
test_delete_old(void **state)
{
	struct delivery_result accepted = { .state = DELIVERY_ACCEPTED };
	struct outbox_mail mail[8];
	int64_t n;
	int i;

	(void)state;
	begin();
	for (i = 0; i < 6; i++)
		queue("confirm", 0, T0 + 1000);
	assert_string_equal(claim(mail, 5), "1 2 3 4 5 ");
	for (i = 0; i < 4; i++)
		ok(outbox_record(db, &mail[i], &accepted, &err));
	ok(outbox_delete_old(db, T0, 9, &n, &err));
	assert_int_equal(n, 0);
	ok(outbox_delete_old(db, T0 + 1, 3, &n, &err));
	assert_int_equal(n, 3);
	ok(outbox_delete_old(db, T0 + 1, 3, &n, &err));
	assert_int_equal(n, 1);
	commit();
	assert_string_equal(raw_text("SELECT group_concat(state) FROM outbox"), "claimed,queued");
	begin();
	refused(outbox_reserve(db, "advertisement", 0, "a@example.org", T0, &n, &err), ERR_SYSTEM);
	db_rollback(db);
}

/* How many went to one person lately; and whose name a relay's reply must not say: also of a test copy to somebody on the list. */
static void
test_count_and_name(void **state)
{
	struct outbox_mail mail[4];
	int64_t ann, n;
	int i, count;

	(void)state;
	begin();
	ann = make_subscriber("ann@example.org");
	ok(subscriber_set_name(db, ann, "Ann", &err));
	queue("my-data", ann, T0 + 9999);
	clock_set(T0 + 60);
	queue("my-data", ann, T0 + 9999);
	queue("confirm", ann, T0 + 9999);
	queue("test", 0, T0 + 9999);
	ok(outbox_count(db, ann, "my-data", T0, &n, &err));
	assert_int_equal(n, 2);
	ok(outbox_count(db, ann, "my-data", T0 + 1, &n, &err));
	assert_int_equal(n, 1);
	ok(outbox_count(db, ann, "my-data", T0 + 61, &n, &err));
	assert_int_equal(n, 0);
	ok(outbox_count(db, ann + 1, "my-data", T0, &n, &err));
	assert_int_equal(n, 0);
	count = outbox_claim(db, mail, 4, &err);
	assert_int_equal(count, 4);
	for (i = 0; i < count; i++)
		assert_string_equal(mail[i].name, "Ann");
	commit();
	release(mail, count);
	begin();
	ok(outbox_reserve(db, "operator", 0, "staff@example.org", T0 + 9999, &n, &err));
	ok(outbox_fill(db, n, "x", 1, &err));
	assert_int_equal(outbox_claim(db, mail, 4, &err), 1);
	assert_string_equal(mail[0].name, "");
	commit();
	release(mail, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_claim),
		store_test(test_record),
		store_test(test_deferred),
		store_test(test_recover),
		store_test(test_expire),
		store_test(test_lost),
		store_test(test_recent),
		store_test(test_delete_old),
		store_test(test_count_and_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
