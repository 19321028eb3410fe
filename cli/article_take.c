/* article_take.c - see article_take.h. */
#include "article_take.h"

#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "store/article.h"
#include "store/db.h"

static const char *const words[] = { [ARTICLE_NEW] = "new", [ARTICLE_EDITED] = "edited", [ARTICLE_SAME] = "unchanged" };

int
article_take_begin(struct article_take *t, struct cli *cli, struct err *e)
{
	const char *topic = cli_option(cli, "topic");

	*t = (struct article_take){ .cli = cli, .list = json_array() };
	t->dry_run = cli_option(cli, "dry-run") != NULL;
	t->announced = cli_option(cli, "announced") != NULL;
	json_object_set_new(cli->result, "articles", t->list);
	if (t->dry_run)
		out_table_init(&t->table, "|Published|Title|Author|Image");
	if (topic && topic_find(cli->site.db, topic, &t->topic, e) == -1)
		return -1;
	return t->dry_run ? 0 : db_begin(cli->site.db, e);
}

void
article_take_release(struct article_take *t)
{
	if (!t->dry_run)
		db_rollback(t->cli->site.db);
	out_table_release(&t->table);
}

/* New ones are marked where `send` would announce them. */
static int
mark_announced(struct article_take *t, const struct article *a, struct err *e)
{
	struct topic topic;

	if (!a->topic_id && !t->articles_id) {
		if (topic_find(t->cli->site.db, "articles", &topic, e) == -1)
			return -1;
		t->articles_id = topic.id;
	}
	return article_announce(t->cli->site.db, a->id, a->topic_id ? a->topic_id : t->articles_id, 0, e) == -1 ? -1 : 0;
}

static void
show(struct article_take *t, const struct article *a, enum article_outcome outcome, bool marked)
{
	struct cli *cli = t->cli;
	char when[CLOCK_TEXT];
	json_t *object;

	if (t->dry_run) {
		out_cell(&t->table, outcome == ARTICLE_SAME || marked ? OUT_DIM : OUT_GOOD, "%s", marked ? "old" : words[outcome]);
		out_cell(&t->table, OUT_PLAIN, "%.10s", clock_local(when, a->published_at));
		out_cell(&t->table, OUT_PLAIN, "%s", a->title);
		out_cell(&t->table, OUT_PLAIN, "%s", a->author);
		out_cell(&t->table, OUT_DIM, "%s", a->image[0] ? a->image_alt[0] ? "yes" : "yes, undescribed" : "none");
	} else if (outcome != ARTICLE_SAME && !t->quiet)
		out_line(cli, "  %-8s %s", words[outcome], a->title);
	if (!cli->json)
		return;
	object = json_object();
	if (a->id)
		json_put_int(object, "id", a->id);
	json_put(object, "title", a->title);
	json_put(object, "outcome", words[outcome]);
	json_put(object, "url", a->url);
	json_put_time(object, "published", a->published_at);
	json_put(object, "author", a->author);
	json_put(object, "excerpt", a->excerpt);
	json_put(object, "image", a->image);
	json_put(object, "image_alt", a->image_alt);
	if (marked)
		json_put_bool(object, "announced", 1);
	json_array_append_new(t->list, object);
}

int
article_take(struct article_take *t, struct article *a, int64_t undated, bool old, struct err *e)
{
	struct db *db = t->cli->site.db;
	enum article_outcome outcome;
	struct article before = { 0 };
	bool marked;
	int rc;

	if (t->topic.id)
		a->topic_id = t->topic.id;
	if (!a->published_at) {
		rc = article_find_same(db, a, &before, e);
		a->published_at = rc == 1 ? before.published_at : undated;
		article_release(&before);
		if (rc == -1)
			return -1;
	}
	if ((t->dry_run ? article_look(db, a, &outcome, e) : article_put(db, a, &outcome, e)) == -1)
		return -1;
	marked = outcome == ARTICLE_NEW && (old || t->announced);
	if (marked && !t->dry_run && mark_announced(t, a, e) == -1)
		return -1;
	t->fresh += outcome == ARTICLE_NEW;
	t->edited += outcome == ARTICLE_EDITED;
	t->same += outcome == ARTICLE_SAME;
	t->old += marked && old;
	show(t, a, outcome, marked);
	return t->dry_run ? 0 : db_chunk(db, e);
}

int
article_take_end(struct article_take *t, const char *what, struct err *e)
{
	struct db *db = t->cli->site.db;
	char detail[512];

	if (t->dry_run) {
		out_table_print(t->cli, &t->table);
		return 0;
	}
	snprintf(detail, sizeof(detail), "%lld new, %lld edited%s%.400s", (long long)t->fresh, (long long)t->edited,
	    what[0] ? ", " : "", what);
	if ((t->fresh || t->edited) && cli_audit(t->cli, db, "article import", detail, e) == -1)
		return -1;
	return db_commit(db, e);
}

const char *
article_take_counts(const struct article_take *t, char out[128])
{
	struct cli *cli = t->cli;

	json_put_int(cli->result, "new", t->fresh);
	json_put_int(cli->result, "edited", t->edited);
	json_put_int(cli->result, "unchanged", t->same);
	json_put_bool(cli->result, "dry_run", t->dry_run);
	snprintf(out, 128, "%lld new, %lld edited, %lld unchanged", (long long)t->fresh, (long long)t->edited, (long long)t->same);
	return out;
}
