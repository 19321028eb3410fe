/* test_inbound_poll.c - one mailbox worked through, and the role's rounds: what cannot be read, recorded or removed keeps nobody else. */
#include "../../daemon/inbound.h"

#include "store_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "../../daemon/role.h"
#include "base/link.h"
#include "mail/report.h"
#include "site/inbound.h"
#include "store/counter.h"

#define LETTER "From: ann@example.org\r\nTo: news@quietharbour.example\r\nSubject: A question\r\n\r\nIs there an evening group?\r\n"

static struct role_run run;
static struct conf_mailbox mailbox;
static char url[128], nothing[] = "", second[] = "second", second_url[128], suspect[MAILBOX_UID];
static int stop[2];

static void
in_box(char path[160], const char *box, const char *name)
{
	snprintf(path, 160, "%s/%s%s%s", folder, box, name[0] ? "/" : "", name);
}

static void
make_box(const char *box)
{
	static const char *const parts[] = { "", "new", "cur", "tmp" };
	char path[160];
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		in_box(path, box, parts[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
}

static void
put(const char *name, const char *bytes, size_t n)
{
	char file[64], path[160];

	snprintf(file, sizeof(file), "new/%s", name);
	in_box(path, "box", file);
	ok(file_write(path, 0600, bytes, n, &err));
}

static int
files_left(void)
{
	char path[160];
	const struct dirent *d;
	int n = 0;
	DIR *dir;

	in_box(path, "box", "new");
	dir = opendir(path);
	assert_non_null(dir);
	while ((d = readdir(dir)))
		n += d->d_name[0] != '.';
	closedir(dir);
	return n;
}

static int
box_setup(void **state)
{
	static const char conf[] = "[site]\nname = Quiet Harbour\nurl = https://news.quietharbour.example\n"
				   "[mail]\nfrom = news@quietharbour.example\nbounce = bounce@quietharbour.example\n";
	char path[160];
	int id;

	if (store_setup(state) == -1)
		return -1;
	memset(&run, 0, sizeof(run));
	in_box(path, "newsletter.conf", "");
	if (file_write(path, 0600, conf, sizeof(conf) - 1, &err) == -1 || conf_load(&run.site.conf, path, &err) == -1 ||
	    link_keys_create(folder, &id, &err) == -1 || !(run.site.links = link_keys_load(folder, &err)) || pipe(stop) == -1) {
		print_error("%s\n", err.text);
		return -1;
	}
	run.site.db = db;
	run.stop_fd = stop[0];
	pulse_init(&run.pulse, "inbound", 0);
	run.pulse.next_us = INT64_MAX;
	make_box("box");
	snprintf(url, sizeof(url), "maildir:%s/box", folder);
	mailbox = (struct conf_mailbox){
		.name = nothing,
		.url = url,
		.user = nothing,
		.password_file = nothing,
		.token_file = nothing,
		.tls = nothing,
		.ca_file = nothing,
		.move_to = nothing,
		.every = 300,
		.timeout = 5,
	};
	suspect[0] = '\0';
	/* in which order messages were dealt with */
	raw_exec("CREATE TABLE seen (n INTEGER PRIMARY KEY, uid TEXT);"
		 "CREATE TRIGGER seen AFTER INSERT ON returned BEGIN INSERT INTO seen (uid) VALUES (NEW.uid); END");
	return 0;
}

static int
box_teardown(void **state)
{
	close(stop[0]);
	close(stop[1]);
	link_keys_free(run.site.links);
	conf_release(&run.site.conf);
	return store_teardown(state);
}

#define box_test(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)

static struct inbound_poll polled;

static int
poll_box(void)
{
	polled = (struct inbound_poll){
		.site = &run.site, .conf = &mailbox, .stop_fd = run.stop_fd, .name = "inbound", .suspect = suspect
	};
	return inbound_poll(&polled, &err);
}

#define SEEN "SELECT coalesce(group_concat(uid, ' '), '') FROM (SELECT uid FROM seen ORDER BY n)"
#define COUNTED(name) "SELECT coalesce(sum(value), 0) FROM counter WHERE name = '" name "'"

/* One that is too long is left where it is, unread, and is not fetched again; a large one is read as others are. */
static void
too_long(void **state)
{
	struct buf large = BUF_INIT;
	char path[160];

	(void)state;
	put("1.long", LETTER, sizeof(LETTER) - 1);
	in_box(path, "box", "new/1.long");
	assert_int_equal(truncate(path, REPORT_BYTES + 1), 0);
	buf_addstr(&large, LETTER);
	while (large.len < 200000)
		buf_addstr(&large, "And so it goes on, and on.\r\n");
	put("2.large", large.data, large.len);
	buf_release(&large);
	put("3.short", LETTER, sizeof(LETTER) - 1);
	ok(poll_box());
	assert_int_equal(polled.tally.messages, 3);
	assert_int_equal(polled.tally.outcome[INBOUND_UNREADABLE], 1);
	assert_int_equal(polled.tally.outcome[INBOUND_LEFT], 2);
	assert_int_equal(raw_int(COUNTED("inbound_unreadable")), 1);
	assert_int_equal(files_left(), 3);
	ok(poll_box());
	assert_int_equal(polled.tally.messages, 0);
	assert_string_equal(raw_text(SEEN), "1.long 2.large 3.short");
}

/* Where the last poll failed the next one does not begin. */
static void
suspected(void **state)
{
	(void)state;
	put("1.a", LETTER, sizeof(LETTER) - 1);
	put("2.b", LETTER "b", sizeof(LETTER));
	put("3.c", LETTER "c", sizeof(LETTER));
	strcpy(suspect, "1.a");
	ok(poll_box());
	assert_string_equal(raw_text(SEEN), "2.b 3.c 1.a");
	assert_string_equal(suspect, "");
	put("4.d", LETTER "d", sizeof(LETTER));
	strcpy(suspect, "1.a"); /* has been dealt with */
	ok(poll_box());
	assert_string_equal(raw_text(SEEN), "2.b 3.c 1.a 4.d");
}

/* A message that cannot be recorded waits for the next poll, and the others do not wait for it; if none can be, the store is in trouble. */
static void
not_recorded(void **state)
{
	char name[16];
	int i;

	(void)state;
	for (i = 1; i < 8; i++) {
		snprintf(name, sizeof(name), "%d.x", i);
		put(name, LETTER, sizeof(LETTER) - 1);
	}
	raw_exec("CREATE TRIGGER one BEFORE INSERT ON returned WHEN NEW.uid = '2.x' BEGIN SELECT RAISE(ABORT, 'not this one'); END");
	refused(poll_box(), ERR_SYSTEM);
	assert_int_equal(polled.tally.messages, 6);
	assert_string_equal(raw_text(SEEN), "1.x 3.x 4.x 5.x 6.x 7.x");
	assert_int_equal(raw_int(COUNTED("inbound_polls")), 0);
	raw_exec("DROP TRIGGER one");
	ok(poll_box());
	assert_string_equal(raw_text(SEEN), "1.x 3.x 4.x 5.x 6.x 7.x 2.x");
	assert_int_equal(raw_int(COUNTED("inbound_polls")), 1);
	raw_exec("DELETE FROM returned; DELETE FROM seen");
	raw_exec("CREATE TRIGGER none BEFORE INSERT ON returned BEGIN SELECT RAISE(ABORT, 'none'); END");
	refused(poll_box(), ERR_SYSTEM);
	assert_int_equal(polled.put_off, 3);
	raw_exec("DROP TRIGGER none");
	ok(poll_box());
	assert_int_equal(polled.tally.messages, 7);
}

/* A poll that cannot be noted has failed, though all of its messages are dealt with: the next one notes it. */
static void
not_noted(void **state)
{
	(void)state;
	put("1.a", LETTER, sizeof(LETTER) - 1);
	raw_exec("CREATE TRIGGER no BEFORE INSERT ON counter WHEN NEW.name = 'inbound_polls' BEGIN SELECT RAISE(ABORT, 'no'); END");
	refused(poll_box(), ERR_SYSTEM);
	assert_string_equal(raw_text(SEEN), "1.a");
	raw_exec("DROP TRIGGER no");
	ok(poll_box());
	assert_int_equal(polled.tally.messages, 0);
	assert_int_equal(raw_int(COUNTED("inbound_polls")), 1);
}

/* What cannot even note that it begins reads nothing: it might die of it, and nobody would know. */
static void
not_begun(void **state)
{
	(void)state;
	put("1.a", LETTER, sizeof(LETTER) - 1);
	raw_exec("CREATE TRIGGER no BEFORE INSERT ON pace WHEN NEW.scope LIKE 'inbound-reading%' BEGIN SELECT RAISE(ABORT, 'no'); END");
	refused(poll_box(), ERR_SYSTEM);
	assert_string_equal(raw_text(SEEN), "");
	raw_exec("DROP TRIGGER no");
	ok(poll_box());
	assert_string_equal(raw_text(SEEN), "1.a");
}

/* More than are removed at once: all of them go, and their rows. */
static void
many_to_remove(void **state)
{
	char name[16], sql[160];
	int i;

	(void)state;
	put("0.a", LETTER, sizeof(LETTER) - 1);
	ok(poll_box());
	raw_exec("BEGIN");
	for (i = 1; i <= 501; i++) {
		snprintf(name, sizeof(name), "%d.x", i);
		put(name, "x", 1);
		snprintf(sql, sizeof(sql), "INSERT INTO returned SELECT mailbox, '%s', 0, at FROM returned WHERE uid = '0.a'", name);
		raw_exec(sql);
	}
	raw_exec("COMMIT");
	assert_int_equal(files_left(), 502);
	ok(poll_box());
	assert_int_equal(polled.removed, 501);
	assert_int_equal(files_left(), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM returned"), 1);
}

/* Told to stop: nothing is begun. */
static void
told_to_stop(void **state)
{
	(void)state;
	put("1.a", LETTER, sizeof(LETTER) - 1);
	assert_int_equal(write(stop[1], "", 1), 1);
	refused(poll_box(), ERR_BUSY);
	assert_string_equal(raw_text(SEEN), "");
	assert_int_equal(files_left(), 1);
}

static char pipe_path[160];

/* Somebody who begins to write as soon as the mailbox is being read, tells the role to stop, and goes on for a moment. */
static void *
writer(void *arg)
{
	const struct timespec moment = { 0, 50000000 };
	int fd = open(pipe_path, O_WRONLY); /* somebody reads it */

	(void)arg;
	if (fd == -1 || raw_exec("BEGIN IMMEDIATE") != SQLITE_OK || write(stop[1], "", 1) != 1 || write(fd, "secret\n", 7) != 7)
		abort();
	close(fd);
	nanosleep(&moment, NULL);
	raw_exec("ROLLBACK");
	return NULL;
}

/* Told to stop while somebody else writes: that it was reading is taken back, or its next life would suspect that it died of it. */
static void
stopped_beside_a_writer(void **state)
{
	char user[] = "bounce";
	struct reading was;
	pthread_t thread;

	(void)state;
	put("1.a", LETTER, sizeof(LETTER) - 1);
	in_box(pipe_path, "password", "");
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	mailbox.user = user;
	mailbox.password_file = pipe_path;
	assert_int_equal(pthread_create(&thread, NULL, writer, NULL), 0);
	refused(poll_box(), ERR_BUSY);
	assert_int_equal(pthread_join(thread, NULL), 0);
	ok(reading_get(db, "", &was, &err));
	assert_false(was.interrupted);
}

/* The mailbox's secret is a token or a password; either is read anew for each poll. */
static void
secrets(void **state)
{
	char none[] = "/nowhere/token", password[160], user[] = "bounce", host[] = "imap://127.0.0.1:1", no_tls[] = "none";

	(void)state;
	in_box(password, "password", "");
	ok(file_write(password, 0600, "secret\n", 7, &err));
	mailbox.url = host;
	mailbox.user = user;
	mailbox.tls = no_tls;
	mailbox.password_file = password;
	assert_int_equal(poll_box(), -1); /* nobody listens there */
	assert_non_null(strstr(err.text, "127.0.0.1"));
	mailbox.password_file = nothing;
	mailbox.token_file = none;
	assert_int_equal(poll_box(), -1);
	assert_non_null(strstr(err.text, none));
	mailbox.token_file = password;
	assert_int_equal(poll_box(), -1);
	assert_non_null(strstr(err.text, "127.0.0.1"));
}

#define MINUTES(n) (INT64_C(60000000) * (n))

static const struct {
	const char *name;
	int64_t every; /* seconds */
	int failures;
	int64_t want_us; /* until the next poll */
} waits[] = {
	{ "one that is read every ten seconds: as soon as always", 10, 1, 10000000 },
	{ "then twice as long", 10, 2, 20000000 },
	{ "and again", 10, 3, 40000000 },
	{ "one that is read every hour: in a minute", 3600, 1, MINUTES(1) },
	{ "sixteen minutes", 3600, 5, MINUTES(16) },
	{ "half an hour", 3600, 6, MINUTES(30) },
	{ "and no longer", 3600, 100, MINUTES(30) },
};

static void
rounds(void **state)
{
	struct conf_mailbox conf = { 0 };
	struct inbound_round m;
	int64_t now;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		conf.every = waits[i].every;
		m = (struct inbound_round){ .conf = &conf };
		now = 1000;
		for (n = 1; n <= waits[i].failures; n++) {
			now = n == 1 ? now : m.next_us;
			inbound_round_failed(&m, now);
		}
		if (m.next_us - now != waits[i].want_us)
			fail_msg("%s: after %lld us", waits[i].name, (long long)(m.next_us - now));
	}
	/* six hours: once it is said, until it is in order again */
	m = (struct inbound_round){ .conf = &conf };
	assert_false(inbound_round_failed(&m, 1));
	assert_false(inbound_round_failed(&m, MINUTES(360)));
	assert_true(inbound_round_failed(&m, MINUTES(360) + 1));
	assert_false(inbound_round_failed(&m, MINUTES(400)));
	assert_true(m.stuck);
	inbound_round_went_well(&m, MINUTES(401), MINUTES(402), false);
	assert_int_equal(m.next_us, MINUTES(461));
	assert_false(m.stuck);
	assert_false(inbound_round_failed(&m, MINUTES(461)));
	/* there is more in it than one poll takes: at once */
	inbound_round_went_well(&m, MINUTES(462), MINUTES(463), true);
	assert_int_equal(m.next_us, MINUTES(463));
}

static void
wait_for(const char *sql)
{
	const struct timespec pause = { 0, 2000000 };
	int tries;

	for (tries = 0; raw_int(sql) == 0; tries++) {
		assert_in_range(tries, 0, 10000);
		nanosleep(&pause, NULL);
	}
}

/* A stranger: sees the second mailbox read though the first is not there, makes the first, sees it read, and tells the role to end. */
static void *
stranger(void *arg)
{
	(void)arg;
	wait_for("SELECT count(*) FROM seen WHERE uid = '2.b'");
	raw_exec("DROP TRIGGER no");
	wait_for("SELECT count(*) FROM pace WHERE scope = 'inbound-trouble' AND subject = ''");
	make_box("late");
	wait_for("SELECT count(*) FROM pace WHERE scope = 'inbound-polled' AND subject = ''");
	if (write(stop[1], "", 1) != 1)
		abort();
	return NULL;
}

/* A mailbox that is not there, whose trouble cannot even be recorded at first, keeps nobody else; and is read once it is there. */
static void
one_in_trouble(void **state)
{
	struct conf *c = &run.site.conf;
	pthread_t thread;

	(void)state;
	put("2.b", LETTER, sizeof(LETTER) - 1);
	raw_exec("CREATE TRIGGER no BEFORE INSERT ON pace WHEN NEW.scope = 'inbound-trouble' BEGIN SELECT RAISE(ABORT, 'no'); END");
	c->mailboxes = 2;
	c->mailbox[0] = mailbox;
	c->mailbox[0].every = 0;
	snprintf(second_url, sizeof(second_url), "maildir:%s/late", folder);
	c->mailbox[0].url = second_url;
	c->mailbox[1] = mailbox;
	c->mailbox[1].name = second;
	assert_int_equal(pthread_create(&thread, NULL, stranger, NULL), 0);
	ok(inbound_run(&run, &err));
	assert_int_equal(pthread_join(thread, NULL), 0);
	c->mailboxes = 0; /* none of its texts is the configuration's */
	assert_true(raw_int(COUNTED("inbound_failures")) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		box_test(too_long),
		box_test(suspected),
		box_test(not_recorded),
		box_test(not_noted),
		box_test(not_begun),
		box_test(many_to_remove),
		box_test(told_to_stop),
		box_test(stopped_beside_a_writer),
		box_test(secrets),
		cmocka_unit_test(rounds),
		box_test(one_in_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
