/*
 * lint_private.h - what the parts of lint share.
 */
#ifndef LINT_PRIVATE_H
#define LINT_PRIVATE_H

#include "base/buf.h"
#include "content/lint.h"

/* Where unsubscribe and preferences links stand in a part, counted in words. */
struct lint_part {
	const char *name;    /* "text" or "HTML" */
	size_t words;        /* seen so far, without what is hidden */
	size_t first, last;  /* words before the first and the last unsubscribe link */
	size_t unsubscribes; /* how many there are */
	bool preferences;
};

/* lint_add; with `where` not compared: one thing that stands in several places is told where it was seen first. */
void lint_put(struct lint *l, enum lint_severity severity, const char *code, const char *where, bool once, const char *text);

/* Add the language of now to a malloc'ed list, unless it is there. */
void lint_add_language(const struct lint *l, char **languages);

/* The parts of a mail. */
void lint_subject(struct lint *l, const struct lint_mail *m);
void lint_text(struct lint *l, const struct lint_mail *m, struct lint_part *part);
void lint_html(struct lint *l, const struct lint_mail *m, struct lint_part *part);

/* Text that people read, at `where`: slots that nobody fills, words that stand for others. One thing found twice is told once. */
void lint_words(struct lint *l, const struct lint_mail *m, const char *s, size_t n, const char *where);

/* Count the words of text; character references of HTML are none. */
size_t lint_count_words(const char *s, size_t n);

/* Judge one address, of a link or an image, as it stands in an attribute with its references resolved. */
void lint_address(struct lint *l, const struct lint_mail *m, const char *url, bool image);

/* Whether a link's words show an address of another domain than where it leads. */
void lint_shown(struct lint *l, const struct lint_mail *m, const char *words, const char *url);

#endif
