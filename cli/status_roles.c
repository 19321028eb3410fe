/* status_roles.c - see status.h. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "site/role_json.h"
#include "status.h"
#include "store/role.h"

#define LATELY 86400 /* seconds after its start for which a role's deaths are worth a line */

static void
show_well(struct cli *cli, const struct role_seen *seen, int64_t now)
{
	struct buf names = BUF_INIT;
	int i;

	for (i = 0; i < ROLES_ALL; i++)
		if (role_is_fresh(&seen[i], now))
			buf_addf(&names, "%s%s (%lld)", names.len ? ", " : "", seen[i].name, (long long)seen[i].pid);
	if (names.len)
		out_field(cli, "Roles", OUT_GOOD, "%s", names.data);
	buf_release(&names);
}

static void
show_trouble(struct cli *cli, const struct role_seen *r, int64_t now)
{
	char text[64], count[96], when[CLOCK_TEXT];

	if (!r->seen_at)
		out_field(cli, "", OUT_WARN, "%s has not been seen yet", r->name);
	else if (!role_is_fresh(r, now))
		out_field(cli, "", OUT_BAD, "%s was not seen for %s: " ROLE_ABSENT, r->name,
		    out_duration(text, now > r->seen_at ? now - r->seen_at : r->seen_at - now));
	else if (r->restarts && now - r->started_at < LATELY)
		out_field(cli, "", OUT_WARN, "%s was started anew at %s; it has died %s so far", r->name, clock_local(when, r->started_at),
		    out_count(count, r->restarts, "time", "times"));
}

int
status_roles(struct cli *cli, struct err *e)
{
	struct role_seen seen[ROLES_ALL];
	json_t *list = json_array();
	int64_t now = clock_now();
	int i;

	json_object_set_new(cli->result, "roles", list);
	if (role_list(cli->site.db, seen, e) == -1)
		return -1;
	show_well(cli, seen, now);
	for (i = 0; i < ROLES_ALL; i++) {
		show_trouble(cli, &seen[i], now);
		json_array_append_new(list, role_json(&seen[i], now));
	}
	return 0;
}
