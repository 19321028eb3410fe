/*
 * sender_sign.c - see sender_sign.h.
 *
 * Two lists under one lock: jobs that wait for a thread, and jobs that are
 * finished. A thread that is awake looks for the next job by itself, so a
 * wake-up is spent on a sleeping one alone; the loop is told once, of some
 * jobs together while others wait, and then not again before it has looked.
 */
#include "sender_sign.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/dkim.h"

#define THREADS_MAX 64
#define COMPANY 8                  /* while there is more to sign the loop is woken for so many: each time costs the signers a switch */
#define STACK ((size_t)512 * 1024) /* OpenSSL's RSA needs some ten KB */

struct sign_job {
	struct sign_job *next;
	uint64_t tag;
	const struct dkim *dkim;
	struct buf message, fields;
	bool failed;
	struct err why;
};

struct list {
	struct sign_job *first, **end;
};

struct signers {
	/* the loop's own */
	struct sign_job *job; /* all of them */
	size_t jobs, busy;
	struct sign_job *free, *begun;
	struct list taken; /* finished, and moved out of the lock */
	int fd;
	pthread_t thread[THREADS_MAX];
	size_t threads;

	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct list waiting, finished;
	size_t ready;  /* jobs in finished */
	size_t asleep; /* threads that sleep and that nobody has woken yet */
	bool told;     /* fd is readable, or about to be */
	bool stop;
};

static void
list_init(struct list *l)
{
	l->first = NULL;
	l->end = &l->first;
}

static void
list_add(struct list *l, struct sign_job *job)
{
	job->next = NULL;
	*l->end = job;
	l->end = &job->next;
}

static struct sign_job *
list_take(struct list *l)
{
	struct sign_job *job = l->first;

	if (job && !(l->first = job->next))
		l->end = &l->first;
	return job;
}

/* The next job, when there is one; NULL when it is over. Comes and goes with the lock held. */
static struct sign_job *
wait_for_job(struct signers *s)
{
	while (!s->stop && !s->waiting.first) {
		s->asleep++;
		pthread_cond_wait(&s->work, &s->lock);
	}
	return s->stop ? NULL : list_take(&s->waiting);
}

static void
sign(struct sign_job *job, struct dkim_work *work)
{
	buf_reset(&job->fields);
	job->failed = dkim_sign(job->dkim, work, job->message.data, job->message.len, clock_now(), &job->fields, &job->why) == -1;
}

static void
tell(const struct signers *s)
{
	const uint64_t one = 1;

	while (write(s->fd, &one, sizeof(one)) == -1 && errno == EINTR)
		;
}

static void *
thread_main(void *arg)
{
	struct dkim_work *work = dkim_work_new();
	struct signers *s = arg;
	struct sign_job *job;
	bool news;

	pthread_setname_np(pthread_self(), "signer");
	pthread_mutex_lock(&s->lock);
	while ((job = wait_for_job(s))) {
		pthread_mutex_unlock(&s->lock);
		sign(job, work);
		pthread_mutex_lock(&s->lock);
		list_add(&s->finished, job);
		s->ready++;
		news = !s->told && (s->ready >= COMPANY || !s->waiting.first);
		s->told |= news;
		if (news) { /* outside of the lock, or the loop would wake up to wait for it */
			pthread_mutex_unlock(&s->lock);
			tell(s);
			pthread_mutex_lock(&s->lock);
		}
	}
	pthread_mutex_unlock(&s->lock);
	dkim_work_free(work);
	return NULL;
}

static size_t
cores(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1; /* sysconf reads files, which the sandbox forbids */

	return n < 1 ? 1 : (n > THREADS_MAX ? THREADS_MAX : (size_t)n);
}

static int
start_threads(struct signers *s, struct err *e)
{
	size_t most = cores();
	sigset_t all, before;
	pthread_attr_t attr;
	int rc = 0;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (s->threads < most && (rc = pthread_create(&s->thread[s->threads], &attr, thread_main, s)) == 0)
		s->threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (rc) {
		errno = rc;
		return err_sys(e, "cannot start a thread that signs");
	}
	return 0;
}

struct signers *
signers_new(size_t jobs, struct err *e)
{
	struct signers *s = xcalloc(1, sizeof(*s));
	size_t i;

	s->jobs = jobs ? jobs : 1;
	s->job = xcalloc(s->jobs, sizeof(*s->job));
	for (i = 0; i < s->jobs; i++) {
		buf_init(&s->job[i].message);
		buf_init(&s->job[i].fields);
		s->job[i].next = s->free;
		s->free = &s->job[i];
	}
	list_init(&s->taken);
	list_init(&s->waiting);
	list_init(&s->finished);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->work, NULL);
	s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->fd == -1)
		err_sys(e, "cannot make an eventfd");
	else if (start_threads(s, e) == 0)
		return s;
	signers_free(s);
	return NULL;
}

void
signers_free(struct signers *s)
{
	size_t i;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->work);
	pthread_mutex_unlock(&s->lock);
	for (i = 0; i < s->threads; i++)
		pthread_join(s->thread[i], NULL);
	for (i = 0; i < s->jobs; i++) {
		buf_release(&s->job[i].message);
		buf_release(&s->job[i].fields);
	}
	if (s->fd != -1)
		close(s->fd);
	pthread_cond_destroy(&s->work);
	pthread_mutex_destroy(&s->lock);
	free(s->job);
	free(s);
}

int
signers_fd(const struct signers *s)
{
	return s->fd;
}

struct buf *
signers_begin(struct signers *s, uint64_t tag, const struct dkim *d)
{
	if (!s->begun) {
		if (!s->free)
			return NULL;
		s->begun = s->free;
		s->free = s->begun->next;
	}
	s->begun->tag = tag;
	s->begun->dkim = d;
	buf_reset(&s->begun->message);
	return &s->begun->message;
}

void
signers_submit(struct signers *s)
{
	bool wake;

	if (!s->begun)
		abort(); /* submit without begin */
	pthread_mutex_lock(&s->lock);
	list_add(&s->waiting, s->begun);
	wake = s->asleep > 0;
	if (wake)
		s->asleep--;
	pthread_mutex_unlock(&s->lock);
	if (wake)
		pthread_cond_signal(&s->work);
	s->begun = NULL;
	s->busy++;
}

size_t
signers_busy(const struct signers *s)
{
	return s->busy;
}

/* All that is finished comes out of the lock at once; from then on the loop is told again. */
static void
take_finished(struct signers *s)
{
	uint64_t count;

	pthread_mutex_lock(&s->lock);
	while (read(s->fd, &count, sizeof(count)) == -1 && errno == EINTR)
		; /* even when nobody told: a thread writes after it has left the lock, and so perhaps after its job was taken */
	s->told = false;
	s->ready = 0;
	if (s->finished.first) {
		s->taken.first = s->finished.first;
		s->taken.end = s->finished.end;
		list_init(&s->finished);
	}
	pthread_mutex_unlock(&s->lock);
}

struct sign_job *
signers_take(struct signers *s, uint64_t *tag)
{
	struct sign_job *job;

	if (!s->taken.first)
		take_finished(s);
	job = list_take(&s->taken);
	if (job)
		*tag = job->tag;
	return job;
}

const char *
sign_job_failed(const struct sign_job *job)
{
	return job->failed ? job->why.text : NULL;
}

size_t
sign_job_size(const struct sign_job *job)
{
	return job->fields.len + job->message.len;
}

void
sign_job_put(const struct sign_job *job, struct buf *out)
{
	buf_add(out, job->fields.data, job->fields.len);
	buf_add(out, job->message.data, job->message.len);
}

void
signers_release(struct signers *s, struct sign_job *job)
{
	job->next = s->free;
	s->free = job;
	s->busy--;
}
