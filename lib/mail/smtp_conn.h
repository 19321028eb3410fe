/*
 * smtp_conn.h - the dialogue on one connection that is open, without the connection.
 *
 * Bytes from the relay go in, bytes for the relay come out, done() is called
 * for each message exactly once. No socket and no clock here: smtp_link.c has
 * both, and tests play relay.
 *
 * Every command written is put into a queue of what must be answered; a reply
 * that the head of the queue cannot have ends the connection. Before DATA at
 * most one envelope is written ahead of the message content on the wire; with
 * BDAT whole messages are.
 */
#ifndef SMTP_CONN_H
#define SMTP_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/smtp.h"
#include "mail/smtp_trust.h"

struct smtp_conn;

enum smtp_end {
	SMTP_GOES_ON,
	SMTP_GOODBYE,     /* QUIT was answered */
	SMTP_SAID_421,    /* the relay closes; smtp_conn_reply has its words */
	SMTP_FALL_BACK,   /* it does not bear the dialogue that it offers (smtp_trust_blames); smtp_conn_reply has its words */
	SMTP_OUT_OF_STEP, /* a reply that answers nothing we said */
	SMTP_UNREADABLE,  /* no reply at all */
};

/* handler->trouble and handler->credentials are not called from here. Handler and trust are borrowed. */
struct smtp_conn *smtp_conn_new(const struct smtp_handler *handler, int window, struct smtp_trust *trust);
void smtp_conn_free(struct smtp_conn *c);

/* A connection is there, past EHLO and AUTH. Once its limit of messages is submitted, QUIT follows the last one by itself. */
void smtp_conn_open(struct smtp_conn *c, const struct smtp_terms *terms);
const struct smtp_terms *smtp_conn_terms(const struct smtp_conn *c);

/* How many messages can be submitted now, and submit one (see smtp_pool_submit). */
size_t smtp_conn_room(const struct smtp_conn *c);
void smtp_conn_submit(struct smtp_conn *c, const struct smtp_message *m);

/* Say QUIT; only when nothing is on the way. */
void smtp_conn_quit(struct smtp_conn *c);

/* Take bytes from the relay. Anything but SMTP_GOES_ON: close and call smtp_conn_end. */
enum smtp_end smtp_conn_take(struct smtp_conn *c, const char *p, size_t n);

/*
 * The bytes to write now; false: none. They stay where they are, and the same
 * ones are given (or more from the same address) until smtp_conn_wrote takes
 * some away: TLS wants a write that would block repeated from the same place.
 * A message counts as on the wire from the moment its bytes are given here.
 * Bodies are asked for as these bytes go: not many are held ahead of the socket.
 */
bool smtp_conn_put(struct smtp_conn *c, const char **p, size_t *n);
void smtp_conn_wrote(struct smtp_conn *c, size_t n);

/* The connection is gone: what is on the way is given back through done(). Afterwards it can be opened again. */
void smtp_conn_end(struct smtp_conn *c);

/* The relay said 421 since this connection has had as many messages as it may have, and it has had some. */
bool smtp_conn_is_full(const struct smtp_conn *c);

size_t smtp_conn_busy(const struct smtp_conn *c);                    /* messages that the relay has to answer, done or not */
bool smtp_conn_waiting(const struct smtp_conn *c);                   /* a reply must come, or bytes wait to be written */
bool smtp_conn_patient(const struct smtp_conn *c);                   /* that reply is the one to a message's end, which takes longest */
bool smtp_conn_spent(const struct smtp_conn *c);                     /* its limit is reached, nothing is on the way, no QUIT yet */
bool smtp_conn_leaving(const struct smtp_conn *c);                   /* QUIT was said, and nothing else is on the way */
bool smtp_conn_exposed(const struct smtp_conn *c);                   /* were it to end now, some message would be SMTP_UNKNOWN */
uint64_t smtp_conn_replies(const struct smtp_conn *c);               /* whole replies so far */
const struct smtp_reply *smtp_conn_reply(const struct smtp_conn *c); /* the last one */

#endif
