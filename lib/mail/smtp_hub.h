/*
 * smtp_hub.h - what the pools and links of a hub need of it; its own contract is in smtp.h.
 *
 * The sockets of links that are open are ours to watch; those of openings are
 * libcurl's, which tells by callback what to watch and until when to sleep. All
 * are in one epoll, so that a turn costs what happens in it, however many
 * connections stand.
 */
#ifndef SMTP_HUB_H
#define SMTP_HUB_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pollfd;
struct smtp_link;
struct smtp_pool;

struct smtp_hub {
	CURLM *multi;
	int epoll;
	size_t open;     /* links that are not SMTP_LINK_NONE */
	int64_t curl_at; /* when libcurl wants to be called (clock_mono_us); -1: not by itself */
	int64_t check_at;
	bool news; /* something happened in this turn that the caller should hear of before it sleeps */
	struct smtp_pool *pools;
	struct smtp_link *dirty;
	struct pollfd *wait; /* epoll and the caller's */
	size_t waits;
};

/* Watch an open link's socket, for room to write too while it is blocked; before the socket is closed: stop. */
void smtp_hub_watch(struct smtp_link *l);
void smtp_hub_unwatch(struct smtp_link *l);

/* The link may have something to write: it does so in the next turn. */
void smtp_hub_dirty(struct smtp_link *l);

void smtp_hub_add(struct smtp_hub *h, struct smtp_pool *p);
void smtp_hub_remove(struct smtp_hub *h, struct smtp_pool *p); /* its links must be closed; forgets them */

/* smtp_pool.c, for the hub. */
struct smtp_pool **smtp_pool_next(struct smtp_pool *p);
void smtp_pool_tend(struct smtp_pool *p);                    /* open and close as wanted */
int64_t smtp_pool_wakes(const struct smtp_pool *p);          /* when it wants to open again; INT64_MAX: it does not */
void smtp_pool_check_time(struct smtp_pool *p, int64_t now); /* close links that waited too long */
bool smtp_pool_owns(const struct smtp_pool *p, const struct smtp_link *l);

#endif
