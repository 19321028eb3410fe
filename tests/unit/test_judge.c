/* test_judge.c - replies and bounces as servers word them, and what each must mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge/judge.h"
#include "judge/judge_table.h"

static const struct {
	enum judge_verdict want;
	int code;
	const char *enhanced, *text;
	const char *rule; /* NULL: any */
} cases[] = {
	{ JUDGE_ACCEPTED, 250, "2.0.0", "Ok: queued as 4ABC", "accepted" },
	{ JUDGE_ACCEPTED, 250, "", "user unknown is only a subject here", "accepted" },
	{ JUDGE_ACCEPTED, 0, "2.1.5", "delivered", "accepted" },

	/* the relay and its limits (MAIL.md) */
	{ JUDGE_RELAY, 421, "4.7.0", "Try again later, closing connection.", "relay-closing" },
	{ JUDGE_RELAY, 421, "", "", "relay-closing" },
	{ JUDGE_RELAY, 454, "", "Throttling failure: Maximum sending rate exceeded.", NULL },
	{ JUDGE_RELAY, 454, "", "Throttling failure: Daily message quota exceeded.", NULL },
	{ JUDGE_RELAY, 454, "4.7.0", "Temporary authentication failure", NULL },
	{ JUDGE_RELAY, 450, "4.2.1", "The user you are trying to contact is receiving mail at a rate that prevents additional messages", NULL },
	{ JUDGE_RELAY, 450, "4.2.1", "Peak SMTP relay limit exceeded for customer.", NULL },
	{ JUDGE_RELAY, 550, "5.4.5", "Daily user sending limit exceeded. For more information on Gmail sending limits go to", "relay-quota" },
	{ JUDGE_RELAY, 550, "5.4.5", "Daily sending quota exceeded.", "relay-quota" },
	{ JUDGE_RELAY, 550, "5.7.1", "Daily SMTP relay limit exceeded for customer.", "relay-quota" },
	{ JUDGE_RELAY, 550, "5.7.1", "Message limit exceeded", "relay-quota" },
	{ JUDGE_RELAY, 554, "5.2.0", "STOREDRV.Submission.Exception:SubmissionQuotaExceededException", "relay-quota" },
	{ JUDGE_RELAY, 550, "5.1.90", "Your message can't be sent because you've reached your daily limit for message recipients", "relay-quota" },
	{ JUDGE_RELAY, 451, "", "Ratelimit of 100 messages per hour reached", "relay-quota" },
	{ JUDGE_RELAY, 530, "5.7.0", "Authentication Required.", "relay-login" },
	{ JUDGE_RELAY, 530, "5.7.0", "Must issue a STARTTLS command first", "relay-login" },
	{ JUDGE_RELAY, 535, "5.7.8", "Error: authentication failed", "relay-login" },

	/* dead */
	{ JUDGE_HARD, 550, "5.1.1", "<address>: Recipient address rejected: User unknown in virtual mailbox table", "no-such-user" },
	{ JUDGE_HARD, 550, "5.1.1", "The email account that you tried to reach does not exist. Please try double-checking", "no-such-user" },
	{ JUDGE_HARD, 550, "5.1.1", "", "no-such-user" },
	{ JUDGE_HARD, 550, "5.1.1", "sid=i01K1n00l0kn1Em01 Address rejected <address> [code=28]", "no-such-user" },
	{ JUDGE_HARD, 550, "5.1.1", "No such user here; our policy is at https://example.org/policy", "no-such-user" },
	{ JUDGE_HARD, 0, "5.1.1", "", "no-such-user" },
	{ JUDGE_HARD, 550, "", "cuda_nsu No such recipient", "no-such-user" },
	{ JUDGE_HARD, 550, "", "No Such User Here", "no-such-user" },
	{ JUDGE_HARD, 553, "5.3.0", "<address>... Unknown E-Mail Address", "no-such-user" },
	{ JUDGE_HARD, 550, "5.5.0", "Requested action not taken: mailbox unavailable (S2017062302).", "no-such-user" },
	{ JUDGE_HARD, 554, "", "delivery error: dd This user doesn't have a yahoo.com account (<address>) [0]", "no-such-user" },
	{ JUDGE_HARD, 550, "5.4.1", "Recipient address rejected: Access denied. [AM4PEPF00025F97.EURPRD83.prod.outlook.com]", "no-such-user" },
	{ JUDGE_HARD, 550, "5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", NULL },
	{ JUDGE_HARD, 0, "", "Sorry, no mailbox here by that name. (#5.1.1)", "no-such-user" },
	{ JUDGE_HARD, 0, "", "Sorry, I couldn't find any host named heaven.example. (#5.1.2)", "no-such-domain" },
	{ JUDGE_HARD, 0, "5.4.4", "Host or domain name not found. Name service error for name=no.example type=A: Host not found", "no-such-domain" },
	{ JUDGE_HARD, 550, "5.1.2", "Bad destination system address", "no-such-domain" },
	{ JUDGE_HARD, 556, "5.1.10", "Recipient address has null MX", "null-mx" },
	{ JUDGE_HARD, 550, "5.2.1", "The email account that you tried to reach is disabled.", "disabled" },
	{ JUDGE_HARD, 550, "5.2.1", "The email account that you tried to reach is inactive.", NULL },
	{ JUDGE_HARD, 525, "5.7.13", "User account disabled", "disabled" },
	{ JUDGE_HARD, 550, "", "Mailbox is inactive", "disabled" },
	{ JUDGE_HARD, 552, "5.2.2", "The recipient's inbox is out of storage space and inactive. Please direct the recipient to", "full-inactive" },

	/* refused, but healthy as far as anybody knows */
	{ JUDGE_SOFT, 550, "5.2.1", "The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.", "receiving-fast" },
	{ JUDGE_SOFT, 552, "5.2.2", "The recipient's inbox is out of storage space.", "mailbox-full" },
	{ JUDGE_SOFT, 552, "4.2.2", "User has full mailbox.", "mailbox-full" },
	{ JUDGE_SOFT, 552, "", "bigbassboris MAILBOX FULL", "mailbox-full" },
	{ JUDGE_SOFT, 550, "5.1.1", "Mailbox is full / over quota", "mailbox-full" },
	{ JUDGE_SOFT, 552, "5.3.4", "Message size exceeds fixed limit", "too-large" },
	{ JUDGE_SOFT, 552, "", "Requested mail action aborted: exceeded storage allocation", "mailbox-full" },
	{ JUDGE_SOFT, 550, "5.7.1", "Our system has detected that this message is likely unsolicited mail.", "policy" },
	{ JUDGE_SOFT, 550, "5.7.26", "Unauthenticated email from example.org is not accepted due to domain's DMARC policy.", "policy" },
	{ JUDGE_SOFT, 550, "5.7.1", "Unfortunately, messages from [192.0.2.1] weren't sent. Your network is on our block list (S3150).", "policy" },
	{ JUDGE_SOFT, 550, "5.7.1", "<address>: user unknown", "policy" },
	{ JUDGE_SOFT, 554, "", "imta14 comcast 192.0.2.1 Comcast block for spam.", "spam" },
	{ JUDGE_SOFT, 550, "5.1.1", "Recipient rejected: listed in a DNSBL", "spam" },
	{ JUDGE_SOFT, 554, "5.6.0", "Message contains invalid header", "content" },
	{ JUDGE_SOFT, 550, "5.1.8", "<address>: Sender address rejected: Domain not found", "sender-refused" },
	{ JUDGE_SOFT, 550, "", "Sender address rejected: Domain not found", "sender-refused" },
	{ JUDGE_SOFT, 550, "5.1.3", "Bad recipient address syntax", "refused" },
	{ JUDGE_SOFT, 554, "5.7.1", "<address>: Relay access denied", "policy" },
	{ JUDGE_SOFT, 550, "", "Unable to relay for <address>", "relaying" },
	{ JUDGE_SOFT, 554, "5.4.6", "Too many hops", "routing" },
	{ JUDGE_SOFT, 0, "", "connect to testreceiver.example[192.0.2.1]:25: Connection timed out", "routing" },
	{ JUDGE_SOFT, 554, "5.0.0", "Service unavailable", "refused" },
	{ JUDGE_SOFT, 550, "", "", "refused" },
	{ JUDGE_SOFT, 0, "5.0.0", "", "refused" },
	{ JUDGE_SOFT, 0, "", "", "refused" },

	/* later */
	{ JUDGE_RETRY, 450, "", "", "try-later" },
	{ JUDGE_RETRY, 450, "4.1.1", "User unknown for now", "no-such-user" },
	{ JUDGE_RETRY, 451, "4.7.1", "Greylisting in action, please come back later", "policy" },
	{ JUDGE_RETRY, 451, "4.3.0", "Mail server temporarily rejected message.", "try-later" },
	{ JUDGE_RETRY, 452, "4.2.2", "The email account that you tried to reach is over quota.", "mailbox-full" },
	{ JUDGE_RETRY, 452, "4.3.1", "Insufficient system storage", "try-later" },
	{ JUDGE_RETRY, 450, "5.1.1", "the first digit decides", "no-such-user" },
	{ JUDGE_RETRY, 0, "4.4.1", "No answer from host", "try-later" },
	{ JUDGE_RETRY, 450, "", "Requested mail action not taken: mailbox unavailable", "no-such-user" },
};

static void
verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judge_in in = { cases[i].code, cases[i].enhanced, cases[i].text };
		struct judge_out out = judge_reply(&in);

		if (out.verdict != cases[i].want || (cases[i].rule && strcmp(out.rule, cases[i].rule) != 0))
			fail_msg("%d %s %s: %s by %s", in.code, in.enhanced, in.text, judge_name(out.verdict), out.rule);
	}
}

/* No row hides behind another: each decides some reply made of its own code, enhanced code or first words. */
static void
no_row_is_dead(void **state)
{
	(void)state;
	for (const struct judge_rule *r = judge_table; r->name; r++) {
		bool alive = false;

		for (const char *w = r->words;; w += w[0] == '|') {
			char word[100], enhanced[16];
			size_t n = strcspn(w, "|"), m = strcspn(r->enhanced, " ");
			struct judge_in in = { atoi(r->codes), enhanced, word };
			struct judge_out out;

			snprintf(word, sizeof(word), "%.*s", (int)n, w);
			snprintf(enhanced, sizeof(enhanced), "%.*s", (int)m, r->enhanced);
			for (char *c = enhanced; *c; c++)
				if (*c == '*')
					*c = c == enhanced ? (atoi(r->codes) / 100 == 4 ? '4' : '5') : '1';
			if (r->codes[0] == '2')
				in.code = 250;
			else if (!r->codes[0])
				in.code = 550;
			out = judge_reply(&in);
			if (strcmp(out.rule, r->name) == 0)
				alive = true;
			else if (n > 0 && !r->enhanced[0])
				fail_msg("row %s: \"%s\" never gets there, %s takes it", r->name, word, out.rule);
			w += n;
			if (!*w)
				break;
		}
		if (!alive && strcmp(r->codes, "0") != 0)
			fail_msg("row %s %s %s is dead", r->name, r->codes, r->enhanced);
	}
}

// clang-format off
static const struct {
	const char *name, *in, *want;
} redactions[] = {
	{ "nothing",             "User unknown", "User unknown" },
	{ "in brackets",         "550 <ann@example.org> unknown", "550 <address> unknown" },
	{ "bare",                "no ann.lee+x@mail.example.org.", "no <address>." },
	{ "two",                 "a@b.org, c@d.org", "<address>, <address>" },
	{ "in parentheses",      "yahoo.com account (ann@yahoo.com) [0]", "yahoo.com account (<address>) [0]" },
	{ "quoted local part",   "<\"ann lee\"@example.org>: no", "<address>: no" },
	{ "address literal",     "ann@[192.0.2.1] no", "<address> no" },
	{ "no dot",              "root@localhost", "<address>" },
	{ "not ASCII",           "b\xc3\xbcrger@stra\xc3\x9f" "e.de?", "<address>?" },
	{ "in a link",           "https://x.example/?e=ann%40example.org&x=1", "https:<address>&x=1" },
	{ "VERP",                "b+ann=40example.org@list.example no", "<address><address> no" },
	{ "xtext",               "ORCPT=rfc822;ann+40example.org", "ORCPT=rfc822;<address>" },
	{ "entity",              "ann&#64;example.org", "<address>" },
	{ "mailto",              "mailto:ann@example.org", "mailto:<address>" },
	{ "source route",        "<@a.example:ann@b.example>", "<<address>:<address>>" },
	{ "cut inside",          "550 5.1.1 <ann.le", "550 5.1.1 <address>" },
	{ "cut after the sign",  "550 5.1.1 <ann.lee@", "550 5.1.1 <address>" },
	{ "cut, bare",           "550 5.1.1 ann.lee@", "550 5.1.1 <address>" },
	{ "a number is none",    "size=4096.5 and 2+40 and 7%40", "size=4096.5 and 2+40 and 7%40" },
	{ "an at sign alone",    "10 @ 20", "10 @ 20" },
	{ "comparisons",         "4 < 5", "4 < 5" },
	{ "done already",        "no <address> here", "no <address> here" },
	{ "many signs",          "a@@b@c", "<address><address><address>" },
};
// clang-format on

static void
redaction(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(redactions) / sizeof(redactions[0]); i++) {
		char text[200];

		snprintf(text, sizeof(text), "%s", redactions[i].in);
		judge_redact(text, sizeof(text));
		if (strcmp(text, redactions[i].want) != 0)
			fail_msg("%s: %s", redactions[i].name, text);
	}
}

/* The address that a reply is about is known: its local part goes too, where it stands alone. */
static void
redaction_for_a_person(void **state)
{
	static const struct {
		const char *name, *address, *in, *want;
	} people[] = {
		{ "whole", "ann.lee@example.org", "550 <ann.lee@example.org> unknown", "550 <address> unknown" },
		{ "alone", "ann.lee@example.org", "550 5.1.1 user Ann.Lee unknown", "550 5.1.1 user <address> unknown" },
		{ "twice", "annlee@example.org", "annlee: no annlee", "<address>: no <address>" },
		{ "inside a word", "use@example.org", "user unknown, because", "user unknown, because" },
		{ "too short to tell", "ok@example.org", "250 ok", "250 ok" },
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		snprintf(text, sizeof(text), "%s", people[i].in);
		judge_redact_for(text, sizeof(text), people[i].address);
		if (strcmp(text, people[i].want) != 0)
			fail_msg("%s: %s", people[i].name, text);
	}
}

static void
redaction_stays_in_its_bounds(void **state)
{
	(void)state;
	for (size_t size = 1; size < 40; size++) {
		char *text = malloc(size);

		snprintf(text, size, "a@b c@d \xc3\xbc e@f \xc3\xbc"
				     "aaaaaaaaaaaa");
		if (size > 1 && (unsigned char)text[strlen(text) - 1] == 0xc3)
			text[strlen(text) - 1] = '\0';
		judge_redact(text, size);
		assert_true(strlen(text) < size);
		assert_null(strchr(text, '@'));
		assert_true(strlen(text) == 0 || (unsigned char)text[strlen(text) - 1] != 0xc3);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(no_row_is_dead),
		cmocka_unit_test(redaction),
		cmocka_unit_test(redaction_for_a_person),
		cmocka_unit_test(redaction_stays_in_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
