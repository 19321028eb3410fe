/* cmd_stats_json.c - newsletter stats --json. newsletter(1) has its shape. */
#include "base/json.h"
#include "campaigns.h"
#include "cli.h"
#include "cmd_stats.h"
#include "judge/judge_meaning.h"

static json_t *
pair_json(const struct stats_pair *p)
{
	json_t *object = json_object();

	json_put_int(object, "total", p->hard + p->soft);
	json_put_int(object, "hard", p->hard);
	json_put_int(object, "soft", p->soft);
	return object;
}

static void
put_named(json_t *object, const char *key, const struct stats_named *list, size_t n, const char *unnamed)
{
	json_t *by = json_object();
	size_t i;

	for (i = 0; i < n; i++)
		json_put_int(by, list[i].name[0] ? list[i].name : unnamed, list[i].n);
	json_object_set_new(object, key, by);
}

static json_t *
reasons_json(const struct stats_returned *r)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < r->reasons; i++) {
		one = json_object();
		json_put(one, "rule", r->reason[i].rule[0] ? r->reason[i].rule : NULL);
		json_put(one, "reason", judge_meaning(r->reason[i].rule));
		json_put(one, "class", r->reason[i].class);
		json_put_int(one, "bounces", r->reason[i].bounces);
		json_put_int(one, "refusals", r->reason[i].refusals);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *
domain_json(const struct stats_domain *d)
{
	json_t *one = json_object();

	json_put_int(one, "hard", d->hard);
	json_put_int(one, "soft", d->soft);
	json_put_int(one, "complaints", d->complaints);
	return one;
}

/* A list of domains, null for people who were erased, and the sum of those that are left out. */
static void
put_domains(json_t *result, const struct stats_domains *d)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < d->count; i++) {
		one = domain_json(&d->top[i]);
		json_object_set_new(one, "domain", d->top[i].domain[0] ? json_string(d->top[i].domain) : json_null());
		json_array_append_new(list, one);
	}
	json_object_set_new(result, "domains", list);
	one = domain_json(&d->rest);
	json_put_int(one, "domains", d->others);
	json_object_set_new(result, "other_domains", one);
}

static json_t *
speed_json(const struct stats_speed *s)
{
	json_t *object = json_object();

	json_put_int(object, "messages", s->messages);
	json_put_int(object, "seconds", s->seconds);
	if (stats_a_minute(s))
		json_put_int(object, "a_minute", stats_a_minute(s));
	return object;
}

static json_t *
campaigns_list(const struct stats_view *v)
{
	json_t *list = json_array(), *one;
	const struct stats_returned *r;
	const struct campaign *c;
	int i;

	for (i = 0; i < v->mailings; i++) {
		c = &v->mailing[i].campaign;
		r = &v->mailing[i].returned;
		one = json_object();
		json_put_int(one, "id", c->id);
		json_put(one, "subject", c->subject);
		json_put(one, "state", campaign_state_name(c->state));
		json_put_time(one, "started_at", c->started_at);
		json_put_int(one, "planned", c->planned);
		json_put_int(one, "accepted", c->accepted);
		json_put_int(one, "refused", c->refused);
		json_object_set_new(one, "bounces", pair_json(&r->bounces));
		json_put_int(one, "complaints", r->complaints);
		json_put_int(one, "unsubscribes", r->unsubscribes);
		json_object_set_new(one, "reasons", reasons_json(r));
		json_object_set_new(one, "speed", speed_json(&v->mailing[i].speed));
		json_array_append_new(list, one);
	}
	return list;
}

void
stats_json(struct cli *cli, const struct stats_view *v)
{
	const struct stats_returned *r = &v->returned;
	json_t *complaints = json_object(), *unsubscribes = json_object(), *doubted = json_object();

	json_put_time(cli->result, "since", v->window.since);
	json_put_time(cli->result, "until", v->until);
	if (v->window.campaign_id)
		json_put_int(cli->result, "campaign", v->window.campaign_id);
	else
		stats_list_json(cli, v);
	json_object_set_new(cli->result, "bounces", pair_json(&r->bounces));
	json_object_set_new(cli->result, "refusals", pair_json(&r->refusals));
	json_put_int(complaints, "total", r->complaints);
	put_named(complaints, "by_type", r->complaint, r->complaint_types, "unknown");
	json_object_set_new(cli->result, "complaints", complaints);
	json_put_int(unsubscribes, "total", r->unsubscribes);
	put_named(unsubscribes, "by_way", r->way, r->ways, "unknown");
	json_object_set_new(cli->result, "unsubscribes", unsubscribes);
	json_put_int(doubted, "bounces", r->doubted_bounces);
	json_put_int(doubted, "complaints", r->doubted_complaints);
	json_object_set_new(cli->result, "doubted", doubted);
	json_object_set_new(cli->result, "reasons", reasons_json(r));
	put_domains(cli->result, &v->domains);
	json_object_set_new(cli->result, "campaigns", campaigns_list(v));
}
