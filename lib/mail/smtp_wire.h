/*
 * smtp_wire.h - a connection to a relay: its URL, what EHLO says while libcurl opens it, and whether it is ready for MAIL then.
 */
#ifndef SMTP_WIRE_H
#define SMTP_WIRE_H

#include "mail/smtp.h"
#include "mail/smtp_ehlo.h"
#include "mail/wire.h"

struct buf;
struct err;

/* Append the URL to open: the relay's, checked, with the name for EHLO in its path. ERR_INPUT says what is wrong with it. */
int smtp_wire_url(const struct smtp_relay *relay, struct buf *url, struct err *e);

/* Begin to open. Wire and ehlo must stay where they are. login: NULL without one; copied. */
int smtp_wire_open(struct wire *w, struct smtp_ehlo *ehlo, CURLM *multi, const struct smtp_relay *relay, const char *url,
    const struct smtp_credentials *login, struct err *e);

/* libcurl is done with opening: 0 when the relay is ready for MAIL; else the reason, which may quote the relay. */
int smtp_wire_opened(struct wire *w, const struct smtp_ehlo *ehlo, CURLcode result, const struct smtp_relay *relay, struct err *e);

#endif
