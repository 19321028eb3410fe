/* fuzz_wordlist.c - any file as a list of words: what is taken is sorted, and each of its words is found. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/wordlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct wordlist w = WORDLIST_INIT;
	char word[WORDLIST_WORD + 1], last[WORDLIST_WORD + 1] = "";
	struct err e = ERR_INIT;
	const char *s, *eol;

	if (wordlist_read(&w, "list", (const char *)data, n, &e) == -1) {
		if (e.code != ERR_INPUT)
			abort();
		goto out;
	}
	for (s = w.text.data; *s; s = eol + 1) {
		eol = strchr(s, '\n');
		if (!eol || eol == s || (size_t)(eol - s) > WORDLIST_WORD)
			abort();
		memcpy(word, s, (size_t)(eol - s));
		word[eol - s] = '\0';
		if (strcmp(last, word) >= 0 || !wordlist_has(&w, word) || !wordlist_has_domain(&w, word))
			abort();
		strcpy(last, word);
	}
	wordlist_has(&w, "zz");
	if (wordlist_has(&w, ""))
		abort();
out:
	wordlist_release(&w);
	return 0;
}
