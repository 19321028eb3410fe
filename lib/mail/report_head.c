/* report_head.c - what a message's own headers say: who sent it, what it claims to be; see report_private.h. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/report_private.h"

/* From: "Mail Delivery System" <MAILER-DAEMON@x>, MAILER-DAEMON@x (Mail Delivery System), or no address at all. */
static void
read_from(struct report_mail *m)
{
	char raw[1024], decoded[1024], *open, *at, *p;

	report_field_get(&m->headers, "From", raw, sizeof(raw));
	report_text_header(decoded, sizeof(decoded), raw);
	report_field_address(decoded, m->from);
	text_lower(m->from);
	if ((open = strrchr(decoded, '<')) && open > decoded) {
		*open = '\0';
		p = decoded;
	} else if ((p = strchr(decoded, '(')) && (at = strrchr(p, ')')))
		*at = '\0', p++;
	else
		p = decoded[0] && !m->from[0] ? decoded : decoded + strlen(decoded);
	while (*p == '"' || *p == ' ')
		p++;
	for (at = p + strlen(p); at > p && (at[-1] == '"' || at[-1] == ' ');)
		*--at = '\0';
	p[text_cut(p, strlen(p) < sizeof(m->name) ? strlen(p) : sizeof(m->name) - 1)] = '\0';
	snprintf(m->name, sizeof(m->name), "%s", p);
}

static void
read_fields(struct report_mail *m)
{
	char value[REPORT_VALUE];

	report_field_get(&m->headers, "Subject", value, sizeof(value));
	report_text_header(m->subject, sizeof(m->subject), value);
	report_field_get(&m->headers, "Return-Path", value, sizeof(value));
	m->null_sender = strncmp(value, "<>", 2) == 0 || strncasecmp(value, "<mailer-daemon", 14) == 0;
	report_field_get(&m->headers, "Auto-Submitted", value, sizeof(value));
	value[strcspn(value, " ;(")] = '\0';
	snprintf(m->submitted, sizeof(m->submitted), "%.63s", text_lower(value));
}

static bool
name_begins(const char *s, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, "|");

		if (strncasecmp(s, words, n) == 0)
			return true;
		words += n + (words[n] == '|');
	}
	return false;
}

/* Machines that deliver mail call themselves so. */
static bool
is_daemon(const struct report_mail *m)
{
	static const char locals[] =
	    "mailer-daemon|mailerdaemon|mailer_daemon|mailerdemon|mailer.daemon|postmaster|post_master|mail-daemon|mail_daemon|"
	    "maildaemon|mail.daemon|mmdf|mdaemon|uucp@|root@|ndr@|bounce|double-bounce|mail-delivery|maildelivery|"
	    "mailsystem|mail-system|mailadmin|microsoftexchange|smtp-daemon|smtpd|mta@|mailrouter|daemon@|nobody@|"
	    "internet-mail|mailgate@";
	static const char names[] =
	    "mail delivery|mailer-daemon|postmaster|mail deliver|mail administrator|system administrator|delivery subsystem|"
	    "mail system|mailer daemon|microsoft outlook|internet mail|delivery status|mail router|undeliver|delivery";

	return name_begins(m->from, locals) || name_begins(m->name, names) || (!m->from[0] && m->null_sender);
}

/* The type and report-type of the Content-Type field, however it is written. */
static void
read_type(struct report_mail *m)
{
	char value[REPORT_VALUE], *p;

	report_field_get(&m->headers, "Content-Type", value, sizeof(value));
	text_lower(value);
	if ((p = strstr(value, "report-type"))) {
		p += strlen("report-type");
		p += strspn(p, " =\"");
		snprintf(m->report_type, sizeof(m->report_type), "%.*s", (int)strcspn(p, " ;\""), p);
	}
	value[strcspn(value, " ;(")] = '\0';
	snprintf(m->type, sizeof(m->type), "%.63s", value);
}

void
report_head_read(struct report_mail *m)
{
	read_type(m);
	read_from(m);
	read_fields(m);
	m->daemon = is_daemon(m);
}
