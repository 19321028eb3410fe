/*
 * article.h - articles as imported, and to which topic each was announced.
 */
#ifndef ARTICLE_H
#define ARTICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct err;

/* Strings are borrowed when written, malloc'ed when read; never NULL when read. */
struct article {
	int64_t id;
	char *source; /* what makes it the same article: its url, else its file name; of a feed's, its guid */
	char *title, *url, *excerpt, *author, *image, *image_alt, *body, *hash;
	bool from_feed;   /* written by a feed, not by a file */
	bool url_shared;  /* others of its feed have its url too, which says nothing then; never read */
	int64_t topic_id; /* 0: whatever topic articles are announced to */
	int64_t published_at;
};

struct article_list {
	struct article *item;
	size_t count;
};

struct announcement {
	int64_t topic_id, campaign_id; /* campaign 0: marked without a mail */
	int64_t at;
};

enum article_outcome {
	ARTICLE_NEW,
	ARTICLE_EDITED,
	ARTICLE_SAME
};

/*
 * Insert, or update when the hash differs; fills a->id. It is the same article by its source, else, of a feed and a file or of two
 * feeds, by its url, where http and https are one; one that a file wrote stays as the file says, whatever a feed has for it, and a file
 * takes over what a feed wrote.
 */
int article_put(struct db *db, struct article *a, enum article_outcome *outcome, struct err *e);

/* One by id or by source: 1, 0 or -1. Release with article_release. */
int article_get(struct db *db, int64_t id, struct article *out, struct err *e);
int article_find(struct db *db, const char *source, struct article *out, struct err *e);

/* What article_put would do, and a->id if it is there; nothing is written. */
int article_look(struct db *db, struct article *a, enum article_outcome *outcome, struct err *e);

/* The one that article_put would write to: 1, 0 or -1. */
int article_find_same(struct db *db, const struct article *a, struct article *out, struct err *e);

/* Newest first, at most `limit`, without the bodies. With topic_id > 0: only those of that topic that were not announced to it yet. */
int article_list(struct db *db, int64_t topic_id, int64_t limit, struct article_list *out, struct err *e);

/*
 * The same of one topic's articles that were not announced to another yet: a weekly digest is a topic of its own. It has nothing that
 * counted as announced to the first one without a mail, nor what was announced there before the other topic was made: an archive is no
 * news.
 */
int article_list_for(struct db *db, int64_t topic_id, int64_t of_topic_id, int64_t limit, struct article_list *out, struct err *e);

/*
 * The newest that were out at `now`, at most `limit`, without the bodies: those of the topics (ids, separated by spaces), and those of
 * none.
 */
int article_newest(struct db *db, const char *topics, int64_t now, int64_t limit, struct article_list *out, struct err *e);

/* Claim the announcement: 1 when it is ours, 0 when it was announced to the topic before, -1. campaign_id 0: marked without a mail. */
int article_announce(struct db *db, int64_t article_id, int64_t topic_id, int64_t campaign_id, struct err *e);

/* Forget that an article was announced to the topic, or skipped, so that it goes with the next mailing: 1, 0 when it is new already, -1. */
int article_again(struct db *db, int64_t article_id, int64_t topic_id, struct err *e);

/* Where an article was announced, oldest first, at most `size`; with topic_id > 0 only to that topic. Returns how many, or -1. */
int article_announcements(struct db *db, int64_t article_id, int64_t topic_id, struct announcement *out, size_t size, struct err *e);

/* Take back what a campaign that never started had claimed, so that the articles are announced with the next one. */
int article_unannounce(struct db *db, int64_t campaign_id, struct err *e);

void article_release(struct article *a);
void article_list_release(struct article_list *list);

#endif
