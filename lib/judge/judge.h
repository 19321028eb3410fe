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
#include <stddef.h>
#include <stdint.h>

enum judge_verdict {
	JUDGE_ACCEPTED,
	JUDGE_HARD,  /* the address is dead: no such user or domain, disabled or inactive mailbox */
	JUDGE_SOFT,  /* refused for good this time, but the address may be healthy: policy, size, content, full mailbox … */
	JUDGE_RETRY, /* try this message again later */
	JUDGE_RELAY, /* the relay is in trouble, at its limit, or will not have us: never held against a person, the message is not burnt */
};

/* What the reply answers: it tells of whom it speaks. What is refused at MAIL is never a recipient's fault. */
enum judge_stage {
	JUDGE_AT_BOUNCE, /* it came back as a mail, or nobody knows */
	JUDGE_AT_MAIL,
	JUDGE_AT_RCPT,
	JUDGE_AT_DATA,
	JUDGE_AT_BODY, /* after the message: DATA's dot, or BDAT */
};

/* Who must send more slowly from now on. */
enum judge_pace {
	JUDGE_PACE_NONE,
	JUDGE_PACE_RELAY_SLOW,
	JUDGE_PACE_DOMAIN_SLOW, /* only mail to the recipient's domain */
	JUDGE_PACE_RELAY_QUOTA, /* a limit of the relay's is used up: nothing more through it for `hold` seconds, then more slowly */
};

struct judge_in {
	int code;               /* SMTP code; 0 when only the enhanced one is known */
	const char *enhanced;   /* "5.1.1" or "" */
	const char *text;       /* the reply's or the diagnostic's words, or "" */
	const char *server;     /* who said it, "mx.example.org"; "" or NULL: unknown */
	bool from_relay;        /* our own relay answers in an SMTP session; else it comes from somewhere behind it */
	enum judge_stage stage; /* read when from_relay */
	bool final;             /* it came back and nobody will try again: HARD or SOFT whatever the code, never RETRY */
};

struct judge_out {
	enum judge_verdict verdict;
	const char *rule;     /* the row's name, for people: "no-such-user" */
	enum judge_pace pace; /* JUDGE_PACE_NONE for what is final or came as a bounce */
	int64_t hold;         /* seconds for which the relay is best left alone; 0: none */
};

#define JUDGE_NO_REASON "refused" /* the rule of the last row: nothing else matched */

/*
 * Judge. Of a text longer than 2,000 bytes the first and the last 1,000 are read. Where several servers speak in it ("host mx said: …")
 * the last is believed; its own codes count before those given with a text that came back. RELAY and RETRY of a bounce are soft for
 * who must choose between two. A text is best redacted for its recipient before: a name alone ("user ann unknown") is a gap in the words.
 */
struct judge_out judge_reply(const struct judge_in *in);

/*
 * Whether the words of a 421 say that this one connection has had its share of
 * messages ("too many messages in this connection"): the next one may have more.
 */
bool judge_ends_session(const char *text);

const char *judge_name(enum judge_verdict verdict); /* "hard", "soft" … */
/* What a rule's name stands for when the reply is final ("try-later": JUDGE_RETRY); false when there is no such rule. */
bool judge_class(const char *rule, enum judge_verdict *verdict);

/* The names of the rules with a verdict, each once, then NULL; at most `size` with it, which JUDGE_CLASSES always is enough for. */
#define JUDGE_CLASSES 48
void judge_classes(enum judge_verdict verdict, const char **out, size_t size);

/*
 * Replace everything in the text that looks like an address by "<address>", and a name beside one ("Ann Lee <ann@example.org>",
 * "ann@example.org (Ann Lee)") by "<name>", in place:
 * done on receipt, before ledger, log or JSON sees it. The text may get shorter, or longer up to `size`.
 */
void judge_redact(char *text, unsigned long size);

/* The same, and the local part of the address that the text is about where it stands alone ("user ann.lee unknown"). */
void judge_redact_for(char *text, unsigned long size, const char *address);

/* Replace the person's name, and each of its words of three bytes or more, by "<name>" wherever they stand as words. "": nothing. */
void judge_redact_name(char *text, unsigned long size, const char *name);

#endif
