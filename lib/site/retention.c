/* retention.c - see retention.h. */
#include "site/retention.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "site/inbound.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/delivery.h"
#include "store/event.h"
#include "store/onetime.h"
#include "store/outbox.h"
#include "store/pace.h"
#include "store/returned.h"
#include "store/subscriber.h"
#include "store/subscription.h"

#define BITE 500                             /* rows a transaction */
#define OUTBOX_KEPT ((int64_t)30 * 86400)    /* wiped rows: only kind, time and reply are left in them */
#define DIGESTS_KEPT ((int64_t)90 * 86400)   /* no MTA and no mailbox brings a message again after so long */
#define MAILBOXES_KEPT ((int64_t)90 * 86400) /* a section that is taken out of newsletter.conf may come back for a while */
#define LIMITS_KEPT ((int64_t)7200)          /* of what was let through; no limit looks further back than an hour and a minute */

static int
expire_outbox(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	(void)before, (void)limit; /* it knows itself what is too late, and little waits */
	return outbox_expire(db, n, e);
}

void
retention_rules(const struct conf *conf, struct retention_rule out[RETENTION_RULES])
{
	const struct retention_rule rules[RETENTION_RULES] = {
		{ "expired", "one-off mail that could not be sent in time", NULL, 0, RETENTION_EXPIRED, expire_outbox },
		{ "pending", "people who never confirmed", "pending", conf->keep_pending, RETENTION_PENDING, subscriber_delete_unconfirmed },
		{ "pending-topics", "topics that were not confirmed", "pending", conf->keep_pending, RETENTION_PENDING_TOPICS, subscription_expire },
		{ "tokens", "links that were for one use", "pending", conf->keep_pending, RETENTION_TOKENS, onetime_delete_expired },
		{ "ips", "IP addresses in the evidence", "ip", conf->keep_ip, RETENTION_IPS, consent_drop_ips },
		{ "deliveries", "deliveries of mailings that are over", "ledger", conf->keep_ledger, RETENTION_DELIVERIES, delivery_delete_old },
		{ "events", "bounces, complaints, unsubscribes", "events", conf->keep_events, RETENTION_EVENTS, event_delete_old },
		{ "outbox", "one-off mail, without its text", NULL, OUTBOX_KEPT, RETENTION_OUTBOX, outbox_delete_old },
		{ "returned", "marks of messages that came back", NULL, DIGESTS_KEPT, RETENTION_DIGESTS, returned_delete_old },
		{ "mailboxes", "places in mailboxes not read any more", NULL, MAILBOXES_KEPT, RETENTION_KINDS, NULL },
		{ "limits", "what counted for the signup limits", NULL, LIMITS_KEPT, RETENTION_LIMITS, pace_delete_old },
	};

	memcpy(out, rules, sizeof(rules));
}

static bool
is_configured(const struct conf *conf, const char *mailbox)
{
	char key[INBOUND_MAILBOX];
	int i;

	for (i = 0; i < conf->mailboxes; i++) {
		inbound_mailbox(&conf->mailbox[i], key);
		if (strcmp(key, mailbox) == 0)
			return true;
	}
	return false;
}

/* Rows of mailboxes that are not configured any more: count them, or (limit > 0) delete as many. */
static int
mailboxes(struct db *db, const struct conf *conf, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	char mailbox[INBOUND_MAILBOX] = "";
	int64_t some;
	int rc;

	*n = 0;
	while ((limit <= 0 || *n < limit) && (rc = returned_mailbox(db, mailbox, mailbox, sizeof(mailbox), e))) {
		if (rc == -1)
			return -1;
		if (is_configured(conf, mailbox))
			continue;
		rc = limit <= 0 ? returned_count_old(db, mailbox, before, &some, e)
				: returned_drop_old(db, mailbox, before, limit - *n, &some, e);
		if (rc == -1)
			return -1;
		*n += some;
	}
	return 0;
}

int
retention_past(struct db *db, const struct conf *conf, const struct retention_rule *rule, int64_t *n, struct err *e)
{
	int64_t before = clock_now() - rule->keep;

	return rule->drop ? retention_count(db, rule->kind, before, n, e) : mailboxes(db, conf, before, 0, n, e);
}

static int
bite(struct db *db, const struct conf *conf, const struct retention_rule *rule, int64_t *n, struct err *e)
{
	int64_t before = clock_now() - rule->keep;

	if (db_begin(db, e) == -1)
		return -1;
	if ((rule->drop ? rule->drop(db, before, BITE, n, e) : mailboxes(db, conf, before, BITE, n, e)) == -1)
		return -1;
	return db_commit(db, e);
}

int
retention_bite(struct db *db, const struct conf *conf, const struct retention_rule *rule, int64_t *n, struct err *e)
{
	if (bite(db, conf, rule, n, e) == -1) {
		db_rollback(db);
		return -1;
	}
	return *n == BITE;
}

int
retention_apply(struct db *db, const struct conf *conf, const struct retention_rule *rule, int64_t *n, struct err *e)
{
	int64_t some;
	int rc;

	*n = 0;
	while ((rc = retention_bite(db, conf, rule, &some, e)) != -1) {
		*n += some;
		if (rc == 0)
			break;
	}
	return rc;
}
