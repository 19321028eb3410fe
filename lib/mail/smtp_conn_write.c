/* smtp_conn_write.c - what the relay is told; see smtp_conn.h. */
#include <stdlib.h>
#include <string.h>

#include "mail/smtp_conn_private.h"
#include "mail/smtp_envelope.h"

#define CHUNK 65536        /* bytes given to one write: progress shows on the way through a long message */
#define AHEAD 131072       /* BDAT: no more messages are fetched while so many bytes wait for the socket */
#define BUFFER_KEEP 524288 /* a buffer that had to hold more is not kept for it */

/* Places before DATA: nothing may follow DATA until it is answered, but content may be followed by an envelope. */
static size_t
data_room(const struct smtp_conn *c)
{
	if (c->envelope_at < c->envelope.len)
		return 0;
	return c->flights == 0 || c->go || conn_flight(c, c->flights - 1)->body_at != NOWHERE;
}

size_t
smtp_conn_room(const struct smtp_conn *c)
{
	size_t ahead = c->ahead, room;

	if (!c->open || c->quitting || c->last_words)
		return 0;
	/* Where such a connection was closed before, the next message goes alone: it may be lost. */
	if (c->terms.pause > 0 && c->submitted >= c->terms.pause && c->served <= c->terms.pause)
		ahead = 1;
	if (c->flights >= ahead)
		return 0;
	room = c->terms.dialogue == SMTP_CHUNKING ? ahead - c->flights : data_room(c);
	if (c->terms.pause > c->submitted && room > (size_t)(c->terms.pause - c->submitted))
		room = (size_t)(c->terms.pause - c->submitted);
	if (c->terms.limit > 0 && room > (size_t)(c->terms.limit - c->submitted))
		room = (size_t)(c->terms.limit - c->submitted);
	return room;
}

static struct buf *
collecting(struct smtp_conn *c)
{
	return &c->out[c->frozen ? !c->front : c->front];
}

/* Where in the stream the next byte goes. */
static uint64_t
stream_end(const struct smtp_conn *c)
{
	return c->base + c->out[0].len + c->out[1].len;
}

static void
expect(struct smtp_conn *c, enum verb verb)
{
	size_t at = c->expect_head + c->expects++;

	c->expect[at < c->verbs ? at : at - c->verbs] = verb;
}

void
smtp_conn_submit(struct smtp_conn *c, const struct smtp_message *m)
{
	bool chunking = c->terms.dialogue == SMTP_CHUNKING;
	size_t before;

	if (smtp_conn_room(c) == 0)
		abort();
	/* Nothing is left of it, or the front half is dead: the rest moves down. */
	if (c->envelope_at == c->envelope.len || c->envelope_at > 8192) {
		memmove(c->envelope.data, c->envelope.data + c->envelope_at, c->envelope.len - c->envelope_at);
		buf_truncate(&c->envelope, c->envelope.len - c->envelope_at);
		c->envelope_at = 0;
	}
	before = c->envelope.len;
	if (!chunking && c->need_rset) {
		buf_addstr(&c->envelope, "RSET\r\n");
		c->need_rset = false;
	}
	smtp_envelope(&c->envelope, m, &c->terms.offers);
	if (!chunking)
		buf_addstr(&c->envelope, "DATA\r\n");
	*conn_flight(c, c->flights++) = (struct flight){
		.tag = m->tag, .body_at = NOWHERE, .at = SMTP_CONNECT, .envelope = c->envelope.len - before
	};
	c->unsaid += chunking;
	c->submitted++;
	conn_trust(c);
}

static void
say_quit(struct smtp_conn *c)
{
	buf_addstr(collecting(c), "QUIT\r\n");
	expect(c, VERB_QUIT);
	c->quitting = true;
}

void
smtp_conn_quit(struct smtp_conn *c)
{
	if (c->open && c->flights == 0 && c->expects == 0 && !c->quitting)
		say_quit(c);
}

/* QUIT may be the last of a group (RFC 2920 3.1): it spares the last message of a connection a round trip. */
static void
quit_at_limit(struct smtp_conn *c)
{
	if (c->terms.limit > 0 && c->submitted >= c->terms.limit && !c->quitting && c->terms.dialogue != SMTP_PLAIN)
		say_quit(c);
}

/* The message's content, which ends its last line. */
static void
fetch(struct smtp_conn *c, const struct flight *f, struct buf *out)
{
	c->handler->body(c->handler->ctx, f->tag, out);
	if (out->len < 2 || memcmp(out->data + out->len - 2, "\r\n", 2) != 0)
		buf_addstr(out, "\r\n");
}

/* The first message was let in: its body, or for a refused one nothing, then the dot. */
static void
write_body(struct smtp_conn *c)
{
	struct flight *f = conn_flight(c, 0);
	struct buf *out = collecting(c);

	c->go = false;
	f->body_at = stream_end(c);
	if (!f->settled)
		fetch(c, f, out);
	buf_addstr(out, ".\r\n");
	f->body_end = stream_end(c);
	expect(c, VERB_BODY);
	if (c->flights == 1)
		quit_at_limit(c);
}

static void
write_line(struct smtp_conn *c)
{
	const char *line = c->envelope.data + c->envelope_at;
	size_t n = (size_t)((const char *)memchr(line, '\n', c->envelope.len - c->envelope_at) + 1 - line);

	switch (line[0]) {
	case 'M': expect(c, VERB_MAIL); break;
	case 'D': expect(c, VERB_DATA); break;
	default: expect(c, line[1] == 'S' ? VERB_RSET : VERB_RCPT); break;
	}
	buf_add(collecting(c), line, n);
	c->envelope_at += n;
}

/* A whole message: MAIL RCPT BDAT and its octets as they are. */
static void
write_chunk(struct smtp_conn *c)
{
	struct flight *f = conn_flight(c, c->flights - c->unsaid);
	struct buf *out = collecting(c);

	f->behind = c->expects > 0;
	f->bare = c->written > 0 && !c->need_rset && !c->trust->reset_first;
	if (c->written++ > 0 && !f->bare) {
		buf_addstr(out, "RSET\r\n");
		expect(c, VERB_RSET);
		c->need_rset = false;
	}
	buf_add(out, c->envelope.data + c->envelope_at, f->envelope);
	c->envelope_at += f->envelope;
	expect(c, VERB_MAIL);
	expect(c, VERB_RCPT);
	c->unsaid--;
	buf_reset(&c->body);
	fetch(c, f, &c->body);
	f->body_at = stream_end(c);
	buf_addf(out, "BDAT %zu LAST\r\n", c->body.len);
	buf_add(out, c->body.data, c->body.len);
	f->body_end = stream_end(c);
	expect(c, VERB_CHUNK);
	if (c->body.cap > BUFFER_KEEP)
		buf_release(&c->body);
	if (c->unsaid == 0)
		quit_at_limit(c);
}

bool
smtp_conn_put(struct smtp_conn *c, const char **p, size_t *n)
{
	const struct buf *front;

	if (c->go)
		write_body(c);
	if (c->terms.dialogue == SMTP_CHUNKING)
		while (c->unsaid > 0 && c->out[0].len + c->out[1].len - c->sent < AHEAD)
			write_chunk(c);
	else
		while (c->envelope_at < c->envelope.len && (c->terms.dialogue == SMTP_PIPELINED || c->expects == 0))
			write_line(c);
	front = &c->out[c->front];
	if (c->sent == front->len)
		return false;
	*p = front->data + c->sent;
	*n = front->len - c->sent < CHUNK ? front->len - c->sent : CHUNK;
	c->frozen = true;
	if (c->offered < c->base + c->sent + *n)
		c->offered = c->base + c->sent + *n;
	return true;
}

void
smtp_conn_wrote(struct smtp_conn *c, size_t n)
{
	struct buf *front = &c->out[c->front];

	c->sent += n;
	if (c->sent < front->len)
		return;
	c->base += front->len;
	buf_reset(front);
	if (front->cap > BUFFER_KEEP)
		buf_release(front);
	c->sent = 0;
	c->front = !c->front; /* what was collected meanwhile; nothing, most of the time */
	c->frozen = false;
}
