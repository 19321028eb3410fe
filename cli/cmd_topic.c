/* cmd_topic.c - newsletter topic create | list. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "store/subscription.h"
#include "store/topic.h"

const struct opt opts_topic_create[] = {
	{ "title", "TEXT", "what visitors see (default: made from the name)" },
	{ "description", "TEXT", "one sentence for the signup form" },
	{ NULL, NULL, NULL },
};

/* "weekly-digest" becomes "Weekly digest". */
static void
title_from(const char *slug, char *out, size_t size)
{
	char *p;

	snprintf(out, size, "%s", slug);
	out[0] = (char)toupper((unsigned char)out[0]);
	for (p = out; *p; p++)
		if (*p == '-')
			*p = ' ';
}

int
cmd_topic_create(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *title = cli_option(cli, "title"), *description = cli_option(cli, "description");
	char made[64], detail[64];
	struct topic t;
	int rc = -1;

	(void)argc;
	title_from(argv[0], made, sizeof(made));
	if (db_begin(cli->site.db, e) == -1)
		return -1;
	if (topic_create(cli->site.db, argv[0], title ? title : made, description ? description : "", &t, e) == -1)
		goto out;
	snprintf(detail, sizeof(detail), "topic %s", t.slug);
	if (cli_audit(cli, cli->site.db, "topic create", detail, e) == -1)
		goto out;
	rc = db_commit(cli->site.db, e);
out:
	db_rollback(cli->site.db);
	if (rc == -1)
		return -1;
	out_line(cli, "Topic %s is there: visitors see it as \"%s\".", t.slug, t.title);
	json_put_int(cli->result, "id", t.id);
	json_put(cli->result, "topic", t.slug);
	json_put(cli->result, "title", t.title);
	return 0;
}

int
cmd_topic_list(struct cli *cli, int argc, char **argv, struct err *e)
{
	json_t *list = json_array(), *object;
	int64_t counts[SUB_STATES];
	struct topic_list topics;
	struct out_table t;
	size_t i;
	int s;

	(void)argc, (void)argv;
	json_object_set_new(cli->result, "topics", list);
	if (topic_list(cli->site.db, &topics, e) == -1)
		return -1;
	out_table_init(&t, "Topic|Title|>Active|>Pending|>Left|>Bounced|>Complained");
	for (i = 0; i < topics.count; i++) {
		if (subscription_count(cli->site.db, topics.item[i].id, counts, e) == -1) {
			out_table_release(&t);
			return -1;
		}
		object = json_object();
		json_put(object, "topic", topics.item[i].slug);
		json_put(object, "title", topics.item[i].title);
		json_put(object, "description", topics.item[i].description);
		out_cell(&t, OUT_BOLD, "%s", topics.item[i].slug);
		out_cell(&t, OUT_PLAIN, "%s", topics.item[i].title);
		for (s = 0; s < SUB_STATES; s++)
			json_put_int(object, subscription_state_name((enum subscription_state)s), counts[s]);
		out_cell_number(&t, counts[SUB_ACTIVE]);
		out_cell_number(&t, counts[SUB_PENDING]);
		out_cell_number(&t, counts[SUB_LEFT]);
		out_cell_number(&t, counts[SUB_BOUNCED]);
		out_cell_number(&t, counts[SUB_COMPLAINED]);
		json_array_append_new(list, object);
	}
	out_table_print(cli, &t);
	return 0;
}
