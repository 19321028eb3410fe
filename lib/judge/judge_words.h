/*
 * judge_words.h - the judge's rules in plain words, for people who read English and know no SMTP.
 */
#ifndef JUDGE_WORDS_H
#define JUDGE_WORDS_H

/* "no-such-user" as "no such user"; "": "not known"; a name that is none, as it is. Never NULL. */
const char *judge_words(const char *rule);

#endif
