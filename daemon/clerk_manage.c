/*
 * clerk_manage.c - somebody asked for the link to their settings and data; who gets it?
 *
 * Whoever has proven the address once, also who left since: their data are here. Nobody learns from it whether an
 * address is on the list but its owner, and they get no more than MOST_DAY such mails a day, whoever asks.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/token.h"
#include "clerk.h"
#include "clerk_notice.h"
#include "store/consent.h"
#include "store/onetime.h"
#include "store/outbox.h"
#include "store/signup.h"
#include "store/subscription.h"
#include "store/suppression.h"
#include "store/topic.h"

#define KIND "my-data"
#define HOUR 3600 /* also how long the link works */
#define DAY 86400
#define MOST_DAY 4

/* Whether the address was ever confirmed, or taken over by staff: what nobody confirmed may be anybody's typing. 1, 0, -1. */
static int
is_proven(struct db *db, int64_t subscriber_id, struct err *e)
{
	struct subscription of[TOPICS_MAX];
	char action[16];
	int64_t at;
	int i, rc = 0, count = subscription_of(db, subscriber_id, of, TOPICS_MAX, e);

	if (count == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++)
		rc = consent_last(db, subscriber_id, of[i].topic_id, action, &at, e);
	return rc;
}

/* 1 when they had as many as they may, 0, -1. */
static int
had_enough(struct db *db, int64_t subscriber_id, struct err *e)
{
	int64_t hour, day;

	if (outbox_count(db, subscriber_id, KIND, clock_now() - HOUR + 1, &hour, e) == -1 ||
	    outbox_count(db, subscriber_id, KIND, clock_now() - DAY + 1, &day, e) == -1)
		return -1;
	return hour > 0 || day >= MOST_DAY;
}

int
clerk_manage_judge(struct clerk *c, const struct signup *request, struct subscriber *who, struct err *e)
{
	struct db *db = c->site->db;
	enum suppression_reason reason;
	int rc = suppression_find(db, request->key, &reason, e);

	if (rc == 1 && reason >= SUPPRESSED_HARD) {
		log_event(LOG_LEVEL_INFO, "signup_suppressed", "request=%lld reason=%s", (long long)request->id, suppression_name(reason));
		return 0;
	}
	if (rc == -1 || (rc = subscriber_find(db, request->key, who, e)) != 1)
		return rc;
	rc = is_proven(db, who->id, e);
	if (rc == 1 && (rc = had_enough(db, who->id, e)) != -1)
		rc = !rc;
	return rc;
}

int
clerk_manage(struct clerk *c, const struct signup *request, const struct subscriber *who, struct err *e)
{
	const char *language = who->language[0] ? who->language : request->language;
	struct onetime once = { .subscriber_id = who->id, .created_at = clock_now(), .expires_at = clock_now() + HOUR };
	struct clerk_mail to = { .kind = KIND, .address = who->address, .subscriber_id = who->id, .expires_at = once.expires_at };
	const struct notice_wish wish = { .name = "manage", .language = language };
	const struct notice *mail = clerk_notice(c, &wish, e);
	uint8_t hash[TOKEN_HASH];
	char token[TOKEN_TEXT];
	int64_t id;

	token_new(token);
	token_hash(hash, token);
	to.mydata_token = token;
	if (!mail || onetime_put(c->site->db, hash, KIND, &once, e) == -1)
		return -1;
	return clerk_mail(c, mail->message, &to, &id, e);
}
