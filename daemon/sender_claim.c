/*
 * sender_claim.c - claims: messages taken from the store into slots, to be sent once that is committed.
 *
 * The outbox goes before all campaigns; campaigns take turns.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "sender.h"

#define BATCH 64

static int
free_slot(const struct sender *s, size_t *slot)
{
	size_t i;

	for (i = 0; i < s->slots; i++)
		if (s->slot[i].state == SLOT_FREE) {
			*slot = i;
			return 0;
		}
	return -1;
}

static size_t
free_count(const struct sender *s)
{
	return s->slots - s->busy - s->ready_count - s->done;
}

static void
make_ready(struct sender *s, size_t slot, bool first)
{
	size_t at = (s->ready_head + s->ready_count) % s->slots;

	if (first)
		at = s->ready_head = (s->ready_head + s->slots - 1) % s->slots;
	s->ready[at] = slot;
	s->ready_count++;
	s->slot[slot].state = SLOT_READY;
}

static size_t
take_ready(struct sender *s)
{
	size_t slot = s->ready[s->ready_head];

	s->ready_head = (s->ready_head + 1) % s->slots;
	s->ready_count--;
	return slot;
}

static int
claim_outbox(struct sender *s, struct err *e)
{
	struct outbox_mail mail[BATCH];
	size_t want = free_count(s) < BATCH ? free_count(s) : BATCH, slot;
	int i, n = outbox_claim(s->site->db, mail, want, e);

	/* the oldest is put in last, and so stands first */
	for (i = n - 1; i >= 0; i--) {
		if (free_slot(s, &slot) == -1)
			return err_set(e, ERR_CORRUPT, "no slot is free"); /* cannot be: `want` was counted */
		s->slot[slot].outbox = s->slot[slot].fresh = true;
		s->slot[slot].mail = mail[i];
		make_ready(s, slot, true);
	}
	return n == -1 ? -1 : outbox_next_due(s->site->db, &s->outbox_due, e);
}

/* Claim at most `most` for one campaign; *n says how many. */
static int
claim_campaign(struct sender *s, struct running *r, size_t most, size_t *n, struct err *e)
{
	struct delivery_claim claims[BATCH];
	struct campaign_tally tally = { 0 };
	size_t slot;
	int64_t cursor, deadline = clock_now() + s->site->conf.campaign_deadline;
	int i, rc, count;

	*n = 0;
	/* the row as it is inside this transaction: a pause or cancel that came in between must win */
	rc = campaign_get(s->site->db, r->row.id, &r->row, e);
	if (rc != 1 || r->row.state != CAMPAIGN_SENDING)
		return rc == -1 ? -1 : 0;
	if (!sender_compiled(s, r->row.id, s->site->conf.site_language, e)) {
		/* it alone is in trouble: the outbox and the other campaigns must go on */
		log_event(LOG_LEVEL_ERROR, "campaign_held", "campaign=%lld text=%s", (long long)r->row.id, log_text(e->text));
		s->stale = true;
		return campaign_hold(s->site->db, r->row.id, e->text, e);
	}
	cursor = r->row.cursor;
	count = delivery_claim(s->site->db, &r->row, claims, most < BATCH ? most : BATCH, &tally, &r->exhausted, e);
	if (count == -1 || campaign_tally(s->site->db, r->row.id, &tally, e) == -1 ||
	    delivery_next_due(s->site->db, r->row.id, &r->next_due, e) == -1)
		return -1;
	/* whoever is reached late has as long as those before: the deadline moves along, a minute at a time */
	if (r->row.cursor != cursor && deadline >= r->row.deadline + 60) {
		if (campaign_extend(s->site->db, r->row.id, deadline, e) == -1)
			return -1;
		r->row.deadline = deadline;
	}
	for (i = 0; i < count; i++) {
		struct compiled *compiled = sender_compiled(s, r->row.id, claims[i].who.language, e);

		if (!compiled || free_slot(s, &slot) == -1)
			return -1;
		compiled->uses++;
		s->slot[slot].compiled = compiled;
		s->slot[slot].outbox = false;
		s->slot[slot].fresh = true;
		s->slot[slot].claim = claims[i];
		make_ready(s, slot, false);
	}
	*n = (size_t)count;
	return 0;
}

int
sender_claim(struct sender *s, size_t most, struct err *e)
{
	int64_t now = clock_now();
	size_t share, n;
	int idle = 0;

	if (s->outbox_due && s->outbox_due <= now && claim_outbox(s, e) == -1)
		return -1;
	while (most && free_count(s) && idle < s->campaigns) {
		struct running *r = &s->campaign[s->turn++ % s->campaigns];

		share = (most + (size_t)s->campaigns - 1) / (size_t)s->campaigns;
		if (share > free_count(s))
			share = free_count(s);
		n = 0;
		if (campaign_has_work(r, now) && claim_campaign(s, r, share, &n, e) == -1)
			return -1;
		idle = n ? 0 : idle + 1;
		most -= n;
	}
	return 0;
}

void
sender_claimed(struct sender *s)
{
	size_t i;

	for (i = 0; i < s->slots; i++)
		s->slot[i].fresh = false;
}

void
sender_unclaimed(struct sender *s)
{
	size_t n = s->ready_count, slot;
	int i;

	while (n--) {
		slot = take_ready(s);
		if (!s->slot[slot].fresh) {
			make_ready(s, slot, false); /* goes to the end as all others do: the order stays */
			continue;
		}
		if (s->slot[slot].outbox)
			buf_release(&s->slot[slot].mail.message);
		else
			s->slot[slot].compiled->uses--;
		s->slot[slot].fresh = false;
		s->slot[slot].state = SLOT_FREE;
	}
	for (i = 0; i < s->campaigns; i++)
		s->campaign[i].exhausted = s->campaign[i].over = false; /* what the rolled back transaction said is not known any more */
}

/* Take the READY slots for which `result` has an answer out of the queue, undone. */
static void
give_back(struct sender *s, size_t slot, const struct delivery_result *result)
{
	s->slot[slot].state = SLOT_BUSY;
	s->busy++;
	sender_done(s, slot, result, false, false);
}

void
sender_unclaim(struct sender *s, int64_t campaign_id)
{
	struct delivery_result undone = { .state = DELIVERY_DEFERRED, .next_at = clock_now() };
	size_t n = s->ready_count, slot;

	while (n--) {
		slot = take_ready(s);
		if (campaign_id && (s->slot[slot].outbox || s->slot[slot].claim.campaign_id != campaign_id))
			make_ready(s, slot, false);
		else
			give_back(s, slot, &undone);
	}
}

int
sender_drop_unwanted(struct sender *s, struct err *e)
{
	struct delivery_result skipped = { .state = DELIVERY_SKIPPED };
	size_t n = s->ready_count, slot;
	int wanted = 1;

	while (n--) {
		slot = take_ready(s);
		if (wanted != -1 && !s->slot[slot].outbox)
			wanted = delivery_wanted(s->site->db, &s->slot[slot].claim, e);
		if (wanted == 0 && !s->slot[slot].outbox)
			give_back(s, slot, &skipped);
		else
			make_ready(s, slot, false);
	}
	return wanted == -1 ? -1 : 0;
}
