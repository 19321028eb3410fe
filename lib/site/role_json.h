/*
 * role_json.h - a role of newsletterd as `newsletter status` and /healthz tell programs of it.
 */
#ifndef SITE_ROLE_JSON_H
#define SITE_ROLE_JSON_H

#include <jansson.h>
#include <stdint.h>

struct buf;
struct role_seen;

#define ROLE_ABSENT "it hangs, is stopped, or cannot write the store" /* what it means that a role is not seen any more */

/* Append what is wrong with it, in words behind its name; nothing when it was seen lately. */
void role_problem(struct buf *out, const struct role_seen *r, int64_t now);

/* An object: role, up, problem (when it is not), pid, version, started_at, seen_at, restarts. The caller owns it. */
json_t *role_json(const struct role_seen *r, int64_t now);

#endif
