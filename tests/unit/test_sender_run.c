/* test_sender_run.c - the sender's loop when the store refuses its sign of life: nothing that it does meanwhile is lost, and it goes on. */
#include "store_fixture.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "../../daemon/role.h"
#include "base/file.h"
#include "base/link.h"
#include "store/outbox.h"

static struct role_run run;
static int stop[2];

static bool
wait_until(bool (*over)(void))
{
	const struct timespec pause = { 0, 2000000 };
	int tries;

	for (tries = 0; !over() && tries < 10000; tries++)
		nanosleep(&pause, NULL);
	return tries < 10000;
}

/* pulse_failed has put it off. */
static bool
has_failed(void)
{
	return __atomic_load_n(&run.pulse.next_us, __ATOMIC_RELAXED) != 0;
}

static bool
has_left(void)
{
	return raw_int("SELECT count(*) FROM outbox WHERE state = 'accepted'") == 1;
}

/* Sees the refusal, lets the store take it again, sees the mail leave, and tells the role to end. */
static void *
stranger(void *arg)
{
	bool *good = arg;

	*good = wait_until(has_failed);
	raw_exec("DROP TRIGGER no");
	*good &= wait_until(has_left);
	if (write(stop[1], "", 1) != 1)
		abort();
	return NULL;
}

static void
test_refused(void **state)
{
	static const char conf[] = "[site]\nname = Quiet Harbour\nurl = https://news.quietharbour.example\n"
				   "[mail]\nfrom = news@quietharbour.example\n[store]\npath = newsletter.db\noutbox = outbox\n";
	char path[96];
	pthread_t thread;
	bool good = false;
	int64_t id;
	int key;

	(void)state;
	snprintf(path, sizeof(path), "%s/outbox", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/newsletter.conf", folder);
	ok(file_write(path, 0600, conf, sizeof(conf) - 1, &err));
	memset(&run, 0, sizeof(run));
	ok(conf_load(&run.site.conf, path, &err));
	ok(link_keys_create(folder, &key, &err));
	run.site.links = link_keys_load(folder, &err);
	assert_non_null(run.site.links);
	run.site.db = db;
	assert_int_equal(pipe(stop), 0);
	run.stop_fd = stop[0];
	pulse_init(&run.pulse, "sender", 0);
	begin();
	ok(outbox_reserve(db, "confirm", 0, "ann@example.org", T0 + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	commit();
	assert_int_equal(raw_exec("CREATE TRIGGER no BEFORE INSERT ON role BEGIN SELECT RAISE(ABORT, 'no'); END"), SQLITE_OK);
	assert_int_equal(pthread_create(&thread, NULL, stranger, &good), 0);
	ok(sender_run(&run, &err));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(good);
	close(stop[0]);
	close(stop[1]);
	link_keys_free(run.site.links);
	conf_release(&run.site.conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { store_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
