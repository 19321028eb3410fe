/*
 * sender_claim.c - claims: messages taken from the store into slots, to be sent once that is committed.
 *
 * The outbox goes before all campaigns; campaigns take turns. Claimed is only
 * what will leave soon (lane_capacity): who leaves the list while a slow relay makes
 * others wait is then not claimed yet. Who belongs to a mail domain whose turn
 * is far off is put back at once, with a time to come again.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "sender.h"

#define BATCH 64

/* The ledger holds at most s->most claims; what this transaction records is none any more, though its slot is taken until the commit. */
static size_t
budget(const struct sender *s)
{
	size_t claimed = s->used - s->done.count;

	return claimed < s->most ? s->most - claimed : 0;
}

static int
claim_outbox(struct sender *s, struct err *e)
{
	struct outbox_mail mail[BATCH];
	int i, n = outbox_claim(s->site->db, mail, budget(s) < BATCH ? budget(s) : BATCH, e);

	for (i = 0; i < n; i++) {
		struct slot_entry *slot = slot_new(s);

		slot->outbox = true;
		slot->mail = mail[i];
		slot->lane = &s->lane[0];
		slot->lane->fresh++;
		slot_push(&s->fresh, slot);
	}
	return n == -1 ? -1 : outbox_next_due(s->site->db, &s->outbox_due, e);
}

/* Put one claim into a slot. */
static int
fill_slot(struct sender *s, const struct running *r, const struct delivery_claim *claim, struct err *e)
{
	struct compiled *compiled = sender_compiled(s, r->row.id, claim->who.language, e);
	struct slot_entry *slot;

	if (!compiled)
		return -1;
	compiled->uses++;
	slot = slot_new(s);
	slot->compiled = compiled;
	slot->claim = *claim;
	slot->lane = r->lane;
	slot->lane->fresh++;
	slot_push(&s->fresh, slot);
	return 0;
}

/* It alone is in trouble: the outbox and the other campaigns must go on. */
static int
hold(struct sender *s, int64_t campaign_id, struct err *e)
{
	char reason[201];

	log_event(LOG_LEVEL_ERROR, "campaign_held", "campaign=%lld text=%s", (long long)campaign_id, log_text(e->text));
	s->stale = true;
	snprintf(reason, sizeof(reason), "%.200s", e->text);
	return campaign_hold(s->site->db, campaign_id, reason, e);
}

/* Claim at most `most` for one campaign; *n says how many. */
static int
claim_campaign(struct sender *s, struct running *r, size_t most, size_t *n, struct err *e)
{
	struct delivery_claim claims[BATCH];
	struct campaign_tally tally = { 0 };
	int64_t cursor, deadline = clock_now() + s->site->conf.campaign_deadline;
	int i, rc, count;

	*n = 0;
	/* the row as it is inside this transaction: a pause or cancel that came in between must win */
	rc = campaign_get(s->site->db, r->row.id, &r->row, e);
	if (rc != 1 || r->row.state != CAMPAIGN_SENDING)
		return rc == -1 ? -1 : 0;
	if (!sender_compiled(s, r->row.id, s->site->conf.site_language, e))
		return hold(s, r->row.id, e);
	cursor = r->row.cursor;
	count = delivery_claim(s->site->db, &r->row, claims, most < BATCH ? most : BATCH, &tally, &r->exhausted, e);
	if (count == -1 && r->row.segment[0] && e->code == ERR_USAGE)
		return hold(s, r->row.id, e);
	if (count == -1 || campaign_tally(s->site->db, r->row.id, &tally, e) == -1 ||
	    delivery_next_due(s->site->db, r->row.id, &r->next_due, e) == -1)
		return -1;
	/* whoever is reached late has as long as those before: the deadline moves along, a minute at a time */
	if (r->row.cursor != cursor && deadline >= r->row.deadline + 60) {
		if (campaign_extend(s->site->db, r->row.id, deadline, e) == -1)
			return -1;
		r->row.deadline = deadline;
	}
	for (i = 0; i < count; i++)
		if (fill_slot(s, r, &claims[i], e) == -1)
			return -1;
	*n = (size_t)count;
	return 0;
}

/* How many more of its messages should wait. */
static size_t
wanted(const struct sender *s, const struct running *r, int64_t now)
{
	size_t capacity, waiting;

	if (!campaign_has_work(r, now))
		return 0;
	capacity = lane_capacity(s, r->lane);
	waiting = lane_waiting(s, r->lane);
	return capacity > waiting ? capacity - waiting : 0;
}

static bool
outbox_waits(const struct sender *s)
{
	return s->outbox_due && s->outbox_due <= clock_now() && lane_capacity(s, &s->lane[0]) > s->outbox.count;
}

bool
sender_can_claim(const struct sender *s)
{
	int64_t now = clock_now();
	int i;

	if (s->draining || !budget(s))
		return false;
	if (outbox_waits(s))
		return true;
	/* a commit is worth it when it doubles what waits */
	for (i = 0; i < s->campaigns; i++)
		if (wanted(s, &s->campaign[i], now) > s->campaign[i].lane->ready.count)
			return true;
	return false;
}

int
sender_claim(struct sender *s, struct err *e)
{
	int64_t now = clock_now(), began = clock_mono_us();
	size_t share, n, most;
	int idle = 0;

	if (s->draining)
		return 0;
	if (outbox_waits(s) && budget(s) && claim_outbox(s, e) == -1)
		return -1;
	/* in time for whoever waits to write: campaigns whose segments are searched take longer than others */
	while (budget(s) && idle < s->campaigns && clock_mono_us() - began < s->turn_us) {
		struct running *r = &s->campaign[s->turn++ % s->campaigns];

		n = 0;
		most = wanted(s, r, now);
		share = (most + (size_t)s->campaigns - 1) / (size_t)s->campaigns;
		if (share > budget(s))
			share = budget(s);
		if (share && claim_campaign(s, r, share, &n, e) == -1)
			return -1;
		idle = n ? 0 : idle + 1;
	}
	return 0;
}

bool
sender_parked(struct sender *s, struct slot_entry *slot)
{
	struct outcome later = { .result = { .state = DELIVERY_DEFERRED, .not_tried = true } };

	if (slot->outbox || !sender_pace_park(s->pace, slot->domain, clock_mono_us(), clock_now(), &later.result.next_at))
		return false;
	sender_done(s, slot, &later);
	/* at once, and not with its record: the next one of the domain is asked before that */
	sender_pace_left(s->pace, slot->domain);
	slot->domain = -1;
	return true;
}

void
sender_claimed(struct sender *s)
{
	struct slot_entry *slot;

	while ((slot = slot_take(&s->fresh))) {
		slot->lane->fresh--;
		slot->domain = sender_pace_domain(s->pace, sender_rcpt(slot)); /* not before: a claim may be rolled back */
		if (!sender_parked(s, slot))
			slot_push(slot->outbox ? &s->outbox : &slot->lane->ready, slot);
	}
}

void
sender_unclaimed(struct sender *s)
{
	struct slot_entry *slot;
	int i;

	while ((slot = slot_take(&s->fresh))) {
		slot->lane->fresh--;
		slot_free(s, slot);
	}
	for (i = 0; i < s->campaigns; i++)
		s->campaign[i].exhausted = s->campaign[i].over = false; /* what the rolled back transaction said is not known any more */
}

/* Take what waits in a list through `keep`: those it refuses have been given back. */
static void
sift(struct sender *s, struct slot_list *l, bool (*keep)(struct sender *s, struct slot_entry *slot, void *ctx), void *ctx)
{
	size_t n = l->count;

	while (n--) {
		struct slot_entry *slot = slot_take(l);

		if (keep(s, slot, ctx))
			slot_push(l, slot);
	}
}

static void
sift_all(struct sender *s, bool (*keep)(struct sender *s, struct slot_entry *slot, void *ctx), void *ctx)
{
	size_t n;
	int i;

	sift(s, &s->outbox, keep, ctx);
	for (i = 0; i < s->lanes; i++)
		sift(s, &s->lane[i].ready, keep, ctx);
	for (i = 0; i < s->relays; i++)
		sift(s, &s->relay[i].signed_, keep, ctx);
	for (n = 0; s->signing && n < 2 * s->most; n++) /* the threads' are in no list */
		s->slot[n].recalled = s->slot[n].relay && !s->slot[n].busy && !s->slot[n].job;
}

static bool
keep_others(struct sender *s, struct slot_entry *slot, void *ctx)
{
	const struct outcome undone = { .result = { .state = DELIVERY_DEFERRED, .next_at = clock_now(), .not_tried = true } };
	const int64_t *campaign_id = ctx;

	if (*campaign_id && (slot->outbox || slot->claim.campaign_id != *campaign_id))
		return true;
	sender_done(s, slot, &undone);
	return false;
}

void
sender_unclaim(struct sender *s, int64_t campaign_id)
{
	sift_all(s, keep_others, &campaign_id);
}

void
sender_unclaim_lane(struct sender *s, struct lane *l)
{
	int64_t all = 0;

	if (l == &s->lane[0])
		sift(s, &s->outbox, keep_others, &all);
	sift(s, &l->ready, keep_others, &all);
}

struct drop {
	int wanted;
	struct err *e;
};

static bool
keep_wanted(struct sender *s, struct slot_entry *slot, void *ctx)
{
	const struct outcome skipped = { .result = { .state = DELIVERY_SKIPPED, .not_tried = true } };
	struct drop *d = ctx;

	if (d->wanted == -1)
		return true;
	if (slot->outbox)
		d->wanted = outbox_wanted(s->site->db, slot->mail.id, d->e);
	else
		d->wanted = delivery_wanted(s->site->db, &slot->claim, d->e);
	if (d->wanted == 0)
		sender_done(s, slot, &skipped);
	return d->wanted != 0;
}

int
sender_drop_unwanted(struct sender *s, struct err *e)
{
	struct drop d = { 1, e };

	sift_all(s, keep_wanted, &d);
	return d.wanted == -1 ? -1 : 0;
}

bool
sender_keeps(struct sender *s, struct slot_entry *slot)
{
	struct err unread = ERR_INIT; /* a store that cannot be read is told of by the next turn */
	struct drop d = { 1, &unread };
	int64_t all = 0;

	if (!slot->outbox && !campaign_followed(s, slot->claim.campaign_id))
		return keep_others(s, slot, &all);
	if (!keep_wanted(s, slot, &d))
		return false;
	return d.wanted == 1 || keep_others(s, slot, &all);
}
