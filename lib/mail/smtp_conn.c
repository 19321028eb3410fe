/*
 * smtp_conn.c - see smtp_conn.h.
 *
 * The life of a message here: submitted (its commands in c->envelope), written
 * (its verbs in c->expect), let in (354: c->go), on the wire (body_at set),
 * answered. Replies come in order, so the message that a reply speaks of is
 * always the first in c->flight.
 *
 * A refused message is done at once, but keeps its place until DATA is
 * answered: a relay that says 354 all the same gets a lone dot (RFC 2920 3.1),
 * and one that accepted MAIL and refused DATA gets RSET before the next MAIL.
 */
#include "mail/smtp_conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mail/smtp_ehlo.h"
#include "mail/smtp_reply.h"

#define NOWHERE UINT64_MAX
#define CHUNK 65536         /* bytes given to one write: progress shows on the way through a long message */
#define VERBS_PER_MESSAGE 5 /* RSET MAIL RCPT DATA body */

enum verb {
	VERB_RSET,
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_BODY,
	VERB_QUIT
};

struct flight {
	uint64_t tag;
	uint64_t body_at, body_end; /* where in the stream its body begins, or NOWHERE, and ends */
	enum smtp_command at;       /* answered last */
	bool mail_ok;               /* a transaction is open at the relay */
	bool settled;               /* done() was called */
};

struct smtp_conn {
	const struct smtp_handler *handler;
	struct smtp_offers offers;
	struct smtp_reader reader;
	struct flight *flight; /* in order of submission */
	enum verb *expect;     /* in order of writing */
	size_t flights, expects, window;
	struct buf envelope; /* RSET? MAIL RCPT DATA lines of the message submitted last, from envelope_at not written yet */
	size_t envelope_at;
	struct buf out[2]; /* out[front] is on the wire once frozen; then the other one collects */
	int front;
	size_t sent;      /* of out[front] */
	uint64_t base;    /* where in the stream out[front] begins */
	uint64_t offered; /* the stream up to here was given to a write */
	int64_t limit, submitted;
	uint64_t replies;
	bool open, quitting, frozen, go, need_rset;
};

struct smtp_conn *
smtp_conn_new(const struct smtp_handler *handler, int window)
{
	struct smtp_conn *c = xcalloc(1, sizeof(*c));

	c->handler = handler;
	c->window = (size_t)window;
	c->flight = xcalloc(c->window, sizeof(*c->flight));
	c->expect = xcalloc(c->window * VERBS_PER_MESSAGE + 1, sizeof(*c->expect));
	buf_init(&c->envelope);
	buf_init(&c->out[0]);
	buf_init(&c->out[1]);
	return c;
}

void
smtp_conn_free(struct smtp_conn *c)
{
	if (!c)
		return;
	free(c->flight);
	free(c->expect);
	buf_release(&c->envelope);
	buf_release(&c->out[0]);
	buf_release(&c->out[1]);
	free(c);
}

/* The buffers keep their memory from one connection to the next. */
static void
reset(struct smtp_conn *c)
{
	smtp_reader_init(&c->reader);
	buf_reset(&c->envelope);
	buf_reset(&c->out[0]);
	buf_reset(&c->out[1]);
	c->flights = c->expects = c->envelope_at = c->sent = 0;
	c->base = c->offered = c->replies = 0;
	c->limit = c->submitted = 0;
	c->front = 0;
	c->open = c->quitting = c->frozen = c->go = c->need_rset = false;
}

void
smtp_conn_open(struct smtp_conn *c, const struct smtp_offers *offers, int64_t limit)
{
	reset(c);
	c->offers = *offers;
	c->limit = limit;
	if (offers->mailmax > 0 && (limit == 0 || offers->mailmax < limit))
		c->limit = offers->mailmax;
	c->open = true;
}

bool
smtp_conn_room(const struct smtp_conn *c)
{
	size_t most = c->offers.pipelining && c->window > 1 ? 2 : 1;

	if (!c->open || c->quitting || (c->limit > 0 && c->submitted >= c->limit))
		return false;
	if (c->flights >= most || c->envelope_at < c->envelope.len)
		return false;
	/* Content may be followed by an envelope, but nothing may follow DATA until it is answered. */
	return c->flights == 0 || c->go || c->flight[c->flights - 1].body_at != NOWHERE;
}

/* A line break inside an address would be a command of somebody else's. */
static void
check_address(const char *s)
{
	if (s[strcspn(s, "\r\n<>")] != '\0')
		abort();
}

void
smtp_conn_submit(struct smtp_conn *c, const struct smtp_message *m)
{
	if (!smtp_conn_room(c) || (m->smtputf8 && !c->offers.smtputf8))
		abort();
	check_address(m->mail_from);
	check_address(m->rcpt_to);
	buf_reset(&c->envelope);
	c->envelope_at = 0;
	if (c->need_rset)
		buf_addstr(&c->envelope, "RSET\r\n");
	c->need_rset = false;
	buf_addf(&c->envelope, "MAIL FROM:<%s>", m->mail_from);
	if (c->offers.size && m->size > 0)
		buf_addf(&c->envelope, " SIZE=%zu", m->size);
	if (m->smtputf8)
		buf_addstr(&c->envelope, " SMTPUTF8");
	buf_addf(&c->envelope, "\r\nRCPT TO:<%s>\r\nDATA\r\n", m->rcpt_to);
	c->flight[c->flights++] = (struct flight){ .tag = m->tag, .body_at = NOWHERE, .at = SMTP_CONNECT };
	c->submitted++;
}

void
smtp_conn_quit(struct smtp_conn *c)
{
	if (!c->open || c->flights > 0 || c->expects > 0 || c->quitting)
		return;
	c->quitting = true;
	buf_reset(&c->envelope);
	buf_addstr(&c->envelope, "QUIT\r\n");
	c->envelope_at = 0;
}

/* Call done() for the first message, which may be left waiting for its place to be free. */
static void
settle(struct smtp_conn *c, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	struct flight *f = &c->flight[0];

	if (f->settled)
		return;
	f->settled = true;
	c->handler->done(c->handler->ctx, f->tag, result, at, reply);
}

static void
leave(struct smtp_conn *c)
{
	memmove(c->flight, c->flight + 1, --c->flights * sizeof(*c->flight));
}

/* MAIL or RCPT was refused. Without pipelining the rest of the envelope is not said. */
static void
refused(struct smtp_conn *c, enum smtp_command at)
{
	settle(c, SMTP_REPLIED, at, &c->reader.reply);
	if (c->expects > 0)
		return;
	c->need_rset = c->flight[0].mail_ok;
	c->envelope_at = c->envelope.len;
	leave(c);
}

static void
answered(struct smtp_conn *c, enum verb verb, bool ok)
{
	struct flight *f = &c->flight[0];

	switch (verb) {
	case VERB_MAIL:
		f->at = SMTP_MAIL;
		f->mail_ok = ok;
		if (!ok)
			refused(c, SMTP_MAIL);
		break;
	case VERB_RCPT:
		f->at = SMTP_RCPT;
		if (!ok)
			refused(c, SMTP_RCPT);
		break;
	case VERB_DATA:
		f->at = SMTP_DATA;
		if (ok) {
			c->go = true;
			break;
		}
		settle(c, SMTP_REPLIED, SMTP_DATA, &c->reader.reply);
		c->need_rset = f->mail_ok;
		leave(c);
		break;
	case VERB_BODY:
		settle(c, SMTP_REPLIED, SMTP_BODY, &c->reader.reply);
		leave(c);
		break;
	case VERB_RSET:
	case VERB_QUIT:
		break;
	}
}

/* A whole reply is in the reader. */
static enum smtp_end
match(struct smtp_conn *c)
{
	static const enum smtp_command command[] = {
		[VERB_MAIL] = SMTP_MAIL, [VERB_RCPT] = SMTP_RCPT, [VERB_DATA] = SMTP_DATA, [VERB_BODY] = SMTP_BODY
	};
	int code = c->reader.reply.code;
	bool ok = code < 400;
	enum verb verb;

	c->replies++;
	if (c->expects == 0)
		return code == 421 ? SMTP_SAID_421 : SMTP_OUT_OF_STEP;
	verb = c->expect[0];
	memmove(c->expect, c->expect + 1, --c->expects * sizeof(*c->expect));
	if (verb == VERB_QUIT)
		return SMTP_GOODBYE;
	if (code == 421) {
		if (verb != VERB_RSET)
			settle(c, SMTP_REPLIED, command[verb], &c->reader.reply);
		return SMTP_SAID_421;
	}
	if (ok && (code == 354) != (verb == VERB_DATA))
		return SMTP_OUT_OF_STEP;
	if (ok && code >= 300 && code != 354)
		return SMTP_OUT_OF_STEP;
	if (verb == VERB_RSET && !ok)
		return SMTP_OUT_OF_STEP; /* an old transaction may still be open: nothing may be sent into it */
	if (verb == VERB_BODY && ok && c->flight[0].body_end > c->base + c->sent)
		return SMTP_OUT_OF_STEP; /* accepted before it was all there */
	answered(c, verb, ok);
	return SMTP_GOES_ON;
}

enum smtp_end
smtp_conn_take(struct smtp_conn *c, const char *p, size_t n)
{
	enum smtp_end end = SMTP_GOES_ON;
	size_t used;

	for (; n > 0 && end == SMTP_GOES_ON; p += used, n -= used) {
		enum smtp_read got = smtp_reader_feed(&c->reader, p, n, &used);

		if (got == SMTP_READ_BAD)
			end = SMTP_UNREADABLE;
		else if (got == SMTP_READ_REPLY)
			end = match(c);
	}
	return end;
}

/* The first message was let in: its body, or for a refused one nothing, then the dot. */
static void
write_body(struct smtp_conn *c, struct buf *out)
{
	struct flight *f = &c->flight[0];

	c->go = false;
	f->body_at = c->base + c->out[0].len + c->out[1].len;
	if (!f->settled) {
		c->handler->body(c->handler->ctx, f->tag, out);
		if (out->len < 2 || memcmp(out->data + out->len - 2, "\r\n", 2) != 0)
			buf_addstr(out, "\r\n");
	}
	buf_addstr(out, ".\r\n");
	f->body_end = c->base + c->out[0].len + c->out[1].len;
	c->expect[c->expects++] = VERB_BODY;
}

static void
write_line(struct smtp_conn *c, struct buf *out)
{
	const char *line = c->envelope.data + c->envelope_at;
	size_t n = (size_t)((const char *)memchr(line, '\n', c->envelope.len - c->envelope_at) + 1 - line);

	switch (line[0]) {
	case 'M': c->expect[c->expects++] = VERB_MAIL; break;
	case 'D': c->expect[c->expects++] = VERB_DATA; break;
	case 'Q': c->expect[c->expects++] = VERB_QUIT; break;
	default: c->expect[c->expects++] = line[1] == 'S' ? VERB_RSET : VERB_RCPT; break;
	}
	buf_add(out, line, n);
	c->envelope_at += n;
}

bool
smtp_conn_put(struct smtp_conn *c, const char **p, size_t *n)
{
	struct buf *out = &c->out[c->frozen ? !c->front : c->front];

	if (c->go)
		write_body(c, out);
	while (c->envelope_at < c->envelope.len && (c->offers.pipelining || c->expects == 0))
		write_line(c, out);
	out = &c->out[c->front];
	if (c->sent == out->len)
		return false;
	*p = out->data + c->sent;
	*n = out->len - c->sent < CHUNK ? out->len - c->sent : CHUNK;
	c->frozen = true;
	if (c->offered < c->base + c->sent + *n)
		c->offered = c->base + c->sent + *n;
	return true;
}

void
smtp_conn_wrote(struct smtp_conn *c, size_t n)
{
	struct buf *out = &c->out[c->front];

	c->sent += n;
	if (c->sent < out->len)
		return;
	c->base += out->len;
	buf_reset(out);
	c->sent = 0;
	c->front = !c->front; /* what was collected meanwhile; nothing, most of the time */
	c->frozen = false;
}

void
smtp_conn_end(struct smtp_conn *c)
{
	static const struct smtp_reply none;

	c->open = false;
	while (c->flights > 0) {
		const struct flight *f = &c->flight[0];

		settle(c, f->body_at < c->offered ? SMTP_UNKNOWN : SMTP_UNSENT, f->at, &none);
		leave(c);
	}
	reset(c);
}

size_t
smtp_conn_busy(const struct smtp_conn *c)
{
	return c->flights;
}

bool
smtp_conn_waiting(const struct smtp_conn *c)
{
	return c->expects > 0 || c->out[0].len + c->out[1].len > c->sent;
}

bool
smtp_conn_patient(const struct smtp_conn *c)
{
	return c->expects > 0 && c->expect[0] == VERB_BODY;
}

bool
smtp_conn_spent(const struct smtp_conn *c)
{
	return c->limit > 0 && c->submitted >= c->limit && c->flights == 0;
}

bool
smtp_conn_exposed(const struct smtp_conn *c)
{
	for (size_t i = 0; i < c->flights; i++)
		if (!c->flight[i].settled && c->flight[i].body_at < c->offered)
			return true;
	return false;
}

uint64_t
smtp_conn_replies(const struct smtp_conn *c)
{
	return c->replies;
}

const struct smtp_reply *
smtp_conn_reply(const struct smtp_conn *c)
{
	return &c->reader.reply;
}
