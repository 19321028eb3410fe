/* sender_relay.c - the transport to an SMTP relay: lib/mail/smtp.h, its replies judged by lib/judge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "judge/judge.h"
#include "mail/smtp.h"
#include "sender.h"

#define PATIENCE 2      /* attempts that met relay trouble and are repeated at once */
#define UNKNOWN_FIRST 5 /* seconds until a message whose reply was lost is sent again; doubling */

struct smtp_transport {
	struct sender *s;
	struct relay *relay;
	struct smtp_pool *pool;
	char *secret; /* password or token, as it was read for the connection that is being opened */
};

static int
attempts(const struct slot_entry *e)
{
	return e->outbox ? e->mail.attempts : e->claim.attempts;
}

static void
body(void *ctx, uint64_t tag, struct buf *out)
{
	struct smtp_transport *t = ctx;

	sender_body(t->s, &t->s->slot[tag], out);
}

/* A lost reply: on_unknown says what follows. An outbox mail is always sent again: it names one person and its link works once. */
static void
settle_unknown(const struct sender *s, const struct slot_entry *e, struct delivery_result *result)
{
	int shift = attempts(e) > 8 ? 8 : attempts(e) - 1;

	result->reply = "the connection was lost before the relay answered";
	result->class = "no-answer";
	if (!e->outbox && s->site->conf.campaign_on_unknown[0] == 'h') {
		result->state = DELIVERY_UNKNOWN;
		return;
	}
	result->state = DELIVERY_DEFERRED;
	result->next_at = clock_now() + ((int64_t)UNKNOWN_FIRST << shift);
}

static enum judge_stage
stage_of(enum smtp_command at)
{
	switch (at) {
	case SMTP_RCPT: return JUDGE_AT_RCPT;
	case SMTP_DATA: return JUDGE_AT_DATA;
	case SMTP_BODY: return JUDGE_AT_BODY;
	case SMTP_CONNECT:
	case SMTP_MAIL: break;
	}
	return JUDGE_AT_MAIL;
}

/* The relay answered: what that means for the message, the address and the relay. `text` holds the reply and is redacted. */
static void
settle_replied(const struct slot_entry *e, enum smtp_command at, const struct smtp_reply *reply, char *text, size_t size, struct outcome *o)
{
	static const enum pace_reply pace[] = {
		[JUDGE_PACE_NONE] = PACE_NONE,
		[JUDGE_PACE_RELAY_SLOW] = PACE_RELAY_SLOW,
		[JUDGE_PACE_DOMAIN_SLOW] = PACE_DOMAIN_SLOW,
		[JUDGE_PACE_RELAY_QUOTA] = PACE_RELAY_SLOW, /* and `hold` says for how long it gets nothing */
	};
	struct judge_in in = {
		.code = reply->code,
		.enhanced = reply->enhanced,
		.text = text,
		.from_relay = true,
		.stage = stage_of(at),
	};
	struct judge_out verdict = judge_reply(&in);

	judge_redact_for(text, size, sender_rcpt(e));
	judge_redact_name(text, size, e->outbox ? e->mail.name : e->claim.who.name);
	o->result.code = reply->code;
	o->result.enhanced = reply->enhanced;
	o->result.reply = text;
	o->result.class = verdict.rule;
	o->pace = pace[verdict.pace];
	o->hold = verdict.hold;
	switch (verdict.verdict) {
	case JUDGE_ACCEPTED:
		o->result.state = DELIVERY_ACCEPTED;
		o->result.class = NULL;
		break;
	case JUDGE_HARD:
		o->dead = true;
		o->result.state = DELIVERY_REFUSED;
		break;
	case JUDGE_SOFT: o->result.state = DELIVERY_REFUSED; break;
	case JUDGE_RETRY: o->result.next_at = sender_retry_at(attempts(e)); break;
	case JUDGE_RELAY: /* again as soon as it or another one works; but what causes it must not hold up all others */
		o->result.next_at = attempts(e) > PATIENCE ? sender_retry_at(attempts(e) - PATIENCE) : clock_now();
		break;
	}
}

static void
done(void *ctx, uint64_t tag, enum smtp_result how, enum smtp_command at, const struct smtp_reply *reply)
{
	struct smtp_transport *t = ctx;
	struct slot_entry *e = &t->s->slot[tag];
	struct outcome o = { .result = { .state = DELIVERY_DEFERRED, .next_at = clock_now() } };
	char text[sizeof(reply->text) + 64];

	switch (how) {
	case SMTP_UNKNOWN: settle_unknown(t->s, e, &o.result); break;
	case SMTP_UNSENT: o.result.not_tried = true; break;
	case SMTP_REPLIED:
		snprintf(text, sizeof(text), "%s", reply->text);
		settle_replied(e, at, reply, text, sizeof(text), &o);
		break;
	}
	sender_done(t->s, e, &o);
}

static void
trouble(void *ctx, const char *text)
{
	const struct smtp_transport *t = ctx;

	log_event(LOG_LEVEL_WARNING, "relay", "relay=%s text=%s", t->relay->name, log_text(text));
}

static void
forget_secret(struct smtp_transport *t)
{
	if (t->secret)
		secret_wipe(t->secret, strlen(t->secret));
	free(t->secret);
	t->secret = NULL;
}

/* Read anew for each connection: whoever renews a password or a token only writes the file. */
static int
credentials(void *ctx, struct smtp_credentials *out, struct err *e)
{
	struct smtp_transport *t = ctx;
	const struct conf_relay *conf = t->relay->conf;
	char variable[CONF_VARIABLE];

	forget_secret(t);
	*out = (struct smtp_credentials){ .password = "", .bearer = "" };
	if (!conf->user[0])
		return 0;
	conf_relay_variable(conf, variable);
	if (conf_secret(variable, conf->token_file[0] ? conf->token_file : conf->password_file, &t->secret, e) == -1)
		return -1;
	*(conf->token_file[0] ? &out->bearer : &out->password) = t->secret;
	return 0;
}

static size_t
relay_room(void *t)
{
	return smtp_pool_room(((struct smtp_transport *)t)->pool);
}

static void
relay_want(void *t, size_t waiting)
{
	smtp_pool_want(((struct smtp_transport *)t)->pool, waiting);
}

static bool
relay_is_down(void *t)
{
	return smtp_pool_is_down(((struct smtp_transport *)t)->pool);
}

static bool
relay_takes_utf8(void *t)
{
	return smtp_pool_has_smtputf8(((struct smtp_transport *)t)->pool);
}

static void
relay_submit(void *ctx, struct slot_entry *e)
{
	struct smtp_transport *t = ctx;
	struct smtp_message m = {
		.tag = (uint64_t)(e - t->s->slot),
		.rcpt_to = sender_rcpt(e),
		.mail_from = sender_mail_from(t->s, e),
		.envid = t->s->personal.envelope_id,
		.orcpt = sender_rcpt(e),
		.size = sender_size(e),
		.smtputf8 = sender_needs_utf8(e),
	};

	smtp_pool_submit(t->pool, &m);
}

static void
relay_free(void *ctx)
{
	struct smtp_transport *t = ctx;

	smtp_pool_free(t->pool);
	forget_secret(t);
	free(t);
}

int
sender_relay_open(struct sender *s, struct relay *r, struct err *e)
{
	static const struct transport transport = {
		relay_room, relay_want, relay_is_down, relay_takes_utf8, relay_submit, relay_free
	};
	const struct conf_relay *conf = r->conf;
	struct smtp_transport *t = xcalloc(1, sizeof(*t));
	struct smtp_handler handler = { .body = body, .done = done, .trouble = trouble, .credentials = credentials, .ctx = t };
	struct smtp_relay relay = {
		.url = conf->url,
		.user = conf->user,
		.password = "",
		.ca_file = conf->ca_file,
		.helo = conf->helo,
		.tls = tls_named(conf->tls),
		.dialogue = smtp_dialogue_named(conf->dialogue),
		.connections = (int)conf->connections,
		.window = (int)conf->window,
		.messages_per_connection = conf->messages_per_connection,
		.timeout = conf->timeout,
	};

	t->s = s;
	t->relay = r;
	t->pool = smtp_pool_new(s->hub, &relay, &handler, e);
	if (!t->pool) {
		free(t);
		return err_wrap(e, "[relay%s%s]", conf->name[0] ? " " : "", conf->name);
	}
	r->transport = &transport;
	r->t = t;
	r->slots = (size_t)(conf->connections * conf->window);
	return 0;
}
