/*
 * mailbox_session.h - a connection to a mail server that is spoken to one command after the other, waiting for the answers.
 *
 * Every wait ends after `timeout` seconds, or at once when stop_fd becomes readable. Each SESSION_BLOCK octets of an answer have that
 * long, so that a large message may take its time while a server that dribbles does not. What failed once is closed and fails ever after.
 */
#ifndef MAILBOX_SESSION_H
#define MAILBOX_SESSION_H

#include <stdarg.h>

#include "base/buf.h"
#include "mail/mailbox.h"
#include "mail/wire.h"

#define SESSION_BLOCK 65536 /* octets */

struct session {
	CURLM *multi;
	struct wire wire;
	int64_t timeout;  /* microseconds */
	int64_t deadline; /* clock_mono_us */
	size_t block;     /* octets of this block that came */
	int stop_fd;
	void (*tick)(void *); /* mailbox.h */
	void *tick_ctx;
	bool good;       /* it is open, and in step */
	char words[300]; /* what the server said last against us while it was opened; "" */
	char in[16384];  /* from start to end: came, not looked at yet */
	size_t start, end;
};

/* Connect and log in. `where` is not kept. */
int session_open(struct session *s, const struct mailbox_where *where, struct err *e);

/* Write it all; the time for the answer begins. */
int session_write(struct session *s, const char *p, size_t n, struct err *e);

/* The time for the next of several answers begins. */
void session_expect(struct session *s);

/* Wait until there is something in `in`. */
int session_fill(struct session *s, struct err *e);

/* The connection is of no use any more: close it and say why (ERR_PEER), on one line, redacted. Always -1. */
int session_fail(struct session *s, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A refusal that leaves the connection in order: what was refused and the server's words. Always -1. */
int session_refused(struct err *e, const char *what, const char *words);

/* From now on stop_fd does not end a wait: what was removed must be told to the server. If it is readable already, waits are short. */
void session_hasten(struct session *s);

void session_close(struct session *s);

#endif
