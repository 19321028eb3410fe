/* test_report_free.c - bounces that are text for people: which form, whom it is about, why; and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/report_free.h"

#define DAEMON "mailer-daemon@mx.example.net"
#define RETURNED "From: News <news@example.org>\nTo: ann@example.com\nMessage-ID: <1.2@example.org>\n"

struct recipient {
	const char *address;
	int code;
	const char *enhanced, *reason; /* `reason`: part of it */
};

static const struct {
	const char *name, *from, *subject, *text, *returned, *failed, *form;
	bool null_sender, delay;
	struct recipient want[3];
} bounces[] = {
	{ "two paragraphs, each with its reason", DAEMON, "failure notice",
	    "Hi. This is the qmail-send program at mx.example.net.\n\n<ann@example.com>:\nRemote host said: 550 5.1.1 no such user\n\n"
	    "<bob@example.com>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n",
	    "", NULL, "qmail", true, false, { { "ann@example.com", 550, "5.1.1", "no such user" }, { "bob@example.com", 0, "4.4.1", "establish an SMTP" } } },
	{ "a transcript answers each", DAEMON, "Returned mail: see transcript for details",
	    "   ----- The following addresses had permanent fatal errors -----\n<ann@example.com>\n<bob@example.com>\n\n"
	    "   ----- Transcript of session follows -----\n>>> RCPT To:<ann@example.com>\n<<< 550 5.1.1 unknown\n>>> RCPT To:<bob@example.com>\n"
	    "<<< 552 5.2.2 full\n",
	    "", NULL, "sendmail", true, false, { { "ann@example.com", 550, "5.1.1", "unknown" }, { "bob@example.com", 552, "5.2.2", "full" } } },
	{ "one reason for all, before the list", DAEMON, "Undeliverable mail",
	    "Could not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected:\n    ann@example.com\n    bob@example.com\n", "",
	    NULL, "mailmarshal", true, false,
	    { { "ann@example.com", 550, "5.1.1", "User unknown" }, { "bob@example.com", 550, "5.1.1", "User unknown" } } },
	{ "a label, and the original address", "postmaster@mx.example.net", "Delivery Notification: Delivery has failed",
	    "Your message cannot be delivered to the following recipients:\n\n  Recipient address: ann@example.com\n  Reason: Over quota\n", "", NULL, "pmdf", true,
	    false, { { "ann@example.com", 0, "", "Over quota" } } },
	{ "X-Failed-Recipients goes before all", DAEMON, "Mail delivery failed",
	    "A message that you sent could not be delivered to all of its recipients.\n\n  bob@example.com\n    550 unknown user\n\n  ann@example.com\n", "",
	    " ann@example.com,\n bob@example.com", "exim", true, false,
	    { { "ann@example.com", 550, "", "" }, { "bob@example.com", 550, "", "unknown user" } } },
	{ "nobody is named: the returned message's To", "postmaster@mx.example.net", "Undeliverable message",
	    "There is no such user here.\n",
	    RETURNED, NULL, "generic", true, false, { { "ann@example.com", 0, "", "no such user" } } },
	{ "not whom to write to, nor the sender", "postmaster@mx.example.net", "Mail delivery failed",
	    "Your message from news@example.org could not be delivered to ann@example.com: 550 unknown user.\n\nPlease contact help@example.net for assistance.\n",
	    RETURNED, NULL, "generic", false, false, { { "ann@example.com", 550, "", "unknown user" } } },
	{ "a name without a domain", "mailer-daemon@aol.com", "Undeliverable Mail",
	    "Your mail to the following recipients could not be delivered because they are not accepting mail from x:\n\tannlee\n", "", NULL, "aol", true, false,
	    { { "annlee@aol.com", 0, "", "not accepting mail" } } },
	{ "an X.400 address", "postmaster@mx.example.net", "Undeliverable: x",
	    "did not reach the following recipient(s):\n\nc=us;a= ;p=x;dda:RFC-822=ann(a)example.com; on Tue, 5 Mar\n    Unknown Recipient\n", "", NULL,
	    "exchange", true, false, { { "ann@example.com", 0, "", "Unknown Recipient" } } },
	{ "a warning", DAEMON, "Warning: could not send message for past 4 hours",
	    "THIS IS A WARNING MESSAGE ONLY\n\n<ann@example.com>... Deferred: Connection timed out\nWill keep trying until message is 5 days old\n", "", NULL,
	    "sendmail-warning", true, true, { { "ann@example.com", 0, "", "Connection timed out" } } },
	{ "a warning in German", DAEMON, "Zustellung verzögert", "Ihre Nachricht konnte noch nicht zugestellt werden:\n\nann@example.com\n",
	    "", NULL, "generic", true, true, { { "ann@example.com", 0, "", "" } } },
	{ "nothing but colons before it", DAEMON, "Undelivered mail",
	    " : ann@example.com was not found\n550 unknown user\n", "", NULL, "generic", true, false,
	    { { "ann@example.com", 550, "", "unknown user" } } },
	{ "neither From nor a null sender, but a bounce's subject", "", "Undelivered mail",
	    "<ann@example.com>: user unknown\n", "", NULL, "generic", false, false,
	    { { "ann@example.com", 0, "", "user unknown" } } },
	{ "a form known by its subject and its words", DAEMON, "Delivery delayed: News",
	    "This message hasn't been delivered yet:\n\nann@example.com\n", "", NULL, "exchange-delay", true, true, { { "ann@example.com", 0, "", "" } } },
	{ "a form's words open a mail whose subject agrees", "ann.lee@example.com", "failure notice",
	    "Hi. This is the qmail-send program at x.\n\n<ann@example.com>:\nno such user\n", "", NULL, "qmail", false, false,
	    { { "ann@example.com", 0, "", "no such user" } } },
	{ "a form and a null sender, under a subject that says nothing", "x@example.com", "Your mail",
	    "A message that you sent could not be delivered to one or more of its recipients:\n\n  ann@example.com\n    550 unknown user\n", "", NULL, "exim", true, false,
	    { { "ann@example.com", 550, "", "unknown user" } } },
	{ "X-Failed-Recipients, and no form", DAEMON, "Your mail", "It did not work out.\n", "",
	    "somebody@, ann@example.com", "generic", false, false,
	    { { "ann@example.com", 0, "", "work out" } } },
	{ "… nor a daemon, but a sentence", "x@example.com", "Your mail", "It could not be delivered.\n", "",
	    "ann@example.com", "generic", false, false,
	    { { "ann@example.com", 0, "", "not be delivered" } } },
	{ "a bounce's subject over our own mail, and words of a failure", "x@example.com", "Undelivered mail",
	    "There is no such user.\n", RETURNED, NULL, "generic", false, false, { { "ann@example.com", 0, "", "no such user" } } },
	{ "returned headers that end in a To", "postmaster@mx.example.net", "Undeliverable message", "There is no such user here.\n",
	    "From: News <news@example.org>\nTo: @ not there <ann@example.com>", NULL, "generic", true, false, { { "ann@example.com", 0, "", "no such user" } } },
	{ "a returned To that names nobody", "postmaster@mx.example.net", "Undeliverable message",
	    "There is no such user here: bob@example.com\n", "From: News <news@example.org>\nTo: undisclosed @ recipients\n", NULL, "generic", true, false, { { "bob@example.com", 0, "", "no such user" } } },
	{ "names without a domain, up to what is none", "mailer-daemon@aol.com", "Undeliverable Mail",
	    "Your mail to the following recipients could not be delivered because they are not accepting mail from x:\n\tannlee\n\tbob\n\t*** end\n\tnobody\n", "",
	    NULL, "aol", true, false, { { "annlee@aol.com", 0, "", "not accepting mail" }, { "bob@aol.com", 0, "", "" } } },
	{ "no line behind the words that announce names", "mailer-daemon@aol.com", "Undeliverable Mail",
	    "Your mail to the following recipients could not be delivered because they are not accepting mail from x", RETURNED, NULL, "aol", true, false,
	    { { "ann@example.com", 0, "", "not accepting mail" } } },
	{ "addresses of odd forms", DAEMON, "Undelivered mail",
	    "Not delivered:\n\n<\xc3\xa4nn@example.com>: 550 5.1.1 unknown\n<bob@[192.0.2.1]>: 552 5.2.2 full\n<eve@[192.0.2.1>: no\n<lee.@example.com>: see http://x.example/lee@example.com\n",
	    "", NULL, "generic", true, false,
	    { { "\xc3\xa4nn@example.com", 550, "5.1.1", "unknown" }, { "bob@[192.0.2.1]", 552, "5.2.2", "full" } } },
	{ "an address with its type before it", DAEMON, "Undelivered mail",
	    "Not delivered, 550 5.1.1 unknown: utf-8;\xc3\xa4nn@example.com\n", "", NULL,
	    "generic", true, false, { { "\xc3\xa4nn@example.com", 550, "5.1.1", "unknown" } } },
	{ "for now by a code, for good without one", DAEMON, "Undelivered mail",
	    "Not delivered:\n\n<ann@example.com>:\n 450 4.2.1 wait\n 5.1.1 unknown user\n", "", NULL, "generic", true, false,
	    { { "ann@example.com", 0, "5.1.1", "unknown user" } } },
	{ "whom to write to, in a line of its own", DAEMON, "Undelivered mail",
	    "Not delivered:\n\nann@example.com\n\nFor help please contact\n\nhelp@example.net\n", "", NULL, "generic", true, false,
	    { { "ann@example.com", 0, "", "" } } },
	{ "a rule above the recipients is no signature", DAEMON, "Undelivered mail",
	    "Not delivered:\n--\n<ann@example.com>: 550 unknown user\n", "", NULL,
	    "generic", true, false, { { "ann@example.com", 550, "", "unknown user" } } },
	{ "for now, and then for good", DAEMON, "Undelivered mail",
	    "Not delivered:\n\n<ann@example.com>:\n 450 4.2.1 wait\n 550 5.1.1 unknown user\n", "", NULL,
	    "generic", true, false, { { "ann@example.com", 550, "5.1.1", "unknown user" } } },
	{ "two asked for before one is answered", DAEMON, "Undelivered mail",
	    "Not delivered:\n\n<ann@example.com>\n<bob@example.com>\n\n>>> RCPT To:<ann@example.com>\n>>> RCPT To:<bob@example.com>\n<<< 552 5.2.2 full\n", "", NULL,
	    "generic", true, false, { { "ann@example.com", 552, "5.2.2", "full" }, { "bob@example.com", 552, "5.2.2", "full" } } },
	{ "nothing but a subject", DAEMON, "Undelivered mail: user unknown", "\n", RETURNED, NULL, "generic", true, false,
	    { { "ann@example.com", 0, "", "user unknown" } } },
	{ "numbers nearly like codes", DAEMON, "Undelivered mail",
	    "It was not delivered after 5.12 seconds, 5.1 x, 5.1234.1 and 5..1, at 550.5 or 550:5 or 550-5:\n\nann@example.com\n   error of the server\n", "", NULL,
	    "generic", true, false, { { "ann@example.com", 0, "", "error of the server" } } },
	{ "a code at the end of its line", DAEMON, "Undelivered mail",
	    "Not delivered:\n\nann@example.com\n   error 550\n", "", NULL, "generic", true, false,
	    { { "ann@example.com", 550, "", "error" } } },
	{ "numbers that are no codes", DAEMON, "Undelivered mail",
	    "Your message of 500 bytes was not delivered after 550 minutes at port 525:\n\nann@example.com\n   error from 5.5.5.5 version 5.1.1.2\n", "", NULL,
	    "generic", true, false, { { "ann@example.com", 0, "", "error from" } } },
};

static const struct {
	const char *name, *from, *subject, *text;
	bool null_sender;
} others[] = {
	{ "a person forwards one", "ann@example.com", "Fwd: failure notice", "This is the qmail-send program\n<bob@example.com>:\n550 unknown user\n", false },
	{ "a newsletter about bounces", "weekly@example.net", "Undeliverable? Why mail bounces", "550 user unknown: could not be delivered to ann@example.com\n", false },
	{ "a vacation note", "ann@example.com", "Out of office", "I am away. Messages could not be delivered to bob@example.com.\n", true },
	{ "whoever left", "ann@example.com", "Your message", "Ann no longer works here. Unknown user: write to bob@example.com.\n", true },
	{ "a list's warning", "list-help@example.net", "warning", "Hi! This is the ezmlm program.\n<ann@example.com>:\n550 unknown user\n", true },
	{ "a success", DAEMON, "Successful Mail Delivery Report", "Your message was successfully delivered.\n<ann@example.com>: delivered\n", true },
	{ "a ticket", "support@example.net", "[Ticket 7] undeliverable mail", "550 for ann@example.com: could not be delivered\n", true },
	{ "nothing", DAEMON, "", "", true },
	{ "a failure of nobody's", DAEMON, "Your mail", "Something could not be delivered: 550 unknown user\n", true },
};

static const struct {
	const char *name, *text;
	const char *first; /* how the returned message begins; NULL: there is none */
	const char *last;  /* how the words before it end */
} splits[] = {
	{ "announced", "<ann@example.com>:\nno\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <a@b.org>\nFrom: x\n", "Return-Path", "no\n\n" },
	{ "by itself", "It failed.\n\nReceived: from x\n\tby y\nFrom: x\nTo: y\n\nbody\n", "Received", "It failed.\n" },
	{ "quoted", "Sorry.\n----- Original message -----\n> From: a\n> To: b\n> Subject: c\n", "From: a", "Sorry.\n" },
	{ "headers that only say which message", "Sent by this report:\n\n  Message-id: <1@x.org>\n  From: a\n  To: b\n\nYour message could not be delivered\n", NULL, NULL },
	{ "an mbox line first", "Sorry.\n--- Below this line is a copy of the message.\n\nFrom ann Mon Mar  3\nReceived: from x\nFrom: x\nTo: y\n", "From ann", "Sorry.\n" },
	{ "a long line behind it", "Sorry.\n\nReceived: from x\nFrom: x\nTo: y\n\n"
				   "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
				   "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n",
	    "Received", "Sorry.\n" },
	{ "announced in the last words", "The message you sent to ann@example.com failed", NULL, NULL },
	{ "none", "Just words.\nNote: nothing\n", NULL, NULL },
	{ "empty", "", NULL, NULL },
};

static struct report_free_in
message(const char *from, const char *subject, const char *text, bool null_sender)
{
	struct report_free_in in = { .from = from, .name = "", .subject = subject, .text = text, .returned = "" };

	in.null_sender = null_sender;
	return in;
}

static void
reads_bounces(void **state)
{
	struct report_free_recipient *recipient = xcalloc(REPORT_FREE_MOST, sizeof *recipient);

	(void)state;
	for (size_t i = 0; i < sizeof bounces / sizeof *bounces; i++) {
		struct report_free_in in = message(bounces[i].from, bounces[i].subject, bounces[i].text, bounces[i].null_sender);
		struct report_free_out out = { .recipient = recipient };
		int count = 0;

		in.returned = bounces[i].returned;
		in.failed = bounces[i].failed;
		report_free(&in, &out);
		if ((int)out.what != (bounces[i].delay ? REPORT_FREE_DELAY : REPORT_FREE_BOUNCE))
			fail_msg("%s: what = %d", bounces[i].name, (int)out.what);
		if (strcmp(out.form, bounces[i].form) != 0)
			fail_msg("%s: form = %s", bounces[i].name, out.form);
		while (count < 3 && bounces[i].want[count].address)
			count++;
		if (out.count != count)
			fail_msg("%s: %d recipients", bounces[i].name, out.count);
		for (int k = 0; k < count; k++) {
			const struct recipient *want = &bounces[i].want[k];
			const struct report_free_recipient *got = &out.recipient[k];

			if (strcmp(got->address, want->address) != 0 || got->code != want->code ||
			    strcmp(got->enhanced, want->enhanced) != 0 ||
			    !strstr(got->text, want->reason))
				fail_msg("%s: %s %d %s \"%s\"", bounces[i].name, got->address, got->code, got->enhanced, got->text);
		}
	}
	free(recipient);
}

/* Who is a mail server by name alone is believed where the subject agrees. */
static void
knows_a_name(void **state)
{
	struct report_free_recipient *recipient = xcalloc(REPORT_FREE_MOST, sizeof *recipient);
	struct report_free_out out = { .recipient = recipient };

	(void)state;
	for (int fails = 0; fails < 2; fails++) {
		struct report_free_in in = message("x@example.com", fails ? "failure notice" : "News",
		    "Hi. This is the qmail-send program at x.\n\n<ann@example.com>:\nno such person\n", false);

		in.name = "Mail Delivery System";
		report_free(&in, &out);
		assert_int_equal(out.what, fails ? REPORT_FREE_BOUNCE : REPORT_FREE_NONE);
		assert_string_equal(out.form, fails ? "qmail" : "");
	}
	free(recipient);
}

static void
leaves_other_mail_alone(void **state)
{
	struct report_free_recipient *recipient = xcalloc(REPORT_FREE_MOST, sizeof *recipient);

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct report_free_in in = message(others[i].from, others[i].subject, others[i].text, others[i].null_sender);
		struct report_free_out out = { .recipient = recipient };

		report_free(&in, &out);
		if (out.what != REPORT_FREE_NONE || out.count != 0)
			fail_msg("%s: %s", others[i].name, out.form);
	}
	free(recipient);
}

static void
tells_original_and_server(void **state)
{
	struct report_free_recipient *recipient = xcalloc(REPORT_FREE_MOST, sizeof *recipient);
	static const char text[] =
	    "<real@example.net> (expanded from <ann@example.com>): host\n    MX.example.net[192.0.2.1] said: 550 5.1.1 unknown\n";
	struct report_free_in in = message(DAEMON, "Undelivered Mail Returned to Sender", text, true);
	struct report_free_out out = { .recipient = recipient };

	(void)state;
	report_free(&in, &out);
	assert_int_equal(out.count, 1);
	assert_string_equal(recipient[0].address, "real@example.net");
	assert_string_equal(recipient[0].original, "ann@example.com");
	assert_string_equal(recipient[0].server, "mx.example.net");
	free(recipient);
}

/* A list of more than fit, and one address a thousand times. */
static void
stays_within_bounds(void **state)
{
	struct report_free_recipient *recipient = xcalloc(REPORT_FREE_MOST, sizeof *recipient);
	struct report_free_in in = message(DAEMON, "failure notice", "", true);
	struct report_free_out out = { .recipient = recipient };
	struct buf text = BUF_INIT;

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_addf(&text, "<ann%d@example.com>: 550 unknown user\n", i);
	in.text = text.data;
	report_free(&in, &out);
	assert_int_equal(out.count, REPORT_FREE_MOST);
	buf_reset(&text);
	for (int i = 0; i < 5000; i++)
		buf_addstr(&text, "<ann@example.com>: 550 unknown user\n");
	in.text = text.data;
	report_free(&in, &out);
	assert_int_equal(out.count, 1);
	/* nor is a returned header read for ever */
	buf_reset(&text);
	buf_addstr(&text, "To: ");
	for (int i = 0; i < 4096; i++)
		buf_addch(&text, ' ');
	buf_addstr(&text, "ann@example.com\n");
	in.text = "There is no such user.\n";
	in.returned = text.data;
	report_free(&in, &out);
	assert_int_equal(out.count, 0);
	/* and what is said is cut, between two characters and not at a space */
	in.returned = "";
	for (int odd = 0; odd < 2; odd++)
		for (int spaces = 0; spaces < 2; spaces++) {
			buf_reset(&text);
			buf_addf(&text, "<ann@example.com>: %s", odd ? "x" : "");
			for (int i = 0; i < 1000; i++)
				buf_addstr(&text, spaces ? "x " : "\xc3\xa4");
			buf_addch(&text, '\n');
			in.text = text.data;
			report_free(&in, &out);
			assert_int_equal(out.count, 1);
			assert_in_range(strlen(recipient[0].text), sizeof recipient[0].text - 3, sizeof recipient[0].text - 1);
			assert_true(text_is_utf8(recipient[0].text, strlen(recipient[0].text)));
			assert_int_not_equal(recipient[0].text[strlen(recipient[0].text) - 1], ' ');
		}
	buf_release(&text);
	free(recipient);
}

static void
splits_what_came_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		const char *text = splits[i].text;
		size_t n = strlen(text), end, at = report_free_split(text, n, &end);

		if (!splits[i].first) {
			if (at != n || end != n)
				fail_msg("%s: found \"%.20s\"", splits[i].name, text + at);
			continue;
		}
		if (strncmp(text + at, splits[i].first, strlen(splits[i].first)) != 0)
			fail_msg("%s: begins with \"%.20s\"", splits[i].name, text + at);
		n = strlen(splits[i].last);
		if (end < n || memcmp(text + end - n, splits[i].last, n) != 0)
			fail_msg("%s: ends with \"%.*s\"", splits[i].name, (int)end, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_bounces),
		cmocka_unit_test(knows_a_name),
		cmocka_unit_test(leaves_other_mail_alone),
		cmocka_unit_test(tells_original_and_server),
		cmocka_unit_test(stays_within_bounds),
		cmocka_unit_test(splits_what_came_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
