/*
 * http_health.c - /healthz: whether the store can be read and every role was seen lately.
 *
 * A role that cannot write is not seen either: a full disk shows here, too.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "http.h"
#include "http_operator.h"
#include "site/role_json.h"

/* Each role's line, and its object; false when one is not well. */
static bool
look_at_roles(const struct role_seen *seen, struct buf *lines, json_t *list)
{
	struct buf why = BUF_INIT;
	int64_t now = clock_now();
	bool good = true;
	int i;

	for (i = 0; i < ROLES_ALL; i++) {
		buf_reset(&why);
		role_problem(&why, &seen[i], now);
		if (why.len)
			buf_addf(lines, "%s %s\n", seen[i].name, why.data);
		else
			buf_addf(lines, "%s ok, seen %lld s ago\n", seen[i].name,
			    (long long)(now > seen[i].seen_at ? now - seen[i].seen_at : 0));
		json_array_append_new(list, role_json(&seen[i], now));
		good &= !why.len;
	}
	buf_release(&why);
	return good;
}

bool
http_health(const struct http *h, struct buf *text, struct buf *json)
{
	struct role_seen seen[ROLES_ALL];
	struct buf lines = BUF_INIT;
	json_t *value = json_object(), *list = json_array();
	struct err e = ERR_INIT;
	bool good = role_list(h->role->site.db, seen, &e) == 0;

	if (good)
		good = look_at_roles(seen, &lines, list);
	else
		buf_addf(&lines, "the store cannot be read: %s\n", e.text);
	buf_addf(text, "%s\n%s", good ? "ok" : "not ok", lines.data);
	json_put(value, "status", good ? "ok" : "not ok");
	json_put(value, "problem", e.text[0] ? "the store cannot be read" : NULL);
	json_object_set_new(value, "roles", list);
	json_write(json, value, 0);
	json_decref(value);
	buf_release(&lines);
	return good;
}
