/* test_erasure.c - one person goes: what stays, what does not, in every table. */
#include "store_fixture.h"

#include "store/erasure.h"
#include "store/event.h"
#include "store/onetime.h"
#include "store/outbox.h"
#include "store/signup.h"
#include "store/signup_line.h"
#include "store/subscription.h"
#include "store/suppression.h"

/* Rows of the store, in any table and column, that hold the text in whatever case. */
static int64_t
rows_with(const char *text)
{
	sqlite3_stmt *columns = NULL;
	char sql[512];
	int64_t n = 0;

	assert_int_equal(sqlite3_prepare_v2(raw,
			     "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c "
			     "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'",
			     -1, &columns, NULL),
	    SQLITE_OK);
	while (sqlite3_step(columns) == SQLITE_ROW) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s WHERE instr(lower(CAST(%s AS TEXT)), '%s')",
		    sqlite3_column_text(columns, 0), sqlite3_column_text(columns, 1), text);
		n += raw_int(sql);
	}
	sqlite3_finalize(columns);
	return n;
}

static void
ask(const char *address, bool manage)
{
	struct signup s = { .manage = manage, .weight = 1, .received_at = T0, .ip = "192.0.2.7", .name = "Quirin Zed", .topics = "1" };

	snprintf(s.address, sizeof(s.address), "%s", address);
	snprintf(s.key, sizeof(s.key), "%s", address);
	ok(consent_wording(db, "A form", s.form_hash, &err));
	ok(signup_append(db, &s, &err));
}

static void
mail(const char *kind, int64_t subscriber, const char *address)
{
	int64_t id;

	ok(outbox_reserve(db, kind, subscriber, address, T0 + 1000, &id, &err));
	ok(outbox_fill(db, id, address, strlen(address), &err));
}

/* Somebody with a row in every table that can hold one, among others; returns the id. */
static int64_t
make_somebody(int64_t topic)
{
	struct event event = { .kind = "bounce", .class = "soft", .campaign_id = 1, .text = "no Quirin Zed <q.zed@example.org>" };
	struct onetime once = { .created_at = T0, .expires_at = T0 + 10 };
	struct evidence evidence = { .source = "web", .ip = "192.0.2.7" };
	uint8_t hash[32] = { 7 };
	int64_t id;

	begin();
	make_subscriber("other@example.org");
	id = make_subscriber("q.zed@example.org");
	ok(subscriber_set_name(db, id, "Quirin Zed", &err));
	ok(subscription_request(db, id, topic, &evidence, &err));
	ok(subscription_confirm(db, id, topic, &evidence, &err));
	once.subscriber_id = event.subscriber_id = id;
	ok(onetime_put(db, hash, "my-data", &once, &err));
	ok(event_add(db, &event, &err));
	ask("q.zed@example.org", false);
	ask("q.zed@example.org", true);
	ask("other@example.org", false);
	mail("confirm", id, "q.zed@example.org");
	mail("my-data", id, "q.zed@example.org");
	mail("test", 0, "Q.Zed@example.org");
	mail("test", 0, "other@example.org");
	mail("operator", 0, "staff@example.org");
	commit();
	assert_int_equal(raw_exec("INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, "
				  "started_at, deadline, high_id, cursor, planned, refused) VALUES ('u', 'articles', 1, 's', 'sending', 1, 'ann', 1, 1, 9, 2, 2, 2, 2);"
				  "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, reply) VALUES (1, 1, 3, 1, 1, 'kept'), "
				  "(1, 2, 3, 1, 1, 'no q.zed here');"
				  "UPDATE outbox SET state = 'claimed' WHERE id = 3"),
	    SQLITE_OK);
	assert_int_equal(id, 2);
	return id;
}

static void
test_erase(void **state)
{
	int64_t topic = make_topic("a"), id = make_somebody(topic);
	enum suppression_reason reason;

	(void)state;
	assert_true(rows_with("q.zed") > 5);
	assert_true(rows_with("quirin") > 2);
	begin();
	assert_int_equal(subscriber_erase(db, id, "my data page", &err), 1);
	commit();
	assert_int_equal(rows_with("q.zed"), 0);
	assert_int_equal(rows_with("quirin"), 1); /* what `other` typed */
	assert_invariants();
	assert_int_equal(suppression_find(db, "q.zed@example.org", &reason, &err), 1);
	assert_int_equal(reason, SUPPRESSED_ERASED);
	assert_true(suppression_liftable(reason));
	assert_string_equal(raw_text("SELECT source FROM suppression"), "my data page");
	assert_int_equal(raw_int("SELECT count(*) FROM suppression"), 1);
	assert_string_equal(raw_text("SELECT group_concat(address) FROM signup_request"), "other@example.org");
	assert_int_equal(raw_int("SELECT count(*) FROM token"), 0);
	assert_int_equal(raw_int("SELECT count(*) FROM consent"), 0);
	assert_string_equal(raw_text("SELECT group_concat(id || state, ' ') FROM outbox"), "1expired 2expired 3expired 4queued 5queued");
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE subscriber_id = 2"), 0);
	assert_string_equal(raw_text("SELECT kind || class FROM event WHERE subscriber_id IS NULL AND text IS NULL"), "bouncesoft");
	assert_string_equal(raw_text("SELECT group_concat(coalesce(reply, '-')) FROM delivery"), "kept,-");
	assert_string_equal(raw_text("SELECT subscriber_id || ':' || mails FROM erasure"), "2:1,2");
}

static void
test_nobody(void **state)
{
	(void)state;
	begin();
	assert_int_equal(subscriber_erase(db, 5, "x", &err), 0);
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM suppression"), 0);
	assert_int_equal(raw_int("SELECT count(*) FROM erasure"), 0);
}

/* Who stood first in a line makes room for the next one. */
static void
test_line(void **state)
{
	struct signup s = { .held_by = SIGNUP_TOTAL, .line = "", .network = "n", .held_at = T0 };

	(void)state;
	begin();
	make_subscriber("q.zed@example.org");
	ask("q.zed@example.org", false);
	ask("other@example.org", false);
	ask("third@example.org", false);
	for (s.id = 1; s.id <= 3; s.id++) {
		s.place = s.id;
		ok(signup_hold(db, &s, s.id == 1 ? T0 + 500 : SIGNUP_FAR, &err));
	}
	ok(subscriber_erase(db, 1, "x", &err));
	commit();
	assert_int_equal(raw_int("SELECT next_at FROM signup_request WHERE id = 2"), T0);
	assert_true(raw_int("SELECT next_at FROM signup_request WHERE id = 3") == SIGNUP_FAR);
}

/* A stronger reason stays, a weaker one gives way. */
static void
test_reasons(void **state)
{
	static const struct {
		enum suppression_reason before, after;
	} cases[] = {
		{ SUPPRESSED_LEFT, SUPPRESSED_ERASED },
		{ SUPPRESSED_ERASED, SUPPRESSED_ERASED },
		{ SUPPRESSED_HARD, SUPPRESSED_HARD },
		{ SUPPRESSED_COMPLAINT, SUPPRESSED_COMPLAINT },
		{ SUPPRESSED_STAFF, SUPPRESSED_STAFF },
	};
	enum suppression_reason reason;
	char address[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(address, sizeof(address), "p%zu@example.org", i);
		begin();
		ok(suppression_add(db, address, cases[i].before, "before", &err));
		assert_int_equal(subscriber_erase(db, make_subscriber(address), "after", &err), 1);
		commit();
		assert_int_equal(suppression_find(db, address, &reason, &err), 1);
		assert_int_equal(reason, cases[i].after);
	}
	assert_int_equal(raw_int("SELECT count(*) FROM suppression WHERE source = 'after'"), 1);
}

/* The sender: whose files may be there, and what came in while they went. */
static void
test_files(void **state)
{
	struct erasure list[2];
	int64_t topic = make_topic("a"), id = make_somebody(topic);
	struct event late = { .kind = "refusal", .class = "soft", .subscriber_id = id, .campaign_id = 1, .text = "no Quirin" };

	(void)state;
	assert_int_equal(erasure_list(db, list, 2, &err), 0);
	begin();
	ok(subscriber_erase(db, id, "x", &err));
	ok(subscriber_erase(db, 1, "x", &err));
	ok(event_add(db, &late, &err));
	commit();
	assert_int_equal(raw_exec("UPDATE delivery SET reply = 'no Quirin' WHERE subscriber_id = 2"), SQLITE_OK);
	assert_int_equal(erasure_list(db, list, 1, &err), 1);
	assert_int_equal(list[0].subscriber_id, 1);
	assert_string_equal(list[0].mails.data, "");
	buf_release(&list[0].mails);
	assert_int_equal(erasure_list(db, list, 2, &err), 2);
	assert_int_equal(list[1].subscriber_id, id);
	assert_string_equal(list[1].mails.data, "1,2");
	buf_release(&list[0].mails);
	buf_release(&list[1].mails);
	begin();
	ok(erasure_done(db, id, &err));
	commit();
	assert_int_equal(rows_with("quirin"), 0);
	assert_invariants();
	assert_int_equal(raw_int("SELECT subscriber_id FROM erasure"), 1);
}

static int64_t
file_has(const char *path, const char *text)
{
	struct buf bytes = BUF_INIT;
	int64_t has;

	ok(file_read(path, 1 << 24, &bytes, &err));
	has = memmem(bytes.data, bytes.len, text, strlen(text)) != NULL;
	buf_release(&bytes);
	return has;
}

/* Not a byte of it in the file or its log, once that is emptied; while somebody reads it cannot be. */
static void
test_checkpoint(void **state)
{
	char wal[128];
	int64_t id;

	(void)state;
	snprintf(wal, sizeof(wal), "%s-wal", store_path);
	id = make_somebody(make_topic("a"));
	begin();
	assert_int_equal(db_checkpoint(db, &err), 0); /* our own transaction is open */
	ok(subscriber_erase(db, id, "x", &err));
	commit();
	assert_int_equal(file_has(wal, "q.zed@example.org"), 1);
	assert_int_equal(raw_exec("BEGIN; SELECT count(*) FROM topic"), SQLITE_OK);
	assert_int_equal(db_checkpoint(db, &err), 0);
	assert_int_equal(raw_exec("COMMIT"), SQLITE_OK);
	begin(); /* it has left the queue */
	commit();
	assert_int_equal(db_checkpoint(db, &err), 1);
	assert_int_equal(file_has(wal, "q.zed@example.org"), 0);
	assert_int_equal(file_has(store_path, "q.zed@example.org"), 0);
	assert_int_equal(file_has(store_path, "other@example.org"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_erase),
		store_test(test_nobody),
		store_test(test_line),
		store_test(test_reasons),
		store_test(test_files),
		store_test(test_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
