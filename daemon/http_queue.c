/*
 * http_queue.c - group commit: what visitors asked for, written by one transaction a turn.
 *
 * A request that writes is suspended until its row is durable, and only then
 * answered. The writers' turn is tried, never waited for: other visitors are
 * served meanwhile. A request that fails takes nobody along: its transaction is
 * rolled back, those before it are written without it, and it alone is refused.
 */
#include "http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/counter.h"

#define HOLD_US 10000 /* a transaction takes no further row after so long, so that its commit ends within 20 ms */

void
http_queue_add(struct http_request *r, enum http_work work, http_write_fn *write, http_fn *answer)
{
	struct http *h = r->http;

	if (h->queued == HTTP_QUEUE) {
		page_busy(r);
		return;
	}
	h->bodies -= r->body.len;
	buf_release(&r->body); /* read already, and others may have to wait behind it */
	r->work = work;
	r->write = write;
	r->answer = answer;
	r->queued_us = clock_mono_us();
	r->next = NULL;
	r->stage = HTTP_QUEUED;
	*h->tail = r;
	h->tail = &r->next;
	h->queued++;
}

/* Take the oldest out and let it be answered. */
static void
release_head(struct http *h, bool written)
{
	struct http_request *r = h->head;

	h->head = r->next;
	if (!h->head)
		h->tail = &h->head;
	h->queued--;
	if (!written)
		r->answer = page_busy;
	r->stage = HTTP_WRITTEN;
	h->resumed = true;
	MHD_resume_connection(r->connection);
}

static void
release(struct http *h, size_t count, bool written)
{
	while (count--)
		release_head(h, written);
}

/* Not our turn: those that have waited too long are told so. */
static void
give_up_old(struct http *h)
{
	int64_t now = clock_mono_us();
	size_t count = 0;

	while (h->head && now - h->head->queued_us > HTTP_QUEUE_WAIT_US) {
		release_head(h, false);
		count++;
	}
	if (!count)
		return;
	log_event(LOG_LEVEL_ERROR, "store-busy", "given_up=%zu waiting=%zu", count, h->queued);
	if (!h->head)
		db_rollback(h->role->site.db); /* gives up the place in the writers' queue */
}

struct batch {
	size_t written; /* from the head of the queue on */
	bool stopped;   /* the next one could not be written */
	bool pulse;     /* the role's sign of life goes with it */
	int64_t counts[WORK_COUNT];
};

static int
write_some(struct http *h, struct batch *b, struct err *e)
{
	int64_t start = clock_mono_us();
	struct http_request *r;

	for (r = h->head; r && b->written < h->batch && clock_mono_us() - start < HOLD_US; r = r->next) {
		if (r->write(r, e) == -1) {
			b->stopped = true;
			return -1;
		}
		b->counts[r->work]++;
		b->written++;
	}
	if (b->counts[WORK_SIGNUP] && counter_add(h->role->site.db, "signup_requests", b->counts[WORK_SIGNUP], e) == -1)
		return -1;
	if (b->pulse && pulse_write(&h->role->pulse, h->role->site.db, e) == -1)
		return -1;
	return db_commit(h->role->site.db, e);
}

static void
write_batch(struct http *h)
{
	int64_t start = clock_mono_us();
	struct batch b = { .pulse = pulse_due(&h->role->pulse) };
	struct err e = ERR_INIT;

	if (write_some(h, &b, &e) == 0) {
		if (b.pulse)
			pulse_written(&h->role->pulse);
		release(h, b.written, true);
		h->batch = SIZE_MAX;
		log_event(LOG_LEVEL_INFO, "recorded",
		    "signups=%lld confirmations=%lld unsubscribes=%lld preferences=%lld manage=%lld erasures=%lld approvals=%lld us=%lld",
		    (long long)b.counts[WORK_SIGNUP], (long long)b.counts[WORK_CONFIRM], (long long)b.counts[WORK_UNSUBSCRIBE],
		    (long long)b.counts[WORK_PREFERENCES], (long long)b.counts[WORK_MANAGE], (long long)b.counts[WORK_ERASE],
		    (long long)b.counts[WORK_APPROVE],
		    (long long)(clock_mono_us() - start));
		return;
	}
	db_rollback(h->role->site.db);
	if (b.pulse)
		pulse_failed(&h->role->pulse);
	if (b.stopped && b.written && e.code == ERR_SYSTEM) { /* perhaps that row alone cannot be written: leave it out */
		h->batch = b.written;
		return;
	}
	if (!b.written)
		b.written = 1;
	log_event(LOG_LEVEL_ERROR, "not-recorded", "requests=%zu reason=%s", b.written, log_text(e.text));
	release(h, b.written, false);
	h->batch = SIZE_MAX;
}

void
http_queue_turn(struct http *h)
{
	struct err e = ERR_INIT;
	int rc;

	if (!h->head) {
		h->pulse_waits = pulse_turn(&h->role->pulse, h->role->site.db);
		return;
	}
	h->pulse_waits = false;
	rc = db_try_begin(h->role->site.db, &e);
	if (rc == 1) {
		write_batch(h);
	} else if (rc == 0) {
		give_up_old(h);
	} else {
		log_event(LOG_LEVEL_ERROR, "not-recorded", "requests=%zu reason=%s", h->queued, log_text(e.text));
		release(h, h->queued, false);
	}
}

void
http_queue_abandon(struct http *h)
{
	if (!h->head)
		return;
	log_event(LOG_LEVEL_ERROR, "not-recorded", "requests=%zu reason=%s", h->queued,
	    log_text("the role ended before the store was free"));
	db_rollback(h->role->site.db);
	release(h, h->queued, false);
}
