/*
 * clerk_lost.c - a letter that could not be forwarded is not lost: it is kept aside.
 *
 * The mailbox it came from has it no longer, so that its bytes stay in the outbox until the file is on disk. A clerk that dies in between
 * writes the same file again.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "site/aside.h"
#include "store/db.h"
#include "store/outbox.h"

#define LOOK_EVERY 2     /* seconds */
#define TROUBLE_WAITS 60 /* after a folder that takes nothing: a line in the log each time */

/* 1: one was kept; 0: there is none; -1. */
static int
keep_one(struct clerk *c, struct err *e)
{
	struct db *db = c->site->db;
	struct buf message = BUF_INIT;
	int64_t id = 0;
	int code = 0, rc = outbox_lost(db, &id, &code, &message, e);

	if (rc != 1)
		goto out;
	rc = aside_keep(c->site->conf.store_aside, message.data, message.len, -1, e);
	if (rc == -1)
		goto out;
	rc = -1;
	if (db_begin(db, e) == -1 || outbox_give_up(db, id, e) == -1 || db_commit(db, e) == -1)
		goto out;
	log_event(LOG_LEVEL_WARNING, "forward_kept", "outbox=%lld code=%d text=%s", (long long)id, code,
	    log_text("what somebody wrote could not be forwarded: it is in the folder [store] aside"));
	rc = 1;
out:
	buf_release(&message);
	return rc;
}

int
clerk_lost(struct clerk *c, struct err *e)
{
	int64_t now = clock_now();
	int rc;

	if (now < c->next_lost && c->next_lost - now <= TROUBLE_WAITS) /* a clock that was set back must not keep us */
		return 0;
	c->next_lost = now + LOOK_EVERY;
	while ((rc = keep_one(c, e)) == 1)
		continue;
	if (rc == -1)
		c->next_lost = now + TROUBLE_WAITS;
	return rc;
}
