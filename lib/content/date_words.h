/*
 * date_words.h - a day, or a moment, as people write it, in a language of words.h.
 */
#ifndef CONTENT_DATE_WORDS_H
#define CONTENT_DATE_WORDS_H

#include <stdint.h>

struct buf;
struct err;

/*
 * Append the day of a Unix time in the site's zone: "1 March 2026", by the words `date` and `month-N`. `folder` is that of the
 * site's templates, or NULL. ERR_INPUT for words that are broken.
 */
int date_words(struct buf *out, const char *folder, const char *language, int64_t at, struct err *e);

/* The same with the time of day: "1 March 2026, 10:30", by the words `moment`. */
int moment_words(struct buf *out, const char *folder, const char *language, int64_t at, struct err *e);

#endif
