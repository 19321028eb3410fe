/*
 * smtp_link.c - see smtp_link.h.
 *
 * Trouble makes the pool wait before it opens another connection, twice as
 * long each time, until a message was answered on a connection opened since.
 * A relay that has done some work and closes without a word has a limit on
 * messages, which is no trouble.
 */
#include "mail/smtp_link.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "judge/judge.h"

#define BACKOFF_FIRST (1LL * SMTP_SECOND)
#define BACKOFF_MOST (300LL * SMTP_SECOND)
#define QUIT_PATIENCE (5LL * SMTP_SECOND)
#define IDLE_ENOUGH (60LL * SMTP_SECOND) /* a connection that stood so long may be closed by the relay without being trouble */

/* Tell the caller, and wait before the next connection. */
static void __attribute__((format(printf, 2, 3)))
trouble(struct smtp_shared *p, const char *fmt, ...)
{
	int64_t now = clock_mono_us();
	char text[ERR_TEXT + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	judge_redact(text, sizeof(text));
	if (now >= p->retry_at) { /* ten connections lost at once are one trouble */
		p->backoff = p->backoff ? p->backoff * 2 : BACKOFF_FIRST;
		if (p->backoff > BACKOFF_MOST)
			p->backoff = BACKOFF_MOST;
		p->retry_at = now + p->backoff;
	}
	p->trouble_at = now;
	p->handler.trouble(p->handler.ctx, text);
}

static void
link_body(void *ctx, uint64_t tag, struct buf *out)
{
	struct smtp_link *l = ctx;

	l->shared->handler.body(l->shared->handler.ctx, tag, out);
}

static void
link_done(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	struct smtp_link *l = ctx;
	struct smtp_shared *p = l->shared;

	p->busy--;
	if (result == SMTP_REPLIED && reply->code != 421) {
		l->served++;
		if (l->opened > p->trouble_at)
			p->backoff = p->retry_at = 0;
	}
	p->handler.done(p->handler.ctx, tag, result, at, reply);
}

void
smtp_link_init(struct smtp_link *l, struct smtp_shared *shared)
{
	memset(l, 0, sizeof(*l));
	l->shared = shared;
	l->handler = (struct smtp_handler){ .body = link_body, .done = link_done, .ctx = l };
	l->conn = smtp_conn_new(&l->handler, shared->relay.window);
}

void
smtp_link_release(struct smtp_link *l)
{
	smtp_link_close(l);
	smtp_conn_free(l->conn);
}

void
smtp_link_open(struct smtp_link *l)
{
	struct smtp_shared *p = l->shared;
	struct err e = ERR_INIT;

	l->opened = l->progress = clock_mono_us();
	l->served = 0;
	l->replies = 0;
	l->blocked = false;
	if (smtp_wire_open(&l->wire, p->multi, &p->relay, p->url, &e) == -1) {
		trouble(p, "cannot open a connection to %s: %s", p->relay.url, e.text);
		return;
	}
	l->state = SMTP_LINK_OPENING;
}

void
smtp_link_close(struct smtp_link *l)
{
	l->state = SMTP_LINK_NONE;
	smtp_wire_close(&l->wire, l->shared->multi);
	smtp_conn_end(l->conn);
}

/* The relay closed, or said what made us close. */
static void
link_lost(struct smtp_link *l, enum smtp_end end)
{
	struct smtp_shared *p = l->shared;
	const struct smtp_reply *r = smtp_conn_reply(l->conn);
	bool idle = smtp_conn_busy(l->conn) == 0;
	bool used = l->served > 0 || clock_mono_us() - l->opened > IDLE_ENOUGH;

	if (l->state == SMTP_LINK_QUITTING || end == SMTP_GOODBYE)
		; /* as it should be */
	else if (end == SMTP_SAID_421 && !(idle && used))
		trouble(p, "%s closes a connection: %d %s %s", p->relay.url, r->code, r->enhanced, r->text);
	else if (end == SMTP_OUT_OF_STEP)
		trouble(p, "%s sent a reply that answers no command: %d %s %s", p->relay.url, r->code, r->enhanced, r->text);
	else if (end == SMTP_UNREADABLE)
		trouble(p, "%s sent what is no SMTP reply", p->relay.url);
	else if (end == SMTP_GOES_ON && (!used || smtp_conn_exposed(l->conn)))
		trouble(p, "%s closed a connection without a word", p->relay.url);
	smtp_link_close(l);
}

/* Read until there is nothing left: TLS may hold bytes that poll does not see. False: the connection is gone. */
bool
smtp_link_read(struct smtp_link *l)
{
	enum smtp_end end = SMTP_GOES_ON;
	enum smtp_io io;
	char bytes[16384];
	size_t n;

	do {
		io = smtp_wire_recv(&l->wire, bytes, sizeof(bytes), &n);
		if (io == SMTP_IO_OK)
			end = smtp_conn_take(l->conn, bytes, n);
	} while (io == SMTP_IO_OK && end == SMTP_GOES_ON);
	if (io != SMTP_IO_AGAIN) {
		link_lost(l, end);
		return false;
	}
	if (smtp_conn_waiting(l->conn))
		smtp_wire_hurry(&l->wire);
	if (smtp_conn_replies(l->conn) != l->replies) {
		l->replies = smtp_conn_replies(l->conn);
		l->progress = clock_mono_us();
	}
	return true;
}

void
smtp_link_write(struct smtp_link *l)
{
	bool was_waiting = smtp_conn_waiting(l->conn);
	const char *bytes;
	size_t n, done;

	l->blocked = false;
	while (smtp_conn_put(l->conn, &bytes, &n)) {
		enum smtp_io io = smtp_wire_send(&l->wire, bytes, n, &done);

		if (!was_waiting || done > 0)
			l->progress = clock_mono_us();
		was_waiting = true;
		smtp_conn_wrote(l->conn, done);
		if (io == SMTP_IO_AGAIN) {
			l->blocked = true;
			break;
		}
		if (io != SMTP_IO_OK) {
			if (smtp_link_read(l)) /* what the relay said before it closed still counts */
				link_lost(l, SMTP_GOES_ON);
			break;
		}
	}
}

void
smtp_link_quit(struct smtp_link *l)
{
	smtp_conn_quit(l->conn);
	l->state = SMTP_LINK_QUITTING;
}

void
smtp_link_opened(struct smtp_link *l, CURLcode result)
{
	struct smtp_shared *p = l->shared;
	struct err e = ERR_INIT;

	if (smtp_wire_opened(&l->wire, result, &p->relay, &e) == -1) {
		trouble(p, "cannot open a connection to %s: %s", p->relay.url, e.text);
		smtp_link_close(l);
		return;
	}
	smtp_conn_open(l->conn, &l->wire.ehlo.offers, p->relay.messages_per_connection);
	l->state = SMTP_LINK_READY;
	l->progress = clock_mono_us();
	smtp_link_read(l); /* binds the connection to its handle, and finds a 421 that came at once */
}

static bool
overdue(const struct smtp_link *l, int64_t now)
{
	int64_t patience = l->shared->relay.timeout * SMTP_SECOND;

	switch (l->state) {
	case SMTP_LINK_OPENING:
		return now - l->opened > 3 * patience;
	case SMTP_LINK_QUITTING:
		return now - l->progress > (patience < QUIT_PATIENCE ? patience : QUIT_PATIENCE);
	case SMTP_LINK_READY:
		if (smtp_conn_waiting(l->conn))
			return now - l->progress > (smtp_conn_patient(l->conn) ? 2 * patience : patience);
		return false;
	case SMTP_LINK_NONE:
		break;
	}
	return false;
}

void
smtp_link_check_time(struct smtp_link *l, int64_t now)
{
	struct smtp_shared *p = l->shared;

	if (!overdue(l, now))
		return;
	if (l->state == SMTP_LINK_OPENING)
		trouble(p, "cannot open a connection to %s: it takes too long", p->relay.url);
	else if (l->state == SMTP_LINK_READY)
		trouble(p, "%s did not answer in %lld seconds", p->relay.url, (long long)((now - l->progress) / SMTP_SECOND));
	smtp_link_close(l);
}
