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
#include "role.h"
#include "site/running.h"

#define CACHE_KIB 1024        /* cursor and ledger are walked in order: memory stays flat however long the list is */
#define LOOK_US 100000        /* how often the store is looked at */
#define RECORD_US 20000       /* a result waits at most so long for company */
#define RETURN_WAIT_MS 1      /* while another writer has its turn */
#define TROUBLE_US 1000000    /* after a failed write */
#define DRAIN_US 9000000      /* the parent gives 10 s */
#define HOLD_FIRST_US 1000000 /* relay trouble: doubling, up to a minute */
#define HOLD_LAST_US 60000000

const char *
sender_rcpt(const struct sender *s, size_t slot)
{
	return s->slot[slot].outbox ? s->slot[slot].mail.address : s->slot[slot].claim.who.address;
}

static struct personal_for
whose(const struct slot_entry *slot)
{
	const struct delivery_claim *c = &slot->claim;

	if (slot->outbox)
		return (struct personal_for){ .address = slot->mail.address, .outbox_id = slot->mail.id };
	return (struct personal_for){
		.address = c->who.address,
		.name = c->who.name,
		.subscriber_id = c->who.id,
		.topic_id = c->topic_id,
		.campaign_id = c->campaign_id,
	};
}

const char *
sender_mail_from(struct sender *s, size_t slot)
{
	struct personal_for person = whose(&s->slot[slot]);

	personal_sender(&s->personal, &person);
	return s->personal.sender.data;
}

bool
sender_needs_utf8(const struct sender *s, size_t slot)
{
	const char *p;

	for (p = sender_rcpt(s, slot); *p; p++)
		if ((unsigned char)*p >= 0x80)
			return true;
	return false;
}

void
sender_body(struct sender *s, size_t slot, struct buf *out)
{
	struct slot_entry *e = &s->slot[slot];
	struct personal_for person = whose(e);

	if (e->outbox) {
		buf_add(out, e->mail.message.data, e->mail.message.len);
		return;
	}
	personal_fill(&s->personal, &person);
	message_merge(e->compiled->message, &s->personal.values, out);
}

void
sender_done(struct sender *s, size_t slot, const struct delivery_result *result, bool dead, bool relay_trouble)
{
	struct slot_entry *e = &s->slot[slot];

	e->result = *result;
	e->enhanced[0] = e->reply[0] = '\0';
	if (result->enhanced)
		strncat(e->enhanced, result->enhanced, sizeof(e->enhanced) - 1);
	if (result->reply)
		strncat(e->reply, result->reply, sizeof(e->reply) - 1);
	e->result.enhanced = e->enhanced;
	e->result.reply = e->reply;
	e->dead = dead;
	e->state = SLOT_DONE;
	s->busy--;
	s->lately++;
	if (!s->done++)
		s->done_since_us = clock_mono_us();
	if (relay_trouble && clock_mono_us() >= s->hold_until_us) { /* ten connections refused at once are one trouble */
		s->hold_us = s->hold_us ? s->hold_us * 2 : HOLD_FIRST_US;
		if (s->hold_us > HOLD_LAST_US)
			s->hold_us = HOLD_LAST_US;
		s->hold_until_us = clock_mono_us() + s->hold_us;
	} else if (result->state == DELIVERY_ACCEPTED) {
		s->hold_us = 0;
	}
}

/* Hand READY slots over while the transport has room and the relay's rate allows. Returns how long until the rate does, in ms. */
static int
submit(struct sender *s)
{
	int64_t rate = s->site->conf.relay[0].rate / CONF_DAY, now = clock_mono_us();
	size_t slot, room = s->transport->room(s->t);

	while (s->ready_count && room--) {
		if (rate && now < s->next_send_us)
			return (int)((s->next_send_us - now) / 1000) + 1;
		slot = s->ready[s->ready_head];
		s->ready_head = (s->ready_head + 1) % s->slots;
		s->ready_count--;
		s->slot[slot].state = SLOT_BUSY;
		s->busy++;
		if (sender_needs_utf8(s, slot) && !s->transport->takes_utf8(s->t)) {
			struct delivery_result refused = {
				.state = DELIVERY_REFUSED,
				.reply = "the relay does not take addresses with such a local part (SMTPUTF8)",
			};

			sender_done(s, slot, &refused, false, false);
			room++;
			continue;
		}
		s->transport->submit(s->t, slot);
		if (rate)
			s->next_send_us = (now - s->next_send_us > 1000000 / rate ? now : s->next_send_us) + 1000000 / rate;
	}
	return -1;
}

/*
 * How many messages of campaigns may be claimed now. Only what will leave soon: as much as left in the last fifth of
 * a second, and what the transport has room for. Who leaves while a slow relay makes others wait is then not claimed yet.
 */
static size_t
claimable(const struct sender *s)
{
	size_t room = s->transport->room(s->t), taken = s->ready_count, most = room + s->lately + s->before;

	if (s->draining || !room || clock_mono_us() < s->hold_until_us || !sender_has_work(s))
		return 0;
	if (most > s->slots - s->busy - s->done)
		most = s->slots - s->busy - s->done;
	return most > taken ? most - taken : 0;
}

static bool
outbox_waits(const struct sender *s)
{
	return s->outbox_due && s->outbox_due <= clock_now() && !s->draining && clock_mono_us() >= s->hold_until_us &&
	    s->transport->room(s->t) && s->busy + s->done + s->ready_count < s->slots;
}

/* Is it worth a commit? Results gather for a moment, unless the transport would run dry. */
static bool
worth_writing(const struct sender *s)
{
	if (s->done && (s->draining || s->done * 2 >= s->slots || clock_mono_us() - s->done_since_us >= RECORD_US))
		return true;
	if (outbox_waits(s) || (!s->done && sender_has_ended(s)))
		return true;
	return claimable(s) > s->ready_count;
}

/* 1: written, 0: another writer's turn, -1. */
static int
write_turn(struct sender *s, struct err *e)
{
	int rc = db_try_begin(s->site->db, e);

	if (rc != 1)
		return rc;
	if (sender_record(s, e) == -1)
		goto fail;
	/* a slot is free only once its record is committed: what is recorded here is claimed over in the next turn */
	if ((outbox_waits(s) || claimable(s)) && sender_claim(s, claimable(s), e) == -1)
		goto fail;
	if (sender_end(s, e) == -1 || db_commit(s->site->db, e) == -1)
		goto fail;
	sender_claimed(s);
	sender_recorded(s);
	sender_ended(s);
	return 1;
fail:
	sender_unclaimed(s); /* results stay, to be recorded */
	db_rollback(s->site->db);
	return -1;
}

struct loop {
	int64_t version, look_at_us, trouble_until_us;
};

/* Look at the store when somebody else wrote, or we ourselves changed what is due. */
static int
look(struct sender *s, struct loop *l, struct err *e)
{
	int64_t now = clock_mono_us(), version;

	if (now < l->look_at_us)
		return 0;
	l->look_at_us = now + LOOK_US;
	s->before = s->lately;
	s->lately = 0;
	version = db_data_version(s->site->db);
	if (version == l->version && !s->stale)
		return 0;
	if (sender_look(s, e) == -1 || sender_drop_unwanted(s, e) == -1)
		return -1;
	l->version = version;
	s->stale = false;
	return 0;
}

static int
turn(struct sender *s, struct loop *l, struct err *e)
{
	int wait = (int)((l->look_at_us - clock_mono_us()) / 1000), paced, rc = 1;
	int64_t now = clock_mono_us();

	if (s->done && wait > RECORD_US / 1000)
		wait = RECORD_US / 1000;
	if (now >= l->trouble_until_us && worth_writing(s)) {
		rc = write_turn(s, e);
		wait = rc == 0 ? RETURN_WAIT_MS : 0;
		if (rc == -1)
			return -1;
	} else {
		/* what there was to write is gone: so is our place in the writers' queue, or nobody else could write */
		db_rollback(s->site->db);
	}
	paced = submit(s);
	if (paced >= 0 && paced < wait)
		wait = paced;
	s->transport->want(s->t, s->draining ? 0 : s->ready_count + (now >= s->hold_until_us && sender_has_work(s) ? s->slots : 0));
	s->transport->turn(s->t, s->stop_fd, wait < 0 ? 0 : wait);
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
	while ((s->busy || s->done) && clock_mono_us() < until) {
		l->look_at_us = clock_mono_us() + 10000;
		if (turn(s, l, &e) == -1)
			poll(NULL, 0, 100);
		s->stop_fd = -1; /* it stays readable; no need to wake up for it again */
	}
	s->transport->free(s->t); /* what is still on the way comes back as unknown */
	s->t = NULL;
	if (s->done && (db_begin(s->site->db, &e) == -1 || sender_record(s, &e) == -1 || db_commit(s->site->db, &e) == -1))
		log_event(LOG_LEVEL_ERROR, "sender", "text=%s", log_text(e.text));
	log_event(LOG_LEVEL_INFO, "drained", "in_time=%s", clock_mono_us() < until ? "yes" : "no");
}

/* After a kill of the parent an old sender may still be draining: two at once would send twice. */
static int
wait_for_turn(struct role_run *r, struct err *e)
{
	struct pollfd stop = { .fd = r->stop_fd, .events = POLLIN };
	int rc;

	while ((rc = running_claim_sender(r->site.conf.store_path, e)) == 0)
		if (poll(&stop, 1, 100) == 1)
			return 0;
	return rc;
}

static void
release(struct sender *s)
{
	size_t i;

	if (s->t)
		s->transport->free(s->t);
	for (i = 0; i < s->slots; i++)
		if (s->slot[i].state != SLOT_FREE && s->slot[i].outbox)
			buf_release(&s->slot[i].mail.message);
	for (i = 0; i < COMPILED_MAX; i++)
		message_free(s->compiled[i].message);
	personal_release(&s->personal);
	free(s->slot);
	free(s->ready);
}

int
sender_run(struct role_run *r, struct err *e)
{
	struct sender s = { .site = &r->site, .stop_fd = r->stop_fd };
	struct loop l = { .version = -1 };
	struct err trouble = ERR_INIT;
	int rc = wait_for_turn(r, e);

	if (rc != 1)
		return rc;
	if ((conf_has_relay(&r->site.conf) ? sender_relay_open : sender_folder_open)(&s, e) == -1)
		return -1;
	s.slot = xcalloc(s.slots, sizeof(*s.slot));
	s.ready = xcalloc(s.slots, sizeof(*s.ready));
	personal_init(&s.personal, &r->site.conf, r->site.links);
	db_set_cache(r->site.db, CACHE_KIB);
	rc = sender_recover(&s, e);
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
