/*
 * article_feed.c - articles from a feed: an address, a file, or standard input; see article_take.h.
 *
 * A feed is read to its end before the first row is written, so that one that is
 * cut off changes nothing. Its own row is written last: a first import that is
 * interrupted is a first import once more.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article_take.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "content/feed.h"
#include "content/fetch.h"
#include "content/url.h"
#include "out.h"
#include "store/article.h"
#include "store/db.h"
#include "store/feed.h"

#define SINCE_DAYS 7
#define TIMEOUT_MAX 600 /* seconds */
#define HEAD 64         /* bytes that tell whether a file is XML */

#define ACCEPT "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"

struct import {
	struct cli *cli;
	const char *name;      /* of the feed, for people */
	struct buf key;        /* what it is known by in the store */
	struct feed_seen seen; /* of the import before */
	bool first;            /* there was none */
	int64_t since;         /* on a first import, what is older is old */
	struct feed_parser *parser;
	struct feed feed;
	struct fetch_answer answer;
	struct out_progress progress;
};

static bool
is_address(const char *arg)
{
	return strncasecmp(arg, "http://", 7) == 0 || strncasecmp(arg, "https://", 8) == 0;
}

/* Whether a regular file begins as XML does: with one of the first elements of a feed, behind a byte-order mark and white space. */
static bool
begins_as_xml(const char *path)
{
	static const char *const begins[] = { "<?xml", "<rss", "<feed", "<rdf:", "\xff\xfe<", "\xfe\xff" };
	char head[HEAD + 1] = "";
	const char *s = head;
	struct stat st;
	ssize_t n = 0;
	size_t i;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, head, HEAD);
	close(fd);
	if (n > 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	s += strspn(s, " \t\r\n");
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(s, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

bool
article_is_feed(const char *arg)
{
	static const char *const endings[] = { ".xml", ".rss", ".atom", ".rdf" };
	size_t n = strlen(arg), i, end;
	struct stat st;

	if (is_address(arg) || strcmp(arg, "-") == 0)
		return true;
	if (stat(arg, &st) == 0 && S_ISDIR(st.st_mode))
		return false;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		end = strlen(endings[i]);
		if (n > end && strcasecmp(arg + n - end, endings[i]) == 0)
			return true;
	}
	return begins_as_xml(arg);
}

/* "7", "7d" or a date, as the time before which an article is old. */
static int
pick_since(struct import *im, struct err *e)
{
	const char *text = cli_option(im->cli, "since");
	struct err unused = ERR_INIT;
	int64_t days = 0;
	char *end;

	im->since = clock_now() - SINCE_DAYS * INT64_C(86400);
	if (!text)
		return 0;
	errno = 0;
	days = strtoll(text, &end, 10);
	if (end != text && (!*end || strcmp(end, "d") == 0) && !errno && days >= 0 && days <= 36500) {
		im->since = clock_now() - days * INT64_C(86400);
		return 0;
	}
	if (text[0] >= '0' && text[0] <= '9' && clock_parse(text, &im->since, &unused) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "--since %.40s: write a number of days, or a date like 2026-03-01", text);
}

static int
look_up(struct import *im, struct err *e)
{
	int rc = feed_seen_find(im->cli->site.db, im->key.data, &im->seen, e);

	im->first = rc == 0;
	return rc == -1 ? -1 : 0;
}

static int
on_bytes(void *user, const struct fetch_answer *answer, const char *s, size_t n, struct err *e)
{
	struct import *im = user;

	if (!im->parser)
		im->parser = feed_begin(&(struct feed_options){ answer->url.data, answer->charset.data, 0 });
	if (feed_add(im->parser, s, n, e) == 0)
		return 0;
	return err_wrap(e, "%.200s", im->name);
}

static void
on_progress(void *user, size_t n)
{
	struct import *im = user;
	char note[64], number[32];

	snprintf(note, sizeof(note), "%s KB", out_number(number, (int64_t)(n / 1024)));
	out_progress(&im->progress, (int64_t)n, FEED_MAX, false, note);
}

/* The feed at an address: 1, 0 when it is as it was, -1. */
static int
fetch_feed(struct import *im, struct err *e)
{
	bool again = !cli_option(im->cli, "dry-run");
	struct fetch f = { .accept = ACCEPT, .etag = "", .last_modified = "", .bytes = on_bytes, .progress = on_progress, .user = im };
	int64_t seconds = 0;
	int rc;

	if (cli_option_int(im->cli, "timeout", 1, TIMEOUT_MAX, &seconds, e) == -1)
		return -1;
	url_clean(&im->key, im->name, strlen(im->name));
	f.url = im->key.data;
	f.seconds = (int)seconds;
	if (look_up(im, e) == -1)
		return -1;
	if (again && !im->first) {
		f.etag = im->seen.etag;
		f.last_modified = im->seen.last_modified;
	}
	out_progress_init(im->cli, &im->progress);
	rc = fetch_url(&f, &im->answer, e);
	out_progress_end(&im->progress);
	if (rc == -1)
		return -1;
	if (im->answer.unchanged)
		return 0;
	if (!im->parser)
		return err_set(e, ERR_INPUT, "%.200s: the answer is empty", im->name);
	if (feed_end(im->parser, &im->feed, e) == -1)
		return err_wrap(e, "%.200s", im->name);
	if (im->first && strncasecmp(im->key.data, "http://", 7) == 0)
		out_warn(im->cli, "%.200s: without https anybody on the way can change what comes", im->key.data);
	return 1;
}

static int
read_all(struct import *im, int fd, struct err *e)
{
	char bytes[65536];
	ssize_t n;

	im->parser = feed_begin(&(struct feed_options){ "", "", 0 });
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 || (n == -1 && errno == EINTR))
		if (n > 0 && feed_add(im->parser, bytes, (size_t)n, e) == -1)
			return err_wrap(e, "%.200s", im->name);
	if (n == -1)
		return err_sys(e, "cannot read %.200s", im->name);
	if (feed_end(im->parser, &im->feed, e) == -1)
		return err_wrap(e, "%.200s", im->name);
	return 0;
}

/* The feed in a file, known by the address that it says is its own, so that it is the same one when that is fetched. */
static int
read_feed(struct import *im, const char *arg, struct err *e)
{
	bool input = strcmp(arg, "-") == 0;
	int fd = input ? STDIN_FILENO : open(arg, O_RDONLY | O_CLOEXEC), rc;
	char *path;

	if (input)
		im->name = "standard input";
	if (fd == -1) {
		err_sys(e, "cannot open %.300s", arg);
		if (errno == ENOENT)
			e->code = ERR_NOT_FOUND;
		return -1;
	}
	rc = read_all(im, fd, e);
	if (!input)
		close(fd);
	if (rc == -1)
		return -1;
	path = input ? NULL : realpath(arg, NULL);
	buf_addstr(&im->key, im->feed.self[0] ? im->feed.self : im->feed.link[0] ? im->feed.link
		: path                                                           ? path
										 : im->name);
	free(path);
	return look_up(im, e) == -1 ? -1 : 1;
}

/* What makes an item the same article next time: its guid, with the feed's site before one that is not unique in the world. */
static void
add_source(struct buf *out, const struct import *im, const struct feed_item *item)
{
	const struct feed *f = &im->feed;
	size_t scheme = strcspn(item->guid, ":/?# ");

	if (!scheme || item->guid[scheme] != ':')
		buf_addf(out, "%s ", f->link[0] ? f->link : im->key.data);
	buf_addstr(out, item->guid);
}

/* Whether items of other titles have its link, as those of a podcast that all lead to its home page; of the same, it is there twice. */
static bool
is_shared(const struct feed *f, size_t i)
{
	size_t j;

	for (j = 0; j < f->count; j++)
		if (j != i && strcmp(f->item[j].url, f->item[i].url) == 0 && strcmp(f->item[j].title, f->item[i].title) != 0)
			return true;
	return false;
}

static int
take_items(struct import *im, struct article_take *take, struct err *e)
{
	struct buf source = BUF_INIT;
	const struct feed_item *item;
	int64_t now = clock_now();
	int rc = 0;
	size_t i;

	for (i = 0; i < im->feed.count && rc == 0; i++) {
		item = &im->feed.item[i];
		buf_reset(&source);
		add_source(&source, im, item);
		struct article row = {
			.source = source.data,
			.title = item->title,
			.url = item->url,
			.excerpt = item->excerpt,
			.author = item->author,
			.image = item->image,
			.image_alt = item->image_alt,
			.body = item->body,
			.hash = (char *)item->hash,
			.from_feed = true,
			.url_shared = is_shared(&im->feed, i),
			.published_at = item->published,
		};

		/* feeds are newest first: those without a date stay in that order */
		rc = article_take(take, &row, now - (int64_t)i, im->first && item->published < im->since, e);
	}
	buf_release(&source);
	return rc;
}

/* What was left out of the feed, and why, for the end of the one line that is printed. */
static void
add_left_out(struct buf *line, const struct import *im)
{
	if (im->feed.no_link)
		buf_addf(line, "; %zu left out: no web address", im->feed.no_link);
	if (im->feed.no_text)
		buf_addf(line, "; %zu left out: neither title nor text", im->feed.no_text);
	if (im->feed.beyond)
		buf_addf(line, "; %zu left out: more than %d", im->feed.beyond, FEED_ITEMS);
}

static void
report(const struct import *im, const struct article_take *take)
{
	struct cli *cli = im->cli;
	struct buf line = BUF_INIT;
	char counts[128], when[CLOCK_TEXT];

	buf_addstr(&line, article_take_counts(take, counts));
	if (take->old)
		buf_addf(&line, "; %lld from before %.10s count%s as announced", (long long)take->old,
		    clock_local(when, im->since), take->old == 1 ? "s" : "");
	add_left_out(&line, im);
	out_line(cli, "%s.", line.data);
	json_put(cli->result, "feed", im->key.data);
	json_put_bool(cli->result, "first", im->first);
	json_put_int(cli->result, "announced", take->old);
	json_put_int(cli->result, "left_out", (int64_t)im->feed.no_link + (int64_t)im->feed.no_text + (int64_t)im->feed.beyond);
	buf_release(&line);
}

static int
take_feed(struct import *im, struct err *e)
{
	struct article_take take = { .cli = im->cli };
	struct feed_seen seen = { .etag = im->answer.etag.data, .last_modified = im->answer.last_modified.data };
	int rc = article_take_begin(&take, im->cli, e);

	take.quiet = !im->cli->tty;
	if (rc == 0)
		rc = take_items(im, &take, e);
	if (rc == 0 && !take.dry_run)
		rc = feed_seen_put(im->cli->site.db, im->key.data, &seen, e);
	if (rc == 0)
		rc = article_take_end(&take, im->key.data, e);
	if (rc == 0)
		report(im, &take);
	article_take_release(&take);
	return rc;
}

/* Nothing has come; that the question was answered is worth a note. */
static int
take_nothing(struct import *im, struct err *e)
{
	struct db *db = im->cli->site.db;
	char when[CLOCK_TEXT];

	out_line(im->cli, "%s: unchanged since %s.", im->name, clock_local(when, im->seen.fetched_at));
	json_object_set_new(im->cli->result, "articles", json_array());
	json_put_int(im->cli->result, "new", 0);
	json_put_int(im->cli->result, "edited", 0);
	json_put(im->cli->result, "feed", im->key.data);
	json_put_time(im->cli->result, "unchanged_since", im->seen.fetched_at);
	if (db_begin(db, e) == -1)
		return -1;
	if (feed_seen_put(db, im->key.data, &im->seen, e) == -1 || db_commit(db, e) == -1) {
		db_rollback(db);
		return -1;
	}
	return 0;
}

int
article_take_feed(struct cli *cli, const char *arg, struct err *e)
{
	struct import im = { .cli = cli, .name = arg, .key = BUF_INIT };
	int rc;

	im.answer = (struct fetch_answer){ .url = BUF_INIT, .charset = BUF_INIT, .etag = BUF_INIT, .last_modified = BUF_INIT };
	rc = pick_since(&im, e);
	if (rc == 0)
		rc = is_address(arg) ? fetch_feed(&im, e) : read_feed(&im, arg, e);
	if (rc == 1)
		rc = take_feed(&im, e);
	else if (rc == 0)
		rc = take_nothing(&im, e);
	feed_free(im.parser);
	feed_release(&im.feed);
	feed_seen_release(&im.seen);
	fetch_answer_release(&im.answer);
	buf_release(&im.key);
	return rc;
}
