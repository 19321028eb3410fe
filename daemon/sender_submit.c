/*
 * sender_submit.c - what waits is handed over: the outbox first, then the lanes in turn.
 *
 * A message that its recipient's domain holds back lets those behind it pass.
 * Where a relay's mail is signed, the message is merged and given to a worker
 * thread first, and handed over when it comes back.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "sender.h"
#include "sender_sign.h"

#define SIGN_AGAIN 60 /* seconds */

enum sent {
	SENT,
	PARKED,      /* its domain has become so slow that it went back */
	PASSED_OVER, /* its domain's turn has not come */
	NO_ROOM      /* no relay takes any of its lane now */
};

static void
sooner(int64_t *wait_us, int64_t us)
{
	if (us > 0 && (*wait_us < 0 || us < *wait_us))
		*wait_us = us;
}

static void
take(struct sender *s, struct relay *r, struct slot_entry *e)
{
	e->relay = r;
	e->busy = true;
	r->busy++;
	s->busy++;
}

static void
hand_over(struct sender *s, struct relay *r, struct slot_entry *e)
{
	take(s, r, e);
	sender_pace_take(s->pace, r->index, e->job ? -1 : e->domain, clock_mono_us());
	r->transport->submit(r->t, e);
}

/* The relay does not take such a local part: the person is refused, for a reason that staff can read. */
static void
refuse_utf8(struct sender *s, struct relay *r, struct slot_entry *e)
{
	struct outcome refused = {
		.result = {
		    .state = DELIVERY_REFUSED,
		    .reply = "the relay does not take addresses with such a local part (SMTPUTF8)",
		    .class = "no-smtputf8",
		},
		.pace = PACE_NONE,
	};

	take(s, r, e);
	sender_done(s, e, &refused);
}

static bool
start_signing(struct sender *s, struct relay *r, struct slot_entry *e)
{
	struct buf *bytes = signers_begin(s->signers, (uint64_t)(e - s->slot), r->dkim);

	if (!bytes)
		return false;
	sender_merge(s, e, bytes);
	e->relay = r;
	r->signing++;
	s->signing++;
	sender_pace_take(s->pace, -1, e->domain, clock_mono_us()); /* its domain's turn is used, the relay's comes when it is signed */
	signers_submit(s->signers);
	return true;
}

static enum sent
send_one(struct sender *s, struct lane *lane, struct slot_entry *e, int64_t *wait_us)
{
	int64_t wait = sender_pace_domain_wait_us(s->pace, e->domain, clock_mono_us());
	struct relay *r;

	if (wait > 0 && sender_parked(s, e))
		return PARKED;
	if (wait > 0) {
		sooner(wait_us, wait);
		return PASSED_OVER;
	}
	r = lane_relay(s, lane, wait_us);
	if (!r)
		return NO_ROOM;
	if (sender_needs_utf8(e) && !r->transport->takes_utf8(r->t))
		refuse_utf8(s, r, e);
	else if (!r->dkim)
		hand_over(s, r, e);
	else if (!start_signing(s, r, e))
		return NO_ROOM; /* the threads have enough */
	relay_took(r);
	return SENT;
}

static void
send_list(struct sender *s, struct lane *lane, struct slot_list *list, int64_t *wait_us)
{
	struct slot_list passed = { 0 };
	struct slot_entry *e;
	enum sent sent = SENT;

	while (sent != NO_ROOM && (e = slot_take(list))) {
		sent = send_one(s, lane, e, wait_us);
		if (sent == PASSED_OVER)
			slot_push(&passed, e);
		else if (sent == NO_ROOM)
			slot_push_first(list, e);
	}
	slot_join(&passed, list);
	*list = passed;
}

/* What is signed goes before what is not yet. The relay is asked again: it may be another host's connection that has room now. */
static void
send_signed(struct sender *s, struct relay *r, int64_t *wait_us)
{
	struct slot_entry *e;
	int64_t wait, now = clock_mono_us();

	while (r->signed_.count && relay_works(r, now) && r->transport->room(r->t)) {
		wait = sender_pace_relay_wait_us(s->pace, r->index, now);
		sooner(wait_us, wait);
		if (wait > 0)
			return;
		e = slot_take(&r->signed_);
		if (sender_needs_utf8(e) && !r->transport->takes_utf8(r->t))
			refuse_utf8(s, r, e);
		else
			hand_over(s, r, e);
		now = clock_mono_us();
	}
}

void
sender_unsign(struct sender *s, struct slot_entry *e)
{
	if (e->job)
		signers_release(s->signers, e->job);
	e->job = NULL;
}

int64_t
sender_submit(struct sender *s)
{
	int64_t wait_us = -1;
	int i;

	for (i = 0; i < s->relays; i++)
		send_signed(s, &s->relay[i], &wait_us);
	send_list(s, &s->lane[0], &s->outbox, &wait_us);
	for (i = 0; i < s->lanes; i++) {
		struct lane *lane = &s->lane[(s->lane_turn + i) % s->lanes];

		send_list(s, lane, &lane->ready, &wait_us);
	}
	s->lane_turn = (s->lane_turn + 1) % s->lanes;
	return wait_us;
}

/* It goes back unsent: the daemon stops, or the signature could not be made, and what is to be signed never leaves without. */
static void
give_back(struct sender *s, struct slot_entry *e, const char *failed)
{
	struct outcome o = { .result = { .state = DELIVERY_DEFERRED, .next_at = clock_now(), .not_tried = true } };

	if (failed) {
		o.result.next_at += SIGN_AGAIN;
		o.result.reply = failed;
		o.result.class = "not-signed";
		o.hold = SIGN_AGAIN;
		relay_heard(e->relay, &o); /* the next one would fail too */
	}
	sender_done(s, e, &o);
}

void
sender_signed(struct sender *s)
{
	struct sign_job *job;
	uint64_t tag;

	while (s->signers && (job = signers_take(s->signers, &tag))) {
		struct slot_entry *e = &s->slot[tag];

		e->job = job;
		e->relay->signing--;
		s->signing--;
		if (s->draining || sign_job_failed(job))
			give_back(s, e, sign_job_failed(job));
		else if (!e->recalled || sender_keeps(s, e)) /* mail that somebody waits for overtakes, here too */
			(e->outbox ? slot_push_first : slot_push)(&e->relay->signed_, e);
	}
}
