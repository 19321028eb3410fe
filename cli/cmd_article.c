/* cmd_article.c - newsletter article list | show. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "store/article.h"
#include "store/topic.h"

const struct opt opts_article_list[] = {
	{ "new", NULL, "only those not announced yet" },
	{ "topic", "TOPIC", "with --new: to this topic (default: articles)" },
	{ "limit", "N", "at most so many (default: 50)" },
	{ NULL, NULL, NULL },
};

static void
put_article(json_t *object, const struct article *a)
{
	json_put_int(object, "id", a->id);
	json_put(object, "title", a->title);
	json_put(object, "url", a->url);
	json_put(object, "author", a->author);
	json_put(object, "excerpt", a->excerpt);
	json_put_time(object, "published", a->published_at);
}

/* Where it was announced, as text for people and as an array. */
static int
announced(struct cli *cli, const struct topic_list *topics, const struct article *a, struct buf *text, json_t *object, struct err *e)
{
	struct announcement at[TOPICS_MAX];
	json_t *list = json_array(), *one;
	char when[CLOCK_TEXT];
	int i, n;

	json_object_set_new(object, "announced", list);
	n = article_announcements(cli->site.db, a->id, 0, at, TOPICS_MAX, e);
	for (i = 0; i < n; i++) {
		buf_addf(text, "%s%s %.10s%s", i ? "; " : "", topic_slug(topics, at[i].topic_id),
		    clock_local(when, at[i].at), at[i].campaign_id ? "" : ", without a mail");
		one = json_object();
		json_put(one, "topic", topic_slug(topics, at[i].topic_id));
		json_put_time(one, "at", at[i].at);
		if (at[i].campaign_id)
			json_put_int(one, "campaign", at[i].campaign_id);
		json_array_append_new(list, one);
	}
	return n;
}

static int
list_rows(struct cli *cli, const struct article_list *articles, struct out_table *t, json_t *list, struct err *e)
{
	struct buf text = BUF_INIT;
	struct topic_list topics;
	char when[CLOCK_TEXT];
	json_t *object;
	size_t i;
	int n;

	if (topic_list(cli->site.db, &topics, e) == -1)
		return -1;
	for (i = 0; i < articles->count; i++) {
		object = json_object();
		json_array_append_new(list, object);
		put_article(object, &articles->item[i]);
		buf_reset(&text);
		n = announced(cli, &topics, &articles->item[i], &text, object, e);
		if (n == -1)
			break;
		out_cell_number(t, articles->item[i].id);
		out_cell(t, OUT_PLAIN, "%.10s", clock_local(when, articles->item[i].published_at));
		out_cell(t, OUT_PLAIN, "%s", articles->item[i].title);
		if (n)
			out_cell(t, OUT_DIM, "%s", text.data);
		else if (articles->item[i].published_at > clock_now())
			out_cell(t, OUT_DIM, "not before its date");
		else
			out_cell(t, OUT_WARN, "not yet");
	}
	buf_release(&text);
	return i < articles->count ? -1 : 0;
}

int
cmd_article_list(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *topic = cli_option(cli, "topic");
	struct article_list articles = { 0 };
	json_t *list = json_array();
	struct topic t = { 0 };
	struct out_table table;
	int64_t limit = 50;
	int rc = -1;

	(void)argc, (void)argv;
	json_object_set_new(cli->result, "articles", list);
	if (cli_option_int(cli, "limit", 1, 10000, &limit, e) == -1)
		return -1;
	if (topic && !cli_option(cli, "new"))
		return err_set(e, ERR_USAGE, "--topic goes with --new");
	if (cli_option(cli, "new") && topic_find(cli->site.db, topic ? topic : "articles", &t, e) == -1)
		return -1;
	if (article_list(cli->site.db, t.id, limit, &articles, e) == -1)
		return -1;
	out_table_init(&table, ">Id|Date|Title|Announced");
	if (list_rows(cli, &articles, &table, list, e) == -1)
		goto out;
	if (articles.count)
		out_table_print(cli, &table);
	else
		out_line(cli, t.id ? "Nothing new." : "No articles yet: take some with `newsletter article import DIR`.");
	rc = 0;
out:
	out_table_release(&table);
	article_list_release(&articles);
	return rc;
}

int
cmd_article_show(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct article a = { 0 };
	struct buf text = BUF_INIT;
	struct topic_list topics;
	char when[CLOCK_TEXT];
	int64_t id;
	int rc;

	(void)argc;
	if (cli_id(argv[0], &id, e) == -1 || topic_list(cli->site.db, &topics, e) == -1)
		return -1;
	rc = article_get(cli->site.db, id, &a, e);
	if (rc != 1)
		return rc == -1 ? -1 : err_set(e, ERR_NOT_FOUND, "there is no article %lld; see `newsletter article list`", (long long)id);
	rc = announced(cli, &topics, &a, &text, cli->result, e);
	if (rc == -1)
		goto out;
	out_line(cli, "%s", a.title);
	out_field(cli, "Date", OUT_PLAIN, "%s", clock_local(when, a.published_at));
	out_field(cli, "Author", OUT_PLAIN, "%s", a.author);
	out_field(cli, "Page", OUT_PLAIN, "%s", a.url);
	out_field(cli, "Image", OUT_PLAIN, "%s", a.image);
	out_field(cli, "Its words", OUT_PLAIN, "%s", a.image_alt);
	out_field(cli, "Announced", rc ? OUT_PLAIN : OUT_WARN, "%s", rc ? text.data : "not yet");
	out_field(cli, "Excerpt", OUT_PLAIN, "%s", a.excerpt);
	out_gap(cli);
	out_prose(cli, a.body + strspn(a.body, "\r\n"), "    ");
	put_article(cli->result, &a);
	json_put(cli->result, "image", a.image);
	json_put(cli->result, "image_alt", a.image_alt);
	json_put(cli->result, "body", a.body);
	rc = 0;
out:
	buf_release(&text);
	article_release(&a);
	return rc;
}
