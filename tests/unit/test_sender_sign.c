/* test_sender_sign.c - what the threads give back is what one thread alone would have made, and each job comes back once. */
#include "../../daemon/sender_sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../daemon/role.h"
#include "../../daemon/sandbox_calls.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/dkim.h"

#define NOW 1767225600 /* the clock stands still, so that t= and with it the signature is the same */

static struct dkim *
ed25519(const char *omit)
{
	struct buf pem = BUF_INIT;
	struct err e = ERR_INIT;
	struct dkim_spec spec = { .domain = "example.org", .ed25519_selector = "s", .omit = omit };
	struct dkim *d;

	assert_int_equal(dkim_keygen(DKIM_ED25519, 0, &pem, &e), 0);
	spec.ed25519_pem = pem.data;
	d = dkim_new(&spec, &e);
	assert_non_null(d);
	buf_release(&pem);
	return d;
}

static void
message(struct buf *out, uint64_t tag)
{
	buf_addf(out, "From: a@example.org\r\nSubject: %llu\r\n\r\nNumber %llu.  \r\n%.*s\r\n", (unsigned long long)tag,
	    (unsigned long long)tag, (int)(tag % 70), "----------------------------------------------------------------------");
}

static void
submit(struct signers *s, uint64_t tag, const struct dkim *d)
{
	struct buf *b = signers_begin(s, tag, d);

	assert_non_null(b);
	assert_int_equal(b->len, 0);
	message(b, tag);
	signers_submit(s);
}

static int
readable(const struct signers *s, int ms)
{
	struct pollfd p = { .fd = signers_fd(s), .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

static struct sign_job *
take(struct signers *s, uint64_t *tag)
{
	struct sign_job *job;

	while (!(job = signers_take(s, tag)))
		if (!readable(s, 10000))
			fail_msg("nothing comes back");
	return job;
}

/* The bytes are those that one thread alone makes. */
static void
assert_signed(const struct sign_job *job, uint64_t tag, const struct dkim *d, struct dkim_work *w)
{
	struct buf got = BUF_INIT, want = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;

	assert_null(sign_job_failed(job));
	message(&text, tag);
	assert_int_equal(dkim_sign(d, w, text.data, text.len, NOW, &want, &e), 0);
	buf_add(&want, text.data, text.len);
	sign_job_put(job, &got);
	assert_string_equal(got.data, want.data);
	assert_int_equal(sign_job_size(job), want.len);
	sign_job_put(job, &got); /* appended, and more than once */
	assert_int_equal(got.len, 2 * want.len);
	buf_release(&got);
	buf_release(&want);
	buf_release(&text);
}

static void
each_comes_back_once(void **state)
{
	enum {
		MANY = 20000,
		JOBS = 37
	};
	struct dkim *d[2] = { ed25519(NULL), ed25519("subject") };
	struct dkim_work *w = dkim_work_new();
	struct err e = ERR_INIT;
	struct signers *s = signers_new(JOBS, &e);
	unsigned char *seen = calloc(MANY, 1);
	uint64_t tag, sent = 0, back = 0;
	struct sign_job *job;

	(void)state;
	assert_non_null(s);
	assert_false(readable(s, 0));
	while (back < MANY) {
		while (sent < MANY && sent - back < JOBS) {
			submit(s, sent, d[sent % 2]);
			sent++;
		}
		assert_int_equal(signers_busy(s), sent - back);
		if (sent < MANY && sent - back == JOBS)
			assert_null(signers_begin(s, sent, d[0]));
		job = take(s, &tag);
		assert_in_range(tag, 0, MANY - 1);
		assert_int_equal(seen[tag]++, 0);
		if (tag % 64 < 2)
			assert_signed(job, tag, d[tag % 2], w);
		signers_release(s, job);
		back++;
	}
	assert_null(signers_take(s, &tag));
	usleep(20000); /* a thread's last write */
	assert_null(signers_take(s, &tag));
	assert_false(readable(s, 0));
	assert_int_equal(signers_busy(s), 0);
	signers_free(s);
	dkim_work_free(w);
	dkim_free(d[0]);
	dkim_free(d[1]);
	free(seen);
}

/* One after the other: the loop is told of each, also when the threads sleep in between. */
static void
one_at_a_time(void **state)
{
	struct dkim *d = ed25519(NULL);
	struct dkim_work *w = dkim_work_new();
	struct err e = ERR_INIT;
	struct signers *s = signers_new(4, &e);
	struct sign_job *job;
	uint64_t tag, i;

	(void)state;
	for (i = 0; i < 300; i++) {
		submit(s, i, d);
		if (i % 50 == 0)
			usleep(3000);
		assert_true(readable(s, 10000));
		job = take(s, &tag);
		assert_int_equal(tag, i);
		assert_signed(job, tag, d, w);
		signers_release(s, job);
	}
	signers_free(s);
	dkim_work_free(w);
	dkim_free(d);
}

static void
what_cannot_be_signed(void **state)
{
	struct dkim *d = ed25519(NULL);
	struct dkim_work *w = dkim_work_new();
	struct err e = ERR_INIT;
	struct signers *s = signers_new(1, &e);
	struct buf out = BUF_INIT, *b;
	struct sign_job *job;
	uint64_t tag;

	(void)state;
	b = signers_begin(s, 1, d);
	buf_addstr(b, "begun and given up");
	b = signers_begin(s, 7, d);
	assert_int_equal(b->len, 0);
	buf_addstr(b, "Subject: no From\r\n\r\n");
	signers_submit(s);
	job = take(s, &tag);
	assert_int_equal(tag, 7);
	assert_non_null(sign_job_failed(job));
	assert_non_null(strstr(sign_job_failed(job), "no From"));
	sign_job_put(job, &out);
	assert_string_equal(out.data, "Subject: no From\r\n\r\n");
	signers_release(s, job);

	/* and the same job serves the next message */
	submit(s, 8, d);
	job = take(s, &tag);
	assert_signed(job, 8, d, w);
	signers_release(s, job);
	buf_release(&out);
	signers_free(s);
	dkim_work_free(w);
	dkim_free(d);
}

/* Freed with jobs that wait, that are being signed, that are finished, that are taken. */
static void
freed_in_the_middle(void **state)
{
	struct dkim *d = ed25519(NULL);
	struct err e = ERR_INIT;
	struct signers *s;
	uint64_t i, tag;
	int round;

	(void)state;
	signers_free(NULL);
	for (round = 0; round < 30; round++) {
		s = signers_new(64, &e);
		assert_non_null(s);
		for (i = 0; i < (uint64_t)(round % 2 ? 50 : round); i++)
			submit(s, i, d);
		if (round % 3 == 1)
			take(s, &tag);
		signers_begin(s, 99, d);
		signers_free(s);
	}
	dkim_free(d);
}

static size_t
threads_named(const char *name)
{
	char path[300], comm[32];
	DIR *dir = opendir("/proc/self/task");
	struct dirent *t;
	size_t n = 0;
	FILE *f;

	while ((t = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", t->d_name);
		f = t->d_name[0] != '.' ? fopen(path, "r") : NULL;
		if (f && fgets(comm, sizeof(comm), f) && strcspn(comm, "\n") == strlen(name) && strncmp(comm, name, strlen(name)) == 0)
			n++;
		if (f)
			fclose(f);
	}
	closedir(dir);
	return n;
}

static void
one_thread_a_core(void **state)
{
	struct err e = ERR_INIT;
	struct signers *s = signers_new(1, &e);
	cpu_set_t set;
	int tries = 200;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	while (threads_named("signer") != (size_t)CPU_COUNT(&set) && tries--)
		usleep(10000);
	assert_int_equal(threads_named("signer"), CPU_COUNT(&set));
	signers_free(s);
	assert_int_equal(threads_named("signer"), 0);
}

/* The sender makes them after its sandbox is shut: 0, or where it went wrong. */
static int
in_sandbox(struct dkim *d)
{
	struct err e = ERR_INIT;
	struct signers *s;
	struct buf out = BUF_INIT;
	struct sign_job *job;
	uint64_t tag;
	bool loaded;

	if (sandbox_calls(&roles[ROLE_SENDER], &loaded, &e) == -1 || !loaded)
		return 1;
	s = signers_new(2, &e);
	if (!s)
		return 2;
	message(signers_begin(s, 3, d), 3);
	signers_submit(s);
	while (!(job = signers_take(s, &tag)))
		if (!readable(s, 10000))
			return 3;
	if (sign_job_failed(job))
		return 4;
	sign_job_put(job, &out);
	if (strncmp(out.data, "DKIM-Signature: v=1; a=ed25519-sha256;", 38) != 0)
		return 5;
	signers_release(s, job);
	signers_free(s);
	buf_release(&out);
	dkim_free(d);
	return 0;
}

static void
inside_the_sandbox(void **state)
{
	struct dkim *d = ed25519(NULL);
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0)
		_exit(in_sandbox(d));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	dkim_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_comes_back_once),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(what_cannot_be_signed),
		cmocka_unit_test(freed_in_the_middle),
		cmocka_unit_test(one_thread_a_core),
		cmocka_unit_test(inside_the_sandbox),
	};

	clock_set(NOW);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
