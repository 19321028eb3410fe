/*
 * judge_redact.h - what the files of judge_redact.c share; for them alone.
 *
 * judge_redact.c finds addresses and puts marks in their place, judge_redact_near.c finds the names beside them.
 */
#ifndef JUDGE_REDACT_H
#define JUDGE_REDACT_H

#include <stdbool.h>

/*
 * The name before the address [start, end), not before `from`: quoted, or words that begin as names do or stand in the address too, and are
 * none that replies are made of. Where it begins, and *name_end; NULL: there is none. RFC 5322 3.4, and what people make of it.
 */
const char *judge_name_before(const char *from, const char *start, const char *end, const char **name_end);

/* The same in a comment behind it, "ann@example.org (Ann Lee)", within the parentheses. */
const char *judge_name_behind(const char *start, const char *end, const char **name_end);

#endif
