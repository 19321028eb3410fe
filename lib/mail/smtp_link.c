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
#include "mail/smtp_hub.h"

#define BACKOFF_FIRST (1LL * SMTP_SECOND)
#define BACKOFF_MOST (300LL * SMTP_SECOND)
#define QUIT_PATIENCE (5LL * SMTP_SECOND)
#define SLOW_OPENING (10LL * SMTP_SECOND) /* a relay that takes so long is taken for unreachable, though it may answer yet */
#define IDLE_ENOUGH (60LL * SMTP_SECOND)  /* a connection that stood so long may be closed by the relay without being trouble */

static void __attribute__((format(printf, 2, 0)))
tell(struct smtp_shared *p, const char *fmt, va_list ap)
{
	char text[ERR_TEXT + 64];

	vsnprintf(text, sizeof(text), fmt, ap);
	judge_redact(text, sizeof(text));
	p->handler.trouble(p->handler.ctx, text);
}

/* Worth a line, and no reason to wait. */
static void __attribute__((format(printf, 2, 3)))
note(struct smtp_shared *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(p, fmt, ap);
	va_end(ap);
}

/* Tell the caller, and wait before the next connection. */
static void __attribute__((format(printf, 2, 3)))
trouble(struct smtp_shared *p, const char *fmt, ...)
{
	int64_t now = clock_mono_us();
	va_list ap;

	if (now >= p->retry_at) { /* ten connections lost at once are one trouble */
		p->backoff = p->backoff ? p->backoff * 2 : BACKOFF_FIRST;
		if (p->backoff > BACKOFF_MOST)
			p->backoff = BACKOFF_MOST;
		p->retry_at = now + p->backoff;
	}
	p->trouble_at = now;
	va_start(ap, fmt);
	tell(p, fmt, ap);
	va_end(ap);
}

/* Those that stand are as many as the relay takes, perhaps: they may be replaced at once, and more are tried later. */
static void
no_more(struct smtp_shared *p)
{
	int64_t now = clock_mono_us();

	p->stood = p->ready;
	if (now < p->more_at)
		return;
	p->more_backoff = p->more_backoff ? p->more_backoff * 2 : BACKOFF_FIRST;
	if (p->more_backoff > BACKOFF_MOST)
		p->more_backoff = BACKOFF_MOST;
	p->more_at = now + p->more_backoff;
}

/* Tell the pool how many messages this link takes now. */
static void
count_places(struct smtp_link *l)
{
	struct smtp_shared *p = l->shared;
	size_t places = l->state == SMTP_LINK_READY ? smtp_conn_room(l->conn) : 0;

	p->room += places;
	p->room -= l->places;
	l->places = places;
	if (places == 0 || l->queued)
		return;
	l->queued = true;
	l->next = NULL;
	if (p->last)
		p->last->next = l;
	else
		p->first = l;
	p->last = l;
}

void
smtp_link_dequeue(struct smtp_shared *p)
{
	struct smtp_link *l = p->first;

	p->first = l->next;
	if (!p->first)
		p->last = NULL;
	l->queued = false;
}

static void
set_state(struct smtp_link *l, enum smtp_link_state state)
{
	struct smtp_shared *p = l->shared;

	p->ready += state == SMTP_LINK_READY;
	p->ready -= l->state == SMTP_LINK_READY;
	p->opening += state == SMTP_LINK_OPENING;
	p->opening -= l->state == SMTP_LINK_OPENING;
	p->hub->open += state != SMTP_LINK_NONE;
	p->hub->open -= l->state != SMTP_LINK_NONE;
	l->state = state;
	p->hub->news = true;
	count_places(l);
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
	p->hub->news = true;
	if (result == SMTP_REPLIED && reply->code != 421) {
		l->served++;
		smtp_trust_passed(&p->trust, (int64_t)l->served);
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
	l->conn = smtp_conn_new(&l->handler, shared->relay.window, &shared->trust);
}

void
smtp_link_release(struct smtp_link *l)
{
	smtp_link_close(l);
	smtp_conn_free(l->conn);
}

/* 0: *login is what to log in with, or NULL. */
static int
ask_login(struct smtp_shared *p, struct smtp_credentials *c, const struct smtp_credentials **login, struct err *e)
{
	*c = (struct smtp_credentials){ .password = p->relay.password };
	*login = p->relay.user[0] ? c : NULL;
	return *login && p->handler.credentials ? p->handler.credentials(p->handler.ctx, c, e) : 0;
}

void
smtp_link_open(struct smtp_link *l)
{
	struct smtp_shared *p = l->shared;
	const struct smtp_credentials *login;
	struct smtp_credentials c;
	struct err e = ERR_INIT;

	l->opened = l->progress = clock_mono_us();
	l->served = 0;
	l->replies = 0;
	l->blocked = false;
	if (ask_login(p, &c, &login, &e) == -1 || smtp_wire_open(&l->wire, &l->ehlo, p->hub->multi, &p->relay, p->url, login, &e) == -1) {
		p->unreachable = true;
		trouble(p, "cannot open a connection to %s: %s", p->relay.url, e.text);
		return;
	}
	set_state(l, SMTP_LINK_OPENING);
}

void
smtp_link_close(struct smtp_link *l)
{
	set_state(l, SMTP_LINK_NONE);
	if (l->wire.easy) {
		smtp_hub_unwatch(l);
		wire_close(&l->wire, l->shared->hub->multi);
	}
	smtp_conn_end(l->conn);
}

/* What was fallen back to. */
static const char *
dialogue_name(enum smtp_dialogue d)
{
	return d == SMTP_PLAIN ? "one command at a time" : "pipelined DATA";
}

/* The connection ended while the relay had something to answer, and not by a 421. */
static void
suspect_dialogue(struct smtp_link *l)
{
	struct smtp_shared *p = l->shared;

	if (!smtp_trust_lost(&p->trust, smtp_conn_terms(l->conn)->dialogue))
		return;
	p->backoff = p->retry_at = 0; /* the lesser one deserves a fresh start */
	note(p, "%s loses connections in a dialogue that it offers: %s for a day", p->relay.url, dialogue_name(p->trust.best));
}

/* Closed, and nothing was said. */
static void
closed_silently(struct smtp_link *l, bool used)
{
	struct smtp_shared *p = l->shared;

	if (l->served > 0)
		smtp_trust_closed(&p->trust, (int64_t)l->served, clock_mono_us());
	if (!used)
		trouble(p, "%s closed a connection without a word", p->relay.url);
	else if (smtp_conn_exposed(l->conn))
		note(p, "%s closed a connection without a word, after %llu messages", p->relay.url, (unsigned long long)l->served);
}

/* The relay closed, or said what made us close. */
static void
link_lost(struct smtp_link *l, enum smtp_end end)
{
	struct smtp_shared *p = l->shared;
	const struct smtp_reply *r = smtp_conn_reply(l->conn);
	bool idle = smtp_conn_busy(l->conn) == 0;
	bool used = l->served > 0 || clock_mono_us() - l->opened > IDLE_ENOUGH;

	if (l->state == SMTP_LINK_QUITTING || end == SMTP_GOODBYE || smtp_conn_leaving(l->conn)) {
		smtp_link_close(l); /* as it should be */
		return;
	}
	switch (end) {
	case SMTP_SAID_421:
		if (smtp_conn_is_full(l->conn))
			smtp_trust_told(&p->trust, (int64_t)l->served, clock_mono_us());
		else if (!(idle && used))
			trouble(p, "%s closes a connection: %d %s %s", p->relay.url, r->code, r->enhanced, r->text);
		break;
	case SMTP_FALL_BACK:
		note(p, "%s does not bear a dialogue that it offers: %d %s %s: %s for a day", p->relay.url, r->code, r->enhanced, r->text,
		    dialogue_name(p->trust.best));
		break;
	case SMTP_OUT_OF_STEP:
		trouble(p, "%s sent a reply that answers no command: %d %s %s", p->relay.url, r->code, r->enhanced, r->text);
		break;
	case SMTP_UNREADABLE: trouble(p, "%s sent what is no SMTP reply", p->relay.url); break;
	case SMTP_GOODBYE:
	case SMTP_GOES_ON: closed_silently(l, used); break;
	}
	if (smtp_conn_waiting(l->conn) && end != SMTP_SAID_421 && end != SMTP_FALL_BACK)
		suspect_dialogue(l);
	smtp_link_close(l);
}

/* What was read is matched: what follows for the link. */
static void
link_heard(struct smtp_link *l)
{
	if (smtp_conn_replies(l->conn) != l->replies) {
		l->replies = smtp_conn_replies(l->conn);
		l->progress = clock_mono_us();
	}
	if (smtp_conn_waiting(l->conn))
		wire_hurry(&l->wire);
	if (l->state == SMTP_LINK_READY && smtp_conn_spent(l->conn))
		smtp_link_quit(l);
	count_places(l);
}

/*
 * Read until there is nothing left: TLS may hold bytes that poll does not see. Without TLS a short read is the end, and what
 * comes later wakes us again. False: the connection is gone.
 */
bool
smtp_link_read(struct smtp_link *l)
{
	enum smtp_end end = SMTP_GOES_ON;
	enum wire_io io;
	char bytes[16384];
	size_t n;

	do {
		io = wire_recv(&l->wire, bytes, sizeof(bytes), &n);
		if (io == WIRE_OK)
			end = smtp_conn_take(l->conn, bytes, n);
	} while (io == WIRE_OK && end == SMTP_GOES_ON && (l->wire.tls || n == sizeof(bytes)));
	if (end != SMTP_GOES_ON || io == WIRE_CLOSED || io == WIRE_ERROR) {
		link_lost(l, end);
		return false;
	}
	link_heard(l);
	return true;
}

/* Writing failed; what the relay said before it closed still counts. */
static void
hear_last_words(struct smtp_link *l)
{
	uint64_t replies;

	do
		replies = smtp_conn_replies(l->conn);
	while (smtp_link_read(l) && smtp_conn_replies(l->conn) != replies);
	if (l->state != SMTP_LINK_NONE)
		link_lost(l, SMTP_GOES_ON);
}

void
smtp_link_write(struct smtp_link *l)
{
	bool was_waiting = smtp_conn_waiting(l->conn);
	const char *bytes;
	size_t n, done;

	l->blocked = false;
	while (smtp_conn_put(l->conn, &bytes, &n)) {
		enum wire_io io = wire_send(&l->wire, bytes, n, &done);

		if (!was_waiting || done > 0)
			l->progress = clock_mono_us();
		was_waiting = true;
		smtp_conn_wrote(l->conn, done);
		if (io == WIRE_AGAIN) {
			l->blocked = true;
			break;
		}
		if (io != WIRE_OK) {
			hear_last_words(l);
			return;
		}
	}
	smtp_hub_watch(l);
}

void
smtp_link_submit(struct smtp_link *l, const struct smtp_message *m)
{
	smtp_conn_submit(l->conn, m);
	count_places(l);
	smtp_hub_dirty(l);
}

void
smtp_link_quit(struct smtp_link *l)
{
	smtp_conn_quit(l->conn);
	set_state(l, SMTP_LINK_QUITTING);
	smtp_hub_dirty(l);
}

void
smtp_link_opened(struct smtp_link *l, CURLcode result)
{
	struct smtp_shared *p = l->shared;
	struct smtp_terms terms;
	struct err e = ERR_INIT;

	if (smtp_wire_opened(&l->wire, &l->ehlo, result, &p->relay, &e) == -1) {
		p->unreachable = p->ready == 0;
		if (p->unreachable) {
			trouble(p, "cannot open a connection to %s: %s", p->relay.url, e.text);
		} else {
			no_more(p);
			note(p, "cannot open another connection to %s: %s", p->relay.url, e.text);
		}
		smtp_link_close(l);
		return;
	}
	p->unreachable = false;
	if (p->ready >= p->stood)
		p->more_backoff = p->more_at = 0;
	terms = smtp_trust_terms(&p->trust, &l->ehlo.offers, p->relay.messages_per_connection, clock_mono_us());
	smtp_conn_open(l->conn, &terms);
	set_state(l, SMTP_LINK_READY);
	l->progress = clock_mono_us();
	smtp_hub_watch(l);
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
		if (smtp_conn_leaving(l->conn))
			return now - l->progress > (patience < QUIT_PATIENCE ? patience : QUIT_PATIENCE);
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

	if (l->state == SMTP_LINK_OPENING && now - l->opened > SLOW_OPENING)
		p->unreachable = true;
	if (!overdue(l, now))
		return;
	if (l->state == SMTP_LINK_OPENING) {
		p->unreachable = true;
		trouble(p, "cannot open a connection to %s: it takes too long", p->relay.url);
	} else if (l->state == SMTP_LINK_READY && !smtp_conn_leaving(l->conn)) {
		trouble(p, "%s did not answer in %lld seconds", p->relay.url, (long long)((now - l->progress) / SMTP_SECOND));
		suspect_dialogue(l);
	}
	smtp_link_close(l);
}
