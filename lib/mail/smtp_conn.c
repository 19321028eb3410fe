/*
 * smtp_conn.c - what the relay's replies mean; see smtp_conn.h and smtp_conn_private.h.
 *
 * A refused message is done at once, but keeps its place until DATA or BDAT is
 * answered: a relay that says 354 all the same gets a lone dot (RFC 2920 3.1),
 * and one that accepted MAIL and refused DATA gets RSET before the next MAIL.
 * BDAT's octets are swallowed by a relay that refuses them, and the transaction
 * is over (RFC 3030 2); one that thinks otherwise shows it by refusing the next
 * MAIL with 503, and gets RSET before each from then on.
 */
#include "mail/smtp_conn.h"

#include <stdlib.h>

#include "judge/judge.h"
#include "mail/smtp_conn_private.h"

struct smtp_conn *
smtp_conn_new(const struct smtp_handler *handler, int window, struct smtp_trust *trust)
{
	struct smtp_conn *c = xcalloc(1, sizeof(*c));

	c->handler = handler;
	c->trust = trust;
	c->window = (size_t)window;
	c->verbs = c->window * VERBS_PER_MESSAGE + 1;
	c->flight = xcalloc(c->window, sizeof(*c->flight));
	c->expect = xcalloc(c->verbs, sizeof(*c->expect));
	buf_init(&c->envelope);
	buf_init(&c->body);
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
	buf_release(&c->body);
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
	c->flight_head = c->flights = c->expect_head = c->expects = c->unsaid = 0;
	c->envelope_at = c->sent = 0;
	c->base = c->offered = c->replies = 0;
	c->submitted = c->written = c->served = 0;
	c->front = 0;
	c->open = c->quitting = c->frozen = c->go = c->need_rset = c->last_words = false;
}

void
smtp_conn_open(struct smtp_conn *c, const struct smtp_terms *terms)
{
	reset(c);
	c->terms = *terms;
	c->open = true;
	c->ahead = 0;
	conn_trust(c);
}

const struct smtp_terms *
smtp_conn_terms(const struct smtp_conn *c)
{
	return &c->terms;
}

/* Call done() for the first message, which may be left waiting for its place to be free. */
static void
settle(struct smtp_conn *c, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	struct flight *f = conn_flight(c, 0);

	if (f->settled)
		return;
	f->settled = true;
	c->served += result == SMTP_REPLIED && reply->code != 421;
	c->handler->done(c->handler->ctx, f->tag, result, at, reply);
}

static void
leave(struct smtp_conn *c)
{
	c->flight_head = c->flight_head + 1 < c->window ? c->flight_head + 1 : 0;
	c->flights--;
}

/* MAIL or RCPT was refused. Without pipelining the rest of the envelope is not said. */
static void
refused(struct smtp_conn *c, enum smtp_command at)
{
	settle(c, SMTP_REPLIED, at, &c->reader.reply);
	if (c->expects > 0)
		return;
	c->need_rset = conn_flight(c, 0)->mail_ok;
	c->envelope_at = c->envelope.len;
	leave(c);
}

/* BDAT was answered: the end of this message, whatever was refused of it before. */
static void
chunk_answered(struct smtp_conn *c, bool ok)
{
	static const struct smtp_reply none;
	struct flight *f = conn_flight(c, 0);

	if (ok && !f->settled) {
		c->trust->chunk_accepted = true;
		c->trust->window_accepted |= f->behind;
		c->trust->losses = 0;
		conn_trust(c);
	}
	if (!ok && f->spared) {
		c->need_rset = true;
		settle(c, SMTP_UNSENT, f->at, &none);
	} else {
		settle(c, SMTP_REPLIED, SMTP_BODY, &c->reader.reply);
	}
	leave(c);
}

/* An earlier message's transaction may be open still: what becomes of this one shows at its end. */
static bool
finds_another_open(const struct smtp_conn *c, enum verb verb)
{
	return verb == VERB_MAIL && c->reader.reply.code == 503 && conn_flight(c, 0)->bare;
}

static void
answered(struct smtp_conn *c, enum verb verb, bool ok)
{
	struct flight *f = conn_flight(c, 0);
	int code = c->reader.reply.code;

	switch (verb) {
	case VERB_MAIL:
		f->at = SMTP_MAIL;
		f->mail_ok = ok;
		f->spared = finds_another_open(c, verb);
		c->trust->reset_first |= f->spared;
		if (!ok && !f->spared)
			refused(c, SMTP_MAIL);
		break;
	case VERB_RCPT:
		f->at = SMTP_RCPT;
		if (!ok && !(f->spared && code == 503))
			refused(c, SMTP_RCPT);
		break;
	case VERB_DATA:
		f->at = SMTP_DATA;
		if (ok) {
			c->trust->group_accepted |= c->terms.dialogue == SMTP_PIPELINED;
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
	case VERB_CHUNK: chunk_answered(c, ok); break;
	case VERB_RSET:
	case VERB_QUIT: break;
	}
}

/* Whether a reply to this verb can be; what it says is another matter. */
static bool
in_step(const struct smtp_conn *c, enum verb verb, int code)
{
	bool ok = code < 400;

	if (ok && (code == 354) != (verb == VERB_DATA))
		return false;
	if (ok && code >= 300 && code != 354)
		return false;
	if (verb == VERB_RSET && !ok)
		return false; /* an old transaction may still be open: nothing may be sent into it */
	/* accepted before it was all there */
	return !ok || (verb != VERB_BODY && verb != VERB_CHUNK) || conn_flight(c, 0)->body_end <= c->base + c->sent;
}

static const enum smtp_command command_of[] = {
	[VERB_RSET] = SMTP_CONNECT,
	[VERB_MAIL] = SMTP_MAIL,
	[VERB_RCPT] = SMTP_RCPT,
	[VERB_DATA] = SMTP_DATA,
	[VERB_BODY] = SMTP_BODY,
	[VERB_CHUNK] = SMTP_BODY,
	[VERB_QUIT] = SMTP_CONNECT,
};

/* The relay refuses the dialogue, not this message: give it back, and the connection up. */
static bool
blames_dialogue(struct smtp_conn *c, enum verb verb)
{
	static const struct smtp_reply none;
	const struct flight *f = conn_flight(c, 0);
	int code = c->reader.reply.code;
	/* After a refused recipient BDAT is refused as well; but where it is not even known, its octets are read as commands. */
	bool unknown = verb == VERB_CHUNK && (code == 500 || code == 502 || code == 504);

	if (verb == VERB_RSET || f->spared || code < 500 || (f->settled && !unknown) || finds_another_open(c, verb))
		return false;
	if (!smtp_trust_blames(c->trust, c->terms.dialogue, command_of[verb], &c->reader.reply))
		return false;
	settle(c, SMTP_UNSENT, f->at, &none);
	return true;
}

/* A whole reply is in the reader. */
static enum smtp_end
match(struct smtp_conn *c)
{
	int code = c->reader.reply.code;
	enum verb verb;

	c->replies++;
	if (c->expects == 0)
		return code == 421 ? SMTP_SAID_421 : SMTP_OUT_OF_STEP;
	verb = conn_expect(c);
	c->expect_head = c->expect_head + 1 < c->verbs ? c->expect_head + 1 : 0;
	c->expects--;
	if (verb == VERB_QUIT)
		return SMTP_GOODBYE;
	if (code == 421) {
		c->last_words = true; /* a limit for this connection is nobody's refusal: that one is UNSENT like those behind it */
		if (verb != VERB_RSET && !smtp_conn_is_full(c))
			settle(c, SMTP_REPLIED, command_of[verb], &c->reader.reply);
		return SMTP_SAID_421;
	}
	if (!in_step(c, verb, code))
		return SMTP_OUT_OF_STEP;
	if (blames_dialogue(c, verb))
		return SMTP_FALL_BACK;
	answered(c, verb, code < 400);
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

void
smtp_conn_end(struct smtp_conn *c)
{
	static const struct smtp_reply none;

	c->open = false;
	while (c->flights > 0) {
		const struct flight *f = conn_flight(c, 0);
		/* Replies come in order: after a 421 to an earlier one, this one was not looked at. */
		bool unknown = f->body_at < c->offered && !c->last_words;

		settle(c, unknown ? SMTP_UNKNOWN : SMTP_UNSENT, f->at, &none);
		leave(c);
	}
	reset(c);
}

bool
smtp_conn_is_full(const struct smtp_conn *c)
{
	return c->last_words && c->served > 0 && judge_ends_session(c->reader.reply.text);
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
	return c->expects > 0 && (conn_expect(c) == VERB_BODY || conn_expect(c) == VERB_CHUNK);
}

bool
smtp_conn_spent(const struct smtp_conn *c)
{
	return c->terms.limit > 0 && c->submitted >= c->terms.limit && c->flights == 0 && !c->quitting;
}

bool
smtp_conn_leaving(const struct smtp_conn *c)
{
	return c->quitting && c->flights == 0;
}

bool
smtp_conn_exposed(const struct smtp_conn *c)
{
	if (c->last_words)
		return false;
	for (size_t i = 0; i < c->flights; i++)
		if (!conn_flight(c, i)->settled && conn_flight(c, i)->body_at < c->offered)
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
