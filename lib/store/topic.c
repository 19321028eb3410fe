/* topic.c - see topic.h. */
#include "store/topic.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "store/modules.h"
#include "store/stmt.h"

enum {
	Q_INSERT,
	Q_LIST
};

static const char *const sql[] = {
	[Q_INSERT] = "INSERT INTO topic (slug, title, description, created_at) VALUES (:slug, :title, :description, :now)",
	[Q_LIST] = "SELECT id, slug, title, description FROM topic ORDER BY id LIMIT 64",
};
const struct db_module topic_module = { "topic", sql, 2, MODULE_TOPIC };

int
topic_check(const char *slug, const char *title, const char *description, struct err *e)
{
	size_t n = strlen(slug);

	if (!n || n > 40 || strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != n || slug[0] == '-' || slug[n - 1] == '-')
		return err_set(e, ERR_INPUT, "\"%.60s\" is no topic name: use 1 to 40 of a-z, 0-9 and hyphens, like weekly-digest", slug);
	if (!title[0] || strlen(title) > 200 || !text_is_utf8(title, strlen(title)) || text_has_control(title, strlen(title), ""))
		return err_set(e, ERR_INPUT, "the topic's title must be one line of 1 to 200 bytes of UTF-8");
	if (strlen(description) > 500 || !text_is_utf8(description, strlen(description)) ||
	    text_has_control(description, strlen(description), ""))
		return err_set(e, ERR_INPUT, "the topic's description must be one line of at most 500 bytes of UTF-8");
	return 0;
}

int
topic_create(struct db *db, const char *slug, const char *title, const char *description, struct topic *out, struct err *e)
{
	struct topic_list all;
	struct stmt *st;

	if (topic_check(slug, title, description, e) == -1 || topic_list(db, &all, e) == -1)
		return -1;
	if (topic_named(&all, slug))
		return err_set(e, ERR_EXISTS, "there is a topic \"%s\" already", slug);
	if (all.count == TOPICS_MAX)
		return err_set(e, ERR_REFUSED, "there are %d topics already; more are not supported", TOPICS_MAX);
	st = db_stmt(db, &topic_module, Q_INSERT);
	stmt_text(st, ":slug", slug);
	stmt_text(st, ":title", title);
	stmt_text(st, ":description", description);
	stmt_int(st, ":now", clock_now());
	if (stmt_run(st, e) == -1)
		return -1;
	return topic_get(db, db_insert_id(db), out, e);
}

int
topic_list(struct db *db, struct topic_list *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &topic_module, Q_LIST);
	struct topic *t;
	int rc;

	out->count = 0;
	while ((rc = stmt_step(st, e)) == 1) {
		t = &out->item[out->count++];
		t->id = stmt_col_int(st, 0);
		stmt_col_copy(st, 1, t->slug, sizeof(t->slug));
		stmt_col_copy(st, 2, t->title, sizeof(t->title));
		stmt_col_copy(st, 3, t->description, sizeof(t->description));
	}
	return rc;
}

const struct topic *
topic_in(const struct topic_list *list, int64_t id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->item[i].id == id)
			return &list->item[i];
	return NULL;
}

const char *
topic_slug(const struct topic_list *list, int64_t id)
{
	const struct topic *t = topic_in(list, id);

	return t ? t->slug : "?";
}

const struct topic *
topic_named(const struct topic_list *list, const char *slug)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->item[i].slug, slug) == 0)
			return &list->item[i];
	return NULL;
}

static int
pick(const struct topic_list *all, const struct topic *t, const char *wanted, struct topic *out, struct err *e)
{
	struct buf known = BUF_INIT;
	size_t i;

	if (t) {
		*out = *t;
		return 0;
	}
	for (i = 0; i < all->count; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", all->item[i].slug);
	err_set(e, ERR_NOT_FOUND, "unknown topic \"%.60s\"; there are: %s", wanted,
	    known.len ? known.data : "none yet, see `newsletter topic create`");
	buf_release(&known);
	return -1;
}

int
topic_find(struct db *db, const char *slug, struct topic *out, struct err *e)
{
	struct topic_list all;

	if (topic_list(db, &all, e) == -1)
		return -1;
	return pick(&all, topic_named(&all, slug), slug, out, e);
}

int
topic_get(struct db *db, int64_t id, struct topic *out, struct err *e)
{
	struct topic_list all;

	if (topic_list(db, &all, e) == -1)
		return -1;
	return pick(&all, topic_in(&all, id), "(by number)", out, e);
}
