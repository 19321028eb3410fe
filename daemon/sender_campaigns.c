/*
 * sender_campaigns.c - what there is to do, as the store says: which campaigns run, what is due, which are over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "sender.h"
#include "store/topic.h"

const struct running *
campaign_followed(const struct sender *s, int64_t id)
{
	int i;

	for (i = 0; i < s->campaigns; i++)
		if (s->campaign[i].row.id == id)
			return &s->campaign[i];
	return NULL;
}

/* Whether none of its messages may leave now: outside its hours, or its offer is over, whether the clerk has seen that yet or not. */
static bool
is_shut(const struct running *r, int64_t now)
{
	return campaign_is_past(&r->row, now) || (r->window && !window_is_open(r->window, now));
}

/* A campaign that is followed, from now on or since `old`. */
static int
follow(struct sender *s, struct running *r, const struct running *old, struct err *e)
{
	struct topic topic;

	if (topic_get(s->site->db, r->row.topic_id, &topic, e) == -1)
		return -1;
	r->lane = lane_for(s, topic.slug);
	r->window = strcmp(r->row.kind, "promotion") == 0 ? &s->window : NULL;
	r->shut = old ? old->shut : is_shut(r, clock_now());
	return 0;
}

/* Read the store anew: who else wrote may have paused, cancelled, started, or queued mail. */
int
sender_look(struct sender *s, struct err *e)
{
	struct campaign *open = xcalloc(CAMPAIGNS_MAX, sizeof(*open));
	struct running next[CAMPAIGNS_MAX];
	const struct running *old;
	int i, count, n = 0, rc = -1;

	count = campaign_open(s->site->db, open, CAMPAIGNS_MAX, e);
	if (count == -1)
		goto out;
	for (i = 0; i < count; i++) {
		if (open[i].state != CAMPAIGN_SENDING)
			continue;
		old = campaign_followed(s, open[i].id);
		next[n] = (struct running){ .row = open[i], .exhausted = old && old->exhausted };
		if (follow(s, &next[n], old, e) == -1 || delivery_next_due(s->site->db, open[i].id, &next[n].next_due, e) == -1)
			goto out;
		n++;
	}
	for (i = 0; i < s->campaigns; i++) {
		int j;

		for (j = 0; j < n && next[j].row.id != s->campaign[i].row.id; j++)
			continue;
		if (j == n) /* paused, held or cancelled: what waits here goes back */
			sender_unclaim(s, s->campaign[i].row.id);
	}
	memcpy(s->campaign, next, (size_t)n * sizeof(next[0]));
	s->campaigns = n;
	sender_compiled_release_unused(s);
	rc = outbox_next_due(s->site->db, &s->outbox_due, e);
out:
	free(open);
	return rc;
}

void
sender_look_at_windows(struct sender *s)
{
	int64_t now = clock_now();
	int i;

	for (i = 0; i < s->campaigns; i++) {
		struct running *r = &s->campaign[i];
		bool was = r->shut;

		r->shut = is_shut(r, now);
		if (r->shut && !was) /* what waits here goes back: on a slow or broken relay it would wait for long */
			sender_unclaim(s, r->row.id);
	}
}

bool
campaign_has_work(const struct running *r, int64_t now)
{
	if (r->over || r->shut)
		return false;
	return !r->exhausted || (r->next_due && r->next_due <= now && now < r->row.deadline);
}

static bool
is_idle(const struct sender *s, int64_t id)
{
	return !campaign_has_slots(s, id);
}

/* Nobody left, nothing deferred, nothing on the way. */
static bool
is_over(const struct sender *s, const struct running *r)
{
	return !r->over && r->exhausted && !r->next_due && is_idle(s, r->row.id);
}

/* The deadline is for those who were deferred: nobody is given up while others wait for their first turn. */
static bool
is_late(const struct sender *s, const struct running *r)
{
	return !r->over && r->exhausted && r->next_due && clock_now() >= r->row.deadline && is_idle(s, r->row.id);
}

bool
sender_has_ended(const struct sender *s)
{
	int i;

	for (i = 0; i < s->campaigns; i++)
		if (is_over(s, &s->campaign[i]) || is_late(s, &s->campaign[i]))
			return true;
	return false;
}

static int
end_if_over(struct sender *s, struct running *r, struct err *e)
{
	int64_t n = 0;

	if (is_late(s, r)) {
		if (delivery_give_up(s->site->db, r->row.id, &n, e) == -1)
			return -1;
		log_event(LOG_LEVEL_WARNING, "deadline", "campaign=%lld given_up=%lld", (long long)r->row.id, (long long)n);
	}
	if (!r->exhausted || !is_idle(s, r->row.id))
		return 0;
	/* as the ledger says now: results of this or the last transaction may have been deferred */
	if (delivery_next_due(s->site->db, r->row.id, &r->next_due, e) == -1)
		return -1;
	if (!is_over(s, r))
		return 0;
	if (campaign_finish(s->site->db, r->row.id, e) == -1)
		return -1;
	r->over = db_changes(s->site->db) > 0; /* else it was paused or cancelled just now */
	return 0;
}

void
sender_ended(struct sender *s)
{
	int i;

	for (i = 0; i < s->campaigns; i++) {
		if (!s->campaign[i].over || s->campaign[i].told)
			continue;
		log_event(LOG_LEVEL_INFO, "campaign_done", "campaign=%lld", (long long)s->campaign[i].row.id);
		s->campaign[i].told = s->stale = true;
	}
}

int
sender_end(struct sender *s, struct err *e)
{
	int i;

	for (i = 0; i < s->campaigns; i++)
		if (end_if_over(s, &s->campaign[i], e) == -1)
			return -1;
	return 0;
}

/* One campaign's claims of a sender that has died; adds how many. */
static int
recover(struct sender *s, int64_t campaign_id, int64_t *total, struct err *e)
{
	bool hold = s->site->conf.campaign_on_unknown[0] == 'h';
	int64_t n = 0;

	if (delivery_recover(s->site->db, campaign_id, hold, &n, e) == -1)
		return -1;
	*total += n;
	return 0;
}

/* Open campaigns, and those cancelled lately: their last messages may have been on the way. */
int
sender_recover(struct sender *s, struct err *e)
{
	struct campaign *list = xcalloc(CAMPAIGNS_MAX, sizeof(*list));
	int64_t total = 0;
	int i, count, rc = -1;

	if (db_begin(s->site->db, e) == -1 || outbox_recover(s->site->db, &total, e) == -1)
		goto out;
	count = campaign_open(s->site->db, list, CAMPAIGNS_MAX, e);
	for (i = 0; i < count; i++)
		if (recover(s, list[i].id, &total, e) == -1)
			goto out;
	if (count == -1 || (count = campaign_list(s->site->db, list, CAMPAIGNS_MAX, e)) == -1)
		goto out;
	for (i = 0; i < count; i++)
		if (list[i].state == CAMPAIGN_CANCELLED && list[i].started_at && recover(s, list[i].id, &total, e) == -1)
			goto out;
	rc = db_commit(s->site->db, e);
	if (total)
		log_event(LOG_LEVEL_WARNING, "recovered", "unknown=%lld then=%s", (long long)total, s->site->conf.campaign_on_unknown);
out:
	free(list);
	return rc;
}
