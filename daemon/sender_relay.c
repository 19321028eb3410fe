/* sender_relay.c - the transport to an SMTP relay: lib/mail/smtp.h, its replies judged by lib/judge. */
#include <poll.h>
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

#define UNKNOWN_FIRST 5 /* seconds until a message whose reply was lost is sent again; doubling */

struct relay {
	struct sender *s;
	struct smtp_hub *hub;
	struct smtp_pool *pool;
	char *password;
};

static int
attempts(const struct slot_entry *slot)
{
	return slot->outbox ? slot->mail.attempts : slot->claim.attempts;
}

static void
body(void *ctx, uint64_t tag, struct buf *out)
{
	struct relay *r = ctx;

	sender_body(r->s, (size_t)tag, out);
}

/* A lost reply: on_unknown says what follows. An outbox mail is always sent again: it names one person and its link works once. */
static void
settle_unknown(struct relay *r, size_t slot, struct delivery_result *result)
{
	const struct slot_entry *entry = &r->s->slot[slot];
	int shift = attempts(entry) > 8 ? 8 : attempts(entry) - 1;

	result->reply = "the connection was lost before the relay answered";
	if (!entry->outbox && r->s->site->conf.campaign_on_unknown[0] == 'h') {
		result->state = DELIVERY_UNKNOWN;
		return;
	}
	result->state = DELIVERY_DEFERRED;
	result->next_at = clock_now() + ((int64_t)UNKNOWN_FIRST << shift);
}

static void
done(void *ctx, uint64_t tag, enum smtp_result how, enum smtp_command at, const struct smtp_reply *reply)
{
	struct relay *r = ctx;
	size_t slot = (size_t)tag;
	struct delivery_result result = { .state = DELIVERY_DEFERRED, .next_at = clock_now() };
	struct judge_in in = { 0 };
	struct judge_out verdict = { 0 };
	char text[sizeof(reply->text) + 64];

	(void)at;
	if (how == SMTP_UNKNOWN) {
		settle_unknown(r, slot, &result);
	} else if (how == SMTP_REPLIED) {
		snprintf(text, sizeof(text), "%s", reply->text);
		in = (struct judge_in){ .code = reply->code, .enhanced = reply->enhanced, .text = text };
		verdict = judge_reply(&in);
		judge_redact_for(text, sizeof(text), sender_rcpt(r->s, slot));
		result.code = reply->code;
		result.enhanced = reply->enhanced;
		result.reply = text;
		result.class = verdict.verdict == JUDGE_ACCEPTED ? NULL : verdict.rule;
		switch (verdict.verdict) {
		case JUDGE_ACCEPTED: result.state = DELIVERY_ACCEPTED; break;
		case JUDGE_HARD:
		case JUDGE_SOFT: result.state = DELIVERY_REFUSED; break;
		case JUDGE_RETRY:
		case JUDGE_RELAY: result.next_at = sender_retry_at(attempts(&r->s->slot[slot])); break;
		}
	}
	sender_done(r->s, slot, &result, verdict.verdict == JUDGE_HARD && how == SMTP_REPLIED,
	    verdict.verdict == JUDGE_RELAY && how == SMTP_REPLIED);
}

static void
trouble(void *ctx, const char *text)
{
	(void)ctx;
	log_event(LOG_LEVEL_WARNING, "relay", "text=%s", log_text(text));
}

static size_t
relay_room(void *t)
{
	return smtp_pool_room(((struct relay *)t)->pool);
}

static void
relay_want(void *t, size_t waiting)
{
	smtp_pool_want(((struct relay *)t)->pool, waiting);
}

static bool
relay_takes_utf8(void *t)
{
	return smtp_pool_has_smtputf8(((struct relay *)t)->pool);
}

static void
relay_submit(void *t, size_t slot)
{
	struct relay *r = t;
	const struct slot_entry *entry = &r->s->slot[slot];
	struct smtp_message m = {
		.tag = slot,
		.rcpt_to = sender_rcpt(r->s, slot),
		.mail_from = sender_mail_from(r->s, slot),
		.size = entry->outbox ? entry->mail.message.len : 0,
		.smtputf8 = sender_needs_utf8(r->s, slot),
	};

	smtp_pool_submit(r->pool, &m);
}

static void
relay_turn(void *t, int stop_fd, int wait_ms)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };

	smtp_hub_turn(((struct relay *)t)->hub, &stop, 1, (int64_t)wait_ms * 1000);
}

static void
relay_free(void *t)
{
	struct relay *r = t;

	smtp_pool_free(r->pool);
	smtp_hub_free(r->hub);
	if (r->password)
		secret_wipe(r->password, strlen(r->password));
	free(r->password);
	free(r);
}

static enum smtp_tls
tls_of(const struct conf_relay *conf)
{
	return conf->tls[0] == 'r' ? SMTP_TLS_REQUIRED : (conf->tls[0] == 'o' ? SMTP_TLS_OPPORTUNISTIC : SMTP_TLS_NONE);
}

int
sender_relay_open(struct sender *s, struct err *e)
{
	static const struct transport transport = { relay_room, relay_want, relay_takes_utf8, relay_submit, relay_turn, relay_free };
	const struct conf_relay *conf = &s->site->conf.relay[0];
	char variable[CONF_VARIABLE];
	struct relay *r = xcalloc(1, sizeof(*r));
	struct smtp_handler handler = { .body = body, .done = done, .trouble = trouble, .ctx = r };
	struct smtp_relay relay = {
		.url = conf->url,
		.user = conf->user,
		.password = "",
		.ca_file = conf->ca_file,
		.helo = conf->helo,
		.tls = tls_of(conf),
		.connections = (int)conf->connections,
		.window = (int)conf->window,
		.messages_per_connection = conf->messages_per_connection,
		.timeout = conf->timeout,
	};

	r->s = s;
	if (conf->user[0]) {
		conf_relay_variable(conf, variable);
		if (conf_secret(variable, conf->password_file, &r->password, e) == -1)
			goto fail;
		relay.password = r->password;
	}
	r->hub = smtp_hub_new();
	r->pool = smtp_pool_new(r->hub, &relay, &handler, e);
	if (!r->pool)
		goto fail;
	s->transport = &transport;
	s->t = r;
	s->slots = (size_t)(conf->connections * conf->window);
	return 0;
fail:
	smtp_hub_free(r->hub);
	free(r->password);
	free(r);
	return -1;
}
