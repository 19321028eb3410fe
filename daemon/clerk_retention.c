/* clerk_retention.c - what was kept long enough is deleted, in small bites so that others can write in between. */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "store/consent.h"
#include "store/delivery.h"
#include "store/event.h"
#include "store/onetime.h"
#include "store/outbox.h"
#include "store/pace.h"
#include "store/returned.h"
#include "store/subscriber.h"
#include "store/subscription.h"

#define HOUR 3600
#define BITE 500                           /* rows a transaction */
#define OUTBOX_KEPT ((int64_t)30 * 86400)  /* wiped rows: only kind, time and reply are left in them */
#define DIGESTS_KEPT ((int64_t)90 * 86400) /* no MTA and no mailbox brings a message again after so long */
#define LIMITS_KEPT ((int64_t)2 * HOUR)    /* of what was let through; no limit looks further back than an hour and a minute */

struct rule {
	const char *what;
	int (*drop)(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e);
	int64_t keep; /* seconds */
};

static int
apply(struct db *db, const struct rule *rule, struct err *e)
{
	int64_t n, total = 0;

	do {
		if (db_begin(db, e) == -1 || rule->drop(db, clock_now() - rule->keep, BITE, &n, e) == -1 || db_commit(db, e) == -1)
			return -1;
		total += n;
	} while (n == BITE);
	if (total)
		log_event(LOG_LEVEL_INFO, "retention", "what=%s rows=%lld", rule->what, (long long)total);
	return 0;
}

static int
expire_outbox(struct db *db, struct err *e)
{
	int64_t n;

	if (db_begin(db, e) == -1 || outbox_expire(db, &n, e) == -1)
		return -1;
	return db_commit(db, e);
}

int
clerk_retention(struct clerk *c, struct err *e)
{
	const struct conf *conf = &c->site->conf;
	const struct rule rules[] = {
		{ "pending", subscriber_delete_unconfirmed, conf->keep_pending },
		{ "pending-topics", subscription_expire, conf->keep_pending },
		{ "tokens", onetime_delete_expired, conf->keep_pending },
		{ "ips", consent_drop_ips, conf->keep_ip },
		{ "deliveries", delivery_delete_old, conf->keep_ledger },
		{ "events", event_delete_old, conf->keep_events },
		{ "outbox", outbox_delete_old, OUTBOX_KEPT },
		{ "returned", returned_delete_old, DIGESTS_KEPT },
		{ "limits", pace_delete_old, LIMITS_KEPT },
	};
	int64_t now = clock_now();
	size_t i;

	if (now < c->next_retention && c->next_retention - now <= HOUR) /* a clock that was set back is no reason to wait */
		return 0;
	if (expire_outbox(c->site->db, e) == -1)
		return -1;
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (apply(c->site->db, &rules[i], e) == -1)
			return -1;
	c->next_retention = now + HOUR;
	return 0;
}
