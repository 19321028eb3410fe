/*
 * feed_html.h - the HTML in feeds as words; for feed*.c alone.
 *
 * Read once from front to back with html_tag.h: any bytes, in time that is linear in their number. What
 * stands in scripts, styles, captions and the like is left out.
 */
#ifndef FEED_HTML_H
#define FEED_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The image that is shown with an article: the best one offered so far. */
struct feed_image {
	struct buf url, alt;
	int rank; /* 0: none yet */
};

enum {
	IMAGE_SMALL = 1, /* said to be narrower than a mail shows it */
	IMAGE_IN_TEXT,
	IMAGE_ITUNES,
	IMAGE_ENCLOSURE,
	IMAGE_THUMBNAIL,
	IMAGE_MEDIA
};

/* Take the image if it ranks higher than the one that is there (https above http, then as above), and is no pixel, smiley or portrait. */
void feed_image_offer(struct feed_image *image, int rank, const char *url, size_t n, const char *alt);

/* What the image shows, as HTML, for the one that was taken last. */
void feed_image_describe(struct feed_image *image, const char *html, size_t n);

/*
 * Append the HTML as Markdown whose every word is meant literally: paragraphs, "### " headings and "- " items, each a line of its
 * own with an empty line between. WordPress's "The post … appeared first on …" is left out. Ends after about FEED_BODY_MAX
 * bytes. Offers each image, its address resolved against `base` unless that is NULL; image may be NULL.
 */
void feed_html_markdown(struct buf *out, const char *html, size_t n, const char *base, struct feed_image *image);

/* Append the words alone as one line. */
void feed_html_line(struct buf *out, const char *html, size_t n);

/* Append text with white space as single spaces and what references mean. */
void feed_text_line(struct buf *out, const char *s, size_t n);

/* Whether a document begins as an HTML page does. */
bool feed_is_html(const char *s, size_t n);

/* Append the address of the first feed that an HTML page names, as it stands there; returns 0, or -1 when there is none. */
int feed_html_alternate(struct buf *out, const char *html, size_t n);

#endif
