/*
 * smtp_envelope.h - a message's MAIL and RCPT lines.
 */
#ifndef SMTP_ENVELOPE_H
#define SMTP_ENVELOPE_H

struct buf;
struct smtp_message;
struct smtp_offers;

/*
 * Append "MAIL FROM:<…> …" and "RCPT TO:<…> …", each with CRLF, with the
 * parameters that are offered: SIZE (RFC 1870), SMTPUTF8 and BODY=8BITMIME
 * (RFC 6531 3.6), RET, ENVID, NOTIFY and ORCPT (RFC 3461). Aborts at an address
 * that would be more than an address, and at SMTPUTF8 where it is not offered.
 */
void smtp_envelope(struct buf *out, const struct smtp_message *m, const struct smtp_offers *offers);

#endif
