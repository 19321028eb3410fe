/*
 * smtp_hub.c - see smtp.h and smtp_hub.h: one loop for all connections.
 *
 * A turn is: write what the caller's submissions made ready; open and close as
 * wanted; wait; read and match replies; write what cannot gain by waiting for a
 * submission. So a body and the envelope that follows it leave in one write,
 * when the caller submits between two turns.
 */
#include "mail/smtp_hub.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "mail/smtp_link.h"

#define CHECK_US 250000 /* time-outs are looked at so often */
#define EVENTS 64

/* In epoll's data: a link's address, which is even, or one of libcurl's sockets. */
static uint64_t
mark_socket(curl_socket_t fd)
{
	return (uint64_t)fd << 1 | 1;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
	struct smtp_hub *h = ctx;
	struct epoll_event ev = { .data.u64 = mark_socket(fd) };

	(void)easy;
	(void)known;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(h->epoll, EPOLL_CTL_DEL, fd, NULL); /* may be closed already */
		return 0;
	}
	if (what & CURL_POLL_IN)
		ev.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		ev.events |= EPOLLOUT;
	/* A number may have been another socket's a moment ago. An opening that cannot be watched ends by its time-out. */
	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &ev) == -1)
		epoll_ctl(h->epoll, EPOLL_CTL_MOD, fd, &ev);
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *ctx)
{
	struct smtp_hub *h = ctx;

	(void)multi;
	h->curl_at = ms < 0 ? -1 : clock_mono_us() + (int64_t)ms * 1000;
	return 0;
}

struct smtp_hub *
smtp_hub_new(void)
{
	struct smtp_hub *h = xcalloc(1, sizeof(*h));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort(); /* no memory */
	h->multi = curl_multi_init();
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!h->multi || h->epoll == -1)
		abort();
	h->curl_at = -1;
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	return h;
}

void
smtp_hub_free(struct smtp_hub *h)
{
	if (!h)
		return;
	if (h->pools)
		abort();
	curl_multi_cleanup(h->multi);
	close(h->epoll);
	free(h->wait);
	free(h);
	curl_global_cleanup();
}

void
smtp_hub_add(struct smtp_hub *h, struct smtp_pool *p)
{
	*smtp_pool_next(p) = h->pools;
	h->pools = p;
}

void
smtp_hub_remove(struct smtp_hub *h, struct smtp_pool *p)
{
	struct smtp_pool **at = &h->pools;
	struct smtp_link **l = &h->dirty;

	while (*at && *at != p)
		at = smtp_pool_next(*at);
	if (*at)
		*at = *smtp_pool_next(p);
	while (*l)
		if (smtp_pool_owns(p, *l))
			*l = (*l)->next_dirty;
		else
			l = &(*l)->next_dirty;
}

void
smtp_hub_watch(struct smtp_link *l)
{
	uint32_t events = l->blocked ? EPOLLIN | EPOLLOUT : EPOLLIN;
	struct epoll_event ev = { .events = events, .data.ptr = l };
	int epoll = l->shared->hub->epoll;

	if (l->watched == events)
		return;
	/* libcurl may not have let go of it yet */
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, l->wire.fd, &ev) == -1 && epoll_ctl(epoll, EPOLL_CTL_MOD, l->wire.fd, &ev) == -1)
		abort();
	l->watched = events;
}

void
smtp_hub_unwatch(struct smtp_link *l)
{
	if (l->watched)
		epoll_ctl(l->shared->hub->epoll, EPOLL_CTL_DEL, l->wire.fd, NULL);
	l->watched = 0;
}

void
smtp_hub_dirty(struct smtp_link *l)
{
	struct smtp_hub *h = l->shared->hub;

	if (l->dirty)
		return;
	l->dirty = true;
	l->next_dirty = h->dirty;
	h->dirty = l;
}

static bool
is_open(const struct smtp_link *l)
{
	return l->state == SMTP_LINK_READY || l->state == SMTP_LINK_QUITTING;
}

static void
write_dirty(struct smtp_hub *h)
{
	struct smtp_link *l;

	while ((l = h->dirty)) {
		h->dirty = l->next_dirty;
		l->dirty = false;
		if (is_open(l))
			smtp_link_write(l);
	}
}

/* Let libcurl go on with the openings that fd (or its clock) is about. */
static void
advance_openings(struct smtp_hub *h, curl_socket_t fd, int events)
{
	CURLMsg *msg;
	int n;

	curl_multi_socket_action(h->multi, fd, events, &n);
	while ((msg = curl_multi_info_read(h->multi, &n))) {
		char *wire = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &wire);
		if (wire)
			smtp_link_opened((struct smtp_link *)(void *)wire, msg->data.result);
	}
}

static void
call_libcurl_in_time(struct smtp_hub *h)
{
	if (h->curl_at < 0 || clock_mono_us() < h->curl_at)
		return;
	h->curl_at = -1; /* it says anew when */
	advance_openings(h, CURL_SOCKET_TIMEOUT, 0);
}

/* How long to sleep at most, in microseconds. */
static int64_t
nap(const struct smtp_hub *h, int64_t wait_us)
{
	int64_t now = clock_mono_us(), at = now + (wait_us > 0 ? wait_us : 0);

	if (h->open > 0 && h->check_at < at)
		at = h->check_at;
	if (h->curl_at >= 0 && h->curl_at < at)
		at = h->curl_at;
	for (struct smtp_pool *p = h->pools; p; p = *smtp_pool_next(p))
		if (smtp_pool_wakes(p) < at)
			at = smtp_pool_wakes(p);
	return at > now ? at - now : 0;
}

/* Whether something happened on our own descriptors. */
static bool
wait_for_something(struct smtp_hub *h, struct pollfd *extra, size_t n, int64_t wait_us)
{
	int64_t us = nap(h, wait_us);
	struct timespec ts = { .tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000 };
	int rc;

	if (n + 1 > h->waits) {
		h->wait = xrealloc(h->wait, (n + 1) * sizeof(*h->wait));
		h->waits = n + 1;
	}
	h->wait[0] = (struct pollfd){ .fd = h->epoll, .events = POLLIN };
	for (size_t i = 0; i < n; i++)
		h->wait[i + 1] = extra[i];
	rc = ppoll(h->wait, n + 1, &ts, NULL);
	for (size_t i = 0; i < n; i++)
		extra[i].revents = rc > 0 ? h->wait[i + 1].revents : 0;
	return rc > 0 && h->wait[0].revents;
}

static void
serve_link(struct smtp_link *l, uint32_t events)
{
	if (!is_open(l))
		return; /* closed by what happened before it in this turn */
	if ((events & ~(uint32_t)EPOLLOUT) && !smtp_link_read(l))
		return;
	/* What could still get an envelope to go with it waits for the caller. */
	if ((events & EPOLLOUT) || l->places == 0)
		smtp_link_write(l);
	else
		smtp_hub_dirty(l);
}

static void
serve(struct smtp_hub *h)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(h->epoll, ev, EVENTS, 0);

	for (int i = 0; i < n; i++) {
		int action = 0;

		if (!(ev[i].data.u64 & 1)) {
			serve_link(ev[i].data.ptr, ev[i].events);
			continue;
		}
		if (ev[i].events & EPOLLIN)
			action |= CURL_CSELECT_IN;
		if (ev[i].events & EPOLLOUT)
			action |= CURL_CSELECT_OUT;
		if (ev[i].events & (EPOLLERR | EPOLLHUP))
			action |= CURL_CSELECT_ERR;
		advance_openings(h, (curl_socket_t)(ev[i].data.u64 >> 1), action);
	}
}

void
smtp_hub_turn(struct smtp_hub *h, struct pollfd *extra, size_t n, int64_t wait_us)
{
	int64_t now;

	h->news = false;
	for (struct smtp_pool *p = h->pools; p; p = *smtp_pool_next(p))
		smtp_pool_tend(p);
	write_dirty(h);
	call_libcurl_in_time(h);
	if (wait_for_something(h, extra, n, h->news ? 0 : wait_us))
		serve(h);
	call_libcurl_in_time(h);
	now = clock_mono_us();
	if (h->open == 0 || now < h->check_at)
		return;
	h->check_at = now + CHECK_US;
	for (struct smtp_pool *p = h->pools; p; p = *smtp_pool_next(p))
		smtp_pool_check_time(p, now);
}
