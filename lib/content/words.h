/*
 * words.h - what pages and mails say, one file a language: words/en.txt, words/es.txt.
 *
 * A line is `key = words`; # begins a comment. The words are Mustache and may
 * use what the template's context holds; templates name them `{{> t.key}}`. A
 * site's file of the same name replaces single lines of the built-in one, or
 * adds a language. What a language lacks, English says.
 */
#ifndef CONTENT_WORDS_H
#define CONTENT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct err;

#define WORDS_LANGUAGE 16  /* bytes of a language's code, with the NUL */
#define WORDS_LANGUAGES 32 /* languages at the most */
#define WORDS_DEFAULT "en"

/* The files in which a key is looked for, one after the other. */
struct words {
	struct words_file {
		char name[32];
		const char *text;
		struct buf own; /* holds the text of a site's file */
	} file[4];
	int count;
	int own; /* the first so many are of the language itself, not English in its place */
};

/*
 * Open the words of a language; `folder` is that of the site's templates, or
 * NULL. ERR_INPUT names file and line of one that is no `key = words`. Release
 * in either case.
 */
int words_open(struct words *w, const char *folder, const char *language, struct err *e);
void words_release(struct words *w);

/* What is said for a key: points into *w, up to the end of its line; *file names where it stands. False when nobody says it. */
bool words_find(const struct words *w, const char *key, size_t n, const char **text, size_t *len, const char **file);

/* The same, of the language itself alone: for what need not be said. */
bool words_find_own(const struct words *w, const char *key, size_t n, const char **text, size_t *len, const char **file);

/* Whether what words_find gave stands in a file of the site's rather than in a built-in one. */
bool words_is_sites(const struct words *w, const char *text);

/* Whether this is the code of a language: a-z, A-Z, 0-9 and hyphens, 2 to 15 of them. */
bool words_is_language(const char *code);

/* The languages that there are words for, in alphabetical order; returns how many, at most WORDS_LANGUAGES. */
int words_languages(const char *folder, char out[WORDS_LANGUAGES][WORDS_LANGUAGE]);

#endif
