/* cmd_subscriber_list.c - newsletter subscriber list: who is on the list, by what is asked of them. */
#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "filter.h"
#include "out.h"
#include "people.h"
#include "store/subscriber.h"

const struct opt opts_subscriber_list[] = {
	{ "topic", "TOPIC", "only who has to do with this topic" },
	{ "state", "STATE", "only pending, active, left, bounced or complained" },
	{ "since", "TIME", "only who came since: 7 (days), 2026-03-01" },
	{ "domain", "DOMAIN", "only addresses of this mail domain; *.DOMAIN: with all below it" },
	{ "language", "CODE", "only who reads this language" },
	{ "where", "EXPRESSION", "only who is in this segment" },
	{ "except", "EXPRESSION", "only who is not in this one" },
	{ "limit", "N", "at most so many (default: 50)" },
	{ "after", "ID", "only those behind this one, as --json names the last of a page" },
	{ "count", NULL, "only how many there are" },
	{ NULL, NULL, NULL },
};

struct listing {
	struct cli *cli;
	struct topic_list topics;
	struct out_table table;
	json_t *list;
	int64_t limit, shown;
	bool more;
};

static int
list_one(void *ctx, const struct subscriber *s, struct err *e)
{
	struct listing *l = ctx;
	struct buf text = BUF_INIT;
	json_t *object;
	char day[CLOCK_TEXT];

	if (l->shown == l->limit) {
		l->more = true;
		return err_set(e, ERR_NONE, "enough");
	}
	object = json_object();
	json_array_append_new(l->list, object);
	if (people_describe(l->cli, &l->topics, s, object, &text, e) == -1) {
		buf_release(&text);
		return -1;
	}
	out_cell(&l->table, OUT_PLAIN, "%s", s->address);
	out_cell(&l->table, OUT_PLAIN, "%s", s->name);
	out_cell(&l->table, OUT_PLAIN, "%s", text.data);
	out_cell(&l->table, OUT_DIM, "%.10s", clock_local(day, s->created_at));
	buf_release(&text);
	l->shown++;
	return 0;
}

static int
list(struct cli *cli, const struct segment *s, int64_t after, int64_t total, struct err *e)
{
	struct listing l = { .cli = cli, .list = json_array(), .limit = 50 };
	char text[96];
	int rc = -1;

	json_object_set_new(cli->result, "subscribers", l.list);
	out_table_init(&l.table, "Address|Name|Topics|Since");
	if (cli_option_int(cli, "limit", 1, 10000, &l.limit, e) == -1 || topic_list(cli->site.db, &l.topics, e) == -1)
		goto out;
	e->code = ERR_NONE;
	if (segment_each(cli->site.db, s, after, list_one, &l, e) == -1 && !l.more)
		goto out;
	if (l.shown)
		out_table_print(cli, &l.table);
	else
		out_line(cli, "Nobody.");
	if (l.more || (after && total > l.shown)) {
		out_gap(cli);
		out_line(cli, "%s%lld of %s%s", after ? "" : "The first ", (long long)l.shown, out_count(text, total, "person", "people"),
		    l.more ? "; more with --limit." : ".");
	}
	json_put_bool(cli->result, "more", l.more);
	rc = 0;
out:
	out_table_release(&l.table);
	return rc;
}

int
cmd_subscriber_list(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct segment *s = NULL;
	int64_t after = 0, total;
	char text[96];
	int rc = -1;

	(void)argc, (void)argv;
	if (cli_option_int(cli, "after", 0, INT64_MAX - 1, &after, e) == -1 || filter_people(cli, &s, e) == -1 ||
	    segment_count(cli->site.db, s, &total, e) == -1)
		goto out;
	if (cli_reveal(cli, "", e) == -1)
		goto out;
	json_put(cli->result, "where", segment_text(s));
	json_put_int(cli->result, "count", total);
	if (cli_option(cli, "count"))
		out_line(cli, "%s", out_count(text, total, "person", "people"));
	rc = cli_option(cli, "count") ? 0 : list(cli, s, after, total, e);
out:
	segment_free(s);
	return rc;
}
