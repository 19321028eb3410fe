/* retention.c - see retention.h. Each statement counts what the DELETE of the module named beside it deletes; a test compares them. */
#include "store/retention.h"

#include "store/db.h"
#include "store/modules.h"

static const char *const sql[] = {
	/* subscriber.c */
	[RETENTION_PENDING] = "SELECT count(DISTINCT u.subscriber_id) FROM subscription u WHERE u.state = 0 AND u.since < :before "
			      "AND NOT EXISTS (SELECT 1 FROM subscription v WHERE v.subscriber_id = u.subscriber_id AND "
			      "(v.state <> 0 OR v.since >= :before)) AND NOT EXISTS (SELECT 1 FROM consent c "
			      "WHERE c.subscriber_id = u.subscriber_id AND c.action IN ('left', 'bounced', 'complained'))",
	/* subscription.c */
	[RETENTION_PENDING_TOPICS] = "SELECT count(*) FROM subscription u WHERE u.state = 0 AND u.since < :before AND "
				     "(EXISTS (SELECT 1 FROM subscription v WHERE v.subscriber_id = u.subscriber_id AND "
				     "(v.state <> 0 OR v.since >= :before)) OR EXISTS (SELECT 1 FROM consent c "
				     "WHERE c.subscriber_id = u.subscriber_id AND c.action IN ('left', 'bounced', 'complained')))",
	/* onetime.c */
	[RETENTION_TOKENS] = "SELECT count(*) FROM token WHERE expires_at < :before",
	/* consent.c */
	[RETENTION_IPS] = "SELECT count(*) FROM consent WHERE ip IS NOT NULL AND at < :before",
	/* delivery.c */
	[RETENTION_DELIVERIES] = "SELECT count(*) FROM campaign c CROSS JOIN delivery d ON d.campaign_id = c.id WHERE c.finished_at < :before",
	/* event.c */
	[RETENTION_EVENTS] = "SELECT count(*) FROM event WHERE at < :before",
	/* outbox.c */
	[RETENTION_EXPIRED] = "SELECT count(*) FROM outbox WHERE state = 'queued' AND expires_at <= :before",
	[RETENTION_OUTBOX] = "SELECT count(*) FROM outbox WHERE created_at < :before AND state NOT IN ('queued', 'claimed')",
	/* returned.c */
	[RETENTION_DIGESTS] = "SELECT count(*) FROM returned_digest WHERE at < :before",
	/* pace.c */
	[RETENTION_LIMITS] = ("SELECT count(*) FROM pace WHERE scope IN ('signup-network', 'signup-domain', 'signup-total') "
			      "AND window_start < :before"),
};
const struct db_module retention_module = { "retention", sql, RETENTION_KINDS, MODULE_RETENTION };

int
retention_count(struct db *db, enum retention_kind kind, int64_t before, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &retention_module, (int)kind);

	stmt_int(st, ":before", before);
	return stmt_one_int(st, n, e) == 1 ? 0 : -1;
}
