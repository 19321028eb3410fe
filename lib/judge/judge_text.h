/*
 * judge_text.h - the text of a reply or a diagnosis as the rules' words are compared with it. For judge.c and judge_words.c alone.
 *
 * Servers say the same in many dresses: lines folded, each with its code ("550-5.1.1 … 550-5.1.1 …"), left-over HTML, addresses and
 * host names between the words, accents or none. All of that goes, so that "user <ann@example.org> unknown" and "User unknown" are one.
 */
#ifndef JUDGE_TEXT_H
#define JUDGE_TEXT_H

#include <stddef.h>

#define JUDGE_TEXT_MOST 2000 /* bytes that are read: of a longer text the first and the last half of that */

struct judge_text {
	char words[JUDGE_TEXT_MOST * 2 + 2]; /* a space, then the words: lower case, no accents, single spaces */
	const char *last;                    /* in it: what the last of several servers said ("host mx said: …"), or all of it */
	int code;                            /* what that begins with; 0: none */
	char enhanced[12];                   /* … or what qmail and its like write behind a hash: "(#5.1.1)"; "": none */
	char hashed[12];                     /* the first of those anywhere; "": none */
};

void judge_text_read(struct judge_text *t, const char *text);

/*
 * Write one character of UTF-8 at *p, folded, to out (at least 4 bytes) and step over it: ASCII, Latin and Cyrillic letters in lower
 * case, Latin ones without their accents, typographic quotes and dashes as ASCII's, anything blank and '_' as a space. Bytes that are no
 * UTF-8 stay as they are. Returns the number of bytes, never more than were read.
 */
size_t judge_fold(const char **p, char out[4]);

#endif
