/* test_report.c - what messages that come back say: DSNs with all their bad habits, complaints, automatic mail, links, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "mail/report.h"

#define FROM "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\n"
#define MTA "Reporting-MTA: dns; mx.example.net\nArrival-Date: Mon, 3 Mar 2025 10:00:00 +0100\n\n"
#define T44 "abcdefghijklmnopqrstuvwxyz234567abcdefghijkl"
#define U44 "zbcdefghijklmnopqrstuvwxyz234567abcdefghijkl"
#define UPPER44 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKL"

/* "kind: address class enhanced, …" of a message; the text after it is what the tables below hold. */
static void
describe(struct buf *out, const char *text, size_t n)
{
	struct report r = REPORT_INIT;
	struct err e = ERR_INIT;

	if (report_read(&r, text, n, NULL, &e) == -1) {
		buf_addf(out, "error %d: %s", e.code == ERR_INPUT, e.text);
		report_release(&r);
		return;
	}
	buf_addf(out, "%s:", report_kind_name(r.kind));
	for (int i = 0; i < r.recipients; i++) {
		const struct report_recipient *to = &r.recipient[i];

		buf_addf(out, "%s %s %s%s%s", i ? "," : "", to->address[0] ? to->address : "-",
		    report_class_name(to->class), to->enhanced[0] ? " " : "",
		    to->enhanced);
		if (to->original[0])
			buf_addf(out, " (%s)", to->original);
	}
	for (int i = 0; i < r.links; i++)
		buf_addf(out, " %d=%c", (int)r.link[i].place, r.link[i].text[0]);
	report_release(&r);
}

/* The same for LF and CRLF line ends. */
static void
check(const char *name, const char *message, const char *want)
{
	struct buf got = BUF_INIT, crlf = BUF_INIT, again = BUF_INIT;

	describe(&got, message, strlen(message));
	if (strcmp(got.data, want) != 0)
		fail_msg("%s:\n got  %s\n want %s", name, got.data, want);
	for (const char *p = message; *p; p++) {
		if (*p == '\n')
			buf_addch(&crlf, '\r');
		buf_addch(&crlf, *p);
	}
	describe(&again, crlf.data, crlf.len);
	if (strcmp(again.data, want) != 0)
		fail_msg("%s with CRLF:\n got  %s\n want %s", name, again.data, want);
	buf_release(&got);
	buf_release(&crlf);
	buf_release(&again);
}

struct named {
	const char *name, *text, *want;
};

// clang-format off
/* A delivery-status part in a proper report. */
static const struct named statuses[] = {
	{ "plain", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "no space behind the type", MTA "Final-Recipient: RFC822;Ann@Example.COM\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: Ann@example.com hard 5.1.1" },
	{ "angle brackets", MTA "Final-Recipient: rfc822;<ann@example.com>\nAction: failed\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "quotes", MTA "Final-Recipient: rfc822; \"ann@example.com\"\nAction: failed\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "no type", MTA "Final-Recipient: ann@example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "a comment", MTA "Final-Recipient: rfc822; ann@example.com (Ann Lee)\nAction: Failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a folded value", MTA "Final-Recipient:\n rfc822;\n ann@example.com\nAction: failed\nStatus:\n 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a source route", MTA "Final-Recipient: rfc822; <@mx.example.net,@b.example:ann@example.com>\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a local name", MTA "Original-Recipient: rfc822; ann@example.com\nFinal-Recipient: LOCAL; ann\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "X.400", MTA "Final-Recipient: X400; /G=Ann/S=Lee/O=Example/\nOriginal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "xtext", MTA "Final-Recipient: rfc822; ann+40example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "a plus in the local part stays", MTA "Final-Recipient: rfc822; ann+40@example.com\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann+40@example.com hard 5.1.1" },
	{ "IMCEA", MTA "Final-Recipient: rfc822; IMCEASMTP-ann+40example+2Ecom@mx.example.net\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "RFC 6533: \\x{}", MTA "Final-Recipient: utf-8; \\x{E4}nn@example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: änn@example.com hard 5.1.1" },
	{ "RFC 6533: raw", MTA "Final-Recipient: utf-8; änn@example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: änn@example.com hard 5.1.1" },
	{ "forwarded", MTA "Original-Recipient: rfc822; ann@example.com\nFinal-Recipient: rfc822; lee@example.net\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: lee@example.net hard 5.1.1 (ann@example.com)" },
	{ "two groups",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\n"
		"Status: 5.2.2\n",
	    "bounce: ann@example.com hard 5.1.1, bob@example.com soft 5.2.2" },
	{ "two groups without a blank line",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\n"
		"Status: 5.2.2\n",
	    "bounce: ann@example.com hard 5.1.1, bob@example.com soft 5.2.2" },
	{ "two groups that begin with the original",
	    MTA "Original-Recipient: rfc822; ann@example.com\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n"
		"Original-Recipient: rfc822; bob@example.com\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\nStatus: 5.2.2\n",
	    "bounce: ann@example.com hard 5.1.1, bob@example.com soft 5.2.2" },
	{ "a blank line within a group", MTA "Final-Recipient: rfc822; ann@example.com\n\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "no blank line before the group", "Reporting-MTA: dns; mx.example.net\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "no action", MTA "Final-Recipient: rfc822; ann@example.com\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "no action, a success", MTA "Final-Recipient: rfc822; ann@example.com\nStatus: 2.1.5\n", "success: ann@example.com other 2.0.0" },
	{ "a comment behind the status", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1 (bad mailbox)\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "words alone behind the status", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0 (user unknown)\n",
	    "bounce: ann@example.com hard 5.0.0" },
	{ "no status", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "the diagnostic's code against a generic status",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\n",
	    "bounce: ann@example.com soft 5.2.2" },
	{ "Postfix's type", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.4.4\nDiagnostic-Code: X-Postfix; Host or domain\n"
				"    name not found. Name service error for name=example.com type=A: Host not found\n",
	    "bounce: ann@example.com hard 5.4.4" },
	{ "Notes' type", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X-Notes; User ann (ann@example.com)\n"
			     " not listed in Domino Directory\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "delayed", MTA "Final-Recipient: rfc822; ann@example.com\nAction: delayed\nStatus: 4.4.1\n", "delay: ann@example.com soft 4.4.1" },
	{ "delivered", MTA "Final-Recipient: rfc822; ann@example.com\nAction: delivered\nStatus: 2.0.0\n", "success: ann@example.com other 2.0.0" },
	{ "relayed", MTA "Final-Recipient: rfc822; ann@example.com\nAction: relayed (to a server without DSN)\nStatus: 2.1.9\n",
	    "success: ann@example.com other 2.0.0" },
	{ "expanded", MTA "Final-Recipient: rfc822; ann@example.com\nAction: expanded\nStatus: 2.1.5\n", "success: ann@example.com other 2.0.0" },
	{ "one failed, one delivered",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; bob@example.com\nAction: delivered\n"
		"Status: 2.0.0\n",
	    "bounce: ann@example.com hard 5.1.1, bob@example.com other 2.0.0" },
	{ "failed for a time", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; 451 try again later\n",
	    "bounce: ann@example.com soft 4.4.7" },
	{ "an alias with several people behind it, of whom one is gone",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\n"
		"Status: 5.2.2\n",
	    "bounce: ann@example.com soft 5.2.2" },
	{ "delayed, then failed",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: delayed\nStatus: 4.2.2\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\n"
		"Status: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "the same recipient twice",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; ANN@example.com\nAction: failed\n"
		"Status: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "an action that nobody knows", MTA "Final-Recipient: rfc822; ann@example.com\nAction: lost\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a blank line with spaces between two groups",
	    MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n \nFinal-Recipient: rfc822; bob@example.com\nAction: failed\n"
		"Status: 5.2.2\n",
	    "bounce: ann@example.com hard 5.1.1, bob@example.com soft 5.2.2" },
	{ "an original alone, then another group",
	    MTA "Original-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\n"
		"Status: 5.2.2\n",
	    "bounce: ann@example.com hard 5.1.1, bob@example.com soft 5.2.2" },
	{ "a blank line between an original and its final",
	    MTA "Original-Recipient: rfc822; ann@example.com\n\nFinal-Recipient: rfc822; lee@example.net\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: lee@example.net hard 5.1.1 (ann@example.com)" },
	{ "a bracket that does not close", MTA "Final-Recipient: rfc822; <ann@example.com\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "as in a link", MTA "Final-Recipient: rfc822; mailto:ann@example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "the type twice", MTA "Final-Recipient: rfc822; rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "a type of Exchange's", MTA "Final-Recipient: rfc822; SMTP:ann@example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: ann@example.com hard 5.1.1" },
	{ "IMCEA in small hex", MTA "Final-Recipient: rfc822; IMCEASMTP-ann+2dlee+40example+2ecom@mx.example.net\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann-lee@example.com hard 5.1.1" },
	{ "IMCEA of RFC 822", MTA "Final-Recipient: rfc822; IMCEARFC822-ann+40example+2Ecom@mx.example.net\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "IMCEA of no kind", MTA "Final-Recipient: rfc822; IMCEAINVALID-ann+40example+2Ecom@mx.example.net\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "IMCEA of something else stays", MTA "Final-Recipient: rfc822; IMCEAEX-_O=X+20CN=ann@mx.example.net\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: IMCEAEX-_O=X+20CN=ann@mx.example.net hard 5.1.1" },
	{ "RFC 6533: \\X{}", MTA "Final-Recipient: utf-8; \\X{E4}nn@example.com\nAction: failed\nStatus: 5.1.1\n", "bounce: änn@example.com hard 5.1.1" },
	{ "a number with a dot before the code", MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0\n"
						    "Diagnostic-Code: smtp; 550 after 5.12 seconds: 5.1.1 no such user\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "address of the actual recipient only", MTA "Final-Recipient: rfc822;\nX-Actual-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n",
	    "bounce: ann@example.com hard 5.1.1" },
};
// clang-format on

static void
test_statuses(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		buf_reset(&b);
		buf_addf(&b, FROM "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\n"
				  "Content-Type: text/plain\n\nYour message could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n%s\n--b--\n",
		    statuses[i].text);
		check(statuses[i].name, b.data, statuses[i].want);
	}
	buf_release(&b);
}

// clang-format off
#define STATUS "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n"
#define REPORT "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n"

/* The report around it as servers break it. */
static const struct named wrappings[] = {
	{ "mixed instead of report", FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "status as text", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: text/plain; name=details.txt\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "status as an octet-stream in base64", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
							     "UmVwb3J0aW5nLU1UQTogZG5zOyBteC5leGFtcGxlLm5ldAoKRmluYWwtUmVjaXBpZW50OiByZmM4\nMjI7IGFubkBleGFtcGxlLmNvbQpBY3Rpb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCg==\n"
							     "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "status in quoted-printable", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n"
						    "Final-Recipient: rfc822; ann=40example.com\nAction: fai=\nled\nStatus: 5.1.1\n\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "global-delivery-status", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/global-delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "another boundary than named", FROM "Content-Type: multipart/report; report-type=delivery-status; boundary=\"other\"\n\n--b\n"
					      "Content-Type: text/plain\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "no boundary named", FROM "Content-Type: multipart/report; report-type=delivery-status\n\n--b\n"
				    "Content-Type: text/plain\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "no last boundary", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS, "bounce: ann@example.com hard 5.1.1" },
	{ "no MIME at all", FROM "\nSorry.\n\n" STATUS, "bounce: ann@example.com hard 5.1.1" },
	{ "the parts in a text", FROM "Content-Type: text/plain\n\n--b\nContent-Type: text/plain\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a diagnostic folded without white space", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ann@example.com\n"
	    "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 unknown\nuser <ann@example.com>\n\n--b--\n",
	    "bounce: ann@example.com hard 5.0.0" },
	{ "… and the text ends there", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ann@example.com\n"
	    "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 unknown\nuser <ann@example.com>\n--b--\n",
	    "bounce: ann@example.com hard 5.0.0" },
	{ "status as text, without an action", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: text/plain\n\nFinal-Recipient: rfc822; ann@example.com\nStatus: 5.1.1\n\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "status as a message of an unknown kind", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/x-report\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "the group names nobody, the words do", FROM REPORT
	    "--b\n\nYour message to the following recipient was not delivered:\n\n<ann@example.com>: user unknown\n\n--b\n"
	    "Content-Type: message/delivery-status\n\n" MTA "Final-Recipient: LOCAL; ann\nAction: failed\nStatus: 5.1.1\n\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "nobody is named anywhere, but to whom it was", FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
	    "--b\nContent-Type: text/plain\n\nFrom: x@example.org\nTo: Ann <ann@example.com>\nSubject: News\n\n--b--\n",
	    "bounce: ann@example.com soft" },
	{ "nobody at all", FROM "\nYour message could not be delivered.\n", "bounce: - soft" },
	{ "nobody, under a subject that says nothing", "From: MAILER-DAEMON@mx.example.net\nSubject: Hello\n" REPORT
	    "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n--b--\n",
	    "bounce: - soft" },
	{ "the same, with the message that it returns", "From: MAILER-DAEMON@mx.example.net\nSubject: Hello\n" REPORT
	    "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
	    "--b\nContent-Type: text/rfc822-headers\n\nFrom: x@example.org\nTo: Ann <ann@example.com>\n\n--b--\n",
	    "bounce: ann@example.com soft" },
	{ "… which was for two", "From: MAILER-DAEMON@mx.example.net\nSubject: Hello\n" REPORT
	    "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
	    "--b\nContent-Type: text/rfc822-headers\n\nFrom: x@example.org\nTo: ann@example.com, bob@example.com\n\n--b--\n",
	    "bounce: - soft" },
	{ "much is said of it in words of no known form", "From: x@example.net\nSubject: Hello\n" REPORT
	    "--b\n\nIt is about ann@example.com: user unknown: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
	    "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
	    "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
	    "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
	    "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n\n--b\n"
	    "Content-Type: message/delivery-status\n\n" MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0\n\n--b--\n",
	    "bounce: ann@example.com hard 5.0.0" },
	{ "the same of another kind", "From: MAILER-DAEMON@mx.example.net\nSubject: Hello\n"
	    "Content-Type: multipart/report; report-type=x; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n--b--\n",
	    "automatic:" },
	{ "the same of nobody's", "Return-Path: <>\nFrom: x@example.net\nSubject: Hello\n" REPORT
	    "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n--b--\n",
	    "automatic:" },
	{ "a code and no reason in the fields, a line in the words", FROM REPORT
	    "--b\n\nYour message was not delivered.\n\nann@example.com: unknown\n\nBye.\n\n--b\n"
	    "Content-Type: message/delivery-status\n\n" MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0\n"
	    "Diagnostic-Code: smtp; 550 Delivery failed\n\n--b--\n",
	    "bounce: ann@example.com soft 5.0.0" },
	{ "two texts, the first of which does not end its line", FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n"
	    "Your message was not delivered.\n--b\n\n<ann@example.com>: 550 5.1.1 unknown\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "white space around the boundary's =", FROM "Content-Type: multipart/report; boundary = \"b\"\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a boundary with a quote in it", FROM "Content-Type: multipart/report; boundary=\"b\\\"c\"\n\n--b\"c\n\nSorry.\n\n--b\"c\nContent-Type: message/delivery-status\n\n" STATUS "\n--b\"c--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a byte order mark before it", "\xef\xbb\xbf" FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a status alone, to its last octet", FROM "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "headers alone, to their last octet", "From: ann@example.com\nSubject: Hello", "person:" },
	{ "headers that end within a line break", "From: ann@example.com\nSubject: Hello\n\r", "person:" },
	{ "an mbox line alone", "From ann Mon Mar  3 10:00:00 2025", "error 1: the message is empty" },
	{ "plain text labelled as HTML", FROM "Content-Type: text/html\n\nNot delivered:\n<ann@example.com>: 550 5.1.1 unknown\n", "bounce: ann@example.com hard 5.1.1" },
	{ "HTML with what is odd in it", FROM "Content-Type: text/html\n\n<?xml version=1?><html><!-- no --><body>Not delivered&foo;:<br><ann&#x40;example.com><br>"
	    "&lt;bob@example.com&gt;: 550 5.1.1 unknown<br><lee@example.com>: 552 5.2.2 full</body></html>\n",
	    "bounce: bob@example.com hard 5.1.1, lee@example.com soft 5.2.2" },
	{ "HTML with letters by number", FROM "Content-Type: text/html\n\n<html>Not delivered &#; &#0; &#1114112; &#x110000; &#160;:<br>"
	    "&lt;ann&#x40;example.com&gt;: 550 5.1.1 unknown<br>&lt;bob&#64example&#X2e;com&gt;: 552 5.2.2 full</html>",
	    "bounce: ann@example.com hard 5.1.1, bob@example.com soft 5.2.2" },
	{ "HTML with a style within", FROM "Content-Type: text/html\n\n<html><style>p</p { a }</style>Not delivered:<br>&lt;ann@example.com&gt;: 550 5.1.1 unknown",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "HTML that ends in a style", FROM "Content-Type: text/html\n\n<html>Not delivered:<br>&lt;ann@example.com&gt;: 550 5.1.1 unknown<style>bob@example.com",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "HTML that ends in a comment", FROM "Content-Type: text/html\n\n<html>Not delivered:<br>&lt;ann@example.com&gt;: 550 5.1.1 unknown<!-- bob@example.com",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "HTML labelled as text", FROM REPORT "--b\n\n<html><body><p>&lt;ann@example.com&gt;:<br>550 5.2.2 mailbox full</p></body></html>\n\n--b\n"
	    "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0\n\n--b--\n",
	    "bounce: ann@example.com soft 5.2.2" },
	{ "no recipient for programs, two for people", FROM REPORT
	    "--b\n\nYour message to the following recipients was not delivered:\n\n<ann@example.com>: user unknown\n<bob@example.com>: mailbox full\n\n--b\n"
	    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n--b--\n",
	    "bounce: ann@example.com hard, bob@example.com soft" },
	{ "an mbox line and blank lines before it", "\n\nFrom MAILER-DAEMON Mon Mar  3 10:00:00 2025\n" FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "the reason in the readable part alone", FROM REPORT "--b\n\nThis is the mail system at host mx.example.net.\n\n<ann@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1\n"
							       "    <ann@example.com>: Recipient address rejected: User unknown (in reply to RCPT TO command)\n\n"
							       "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\n"
							       "Status: 5.0.0\n\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "the report within mixed, behind a footer", FROM "Content-Type: multipart/mixed; boundary=a\n\n--a\n" REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n--a\n\nScanned.\n--a--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "Exim marks its bounces as automatic", "From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nAuto-Submitted: auto-replied\n"
						 "Subject: Mail delivery failed: returning message to sender\n" REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
};
// clang-format on

static void
test_wrappings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrappings) / sizeof(*wrappings); i++)
		check(wrappings[i].name, wrappings[i].text, wrappings[i].want);
}

// clang-format off
#define FEEDBACK "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nA report.\n\n--b\nContent-Type: message/feedback-report\n\n"
#define ORIGINAL "\n--b\nContent-Type: message/rfc822\n\nFrom: news@example.org\nTo: ann@example.com\nSubject: News\nMessage-ID: <1@example.org>\n\nHello\n--b--\n"

static const struct named complaints[] = {
	{ "abuse", "From: fbl@example.net\nSubject: FW: News\n" FEEDBACK "Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nOriginal-Rcpt-To: <ann@example.com>\n" ORIGINAL,
	    "complaint: ann@example.com complaint" },
	{ "the returned message tells", "From: fbl@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: abuse\nUser-Agent: X/1\n" ORIGINAL,
	    "complaint: ann@example.com complaint" },
	{ "opt-out", "From: fbl@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: opt-out\nRemoval-Recipient: ann@example.com\n" ORIGINAL,
	    "complaint: ann@example.com complaint" },
	{ "redacted", "From: fbl@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: abuse\nOriginal-Rcpt-To: redacted@example.com\n\n--b--\n",
	    "complaint: - complaint" },
	{ "two of them", "From: fbl@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: abuse\nOriginal-Rcpt-To: ann@example.com\nOriginal-Rcpt-To: bob@example.com\n" ORIGINAL,
	    "complaint: ann@example.com complaint, bob@example.com complaint" },
	{ "returned with two recipients: whose is it?", "From: fbl@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: abuse\nUser-Agent: X/1\n"
	    "\n--b\nContent-Type: message/rfc822\n\nFrom: news@example.org\nTo: ann@example.com, bob@example.com\n\nHello\n--b--\n",
	    "complaint: - complaint" },
	{ "X-ARF", "From: abuse-team@example.net\nX-XARF: PLAIN\nSubject: From your network\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nThis is spam.\n" ORIGINAL,
	    "complaint: ann@example.com complaint" },
	{ "X-ARF of something else", "From: abuse-team@example.net\nX-ARF: PLAIN\nSubject: From your network\n\nSomebody tried our doors.\n", "person:" },
	{ "RFC 8460", "From: tls@example.net\nSubject: A report\nTLS-Report-Domain: example.org\nContent-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n--b\n\nx\n--b--\n",
	    "auth-failure:" },
	{ "not spam", "From: fbl@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: not-spam\nOriginal-Rcpt-To: ann@example.com\n" ORIGINAL, "automatic:" },
	{ "RFC 6591", "From: dmarc@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: auth-failure\nAuth-Failure: dmarc\nOriginal-Rcpt-To: ann@example.com\n" ORIGINAL,
	    "auth-failure:" },
	{ "DMARC's aggregates", "From: noreply-dmarc@example.net\nSubject: Report domain: example.org Submitter: example.net Report-ID: 123\n"
				"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\nUEsDBA==\n",
	    "auth-failure:" },
	{ "labelled as text", "From: fbl@example.net\nSubject: News\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nA report.\n\n--b\n"
			      "Content-Type: text/plain; name=report.txt\n\nFeedback-Type: abuse\nUser-Agent: X/1\nOriginal-Rcpt-To: ann@example.com\n" ORIGINAL,
	    "complaint: ann@example.com complaint" },
	{ "Hotmail's", "From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
		       "Content-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: ann@example.com\nFrom: news@example.org\nTo: list@example.org\nSubject: News\n\nHello\n--b--\n",
	    "complaint: ann@example.com complaint" },
	{ "Hotmail's, its field on top", "X-HmXmrOriginalRecipient: ann@example.com\nFrom: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\n"
	    "Content-Type: message/rfc822\n\nReceived: x\nFrom: news@example.org\nTo: list@example.org\nSubject: News\n\nHello\n",
	    "complaint: ann@example.com complaint" },
	{ "a feedback report without its fields", "From: fbl@example.net\nSubject: FW: News\n"
	    "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nA report.\n" ORIGINAL,
	    "complaint: ann@example.com complaint" },
	{ "AOL's old one", "From: scomp@aol.net\nSubject: Email Feedback Report for IP 192.0.2.1\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nReport.\n" ORIGINAL,
	    "complaint: ann@example.com complaint" },
	{ "SpamCop", "From: 1234567890@reports.spamcop.net\nSubject: [SpamCop (192.0.2.1) id:1234567890]News\n\n[ SpamCop V5.3.0 ]\nThis message is brief for your comfort.\n\n"
		     "[ Offending message ]\nReceived: from mail.example.org\nFrom: news@example.org\nTo: x\nSubject: News\nMessage-ID: <1@example.org>\n\nHello\n",
	    "complaint: - complaint" },
	{ "a person's complaint is a person's mail", "From: Ann <ann@example.com>\nSubject: complaint\n\nI did not like it.\n", "person:" },
	{ "a person forwards one", "From: Ann <ann@example.com>\nSubject: Fwd: complaint about message from 192.0.2.1\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n" ORIGINAL,
	    "person:" },
};

static const struct named automatic[] = {
	{ "vacation (RFC 3834)", "Return-Path: <>\nFrom: Ann <ann@example.com>\nSubject: Re: News\nAuto-Submitted: auto-replied\n\nI am away until Monday.\n", "automatic:" },
	{ "vacation without marks", "From: Ann <ann@example.com>\nSubject: Out of Office: News\n\nI am away. For user questions ask bob@example.com\n", "automatic:" },
	{ "German", "From: Ann <ann@example.com>\nSubject: =?utf-8?q?Automatische_Antwort=3A_News?=\n\nIch bin nicht da.\n", "automatic:" },
	{ "Japanese in ISO-2022-JP", "From: Ann <ann@example.com>\nSubject: =?ISO-2022-JP?B?GyRCPCtGMEpWPy4bKEI=?=\n\nx\n", "automatic:" },
	{ "a vacation note from a daemon", "From: mailer-daemon@example.com\nSubject: Out of office\n\nAnn is away.\n", "automatic:" },
	{ "X-Autoreply", "From: Ann <ann@example.com>\nX-Autoreply: yes\nSubject: Re: News\n\nAway.\n", "automatic:" },
	{ "X-Auto-Response-Suppress", "From: Ann <ann@example.com>\nX-Auto-Response-Suppress: All\nSubject: News\n\nAway.\n", "automatic:" },
	{ "a ticket", "From: Help <help@example.com>\nSubject: [Ticket#123] News\nPrecedence: bulk\n\nWe have your request.\n", "automatic:" },
	{ "a mailing list", "From: Ann <ann@example.com>\nList-Id: <talk.example.com>\nSubject: user unknown\n\n550 5.1.1 user unknown\n", "automatic:" },
	{ "a receipt", "From: Ann <ann@example.com>\nSubject: Read: News\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nRead.\n\n"
		       "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@example.com\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n",
	    "receipt:" },
	{ "a receipt in another wrapping", "From: Ann <ann@example.com>\nSubject: News\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nRead.\n\n"
		       "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@example.com\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n",
	    "receipt:" },
	{ "a filter refuses (RFC 5429)", "Return-Path: <>\nFrom: postmaster@example.com\nSubject: Rejected: News\nAuto-Submitted: auto-replied (rejected)\n"
	    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nYour message was automatically rejected: no.\n\n--b\n"
	    "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@example.com\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--\n",
	    "bounce: ann@example.com soft" },
	{ "deleted without being read", "From: Ann <ann@example.com>\nSubject: Not read: News\n"
	    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nYour message was deleted without being read.\n\n--b\n"
	    "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@example.com\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--\n",
	    "receipt:" },
	{ "a person", "From: Ann <ann@example.com>\nSubject: Hello\n\nThank you for the article.\n", "person:" },
	{ "a person answers", "From: Ann <ann@example.com>\nSubject: Re: News\nIn-Reply-To: <" T44 "@example.org>\nReferences: <" T44 "@example.org>\n\nThank you.\n", "person:" },
	{ "a person asks about a bounce", "From: Ann <ann@example.com>\nSubject: Re: Undelivered Mail Returned to Sender\nUser-Agent: Mozilla/5.0 Thunderbird/115\n\n"
					  "What does it mean?\n\n> <bob@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1\n>   User unknown\n",
	    "person:" },
	{ "a person forwards a bounce as an attachment", "From: Ann <ann@example.com>\nSubject: Fwd: failure\nUser-Agent: Mozilla/5.0 Thunderbird/115\n"
							 "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nLook.\n\n--a\nContent-Type: message/rfc822\n\n" FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n--a--\n",
	    "person:" },
	{ "a person quotes a report", "From: Ann <ann@example.com>\nSubject: Look\n\nAre you still there?\n> or not\nYour server wrote:\n\n> Sorry\n\n" STATUS, "person:" },
	{ "… and says nothing before", "From: Ann <ann@example.com>\nSubject: Look\n\n> Sorry\n\n" STATUS, "person:" },
	{ "a quotation of nobody's is none", "From: Ann <ann@example.com>\nSubject: Look\n\nSorry\n> about that\n\n" STATUS, "bounce: ann@example.com hard 5.1.1" },
	{ "… nor one within a report", "From: Ann <ann@example.com>\nSubject: Look\n" REPORT "--b\n\nYou wrote:\n> Hello\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "\n--b--\n",
	    "bounce: ann@example.com hard 5.1.1" },
	{ "a person pastes a report", "From: Ann <ann@example.com>\nSubject: Fwd: Undelivered\n\nLook:\n\n" STATUS, "person:" },
};
// clang-format on

static void
test_complaints(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(complaints) / sizeof(*complaints); i++)
		check(complaints[i].name, complaints[i].text, complaints[i].want);
}

static void
test_automatic(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(automatic) / sizeof(*automatic); i++)
		check(automatic[i].name, automatic[i].text, automatic[i].want);
}

// clang-format off
#define BODY REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n"
#define T43 "bcdefghijklmnopqrstuvwxyz234567abcdefghijkl"
#define GROUP "\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n\n"
#define BOUNCED "bounce: ann@example.com hard 5.1.1"

/* Place and first letter of each link: 0 recipient, 1 Message-ID, 2 sender, 3 unsubscribe. */
static const struct named links[] = {
	{ "To", "To: b+" T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED " 0=a" },
	{ "folded to upper case", "Delivered-To: B+" UPPER44 "@EXAMPLE.ORG\n" FROM BODY STATUS "--b--\n", BOUNCED " 0=a" },
	{ "Received", "Received: from mx.example.net by mail.example.org with ESMTP id 1\n\tfor <b+" T44 "@example.org>; Mon, 3 Mar 2025\n" FROM BODY STATUS "--b--\n",
	    BOUNCED " 0=a" },
	{ "too long to be one", "To: b+a" T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "no plus before it", "To: " T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED " 0=a" },
	{ "the returned message", FROM BODY STATUS "--b\nContent-Type: message/rfc822\n\nReturn-Path: <b+" U44 "@example.org>\nMessage-ID: <" T44 "@example.org>\nList-Unsubscribe: <https://example.org/u/x>, <mailto:unsubscribe+" T44 "@example.org>\n\nx\n--b--\n",
	    BOUNCED " 2=z 1=a 3=a" },
	{ "returned headers as text", FROM BODY STATUS "--b\nContent-Type: text/rfc822-headers\n\nFrom: x@example.org\nMessage-ID:\n <" T44 "@example.org>\n\n--b--\n", BOUNCED " 1=a" },
	{ "returned headers in base64", FROM BODY STATUS "--b\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\nTWVzc2FnZS1JRDogPGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MjM0NTY3YWJjZGVmZ2hpamtsQGV4\nYW1wbGUub3JnPgo=\n\n--b--\n",
	    BOUNCED " 1=a" },
	{ "returned headers as any text", FROM BODY STATUS "--b\nContent-Type: text/plain\n\nFrom: x@example.org\nTo: ann@example.com\nList-Unsubscribe: <mailto:unsubscribe+" T44 "@example.org>\n\n--b--\n",
	    BOUNCED " 3=a" },
	{ "a returned message of an unknown kind", FROM BODY STATUS "--b\nContent-Type: message/x-copy\n\nMessage-ID: <" T44 "@example.org>\n\n--b--\n", BOUNCED " 1=a" },
	{ "a returned message of nothing", FROM BODY STATUS "--b\nContent-Type: message/rfc822\n\n--b--\n", BOUNCED },
	{ "global headers", FROM BODY STATUS "--b\nContent-Type: message/global-headers\n\nFrom: x@example.org\nMessage-ID: <" T44 "@example.org>\n\n--b--\n", BOUNCED " 1=a" },
	{ "Original-Envelope-Id", FROM BODY "Reporting-MTA: dns; x\nOriginal-Envelope-Id: " T44 "\n" GROUP "--b--\n", BOUNCED " 2=a" },
	{ "Postfix's sender", FROM BODY "Reporting-MTA: dns; x\nX-Postfix-Sender: rfc822; b+" T44 "@example.org\n" GROUP "--b--\n", BOUNCED " 2=a" },
	{ "a List-Unsubscribe as URLs are written", FROM BODY STATUS
	    "--b\nContent-Type: text/rfc822-headers\n\nFrom: x@example.org\nTo: y@example.org\nList-Unsubscribe: <mailto:unsubscribe%2B" T44 "%40example.org>\n\n--b--\n",
	    BOUNCED " 3=a" },
	{ "In-Reply-To of a bounce", "In-Reply-To: <" T44 "@example.org>\n" FROM BODY STATUS "--b--\n", BOUNCED " 1=a" },
	{ "Original-Mail-From of a complaint", "From: fbl@example.net\nSubject: News\n" FEEDBACK "Feedback-Type: abuse\nOriginal-Mail-From: <b+" T44 "@example.org>\nOriginal-Rcpt-To: ann@example.com\n\n--b--\n",
	    "complaint: ann@example.com complaint 2=a" },
	{ "an unsubscribe by mail", "From: ann@example.com\nTo: unsubscribe+" T44 "@example.org\nSubject: unsubscribe\n\n", "person: 0=a" },
	{ "twice the same", "To: b+" T44 "@example.org\nDelivered-To: b+" T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED " 0=a" },
	{ "two of them", "To: b+" T44 "@example.org\nDelivered-To: b+" U44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED " 0=a 0=z" },
	{ "not behind a plus", "To: x=" T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "not before an at sign", "To: b+" T44 ".example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "a letter beyond z", "To: b+{" T43 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "a letter beyond Z", "To: b+_" T43 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "2b at the beginning", "Delivered-To: 2b" T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "2b without a percent sign", "To: x=2b" T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "another octet than a plus", "To: x%2c" T44 "@example.org\n" FROM BODY STATUS "--b--\n", BOUNCED },
	{ "in the body of returned headers", FROM BODY STATUS "--b\nContent-Type: text/rfc822-headers\n\nFrom: x@example.org\n\nMessage-ID: <" T44 "@example.org>\n\n--b--\n", BOUNCED },
	{ "in what a bounce says", FROM REPORT "--b\n\nSorry.\n\nMessage-ID: <" T44 "@example.org>\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS "--b--\n", BOUNCED " 1=a" },
	{ "an envelope id that is longer", FROM BODY "Reporting-MTA: dns; x\nOriginal-Envelope-Id: " T44 "-1\n" GROUP "--b--\n", BOUNCED },
	{ "an envelope id with another first letter", FROM BODY "Reporting-MTA: dns; x\nOriginal-Envelope-Id: 9" T43 "\n" GROUP "--b--\n", BOUNCED },
	{ "a receipt has none", "From: Ann <ann@example.com>\nSubject: Read: News\nIn-Reply-To: <" T44 "@example.org>\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nRead.\n\n"
	    "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@example.com\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n", "receipt:" },
	{ "a status alone", FROM "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\nX-Postfix-Sender: rfc822; b+" T44 "@example.org\n" GROUP, BOUNCED " 2=a" },
	{ "an automatic answer has none", "From: Ann <ann@example.com>\nTo: news@example.org\nSubject: Away\nAuto-Submitted: auto-replied\nIn-Reply-To: <" T44 "@example.org>\n\nAway.\n", "automatic:" },
	{ "a person's answer has none", "From: Ann <ann@example.com>\nTo: news@example.org\nSubject: Re: News\nIn-Reply-To: <" T44 "@example.org>\n\nThanks.\n", "person:" },
};
// clang-format on

static void
test_links(void **state)
{
	struct report r = REPORT_INIT;
	struct err e = ERR_INIT;
	const char *text = "From: ann@example.com\nSubject: unsubscribe\n\n";

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		check(links[i].name, links[i].text, links[i].want);
	assert_int_equal(report_read(&r, text, strlen(text), "unsubscribe+" T44 "@example.org", &e), 0);
	assert_int_equal(r.links, 1);
	assert_int_equal(r.link[0].place, REPORT_LINK_RECIPIENT);
	assert_string_equal(r.link[0].text, T44);
	report_release(&r);
}

/* As many as there is room for. */
static void
test_many_links(void **state)
{
	struct report r = REPORT_INIT;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	buf_addstr(&text, FROM);
	for (int i = 0; i < REPORT_LINKS + 8; i++)
		buf_addf(&text, "Cc: b+%c%c%.42s@example.org\n", 'a' + i / 8, 'a' + i % 8, T44);
	buf_addstr(&text, "\nSorry.\n");
	assert_int_equal(report_read(&r, text.data, text.len, NULL, &e), 0);
	assert_int_equal(r.links, REPORT_LINKS);
	report_release(&r);
	buf_release(&text);
}

/* What the fields hold: one line, redacted, the server that said it. */
static void
test_fields(void **state)
{
	static const char text[] = FROM "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\n--b\n"
					"Content-Type: message/delivery-status\n\n" MTA
					"Final-Recipient: rfc822; ann.lee@example.com\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; MX.example.com. (192.0.2.1)\n"
					"Diagnostic-Code: smtp; 550-5.1.1 <ann.lee@example.com>: user\n ann.lee unknown;\t\007see\n x\n\n--b--\n";
	struct report r = REPORT_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(report_read(&r, text, strlen(text), NULL, &e), 0);
	assert_int_equal(r.recipients, 1);
	assert_int_equal(r.recipient[0].code, 550);
	assert_string_equal(r.recipient[0].enhanced, "5.1.1");
	assert_string_equal(r.recipient[0].server, "mx.example.com");
	assert_string_equal(r.recipient[0].text, "550-5.1.1 <address>: user <address> unknown; see x");
	assert_int_equal(r.recipient[0].class, REPORT_HARD);
	assert_string_equal(r.subject, "Undelivered Mail Returned to Sender");
	assert_string_equal(r.from, "mailer-daemon@mx.example.net");
	assert_true(r.automatic);
	report_release(&r);
}

/* Who said it, and what: the fields of one recipient. */
static void
test_servers(void **state)
{
	static const char fifty[] = "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij";
	static const struct {
		const char *name, *fields, *server, *text;
	} cases[] = {
		{ "no type", "Remote-MTA: MX.example.com\nDiagnostic-Code: smtp; 550 no\n", "mx.example.com", "550 no" },
		{ "said by", "Diagnostic-Code: smtp; host MX.example.org[192.0.2.1] said: 550 no\n", "mx.example.org",
		    "host MX.example.org[192.0.2.1] said: 550 no" },
		{ "said by whom", "Diagnostic-Code: smtp; somebody said: 550 no\n", "mx.example.net", "somebody said: 550 no" },
		{ "said by no host", "Diagnostic-Code: smtp; host mx said: 550 no\n", "mx.example.net", "host mx said: 550 no" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i <= sizeof(cases) / sizeof(cases[0]); i++) {
		bool last = i == sizeof(cases) / sizeof(cases[0]);
		struct report r = REPORT_INIT;
		struct err e = ERR_INIT;

		buf_reset(&b);
		buf_addstr(&b, FROM BODY MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0\n");
		if (last)
			buf_addf(&b, "Remote-MTA: dns; %s%s%s%s%s.example.com\n", fifty, fifty, fifty, fifty, fifty);
		else
			buf_addstr(&b, cases[i].fields);
		buf_addstr(&b, "\n--b--\n");
		assert_int_equal(report_read(&r, b.data, b.len, NULL, &e), 0);
		assert_int_equal(r.recipients, 1);
		if (last) {
			assert_int_equal(strlen(r.recipient[0].server), sizeof(r.recipient[0].server) - 1);
			assert_string_equal(r.recipient[0].server + 250, ".exam");
		} else if (strcmp(r.recipient[0].server, cases[i].server) != 0 || strcmp(r.recipient[0].text, cases[i].text) != 0)
			fail_msg("%s: %s: \"%s\"", cases[i].name, r.recipient[0].server, r.recipient[0].text);
		report_release(&r);
	}
	buf_release(&b);
}

/* What is too long is cut, and never within a character. */
static void
test_cut(void **state)
{
	struct report r = REPORT_INIT;
	struct err e = ERR_INIT;

	(void)state;
	for (int odd = 0; odd < 2; odd++) {
		struct buf b = BUF_INIT;

		buf_addf(&b, "From: \"%s", odd ? "x" : "");
		for (int i = 0; i < 300; i++)
			buf_addstr(&b, "\xc3\xa4");
		buf_addf(&b, "\" <MAILER-DAEMON@mx.example.net>\nSubject: %s", odd ? "x" : "");
		for (int i = 0; i < 3000; i++)
			buf_addstr(&b, "\xc3\xa4");
		buf_addstr(&b, "\n" BODY MTA "Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.0.0\n");
		buf_addf(&b, "Diagnostic-Code: smtp; 550 no %s", odd ? "x" : "");
		for (int i = 0; i < 3000; i++)
			buf_addstr(&b, "\xc3\xa4");
		buf_addstr(&b, "\n\n--b--\n");
		assert_int_equal(report_read(&r, b.data, b.len, NULL, &e), 0);
		assert_int_equal(r.kind, REPORT_BOUNCE);
		assert_int_equal(r.recipients, 1);
		assert_in_range(strlen(r.subject), sizeof(r.subject) - 3, sizeof(r.subject) - 1);
		assert_true(text_is_utf8(r.subject, strlen(r.subject)));
		assert_in_range(strlen(r.recipient[0].text), REPORT_TEXT - 5, REPORT_TEXT - 1);
		assert_true(text_is_utf8(r.recipient[0].text, strlen(r.recipient[0].text)));
		assert_null(strstr(r.recipient[0].text, "\xef\xbf\xbd"));
		report_release(&r);
		buf_release(&b);
	}
}

/* Whatever charset a text is in, or says that it is in. */
static void
test_charsets(void **state)
{
	static const struct {
		const char *charset, *bytes, *want;
	} cases[] = {
		{ "utf-8", "\xc3\xa4", "\xc3\xa4" },
		{ "us-ascii", "\xe4", "\xc3\xa4" },
		{ "iso-8859-1", "\xe4 \x80", "\xc3\xa4 \xe2\x82\xac" },
		{ "iso-8859-15", "\xe4 \xa4", "\xc3\xa4 \xe2\x82\xac" },
		{ "no-such-charset", "\xe4", "\xc3\xa4" },
		{ "..//no name of one", "\xe4", "\xc3\xa4" },
		{ "shift_jis", "\x8e\xa9 \xff \x8e\xa9", "\xe8\x87\xaa \xef\xbf\xbd \xe8\x87\xaa" },
		{ "gb2312", "\xd7\xd4", "\xe8\x87\xaa" },
		{ "euc-kr", "\xc0\xda", "\xec\x9e\x90" },
		{ "iso-2022-jp", "\x1b$B<+\x1b(B", "\xe8\x87\xaa" },
		{ "us-ascii", "\x1b$B<+\x1b(B", "\xe8\x87\xaa" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report r = REPORT_INIT;
		struct err e = ERR_INIT;
		struct buf b = BUF_INIT;

		buf_addf(&b, FROM "Content-Type: text/plain; charset=\"%s\"\n\n", cases[i].charset);
		buf_addf(&b, "Not delivered:\n\n<ann@example.com>: 550 5.1.1 %s\n", cases[i].bytes);
		assert_int_equal(report_read(&r, b.data, b.len, NULL, &e), 0);
		assert_int_equal(r.recipients, 1);
		if (!strstr(r.recipient[0].text, cases[i].want))
			fail_msg("%s: \"%s\"", cases[i].charset, r.recipient[0].text);
		report_release(&r);
		buf_release(&b);
	}
}

static void
repeat(struct buf *b, const char *text, int times)
{
	while (times--)
		buf_addstr(b, text);
}

static void
test_bounds(void **state)
{
	static const struct {
		const char *name, *head, *part, *want;
		int times;
	} cases[] = {
		// clang-format off
		{ "too large", "From: a@example.com\n\n", "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\n", "larger than 8 MiB", 700000 },
		{ "header lines", "From: a@example.com\n", "X-A: b\n", "header lines", 1000000 },
		{ "folded header lines", "From: a@example.com\n", " b\n", "header lines", 1000000 },
		{ "long header lines", "From: a@example.com\n",
		    " 0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghij"
		    "klmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\n",
		    "headers longer than 256 KiB", 1500 },
		{ "nested messages", "From: a@example.com\n", "Content-Type: message/rfc822\n\n", "nests", 10000 },
		{ "parts", "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", "parts", 10000 },
		{ "no headers", "", "hello world\n", "no mail message", 3 },
		{ "nothing", "\n", "\n", "empty", 10 },
		// clang-format on
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf b = BUF_INIT, got = BUF_INIT;
		clock_t start = clock();

		buf_addstr(&b, cases[i].head);
		repeat(&b, cases[i].part, cases[i].times);
		start = clock();
		describe(&got, b.data, b.len);
		if (strncmp(got.data, "error 1: ", 9) != 0 || !strstr(got.data, cases[i].want))
			fail_msg("%s: got %s", cases[i].name, got.data);
		assert_in_range(clock() - start, 0, CLOCKS_PER_SEC / 2);
		buf_release(&b);
		buf_release(&got);
	}
}

/* A hundred recipients at most, and a word that there are more. */
static void
test_many(void **state)
{
	struct buf b = BUF_INIT;
	struct report r = REPORT_INIT;
	struct err e = ERR_INIT;

	(void)state;
	for (int delayed = 0; delayed < 2; delayed++) {
		buf_reset(&b);
		buf_addstr(&b, FROM BODY MTA);
		for (int i = 0; i < 150; i++)
			buf_addf(&b, "Final-Recipient: rfc822; ann%d@example.com\nAction: %s\nStatus: 4.1.1\n\n", i,
			    delayed ? "delayed" : "failed");
		buf_addstr(&b, "--b--\n");
		assert_int_equal(report_read(&r, b.data, b.len, NULL, &e), 0);
		assert_int_equal(r.kind, delayed ? REPORT_DELAY : REPORT_BOUNCE);
		assert_int_equal(r.recipients, REPORT_RECIPIENTS);
		assert_true(r.more);
		report_release(&r);
	}
	buf_release(&b);
}

/* Of parts beyond what is read of all, the first count; those behind are as if they were not there, texts and messages alike. */
static void
test_much(void **state)
{
	struct buf b = BUF_INIT, got = BUF_INIT;

	(void)state;
	buf_addstr(&b, FROM REPORT "--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n" STATUS);
	for (int i = 0; i < 6; i++) {
		buf_addstr(&b, "\n--b\n\n");
		repeat(&b, "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\n", 4000);
	}
	buf_addstr(&b, "\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <" T44 "@example.org>\n\nx\n--b--\n");
	describe(&got, b.data, b.len);
	assert_string_equal(got.data, BOUNCED);
	buf_release(&b);
	buf_release(&got);
}

/* More parts in each other than are looked into, in a form that is not counted before: then it is read as one text. */
static void
test_deep(void **state)
{
	(void)state;
	for (int depth = 40; depth <= 100; depth += 60) {
		struct buf b = BUF_INIT, got = BUF_INIT;

		buf_addstr(&b, "From: MAILER-DAEMON@mx.example.net\nSubject: Hello\n");
		for (int i = 0; i < depth; i++)
			buf_addf(&b, "Content-Type: multipart/mixed;\n boundary*0=\"b\"; boundary*1=%d\n\n--b%d\n", i, i);
		buf_addstr(&b, "Content-Type: message/delivery-status\n\n" STATUS);
		describe(&got, b.data, b.len);
		assert_string_equal(got.data, BOUNCED);
		buf_release(&b);
		buf_release(&got);
	}
}

/* Ten thousand multiparts in each other: refused before a parser recurses. */
static void
test_depth(void **state)
{
	struct buf b = BUF_INIT, got = BUF_INIT;

	(void)state;
	buf_addstr(&b, "From: a@example.com\n");
	for (int i = 0; i < 10000; i++)
		buf_addf(&b, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i);
	describe(&got, b.data, b.len);
	assert_non_null(strstr(got.data, "nests"));
	buf_reset(&b);
	buf_reset(&got);
	buf_addstr(&b, "From: a@example.com\n");
	for (int i = 0; i < 10000; i++)
		buf_addf(&b, "Content-Type: multipart/mixed;\n boundary*0=\"b\"; boundary*1=%d\n\n--b%d\n", i, i);
	describe(&got, b.data, b.len);
	assert_non_null(strstr(got.data, "boundaries"));
	buf_release(&b);
	buf_release(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_wrappings),
		cmocka_unit_test(test_complaints),
		cmocka_unit_test(test_automatic),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_many_links),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_much),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
