/* test_clerk.c - the clerk's loop, which goes on at once while there is more to do; and a letter for which there is no place. */
#include "clerk_fixture.h"

#include <pthread.h>
#include <time.h>

#include "../../daemon/role.h"
#include "store/campaign.h"

static int stop[2];

static void
wait_for(const char *sql)
{
	const struct timespec pause = { 0, 2000000 };
	int tries;

	for (tries = 0; raw_int(sql) == 0 && tries < 10000; tries++)
		nanosleep(&pause, NULL);
}

/* Sees that one duty which fails keeps no other from being done; ends the role once that one is done, too. */
static void *
stranger(void *arg)
{
	(void)arg;
	wait_for("SELECT state = 'sending' FROM campaign");
	raw_exec("DROP TRIGGER no");
	clock_set(T0 + 240); /* it looks once a minute */
	wait_for("SELECT count(*) = 0 FROM signup_request");
	if (write(stop[1], "", 1) != 1)
		abort();
	return NULL;
}

static void
test_loop(void **state)
{
	static struct role_run run;
	pthread_t thread;
	struct campaign c = { .kind = "promotion", .created_by = "ann", .start_at = T0 + 100 };
	uint8_t form[CONSENT_HASH];
	int rc;

	(void)state;
	/* the first is let through, the second one waits, for too long */
	site.conf.signup_total = (struct conf_rate){ 1, 3600 };
	begin();
	ok(consent_wording(db, "By pressing the button", form, &err));
	commit();
	rc = raw_exec("INSERT INTO signup_request SELECT NULL, 'signup', a, a, '', '1', '', '', 1, hash, 1, 1, NULL, NULL, NULL, NULL, "
		      "NULL FROM form_text, (SELECT 'a@b.org' AS a UNION SELECT 'b@b.org')");
	assert_int_equal(rc, SQLITE_OK);
	site.conf.signup_hold = 60;
	ok(clerk_signups(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM signup_request WHERE held_by = 'total'"), 1);
	clock_set(T0 + 120);
	c.topic_id = news;
	begin();
	ok(campaign_create(db, &c, &err));
	commit();
	assert_int_equal(raw_exec("CREATE TRIGGER no BEFORE DELETE ON signup_request BEGIN SELECT RAISE(ABORT, 'no'); END"), SQLITE_OK);
	assert_int_equal(pipe(stop), 0);
	run = (struct role_run){ .site = site, .stop_fd = stop[0] };
	pulse_init(&run.pulse, "clerk", 0);
	assert_int_equal(pthread_create(&thread, NULL, stranger, NULL), 0);
	ok(clerk_run(&run, &err));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(raw_int("SELECT count(*) FROM signup_request"), 0);
	assert_string_equal(raw_text("SELECT state FROM campaign"), "sending");
	assert_int_equal(raw_int("SELECT count(*) FROM role WHERE name = 'clerk'"), 1);
	close(stop[0]);
	close(stop[1]);
}

/* A folder that takes nothing: the letter stays in the store, and is tried again in a minute, not twice a second. */
static void
test_no_place(void **state)
{
	char aside[96], *configured = site.conf.store_aside, path[96];
	int rc;

	(void)state;
	snprintf(path, sizeof(path), "%s/file", folder);
	ok(file_write(path, 0600, "x", 1, &err));
	snprintf(aside, sizeof(aside), "%s/file/aside", folder);
	site.conf.store_aside = aside;
	rc = raw_exec("INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at) "
		      "VALUES ('forward', 'desk@quietharbour.example', CAST('From: a@b.example' AS BLOB), 'queued', 1, 2, 1)");
	assert_int_equal(rc, SQLITE_OK);
	rc = clerk_lost(&clerk, &err);
	site.conf.store_aside = configured;
	refused(rc, ERR_SYSTEM);
	snprintf(path, sizeof(path), "%s/aside", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	clock_set(T0 + 59);
	ok(clerk_lost(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE message IS NOT NULL"), 1);
	clock_set(T0 + 60);
	ok(clerk_lost(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE message IS NOT NULL"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		clerk_test(test_loop),
		clerk_test(test_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
