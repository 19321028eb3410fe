/* smtp_pool.c - see smtp.h: the connections to one relay, opened one after the other, kept, and let go. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/smtp_hub.h"
#include "mail/smtp_link.h"

#define MOST 1000

struct smtp_pool {
	struct smtp_shared shared;
	struct smtp_pool *next; /* of the hub's */
	struct buf url;
	struct smtp_link *link;
	size_t links, want;
	uint64_t *oversize; /* tags of messages larger than the relay takes: their places are theirs until the next turn */
	size_t oversizes, oversize_cap;
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
smtp_pool_new(struct smtp_hub *h, const struct smtp_relay *relay, const struct smtp_handler *handler, struct err *e)
{
	struct smtp_pool *p;
	struct buf url = BUF_INIT;

	if (check_relay(relay, e) == -1 || smtp_wire_url(relay, &url, e) == -1) {
		buf_release(&url);
		return NULL;
	}
	p = xcalloc(1, sizeof(*p));
	p->url = url;
	p->shared.hub = h;
	p->shared.relay = *relay;
	p->shared.handler = *handler;
	p->shared.url = p->url.data;
	smtp_trust_init(&p->shared.trust, relay->dialogue);
	p->links = (size_t)relay->connections;
	p->link = xcalloc(p->links, sizeof(*p->link));
	for (size_t i = 0; i < p->links; i++)
		smtp_link_init(&p->link[i], &p->shared);
	smtp_hub_add(h, p);
	return p;
}

struct smtp_pool **
smtp_pool_next(struct smtp_pool *p)
{
	return &p->next;
}

bool
smtp_pool_owns(const struct smtp_pool *p, const struct smtp_link *l)
{
	return l->shared == &p->shared;
}

void
smtp_pool_want(struct smtp_pool *p, size_t messages)
{
	p->want = messages;
}

size_t
smtp_pool_room(const struct smtp_pool *p)
{
	return p->shared.room > p->oversizes ? p->shared.room - p->oversizes : 0;
}

bool
smtp_pool_has_smtputf8(const struct smtp_pool *p)
{
	bool has = false;

	/* Hosts behind one name may differ: whichever connection takes the message must have it. */
	for (size_t i = 0; i < p->links; i++) {
		const struct smtp_link *l = &p->link[i];

		if (l->places == 0)
			continue;
		if (!smtp_conn_terms(l->conn)->offers.smtputf8)
			return false;
		has = true;
	}
	return has;
}

bool
smtp_pool_is_down(const struct smtp_pool *p)
{
	return p->shared.ready == 0 && (p->shared.unreachable || clock_mono_us() < p->shared.retry_at);
}

size_t
smtp_pool_busy(const struct smtp_pool *p)
{
	return p->shared.busy;
}

static void
keep_oversize(struct smtp_pool *p, uint64_t tag)
{
	if (p->oversizes == p->oversize_cap) {
		p->oversize_cap = p->oversize_cap ? p->oversize_cap * 2 : 16;
		p->oversize = xrealloc(p->oversize, p->oversize_cap * sizeof(*p->oversize));
	}
	p->oversize[p->oversizes++] = tag;
}

void
smtp_pool_submit(struct smtp_pool *p, const struct smtp_message *m)
{
	struct smtp_shared *s = &p->shared;
	struct smtp_link *l;
	int64_t most;

	/* The caller did not ask for room when there is none. */
	while ((l = s->first) && l->places == 0)
		smtp_link_dequeue(s);
	if (!l || smtp_pool_room(p) == 0)
		abort();
	s->busy++;
	most = smtp_conn_terms(l->conn)->offers.size_max;
	if (most > 0 && m->size > (size_t)most) {
		keep_oversize(p, m->tag);
		return;
	}
	smtp_link_dequeue(s);
	smtp_link_submit(l, m); /* goes to the end of the queue */
}

static void
refuse_oversize(struct smtp_pool *p)
{
	static const struct smtp_reply reply = { 552, "5.3.4", "message size exceeds the limit that the relay announces" };
	struct smtp_shared *s = &p->shared;
	size_t n = p->oversizes;

	for (size_t i = 0; i < n; i++) {
		s->busy--;
		s->handler.done(s->handler.ctx, p->oversize[i], SMTP_REPLIED, SMTP_MAIL, &reply); /* may submit more */
	}
	if (n == 0)
		return;
	memmove(p->oversize, p->oversize + n, (p->oversizes -= n) * sizeof(*p->oversize));
	s->hub->news = true;
}

/* When a connection may be opened. */
static int64_t
opens_at(const struct smtp_shared *s)
{
	return s->ready + s->opening >= s->stood && s->more_at > s->retry_at ? s->more_at : s->retry_at;
}

void
smtp_pool_tend(struct smtp_pool *p)
{
	struct smtp_shared *s = &p->shared;
	size_t i;

	refuse_oversize(p);
	for (i = 0; p->want == 0 && i < p->links; i++)
		if (p->link[i].state == SMTP_LINK_READY && smtp_conn_busy(p->link[i].conn) == 0)
			smtp_link_quit(&p->link[i]);
	/* One alone, then as many at once as stand already: a relay far away is reached soon, and one in trouble is not beset. */
	for (i = 0; i < p->links && s->opening < (s->ready > 0 ? s->ready : 1); i++) {
		if (p->want <= smtp_pool_room(p) || clock_mono_us() < opens_at(s))
			return;
		if (p->link[i].state == SMTP_LINK_NONE)
			smtp_link_open(&p->link[i]);
	}
}

int64_t
smtp_pool_wakes(const struct smtp_pool *p)
{
	const struct smtp_shared *s = &p->shared;
	bool waits = p->want > smtp_pool_room(p) && s->opening == 0 && s->ready < p->links;

	return waits && opens_at(s) > clock_mono_us() ? opens_at(s) : INT64_MAX;
}

void
smtp_pool_check_time(struct smtp_pool *p, int64_t now)
{
	for (size_t i = 0; i < p->links; i++)
		smtp_link_check_time(&p->link[i], now);
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
	}
	refuse_oversize(p);
	for (size_t i = 0; i < p->links; i++)
		smtp_link_release(&p->link[i]);
	smtp_hub_remove(p->shared.hub, p);
	free(p->link);
	free(p->oversize);
	buf_release(&p->url);
	free(p);
}
