/*
 * clerk.c - the role that decides: signups, schedule, pauses, retention. It uses no
 * network at all; what is to be mailed it puts into the outbox.
 *
 * Ten times a second it looks whether somebody wrote to the store; without
 * news it looks at the clock once a second.
 */
#include "clerk.h"

#include <poll.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "role.h"

#define LOOK_MS 100
#define TICKS_A_SECOND 10
#define RETURN_WAIT_MS 1 /* while another writer has its turn */
#define TROUBLE_MS 1000  /* wait after a failure, so that a full disk fills no log */

/* A duty that fails (a template that does not render) must not keep the others from theirs. */
static int
work(struct clerk *c)
{
	static int (*const duties[])(struct clerk *, struct err *) = {
		clerk_clock, clerk_signups, clerk_welcome, clerk_surge, clerk_approvals, clerk_schedule, clerk_watch, clerk_retention,
		clerk_lost
	};
	struct err e = ERR_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; i < sizeof(duties) / sizeof(duties[0]); i++) {
		if (duties[i](c, &e) == 0)
			continue;
		db_rollback(c->site->db);
		log_event(LOG_LEVEL_ERROR, "clerk", "text=%s", log_text(e.text));
		rc = -1;
		if (e.code == ERR_BUSY || e.code == ERR_FULL)
			break; /* the store's trouble is everybody's: one line is enough */
	}
	return rc;
}

int
clerk_run(struct role_run *r, struct err *e)
{
	struct pollfd stop = { .fd = r->stop_fd, .events = POLLIN };
	struct clerk c = { .site = &r->site };
	int64_t seen = -1, version;
	int wait = LOOK_MS, tick = 0;

	(void)e;
	personal_init(&c.personal, &r->site.conf, r->site.links);
	clerk_notices_init(&c.notices);
	role_ready(r);
	do {
		if (pulse_turn(&r->pulse, r->site.db)) {
			wait = RETURN_WAIT_MS;
			continue;
		}
		version = db_data_version(r->site.db);
		wait = LOOK_MS;
		if (version == seen && ++tick < TICKS_A_SECOND)
			continue;
		seen = version;
		tick = 0;
		if (work(&c) == -1) {
			seen = -1;
			wait = TROUBLE_MS;
		} else if (c.more) {
			seen = -1;
			wait = 0;
		}
	} while (poll(&stop, 1, wait) == 0);
	clerk_notices_release(&c.notices);
	personal_release(&c.personal);
	return 0;
}
