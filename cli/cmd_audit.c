/* cmd_audit.c - newsletter audit: who did what, newest first. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "store/audit.h"

#define LIMIT 50
#define LIMIT_MOST 100000

const struct opt opts_audit[] = {
	{ "since", "TIME", "a number of days, a length of time like 36h, or a date" },
	{ "who", "USER", "only what this Unix user did, behind sudo too" },
	{ "command", "NOUN", "only these commands: campaign, \"campaign pause\"" },
	{ "limit", "N", "at most so many (default: 50)" },
	{ NULL, NULL, NULL },
};

struct listing {
	struct out_table table;
	json_t *list;
	int64_t limit;
	bool more;
};

static int
list_one(void *ctx, const struct audit_row *row, struct err *e)
{
	struct listing *l = ctx;
	json_t *object;
	char when[CLOCK_TEXT];

	(void)e;
	if ((int64_t)json_array_size(l->list) == l->limit) {
		l->more = true;
		return 0;
	}
	object = json_object();
	json_put_int(object, "id", row->id);
	json_put_time(object, "at", row->at);
	json_put(object, "who", row->who);
	json_put(object, "command", row->command);
	json_put(object, "detail", row->detail);
	json_array_append_new(l->list, object);
	out_cell(&l->table, OUT_DIM, "%s", clock_local(when, row->at));
	out_cell(&l->table, OUT_PLAIN, "%s", row->who);
	out_cell(&l->table, OUT_BOLD, "%s", row->command);
	out_cell(&l->table, OUT_PLAIN, "%s", row->detail);
	return 0;
}

int
cmd_audit(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct audit_filter f = { .who = cli_option(cli, "who"), .command = cli_option(cli, "command") };
	struct listing l = { .list = json_array(), .limit = LIMIT };
	int rc = -1;

	(void)argc, (void)argv;
	json_object_set_new(cli->result, "audit", l.list);
	if (cli_option_since(cli, "since", &f.since, e) == -1 || cli_option_int(cli, "limit", 1, LIMIT_MOST, &l.limit, e) == -1)
		return -1;
	f.limit = l.limit + 1; /* whether there are more */
	out_table_init(&l.table, "When|Who|Command|What");
	if (audit_each(cli->site.db, &f, list_one, &l, e) == -1)
		goto out;
	if (json_array_size(l.list))
		out_table_print(cli, &l.table);
	else
		out_line(cli, "Nothing.");
	if (l.more) {
		out_gap(cli);
		out_line(cli, "The newest %lld; more with --limit.", (long long)l.limit);
	}
	json_put_bool(cli->result, "more", l.more);
	rc = 0;
out:
	out_table_release(&l.table);
	return rc;
}
