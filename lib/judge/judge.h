/*
 * judge.h - what a reply or a bounce says of an address, a message or a relay.
 *
 * One table of rules, used for SMTP replies and for bounces alike: code,
 * enhanced code, words in the text, and the server that said it. A new
 * provider is one row and one case. MAIL.md's list is the specification:
 * hard means that the address is dead, and nothing else is hard.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>

enum judge_verdict {
	JUDGE_ACCEPTED,
	JUDGE_HARD,  /* the address is dead: no such user or domain, disabled or inactive mailbox */
	JUDGE_SOFT,  /* refused for good this time, but the address may be healthy: policy, size, content, full mailbox … */
	JUDGE_RETRY, /* try this message again later */
	JUDGE_RELAY, /* the relay is in trouble or at its limit (421, 450 4.2.1, 454, quota): never held against a person */
};

struct judge_in {
	int code;             /* SMTP code; 0 when only the enhanced one is known */
	const char *enhanced; /* "5.1.1" or "" */
	const char *text;     /* the reply's or the diagnostic's words, or "" */
};

struct judge_out {
	enum judge_verdict verdict;
	const char *rule; /* the row's name, for people: "no-such-user" */
};

struct judge_out judge_reply(const struct judge_in *in);

const char *judge_name(enum judge_verdict verdict); /* "hard", "soft" … */

/*
 * Replace everything in the text that looks like an address by "<address>", in place:
 * done on receipt, before ledger, log or JSON sees it. The text may get shorter, or longer up to `size`.
 */
void judge_redact(char *text, unsigned long size);

/* The same, and the local part of the address that the text is about where it stands alone ("user ann.lee unknown"). */
void judge_redact_for(char *text, unsigned long size, const char *address);

#endif
