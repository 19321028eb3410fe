/*
 * report_free_private.h - what the files of report_free share. The text is normalised once (free_text_read) and then read by line:
 * where addresses stand and how far each is to be trusted as the one that failed (report_free_mention.c), what is said of it (…_reason.c).
 */
#ifndef REPORT_FREE_PRIVATE_H
#define REPORT_FREE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/report_free.h"
#include "mail/report_free_table.h"

#define FREE_BYTES ((size_t)256 << 10) /* of the text that are read */
#define FREE_HEAD ((size_t)16 << 10)   /* … in which a form's own words are looked for */
#define FREE_FIRST ((size_t)300)       /* … that open it */
#define FREE_OPENING ((size_t)2 << 10) /* … in which an automatic answer says that it is one */
#define FREE_LINES 8000
#define FREE_MENTIONS 1000

/* How much a line says about a refusal. */
enum free_grade {
	FREE_SILENT,
	FREE_WORDS, /* it has words of a failure */
	FREE_CODE,  /* an SMTP code or an enhanced one */
	FREE_CODES  /* both */
};

struct free_line {
	size_t at, n; /* offset and length, without its LF */
	enum free_grade grade;
};

struct free_text {
	char *text; /* UTF-8, LF; typographic quotes and spaces are ASCII's */
	char *low;  /* the same in lower case, byte by byte */
	size_t n;
	struct free_line *line;
	int lines;
};

/* How far an address is to be trusted as the recipient that failed. */
enum free_trust {
	FREE_IGNORED,   /* a sender's, or one to write to for help */
	FREE_MENTIONED, /* it stands there */
	FREE_TO,        /* behind "To:" */
	FREE_SAID,      /* in a sentence about a failure, or in a server's reply */
	FREE_LABELLED,  /* behind "Recipient address:" */
	FREE_LISTED     /* it begins its line, as in a list */
};

struct free_mention {
	char address[255];
	size_t begin, end; /* from its first bracket or quote to behind the last one */
	int line;
	enum free_trust trust;
	bool original; /* "(generated from …)", "(expanded from: …)": whom the mention before it stands for */
};

struct free_mentions {
	struct free_mention *at;
	int count;
};

/* Copy, normalise and split at most FREE_BYTES of the text; free_text_release frees it. */
void free_text_read(struct free_text *t, const char *text);
void free_text_release(struct free_text *t);

/* Lower case of ASCII, Latin-1's and Cyrillic letters, in place: no length changes. */
void free_lower(char *s);

/* The first place where one of the words (lower case, '|' between) stands in the n bytes, and its length; NULL: none does. */
const char *free_find(const char *words, const char *s, size_t n, size_t *length);
bool free_has(const char *words, const char *s, size_t n);
bool free_string_has(const char *words, const char *s);
bool free_line_has(const char *words, const struct free_text *t, int line);
/* Whether the n bytes end in one of the words. */
bool free_ends(const char *words, const char *s, size_t n);

/* Take an SMTP reply's code and enhanced code from n bytes in lower case: 0 and "" where there is none. */
enum free_grade free_codes(const char *low, size_t n, int *code, char enhanced[12]);

/* Take one address out of a header's value; false: there is none. */
bool free_address_in(char out[255], const char *value, size_t n);
/* The address around the @ at `at`, between `floor` and `end`, without what encloses it: m's address, begin and end. */
bool free_address_at(struct free_mention *m, const struct free_text *t, size_t at, size_t floor, size_t end);

/*
 * Find the addresses and say how far each is to be trusted. `own`: addresses with spaces between that are nobody's recipient:
 * the sender's of the bounce and of what came back.
 */
void free_mentions_read(struct free_mentions *m, const struct free_text *t, const struct free_form *form, const char *own);
void free_mentions_release(struct free_mentions *m);

/*
 * Fill text, code, enhanced and server of the recipients; mention[i] tells which mention of *m each is, -1: the text does not name it.
 * `subject` is what remains to be said where the text says nothing.
 */
void free_reasons(const struct free_text *t, const struct free_mentions *m, const int *mention, struct report_free_out *out,
    const char *subject);

#endif
