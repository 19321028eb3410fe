/*
 * smtp_wire.h - one connection as libcurl makes it: DNS, TCP, TLS or STARTTLS, EHLO, AUTH; then bytes.
 *
 * The only place that knows of CURLOPT_CONNECT_ONLY. The easy handle stays in
 * its multi handle for the connection's whole life: taking it out closes the
 * connection. libcurl never says QUIT.
 */
#ifndef SMTP_WIRE_H
#define SMTP_WIRE_H

#include <curl/curl.h>
#include <stddef.h>

#include "mail/smtp.h"
#include "mail/smtp_ehlo.h"

struct buf;
struct err;

struct smtp_wire {
	CURL *easy;       /* NULL: closed */
	curl_socket_t fd; /* after smtp_wire_opened */
	struct smtp_ehlo ehlo;
	bool tls;     /* after smtp_wire_opened: bytes may wait inside TLS that poll does not see */
	size_t heard; /* bytes that the relay said while opening */
	char error[CURL_ERROR_SIZE];
};

enum smtp_io {
	SMTP_IO_OK,
	SMTP_IO_AGAIN,
	SMTP_IO_CLOSED,
	SMTP_IO_ERROR
};

/* Append the URL to open: the relay's, checked, with the name for EHLO in its path. ERR_INPUT says what is wrong with it. */
int smtp_wire_url(const struct smtp_relay *relay, struct buf *url, struct err *e);

/* Begin to open. The wire must stay where it is; it is found again by CURLINFO_PRIVATE. login: NULL without one; copied. */
int smtp_wire_open(struct smtp_wire *w, CURLM *multi, const struct smtp_relay *relay, const char *url,
    const struct smtp_credentials *login, struct err *e);

/* libcurl is done with opening: 0 when the relay is ready for MAIL; else the reason, which may quote the relay. */
int smtp_wire_opened(struct smtp_wire *w, CURLcode result, const struct smtp_relay *relay, struct err *e);

void smtp_wire_close(struct smtp_wire *w, CURLM *multi);

/* Never block. *done: how many bytes. After SMTP_IO_AGAIN a send must be repeated with the same bytes, or more, at the same address. */
enum smtp_io smtp_wire_send(struct smtp_wire *w, const char *p, size_t n, size_t *done);
enum smtp_io smtp_wire_recv(struct smtp_wire *w, char *p, size_t n, size_t *done);

/* More replies must come: acknowledge at once, for a relay that writes each by itself holds the next back until we do (40 ms). */
void smtp_wire_hurry(struct smtp_wire *w);

#endif
