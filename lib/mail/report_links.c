/*
 * report_links.c - where a link of ours may stand in what comes back; see report_private.h.
 *
 * A link is 44 characters of base32 before an at sign (base/link.h). Relays fold its case; the base32 of others looks alike, so that
 * nothing here means anything before the keys have said so.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "mail/report_private.h"

#define LINK_CHARS (LINK_TEXT - 1)

static bool
is_base32(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
}

static void
add(struct report *r, enum report_link_place place, const char *p)
{
	struct report_link l = { .place = place };

	for (size_t i = 0; i < LINK_CHARS; i++)
		l.text[i] = (char)tolower((unsigned char)p[i]);
	for (int i = 0; i < r->links; i++)
		if (r->link[i].place == place && strcmp(r->link[i].text, l.text) == 0)
			return;
	if (r->links < REPORT_LINKS)
		r->link[r->links++] = l;
}

/*
 * Take each link of the value: behind one of the characters `before` or at its beginning, and before an at sign; both as they are or as
 * URLs write them, "%2Babc…%40".
 */
static void
find(struct report *r, enum report_link_place place, const char *value, const char *before)
{
	const char *p = value;

	while (*p) {
		const char *link = p;
		size_t n = 0;
		bool starts = p == value || strchr(before, p[-1]);

		while (is_base32(p[n]))
			n++;
		if (n == LINK_CHARS + 2 && p > value && p[-1] == '%' && strncasecmp(p, "2b", 2) == 0) {
			link += 2;
			starts = true;
		}
		p += n;
		if (starts && p - link == LINK_CHARS && (*p == '@' || strncmp(p, "%40", 3) == 0))
			add(r, place, link);
		if (n == 0)
			p++;
	}
}

struct place {
	const char *field;
	enum report_link_place place;
	const char *before;
};

/* Whom the report itself was sent to. */
static const struct place own[] = {
	{ "Delivered-To", REPORT_LINK_RECIPIENT, "+" }, { "X-Original-To", REPORT_LINK_RECIPIENT, "+" },
	{ "Envelope-To", REPORT_LINK_RECIPIENT, "+" }, { "X-Envelope-To", REPORT_LINK_RECIPIENT, "+" },
	{ "X-Delivered-To", REPORT_LINK_RECIPIENT, "+" }, { "Original-Recipient", REPORT_LINK_RECIPIENT, "+" },
	{ "X-Rcpt-To", REPORT_LINK_RECIPIENT, "+" }, { "To", REPORT_LINK_RECIPIENT, "+" }, { "Cc", REPORT_LINK_RECIPIENT, "+" },
	{ "Resent-To", REPORT_LINK_RECIPIENT, "+" }, { "Received", REPORT_LINK_RECIPIENT, "+" }, { NULL, 0, NULL }
};

/* What it answers: for bounces and complaints alone. */
static const struct place answered[] = {
	{ "In-Reply-To", REPORT_LINK_MESSAGE_ID, "<" }, { "References", REPORT_LINK_MESSAGE_ID, "<" }, { NULL, 0, NULL }
};

/* What came back, and what a report says of it. */
static const struct place returned[] = {
	{ "Message-ID", REPORT_LINK_MESSAGE_ID, "< " }, { "Original-Message-ID", REPORT_LINK_MESSAGE_ID, "< " },
	{ "X-Original-Message-ID", REPORT_LINK_MESSAGE_ID, "< " }, { "X-Google-Original-Message-ID", REPORT_LINK_MESSAGE_ID, "< " },
	{ "X-Message-ID", REPORT_LINK_MESSAGE_ID, "< " }, { "Resent-Message-ID", REPORT_LINK_MESSAGE_ID, "< " },
	{ "Return-Path", REPORT_LINK_SENDER, "+" }, { "Original-Mail-From", REPORT_LINK_SENDER, "+" },
	{ "X-Original-Return-Path", REPORT_LINK_SENDER, "+" }, { "X-Envelope-From", REPORT_LINK_SENDER, "+" },
	{ "X-Envelope-Sender", REPORT_LINK_SENDER, "+" }, { "X-Postfix-Sender", REPORT_LINK_SENDER, "+" },
	{ "Original-Envelope-Id", REPORT_LINK_SENDER, "+ ;<" }, { "Envelope-From", REPORT_LINK_SENDER, "+" },
	{ "List-Unsubscribe", REPORT_LINK_UNSUBSCRIBE, "+" }, { NULL, 0, NULL }
};

/* Look at the fields of a text that the table names. */
static void
search(struct report *r, const char *text, size_t n, const struct place *places, bool headers)
{
	const char *at = text, *end = text + n;
	struct report_field f;
	char value[REPORT_VALUE];

	while (report_field_next(&at, end, &f)) {
		if (headers && f.blank_before && f.name != text)
			break;
		for (const struct place *p = places; p->field; p++)
			if (report_field_is(&f, p->field)) {
				report_field_value(&f, value, sizeof(value));
				find(r, p->place, value, p->before);
			}
	}
}

/* An envelope id is ours whole: nothing follows it. */
static void
search_envelope_id(struct report *r, const struct buf *status)
{
	char value[REPORT_VALUE];
	size_t n;

	report_field_get(status, "Original-Envelope-Id", value, sizeof(value));
	for (n = 0; is_base32(value[n]); n++)
		;
	if (n == LINK_CHARS && !value[n])
		add(r, REPORT_LINK_SENDER, value);
}

void
report_links(struct report *r, const struct report_mail *m, const char *envelope)
{
	if (envelope)
		find(r, REPORT_LINK_RECIPIENT, envelope, "+");
	search(r, m->headers.data, m->headers.len, own, true);
	if (r->kind == REPORT_PERSON || r->kind == REPORT_AUTOMATIC || r->kind == REPORT_RECEIPT)
		return;
	search(r, m->returned.data, m->returned.len, returned, true);
	for (int i = 0; i < m->parts; i++)
		if (m->part[i].role == REPORT_ROLE_STATUS || m->part[i].role == REPORT_ROLE_FEEDBACK) {
			search(r, m->part[i].text.data, m->part[i].text.len, returned, false);
			search_envelope_id(r, &m->part[i].text);
		}
	search(r, m->words.data, m->words.len, returned, false);
	search(r, m->headers.data, m->headers.len, answered, true);
}
