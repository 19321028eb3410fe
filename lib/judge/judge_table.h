/*
 * judge_table.h - the rules; the first that matches wins. A new provider is one row here and one case in test_judge.c.
 */
#ifndef JUDGE_TABLE_H
#define JUDGE_TABLE_H

#include "judge/judge.h"

struct judge_rule {
	const char *name;           /* for people */
	enum judge_verdict verdict; /* HARD and SOFT become RETRY for a reply that is temporary itself */
	const char *codes;          /* how the code begins, "5" or "530 535"; "0": none; "": whatever it is */
	const char *enhanced;       /* "5.1.1", "*.2.2 5.7.*"; "": whatever it is, or none */
	const char *words;          /* any of these, lower case, with '|' between; "": whatever is said */
};

extern const struct judge_rule judge_table[]; /* ends with a row whose name is NULL */

#endif
