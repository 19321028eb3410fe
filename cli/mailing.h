/*
 * mailing.h - what is about to be sent: gathered, rendered, compiled; shared by send and preview.
 */
#ifndef MAILING_H
#define MAILING_H

#include <stdbool.h>
#include <stdint.h>

#include "content/article.h"
#include "content/words.h"
#include "site/compose.h"
#include "store/article.h"
#include "store/segment.h"
#include "store/topic.h"

struct cli;
struct err;
struct message;
struct site;

#define SUBJECT_MAX 600 /* bytes; of one that somebody gives, half of it */
#define ARCHIVE_URL 1024
#define MAILING_LANGUAGES 16 /* that one mailing is composed in, as many as the sender takes */

struct mailing {
	const char *kind; /* "articles" or "promotion" */
	struct topic topic;
	char subject[SUBJECT_MAX + 1]; /* in the site's language; may hold slots */
	const char *own_subject;       /* as --subject gave it, or NULL: made from what goes; borrowed */
	struct article_list articles;  /* newest first */
	int64_t waiting;               /* new articles beyond the most of one mail */
	int64_t older;                 /* and from before the time that was asked for: not announced, and not taken */
	char *intro;                   /* Markdown before the articles, or NULL; malloc'ed */
	struct article_text text;      /* promotions */
	int64_t recipients;            /* subscribers of the topic now, those in the segment */
	char segment[SEGMENT_MAX + 1]; /* who of the topic it is for; "": everybody */
	bool hidden;                   /* to be kept out of the public archive */
	bool test;                     /* a test copy: it says so above everything */
	const char *forced;            /* why it goes in spite of what lint says; NULL: nothing stopped it */
	char archive_url[ARCHIVE_URL]; /* that the mail names; "": it names the reader's own page (SLOT_VIEW_URL) */
	json_t *approval;              /* borrowed: what the banner of a draft to be approved says (approve.h); NULL: no banner */
};

/* What the options say; NULL and 0 for what they do not. */
struct mailing_wish {
	const char *topic, *subject;
	const char *of;    /* topic whose articles are meant; NULL: the one that it goes to */
	const char *intro; /* file of Markdown */
	int64_t most;
	int64_t since; /* Unix time: articles published then or later */
	bool hidden;
	char segment[SEGMENT_MAX + 1]; /* "": everybody */
};

/* Fill *wish from the options; those that are for articles alone are ERR_USAGE for a promotion. */
int mailing_wish_read(const struct cli *cli, bool promotion, struct mailing_wish *wish, struct err *e);

/*
 * What preview and lint are asked about: "articles", or a promotion's file, before which "promotion" may stand as in send. NULL:
 * ERR_USAGE.
 */
const char *mailing_what(int argc, char **argv, struct err *e);

/*
 * Gather every article that is out and not announced to the topic (default: articles), newest first. There may be none. The caller
 * releases *m in either case, here and below.
 */
int mailing_articles(struct mailing *m, const struct site *site, const struct mailing_wish *wish, struct err *e);

/* Read a promotion (default topic: what the file says, else promotions). ERR_REFUSED when its valid-until has passed. */
int mailing_promotion(struct mailing *m, const struct site *site, const char *path, const struct mailing_wish *wish, struct err *e);

/*
 * Fill archive_url: that of the campaign with this subject and uuid, or with NULL the address of the whole archive, for test copies
 * and previews. It stays empty when the mailing is hidden, or the site has no archive.
 */
void mailing_set_archive_url(struct mailing *m, const struct site *site, const char *subject, const char *uuid);

/* Drop the articles that somebody announced in the meantime; inside the transaction that is to announce the rest. */
int mailing_drop_announced(struct mailing *m, const struct site *site, struct err *e);

/* The languages that a mailing is composed in: the site's first, then the others of site_languages. Returns how many. */
int mailing_languages(const struct site *site, char out[MAILING_LANGUAGES][WORDS_LANGUAGE]);

/* Render in a language ("": the site's); `mark` stands before the subject ("[Test] ", in that language, or ""). */
int mailing_render(const struct mailing *m, const struct site *site, const char *language, const char *mark, struct composed *out,
    struct err *e);

/* Render and compile. NULL on failure. */
struct message *mailing_compile(const struct mailing *m, const struct site *site, const char *language, const char *mark,
    int64_t campaign_id, struct err *e);

void mailing_release(struct mailing *m);

/* Append a subject with what stands in for its slots, which are names: their fallback. */
void mailing_fill_slots(struct buf *out, const char *text);

#endif
