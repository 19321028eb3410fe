/* campaigns.c - see campaigns.h. */
#include "campaigns.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "judge/judge.h"
#include "store/approval.h"

#define YEAR 5 /* bytes of "2026-": a line has to fit on a terminal */

enum out_style
campaigns_style(enum campaign_state state)
{
	static const enum out_style styles[CAMPAIGN_STATES] = {
		[CAMPAIGN_SCHEDULED] = OUT_BOLD,
		[CAMPAIGN_SENDING] = OUT_BOLD,
		[CAMPAIGN_PAUSED] = OUT_WARN,
		[CAMPAIGN_HELD] = OUT_BAD,
		[CAMPAIGN_DONE] = OUT_GOOD,
		[CAMPAIGN_CANCELLED] = OUT_DIM,
	};

	return styles[state];
}

const char *
campaigns_share(char out[32], int64_t part, int64_t whole)
{
	int64_t percent = whole > 0 ? part * 100 / whole : 100;

	snprintf(out, 32, "%lld %%", (long long)(percent > 100 ? 100 : percent));
	return out;
}

int
campaigns_get(struct cli *cli, const char *text, struct campaign *c, struct err *e)
{
	int64_t id;
	int rc;

	if (cli_id(text, &id, e) == -1)
		return -1;
	rc = campaign_get(cli->site.db, id, c, e);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no campaign %lld; see `newsletter campaign list`", (long long)id);
	return rc == 1 ? 0 : -1;
}

int
campaigns_pick(struct cli *cli, struct ledger_pick *pick, struct err *e)
{
	const char *state = cli_option(cli, "state"), *class = cli_option(cli, "class");
	enum judge_verdict verdict;
	int i;

	*pick = (struct ledger_pick){ -1, class };
	for (i = 0; state && i < DELIVERY_STATES; i++)
		if (strcmp(state, delivery_state_name((enum delivery_state)i)) == 0)
			pick->state = i;
	if (state && pick->state == -1)
		return err_set(e, ERR_USAGE, "--state must be claimed, accepted, deferred, refused, unknown or skipped, not \"%.40s\"",
		    state);
	if (class && !judge_class(class, &verdict))
		return err_set(e, ERR_USAGE, "there is no class \"%.40s\"; `newsletter campaign show` lists those of a mailing", class);
	return 0;
}

/* A store that cannot be read just now keeps nobody from seeing the rest. */
int64_t
campaigns_approval(const struct cli *cli, const struct campaign *c)
{
	struct err e = ERR_INIT;
	struct approval a;

	if (c->state != CAMPAIGN_HELD || approval_of(cli->site.db, c->id, &a, &e) != 1 || a.decision != APPROVAL_OPEN)
		return 0;
	return a.expires_at;
}

static void
state_cell(const struct cli *cli, struct out_table *t, const struct campaign *c)
{
	int64_t until = campaigns_approval(cli, c);
	char when[CLOCK_TEXT];

	if (until)
		out_cell(t, OUT_WARN, "waits for approval (until %s)", clock_local(when, until) + YEAR);
	else
		out_cell(t, campaigns_style(c->state), "%s", campaign_state_name(c->state));
}

void
campaigns_print(const struct cli *cli, const struct campaign *c, int n, const struct topic_list *topics)
{
	struct out_table t;
	char when[CLOCK_TEXT];
	int i;

	out_table_init(&t, ">Id|State|Subject|Topic|Starts|>To|>Sent|>Refused");
	for (i = 0; i < n; i++) {
		out_cell(&t, OUT_PLAIN, "%lld", (long long)c[i].id);
		state_cell(cli, &t, &c[i]);
		out_cell(&t, OUT_PLAIN, "%s", c[i].subject);
		out_cell(&t, OUT_PLAIN, "%s%s", topic_slug(topics, c[i].topic_id), c[i].segment[0] ? " (segment)" : "");
		out_cell(&t, OUT_PLAIN, "%s", clock_local(when, c[i].started_at ? c[i].started_at : c[i].start_at));
		out_cell_number(&t, c[i].planned);
		out_cell_number(&t, c[i].accepted);
		out_cell_number(&t, c[i].refused);
	}
	out_table_print(cli, &t);
}

json_t *
campaigns_json_one(const struct cli *cli, const struct campaign *c, const struct topic_list *topics)
{
	json_t *object = json_object();

	json_put_int(object, "id", c->id);
	json_put(object, "uuid", c->uuid);
	json_put(object, "kind", c->kind);
	json_put(object, "topic", topic_slug(topics, c->topic_id));
	json_put(object, "where", c->segment[0] ? c->segment : NULL);
	json_put(object, "key", c->key[0] ? c->key : NULL);
	json_put(object, "subject", c->subject);
	json_put(object, "state", campaign_state_name(c->state));
	json_put(object, "reason", c->reason[0] ? c->reason : NULL);
	json_put(object, "created_by", c->created_by);
	json_put_time(object, "created_at", c->created_at);
	json_put_time(object, "start_at", c->start_at);
	json_put_time(object, "approval_until", campaigns_approval(cli, c));
	json_put_time(object, "valid_until", c->valid_until);
	json_put_time(object, "started_at", c->started_at);
	json_put_time(object, "finished_at", c->finished_at);
	json_put_time(object, "archived_at", c->archived_at);
	json_put_bool(object, "hidden", c->hidden);
	json_put_int(object, "planned", c->planned);
	json_put_int(object, "accepted", c->accepted);
	json_put_int(object, "deferred", c->deferred);
	json_put_int(object, "refused", c->refused);
	json_put_int(object, "unknown", c->unknown);
	json_put_int(object, "skipped", c->skipped);
	return object;
}

json_t *
campaigns_json(const struct cli *cli, const struct campaign *c, int n, const struct topic_list *topics)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, campaigns_json_one(cli, &c[i], topics));
	return list;
}
