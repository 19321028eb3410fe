/* campaign_answers.c - see campaign_answers.h. */
#include "campaign_answers.h"

#include <string.h>

#include "base/json.h"
#include "cli.h"
#include "judge/judge_meaning.h"

static json_t *
bounces_json(const struct stats_returned *r)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < r->reasons; i++) {
		if (!r->reason[i].bounces)
			continue;
		one = json_object();
		json_put(one, "rule", r->reason[i].rule[0] ? r->reason[i].rule : NULL);
		json_put(one, "reason", judge_meaning(r->reason[i].rule));
		json_put(one, "class", r->reason[i].class);
		json_put_int(one, "count", r->reason[i].bounces);
		json_array_append_new(list, one);
	}
	return list;
}

void
campaign_answers_show(struct cli *cli, const struct stats_returned *r)
{
	int64_t bounces = r->bounces.hard + r->bounces.soft;
	char text[32], hard[32], soft[32];

	if (bounces)
		out_field(cli, "Bounced", OUT_WARN, "%s: %s hard, %s soft", out_number(text, bounces), out_number(hard, r->bounces.hard),
		    out_number(soft, r->bounces.soft));
	if (r->complaints)
		out_field(cli, "Complained", OUT_WARN, "%s", out_number(text, r->complaints));
	if (r->unsubscribes)
		out_field(cli, "Left by it", OUT_PLAIN, "%s", out_number(text, r->unsubscribes));
	json_put_int(cli->result, "bounces", bounces);
	json_object_set_new(cli->result, "bounce_groups", bounces_json(r));
	json_put_int(cli->result, "complaints", r->complaints);
	json_put_int(cli->result, "unsubscribes", r->unsubscribes);
}

int
campaign_answers_rows(struct out_table *t, const struct stats_returned *r)
{
	const struct stats_reason *one;
	bool hard;
	int n = 0;

	for (one = r->reason; one < r->reason + r->reasons; one++) {
		if (!one->bounces)
			continue;
		out_cell(t, OUT_PLAIN, "bounced");
		out_cell(t, OUT_BOLD, "%s", one->rule[0] ? one->rule : "-");
		out_cell_number(t, one->bounces);
		hard = strcmp(one->class, "hard") == 0;
		out_cell(t, hard ? OUT_BAD : OUT_PLAIN, "%s", hard ? "the address is dead" : "it may be healthy");
		out_cell(t, OUT_PLAIN, "%s", "");
		n++;
	}
	return n;
}
