/*
 * clerk_clock.c - a clock that is set back must not make mail late: what waits for a time of the old clock waits for as much less.
 *
 * Whom a campaign reaches does not depend on it either: campaign.high_since. A clock that is set ahead makes what waits early, which
 * harms nobody.
 */
#include "base/clock.h"
#include "base/log.h"
#include "clerk.h"
#include "store/db.h"
#include "store/delivery.h"
#include "store/outbox.h"
#include "store/signup.h"

int
clerk_clock(struct clerk *c, struct err *e)
{
	struct db *db = c->site->db;
	int64_t back = clock_set_back(&c->clock.watch), messages, mails, requests, all;

	c->clock.back += back;
	if (c->clock.looked && !c->clock.back)
		return 0;
	if (db_begin(db, e) == -1 || delivery_sooner(db, c->clock.back, &messages, e) == -1 ||
	    outbox_sooner(db, c->clock.back, &mails, e) == -1 || signup_sooner(db, c->clock.back, &requests, e) == -1 ||
	    db_commit(db, e) == -1)
		return -1;
	all = messages + mails + requests;
	if (c->clock.back || all)
		log_event(LOG_LEVEL_WARNING, "clock_set_back", "seconds=%lld sooner=%lld", (long long)c->clock.back, (long long)all);
	c->clock.looked = true;
	c->clock.back = 0;
	c->lines_woken = false; /* so are those who wait in a line */
	return 0;
}
