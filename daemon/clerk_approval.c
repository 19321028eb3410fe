/*
 * clerk_approval.c - mailings that nobody approved in time are cancelled, and their articles go with the next. Nobody is mailed: status
 * says it.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "store/approval.h"
#include "store/campaign.h"

#define MOST 16 /* a turn */

/* On the rows as they are then: who decided in between has decided. */
static int
expire(struct clerk *c, int64_t id, struct err *e)
{
	struct campaign campaign;
	int rc;

	if (db_begin(c->site->db, e) == -1)
		return -1;
	rc = approval_decide(c->site->db, id, APPROVAL_EXPIRED, e);
	if (rc == 1)
		rc = campaign_get(c->site->db, id, &campaign, e);
	if (rc == 1 && campaign.state == CAMPAIGN_HELD) {
		log_event(LOG_LEVEL_WARNING, "approval_expired", "campaign=%lld", (long long)id);
		rc = campaign_cancel(c->site->db, id, "nobody approved it in time", e);
	}
	return rc == -1 ? -1 : db_commit(c->site->db, e);
}

int
clerk_approvals(struct clerk *c, struct err *e)
{
	struct approval late[MOST];
	int i, n = approval_open(c->site->db, clock_now(), late, MOST, e);

	for (i = 0; i < n; i++)
		if (expire(c, late[i].campaign_id, e) == -1)
			return -1;
	return n == -1 ? -1 : 0;
}
