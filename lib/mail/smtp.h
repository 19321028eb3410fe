/*
 * smtp.h - the dialogue with relays over several connections each, without blocking.
 *
 * libcurl opens each connection (DNS, TCP, TLS or STARTTLS, EHLO, AUTH); from
 * then on the dialogue is ours, over curl_easy_send and curl_easy_recv. Every
 * reply is counted and matched to its command. One recipient a message.
 *
 *   relay offers             dialogue         on the wire                        round trips a message
 *   CHUNKING and PIPELINING  SMTP_CHUNKING    MAIL RCPT BDAT n LAST <body>       1/window
 *                                             up to `window` messages ahead
 *   PIPELINING               SMTP_PIPELINED   <body> . MAIL RCPT DATA            1
 *                                             in one write
 *   neither                  SMTP_PLAIN       one command at a time              4
 *
 * What a relay offers is tried with care: one BDAT alone, then two, then the
 * window. One that breaks its promise is spoken to in the next lesser dialogue
 * for a day (RFC 3030, RFC 2920; smtp_trust.h).
 *
 * A message is submitted only while there is room (a place in a connection
 * that is ready), so that a relay that cannot be reached costs no claims.
 */
#ifndef SMTP_H
#define SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/tls.h"

struct buf;
struct err;
struct pollfd;

enum smtp_dialogue { /* from the best to the least */
	SMTP_AUTO,   /* the best that the relay offers: the same as SMTP_CHUNKING */
	SMTP_CHUNKING,
	SMTP_PIPELINED,
	SMTP_PLAIN
};

/* The word of the configuration: "auto", "chunking", "pipelined", "plain". */
enum smtp_dialogue smtp_dialogue_named(const char *word);

struct smtp_relay {      /* all strings borrowed for the pool's life, "" when unset */
	const char *url; /* smtp://host:587, smtps://host:465 */
	const char *user, *password;
	const char *ca_file, *helo;
	enum tls tls;
	enum smtp_dialogue dialogue;     /* the best that may be used */
	int connections;                 /* most at once */
	int window;                      /* most messages on the way on one connection */
	int64_t messages_per_connection; /* 0: no limit; LIMITS MAILMAX is honoured besides */
	int64_t timeout;                 /* seconds for a reply; twice that after a message's end */
};

struct smtp_reply {
	int code;          /* 250; 0 when there was none */
	char enhanced[12]; /* "5.1.1" (RFC 2034), or "" */
	char text[400];    /* the text of all lines joined by spaces, cut; may hold addresses: redact before it goes anywhere */
};

enum smtp_command {
	SMTP_CONNECT,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BODY /* the end of the message: its dot, or BDAT */
};

enum smtp_result {
	/*
	 * The relay decided: reply->code 2xx accepted, 4xx or 5xx refused; 421 for the one it answered. A message larger than the relay's
	 * SIZE is not tried: it gets a reply of ours, 552 5.3.4 at SMTP_MAIL.
	 */
	SMTP_REPLIED,
	/*
	 * Certainly not accepted, and nobody's fault: send it again at will. The connection ended before a byte of the body (or its BDAT)
	 * went out, or after a 421 to an earlier one; or the relay refused the dialogue, not the message.
	 */
	SMTP_UNSENT,
	SMTP_UNKNOWN, /* the connection ended after that and before the final reply */
};

struct smtp_message {
	uint64_t tag;          /* the caller's, given back */
	const char *mail_from; /* "" for <> */
	const char *rcpt_to;
	/*
	 * RFC 3461, used where the relay offers DSN; NULL or "": none. Octets as they are: they are written as xtext here, and left out
	 * where that would be longer than the RFC allows. ENVID takes RET=HDRS along, ORCPT takes NOTIFY=FAILURE.
	 */
	const char *envid, *orcpt;
	size_t size;   /* octets, for SIZE=; 0: not declared */
	bool smtputf8; /* needs RFC 6531; only where smtp_pool_has_smtputf8 said so, else it aborts */
};

struct smtp_credentials { /* borrowed until the callback's caller has copied them: before any other callback */
	const char *password;
	const char *bearer; /* not NULL or "": XOAUTH2 (or OAUTHBEARER) with it, and no password */
};

/* Called from smtp_hub_turn and smtp_pool_free only. They may submit; they must not turn or free. */
struct smtp_handler {
	/* Append the message's bytes (CRLF lines, no line begins with a dot, no terminating dot). At most once for each message. */
	void (*body)(void *ctx, uint64_t tag, struct buf *out);
	/*
	 * Exactly once for each submitted message. `at` is the command that was answered last; reply is there until it returns, code 0
	 * unless SMTP_REPLIED.
	 */
	void (*done)(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply);
	/* Connection trouble worth a line in the log (cannot connect, TLS, AUTH, 421 …); text without secrets and addresses. */
	void (*trouble)(void *ctx, const char *text);
	/*
	 * Asked for each connection that is opened when relay->user is set, so that files can be read again. NULL: relay->password.
	 * -1 is trouble as if the relay could not be reached.
	 */
	int (*credentials)(void *ctx, struct smtp_credentials *out, struct err *e);
	void *ctx;
};

/* The event loop that pools share. */
struct smtp_hub;
/* The connections to one relay. */
struct smtp_pool;

struct smtp_hub *smtp_hub_new(void);
void smtp_hub_free(struct smtp_hub *h); /* after its pools */

/*
 * Wait at most wait_us microseconds for something to happen (also on the
 * caller's n descriptors, whose revents are filled), then read, match, write;
 * opens and closes connections as needed, with back-off after trouble (1 s
 * doubling to 5 min). It may return early. What is submitted between two turns
 * leaves in one write a connection, with the body before it. To stop: no more
 * submissions, want 0, and turns until nothing is busy.
 */
void smtp_hub_turn(struct smtp_hub *h, struct pollfd *extra, size_t n, int64_t wait_us);

struct smtp_pool *smtp_pool_new(struct smtp_hub *h, const struct smtp_relay *relay, const struct smtp_handler *handler, struct err *e);

/* Close every connection, QUIT where nothing is outstanding; what is on the way is given back through done(). */
void smtp_pool_free(struct smtp_pool *p);

/*
 * How many messages are waiting: 0 lets idle connections go (QUIT), more than there is room for opens connections: one, and once
 * it stands as many more at a time as stand already, up to the limit. Where the relay takes no more than stand, those are replaced
 * when they end, and more are tried with a back-off of their own.
 */
void smtp_pool_want(struct smtp_pool *p, size_t messages);

/* How many messages can be submitted right now, over all connections. */
size_t smtp_pool_room(const struct smtp_pool *p);

/* Whether every connection with room has a relay that offers SMTPUTF8 (until the next turn). */
bool smtp_pool_has_smtputf8(const struct smtp_pool *p);

/*
 * No connection is ready, and the last attempt to open one failed (or takes
 * more than ten seconds) or the back-off after trouble runs: the caller may take
 * another relay. False before the first attempt. It is tried again only while
 * something is wanted of it.
 */
bool smtp_pool_is_down(const struct smtp_pool *p);

/*
 * Hand over a message while there is room, to each connection in turn. The
 * strings are copied at once. Addresses must be free of CR, LF, < and > (they
 * were parsed): anything else aborts.
 */
void smtp_pool_submit(struct smtp_pool *p, const struct smtp_message *m);

/* Messages submitted and not done. */
size_t smtp_pool_busy(const struct smtp_pool *p);

#endif
