/*
 * inbound.c - the role that reads what comes back.
 *
 * A site without a mailbox for bounces has nothing to read: the role stays in
 * its sandbox and waits to be told to stop.
 */
#include <poll.h>

#include "base/log.h"
#include "role.h"

int
inbound_run(struct role_run *r, struct err *e)
{
	struct pollfd p = { .fd = r->stop_fd, .events = POLLIN };

	(void)e;
	log_event(LOG_LEVEL_INFO, "idle", "text=%s", log_text("no mailbox to read is configured"));
	while (poll(&p, 1, -1) != 1)
		continue;
	return 0;
}
