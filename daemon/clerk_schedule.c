/* clerk_schedule.c - campaigns whose time has come. */
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "store/campaign.h"
#include "store/segment.h"

#define OPEN_MAX 64 /* campaigns looked at a time */

/* Who a campaign for a segment is for; before its transaction, for it may take a second. */
struct audience {
	int64_t planned;
	struct err trouble; /* ERR_NONE: none */
};

static int
count_audience(struct clerk *c, const struct campaign *campaign, struct audience *a, struct err *e)
{
	struct segment *s = NULL;
	int rc;

	*a = (struct audience){ .trouble = ERR_INIT };
	if (!campaign->segment[0])
		return 0;
	rc = segment_parse(campaign->segment, &s, &a->trouble);
	if (rc == 0)
		rc = segment_audience(c->site->db, s, campaign->topic_id, &a->planned, &a->trouble);
	segment_free(s);
	if (rc == 0 || a->trouble.code == ERR_USAGE)
		return 0;
	*e = a->trouble;
	return -1;
}

static int
start(struct clerk *c, const struct campaign *campaign, const struct audience *a, struct err *e)
{
	int64_t id = campaign->id;
	char reason[201];

	if (a->trouble.code) { /* never to everybody instead */
		snprintf(reason, sizeof(reason), "its segment cannot be found any more: %.150s", a->trouble.text);
		log_event(LOG_LEVEL_ERROR, "campaign_held", "campaign=%lld text=%s", (long long)id, log_text(reason));
		return campaign_hold(c->site->db, id, reason, e);
	}
	log_event(LOG_LEVEL_INFO, "campaign_start", "campaign=%lld", (long long)id);
	if (campaign_start(c->site->db, id, clock_now() + c->site->conf.campaign_deadline, e) == -1)
		return -1;
	return campaign->segment[0] ? campaign_plan(c->site->db, id, a->planned, e) : 0;
}

/* One change to a campaign that is due now. */
static int
decide(struct clerk *c, const struct campaign *campaign, const struct audience *a, int64_t now, struct err *e)
{
	const struct conf *conf = &c->site->conf;
	int64_t id = campaign->id, minutes = (now - campaign->start_at) / 60;
	bool long_ago = minutes >= 120;
	char reason[201];

	if (campaign_is_past(campaign, now)) {
		log_event(LOG_LEVEL_WARNING, "campaign_over", "campaign=%lld", (long long)id);
		return campaign_cancel(c->site->db, id,
		    campaign->started_at ? "its offer was over before all had it" : "its offer was over before it was sent", e);
	}
	if (now - campaign->start_at > conf->campaign_overdue) {
		snprintf(reason, sizeof(reason), "overdue by %lld %s: newsletterd did not run at its time; resume or cancel it",
		    (long long)(long_ago ? minutes / 60 : minutes), long_ago ? "hours" : "minutes");
		log_event(LOG_LEVEL_WARNING, "campaign_held", "campaign=%lld", (long long)id);
		return campaign_hold(c->site->db, id, reason, e);
	}
	return start(c, campaign, a, e);
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
	struct audience audience;
	int64_t now;
	int i, count = campaign_open(c->site->db, open, OPEN_MAX, e);

	if (count == -1)
		return -1;
	for (i = 0; i < count; i++) {
		if (!is_due(&open[i], clock_now()))
			continue;
		if (count_audience(c, &open[i], &audience, e) == -1)
			return -1;
		/* in one transaction each, on the row as it is then: a cancel in between must win */
		if (db_begin(c->site->db, e) == -1)
			return -1;
		if (campaign_get(c->site->db, open[i].id, &open[i], e) == -1)
			return -1;
		now = clock_now();
		if (is_due(&open[i], now) && decide(c, &open[i], &audience, now, e) == -1)
			return -1;
		if (db_commit(c->site->db, e) == -1)
			return -1;
	}
	return 0;
}
