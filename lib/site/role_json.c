/* role_json.c - see role_json.h. */
#include "site/role_json.h"

#include "base/buf.h"
#include "base/json.h"
#include "store/role.h"

void
role_problem(struct buf *out, const struct role_seen *r, int64_t now)
{
	if (role_is_fresh(r, now))
		return;
	if (!r->seen_at)
		buf_addstr(out, "has never been seen");
	else if (r->seen_at > now)
		buf_addf(out, "was seen %lld s in the future: the clock was set back", (long long)(r->seen_at - now));
	else
		buf_addf(out, "was not seen for %lld s: " ROLE_ABSENT, (long long)(now - r->seen_at));
}

json_t *
role_json(const struct role_seen *r, int64_t now)
{
	struct buf problem = BUF_INIT;
	json_t *one = json_object();

	role_problem(&problem, r, now);
	json_put(one, "role", r->name);
	json_put_bool(one, "up", !problem.len);
	json_put(one, "problem", problem.len ? problem.data : NULL);
	json_put_int(one, "pid", r->pid);
	json_put(one, "version", r->version);
	json_put_time(one, "started_at", r->started_at);
	json_put_time(one, "seen_at", r->seen_at);
	json_put_int(one, "restarts", r->restarts);
	buf_release(&problem);
	return one;
}
