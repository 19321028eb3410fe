/*
 * number_words.h - a number as people write it, in a language of words.h.
 */
#ifndef CONTENT_NUMBER_WORDS_H
#define CONTENT_NUMBER_WORDS_H

#include <stdint.h>

struct buf;
struct err;

/*
 * Append n / 10^decimals, decimals from 0 to 6, by the words `number-group` (between three digits and three) and `number-decimal`:
 * 1236 is "1,236", 57 with one decimal "5.7". `folder` is that of the site's templates, or NULL. ERR_INPUT for words that are broken.
 */
int number_words(struct buf *out, const char *folder, const char *language, int64_t n, int decimals, struct err *e);

#endif
