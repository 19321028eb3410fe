/* smtp_envelope.c - see smtp_envelope.h. */
#include "mail/smtp_envelope.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mail/smtp.h"
#include "mail/smtp_ehlo.h"

#define ENVID_MAX 100 /* RFC 3461 4.4 */
#define ORCPT_MAX 500 /* RFC 3461 4.2 */

/* A line break inside an address would be a command of somebody else's. */
static void
check_address(const char *s)
{
	if (s[strcspn(s, "\r\n<>")] != '\0')
		abort();
}

/* Append " NAME=…" in xtext (RFC 3461 4); nothing when it would be too long. */
static void
add_xtext(struct buf *out, const char *name, const char *s, size_t most)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t before = out->len, from;

	buf_addstr(out, name);
	from = out->len;
	for (; *s && out->len - from <= most; s++) {
		unsigned char c = (unsigned char)*s;

		if (c > ' ' && c < 0x7F && c != '+' && c != '=') {
			buf_addch(out, *s);
			continue;
		}
		buf_addch(out, '+');
		buf_addch(out, hex[c >> 4]);
		buf_addch(out, hex[c & 15]);
	}
	if (out->len - from > most)
		buf_truncate(out, before);
}

/* "rfc822" is for ASCII; what needs RFC 6533's utf-8 type is left out. */
static bool
is_ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s > 0x7F)
			return false;
	return true;
}

void
smtp_envelope(struct buf *out, const struct smtp_message *m, const struct smtp_offers *offers)
{
	if (m->smtputf8 && !offers->smtputf8)
		abort();
	check_address(m->mail_from);
	check_address(m->rcpt_to);
	buf_addstr(out, "MAIL FROM:<");
	buf_addstr(out, m->mail_from);
	buf_addstr(out, ">");
	if (offers->size && m->size > 0)
		buf_addf(out, " SIZE=%zu", m->size);
	if (m->smtputf8)
		buf_addstr(out, offers->eightbitmime ? " SMTPUTF8 BODY=8BITMIME" : " SMTPUTF8");
	if (offers->dsn && m->envid && m->envid[0]) {
		buf_addstr(out, " RET=HDRS");
		add_xtext(out, " ENVID=", m->envid, ENVID_MAX);
	}
	buf_addstr(out, "\r\nRCPT TO:<");
	buf_addstr(out, m->rcpt_to);
	buf_addstr(out, ">");
	if (offers->dsn && m->orcpt && m->orcpt[0]) {
		buf_addstr(out, " NOTIFY=FAILURE");
		if (is_ascii(m->orcpt))
			add_xtext(out, " ORCPT=rfc822;", m->orcpt, ORCPT_MAX - strlen("rfc822;"));
	}
	buf_addstr(out, "\r\n");
}
