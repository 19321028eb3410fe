/* test_turn.c - the fair writers' lock, between processes. */
#include "store/turn.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"

#define WRITERS_MAX 6

/* What the processes of one test share. */
struct shared {
	atomic_int turns;              /* taken so far, by anyone */
	atomic_int inside;             /* who writes now */
	atomic_int overlaps;           /* two wrote at once */
	atomic_int worst[WRITERS_MAX]; /* most turns of others between asking and getting */
	atomic_int taken[WRITERS_MAX];
};

static char path[] = "/tmp/newsletter-turn.XXXXXX";
static struct shared *shared;

static void
pause_us(long us)
{
	const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	if (us)
		nanosleep(&t, NULL);
}

static void
must_open(struct turn *t)
{
	struct err e = ERR_INIT;

	*t = TURN_INIT;
	if (turn_open(t, path, &e) == -1)
		abort();
}

/* One turn: ask every `poll_us`, write for `hold_us`; *worst is the most turns that others took while this one waited. */
static void
take_turn(struct turn *t, int me, long poll_us, long hold_us)
{
	bool mine = turn_try(t);
	int since, others;

	since = atomic_load(&shared->turns); /* from here on we stand in the queue */
	while (!mine) {
		pause_us(poll_us);
		mine = turn_try(t);
	}
	others = atomic_fetch_add(&shared->turns, 1) - since;
	if (others > atomic_load(&shared->worst[me]))
		atomic_store(&shared->worst[me], others);
	if (atomic_fetch_add(&shared->inside, 1))
		atomic_fetch_add(&shared->overlaps, 1);
	pause_us(hold_us);
	atomic_fetch_sub(&shared->inside, 1);
	atomic_fetch_add(&shared->taken[me], 1);
	turn_leave(t);
}

struct writer {
	long poll_us, hold_us, rest_us;
};

static pid_t
start(int me, const struct writer *w, int64_t for_us)
{
	int64_t end = clock_mono_us() + for_us;
	struct turn t;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves nobody behind */
	must_open(&t);
	while (clock_mono_us() < end) {
		take_turn(&t, me, w->poll_us, w->hold_us);
		pause_us(w->rest_us);
	}
	_exit(0);
}

static const struct {
	const char *name;
	int count;
	struct writer writers[WRITERS_MAX];
} cases[] = {
	{ "two equals", 2, { { 1000, 300, 0 }, { 1000, 300, 0 } } },
	{ "three equals", 3, { { 1000, 300, 0 }, { 1000, 300, 0 }, { 1000, 300, 0 } } },
	{ "one spins, two poll", 3, { { 0, 300, 0 }, { 1000, 300, 0 }, { 2000, 300, 0 } } },
	{ "one never rests, two come now and then", 3, { { 100, 3000, 0 }, { 1000, 100, 5000 }, { 1000, 100, 7000 } } },
	{ "six", 6, { { 0, 200, 0 }, { 100, 200, 0 }, { 1000, 200, 0 }, { 1000, 200, 500 }, { 2000, 200, 0 }, { 2000, 1000, 3000 } } },
};

static void
test_fair(void **state)
{
	pid_t pid[WRITERS_MAX];
	size_t i;
	int j, status;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(shared, 0, sizeof(*shared));
		for (j = 0; j < cases[i].count; j++)
			pid[j] = start(j, &cases[i].writers[j], 400000);
		for (j = 0; j < cases[i].count; j++) {
			assert_int_equal(waitpid(pid[j], &status, 0), pid[j]);
			assert_int_equal(status, 0);
		}
		for (j = 0; j < cases[i].count; j++) {
			/* each of the others goes first once, and once more when it asked at the same moment */
			if (shared->worst[j] > 2 * (cases[i].count - 1) || shared->taken[j] < 5)
				fail_msg("%s: writer %d had %d turns and waited for %d of the others'", cases[i].name, j,
				    shared->taken[j], shared->worst[j]);
		}
		if (shared->overlaps)
			fail_msg("%s: two wrote at once, %d times", cases[i].name, shared->overlaps);
	}
}

/* Let a child stand at a place of the queue until it is killed. */
static pid_t
stand(int64_t want_ticket)
{
	struct turn t;
	pid_t pid = fork();

	if (pid) {
		while (atomic_load(&shared->taken[0]) == 0)
			pause_us(200);
		assert_int_equal(shared->taken[0], want_ticket + 1);
		atomic_store(&shared->taken[0], 0);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	must_open(&t);
	turn_try(&t);
	atomic_store(&shared->taken[0], (int)t.ticket + 1);
	for (;;)
		pause();
}

static void
end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void
test_killed(void **state)
{
	struct turn t;
	pid_t writer, waiter, last;

	(void)state;
	memset(shared, 0, sizeof(*shared));
	writer = stand(0);
	waiter = stand(1);
	must_open(&t);
	assert_false(turn_try(&t));
	assert_int_equal(t.ticket, 2);
	last = stand(3);
	end(waiter); /* who waited before us is gone, but the writer still writes */
	assert_false(turn_try(&t));
	end(writer);
	assert_true(turn_try(&t));
	turn_leave(&t);
	assert_false(turn_try(&t)); /* behind the one who waits */
	assert_int_equal(t.ticket, 4);
	end(last);
	assert_true(turn_try(&t));
	turn_close(&t);
}

static void
test_queue(void **state)
{
	struct turn t[20]; /* open file descriptions queue within one process too */
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		must_open(&t[i]);
		assert_int_equal(turn_try(&t[i]), i == 0);
		assert_int_equal(t[i].ticket, i);
	}
	assert_true(turn_try(&t[0])); /* asking again while writing */
	assert_false(turn_try(&t[19]));
	turn_leave(&t[2]); /* not interested any more */
	turn_leave(&t[0]);
	assert_false(turn_try(&t[3]));
	assert_false(turn_try(&t[0])); /* back at once: behind all who wait */
	assert_int_equal(t[0].ticket, 20);
	assert_true(turn_try(&t[1]));
	assert_false(turn_try(&t[3]));
	turn_leave(&t[1]);
	turn_leave(&t[1]); /* harmless */
	assert_false(turn_try(&t[4]));
	for (i = 3; i < 20; i++) {
		assert_true(turn_try(&t[i]));
		turn_close(&t[i]);
	}
	assert_true(turn_try(&t[0]));
	assert_false(turn_try(&t[1]));
	assert_int_equal(t[1].ticket, 1); /* nobody waited: tickets begin anew */
	for (i = 0; i < 20; i++)
		turn_close(&t[i]);
}

static void
test_open(void **state)
{
	struct turn t = TURN_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(turn_open(&t, "/nonexistent/lock", &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_non_null(strstr(e.text, "/nonexistent/lock"));
	turn_close(&t);
}

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fd == -1 || shared == MAP_FAILED)
		return -1;
	close(fd);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	munmap(shared, sizeof(*shared));
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fair),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
