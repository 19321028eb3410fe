/*
 * smtp_pool.c - see smtp.h: the connections to one relay, opened one after the other, kept, and let go.
 *
 * A turn is: open and close as wanted; write what the caller's submissions
 * made ready; wait; read and match replies; write what cannot gain by waiting
 * for a submission. So a body and the envelope that follows it leave in one
 * write, when the caller submits between two turns.
 *
 * Trouble makes the pool wait before it opens another connection, twice as
 * long each time, until a message was answered on a connection opened since.
 */
#include "mail/smtp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "judge/judge.h"
#include "mail/smtp_conn.h"
#include "mail/smtp_wire.h"

#define SECOND 1000000			/* microseconds */
#define BACKOFF_FIRST (1 * SECOND)
#define BACKOFF_MOST (300LL * SECOND)
#define QUIT_PATIENCE (5LL * SECOND)
#define OPENING_POLL_MS 250		/* libcurl looks at its own time-outs only when it is called */
#define IDLE_ENOUGH (60LL * SECOND)	/* a connection that stood so long may be closed by the relay without being trouble */
#define MOST 1000

enum link_state { LINK_NONE, LINK_OPENING, LINK_READY, LINK_QUITTING };

struct link {
	struct smtp_wire wire;		/* first: libcurl gives its address back */
	struct smtp_pool *pool;
	struct smtp_handler handler;	/* done() passes through link_done */
	struct smtp_conn *conn;
	enum link_state state;
	struct curl_waitfd *watch;	/* its place in pool->wait during this turn, or NULL */
	bool blocked;			/* the last write would have blocked */
	int64_t opened, progress;	/* clock_mono_us */
	uint64_t served;		/* messages that the relay decided about */
	uint64_t replies;
};

struct smtp_pool {
	struct smtp_relay relay;
	struct smtp_handler handler;
	struct buf url;
	CURLM *multi;
	struct link *link;
	struct curl_waitfd *wait;	/* one a link, and one for the caller's */
	size_t links, want, busy;
	int64_t retry_at, backoff, trouble_at;
};

static void link_close(struct link *l);

/* Tell the caller, and wait before the next connection. */
static void __attribute__((format(printf, 2, 3)))
trouble(struct smtp_pool *p, const char *fmt, ...)
{
	int64_t now = clock_mono_us();
	char text[ERR_TEXT + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	judge_redact(text, sizeof(text));
	if (now >= p->retry_at) {	/* ten connections lost at once are one trouble */
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
	struct link *l = ctx;

	l->pool->handler.body(l->pool->handler.ctx, tag, out);
}

static void
link_done(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	struct link *l = ctx;
	struct smtp_pool *p = l->pool;

	p->busy--;
	if (result == SMTP_REPLIED && reply->code != 421) {
		l->served++;
		if (l->opened > p->trouble_at)
			p->backoff = p->retry_at = 0;
	}
	p->handler.done(p->handler.ctx, tag, result, at, reply);
}

static int
check_relay(const struct smtp_relay *r, struct err *e)
{
	if (r->connections < 1 || r->connections > MOST)
		return err_set(e, ERR_INPUT, "a relay takes 1 to %d connections, not %d", MOST, r->connections);
	if (r->window < 1 || r->window > MOST)
		return err_set(e, ERR_INPUT, "a relay's window is 1 to %d messages, not %d", MOST, r->window);
	if (r->timeout < 1 || r->timeout > 86400 || r->messages_per_connection < 0)
		return err_set(e, ERR_INPUT, "a relay's time-out is 1 to 86400 seconds, and its limits are not negative");
	return 0;
}

struct smtp_pool *
smtp_pool_new(const struct smtp_relay *relay, const struct smtp_handler *handler, struct err *e)
{
	struct smtp_pool *p = NULL;
	struct buf url = BUF_INIT;

	if (check_relay(relay, e) == -1)
		return NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		err_set(e, ERR_SYSTEM, "libcurl cannot start");
		return NULL;
	}
	if (smtp_wire_url(relay, &url, e) == -1)
		goto out;
	p = xcalloc(1, sizeof(*p));
	p->relay = *relay;
	p->handler = *handler;
	p->url = url;
	p->multi = curl_multi_init();
	if (!p->multi)
		abort();		/* no memory */
	p->links = (size_t)relay->connections;
	p->link = xcalloc(p->links, sizeof(*p->link));
	p->wait = xcalloc(p->links + 1, sizeof(*p->wait));
	for (size_t i = 0; i < p->links; i++) {
		struct link *l = &p->link[i];

		l->pool = p;
		l->handler = (struct smtp_handler){ .body = link_body, .done = link_done, .ctx = l };
		l->conn = smtp_conn_new(&l->handler, relay->window);
	}
out:
	if (!p) {
		buf_release(&url);
		curl_global_cleanup();
	}
	return p;
}

void
smtp_pool_want(struct smtp_pool *p, size_t messages)
{
	p->want = messages;
}

size_t
smtp_pool_room(const struct smtp_pool *p)
{
	size_t room = 0;

	for (size_t i = 0; i < p->links; i++)
		room += p->link[i].state == LINK_READY && smtp_conn_room(p->link[i].conn);
	return room;
}

bool
smtp_pool_has_smtputf8(const struct smtp_pool *p)
{
	bool has = false;

	/* Hosts behind one name may differ: whichever connection takes the message must have it. */
	for (size_t i = 0; i < p->links; i++) {
		const struct link *l = &p->link[i];

		if (l->state != LINK_READY || !smtp_conn_room(l->conn))
			continue;
		if (!l->wire.ehlo.offers.smtputf8)
			return false;
		has = true;
	}
	return has;
}

void
smtp_pool_submit(struct smtp_pool *p, const struct smtp_message *m)
{
	struct link *best = NULL;

	for (size_t i = 0; i < p->links; i++) {
		struct link *l = &p->link[i];

		if (l->state != LINK_READY || !smtp_conn_room(l->conn))
			continue;
		if (!best || smtp_conn_busy(l->conn) < smtp_conn_busy(best->conn))
			best = l;
	}
	if (!best)
		abort();		/* the caller did not ask for room */
	p->busy++;
	smtp_conn_submit(best->conn, m);
}

size_t
smtp_pool_busy(const struct smtp_pool *p)
{
	return p->busy;
}

static void
link_open(struct link *l)
{
	struct smtp_pool *p = l->pool;
	struct err e = ERR_INIT;

	l->opened = l->progress = clock_mono_us();
	l->served = 0;
	l->replies = 0;
	l->blocked = false;
	if (smtp_wire_open(&l->wire, p->multi, &p->relay, p->url.data, &e) == -1) {
		trouble(p, "cannot open a connection to %s: %s", p->relay.url, e.text);
		return;
	}
	l->state = LINK_OPENING;
}

static void
link_close(struct link *l)
{
	l->state = LINK_NONE;
	smtp_wire_close(&l->wire, l->pool->multi);
	smtp_conn_end(l->conn);
}

/* The relay closed, or said what made us close. */
static void
link_lost(struct link *l, enum smtp_end end)
{
	struct smtp_pool *p = l->pool;
	const struct smtp_reply *r = smtp_conn_reply(l->conn);
	bool idle = smtp_conn_busy(l->conn) == 0;
	bool used = l->served > 0 || clock_mono_us() - l->opened > IDLE_ENOUGH;

	if (l->state == LINK_QUITTING || end == SMTP_GOODBYE)
		;			/* as it should be */
	else if (end == SMTP_SAID_421 && !(idle && used))
		trouble(p, "%s closes a connection: %d %s %s", p->relay.url, r->code, r->enhanced, r->text);
	else if (end == SMTP_OUT_OF_STEP)
		trouble(p, "%s sent a reply that answers no command: %d %s %s", p->relay.url, r->code, r->enhanced, r->text);
	else if (end == SMTP_UNREADABLE)
		trouble(p, "%s sent what is no SMTP reply", p->relay.url);
	else if (end == SMTP_GOES_ON && (!used || smtp_conn_exposed(l->conn)))
		trouble(p, "%s closed a connection without a word", p->relay.url);
	link_close(l);
}

/* Read until there is nothing left: TLS may hold bytes that poll does not see. False: the connection is gone. */
static bool
link_read(struct link *l)
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
	if (smtp_conn_replies(l->conn) != l->replies) {
		l->replies = smtp_conn_replies(l->conn);
		l->progress = clock_mono_us();
	}
	return true;
}

static void
link_write(struct link *l)
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
			if (link_read(l))	/* what the relay said before it closed still counts */
				link_lost(l, SMTP_GOES_ON);
			break;
		}
	}
}

static void
link_opened(struct link *l, CURLcode result)
{
	struct smtp_pool *p = l->pool;
	struct err e = ERR_INIT;

	if (smtp_wire_opened(&l->wire, result, &p->relay, &e) == -1) {
		trouble(p, "cannot open a connection to %s: %s", p->relay.url, e.text);
		link_close(l);
		return;
	}
	smtp_conn_open(l->conn, &l->wire.ehlo.offers, p->relay.messages_per_connection);
	l->state = LINK_READY;
	l->progress = clock_mono_us();
	link_read(l);			/* binds the connection to its handle, and finds a 421 that came at once */
}

/* Open and close as wanted, and write what was submitted. */
static void
tend(struct smtp_pool *p)
{
	struct link *unused = NULL;
	bool opening = false;

	for (size_t i = 0; i < p->links; i++) {
		struct link *l = &p->link[i];

		if (l->state == LINK_READY && smtp_conn_busy(l->conn) == 0 && (p->want == 0 || smtp_conn_spent(l->conn))) {
			smtp_conn_quit(l->conn);
			l->state = LINK_QUITTING;
		}
		if (l->state == LINK_READY || l->state == LINK_QUITTING)
			link_write(l);
		if (l->state == LINK_NONE && !unused)
			unused = l;
		opening |= l->state == LINK_OPENING;
	}
	if (unused && !opening && p->want > smtp_pool_room(p) && clock_mono_us() >= p->retry_at)
		link_open(unused);
}

static bool
overdue(const struct link *l, int64_t now)
{
	int64_t patience = l->pool->relay.timeout * SECOND;

	if (l->state == LINK_OPENING)
		return now - l->opened > 3 * patience;
	if (l->state == LINK_QUITTING)
		return now - l->progress > (patience < QUIT_PATIENCE ? patience : QUIT_PATIENCE);
	if (l->state != LINK_READY || !smtp_conn_waiting(l->conn))
		return false;
	return now - l->progress > (smtp_conn_patient(l->conn) ? 2 * patience : patience);
}

static void
close_overdue(struct smtp_pool *p)
{
	int64_t now = clock_mono_us();

	for (size_t i = 0; i < p->links; i++) {
		struct link *l = &p->link[i];

		if (!overdue(l, now))
			continue;
		if (l->state == LINK_OPENING)
			trouble(p, "cannot open a connection to %s: it takes too long", p->relay.url);
		else if (l->state == LINK_READY)
			trouble(p, "%s did not answer in %lld seconds", p->relay.url, (long long)((now - l->progress) / SECOND));
		link_close(l);
	}
}

/* How long to sleep at most; time-outs are checked to a quarter of a second while anything can run out. */
static int
nap(const struct smtp_pool *p, int timeout_ms)
{
	int64_t now = clock_mono_us();
	bool pending = p->want > 0 && p->retry_at > now && p->retry_at - now < (int64_t)timeout_ms * 1000;

	for (size_t i = 0; i < p->links; i++)
		pending |= p->link[i].state == LINK_OPENING || p->link[i].state == LINK_QUITTING ||
		    (p->link[i].state == LINK_READY && smtp_conn_waiting(p->link[i].conn));
	return pending && timeout_ms > OPENING_POLL_MS ? OPENING_POLL_MS : timeout_ms;
}

/* Returns whether libcurl has to be called. */
static bool
wait_for_something(struct smtp_pool *p, int extra_fd, int timeout_ms)
{
	bool opening = false;
	unsigned n = 0;

	for (size_t i = 0; i < p->links; i++) {
		struct link *l = &p->link[i];

		opening |= l->state == LINK_OPENING;
		l->watch = NULL;
		if (l->state != LINK_READY && l->state != LINK_QUITTING)
			continue;
		l->watch = &p->wait[n++];
		*l->watch = (struct curl_waitfd){ .fd = l->wire.fd, .events = CURL_WAIT_POLLIN };
		if (l->blocked)
			l->watch->events |= CURL_WAIT_POLLOUT;
	}
	if (extra_fd >= 0)
		p->wait[n++] = (struct curl_waitfd){ .fd = extra_fd, .events = CURL_WAIT_POLLIN };
	curl_multi_poll(p->multi, p->wait, n, nap(p, timeout_ms), NULL);
	return opening;
}

static void
advance_openings(struct smtp_pool *p)
{
	CURLMsg *msg;
	int n;

	curl_multi_perform(p->multi, &n);
	while ((msg = curl_multi_info_read(p->multi, &n))) {
		char *wire = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &wire);
		if (wire)
			link_opened((struct link *)(void *)wire, msg->data.result);
	}
}

void
smtp_pool_turn(struct smtp_pool *p, int extra_fd, int timeout_ms)
{
	bool opening;

	tend(p);
	opening = wait_for_something(p, extra_fd, timeout_ms);
	for (size_t i = 0; i < p->links; i++) {
		struct link *l = &p->link[i];

		if (!l->watch || !l->watch->revents || !link_read(l))
			continue;
		/* What could still get an envelope to go with it waits for the caller. */
		if (l->blocked || !smtp_conn_room(l->conn))
			link_write(l);
	}
	if (opening)
		advance_openings(p);
	close_overdue(p);
}

void
smtp_pool_free(struct smtp_pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->links; i++) {
		struct link *l = &p->link[i];

		if (l->state == LINK_READY && smtp_conn_busy(l->conn) == 0) {
			smtp_conn_quit(l->conn);
			l->state = LINK_QUITTING;
			link_write(l);
		}
		link_close(l);
		smtp_conn_free(l->conn);
	}
	curl_multi_cleanup(p->multi);
	free(p->link);
	free(p->wait);
	buf_release(&p->url);
	free(p);
	curl_global_cleanup();
}
