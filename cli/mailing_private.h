/*
 * mailing_private.h - what mailing.c and mailing_articles.c share.
 */
#ifndef MAILING_PRIVATE_H
#define MAILING_PRIVATE_H

#include <jansson.h>

#include "mailing.h"

struct buf;

/* Take --subject's value, or NULL: ERR_USAGE when it is none. */
int mailing_set_subject(struct mailing *m, const char *wish, struct err *e);

/* Put Markdown as `html_key` (a fragment with inline styles) and `text_key` (72 columns) into what a template sees. */
void mailing_put_markdown(json_t *data, const struct site *site, const char *markdown, const char *html_key, const char *text_key);

/* What a template sees of a digest, or of its only article; there is one at least. */
void mailing_articles_data(const struct mailing *m, const struct site *site, const char *language, json_t *data);

/* Append the subject that the templates make out of the articles, in a language. */
int mailing_articles_subject(const struct mailing *m, const struct site *site, const char *language, struct buf *out, struct err *e);

#endif
