/*
 * smtp_pool.c - see smtp.h: the connections to one relay, opened one after the other, kept, and let go.
 *
 * A turn is: open and close as wanted; write what the caller's submissions
 * made ready; wait; read and match replies; write what cannot gain by waiting
 * for a submission. So a body and the envelope that follows it leave in one
 * write, when the caller submits between two turns.
 */
#include "mail/smtp.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/smtp_link.h"

#define OPENING_POLL_MS 250 /* libcurl looks at its own time-outs only when it is called */
#define MOST 1000

struct smtp_pool {
	struct smtp_shared shared;
	struct buf url;
	struct smtp_link *link;
	struct curl_waitfd *wait; /* one a link, and one for the caller's */
	size_t links, want;
};

static int
check_relay(const struct smtp_relay *r, struct err *e)
{
	if (r->connections < 1 || r->connections > MOST)
		return err_set(e, ERR_INPUT, "a relay takes 1 to %d connections, not %d", MOST, r->connections);
	if (r->window < 1 || r->window > MOST)
		return err_set(e, ERR_INPUT, "a relay's window is 1 to %d messages, not %d", MOST, r->window);
	if (r->timeout < 1 || r->timeout > 86400 || r->messages_per_connection < 0)
		return err_set(e, ERR_INPUT, "a relay's time-out is 1 to 86400 seconds, and its limits are not negative");
	return 0;
}

struct smtp_pool *
smtp_pool_new(const struct smtp_relay *relay, const struct smtp_handler *handler, struct err *e)
{
	struct smtp_pool *p = NULL;
	struct buf url = BUF_INIT;

	if (check_relay(relay, e) == -1)
		return NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		err_set(e, ERR_SYSTEM, "libcurl cannot start");
		return NULL;
	}
	if (smtp_wire_url(relay, &url, e) == -1)
		goto out;
	p = xcalloc(1, sizeof(*p));
	p->url = url;
	p->shared.relay = *relay;
	p->shared.handler = *handler;
	p->shared.url = p->url.data;
	p->shared.multi = curl_multi_init();
	if (!p->shared.multi)
		abort(); /* no memory */
	p->links = (size_t)relay->connections;
	p->link = xcalloc(p->links, sizeof(*p->link));
	p->wait = xcalloc(p->links + 1, sizeof(*p->wait));
	for (size_t i = 0; i < p->links; i++)
		smtp_link_init(&p->link[i], &p->shared);
out:
	if (!p) {
		buf_release(&url);
		curl_global_cleanup();
	}
	return p;
}

void
smtp_pool_want(struct smtp_pool *p, size_t messages)
{
	p->want = messages;
}

size_t
smtp_pool_room(const struct smtp_pool *p)
{
	size_t room = 0;

	for (size_t i = 0; i < p->links; i++)
		room += p->link[i].state == SMTP_LINK_READY && smtp_conn_room(p->link[i].conn);
	return room;
}

bool
smtp_pool_has_smtputf8(const struct smtp_pool *p)
{
	bool has = false;

	/* Hosts behind one name may differ: whichever connection takes the message must have it. */
	for (size_t i = 0; i < p->links; i++) {
		const struct smtp_link *l = &p->link[i];

		if (l->state != SMTP_LINK_READY || !smtp_conn_room(l->conn))
			continue;
		if (!l->wire.ehlo.offers.smtputf8)
			return false;
		has = true;
	}
	return has;
}

void
smtp_pool_submit(struct smtp_pool *p, const struct smtp_message *m)
{
	struct smtp_link *best = NULL;

	for (size_t i = 0; i < p->links; i++) {
		struct smtp_link *l = &p->link[i];

		if (l->state != SMTP_LINK_READY || !smtp_conn_room(l->conn))
			continue;
		if (!best || smtp_conn_busy(l->conn) < smtp_conn_busy(best->conn))
			best = l;
	}
	if (!best)
		abort(); /* the caller did not ask for room */
	p->shared.busy++;
	smtp_conn_submit(best->conn, m);
}

size_t
smtp_pool_busy(const struct smtp_pool *p)
{
	return p->shared.busy;
}

/* Open and close as wanted, and write what was submitted. */
static void
tend(struct smtp_pool *p)
{
	struct smtp_link *unused = NULL;
	bool opening = false;

	for (size_t i = 0; i < p->links; i++) {
		struct smtp_link *l = &p->link[i];

		if (l->state == SMTP_LINK_READY && smtp_conn_busy(l->conn) == 0 && (p->want == 0 || smtp_conn_spent(l->conn)))
			smtp_link_quit(l);
		if (l->state == SMTP_LINK_READY || l->state == SMTP_LINK_QUITTING)
			smtp_link_write(l);
		if (l->state == SMTP_LINK_NONE && !unused)
			unused = l;
		opening |= l->state == SMTP_LINK_OPENING;
	}
	if (unused && !opening && p->want > smtp_pool_room(p) && clock_mono_us() >= p->shared.retry_at)
		smtp_link_open(unused);
}

/* How long to sleep at most; time-outs are checked to a quarter of a second while anything can run out. */
static int
nap(const struct smtp_pool *p, int timeout_ms)
{
	int64_t now = clock_mono_us();
	bool pending = p->want > 0 && p->shared.retry_at > now && p->shared.retry_at - now < (int64_t)timeout_ms * 1000;

	for (size_t i = 0; i < p->links; i++)
		pending |= p->link[i].state == SMTP_LINK_OPENING || p->link[i].state == SMTP_LINK_QUITTING ||
		    (p->link[i].state == SMTP_LINK_READY && smtp_conn_waiting(p->link[i].conn));
	return pending && timeout_ms > OPENING_POLL_MS ? OPENING_POLL_MS : timeout_ms;
}

/* Returns whether libcurl has to be called. */
static bool
wait_for_something(struct smtp_pool *p, int extra_fd, int timeout_ms)
{
	bool opening = false;
	unsigned n = 0;

	for (size_t i = 0; i < p->links; i++) {
		struct smtp_link *l = &p->link[i];

		opening |= l->state == SMTP_LINK_OPENING;
		l->watch = NULL;
		if (l->state != SMTP_LINK_READY && l->state != SMTP_LINK_QUITTING)
			continue;
		l->watch = &p->wait[n++];
		*l->watch = (struct curl_waitfd){ .fd = l->wire.fd, .events = CURL_WAIT_POLLIN };
		if (l->blocked)
			l->watch->events |= CURL_WAIT_POLLOUT;
	}
	if (extra_fd >= 0)
		p->wait[n++] = (struct curl_waitfd){ .fd = extra_fd, .events = CURL_WAIT_POLLIN };
	curl_multi_poll(p->shared.multi, p->wait, n, nap(p, timeout_ms), NULL);
	return opening;
}

static void
advance_openings(struct smtp_pool *p)
{
	CURLMsg *msg;
	int n;

	curl_multi_perform(p->shared.multi, &n);
	while ((msg = curl_multi_info_read(p->shared.multi, &n))) {
		char *wire = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &wire);
		if (wire)
			smtp_link_opened((struct smtp_link *)(void *)wire, msg->data.result);
	}
}

void
smtp_pool_turn(struct smtp_pool *p, int extra_fd, int timeout_ms)
{
	bool opening;

	tend(p);
	opening = wait_for_something(p, extra_fd, timeout_ms);
	for (size_t i = 0; i < p->links; i++) {
		struct smtp_link *l = &p->link[i];

		if (!l->watch || !l->watch->revents || !smtp_link_read(l))
			continue;
		/* What could still get an envelope to go with it waits for the caller. */
		if (l->blocked || !smtp_conn_room(l->conn))
			smtp_link_write(l);
	}
	if (opening)
		advance_openings(p);
	for (size_t i = 0; i < p->links; i++)
		smtp_link_check_time(&p->link[i], clock_mono_us());
}

void
smtp_pool_free(struct smtp_pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->links; i++) {
		struct smtp_link *l = &p->link[i];

		if (l->state == SMTP_LINK_READY && smtp_conn_busy(l->conn) == 0) {
			smtp_link_quit(l);
			smtp_link_write(l);
		}
		smtp_link_release(l);
	}
	curl_multi_cleanup(p->shared.multi);
	free(p->link);
	free(p->wait);
	buf_release(&p->url);
	free(p);
	curl_global_cleanup();
}
