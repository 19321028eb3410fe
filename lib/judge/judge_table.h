/*
 * judge_table.h - the rules; the first that matches wins. A new provider is one row here and one case in test_judge.c.
 */
#ifndef JUDGE_TABLE_H
#define JUDGE_TABLE_H

#include "judge/judge.h"

/* Where a rule holds. A reply in which the relay quotes another server ("host mx.example said: …") is QUOTED at any stage. */
enum {
	WHERE_MAIL = 1,
	WHERE_RCPT = 2,
	WHERE_DATA = 4,
	WHERE_BODY = 8,
	WHERE_BOUNCE = 16,
	WHERE_QUOTED = 32,
	/* … and anybody's words count: else, in what is quoted or came back, only those of who spoke last. */
	WHERE_WHOLE = 64,
	WHERE_RELAY = WHERE_MAIL | WHERE_RCPT | WHERE_DATA | WHERE_BODY, /* the relay itself answers us */
	WHERE_LIVE = WHERE_RELAY | WHERE_QUOTED,
	WHERE_ANY = WHERE_LIVE | WHERE_BOUNCE
};

struct judge_rule {
	const char *name;           /* for people */
	enum judge_verdict verdict; /* HARD and SOFT become RETRY for a reply that is temporary itself */
	unsigned where;             /* WHERE_… */
	const char *codes;          /* how the code begins, "5" or "530 535"; "0": none; "": whatever it is */
	const char *enhanced;       /* "5.1.1", "*.2.2 5.7.*"; "": whatever it is, or none */
	const char *server;         /* part of the server's name, lower case, with '|' between; "": whoever says it */
	const char *words;          /* any of these, with '|' between; behind an '&': any of those as well; "": whatever is said.
	                               Addresses, codes, accents do not count (judge_text.h) */
	enum judge_pace pace;       /* whom it slows, unless it is final */
	int hold;                   /* seconds, for RELAY */
};

extern const struct judge_rule judge_table[]; /* ends with a row whose name is NULL */

#endif
