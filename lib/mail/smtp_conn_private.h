/*
 * smtp_conn_private.h - what smtp_conn.c (replies) and smtp_conn_write.c (commands) share.
 *
 * The life of a message: submitted (its MAIL and RCPT lines in c->envelope),
 * written (its verbs in c->expect), its content on the wire (body_at set),
 * answered. With DATA it is let in before its content (354: c->go). Replies come
 * in order, so the message that a reply speaks of is always the first in
 * c->flight.
 */
#ifndef SMTP_CONN_PRIVATE_H
#define SMTP_CONN_PRIVATE_H

#include "base/buf.h"
#include "mail/smtp_conn.h"
#include "mail/smtp_reply.h"

#define NOWHERE UINT64_MAX
#define VERBS_PER_MESSAGE 5 /* RSET MAIL RCPT, DATA and body or BDAT */

enum verb {
	VERB_RSET,
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_BODY,
	VERB_CHUNK, /* BDAT n LAST */
	VERB_QUIT
};

struct flight {
	uint64_t tag;
	uint64_t body_at, body_end; /* where in the stream its body or BDAT begins, or NOWHERE, and ends */
	size_t envelope;            /* bytes of its lines in c->envelope; BDAT only */
	enum smtp_command at;       /* answered last */
	bool mail_ok;               /* a transaction is open at the relay */
	bool settled;               /* done() was called */
	bool behind;                /* BDAT: written while another one was not answered yet */
	bool bare;                  /* BDAT: another one went before it on the connection, and no RSET between them */
	bool spared;                /* its MAIL found the transaction of an earlier one open */
};

struct smtp_conn {
	const struct smtp_handler *handler;
	struct smtp_trust *trust;
	struct smtp_terms terms;
	struct smtp_reader reader;
	struct flight *flight; /* ring, in order of submission */
	enum verb *expect;     /* ring, in order of writing */
	size_t window, verbs;  /* how large they are */
	size_t ahead;          /* most flights at once, as far as the relay is trusted; never less than it was */
	size_t flight_head, flights, expect_head, expects;
	size_t unsaid;       /* BDAT: the last ones in c->flight, of which nothing is written yet */
	struct buf envelope; /* lines from envelope_at on are not written yet */
	size_t envelope_at;
	struct buf body;   /* BDAT's, while it is measured */
	struct buf out[2]; /* out[front] is on the wire once frozen; then the other one collects */
	int front;
	size_t sent;      /* of out[front] */
	uint64_t base;    /* where in the stream out[front] begins */
	uint64_t offered; /* the stream up to here was given to a write */
	int64_t submitted, written, served;
	uint64_t replies;
	bool open, quitting, frozen, go, need_rset;
	bool last_words; /* 421: nothing more is processed there */
};

static inline struct flight *
conn_flight(const struct smtp_conn *c, size_t i)
{
	size_t at = c->flight_head + i;

	return &c->flight[at < c->window ? at : at - c->window];
}

/* What is answered next. */
static inline enum verb
conn_expect(const struct smtp_conn *c)
{
	return c->expect[c->expect_head];
}

/* A place that was promised is not taken back. */
static inline void
conn_trust(struct smtp_conn *c)
{
	size_t ahead = smtp_trust_ahead(c->trust, c->terms.dialogue, c->window);

	if (ahead > c->ahead)
		c->ahead = ahead;
}

#endif
