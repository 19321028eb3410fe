/*
 * mailing_private.h - what mailing.c and mailing_articles.c share.
 */
#ifndef MAILING_PRIVATE_H
#define MAILING_PRIVATE_H

#include <jansson.h>

#include "mailing.h"

struct buf;

/* Take whom the wish is for, once the topic is known: count them. A mailing that is not for everybody is kept out of the archive. */
int mailing_audience(struct mailing *m, const struct site *site, const struct mailing_wish *wish, struct err *e);

/* Take --subject's value, or NULL: ERR_USAGE when it is none. */
int mailing_own_subject(struct mailing *m, const struct site *site, const char *wish, struct err *e);

/* Append a line that staff wrote, with marks for {{name}} in it; who has no name is called as in the language ("": the site's). */
int mailing_line(struct buf *out, const struct site *site, const char *language, const char *text, struct err *e);

/* Put Markdown that staff wrote as `html_key` (a fragment with inline styles) and `text_key` (72 columns) into what a template sees. */
int mailing_put_markdown(json_t *data, const struct site *site, const char *language, const char *markdown, const char *html_key,
    const char *text_key, struct err *e);

/* What a template sees of a digest, or of its only article; there is one at least. */
int mailing_articles_data(const struct mailing *m, const struct site *site, const char *language, json_t *data, struct err *e);

/* Append the subject that the templates make out of the articles, in a language. */
int mailing_articles_subject(const struct mailing *m, const struct site *site, const char *language, struct buf *out, struct err *e);

#endif
