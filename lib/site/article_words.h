/*
 * article_words.h - an article as a mail's template sees it.
 */
#ifndef ARTICLE_WORDS_H
#define ARTICLE_WORDS_H

#include <jansson.h>

struct article;
struct site;

/*
 * New reference: an object with title, url, excerpt, excerpt_text (wrapped for a text part), image, image_alt, author and date, which
 * is in the language's words; broken words leave it empty, since rendering the template names them.
 */
json_t *article_words(const struct article *a, const struct site *site, const char *language);

#endif
