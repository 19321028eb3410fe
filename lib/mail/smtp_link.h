/*
 * smtp_link.h - one connection of a pool: the wire and the dialogue on it, from opening to the end.
 *
 * smtp_pool.c decides when to open and to say QUIT, smtp_hub.c when to read and
 * to write; here is what happens then, what the relay does of its own, and what
 * of it is trouble.
 */
#ifndef SMTP_LINK_H
#define SMTP_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "mail/smtp.h"
#include "mail/smtp_conn.h"
#include "mail/smtp_wire.h"

#define SMTP_SECOND 1000000 /* clock_mono_us */

enum smtp_link_state {
	SMTP_LINK_NONE,
	SMTP_LINK_OPENING,
	SMTP_LINK_READY,
	SMTP_LINK_QUITTING
};

struct smtp_hub;
struct smtp_link;

/* What the links of a pool share. */
struct smtp_shared {
	struct smtp_hub *hub;
	struct smtp_relay relay;
	struct smtp_handler handler; /* the caller's */
	struct smtp_trust trust;
	const char *url; /* with the name for EHLO in it */
	size_t busy;     /* messages submitted and not done */
	size_t room;     /* places, over all links */
	size_t ready, opening;
	bool unreachable; /* the last attempt to open a connection failed */
	int64_t retry_at; /* open no connection before (clock_mono_us) */
	int64_t backoff, trouble_at;
	size_t stood;                   /* so many stood when another one could not be opened … */
	int64_t more_at, more_backoff;  /* … and no more than these are opened before; the next wait, twice as long each time */
	struct smtp_link *first, *last; /* links with places, in turn; some may have lost theirs meanwhile */
};

struct smtp_link {
	struct wire wire; /* first: libcurl gives its address back */
	struct smtp_ehlo ehlo;
	struct smtp_shared *shared;
	struct smtp_handler handler; /* ours, between conn and the caller's */
	struct smtp_conn *conn;
	enum smtp_link_state state;
	bool blocked;             /* the last write would have blocked */
	bool queued;              /* in shared->first … */
	bool dirty;               /* in hub->dirty: it may have something to write */
	uint32_t watched;         /* what epoll looks for; 0: it does not know the socket */
	int64_t opened, progress; /* clock_mono_us */
	uint64_t served;          /* messages that the relay decided about */
	uint64_t replies;
	size_t places; /* messages it can take, as far as shared->room knows */
	struct smtp_link *next, *next_dirty;
};

void smtp_link_init(struct smtp_link *l, struct smtp_shared *shared);
void smtp_link_release(struct smtp_link *l);

void smtp_link_open(struct smtp_link *l);

/* libcurl is done with opening, well or not. */
void smtp_link_opened(struct smtp_link *l, CURLcode result);

/* Take the first of the links with places out of their queue. */
void smtp_link_dequeue(struct smtp_shared *p);

/* Hand a message to a link with places; it goes to the end of that queue while it has more. */
void smtp_link_submit(struct smtp_link *l, const struct smtp_message *m);

/* Say QUIT; the link is closed when it is answered, or after a short while. */
void smtp_link_quit(struct smtp_link *l);

/* Read and match all there is. False: the link is closed. What it makes ready to write is not written yet. */
bool smtp_link_read(struct smtp_link *l);

/* Write what there is, as far as it goes without blocking. */
void smtp_link_write(struct smtp_link *l);

/* Close a link that has waited too long. */
void smtp_link_check_time(struct smtp_link *l, int64_t now);

/* Close at once; what is on the way is given back. */
void smtp_link_close(struct smtp_link *l);

#endif
