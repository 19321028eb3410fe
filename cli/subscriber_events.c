/* subscriber_events.c - see subscriber_events.h. */
#include "subscriber_events.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli.h"
#include "judge/judge_meaning.h"
#include "out.h"
#include "store/bounce.h"
#include "store/history.h"

struct events {
	struct out_table table;
	json_t *list;
};

int
subscriber_events_points(struct cli *cli, int64_t subscriber_id, struct err *e)
{
	struct history_standing standing;
	int rc = history_standing(cli->site.db, subscriber_id, &standing, e);
	char first[CLOCK_TEXT];

	if (rc != 1)
		return rc;
	json_put_int(cli->result, "points", standing.bounce_score);
	if (standing.bounce_score)
		out_field(cli, "Bounces", OUT_WARN, "%lld of %d points, since %.10s", (long long)standing.bounce_score, BOUNCE_POINTS,
		    clock_local(first, standing.bounce_first_at));
	return 0;
}

static json_t *
event_json(const struct history_event *v)
{
	json_t *one = json_object();

	json_put_time(one, "at", v->at);
	json_put(one, "kind", v->kind);
	json_put(one, "class", v->class);
	json_put(one, "rule", v->rule[0] ? v->rule : NULL);
	json_put(one, "topic", v->topic[0] ? v->topic : NULL);
	if (v->code)
		json_put_int(one, "code", v->code);
	json_put(one, "enhanced", v->enhanced[0] ? v->enhanced : NULL);
	json_put(one, "text", v->text[0] ? v->text : NULL);
	return one;
}

static int
take(void *ctx, const struct history_event *v, struct err *e)
{
	bool judged = strcmp(v->kind, "bounce") == 0 || strcmp(v->kind, "refusal") == 0;
	struct events *events = ctx;
	char when[CLOCK_TEXT];

	(void)e;
	json_array_append_new(events->list, event_json(v));
	out_cell(&events->table, OUT_PLAIN, "%s", clock_local(when, v->at));
	out_cell(&events->table, OUT_BOLD, "%s", v->kind);
	out_cell(&events->table, strcmp(v->class, "hard") == 0 ? OUT_BAD : OUT_PLAIN, "%s", strcmp(v->class, v->kind) == 0 ? "" : v->class);
	out_cell(&events->table, OUT_PLAIN, "%s", judged ? judge_meaning(v->rule) : v->rule);
	out_cell(&events->table, OUT_DIM, "%s", v->text);
	return 0;
}

int
subscriber_events_show(struct cli *cli, int64_t subscriber_id, struct err *e)
{
	struct events events = { .list = json_array() };
	int rc;

	json_object_set_new(cli->result, "events", events.list);
	out_table_init(&events.table, "When|What|How|Why|It said");
	rc = history_events(cli->site.db, subscriber_id, take, &events, e);
	if (rc == 0 && json_array_size(events.list)) {
		out_gap(cli);
		out_line(cli, "What came back");
		out_table_print(cli, &events.table);
	}
	out_table_release(&events.table);
	return rc;
}
