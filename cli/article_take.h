/*
 * article_take.h - articles on their way into the store, wherever they come from; for cmd_article_import.c and those beside it.
 *
 * One import is one job of short transactions (db_chunk). With --dry-run
 * nothing is written: each article is shown instead.
 */
#ifndef ARTICLE_TAKE_H
#define ARTICLE_TAKE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "out.h"
#include "store/topic.h"

struct article;
struct cli;
struct err;

struct article_take {
	struct cli *cli;
	struct topic topic; /* of --topic; its id is 0 without */
	bool dry_run, announced;
	bool quiet;                  /* no line for each article */
	int64_t articles_id;         /* of the topic "articles" once it was asked for */
	int64_t fresh, edited, same; /* how many of each */
	int64_t old;                 /* of the new ones: marked as announced by their date */
	json_t *list;
	struct out_table table; /* with --dry-run, for people */
};

/* Read the options and begin to write. article_take_release in either case, and harmless before when only `cli` is set. */
int article_take_begin(struct article_take *t, struct cli *cli, struct err *e);

/*
 * Take one; its topic is --topic's, if that was given. One without a date keeps
 * the one it had, and a new one has `undated`. `old`: if it is new, it counts
 * as announced, as with --announced.
 */
int article_take(struct article_take *t, struct article *a, int64_t undated, bool old, struct err *e);

/* The audit line, with `what` behind the numbers, and the commit; prints the table. */
int article_take_end(struct article_take *t, const char *what, struct err *e);
void article_take_release(struct article_take *t); /* takes back what was not committed */

/* "2 new, 0 edited, 8 unchanged", and the same as JSON. Returns out. */
const char *article_take_counts(const struct article_take *t, char out[128]);

/* Markdown files and folders of them, as the arguments name them. */
int article_take_files(struct cli *cli, int argc, char **argv, struct err *e);

/* Whether an argument is a feed: an address, "-", or a file by its name or its first bytes. */
bool article_is_feed(const char *arg);
int article_take_feed(struct cli *cli, const char *arg, struct err *e);

#endif
