/* cmd_retention.c - newsletter retention: what is kept how long, and what is past it. */
#include <stdio.h>

#include "audit.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "site/retention.h"

const struct opt opts_retention[] = {
	{ "dry-run", NULL, "only say what would go" },
	{ NULL, NULL, NULL },
};

static void
show(struct out_table *t, json_t *list, const struct retention_rule *rule, int64_t n, bool dry)
{
	json_t *object = json_object();
	char text[64];

	json_put(object, "name", rule->name);
	json_put(object, "what", rule->what);
	json_put(object, "key", rule->key);
	json_put_int(object, "keep", rule->keep);
	json_put_int(object, dry ? "past" : "deleted", n);
	json_array_append_new(list, object);
	out_cell(t, OUT_PLAIN, "%s", rule->what);
	out_cell(t, OUT_PLAIN, "%s", rule->keep ? out_duration(text, rule->keep) : "until then");
	out_cell(t, OUT_DIM, "%s", rule->key ? rule->key : "");
	out_cell_number(t, n);
}

static int
write_audit(struct cli *cli, int64_t total, struct err *e)
{
	char detail[64], n[96];
	int rc = -1;

	snprintf(detail, sizeof(detail), "%s deleted", out_count(n, total, "row", "rows"));
	if (db_begin(cli->site.db, e) == 0 && cli_audit(cli, cli->site.db, "retention", detail, e) == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	return rc;
}

int
cmd_retention(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct retention_rule rules[RETENTION_RULES];
	bool dry = cli_option(cli, "dry-run") != NULL;
	json_t *list = json_array();
	struct out_table t;
	int64_t n, total = 0;
	size_t i;
	int rc = 0;

	(void)argc, (void)argv;
	json_object_set_new(cli->result, "rules", list);
	json_put_bool(cli->result, "dry_run", dry);
	retention_rules(&cli->site.conf, rules);
	out_table_init(&t, dry ? "What|Kept for|[retention]|>Past it" : "What|Kept for|[retention]|>Deleted");
	for (i = 0; rc == 0 && i < RETENTION_RULES; i++) {
		if (dry)
			rc = retention_past(cli->site.db, &cli->site.conf, &rules[i], &n, e);
		else
			rc = retention_apply(cli->site.db, &cli->site.conf, &rules[i], &n, e);
		if (rc == -1)
			break;
		show(&t, list, &rules[i], n, dry);
		total += n;
	}
	if (total && !dry && write_audit(cli, total, e) == -1)
		rc = -1;
	if (rc == 0) {
		out_table_print(cli, &t);
		out_gap(cli);
		out_line(cli, "%s",
		    dry ? "Nothing was deleted: newsletterd does it by the hour." : "newsletterd does the same by the hour.");
		json_put_int(cli->result, "rows", total);
	}
	out_table_release(&t);
	return rc;
}
