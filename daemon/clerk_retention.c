/* clerk_retention.c - once an hour, what was kept long enough is deleted: lib/site/retention.h has the rules. */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "site/retention.h"

#define HOUR 3600
#define BITES 16 /* a turn: then the clerk's other duties have theirs */

static void
end_rule(struct clerk *c, const struct retention_rule *rule)
{
	if (c->retention.rows)
		log_event(LOG_LEVEL_INFO, "retention", "what=%s rows=%lld", rule->name, (long long)c->retention.rows);
	c->retention.rows = 0;
	c->retention.rule++;
}

int
clerk_retention(struct clerk *c, struct err *e)
{
	struct retention_rule rules[RETENTION_RULES];
	int64_t now = clock_now(), n;
	int bites, rc;

	/* a clock that was set back is no reason to wait */
	if (!c->retention.under_way && now < c->retention.next && c->retention.next - now <= HOUR)
		return 0;
	c->retention.under_way = true;
	retention_rules(&c->site->conf, rules);
	for (bites = 0; c->retention.rule < RETENTION_RULES && bites < BITES; bites++) {
		rc = retention_bite(c->site->db, &c->site->conf, &rules[c->retention.rule], &n, e);
		if (rc == -1)
			return -1;
		c->retention.rows += n;
		if (rc == 0)
			end_rule(c, &rules[c->retention.rule]);
	}
	c->retention.under_way = c->retention.rule < RETENTION_RULES;
	c->more |= c->retention.under_way;
	if (c->retention.under_way)
		return 0;
	c->retention.rule = 0;
	c->retention.next = now + HOUR;
	return 0;
}
