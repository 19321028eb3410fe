/*
 * wordlist.h - a long list of words that is asked often: domains nobody takes, addresses that are no person.
 *
 * Read from a text: one word a line, of printable ASCII, without white space inside;
 * '#' begins a comment line. Kept in lower case, sorted, in one flat buffer; asking allocates nothing.
 */
#ifndef WORDLIST_H
#define WORDLIST_H

#include <stdbool.h>

#include "base/buf.h"

struct err;

#define WORDLIST_FILE 16777216 /* bytes of a file that holds one */
#define WORDLIST_WORD 255      /* bytes of a word */

struct wordlist {
	const char *words; /* sorted by bytes, each once, each ended by '\n' */
	size_t len;
	struct buf text; /* that they stand in, unless they are borrowed */
};

#define WORDLIST_INIT ((struct wordlist){ .text = BUF_INIT })
void wordlist_release(struct wordlist *w);

/* Fill an empty list from n bytes of text, named `name` in errors. ERR_INPUT names the line. The caller releases *w in either case. */
int wordlist_read(struct wordlist *w, const char *name, const char *text, size_t n, struct err *e);

/*
 * The same with a text that is ready as it is: comments at its head alone, then the words, sorted, once each, in lower case. Nothing is
 * copied, nor looked at before it is asked for; the text has to stay. For lists that are part of the program, which a test checks.
 */
void wordlist_borrow(struct wordlist *w, const char *text, size_t n);

/* Whether the word is listed. It is compared as it is: give it in lower case. O(log n). */
bool wordlist_has(const struct wordlist *w, const char *word);

/* Whether a domain (A-labels, lower case) is listed, or one that it lies in. */
bool wordlist_has_domain(const struct wordlist *w, const char *domain);

#endif
