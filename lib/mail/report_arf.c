/*
 * report_arf.c - complaints: feedback reports (RFC 5965, 6590 redaction, 6591) and what vendors sent before them; see report_private.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/report_private.h"

static bool
has_any(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcasestr(s, *words))
			return true;
	return false;
}

/* "redacted@…", "undisclosed@…": whom it is about was hidden (RFC 6590), and no address of anybody's. */
static bool
is_hidden(const char *address)
{
	static const char *const words[] = { "redacted", "undisclosed", "hidden@", "xxxx", "**", "munged", "x@x", NULL };

	return has_any(address, words);
}

static void
add(struct report *r, const char *value, const char *server, const char *text)
{
	struct report_found f = { .address = "", .original = "", .enhanced = "", .text = text, .words = "", .server = server };
	char address[ADDR_MAX];

	if (!report_field_address(value, address) || is_hidden(address))
		return;
	f.address = address;
	report_add(r, &f, REPORT_COMPLAINED);
}

/* The one address of a header that may list several; with several nobody knows who complained. */
static bool
add_only(struct report *r, const struct buf *headers, const char *name, const char *server, const char *text)
{
	char value[REPORT_VALUE];
	const char *at;

	if (!report_field_get(headers, name, value, sizeof(value)) || !(at = strchr(value, '@')))
		return false;
	if (strchr(at + 1, '@') && strchr(at, ','))
		return false;
	add(r, value, server, text);
	return r->recipients > 0;
}

/* Whom it is about: the report's own fields, then what the returned message says of itself. */
static void
find_recipients(struct report *r, const struct report_mail *m, const struct report_part *feedback, const char *text)
{
	static const char *const own[] = { "Original-Rcpt-To", "Removal-Recipient", "Original-Recipient", "Original-To", NULL };
	static const char *const returned[] = { "X-HmXmrOriginalRecipient", "X-MS-Exchange-Organization-OriginalRecipient",
		"X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "To", "Apparently-To", NULL };
	const char *at = feedback ? feedback->text.data : "", *end = at + (feedback ? feedback->text.len : 0);
	char server[256] = "", value[REPORT_VALUE];
	struct report_field f;

	if (feedback && report_field_get(&feedback->text, "Reporting-MTA", value, sizeof(value)))
		snprintf(server, sizeof(server), "%.255s",
		    strchr(value, ';') ? strchr(value, ';') + 1 + strspn(strchr(value, ';') + 1, " ") : value);
	else if (strrchr(m->from, '@'))
		snprintf(server, sizeof(server), "%.255s", strrchr(m->from, '@') + 1);
	while (feedback && report_field_next(&at, end, &f))
		for (size_t i = 0; own[i]; i++)
			if (report_field_is(&f, own[i])) {
				report_field_value(&f, value, sizeof(value));
				add(r, value, server, text);
			}
	add_only(r, &m->headers, returned[0], server, text);
	for (size_t i = 0; returned[i] && !r->recipients; i++)
		add_only(r, &m->returned, returned[i], server, text);
	if (!r->recipients) {
		struct report_found none = { "", "", 0, "", text, "", server };

		report_add(r, &none, REPORT_COMPLAINED);
	}
}

/* What a feedback report's type makes of it. */
static enum report_kind
kind_of(const char *type)
{
	if (strncmp(type, "auth-failure", 12) == 0 || strstr(type, "dmarc") || strstr(type, "dkim") || strstr(type, "spf"))
		return REPORT_AUTH_FAILURE;
	if (strncmp(type, "not-spam", 8) == 0 || strcmp(type, "notspam") == 0 || strcmp(type, "not_spam") == 0)
		return REPORT_AUTOMATIC;
	return REPORT_COMPLAINT;
}

/* The type is a complaint's rule where IANA has it for readers (RFC 5965 7.3, 6430): no other word from outside goes into the store. */
static void
name_complaints(struct report *r, const char *type)
{
	static const char *const known[] = { "abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "miscategorized" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		for (int k = 0; strcmp(known[i], type) == 0 && k < r->recipients; k++)
			snprintf(r->recipient[k].rule, sizeof(r->recipient[k].rule), "%s", type);
}

/* DMARC's aggregate reports (RFC 7489 7.2.1.1): "Report Domain: x Submitter: y Report-ID: z", TLS reports (RFC 8460 5.3). */
static bool
is_aggregate(const struct report_mail *m)
{
	const char *s = m->subject;
	char value[64];

	if (strcmp(m->report_type, "tlsrpt") == 0 || report_field_get(&m->headers, "TLS-Report-Domain", value, sizeof(value)))
		return true;
	return (strcasestr(s, "report domain:") && strcasestr(s, "submitter:")) || strncasecmp(s, "dmarc aggregate report", 22) == 0;
}

/* Reports from before the standard, and those that never followed it: a known sender, and the message that they are about. */
static bool
is_old_complaint(const struct report_mail *m)
{
	static const char *const senders[] = { "staff@hotmail.com", "scomp@", "feedback", "fbl", "complaint", "jmrp", "abuse-report",
		"spamreport", "spam-report", "arf@", "feedbackloop", "spamcop", "@abuse.", "abusedesk@", "report@", "reports@", "abuse@",
		"noreply@abuse", NULL };
	static const char *const subjects[] = { "complaint about message from", "email feedback report", "feedback report for",
		"client tos notification", "abuse report", "spam report", "spam complaint", "junk mail report", "feedback loop",
		"fbl report", "spamcop (", "spamcop report", "complaint report", "user complaint", "abuse complaint", "spam-beschwerde",
		NULL };
	char value[256];

	if (strcasestr(m->subject, "summary"))
		return false;
	if (report_field_get(&m->returned, "X-HmXmrOriginalRecipient", value, sizeof(value)) ||
	    report_field_get(&m->headers, "X-HmXmrOriginalRecipient", value, sizeof(value)))
		return true;
	if (report_field_get(&m->headers, "X-ARF", value, sizeof(value)) || report_field_get(&m->headers, "X-XARF", value, sizeof(value)))
		return strcasestr(m->words.data, "spam") != NULL;
	if (!m->returned.len && !strcasestr(m->from, "spamcop"))
		return false;
	/* Microsoft's subject with the sending host's address in it: nobody else words it so. */
	if (strncasecmp(m->subject, "complaint about message from ", 29) == 0 && isxdigit((unsigned char)m->subject[29]))
		return true;
	return has_any(m->from, senders) && has_any(m->subject, subjects);
}

bool
report_arf(struct report *r, const struct report_mail *m)
{
	const struct report_part *feedback = report_mail_part(m, REPORT_ROLE_FEEDBACK);
	char type[64] = "", text[REPORT_TEXT] = "", value[200] = "";

	if (!feedback) {
		if (is_aggregate(m)) {
			r->kind = REPORT_AUTH_FAILURE;
			return true;
		}
		if (strcmp(m->report_type, "feedback-report") != 0 && (report_is_person(m) || !is_old_complaint(m)))
			return false; /* a feedback report without its fields is one all the same */
		r->kind = REPORT_COMPLAINT;
		find_recipients(r, m, NULL, m->subject);
		return true;
	}
	report_field_get(&feedback->text, "Feedback-Type", type, sizeof(type));
	r->kind = kind_of(text_lower(type));
	if (r->kind != REPORT_COMPLAINT)
		return true;
	report_field_get(&feedback->text, "User-Agent", value, sizeof(value));
	snprintf(text, sizeof(text), "%s%s%s", type, value[0] ? ", by " : "", value);
	find_recipients(r, m, feedback, text);
	name_complaints(r, type);
	return true;
}
