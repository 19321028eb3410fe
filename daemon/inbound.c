/*
 * inbound.c - the role that reads what comes back: one mailbox after the other, each when its time has come.
 *
 * A mailbox in trouble is tried again after a minute at most, then after twice as long each time, up to half an hour, and keeps nobody
 * else waiting for longer than its time-out. A site without a mailbox has nothing to read: the role stays in its sandbox and waits.
 */
#include "inbound.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "role.h"
#include "store/counter.h"
#include "store/polled.h"

#define SECOND_US INT64_C(1000000)
#define BACKOFF_FIRST_US (60 * SECOND_US) /* or `every`, if that is less */
#define BACKOFF_LAST_US (1800 * SECOND_US)
#define RETURN_WAIT_MS 1 /* while another writer has its turn */
#define LOOK_MS 1000
#define STUCK_US (INT64_C(6) * 3600 * SECOND_US) /* in trouble for so long: somebody has to look */

static const char *
name_of(const struct conf_mailbox *c)
{
	return c->name[0] ? c->name : "inbound";
}

static void
tell(const struct inbound_poll *p, int64_t us)
{
	const struct inbound_tally *t = &p->tally;
	const int64_t *n = t->outcome;

	if (!t->messages)
		return;
	log_event(LOG_LEVEL_INFO, "inbound",
	    "mailbox=%s messages=%lld hard=%lld soft=%lld complaints=%lld unsubscribed=%lld doubted=%lld forwarded=%lld left=%lld unreadable=%lld "
	    "again=%lld ms=%lld",
	    p->name, (long long)t->messages, (long long)n[INBOUND_HARD], (long long)n[INBOUND_SOFT], (long long)n[INBOUND_COMPLAINT],
	    (long long)n[INBOUND_UNSUBSCRIBED], (long long)n[INBOUND_DOUBTED], (long long)n[INBOUND_FORWARDED],
	    (long long)n[INBOUND_LEFT], (long long)n[INBOUND_UNREADABLE], (long long)n[INBOUND_AGAIN], (long long)(us / 1000));
}

/* For `newsletter status` and the metrics; a store in trouble hears of it at the next failure. */
static void
record_failure(struct inbound_poll *p, bool stuck)
{
	struct db *db = p->site->db;
	struct err e = ERR_INIT;

	if (inbound_begin(p, &e) == -1)
		return;
	if (polled_badly(db, p->conf->name, clock_now(), &e) == -1 || counter_add(db, "inbound_failures", 1, &e) == -1 ||
	    (stuck && counter_add(db, "inbound_stuck", 1, &e) == -1) || db_commit(db, &e) == -1)
		db_rollback(db);
}

bool
inbound_round_failed(struct inbound_round *m, int64_t now_us)
{
	int64_t every_us = m->conf->every * SECOND_US, first_us = every_us < BACKOFF_FIRST_US ? every_us : BACKOFF_FIRST_US;
	bool was_stuck = m->stuck;

	if (!m->since_us)
		m->since_us = now_us;
	m->backoff_us = m->backoff_us ? m->backoff_us * 2 : first_us;
	if (m->backoff_us > BACKOFF_LAST_US)
		m->backoff_us = BACKOFF_LAST_US;
	m->next_us = now_us + m->backoff_us;
	m->stuck = now_us - m->since_us >= STUCK_US;
	return m->stuck && !was_stuck;
}

void
inbound_round_went_well(struct inbound_round *m, int64_t begun_us, int64_t now_us, bool more)
{
	m->backoff_us = m->since_us = 0;
	m->stuck = false;
	m->next_us = more ? now_us : begun_us + m->conf->every * SECOND_US;
}

static void
on_failure(struct inbound_round *m, struct inbound_poll *p, const struct err *e)
{
	int64_t now_us = clock_mono_us();
	bool stuck = inbound_round_failed(m, now_us);

	log_event(m->stuck ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "mailbox",
	    "mailbox=%s again_in_ms=%lld trouble_for_s=%lld text=%s", p->name,
	    (long long)(m->backoff_us / 1000), (long long)((now_us - m->since_us) / SECOND_US), log_text(e->text));
	record_failure(p, stuck);
}

static void
poll_one(struct role_run *r, struct inbound_round *m)
{
	struct inbound_poll p = {
		.site = &r->site,
		.conf = m->conf,
		.pulse = &r->pulse,
		.stop_fd = r->stop_fd,
		.name = name_of(m->conf),
		.suspect = m->suspect,
	};
	struct err e = ERR_INIT;
	int64_t begun = clock_mono_us();
	int rc = inbound_poll(&p, &e);

	tell(&p, clock_mono_us() - begun);
	if (rc == -1) {
		if (!role_stopping(r)) /* else that is why */
			on_failure(m, &p, &e);
		return;
	}
	if (m->since_us)
		log_event(LOG_LEVEL_INFO, "mailbox", "mailbox=%s text=%s", p.name, log_text("it is in order again"));
	inbound_round_went_well(m, begun, clock_mono_us(), p.more);
}

static struct inbound_round *
next_of(struct inbound_round *round, int n)
{
	struct inbound_round *first = &round[0];
	int i;

	for (i = 1; i < n; i++)
		if (round[i].next_us < first->next_us)
			first = &round[i];
	return first;
}

/* 1: told to stop. Shows that it lives meanwhile. */
static int
wait_until(struct role_run *r, int64_t when_us)
{
	struct pollfd stop = { .fd = r->stop_fd, .events = POLLIN };
	int64_t left;
	int ms;

	do {
		left = when_us - clock_mono_us();
		ms = pulse_turn(&r->pulse, r->site.db) ? RETURN_WAIT_MS : LOOK_MS;
		if (left < ms * INT64_C(1000))
			ms = left < 0 ? 0 : (int)(left / 1000) + 1;
		if (poll(&stop, 1, ms) == 1)
			return 1;
	} while (left > 0);
	db_rollback(r->site.db); /* the place among those who want to write, if the pulse still had one */
	return 0;
}

int
inbound_run(struct role_run *r, struct err *e)
{
	const struct conf *c = &r->site.conf;
	struct inbound_round round[CONF_MAILBOXES_MAX] = { 0 }, *m;
	struct reading was;
	int i;

	if (c->mailboxes < 1) {
		role_ready(r);
		log_event(LOG_LEVEL_INFO, "idle", "text=%s", log_text("no mailbox to read is configured"));
		wait_until(r, INT64_MAX);
		return 0;
	}
	for (i = 0; i < c->mailboxes; i++) {
		if (reading_get(r->site.db, c->mailbox[i].name, &was, e) == -1)
			return -1;
		/* the one in which the last life ended goes last: it may end this one, too */
		round[i] = (struct inbound_round){ .conf = &c->mailbox[i], .next_us = clock_mono_us() + i };
		if (was.interrupted)
			round[i].next_us += CONF_MAILBOXES_MAX;
	}
	role_ready(r);
	for (;;) {
		m = next_of(round, c->mailboxes);
		if (wait_until(r, m->next_us) == 1)
			return 0;
		if (clock_mono_us() >= m->next_us)
			poll_one(r, m);
	}
}
