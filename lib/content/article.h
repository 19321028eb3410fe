/*
 * article.h - one Markdown file as an article or a promotion.
 */
#ifndef CONTENT_ARTICLE_H
#define CONTENT_ARTICLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define ARTICLE_TITLE_MAX 300 /* bytes */
#define ARTICLE_EXCERPT_WORDS 40

/* All strings are malloc'ed, never NULL, "" when absent. */
struct article_text {
	char *title, *url, *excerpt, *author, *image, *image_alt, *topic, *body;
	bool draft;                                 /* "draft: true": not to be shown to anybody yet */
	bool unlisted;                              /* "archive: no": promotions, kept out of the public archive */
	int64_t published;                          /* Unix time; 0 when the file does not say */
	char *preheader, *action_text, *action_url; /* promotions */
	int64_t valid_until;                        /* promotions; 0: always */
	char hash[65];                              /* SHA-256 of the file, hex: whether it was edited */
};

/*
 * Read one file. Front-matter keys: title, subject (the same), date, url,
 * excerpt, author, image, image-alt, topic, draft, archive, preheader, valid-until, action-text,
 * action-url (with _ for - too); any other one is left alone (blogs have keys of
 * their own). A valid-until without a time of day lasts until that day's end.
 * The title falls back on the first heading (which then leaves the body), the
 * excerpt on the first words, the image (and its alt) on the first one of the text. ERR_INPUT with "PATH: what, and what to do" for
 * a missing title, bad front matter, a date that is none, a url, image or
 * action-url that is no http(s) address, a title with a control character, a
 * file that is no UTF-8.
 * `base_url` resolves a relative url and image. The caller releases *a in either case.
 */
int article_text_read(struct article_text *a, const char *path, const char *base_url, struct err *e);
void article_text_release(struct article_text *a);

#endif
