/*
 * wire.h - one connection as libcurl makes it: DNS, TCP, TLS or STARTTLS, greeting, login; then bytes.
 *
 * The only place that knows of CURLOPT_CONNECT_ONLY; SMTP, IMAP and POP3 share it. The easy handle stays in its multi handle for the
 * connection's whole life: taking it out closes the connection. libcurl never says good-bye (QUIT, LOGOUT).
 */
#ifndef WIRE_H
#define WIRE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/tls.h"

struct err;

/* What the other side says while the connection is opened, a line at a time. -1: it makes no sense, close. */
typedef int wire_line_fn(void *ctx, const char *p, size_t n);

struct wire_where { /* strings are copied by wire_open */
	const char *url;
	const char *user;     /* NULL: no login */
	const char *password; /* "" without one */
	const char *token;    /* OAuth 2.0 bearer, in place of a password; NULL */
	const char *ca_file;  /* "": the system's */
	enum tls tls;         /* for schemes that begin without TLS; TLS_OPPORTUNISTIC: no certificate is looked at, whatever the scheme */
	int64_t timeout;      /* seconds for all of the opening */
	wire_line_fn *line;
	void *ctx;
};

struct wire {
	CURL *easy;       /* NULL: closed */
	curl_socket_t fd; /* after wire_opened */
	bool tls;         /* after wire_opened: bytes may wait inside TLS that poll does not see */
	size_t heard;     /* bytes said while opening */
	wire_line_fn *line;
	void *ctx;
	char error[CURL_ERROR_SIZE];
};

enum wire_io {
	WIRE_OK,
	WIRE_AGAIN,
	WIRE_CLOSED,
	WIRE_ERROR
};

/*
 * ERR_INPUT unless the URL has this scheme, or this one and an s, a host, perhaps a port, and nothing else (a path where `path` is
 * true); `what` ("the relay's URL") and `like` ("smtp://host:587 or smtps://host:465") are for the error's text.
 */
struct wire_url {
	const char *scheme, *what, *like;
	bool path;
};
int wire_check_url(CURLU *u, const struct wire_url *wanted, const char *url, struct err *e);

/* Begin to open. The wire must stay where it is; it is found again by CURLINFO_PRIVATE. */
int wire_open(struct wire *w, CURLM *multi, const struct wire_where *where, struct err *e);

/* libcurl is done with opening, well: find the socket. */
int wire_opened(struct wire *w, struct err *e);

/* Why libcurl did not open it. */
const char *wire_why(const struct wire *w, CURLcode result);

void wire_close(struct wire *w, CURLM *multi);

/* Never block. *done: how many bytes. After WIRE_AGAIN a send must be repeated with the same bytes, or more, at the same address. */
enum wire_io wire_send(struct wire *w, const char *p, size_t n, size_t *done);
enum wire_io wire_recv(struct wire *w, char *p, size_t n, size_t *done);

/* More must come: acknowledge at once, for who writes each answer by itself holds the next back until we do (40 ms). */
void wire_hurry(struct wire *w);

#endif
