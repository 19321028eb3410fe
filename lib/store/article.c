/* article.c - see article.h. */
#include "store/article.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_FIND,
	Q_FIND_URL,
	Q_GET,
	Q_INSERT,
	Q_UPDATE,
	Q_LIST,
	Q_LIST_UNANNOUNCED,
	Q_NEWEST,
	Q_ANNOUNCE,
	Q_UNANNOUNCE,
	Q_AGAIN,
	Q_ANNOUNCEMENTS,
	Q_COUNT
};

#define COLUMNS "id, source, title, url, excerpt, author, image, body, content_hash, coalesce(topic_id, 0), published_at, image_alt"
#define COLUMNS_SHORT "id, source, title, url, excerpt, author, image, '', content_hash, coalesce(topic_id, 0), published_at, image_alt"

static const char *const sql[] = {
	[Q_FIND] = "SELECT " COLUMNS " FROM article WHERE source = :source",
	[Q_FIND_URL] = "SELECT " COLUMNS " FROM article WHERE url IN (:url, :other) AND url <> '' ORDER BY url = :url DESC, id LIMIT 1",
	[Q_GET] = "SELECT " COLUMNS " FROM article WHERE id = :id",
	[Q_INSERT] = "INSERT INTO article (source, title, url, excerpt, author, image, topic_id, body, content_hash, published_at, imported_at, updated_at, image_alt) "
		     "VALUES (:source, :title, :url, :excerpt, :author, :image, :topic, :body, :hash, :published, :now, :now, :image_alt)",
	[Q_UPDATE] = "UPDATE article SET source = :source, title = :title, url = :url, excerpt = :excerpt, author = :author, image = :image, topic_id = :topic, "
		     "body = :body, content_hash = :hash, published_at = :published, updated_at = :now, image_alt = :image_alt WHERE id = :id",
	[Q_LIST] = "SELECT " COLUMNS_SHORT " FROM article ORDER BY published_at DESC, id DESC LIMIT :limit",
	[Q_LIST_UNANNOUNCED] = "SELECT " COLUMNS_SHORT " FROM article a WHERE (topic_id IS NULL OR topic_id = :of) AND NOT EXISTS "
			       "(SELECT 1 FROM announcement n WHERE n.article_id = a.id AND (n.topic_id = :topic OR (n.topic_id = :of AND "
			       "(n.campaign_id IS NULL OR n.at < (SELECT created_at FROM topic WHERE id = :topic))))) "
			       "ORDER BY published_at DESC, id DESC LIMIT :limit",
	[Q_NEWEST] = "SELECT " COLUMNS_SHORT " FROM article WHERE published_at <= :now AND "
		     "(topic_id IS NULL OR instr(' ' || :topics || ' ', ' ' || topic_id || ' ') > 0) ORDER BY published_at DESC, id DESC LIMIT :limit",
	[Q_ANNOUNCE] = "INSERT INTO announcement (article_id, topic_id, campaign_id, at) VALUES (:article, :topic, :campaign, :now) "
		       "ON CONFLICT DO NOTHING",
	[Q_UNANNOUNCE] = "DELETE FROM announcement WHERE campaign_id = :campaign",
	[Q_AGAIN] = "DELETE FROM announcement WHERE article_id = :article AND topic_id = :topic",
	[Q_ANNOUNCEMENTS] = "SELECT topic_id, coalesce(campaign_id, 0), at FROM announcement WHERE article_id = :article AND (:topic = 0 OR topic_id = :topic) "
			    "ORDER BY at LIMIT :limit",
};
const struct db_module article_module = { "article", sql, Q_COUNT, MODULE_ARTICLE };

/* Marks the hash of what a feed wrote: nobody else has such a one. */
static const char feed_mark[] = "feed:";

static void
fill(struct stmt *st, struct article *a)
{
	a->id = stmt_col_int(st, 0);
	a->source = xstrdup(stmt_col_text(st, 1));
	a->title = xstrdup(stmt_col_text(st, 2));
	a->url = xstrdup(stmt_col_text(st, 3));
	a->excerpt = xstrdup(stmt_col_text(st, 4));
	a->author = xstrdup(stmt_col_text(st, 5));
	a->image = xstrdup(stmt_col_text(st, 6));
	a->body = xstrdup(stmt_col_text(st, 7));
	a->from_feed = strncmp(stmt_col_text(st, 8), feed_mark, strlen(feed_mark)) == 0;
	a->hash = xstrdup(stmt_col_text(st, 8) + (a->from_feed ? strlen(feed_mark) : 0));
	a->topic_id = stmt_col_int(st, 9);
	a->published_at = stmt_col_int(st, 10);
	a->image_alt = xstrdup(stmt_col_text(st, 11));
}

static int
one(struct stmt *st, struct article *out, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1) {
		fill(st, out);
		stmt_done(st);
	}
	return rc;
}

int
article_get(struct db *db, int64_t id, struct article *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_GET);

	stmt_int(st, ":id", id);
	return one(st, out, e);
}

int
article_find(struct db *db, const char *source, struct article *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_FIND);

	stmt_text(st, ":source", source);
	return one(st, out, e);
}

/* The article of that address, http or https: a site that moves to https has no new articles. */
static int
find_url(struct db *db, const char *url, struct article *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_FIND_URL);
	struct buf other = BUF_INIT;
	int rc;

	if (strncmp(url, "http://", 7) == 0)
		buf_addf(&other, "https%s", url + strlen("http"));
	else if (strncmp(url, "https://", 8) == 0)
		buf_addf(&other, "http%s", url + strlen("https"));
	stmt_text(st, ":url", url);
	stmt_text(st, ":other", other.data);
	rc = one(st, out, e);
	buf_release(&other);
	return rc;
}

static bool
is_named_by_url(const struct article *a)
{
	return strcmp(a->source, a->url) == 0;
}

int
article_find_same(struct db *db, const struct article *a, struct article *out, struct err *e)
{
	int rc = article_find(db, a->source, out, e);

	if (rc || !a->url[0] || a->url_shared)
		return rc;
	rc = find_url(db, a->url, out, e);
	if (rc == 1 && !a->from_feed && !out->from_feed && !(is_named_by_url(a) && is_named_by_url(out))) {
		article_release(out); /* two files are two articles, whatever they say */
		rc = 0;
	}
	return rc;
}

static int
write_row(struct db *db, int which, const struct article *a, const char *source, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, which);
	char hash[sizeof(feed_mark) + 65];

	snprintf(hash, sizeof(hash), "%s%s", a->from_feed ? feed_mark : "", a->hash);
	stmt_int(st, ":id", a->id);
	stmt_text(st, ":source", source);
	stmt_text(st, ":title", a->title);
	stmt_text(st, ":url", a->url);
	stmt_text(st, ":excerpt", a->excerpt);
	stmt_text(st, ":author", a->author);
	stmt_text(st, ":image", a->image);
	stmt_text(st, ":image_alt", a->image_alt);
	stmt_int_or_null(st, ":topic", a->topic_id);
	stmt_text(st, ":body", a->body);
	stmt_text(st, ":hash", hash);
	stmt_int(st, ":published", a->published_at);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

/* The article that is there, if any, into *old. */
static int
look(struct db *db, struct article *a, struct article *old, enum article_outcome *outcome, struct err *e)
{
	int rc = article_find_same(db, a, old, e);

	if (rc == -1)
		return -1;
	*outcome = ARTICLE_NEW;
	if (rc != 1)
		return 0;
	a->id = old->id;
	*outcome = ARTICLE_EDITED;
	if ((a->from_feed && !old->from_feed) || (a->from_feed == old->from_feed && strcmp(old->hash, a->hash) == 0))
		*outcome = ARTICLE_SAME;
	return 0;
}

int
article_look(struct db *db, struct article *a, enum article_outcome *outcome, struct err *e)
{
	struct article old = { 0 };
	int rc = look(db, a, &old, outcome, e);

	article_release(&old);
	return rc;
}

int
article_put(struct db *db, struct article *a, enum article_outcome *outcome, struct err *e)
{
	struct article old = { 0 };
	int rc = look(db, a, &old, outcome, e);

	if (rc == 0 && *outcome == ARTICLE_NEW) {
		rc = write_row(db, Q_INSERT, a, a->source, e);
		a->id = rc == 0 ? db_insert_id(db) : 0;
	} else if (rc == 0 && *outcome == ARTICLE_EDITED) /* of two feeds that have it, the first one's name for it stays */
		rc = write_row(db, Q_UPDATE, a, a->from_feed ? old.source : a->source, e);
	article_release(&old);
	return rc;
}

static int
fill_list(struct stmt *st, struct article_list *out, struct err *e)
{
	size_t cap = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	while ((rc = stmt_step(st, e)) == 1) {
		if (out->count == cap) {
			cap = cap ? 2 * cap : 16;
			out->item = xrealloc(out->item, cap * sizeof(out->item[0]));
		}
		fill(st, &out->item[out->count++]);
	}
	if (rc == -1)
		article_list_release(out);
	return rc;
}

int
article_list(struct db *db, int64_t topic_id, int64_t limit, struct article_list *out, struct err *e)
{
	return article_list_for(db, topic_id, topic_id, limit, out, e);
}

int
article_list_for(struct db *db, int64_t topic_id, int64_t of_topic_id, int64_t limit, struct article_list *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, topic_id ? Q_LIST_UNANNOUNCED : Q_LIST);

	stmt_int(st, ":topic", topic_id);
	stmt_int(st, ":of", of_topic_id);
	stmt_int(st, ":limit", limit);
	return fill_list(st, out, e);
}

int
article_newest(struct db *db, const char *topics, int64_t now, int64_t limit, struct article_list *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_NEWEST);

	stmt_text(st, ":topics", topics);
	stmt_int(st, ":now", now);
	stmt_int(st, ":limit", limit);
	return fill_list(st, out, e);
}

int
article_announce(struct db *db, int64_t article_id, int64_t topic_id, int64_t campaign_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_ANNOUNCE);

	stmt_int(st, ":article", article_id);
	stmt_int(st, ":topic", topic_id);
	stmt_int_or_null(st, ":campaign", campaign_id);
	stmt_int(st, ":now", clock_now());
	if (stmt_run(st, e) == -1)
		return -1;
	return (int)db_changes(db);
}

int
article_unannounce(struct db *db, int64_t campaign_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_UNANNOUNCE);

	stmt_int(st, ":campaign", campaign_id);
	return stmt_run(st, e);
}

int
article_again(struct db *db, int64_t article_id, int64_t topic_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_AGAIN);

	stmt_int(st, ":article", article_id);
	stmt_int(st, ":topic", topic_id);
	if (stmt_run(st, e) == -1)
		return -1;
	return (int)db_changes(db);
}

int
article_announcements(struct db *db, int64_t article_id, int64_t topic_id, struct announcement *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &article_module, Q_ANNOUNCEMENTS);
	size_t n = 0;
	int rc = 0;

	stmt_int(st, ":article", article_id);
	stmt_int(st, ":topic", topic_id);
	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1) {
		out[n].topic_id = stmt_col_int(st, 0);
		out[n].campaign_id = stmt_col_int(st, 1);
		out[n++].at = stmt_col_int(st, 2);
	}
	stmt_done(st);
	return rc == -1 ? -1 : (int)n;
}

void
article_release(struct article *a)
{
	free(a->source);
	free(a->title);
	free(a->url);
	free(a->excerpt);
	free(a->author);
	free(a->image);
	free(a->image_alt);
	free(a->body);
	free(a->hash);
	memset(a, 0, sizeof(*a));
}

void
article_list_release(struct article_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		article_release(&list->item[i]);
	free(list->item);
	list->item = NULL;
	list->count = 0;
}
