/*
 * returned.c - a mailbox full of what comes back, for bench/inbound.
 *
 *   returned KEYS MAILDIR COUNT
 *
 * Writes COUNT messages of about 6 KB into MAILDIR/new, one about each of the subscribers 1 … COUNT, with links of ours, made with KEYS:
 * of ten five are DSNs of unknown users, two of full mailboxes, one is a free-form bounce, one an abuse report, one a vacation note.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/link.h"

#define SIZE 6000

struct about {
	int number;
	char sender[LINK_TEXT], message_id[LINK_TEXT];
};

static void
put_original(struct buf *out, const struct about *a)
{
	buf_addf(out,
	    "Message-ID: <%s@news.example.com>\nFrom: Quiet Harbour <news@news.example.com>\nTo: person%d@example.org\n"
	    "Subject: Sleeping better\nDate: Thu, 26 Nov 2026 08:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain\n\n",
	    a->message_id, a->number);
	while (out->len < SIZE)
		buf_addstr(out, "A night without sleep is no catastrophe, and nobody has to earn rest.\n");
}

static void
put_report(struct buf *out, const struct about *a, const char *type, const char *fields, const char *said)
{
	buf_addf(out,
	    "From: MAILER-DAEMON@mx.example.org\nTo: bounce+%s@news.example.com\nSubject: Undelivered Mail Returned to Sender\n"
	    "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=%s; boundary=edge\n\n--edge\nContent-Type: text/plain\n\n"
	    "This is the mail system at host mx.example.org.\n\n<person%d@example.org>: %s\n\n--edge\nContent-Type: message/%s\n\n%s\n"
	    "--edge\nContent-Type: message/rfc822\n\n",
	    a->sender, type, a->number, said, type, fields);
	put_original(out, a);
	buf_addstr(out, "--edge--\n");
}

static void
put_dsn(struct buf *out, const struct about *a, const char *status, const char *said)
{
	struct buf fields = BUF_INIT;

	buf_addf(&fields,
	    "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; person%d@example.org\nAction: failed\nStatus: %s\n"
	    "Diagnostic-Code: smtp; %s\n",
	    a->number, status, said);
	put_report(out, a, "delivery-status", fields.data, said);
	buf_release(&fields);
}

static void
put_free_form(struct buf *out, const struct about *a)
{
	buf_addf(out,
	    "From: Mail Delivery System <Mailer-Daemon@mx.example.org>\nTo: bounce+%s@news.example.com\n"
	    "Subject: Mail delivery failed: returning message to sender\nAuto-Submitted: auto-replied\n\n"
	    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or "
	    "more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  person%d@example.org\n"
	    "    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n",
	    a->sender, a->number);
	put_original(out, a);
}

static void
put_vacation(struct buf *out, const struct about *a)
{
	buf_addf(out,
	    "From: person%d@example.org\nTo: bounce+%s@news.example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n"
	    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=edge\n\n--edge\nContent-Type: text/plain\n\n"
	    "I am away until Monday.\n\n"
	    "--edge\nContent-Type: message/rfc822\n\n",
	    a->number, a->sender);
	put_original(out, a);
	buf_addstr(out, "--edge--\n");
}

static void
put_complaint(struct buf *out, const struct about *a)
{
	put_report(out, a, "feedback-report", "Feedback-Type: abuse\nUser-Agent: Reports/1.0\nVersion: 1\n", "an abuse report");
}

static void
put_message(struct buf *out, const struct about *a)
{
	switch (a->number % 10) {
	case 5:
	case 6: put_dsn(out, a, "5.2.2", "552 5.2.2 mailbox is full"); break;
	case 7: put_free_form(out, a); break;
	case 8: put_complaint(out, a); break;
	case 9: put_vacation(out, a); break;
	default: put_dsn(out, a, "5.1.1", "550 5.1.1 no such user here"); break;
	}
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct buf message = BUF_INIT, path = BUF_INIT;
	struct link_keys *keys = argc == 4 ? link_keys_load(argv[1], &e) : NULL;
	struct about a = { .number = 1 };
	FILE *f;

	for (; keys && a.number <= strtol(argv[3], NULL, 10); a.number++) {
		struct link l = { .purpose = LINK_BOUNCE, .subscriber = a.number, .topic = 1, .campaign = 1 };

		link_address(a.sender, keys, &l);
		l.purpose = LINK_MESSAGE;
		link_address(a.message_id, keys, &l);
		buf_reset(&message);
		put_message(&message, &a);
		buf_reset(&path);
		buf_addf(&path, "%s/new/1700000000.M%d.bench", argv[2], a.number);
		f = fopen(path.data, "w");
		if (!f || fwrite(message.data, 1, message.len, f) != message.len || fclose(f) != 0) {
			perror(path.data);
			return 1;
		}
	}
	if (!keys)
		fprintf(stderr, "returned KEYS MAILDIR COUNT: %s\n", e.text);
	link_keys_free(keys);
	buf_release(&message);
	buf_release(&path);
	return a.number > 1 ? 0 : 1;
}
