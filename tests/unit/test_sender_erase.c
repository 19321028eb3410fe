/* test_sender_erase.c - the files of who is erased: which they are, that no slot holds one any more, and what cannot be deleted yet. */
#include "sender_fixture.h"

#include <errno.h>
#include <sys/stat.h>

#include "store/erasure.h"
#include "store/suppression.h"

static char outbox_folder[96];

static void
put_file(const char *name, const char *headers)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", outbox_folder, name);
	ok(file_write(path, 0600, headers, strlen(headers), &err));
}

static bool
is_there(const char *name)
{
	struct stat st;
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", outbox_folder, name);
	return lstat(path, &st) == 0;
}

static void
open_with_folder(void)
{
	open_sender(1, NULL);
	snprintf(outbox_folder, sizeof(outbox_folder), "%s/outbox", folder);
	assert_int_equal(mkdir(outbox_folder, 0700), 0);
	site.conf.store_outbox = outbox_folder;
}

/* Ann, who has had a welcome, is erased; Ben stays. */
static int64_t
erase_ann(void)
{
	int64_t ann, id;

	begin();
	ann = make_subscriber("ann@example.org");
	make_subscriber("ben@example.org");
	ok(outbox_reserve(db, "welcome", ann, "ann@example.org", clock_now() + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	ok(suppression_add(db, "gone@example.org", SUPPRESSED_STAFF, "test", &err));
	ok(suppression_add(db, "ben@example.org", SUPPRESSED_STAFF, "test", &err));
	assert_int_equal(subscriber_erase(db, ann, "test", &err), 1);
	commit();
	assert_int_equal(ann, 1);
	assert_int_equal(id, 1);
	return ann;
}

static const struct {
	const char *name, *headers;
	bool stays;
} files[] = {
	/* by the numbers in the name */
	{ "campaign-7-1.eml", "", false },
	{ "campaign-7-1.eml.tmpab12", "half", false },
	{ "campaign-7-11.eml", "", true },
	{ "campaign-1-2.eml", "", true },
	{ "welcome-1.eml", "", false },
	{ "welcome-2.eml", "", true },
	{ "campaign-7-.eml", "", true },
	{ "campaign-7-1x.eml", "", true },
	{ "campaign-7-99999999999999999999.eml", "", true },
	{ "1.eml", "", true },
	{ "campaign-7-1", "", true },
	/* by To, where the number says nothing: an address that is suppressed and nobody's */
	{ "test-31.eml", "From: a\r\nTo: gone@example.org\r\n\r\n", false },
	{ "test-32.eml", "From: a\r\nTo: <gone@example.org>\r\n\r\n", false },
	{ "test-33.eml", "From: a\r\nTo: Somebody Gone\r\n <GONE@example.org>\r\nX: y\r\n\r\n", false },
	{ "test-34.eml", "From: a\r\nTo: \"To: ben@example.org\"\r\n\t<gone@example.org>\r\n\r\n", false },
	{ "test-35.eml", "From: a\nTo: gone@example.org", false },
	{ "test-41.eml", "From: a\r\nTo: ben@example.org\r\n\r\n", true },
	{ "test-42.eml", "From: a\r\nTo: else@example.org\r\n\r\n", true },
	{ "test-43.eml", "From: gone@example.org\r\n\r\n", true },
	{ "test-44.eml", "From: a\r\nTo:\r\n\r\n", true },
	{ "test-45.eml", "From: a\r\nTo: <>\r\n\r\n", true },
	{ "test-46.eml", "From: a\r\nTo: nobody here\r\n\r\n", true },
	{ "test-47.eml", "", true },
};

static void
whose_file(void **state)
{
	char path[192], long_to[400];
	size_t i;

	(void)state;
	open_with_folder();
	erase_ann();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put_file(files[i].name, files[i].headers);
	snprintf(long_to, sizeof(long_to), "\nTo: <%0350d@example.org>\r\n", 1);
	put_file("test-48.eml", long_to);
	snprintf(path, sizeof(path), "%s/test-49.eml", outbox_folder); /* another's link is not followed */
	assert_int_equal(symlink("test-31.eml", path), 0);
	sender_erase(&s, true);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (is_there(files[i].name) != files[i].stays)
			fail_msg("%s: %s", files[i].name, files[i].stays ? "deleted" : "still there");
	assert_true(is_there("test-48.eml"));
	assert_true(is_there("test-49.eml"));
	assert_int_equal(s.erased_count, 1);
	assert_int_equal(raw_int("SELECT count(*) FROM erasure"), 1); /* until it is committed that they are gone */
	record();
	assert_int_equal(raw_int("SELECT count(*) FROM erasure"), 0);
	assert_int_equal(s.erased_count, 0);
	assert_invariants();
	close_sender();
}

/* As long as a slot holds mail of theirs, a file may still be written: their row stays, and others' go. */
static void
held(void **state)
{
	static const struct outcome well = { .result = { .state = DELIVERY_ACCEPTED, .code = 250 } };
	struct slot_entry *e;

	(void)state;
	open_with_folder();
	campaign_to(2, "example.org");
	claim();
	put_file("campaign-1-1.eml", "");
	put_file("campaign-1-2.eml", "");
	e = slot_take(&s.lane[0].ready); /* with a relay: the first's */
	sender_done(&s, slot_take(&s.lane[0].ready), &well);
	record();
	begin();
	assert_int_equal(subscriber_erase(db, 1, "test", &err), 1);
	assert_int_equal(subscriber_erase(db, 2, "test", &err), 1);
	commit();
	sender_erase(&s, true);
	assert_true(is_there("campaign-1-1.eml"));
	assert_false(is_there("campaign-1-2.eml"));
	record();
	assert_int_equal(raw_int("SELECT subscriber_id FROM erasure"), 1);
	sender_erase(&s, false);
	assert_true(is_there("campaign-1-1.eml"));
	sender_done(&s, e, &well);
	record();
	sender_erase(&s, false); /* without news: it knows that one waits */
	assert_false(is_there("campaign-1-1.eml"));
	record();
	assert_int_equal(raw_int("SELECT count(*) FROM erasure"), 0);
	close_sender();
}

/* A mail to one person that waits holds its person too. */
static void
held_by_mail(void **state)
{
	int64_t ann, id;

	(void)state;
	open_with_folder();
	begin();
	ann = make_subscriber("ann@example.org");
	ok(outbox_reserve(db, "welcome", ann, "ann@example.org", clock_now() + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	commit();
	s.outbox_due = clock_now();
	claim();
	assert_int_equal(s.outbox.count, 1);
	begin();
	ok(subscriber_delete(db, ann, &err));
	commit();
	sender_erase(&s, true);
	assert_int_equal(s.erased_count, 0);
	assert_true(s.erase_waits);
	ok(sender_drop_unwanted(&s, &err));
	record();
	sender_erase(&s, false);
	assert_int_equal(s.erased_count, 1);
	close_sender();
}

/* A file that cannot be deleted: the row stays, it is tried again after a minute and not ten times a second, and then all is well. */
static void
not_deleted(void **state)
{
	char path[192];

	(void)state;
	open_with_folder();
	erase_ann();
	snprintf(path, sizeof(path), "%s/welcome-1.eml", outbox_folder);
	assert_int_equal(mkdir(path, 0700), 0); /* what unlink refuses to whoever asks */
	sender_erase(&s, true);
	assert_int_equal(s.erased_count, 0);
	assert_true(s.erase_waits);
	assert_in_range(s.erase_us - clock_mono_us(), 30000000, 60000000);
	record();
	assert_int_equal(raw_int("SELECT count(*) FROM erasure"), 1);
	assert_int_equal(rmdir(path), 0);
	put_file("welcome-1.eml", "");
	sender_erase(&s, true);
	assert_true(is_there("welcome-1.eml")); /* the minute is not over */
	s.erase_us = clock_mono_us();
	sender_erase(&s, false);
	assert_false(is_there("welcome-1.eml"));
	record();
	assert_int_equal(raw_int("SELECT count(*) FROM erasure"), 0);
	close_sender();
}

/* A folder that is not there holds nothing; what is there and no folder is an error. */
static void
no_folder(void **state)
{
	(void)state;
	open_with_folder();
	erase_ann();
	assert_int_equal(rmdir(outbox_folder), 0);
	ok(file_write(outbox_folder, 0600, "x", 1, &err));
	sender_erase(&s, true);
	assert_int_equal(s.erased_count, 0);
	assert_true(s.erase_waits);
	assert_int_equal(unlink(outbox_folder), 0);
	s.erase_us = 0;
	sender_erase(&s, false);
	assert_int_equal(s.erased_count, 1);
	close_sender();
}

/* More people than are looked at in a turn. */
static void
many(void **state)
{
	int i, turns = 0;

	(void)state;
	open_with_folder();
	begin();
	for (i = 1; i <= 2 * ERASE_MOST + 1; i++) {
		char address[32], name[32];
		int64_t id;

		snprintf(address, sizeof(address), "p%d@example.org", i);
		id = make_subscriber(address);
		assert_int_equal(subscriber_erase(db, id, "test", &err), 1);
		snprintf(name, sizeof(name), "campaign-1-%lld.eml", (long long)id);
		put_file(name, "");
	}
	commit();
	sender_erase(&s, true);
	for (; s.erased_count && turns < 9; turns++) {
		record();
		sender_erase(&s, false);
	}
	assert_int_equal(turns, 3);
	assert_int_equal(raw_int("SELECT count(*) FROM erasure"), 0);
	assert_false(is_there("campaign-1-1.eml"));
	assert_false(is_there("campaign-1-129.eml"));
	close_sender();
}

/* The log keeps old pages: it is emptied once nobody reads, and until then tried again. */
static void
log_is_emptied(void **state)
{
	char wal[128];
	struct stat st;

	(void)state;
	open_with_folder();
	erase_ann();
	sender_erase(&s, true);
	record();
	assert_true(s.checkpoint_us > 0);
	snprintf(wal, sizeof(wal), "%s-wal", store_path);
	assert_int_equal(stat(wal, &st), 0);
	assert_true(st.st_size > 0);
	assert_int_equal(raw_exec("BEGIN; SELECT count(*) FROM subscriber"), SQLITE_OK); /* somebody reads */
	sender_erase(&s, false);
	assert_true(s.checkpoint_us > 0);
	assert_int_equal(raw_exec("COMMIT"), SQLITE_OK);
	sender_erase(&s, false);
	assert_int_equal(s.checkpoint_us, 0);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_size, 0);
	close_sender();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		sender_test(whose_file),
		sender_test(held),
		sender_test(held_by_mail),
		sender_test(not_deleted),
		sender_test(no_folder),
		sender_test(many),
		sender_test(log_is_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
