/*
 * http_archive.h - the public archive inside the http role: shared by daemon/http_archive*.c alone.
 *
 * A mailing's page is rendered once for each language and kept, and so is the
 * feed: all that a further request costs is one look whether it is still public.
 * Unlike all other pages these carry nothing of anybody, so that browsers
 * and proxies may keep them for a while too.
 */
#ifndef HTTP_ARCHIVE_H
#define HTTP_ARCHIVE_H

#include "http.h"
#include "store/archive.h"

struct campaign;

#define ARCHIVE_LIST 50           /* mailings on one page of the list */
#define ARCHIVE_FEED 30           /* entries of the feed */
#define ARCHIVE_PAGES 64          /* pages kept, of which none is over ARCHIVE_PAGE bytes, */
#define ARCHIVE_BYTES (4u << 20)  /* and all together are not over so many */
#define ARCHIVE_PAGE (512u << 10) /* a larger one is rendered for each request */
#define ARCHIVE_CSP 768           /* bytes of a page's own policy: its style sheets' hashes */

/* A page as it is sent. */
struct archive_page {
	int64_t id; /* the campaign; 0: this place is free */
	int language;
	bool over; /* says that the offer is over */
	struct buf bytes;
	char csp[ARCHIVE_CSP];
	uint64_t used; /* when it was asked for, as archive_pages.clock counts */
};

/* The feed of a language as it was made of this list. */
struct archive_feed {
	struct buf bytes;
	uint8_t list[32];
};

struct archive_pages {
	struct archive_page page[ARCHIVE_PAGES];
	struct archive_feed feed[WORDS_LANGUAGES];
	uint64_t clock;
	size_t bytes; /* of all pages */
};

/* To whom a mailing is shown. Nothing of anybody is in it for any of them: a page may be passed on. */
enum archive_audience {
	ARCHIVE_PUBLIC, /* whoever comes: it stands in the archive */
	ARCHIVE_READER, /* who has its mail (http_view.c) */
	ARCHIVE_DRAFT,  /* who is asked whether it may go (http_approve.c): without a bar above it, and what only mails show is there */
};

struct archive_view {
	enum archive_audience audience;
	const char *name; /* stands where a name would; NULL: what stands for one that is not known */
};

/* A mailing's bodies in the request's language. */
int archive_bodies(const struct http_request *r, const struct archived *a, const struct archive_view *view, struct buf *text,
    struct buf *html, struct err *e);

/* What a page says of a campaign that need not be in the archive. */
void archive_of(struct archived *a, const struct campaign *c);

/* Answer with the mailing's page, which nobody keeps. */
void archive_show(struct http_request *r, const struct archived *a, enum archive_audience audience);

/* Answer with bytes that may be kept, or with 304 when the visitor has them already; empties *bytes. csp NULL: the one of all pages. */
void archive_send(struct http_request *r, const char *type, const char *csp, struct buf *bytes);

/* Whether the archive is open; answers when it is not. */
bool archive_is_open(struct http_request *r);

/* [site] url and the path. */
void archive_url(const struct http_request *r, struct buf *out, const struct archived *a);

/* Whether its offer has ended. */
bool archive_is_over(const struct archived *a);

/* http_archive_page.c: append the page and fill its policy; http_archive_feed.c: append the summary of a mailing. */
int archive_render(const struct http_request *r, const struct archived *a, enum archive_audience audience, struct buf *page,
    char csp[ARCHIVE_CSP], struct err *e);

/* The beginning of a text part for the feed: its paragraphs from the first rule to the next, but for title, greeting and addresses. */
void archive_summary(struct buf *out, const char *text, const char *subject, const char *name);

#endif
