/*
 * sender_record.c - results into the ledger, in the transaction of the claims that take their place.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "judge/judge.h"
#include "sender.h"
#include "store/bounce.h"
#include "store/event.h"

#define RETRY_FIRST 300 /* seconds, doubling */
#define RETRY_LAST 14400

/* When to try again after so many attempts: 5 min doubling up to 4 h, 10 % more or less, so that a crowd does not come back at once. */
int64_t
sender_retry_at(int attempts)
{
	int64_t wait = RETRY_FIRST;
	uint16_t jitter;

	while (--attempts > 0 && wait < RETRY_LAST)
		wait *= 2;
	if (wait > RETRY_LAST)
		wait = RETRY_LAST;
	secret_random(&jitter, sizeof(jitter));
	return clock_now() + wait * 9 / 10 + wait * jitter / ((int64_t)5 * 65536);
}

/* What a refusal means for the person: the address is dead, or has one point more. What we ourselves would not send says nothing of it. */
static int
hold_against(struct sender *s, const struct slot_entry *slot, const struct event *event, struct err *e)
{
	static const char source[] = "refused by the relay";
	enum judge_verdict verdict;

	if (slot->dead)
		return bounce_hard(s->site->db, event->subscriber_id, source, e);
	if (!event->rule || !judge_class(event->rule, &verdict) || verdict != JUDGE_SOFT)
		return 0;
	return bounce_soft(s->site->db, event->subscriber_id, event->campaign_id, source, e) == -1 ? -1 : 0;
}

static int
note_refusal(struct sender *s, const struct slot_entry *slot, struct err *e)
{
	struct event event = {
		.kind = "refusal",
		.class = slot->dead ? "hard" : "soft",
		.subscriber_id = slot->outbox ? slot->mail.subscriber_id : slot->claim.who.id,
		.topic_id = slot->outbox ? 0 : slot->claim.topic_id,
		.campaign_id = slot->outbox ? 0 : slot->claim.campaign_id,
		.code = slot->result.code,
		.enhanced = slot->enhanced,
		.text = slot->reply,
		.rule = slot->result.class,
	};
	struct subscriber who;
	int rc = subscriber_get(s->site->db, event.subscriber_id, &who, e);

	if (rc == -1)
		return -1;
	if (rc == 0) { /* erased in the meantime: a number, and nobody's */
		event.subscriber_id = 0;
		event.text = NULL;
	}
	if (event_add(s->site->db, &event, e) == -1)
		return -1;
	return event.subscriber_id ? hold_against(s, slot, &event, e) : 0;
}

/* Results of one turn, summed for each campaign, so that a campaign's row is written once. */
struct tallies {
	int count;
	int64_t id[CAMPAIGNS_MAX];
	struct campaign_tally tally[CAMPAIGNS_MAX];
};

static int
write_tallies(struct sender *s, struct tallies *t, struct err *e)
{
	int i;

	for (i = 0; i < t->count; i++)
		if (campaign_tally(s->site->db, t->id[i], &t->tally[i], e) == -1)
			return -1;
	t->count = 0;
	return 0;
}

/* The campaign's sum; NULL when the others could not be written to make room for it. */
static struct campaign_tally *
tally_of(struct sender *s, struct tallies *t, int64_t campaign_id, struct err *e)
{
	int i;

	for (i = 0; i < t->count; i++)
		if (t->id[i] == campaign_id)
			return &t->tally[i];
	if (t->count == CAMPAIGNS_MAX && write_tallies(s, t, e) == -1)
		return NULL;
	t->id[t->count] = campaign_id;
	memset(&t->tally[t->count], 0, sizeof(t->tally[0]));
	return &t->tally[t->count++];
}

static void
count_result(struct campaign_tally *t, enum delivery_state state)
{
	switch (state) {
	case DELIVERY_ACCEPTED: t->accepted++; break;
	case DELIVERY_DEFERRED: t->deferred++; break;
	case DELIVERY_REFUSED: t->refused++; break;
	case DELIVERY_UNKNOWN: t->unknown++; break;
	case DELIVERY_SKIPPED: t->skipped++; break;
	default: break;
	}
}

/* 1: recorded, 0: somebody else has settled it meanwhile, -1. */
static int
record_delivery(struct sender *s, struct slot_entry *slot, struct err *e)
{
	int rc = delivery_record(s->site->db, &slot->claim, &slot->result, e);

	if (rc == 1 && slot->result.state == DELIVERY_REFUSED && note_refusal(s, slot, e) == -1)
		return -1;
	return rc;
}

/* A confirmation or a welcome says as much of an address as a campaign's message, where it is dead. */
static int
record_mail(struct sender *s, struct slot_entry *slot, struct err *e)
{
	if (outbox_record(s->site->db, &slot->mail, &slot->result, e) == -1)
		return -1;
	return slot->dead && slot->mail.subscriber_id ? note_refusal(s, slot, e) : 0;
}

int
sender_record(struct sender *s, struct err *e)
{
	struct tallies tallies = { 0 };
	struct sender_count count = { 0 };
	struct campaign_tally *tally;
	struct slot_entry *slot;
	int rc;

	for (slot = s->done.head; slot; slot = slot->next) {
		if (slot->outbox) {
			if (record_mail(s, slot, e) == -1)
				return -1;
			sender_count(&count, s, slot);
			continue;
		}
		rc = record_delivery(s, slot, e);
		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		tally = tally_of(s, &tallies, slot->claim.campaign_id, e);
		if (!tally)
			return -1;
		count_result(tally, slot->result.state);
		sender_count(&count, s, slot);
	}
	if (write_tallies(s, &tallies, e) == -1 || sender_count_write(s, &count, e) == -1)
		return -1;
	return sender_erase_record(s, e);
}

/* Without the reply: its words are the relay's, which may know a name that we do not. The ledger has it, until that person is erased. */
static void
log_result(const struct slot_entry *slot)
{
	const struct delivery_result *r = &slot->result;
	const char *class = r->class && r->class[0] ? r->class : "none";

	if (r->state == DELIVERY_ACCEPTED && !slot->outbox)
		return; /* a line a message would drown what matters; the ledger has it */
	if (slot->outbox)
		log_event(LOG_LEVEL_INFO, "mail", "outbox=%lld kind=%s state=%s code=%d class=%s",
		    (long long)slot->mail.id, slot->mail.kind, delivery_state_name(r->state), r->code, class);
	else
		log_event(LOG_LEVEL_INFO, "delivery", "campaign=%lld delivery=%lld state=%s code=%d class=%s",
		    (long long)slot->claim.campaign_id, (long long)slot->claim.who.id, delivery_state_name(r->state), r->code,
		    class);
}

void
sender_recorded(struct sender *s)
{
	struct slot_entry *slot;

	sender_erase_recorded(s);
	while ((slot = slot_take(&s->done))) {
		log_result(slot);
		s->stale |= slot->result.state == DELIVERY_DEFERRED;
		sender_pace_left(s->pace, slot->domain);
		slot_free(s, slot);
	}
}
