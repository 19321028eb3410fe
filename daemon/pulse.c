/* pulse.c - see pulse.h. */
#include "pulse.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "sandbox.h"
#include "store/counter.h"
#include "store/db.h"

#define BEAT_US (INT64_C(1000000) * ROLE_BEAT)
#define END_WAIT_MS 1000
#define PATIENCE_US 5000000 /* who waits so long for the turn gives up the place in the queue */

void
pulse_init(struct pulse *p, const char *role, int64_t deaths)
{
	*p = (struct pulse){ .deaths = deaths };
	snprintf(p->row.name, sizeof(p->row.name), "%s", role);
	snprintf(p->row.version, sizeof(p->row.version), "%s", NEWSLETTER_VERSION);
	p->row.pid = getpid();
	p->row.started_at = clock_now();
}

void
pulse_sandbox(struct pulse *p, const struct sandbox *s)
{
	p->row.landlock = s->landlock;
	p->row.seccomp = s->seccomp;
	p->row.uid = getuid();
}

bool
pulse_due(const struct pulse *p)
{
	return clock_mono_us() >= p->next_us;
}

int
pulse_write(struct pulse *p, struct db *db, struct err *e)
{
	struct histogram fresh;
	char commits[COUNTER_NAME];

	snprintf(commits, sizeof(commits), "commit:%s", p->row.name);
	p->row.seen_at = clock_now();
	p->writing = *db_commits(db);
	fresh = histogram_since(&p->writing, &p->written);
	if (role_beat(db, &p->row, e) == -1)
		return -1;
	if (p->deaths && counter_add_to(db, p->deaths, e, "role_restarts", p->row.name, COUNTER_END) == -1)
		return -1;
	if (counter_add_histogram(db, commits, &fresh, e) == -1)
		return -1;
	return p->write ? p->write(p->ctx, db, e) : 0;
}

void
pulse_written(struct pulse *p)
{
	p->next_us = clock_mono_us() + BEAT_US;
	p->asked_us = p->deaths = 0;
	p->written = p->writing;
	if (p->wrote)
		p->wrote(p->ctx);
}

void
pulse_failed(struct pulse *p)
{
	p->next_us = clock_mono_us() + BEAT_US;
	p->asked_us = 0;
}

static void
fail(struct pulse *p, struct db *db, const struct err *e)
{
	db_rollback(db);
	pulse_failed(p);
	log_event(LOG_LEVEL_ERROR, "pulse", "reason=%s", log_text(e->text));
}

bool
pulse_turn(struct pulse *p, struct db *db)
{
	struct err e = ERR_INIT;
	int rc;

	if (!pulse_due(p))
		return false;
	if (!p->asked_us)
		p->asked_us = clock_mono_us();
	rc = db_try_begin(db, &e);
	if (rc == 1 && pulse_write(p, db, &e) == 0 && db_commit(db, &e) == 0) {
		pulse_written(p);
		return false;
	}
	if (rc == 0 && clock_mono_us() - p->asked_us < PATIENCE_US)
		return true;
	if (rc == 0)
		err_set(&e, ERR_BUSY, "the store is locked by another program: nothing can be written");
	fail(p, db, &e);
	return false;
}

void
pulse_end(struct pulse *p, struct db *db)
{
	struct err e = ERR_INIT;

	db_set_wait(db, END_WAIT_MS);
	if (db_begin(db, &e) == 0 && pulse_write(p, db, &e) == 0 && db_commit(db, &e) == 0)
		pulse_written(p);
	else
		fail(p, db, &e);
}
