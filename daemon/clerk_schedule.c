/* clerk_schedule.c - campaigns whose time has come. */
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "store/campaign.h"

#define OPEN_MAX 64 /* campaigns looked at a time */

/* What is to happen to a scheduled campaign now: nothing, or one change. */
static int
decide(struct clerk *c, const struct campaign *campaign, struct err *e)
{
	const struct conf *conf = &c->site->conf;
	int64_t now = clock_now(), id = campaign->id, minutes = (now - campaign->start_at) / 60;
	bool long_ago = minutes >= 120;
	char reason[201];

	if (campaign_is_past(campaign, now)) {
		log_event(LOG_LEVEL_WARNING, "campaign_over", "campaign=%lld", (long long)id);
		return campaign_cancel(c->site->db, id,
		    campaign->started_at ? "its offer was over before all had it" : "its offer was over before it was sent", e);
	}
	if (campaign->state != CAMPAIGN_SCHEDULED || now < campaign->start_at)
		return 0;
	if (now - campaign->start_at > conf->campaign_overdue) {
		snprintf(reason, sizeof(reason), "overdue by %lld %s: newsletterd did not run at its time; resume or cancel it",
		    (long long)(long_ago ? minutes / 60 : minutes), long_ago ? "hours" : "minutes");
		log_event(LOG_LEVEL_WARNING, "campaign_held", "campaign=%lld", (long long)id);
		return campaign_hold(c->site->db, id, reason, e);
	}
	log_event(LOG_LEVEL_INFO, "campaign_start", "campaign=%lld", (long long)id);
	return campaign_start(c->site->db, id, now + conf->campaign_deadline, e);
}

static int
is_due(const struct campaign *campaign, int64_t now)
{
	if (campaign->state == CAMPAIGN_DONE || campaign->state == CAMPAIGN_CANCELLED)
		return 0; /* just now: the sender came to its end, or somebody cancelled it */
	if (campaign_is_past(campaign, now))
		return 1;
	return campaign->state == CAMPAIGN_SCHEDULED && now >= campaign->start_at;
}

int
clerk_schedule(struct clerk *c, struct err *e)
{
	struct campaign open[OPEN_MAX];
	int i, count = campaign_open(c->site->db, open, OPEN_MAX, e);

	if (count == -1)
		return -1;
	for (i = 0; i < count; i++) {
		if (!is_due(&open[i], clock_now()))
			continue;
		/* in one transaction each, on the row as it is then: a cancel in between must win */
		if (db_begin(c->site->db, e) == -1)
			return -1;
		if (campaign_get(c->site->db, open[i].id, &open[i], e) == -1)
			return -1;
		if (is_due(&open[i], clock_now()) && decide(c, &open[i], e) == -1)
			return -1;
		if (db_commit(c->site->db, e) == -1)
			return -1;
	}
	return 0;
}
