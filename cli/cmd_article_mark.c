/* cmd_article_mark.c - newsletter article skip | again: what is never announced, and what is announced once more. */
#include <stdio.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "store/article.h"
#include "store/campaign.h"
#include "store/db.h"
#include "store/topic.h"

const struct opt opts_article_skip[] = {
	{ "all", NULL, "every article that is out and not announced yet" },
	{ "topic", "TOPIC", "for this topic (default: articles)" },
	{ NULL, NULL, NULL },
};
const struct opt opts_article_again[] = {
	{ "topic", "TOPIC", "to this topic (default: articles)" },
	{ NULL, NULL, NULL },
};

#define ALL_MOST 10000 /* articles of one call */

struct marking {
	struct cli *cli;
	struct topic topic;
	const char *command; /* for the audit */
	int (*mark)(struct db *db, int64_t article_id, int64_t topic_id, struct err *e);
	int64_t changed, same;
};

static int
skip_one(struct db *db, int64_t article_id, int64_t topic_id, struct err *e)
{
	return article_announce(db, article_id, topic_id, 0, e);
}

/* What waits in a mailing that has not started would go twice. */
static int
again_one(struct db *db, int64_t article_id, int64_t topic_id, struct err *e)
{
	struct announcement at = { 0 };
	struct campaign c;
	int rc = article_announcements(db, article_id, topic_id, &at, 1, e);

	if (rc == 1 && at.campaign_id)
		rc = campaign_get(db, at.campaign_id, &c, e);
	if (rc == -1)
		return -1;
	if (rc == 1 && at.campaign_id && !c.started_at)
		return err_set(e, ERR_REFUSED, "article %lld goes with campaign %lld, which has not started yet: cancel that one instead",
		    (long long)article_id, (long long)c.id);
	return article_again(db, article_id, topic_id, e);
}

/* One by its id: ERR_NOT_FOUND when there is none. */
static int
mark_id(struct marking *m, int64_t id, struct err *e)
{
	struct article a = { 0 };
	int rc = article_get(m->cli->site.db, id, &a, e);

	article_release(&a);
	if (rc != 1)
		return rc == -1 ? -1 : err_set(e, ERR_NOT_FOUND, "there is no article %lld; see `newsletter article list`", (long long)id);
	rc = m->mark(m->cli->site.db, id, m->topic.id, e);
	if (rc == -1)
		return -1;
	m->changed += rc > 0;
	m->same += rc == 0;
	return 0;
}

static int
mark_ids(struct marking *m, int argc, char **argv, struct err *e)
{
	int64_t id;
	int i;

	for (i = 0; i < argc; i++)
		if (cli_id(argv[i], &id, e) == -1 || mark_id(m, id, e) == -1)
			return -1;
	return 0;
}

/* Those whose day has not come stay: who imports an archive does not mean them. */
static int
mark_all(struct marking *m, struct err *e)
{
	struct article_list list = { 0 };
	size_t i;
	int rc = article_list(m->cli->site.db, m->topic.id, ALL_MOST, &list, e);

	for (i = 0; rc == 0 && i < list.count; i++)
		if (list.item[i].published_at <= clock_now() &&
		    (mark_id(m, list.item[i].id, e) == -1 || db_chunk(m->cli->site.db, e) == -1))
			rc = -1;
	article_list_release(&list);
	return rc;
}

static int
mark(struct marking *m, int argc, char **argv, struct err *e)
{
	struct db *db = m->cli->site.db;
	const char *slug = cli_option(m->cli, "topic");
	char detail[96];
	int rc = -1;

	if (topic_find(db, slug ? slug : "articles", &m->topic, e) == -1 || db_begin(db, e) == -1)
		return -1;
	if ((argc ? mark_ids(m, argc, argv, e) : mark_all(m, e)) == -1)
		goto out;
	snprintf(detail, sizeof(detail), "%lld of topic %s", (long long)m->changed, m->topic.slug);
	if (m->changed && cli_audit(m->cli, db, m->command, detail, e) == -1)
		goto out;
	rc = db_commit(db, e);
out:
	db_rollback(db);
	json_put(m->cli->result, "topic", m->topic.slug);
	json_put_int(m->cli->result, "changed", m->changed);
	json_put_int(m->cli->result, "unchanged", m->same);
	return rc;
}

int
cmd_article_skip(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct marking m = { .cli = cli, .command = "article skip", .mark = skip_one };
	char a[96], b[96];

	if (!argc == !cli_option(cli, "all"))
		return err_set(e, ERR_USAGE, "say which articles, by their numbers, or --all");
	if (mark(&m, argc, argv, e) == -1)
		return -1;
	out_line(cli, "%s never be announced to %s; %s already.", out_count(a, m.changed, "article will", "articles will"), m.topic.slug,
	    out_count(b, m.same, "was", "were"));
	return 0;
}

int
cmd_article_again(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct marking m = { .cli = cli, .command = "article again", .mark = again_one };
	char a[96], b[96];

	if (mark(&m, argc, argv, e) == -1)
		return -1;
	out_line(cli, "%s with the next send to %s; %s new already.", out_count(a, m.changed, "article goes", "articles go"), m.topic.slug,
	    out_count(b, m.same, "was", "were"));
	return 0;
}
