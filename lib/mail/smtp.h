/*
 * smtp.h - the dialogue with one relay over several connections, without blocking.
 *
 * libcurl opens each connection (DNS, TCP, TLS or STARTTLS, EHLO, AUTH); from
 * then on the dialogue is ours, over curl_easy_send and curl_easy_recv. Every
 * reply is counted and matched to its command. One recipient a message.
 *
 *   relay offers   dialogue                                     round trips
 *   PIPELINING     <body> . MAIL RCPT DATA in one write         1
 *   nothing        one command at a time                        4
 *
 * A message is submitted only while there is room (a connection that is ready
 * for its envelope), so that a relay that cannot be reached costs no claims.
 */
#ifndef SMTP_H
#define SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum smtp_tls {
	SMTP_TLS_REQUIRED,
	SMTP_TLS_OPPORTUNISTIC,
	SMTP_TLS_NONE
};

struct smtp_relay {      /* all strings borrowed for the pool's life, "" when unset */
	const char *url; /* smtp://host:587, smtps://host:465 */
	const char *user, *password;
	const char *ca_file, *helo;
	enum smtp_tls tls;
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
	SMTP_BODY
};

enum smtp_result {
	SMTP_REPLIED, /* the relay decided: reply->code 2xx accepted, 4xx or 5xx refused; 421 for the one it answered */
	SMTP_UNSENT,  /* the connection ended before a byte of the body went out: send it again at will */
	SMTP_UNKNOWN, /* the connection ended after that and before the final reply */
};

struct smtp_message {
	uint64_t tag;          /* the caller's, given back */
	const char *mail_from; /* "" for <> */
	const char *rcpt_to;
	size_t size;   /* octets, for SIZE=; 0: not declared */
	bool smtputf8; /* needs RFC 6531; only where smtp_pool_has_smtputf8 said so, else it aborts */
};

struct smtp_handler {
	/* Append the message's bytes (CRLF lines, no line begins with a dot, no terminating dot). */
	void (*body)(void *ctx, uint64_t tag, struct buf *out);
	/*
	 * Exactly once for each submitted message. `at` is the command that was answered last; reply is there until it returns, code 0
	 * unless SMTP_REPLIED.
	 */
	void (*done)(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply);
	/* Connection trouble worth a line in the log (cannot connect, TLS, AUTH, 421 …); text without secrets and addresses. */
	void (*trouble)(void *ctx, const char *text);
	void *ctx;
};

struct smtp_pool;

struct smtp_pool *smtp_pool_new(const struct smtp_relay *relay, const struct smtp_handler *handler, struct err *e);

/* How many messages are waiting: 0 lets idle connections go (QUIT), more opens connections one after the other, up to the limit. */
void smtp_pool_want(struct smtp_pool *p, size_t messages);

/* How many messages can be submitted right now without waiting in a queue. */
size_t smtp_pool_room(const struct smtp_pool *p);

/* Whether every connection with room has a relay that offers SMTPUTF8 (until the next turn). */
bool smtp_pool_has_smtputf8(const struct smtp_pool *p);

/*
 * Hand over a message while there is room. The strings are copied into the
 * connection's buffer at once. Both addresses must be free of CR, LF, < and >
 * (they were parsed): anything else aborts.
 */
void smtp_pool_submit(struct smtp_pool *p, const struct smtp_message *m);

/*
 * Wait at most timeout_ms for something to happen (also on the given extra
 * descriptor, -1 for none), then read, match, write; handlers are called from
 * here only. Opens and closes connections as needed, with back-off after
 * trouble (1 s doubling to 5 min). What is submitted between two turns leaves
 * in one write with the body before it. To stop: no more submissions, want 0,
 * and turns until nothing is busy.
 */
void smtp_pool_turn(struct smtp_pool *p, int extra_fd, int timeout_ms);

/* Messages submitted and not done. */
size_t smtp_pool_busy(const struct smtp_pool *p);

/* Close every connection, QUIT where nothing is outstanding; what is on the way is given back through done(). */
void smtp_pool_free(struct smtp_pool *p);

#endif
