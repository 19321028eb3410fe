/* test_clerk.c - the clerk's loop, which goes on at once while there is more to do; and a letter for which there is no place. */
#include "clerk_fixture.h"

#include <pthread.h>
#include <time.h>

#include "../../daemon/role.h"

static int stop[2];

/* Ends the role once what has waited for too long is dropped. */
static void *
stranger(void *arg)
{
	const struct timespec pause = { 0, 2000000 };
	int tries;

	(void)arg;
	for (tries = 0; raw_int("SELECT count(*) FROM signup_request") != 0 && tries < 10000; tries++)
		nanosleep(&pause, NULL);
	if (write(stop[1], "", 1) != 1)
		abort();
	return NULL;
}

static void
test_loop(void **state)
{
	static struct role_run run;
	pthread_t thread;
	uint8_t form[CONSENT_HASH];
	int rc;

	(void)state;
	/* the first is let through, the second one waits, for too long */
	site.conf.signup_total = (struct conf_rate){ 1, 3600 };
	begin();
	ok(consent_wording(db, "By pressing the button", form, &err));
	commit();
	rc = raw_exec("INSERT INTO signup_request SELECT NULL, 'signup', a || '@b.example', a || '@b.example', '', '1', '', '', 1, hash, 1, 1, "
		      "NULL, NULL, NULL, NULL, NULL FROM form_text, (SELECT 'a' AS a UNION SELECT 'b')");
	assert_int_equal(rc, SQLITE_OK);
	site.conf.signup_hold = 60;
	ok(clerk_signups(&clerk, &err));
	assert_int_equal(raw_int("SELECT count(*) FROM signup_request WHERE held_by = 'total'"), 1);
	clock_set(T0 + 120);
	assert_int_equal(pipe(stop), 0);
	run = (struct role_run){ .site = site, .stop_fd = stop[0] };
	pulse_init(&run.pulse, "clerk", 0);
	assert_int_equal(pthread_create(&thread, NULL, stranger, NULL), 0);
	ok(clerk_run(&run, &err));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(raw_int("SELECT count(*) FROM signup_request"), 0);
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
