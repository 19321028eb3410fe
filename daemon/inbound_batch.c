/*
 * inbound_batch.c - what a handful of fetched messages does, committed in one go.
 */
#include <poll.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "inbound.h"
#include "pulse.h"
#include "store/returned.h"

#define HELD_US 15000 /* a transaction, so that its commit ends within 20 ms */
#define TURN_MS 1     /* while another writer has its turn */
#define TICK_TRIES 100
#define KEPT_BYTES 65536 /* a larger buffer is given back after its message */
#define PUT_OFF_MOST 3   /* messages that cannot be recorded; then it is not the message that is at fault */

bool
inbound_stopping(const struct inbound_poll *p)
{
	struct pollfd stop = { .fd = p->stop_fd, .events = POLLIN };

	return poll(&stop, 1, 0) == 1;
}

void
inbound_tick(void *ctx)
{
	struct inbound_poll *p = ctx;

	int tries = TICK_TRIES;

	while (p->pulse && pulse_turn(p->pulse, p->site->db)) {
		if (tries-- == 0) {
			db_rollback(p->site->db); /* at the next tick */
			return;
		}
		poll(NULL, 0, TURN_MS);
	}
}

int
inbound_begin(struct inbound_poll *p, struct err *e)
{
	struct pollfd stop = { .fd = p->stop_fd, .events = POLLIN };
	int rc;

	while ((rc = db_try_begin(p->site->db, e)) == 0) {
		if (poll(&stop, 1, TURN_MS) == 1) {
			db_rollback(p->site->db);
			return err_set(e, ERR_BUSY, "told to stop");
		}
	}
	return rc == 1 ? 0 : -1;
}

/* One message's effect and its row. */
static int
act(struct inbound_poll *p, struct inbound_fetched *f, struct err *e)
{
	bool left = true;

	if (f->too_long) {
		f->done = (struct inbound_done){ .outcome = INBOUND_UNREADABLE, .why = "it is too long to be read" };
		if (inbound_unreadable(p->site, e) == -1)
			return -1;
	} else {
		if (inbound_act(p->site, &f->message, &f->done, e) == -1)
			return -1;
		left = !inbound_removable(f->done.outcome);
	}
	return returned_note(p->site->db, p->key, f->entry->uid, left, e);
}

/* It is committed: now it may be removed. */
static void
settle(struct inbound_poll *p, const struct inbound_fetched *f)
{
	p->tally.messages++;
	p->tally.outcome[f->done.outcome]++;
	if (f->done.outcome == INBOUND_UNREADABLE)
		log_event(LOG_LEVEL_WARNING, "unreadable", "mailbox=%s uid=%s text=%s", p->name, log_text(f->entry->uid),
		    log_text(f->done.why));
	if (!f->too_long && inbound_removable(f->done.outcome))
		p->dealt[p->dealt_count++] = f->entry;
}

/* A message that cannot be recorded stays for the next poll, and must not keep the others; the store's own trouble is everybody's. */
static int
put_off(struct inbound_poll *p, struct inbound_fetched *f, const struct err *e)
{
	if (e->code == ERR_BUSY || e->code == ERR_FULL || e->code == ERR_CORRUPT || p->put_off == PUT_OFF_MOST)
		return -1;
	log_event(LOG_LEVEL_ERROR, "put_off", "mailbox=%s uid=%s text=%s", p->name, log_text(f->entry->uid), log_text(e->text));
	p->why = *e;
	p->put_off++;
	f->entry = NULL;
	return 0;
}

/* One transaction, from message `from` on: 0, and *to is where the next begins, at `from` itself after a message was put off. */
static int
write_some(struct inbound_poll *p, size_t from, size_t *to, struct err *e)
{
	int64_t since;
	size_t i, j;

	*to = from;
	if (inbound_begin(p, e) == -1)
		return -1;
	since = clock_mono_us();
	for (i = from; i < p->batched && clock_mono_us() - since < HELD_US; i++) {
		if (p->batch[i].entry && act(p, &p->batch[i], e) == -1) {
			db_rollback(p->site->db);
			return put_off(p, &p->batch[i], e);
		}
	}
	if (db_commit(p->site->db, e) == -1) {
		db_rollback(p->site->db);
		return -1;
	}
	for (j = from; j < i; j++)
		if (p->batch[j].entry)
			settle(p, &p->batch[j]);
	*to = i;
	return 0;
}

int
inbound_batch_write(struct inbound_poll *p, struct err *e)
{
	size_t at;
	int rc = 0;

	/* Before anything is locked. */
	for (at = 0; at < p->batched; at++)
		inbound_read(&p->batch[at].message, p->batch[at].bytes.data, p->batch[at].bytes.len, NULL);
	at = 0;
	while (rc == 0 && at < p->batched)
		rc = write_some(p, at, &at, e);
	for (at = 0; at < p->batched; at++) {
		inbound_message_release(&p->batch[at].message);
		if (p->batch[at].bytes.cap > KEPT_BYTES)
			buf_release(&p->batch[at].bytes);
		buf_reset(&p->batch[at].bytes);
	}
	p->batched = p->batch_bytes = 0;
	return rc;
}

void
inbound_batch_release(struct inbound_poll *p)
{
	size_t i;

	for (i = 0; i < INBOUND_BATCH; i++)
		buf_release(&p->batch[i].bytes);
}
