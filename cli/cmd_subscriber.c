/* cmd_subscriber.c - newsletter subscriber show | unsubscribe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "mail/addr.h"
#include "out.h"
#include "people.h"
#include "store/consent.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/suppression.h"
#include "subscriber_events.h"

const struct opt opts_subscriber_unsubscribe[] = {
	{ "topic", "TOPIC", "only this topic (default: all)" },
	{ NULL, NULL, NULL },
};

static const enum out_style state_style[SUB_STATES] = { OUT_WARN, OUT_GOOD, OUT_PLAIN, OUT_BAD, OUT_BAD };

struct evidence_list {
	struct cli *cli;
	struct out_table table;
	struct buf wording; /* each verbatim text once */
	json_t *list;
};

/* Under the first digits of its hash, by which the rows above name it. */
static void
add_wording(struct buf *out, const char *what, const char *hash, const char *text)
{
	if (!text[0] || strstr(out->data, text))
		return;
	buf_addf(out, "\n%s (%.8s):\n%s\n", what, hash, text);
}

static int
show_consent(void *ctx, const struct consent *c, struct err *e)
{
	struct evidence_list *l = ctx;
	json_t *object = json_object();
	char when[CLOCK_TEXT];

	(void)e;
	json_put_time(object, "at", c->at);
	json_put(object, "topic", c->topic);
	json_put(object, "action", c->action);
	json_put(object, "source", c->source);
	json_put(object, "ip", c->ip[0] ? c->ip : NULL);
	json_put(object, "form", c->form[0] ? c->form : NULL);
	json_put(object, "form_hash", c->form_hash[0] ? c->form_hash : NULL);
	json_put(object, "mail", c->mail[0] ? c->mail : NULL);
	json_put(object, "mail_hash", c->mail_hash[0] ? c->mail_hash : NULL);
	json_array_append_new(l->list, object);
	out_cell(&l->table, OUT_PLAIN, "%s", clock_local(when, c->at));
	out_cell(&l->table, OUT_PLAIN, "%s", c->topic);
	out_cell(&l->table, OUT_BOLD, "%s", c->action);
	out_cell(&l->table, OUT_PLAIN, "%s", c->source);
	out_cell(&l->table, OUT_DIM, "%s", c->ip);
	out_cell(&l->table, OUT_DIM, "%.8s", c->form_hash);
	out_cell(&l->table, OUT_DIM, "%.8s", c->mail_hash);
	add_wording(&l->wording, "The form said", c->form_hash, c->form);
	add_wording(&l->wording, "The mail that asked", c->mail_hash, c->mail);
	return 0;
}

static int
show_suppression(struct cli *cli, const char *key, struct err *e)
{
	enum suppression_reason reason;
	int rc = suppression_find(cli->site.db, key, &reason, e);

	if (rc == 1) {
		out_field(cli, "Suppressed", OUT_BAD, "yes: %s", suppression_name(reason));
		json_put(cli->result, "suppressed", suppression_name(reason));
	}
	return rc;
}

static int
show_states(struct cli *cli, const struct subscriber *s, const struct topic_list *topics, struct err *e)
{
	struct subscription of[TOPICS_MAX];
	char when[CLOCK_TEXT];
	int i, n = subscription_of(cli->site.db, s->id, of, TOPICS_MAX, e);

	for (i = 0; i < n; i++)
		out_field(cli, topic_slug(topics, of[i].topic_id), state_style[of[i].state], "%s since %.10s",
		    subscription_state_name(of[i].state), clock_local(when, of[i].since));
	return n;
}

int
cmd_subscriber_show(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct evidence_list l = { .cli = cli, .wording = BUF_INIT, .list = json_array() };
	struct buf text = BUF_INIT;
	struct topic_list topics;
	struct subscriber s;
	struct addr a;
	char when[CLOCK_TEXT];
	char whose[48] = "somebody who is not on the list";
	int found, suppressed, rc = -1;

	(void)argc;
	json_object_set_new(cli->result, "consent", l.list);
	out_table_init(&l.table, "When|Topic|What|Source|From IP|Form|Mail");
	if (people_address(&a, argv[0], e) == -1 || topic_list(cli->site.db, &topics, e) == -1 ||
	    (found = subscriber_find(cli->site.db, a.key, &s, e)) == -1)
		goto out;
	if (found)
		snprintf(whose, sizeof(whose), "subscriber %lld", (long long)s.id);
	if (cli_reveal(cli, whose, e) == -1)
		goto out;
	out_line(cli, "%s", found ? s.address : a.text);
	suppressed = show_suppression(cli, a.key, e);
	if (suppressed == -1)
		goto out;
	if (!found) {
		err_set(e, ERR_NOT_FOUND, "%s is not on the list%s", a.text,
		    suppressed ? "; the address is kept as one that must not be mailed" : "");
		goto out;
	}
	out_field(cli, "Name", OUT_PLAIN, "%s", s.name);
	out_field(cli, "Language", OUT_PLAIN, "%s", s.language);
	out_field(cli, "On the list", OUT_PLAIN, "since %.10s", clock_local(when, s.created_at));
	if (show_states(cli, &s, &topics, e) == -1 || people_describe(cli, &topics, &s, cli->result, &text, e) == -1 ||
	    consent_each(cli->site.db, s.id, show_consent, &l, e) == -1)
		goto out;
	if (subscriber_events_points(cli, s.id, e) == -1)
		goto out;
	out_gap(cli);
	out_line(cli, "Evidence of consent");
	out_table_print(cli, &l.table);
	out_prose(cli, l.wording.data, "    ");
	rc = subscriber_events_show(cli, s.id, e);
out:
	out_table_release(&l.table);
	buf_release(&l.wording);
	buf_release(&text);
	return rc;
}

int
cmd_subscriber_unsubscribe(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *topic = cli_option(cli, "topic");
	struct evidence evidence = { 0 };
	char source[SOURCE_MAX + 1], detail[48];
	struct subscriber s;
	struct topic t = { 0 };
	struct addr a;
	int ended, rc = -1;

	(void)argc;
	snprintf(source, sizeof(source), "staff: %s", cli->who);
	evidence.source = source;
	if (people_address(&a, argv[0], e) == -1 || (topic && topic_find(cli->site.db, topic, &t, e) == -1) ||
	    db_begin(cli->site.db, e) == -1)
		return -1;
	ended = subscriber_find(cli->site.db, a.key, &s, e);
	if (ended == 0)
		err_set(e, ERR_NOT_FOUND, "%s is not on the list", a.text);
	if (ended != 1)
		goto out;
	ended = subscription_leave(cli->site.db, s.id, t.id, 0, "staff", &evidence, e);
	snprintf(detail, sizeof(detail), "subscriber %lld", (long long)s.id);
	if (ended == -1 || (ended && cli_audit(cli, cli->site.db, "subscriber unsubscribe", detail, e) == -1))
		goto out;
	rc = db_commit(cli->site.db, e);
out:
	db_rollback(cli->site.db);
	if (rc == -1)
		return -1;
	if (ended)
		out_line(cli, "%s is unsubscribed from %s.", s.address, topic ? t.slug : "everything");
	else
		out_line(cli, "%s was not subscribed to %s.", s.address, topic ? t.slug : "anything");
	json_put(cli->result, "address", s.address);
	json_put_int(cli->result, "ended", ended);
	return 0;
}
