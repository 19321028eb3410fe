/*
 * inbound_forward.c - what people write to a mailbox that is read goes to whom [mail] forward names, once and never in a circle.
 *
 * A few words of ours with the message behind them, as it came. It is our own mail, signed and bounced as such, that answers go past: to
 * whoever wrote. Three things end a circle: it says Auto-Submitted, so that it is nobody's mail when it comes back (RFC 3834); our mark
 * in its header; and so many a day are the most.
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "mail/addr.h"
#include "mail/message.h"
#include "site/compose.h"
#include "site/inbound_private.h"
#include "site/personal.h"
#include "site/site.h"
#include "store/outbox.h"

#define FORWARD_BYTES ((size_t)1 << 20)
#define FORWARD_A_DAY 200
#define FORWARD_EXPIRES ((int64_t)7 * 86400)
#define LINE_MAX_OCTETS 998 /* RFC 5322 2.1.1 */
#define BASE64_LINE 57      /* octets that make 76 characters */

bool
inbound_is_forward(const struct site *site, const char *bytes, size_t n)
{
	char value[256];

	return inbound_header(bytes, n, "X-Loop", value, sizeof(value)) && strcasecmp(value, site->conf.mail_from) == 0;
}

/* Whether it came from where it would go, or is ours. */
static bool
would_circle(const struct site *site, const struct report *r, const char *bytes, size_t n)
{
	const struct conf *c = &site->conf;
	char value[256], text[LINK_TEXT];
	const char *id;
	struct link l;

	if (strcasecmp(r->from, c->mail_forward) == 0 || strcasecmp(r->from, c->mail_from) == 0)
		return true;
	if (inbound_is_forward(site, bytes, n))
		return true;
	if (!inbound_header(bytes, n, "Message-ID", value, sizeof(value)))
		return false;
	id = value + strspn(value, "< ");
	if (strcspn(id, "@") != sizeof(text) - 1)
		return false;
	memcpy(text, id, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	return link_read_address(&l, site->links, text) == 0;
}

/* Whether the message can stand in a part as it is: 7-bit, short lines, none that begins with a dot (nothing of ours is dot-stuffed). */
static bool
is_plain(const char *s, size_t n)
{
	size_t i, column = 0;

	for (i = 0; i < n; i++) {
		if ((unsigned char)s[i] >= 0x80 || s[i] == '\0' || (column == 0 && s[i] == '.') || column > LINE_MAX_OCTETS)
			return false;
		column = s[i] == '\n' ? 0 : column + 1;
	}
	return column <= LINE_MAX_OCTETS;
}

static void
add_plain(struct buf *out, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\r')
			continue;
		if (s[i] == '\n')
			buf_addch(out, '\r');
		buf_addch(out, s[i]);
	}
}

/* RFC 2045 6.8. */
static void
add_base64(struct buf *out, const char *s, size_t n)
{
	char line[BASE64_LEN(BASE64_LINE) + 1];
	size_t i, take;

	for (i = 0; i < n; i += take) {
		take = n - i < BASE64_LINE ? n - i : BASE64_LINE;
		base64_encode(line, (const uint8_t *)s + i, take);
		buf_addf(out, "%s\r\n", line);
	}
}

/*
 * Put the message behind our words: these are `ours`, as merged. A message/rfc822 must not be encoded (RFC 2046 5.2.1), so that one which
 * cannot go as it is goes as a file of its own, which programs open by its name.
 */
static void
attach(struct buf *out, const struct conf *conf, const struct buf *ours, const char *bytes, size_t n)
{
	static const char version[] = "\r\nMIME-Version: 1.0\r\n";
	const char *at = memmem(ours->data, ours->len, version, sizeof(version) - 1);
	const char *part = at ? at + sizeof(version) - 1 : ours->data;
	uint8_t octets[16];
	char mark[2 * sizeof(octets) + 1];
	bool plain = is_plain(bytes, n);

	secret_random(octets, sizeof(octets)); /* nobody can put it into what they write */
	hex_encode(mark, octets, sizeof(octets));
	buf_add(out, ours->data, (size_t)(part - ours->data));
	buf_addf(out, "X-Loop: %s\r\nContent-Type: multipart/mixed; boundary=\"=_%s\"\r\n\r\n--=_%s\r\n", conf->mail_from, mark, mark);
	buf_add(out, part, (size_t)(ours->data + ours->len - part));
	buf_addf(out, "\r\n--=_%s\r\n", mark);
	if (plain)
		buf_addstr(out, "Content-Type: message/rfc822\r\n");
	else
		buf_addstr(out, "Content-Type: application/octet-stream; name=\"message.eml\"\r\nContent-Transfer-Encoding: base64\r\n");
	buf_addstr(out, "Content-Disposition: attachment; filename=\"message.eml\"\r\n\r\n");
	if (plain)
		add_plain(out, bytes, n);
	else
		add_base64(out, bytes, n);
	buf_addf(out, "\r\n--=_%s--\r\n", mark);
}

/* Our words; NULL on failure. reply_to "": nobody can be answered. */
static struct message *
compile(const struct conf *conf, const struct report *r, const char *reply_to, struct err *e)
{
	struct composed mail = COMPOSED_INIT;
	struct message *message = NULL;
	json_t *data = json_object();

	json_put(data, "from", reply_to[0] ? reply_to : NULL);
	json_put(data, "subject", r->subject[0] ? r->subject : NULL);
	if (compose_render(&mail, conf, "", "forward", data, e) == 0)
		message = compose_notice_for(conf, &mail, reply_to, e);
	composed_release(&mail);
	json_decref(data);
	return message;
}

static int
queue(struct site *site, const struct message *message, const char *bytes, size_t n, struct err *e)
{
	struct personal_for whose = { .address = site->conf.mail_forward, .name = "" };
	struct buf ours = BUF_INIT, whole = BUF_INIT;
	struct personal personal;
	int rc = outbox_reserve(site->db, "forward", 0, whose.address, clock_now() + FORWARD_EXPIRES, &whose.outbox_id, e);

	personal_init(&personal, &site->conf, site->links);
	if (rc == 0) {
		personal_fill(&personal, &whose, message);
		message_merge(message, &personal.values, &ours);
		attach(&whole, &site->conf, &ours, bytes, n);
		rc = outbox_fill(site->db, whose.outbox_id, whole.data, whole.len, e);
	}
	personal_release(&personal);
	buf_release(&ours);
	buf_release(&whole);
	return rc == -1 ? -1 : 1;
}

int
inbound_forward(struct site *site, const struct report *r, const char *bytes, size_t n, struct err *why, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct message *message;
	struct addr from;
	int rc;

	if (!site->conf.mail_forward[0] || r->automatic || n > FORWARD_BYTES || would_circle(site, r, bytes, n))
		return 0;
	if (addr_parse(&from, r->from, &ignored) == -1)
		from.text[0] = '\0';
	message = compile(&site->conf, r, from.text, why);
	if (!message)
		return 0;
	rc = inbound_room(site, "inbound-forward", FORWARD_A_DAY, e);
	bytes = inbound_start(bytes, &n);
	if (rc == 1)
		rc = queue(site, message, bytes, n, e);
	message_free(message);
	return rc;
}
