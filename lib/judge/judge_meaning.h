/*
 * judge_meaning.h - the judge's rules in plain words, for people who read English and know no SMTP.
 */
#ifndef JUDGE_MEANING_H
#define JUDGE_MEANING_H

/* "no-such-user" as "no such user"; "": "not known"; a name that is none, as it is. Never NULL. */
const char *judge_meaning(const char *rule);

#endif
