/* clerk_retention.c - once an hour, what was kept long enough is deleted: lib/site/retention.h has the rules. */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "site/retention.h"

#define HOUR 3600

int
clerk_retention(struct clerk *c, struct err *e)
{
	struct retention_rule rules[RETENTION_RULES];
	int64_t now = clock_now(), n;
	size_t i;

	if (now < c->next_retention && c->next_retention - now <= HOUR) /* a clock that was set back is no reason to wait */
		return 0;
	retention_rules(&c->site->conf, rules);
	for (i = 0; i < RETENTION_RULES; i++) {
		if (retention_apply(c->site->db, &c->site->conf, &rules[i], &n, e) == -1)
			return -1;
		if (n)
			log_event(LOG_LEVEL_INFO, "retention", "what=%s rows=%lld", rules[i].name, (long long)n);
	}
	c->next_retention = now + HOUR;
	return 0;
}
