/*
 * sender.c - the role that sends: the outbox first, then campaigns by cursor and ledger.
 *
 * One turn of the loop: let the transport work; then, when there is enough to
 * write, one transaction that records results and claims what takes their
 * place; then hand the claims over. Nothing touches the wire before its claim
 * is committed, nothing is claimed while the transport has no connection.
 */
#include "sender.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "mail/smtp.h"
#include "role.h"
#include "sender_sign.h"

#define TURN_US 10000       /* of claims, in time for whoever waits to write */
#define CACHE_KIB 512       /* cursor and ledger are walked in order: memory stays flat however long the list is */
#define LOOK_US 100000      /* how often the store is looked at */
#define RECORD_US 50000     /* a result waits at most so long for company */
#define RETURN_WAIT_US 1000 /* while another writer has its turn */
#define TROUBLE_US 1000000  /* after a failed write */
#define DRAIN_US 9000000    /* the parent gives 10 s */

const char *
sender_rcpt(const struct slot_entry *e)
{
	return e->outbox ? e->mail.address : e->claim.who.address;
}

static struct personal_for
whose(const struct slot_entry *e)
{
	const struct delivery_claim *c = &e->claim;

	if (e->outbox)
		return (struct personal_for){ .address = e->mail.address, .outbox_id = e->mail.id };
	return (struct personal_for){
		.address = c->who.address,
		.name = c->who.name,
		.subscriber_id = c->who.id,
		.topic_id = c->topic_id,
		.campaign_id = c->campaign_id,
	};
}

const char *
sender_mail_from(struct sender *s, const struct slot_entry *e)
{
	struct personal_for person = whose(e);

	personal_sender(&s->personal, &person); /* in either case: ENVID is made with it */
	if (e->relay && e->relay->conf && !e->relay->conf->verp)
		return s->site->conf.mail_from;
	return s->personal.sender.data;
}

bool
sender_needs_utf8(const struct slot_entry *e)
{
	const char *p;

	for (p = sender_rcpt(e); *p; p++)
		if ((unsigned char)*p >= 0x80)
			return true;
	return false;
}

size_t
sender_size(const struct slot_entry *e)
{
	if (e->job)
		return sign_job_size(e->job);
	return e->outbox ? e->mail.message.len : e->compiled->size;
}

void
sender_merge(struct sender *s, const struct slot_entry *e, struct buf *out)
{
	struct personal_for person = whose(e);

	if (e->outbox) {
		buf_add(out, e->mail.message.data, e->mail.message.len);
		return;
	}
	personal_fill(&s->personal, &person, e->compiled->message);
	message_merge(e->compiled->message, &s->personal.values, out);
}

void
sender_body(struct sender *s, struct slot_entry *e, struct buf *out)
{
	if (!e->job) {
		sender_merge(s, e, out);
		return;
	}
	sign_job_put(e->job, out);
	sender_unsign(s, e);
}

void
sender_done(struct sender *s, struct slot_entry *e, const struct outcome *o)
{
	e->result = o->result;
	e->enhanced[0] = e->reply[0] = '\0';
	if (o->result.enhanced)
		strncat(e->enhanced, o->result.enhanced, sizeof(e->enhanced) - 1);
	if (o->result.reply)
		strncat(e->reply, o->result.reply, sizeof(e->reply) - 1);
	e->result.enhanced = e->enhanced;
	e->result.reply = e->reply;
	e->dead = o->dead;
	sender_unsign(s, e);
	if (e->busy) {
		s->busy--;
		e->relay->busy--;
		relay_heard(e->relay, o);
		sender_pace_reply(s->pace, e->relay->index, e->domain, sender_rcpt(e), o->pace, clock_mono_us());
	}
	e->busy = false;
	if (!s->done.count)
		s->done_since_us = clock_mono_us();
	slot_push(&s->done, e);
}

/* Is it worth a commit? Results gather for a moment, unless nothing else is under way or the transport would run dry. */
static bool
worth_writing(const struct sender *s)
{
	size_t done = s->done.count;

	if (done && (s->draining || done == s->used || done * 4 >= s->most * 3 || clock_mono_us() - s->done_since_us >= RECORD_US))
		return true;
	if (pulse_due(s->pulse))
		return true;
	if ((sender_waits(s) && sender_pace_wants_save(s->pace, clock_mono_us())) || sender_pace_has_news(s->pace, clock_mono_us()))
		return true;
	return (!done && sender_has_ended(s)) || s->erased_count || sender_can_claim(s);
}

static int
save_pace(struct sender *s, struct err *e)
{
	return sender_pace_save(s->pace, s->site->db, clock_mono_us(), clock_now(), e);
}

/* 1: written, 0: another writer's turn, -1. */
static int
write_turn(struct sender *s, struct err *e)
{
	int rc = db_try_begin(s->site->db, e);
	bool pulse = pulse_due(s->pulse);

	if (rc != 1)
		return rc;
	if (sender_record(s, e) == -1 || sender_claim(s, e) == -1 || save_pace(s, e) == -1 || sender_end(s, e) == -1 ||
	    (pulse && pulse_write(s->pulse, s->site->db, e) == -1) || db_commit(s->site->db, e) == -1) {
		if (pulse)
			pulse_failed(s->pulse);
		sender_unclaimed(s); /* results stay, to be recorded */
		db_rollback(s->site->db);
		return -1;
	}
	if (pulse)
		pulse_written(s->pulse);
	sender_pace_saved(s->pace);
	sender_recorded(s);
	sender_claimed(s);
	sender_ended(s);
	return 1;
}

struct loop {
	int64_t version, look_at_us, trouble_until_us;
};

/* Look at the store when somebody else wrote, or we ourselves changed what is due. */
static int
look(struct sender *s, struct loop *l, struct err *e)
{
	int64_t now = clock_mono_us(), version;
	bool news;

	if (now < l->look_at_us)
		return 0;
	l->look_at_us = now + LOOK_US;
	sender_route_tick(s);
	sender_look_at_windows(s);
	version = db_data_version(s->site->db);
	news = version != l->version;
	if (news || s->stale) {
		if (sender_look(s, e) == -1 || sender_drop_unwanted(s, e) == -1)
			return -1;
		l->version = version;
		s->stale = false;
	}
	sender_erase(s, news);
	return 0;
}

/* Let the transports work, until something happens or it is time. */
static void
wait_for_relays(struct sender *s, int64_t wait_us)
{
	struct pollfd extra[2] = { { .fd = s->stop_fd, .events = POLLIN } };
	size_t n = 1;

	if (s->signers)
		extra[n++] = (struct pollfd){ .fd = signers_fd(s->signers), .events = POLLIN };
	sender_want(s);
	smtp_hub_turn(s->hub, extra, n, wait_us < 0 ? 0 : wait_us);
	sender_signed(s);
}

static int
turn(struct sender *s, struct loop *l, struct err *e)
{
	int64_t now = clock_mono_us(), wait_us = l->look_at_us - now, paced;
	int rc = 1;

	if (s->done.count && wait_us > RECORD_US)
		wait_us = RECORD_US;
	if (now >= l->trouble_until_us && worth_writing(s)) {
		rc = write_turn(s, e);
		wait_us = rc == 0 ? RETURN_WAIT_US : 0;
		if (rc == -1)
			return -1;
	} else {
		/* what there was to write is gone: so is our place in the writers' queue, or nobody else could write */
		db_rollback(s->site->db);
	}
	paced = sender_submit(s);
	if (paced >= 0 && paced < wait_us)
		wait_us = paced;
	wait_for_relays(s, wait_us);
	return 0;
}

/* Told to stop: claims that never left go back, the rest gets its replies until the time is over. */
static void
drain(struct sender *s, struct loop *l)
{
	int64_t until = clock_mono_us() + DRAIN_US;
	struct err e = ERR_INIT;

	s->draining = true;
	sender_unclaim(s, 0);
	while ((s->busy || s->signing || s->done.count) && clock_mono_us() < until) {
		l->look_at_us = clock_mono_us() + 10000;
		if (turn(s, l, &e) == -1)
			poll(NULL, 0, 100);
		s->stop_fd = -1; /* it stays readable; no need to wake up for it again */
	}
	sender_route_close(s); /* what is still on the way comes back as unknown */
	sender_pace_settle(s->pace);
	if (db_begin(s->site->db, &e) == -1 || sender_record(s, &e) == -1 || save_pace(s, &e) == -1 || db_commit(s->site->db, &e) == -1)
		log_event(LOG_LEVEL_ERROR, "sender", "text=%s", log_text(e.text));
	log_event(LOG_LEVEL_INFO, "drained", "in_time=%s", clock_mono_us() < until ? "yes" : "no");
}

static void
release(struct sender *s)
{
	size_t i;

	sender_route_close(s);
	sender_keys_close(s);
	smtp_hub_free(s->hub);
	sender_pace_free(s->pace);
	for (i = 0; i < COMPILED_MAX; i++)
		message_free(s->compiled[i].message);
	slots_release(s);
	personal_release(&s->personal);
}

static int
open_all(struct sender *s, struct err *e)
{
	s->hub = smtp_hub_new();
	if (window_parse(&s->window, s->site->conf.campaign_promotion_window, e) == -1 || sender_route_open(s, e) == -1)
		return -1;
	s->turn_us = TURN_US;
	s->pace = sender_limits(&s->site->conf, s->most);
	if (sender_pace_load(s->pace, s->site->db, clock_mono_us(), clock_now(), e) == -1)
		return -1;
	slots_init(s);
	s->pulse->write = sender_note_relays;
	s->pulse->ctx = s;
	personal_init(&s->personal, &s->site->conf, s->site->links);
	db_set_cache(s->site->db, CACHE_KIB);
	s->checkpoint_us = 1; /* an earlier sender may have ended between an erasure and its checkpoint */
	return sender_recover(s, e);
}

int
sender_check(struct role_run *r, struct err *e)
{
	struct sender s = { .site = &r->site, .stop_fd = -1 };
	int rc;

	s.hub = smtp_hub_new();
	rc = window_parse(&s.window, s.site->conf.campaign_promotion_window, e);
	if (rc == 0)
		rc = sender_route_open(&s, e);
	release(&s);
	return rc;
}

int
sender_run(struct role_run *r, struct err *e)
{
	struct sender s = { .site = &r->site, .stop_fd = r->stop_fd, .pulse = &r->pulse };
	struct loop l = { .version = -1 };
	struct err trouble = ERR_INIT;
	int rc = open_all(&s, e);

	if (rc == 0)
		role_ready(r);
	while (rc == 0 && !role_stopping(r)) {
		if (look(&s, &l, &trouble) == -1 || turn(&s, &l, &trouble) == -1) {
			log_event(LOG_LEVEL_ERROR, "sender", "text=%s", log_text(trouble.text));
			l.trouble_until_us = clock_mono_us() + TROUBLE_US;
			l.look_at_us = l.trouble_until_us;
			l.version = -1;
		}
	}
	if (rc == 0)
		drain(&s, &l);
	release(&s);
	return rc;
}
