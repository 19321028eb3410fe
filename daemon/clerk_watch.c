/*
 * clerk_watch.c - campaigns of which too much bounces or complains are paused, and a person is told.
 *
 * Providers judge a sender by these two rates; going on would cost the mail to everybody else. Each of the two pauses a campaign
 * once: whoever resumes it has looked and means it. A campaign that was over by then needs no pause, but its operator hears of it all
 * the same, as of one that is held, whoever held it.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "clerk.h"
#include "judge/judge.h"
#include "mail/message.h"
#include "site/compose.h"
#include "site/topic_words.h"
#include "store/campaign.h"
#include "store/event.h"
#include "store/topic.h"

#define WATCH_EVERY 2                     /* seconds: the counts of a large campaign are some thousand index entries */
#define WATCH_MOST 64                     /* campaigns looked at a time */
#define WATCH_ENDED ((int64_t)7 * 86400)  /* what comes back later than that says little of a mailing */
#define MAIL_EXPIRES ((int64_t)7 * 86400) /* the operator's mail is tried for so long */

#define SETTLED_LEAST 100      /* of fewer, one bad address more or less would decide */
#define BOUNCES_PER_MILLE 50   /* 5 %: where providers begin to take a sender for one that buys its addresses */
#define COMPLAINTS_PER_MILLE 1 /* 0.1 %: what Gmail asks senders to stay below; at 0.3 % it turns mail away */
#define COMPLAINTS_LEAST 2     /* one is no rate: of a few hundred readers a slip of the finger would be too much */

unsigned
watch_judge(const struct watch_counts *n)
{
	unsigned alarms = 0;

	if (n->settled < SETTLED_LEAST)
		return 0;
	if (n->bounces > 0 && n->bounces * 1000 >= n->settled * BOUNCES_PER_MILLE)
		alarms |= CAMPAIGN_ALARM_BOUNCES;
	if (n->complaints >= COMPLAINTS_LEAST && n->complaints * 1000 >= n->accepted * COMPLAINTS_PER_MILLE)
		alarms |= CAMPAIGN_ALARM_COMPLAINTS;
	return alarms;
}

/* What must be told of the campaign now and was not told before; 0, or -1. */
static int
look(struct clerk *c, const struct campaign *campaign, struct watch_counts *n, unsigned *alarms, struct err *e)
{
	int64_t refusals, returned;

	memset(n, 0, sizeof(*n));
	*alarms = 0;
	if (campaign->state == CAMPAIGN_HELD) {
		*alarms = CAMPAIGN_ALARM_HELD & ~campaign->alarms;
		return 0;
	}
	if (campaign->state != CAMPAIGN_SENDING && campaign->state != CAMPAIGN_DONE)
		return 0;
	n->settled = campaign->accepted + campaign->refused;
	n->accepted = campaign->accepted;
	if (n->settled < SETTLED_LEAST)
		return 0;
	if (event_count(c->site->db, campaign->id, "refusal", &refusals, e) == -1 ||
	    event_count(c->site->db, campaign->id, "bounce", &returned, e) == -1 ||
	    event_count(c->site->db, campaign->id, "complaint", &n->complaints, e) == -1)
		return -1;
	/* one that was tried again since is no refusal any more, and one given up at its deadline never was */
	n->bounces = returned + (refusals < campaign->refused ? refusals : campaign->refused);
	*alarms = watch_judge(n) & ~campaign->alarms;
	return 0;
}

static double
percent(int64_t part, int64_t whole)
{
	return whole > 0 ? 100.0 * (double)part / (double)whole : 100.0;
}

/* The reason in the campaign's row: one line, for people, that says what happened and what to do. */
static void
say_why(char *reason, size_t size, int64_t id, const struct watch_counts *n, unsigned alarms)
{
	char bounces[96] = "", complaints[96] = "";

	if (alarms & CAMPAIGN_ALARM_BOUNCES)
		snprintf(bounces, sizeof(bounces), "%lld of %lld messages (%.1f %%) bounced", (long long)n->bounces, (long long)n->settled,
		    percent(n->bounces, n->settled));
	if (alarms & CAMPAIGN_ALARM_COMPLAINTS)
		snprintf(complaints, sizeof(complaints), "%lld of %lld readers (%.2f %%) complained", (long long)n->complaints,
		    (long long)n->accepted, percent(n->complaints, n->accepted));
	snprintf(reason, size, "%s%s%s; look at `newsletter campaign show %lld`, then resume or cancel it", bounces,
	    bounces[0] && complaints[0] ? ", " : "", complaints, (long long)id);
}

static void
put_rate(json_t *data, const char *key, const struct conf *conf, int64_t part, int64_t whole, int decimals)
{
	json_t *rate = json_object();
	int64_t scale = decimals == 1 ? 1000 : 10000; /* of all */

	site_put_number(rate, "count", conf, "", part, 0);
	site_put_number(rate, "of", conf, "", whole, 0);
	site_put_number(rate, "percent", conf, "", whole ? (part * scale + whole / 2) / whole : scale, decimals);
	json_object_set_new(data, key, rate);
}

/* The context of mail/paused; campaign->state is the one it was found in. */
static json_t *
context(const struct clerk *c, const struct campaign *campaign, const struct topic *topic, const struct watch_counts *n, unsigned alarms)
{
	const struct conf *conf = &c->site->conf;
	json_t *data = json_object(), *of = json_object(), *words = topic ? topic_words(conf, conf->site_language, topic) : NULL;
	char reason[2 * sizeof(campaign->reason)];

	json_put_int(of, "id", campaign->id);
	json_put(of, "subject", campaign->subject);
	json_put(of, "topic", words ? json_string_value(json_object_get(words, "title")) : "?");
	json_decref(words);
	site_put_number(of, "reached", conf, "", campaign->accepted + campaign->refused, 0);
	site_put_number(of, "planned", conf, "", campaign->planned, 0);
	json_put_bool(of, "started", campaign->started_at != 0);
	json_object_set_new(data, "campaign", of);
	json_put_bool(data, "paused", campaign->state == CAMPAIGN_SENDING);
	json_put_bool(data, "ended", campaign->state == CAMPAIGN_DONE);
	json_put_bool(data, "held", campaign->state == CAMPAIGN_HELD);
	if (campaign->state == CAMPAIGN_HELD) {
		/* whatever made the reason: no address leaves the store this way */
		snprintf(reason, sizeof(reason), "%s", campaign->reason);
		judge_redact(reason, sizeof(reason));
		json_put(data, "reason", reason);
	}
	if (alarms & CAMPAIGN_ALARM_BOUNCES)
		put_rate(data, "bounces", conf, n->bounces, n->settled, 1);
	if (alarms & CAMPAIGN_ALARM_COMPLAINTS)
		put_rate(data, "complaints", conf, n->complaints, n->accepted, 2);
	return data;
}

/* The mail as compiled; NULL, with a line in the log, when the templates do not give one: what it tells of must happen all the same. */
static struct message *
compile(struct clerk *c, json_t *data, int64_t id)
{
	struct composed mail = COMPOSED_INIT;
	struct message *message = NULL;
	struct err e = ERR_INIT;

	if (compose_render(&mail, &c->site->conf, "", "paused", data, &e) == 0)
		message = compose_notice(&c->site->conf, &mail, &e);
	if (!message)
		log_event(LOG_LEVEL_ERROR, "operator_mail", "campaign=%lld text=%s", (long long)id, log_text(e.text));
	composed_release(&mail);
	return message;
}

/* *outbox is the mail's number, or 0 when there is nobody to tell. */
static int
tell_operator(struct clerk *c, const struct campaign *campaign, const struct watch_counts *n, unsigned alarms, int64_t *outbox,
    struct err *e)
{
	struct clerk_mail to = { .kind = "operator", .address = c->site->conf.mail_operator, .expires_at = clock_now() + MAIL_EXPIRES };
	struct message *message;
	struct topic_list topics;
	json_t *data;
	int rc = 0;

	*outbox = 0;
	if (!to.address[0])
		return 0;
	if (topic_list(c->site->db, &topics, e) == -1)
		return -1;
	data = context(c, campaign, topic_in(&topics, campaign->topic_id), n, alarms);
	message = compile(c, data, campaign->id);
	if (message)
		rc = clerk_mail(c, message, &to, outbox, e);
	message_free(message);
	json_decref(data);
	return rc;
}

static void
log_alarm(const struct campaign *campaign, const struct watch_counts *n, unsigned alarms, int64_t outbox)
{
	const char *cause = alarms & CAMPAIGN_ALARM_BOUNCES ? "bounces" : "complaints";

	if (alarms & CAMPAIGN_ALARM_HELD) {
		log_event(LOG_LEVEL_WARNING, "campaign_waits", "campaign=%lld operator_mail=%lld", (long long)campaign->id,
		    (long long)outbox);
		return;
	}
	if (alarms == (CAMPAIGN_ALARM_BOUNCES | CAMPAIGN_ALARM_COMPLAINTS))
		cause = "both";
	log_event(LOG_LEVEL_WARNING, campaign->state == CAMPAIGN_SENDING ? "campaign_paused" : "campaign_alarm",
	    "campaign=%lld cause=%s settled=%lld accepted=%lld bounces=%lld complaints=%lld operator_mail=%lld", (long long)campaign->id, cause,
	    (long long)n->settled, (long long)n->accepted, (long long)n->bounces, (long long)n->complaints, (long long)outbox);
}

/* All of it in one transaction, on the row as it is then: who paused or cancelled it in between has no need of us. */
static int
act(struct clerk *c, int64_t id, struct err *e)
{
	struct campaign campaign;
	struct watch_counts n;
	char reason[sizeof(campaign.reason)];
	unsigned alarms = 0;
	int64_t outbox = 0;
	int rc;

	if (db_begin(c->site->db, e) == -1)
		return -1;
	rc = campaign_get(c->site->db, id, &campaign, e);
	if (rc == 1)
		rc = look(c, &campaign, &n, &alarms, e);
	if (rc == -1)
		return -1;
	if (alarms) {
		say_why(reason, sizeof(reason), id, &n, alarms);
		if (campaign.state == CAMPAIGN_SENDING && campaign_pause(c->site->db, id, reason, e) == -1)
			return -1;
		if (campaign_alarm(c->site->db, id, alarms, e) == -1 || tell_operator(c, &campaign, &n, alarms, &outbox, e) == -1)
			return -1;
	}
	if (db_commit(c->site->db, e) == -1)
		return -1;
	if (alarms)
		log_alarm(&campaign, &n, alarms, outbox);
	return 0;
}

int
clerk_watch(struct clerk *c, struct err *e)
{
	struct campaign watched[WATCH_MOST];
	struct watch_counts n;
	unsigned alarms;
	int64_t now = clock_now();
	int i, count;

	if (now < c->next_watch && c->next_watch - now <= WATCH_EVERY) /* unless the clock was set back */
		return 0;
	c->next_watch = now + WATCH_EVERY;
	count = campaign_watched(c->site->db, now - WATCH_ENDED, watched, WATCH_MOST, e);
	for (i = 0; i < count; i++) {
		if (look(c, &watched[i], &n, &alarms, e) == -1)
			return -1;
		if (alarms && act(c, watched[i].id, e) == -1)
			return -1;
	}
	return count == -1 ? -1 : 0;
}
