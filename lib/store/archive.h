/*
 * archive.h - the mailings that the public may read: sent, or being sent and one was accepted; not hidden.
 *
 * Nothing to do with campaign_set_archived, which shrinks a ledger. What is
 * paused, held or cancelled is not shown: somebody, or a rule, has stopped it.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct db;
struct err;

struct archived {
	int64_t id, topic_id;
	char uuid[37], kind[16], subject[601];
	int64_t at;          /* when it started */
	int64_t finished_at; /* 0: being sent */
	int64_t valid_until; /* 0: for ever */
};

/* A place in the list: what is older than this. */
struct archive_place {
	int64_t at;
	char id[9]; /* the beginning of its uuid */
};

/* Newest first, at most `size`; `before` NULL: from the newest. Returns how many, or -1. */
int archive_list(struct db *db, const struct archive_place *before, struct archived *out, size_t size, struct err *e);

/* The one whose uuid begins with these eight hexadecimal digits (lower case): 1, 0 when there is none or more than one, -1. */
int archive_find(struct db *db, const char *id, struct archived *out, struct err *e);

/* Append the titles and excerpts of the articles that it announced, newest first, as "Title: excerpt" lines. */
int archive_excerpts(struct db *db, int64_t id, struct buf *out, struct err *e);

#endif
