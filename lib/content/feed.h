/*
 * feed.h - RSS and Atom, read as they come, as articles.
 *
 * RSS 0.91, 0.92 and 2.0, RSS 0.9 and 1.0 (RDF), Atom 0.3 and 1.0 (RFC 4287),
 * with the elements that blogs add: content:encoded, dc:, media:, itunes:,
 * feedburner:. What is read is what real feeds mean: names of HTML's entities
 * and bare ampersands, Windows-1252 called ISO-8859-1, dates in every habit.
 *
 * Everything in a feed is hostile: entities that it declares are refused, no
 * file and no address is ever opened, and each length, depth and count below
 * has its limit. What comes out is UTF-8 without control characters (but line
 * ends in the body), and every address in it is http or https.
 */
#ifndef FEED_H
#define FEED_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct feed_parser;

#define FEED_MAX (10u << 20) /* bytes */
#define FEED_ITEMS 2000
#define FEED_DEPTH 100
#define FEED_TITLE_MAX 300         /* bytes, as ARTICLE_TITLE_MAX */
#define FEED_AUTHOR_MAX 200        /* bytes */
#define FEED_ALT_MAX 300           /* bytes */
#define FEED_URL_MAX 2000          /* bytes; a longer one is none */
#define FEED_BODY_MAX (256u << 10) /* bytes of Markdown; the rest is cut off between paragraphs */

/* All strings are malloc'ed, never NULL, "" when absent. */
struct feed_item {
	char *title;   /* one line, never "" */
	char *url;     /* never "" */
	char *guid;    /* as the feed says it, else the url */
	char *author;  /* one line */
	char *excerpt; /* one line, about ARTICLE_EXCERPT_WORDS words */
	char *image, *image_alt;
	char *body;        /* Markdown: paragraphs, headings and lists of plain words, without links */
	int64_t published; /* Unix time; 0 when the feed does not say */
	char hash[65];     /* SHA-256 over the fields above but guid, hex: whether it was edited */
};

struct feed {
	char *title; /* one line; may be "" */
	char *link;  /* the site that it is of, absolute, or "" */
	char *self;  /* its own address as it says itself, absolute, or "" */
	struct feed_item *item;
	size_t count;
	size_t beyond;  /* items left out: more than FEED_ITEMS */
	size_t no_link; /* items left out: no web address */
	size_t no_text; /* items left out: neither title nor text */
};

struct feed_options {
	const char *url;     /* where it comes from, for relative addresses; "" when unknown */
	const char *charset; /* that the server names (RFC 7303 section 3: it outweighs the document's); "" when it does not */
	size_t block;        /* bytes that are parsed at a time; 0, but in tests */
};

/* The options' strings must stay until feed_end. Free with feed_free, at whatever stage. */
struct feed_parser *feed_begin(const struct feed_options *o);

/* The next n bytes. How they are cut into pieces makes no difference to anything. -1 as feed_end; then do not go on. */
int feed_add(struct feed_parser *p, const void *bytes, size_t n, struct err *e);

/*
 * There are no more: fill *out, which the caller releases after a success.
 * ERR_INPUT with "line N: what" for what is no well-formed XML or ends too
 * early, is no feed, declares entities, nests too deep, is too long, or says a
 * charset that is unknown; for an HTML page, with the feed that it names.
 */
int feed_end(struct feed_parser *p, struct feed *out, struct err *e);

void feed_free(struct feed_parser *p); /* NULL is harmless */
void feed_release(struct feed *f);

#endif
