/*
 * latency.c - a TCP relay of the loopback that makes a network far away.
 *
 *   latency LISTEN-PORT TARGET-PORT [MS]
 *
 * Every byte is handed on MS milliseconds (default 15) after it came, in each
 * direction, however many are under way: up to WAY_MAX bytes a direction, then
 * the sender has to wait as on any network. What came in one read leaves in
 * one write, nothing waits for anything else, and what arrives is acknowledged
 * at once: a sender that leaves Nagle's algorithm on does not wait for it. The target is connected to after
 * three times MS: a client waits for its greeting as long as TCP's handshake and the greeting's own way would take.
 *
 * One process, one thread, epoll. Every direction has the same delay, so one
 * queue for the whole program holds what is due in the order in which it came.
 * Prints "ready" once it listens; ends at SIGTERM.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define READ_MAX ((size_t)256 * 1024)
#define WAY_FIRST ((size_t)64 * 1024) /* grows to WAY_MAX, a power of two as well */
#define WAY_MAX ((size_t)64 * 1024 * 1024)
#define EVENTS 64

/* One direction of one connection: a ring of bytes, of which `due` may be written. */
struct way {
	char *ring;
	size_t size, head, len, due;
	bool eof, eof_due, shut;
};

/* One socket, with the way of what is read from it. */
struct side {
	struct pair *pair;
	struct side *other;
	int fd;
	uint32_t events; /* asked of epoll */
	bool ignored;    /* closed at both ends: epoll would say so for ever */
	struct way in;
};

struct pair {
	struct side client, target;
	int queued; /* entries in the queue that name it */
	bool dead;
	struct pair *next_dead;
};

/* What is due when: n bytes from a side, its end (n 0), or a connection to be made (side the client's, connect). */
struct entry {
	int64_t at;
	struct side *from;
	size_t n;
	bool connect;
};

struct relay {
	int epoll, listener;
	struct sockaddr_in target;
	int64_t delay;
	struct entry *queue; /* a ring too */
	size_t size, head, count;
	struct pair *dead; /* freed once no entry and no event names them */
};

static volatile sig_atomic_t stopped;

static void
stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void *
need(void *p)
{
	if (!p) {
		fputs("latency: no memory\n", stderr);
		exit(1);
	}
	return p;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
queue_add(struct relay *r, struct side *from, int64_t at, size_t n, bool connect)
{
	struct entry *bigger;
	size_t i;

	if (r->count == r->size) {
		bigger = need(malloc(2 * (r->size ? r->size : 512) * sizeof(*bigger)));
		for (i = 0; i < r->count; i++)
			bigger[i] = r->queue[(r->head + i) % r->size];
		free(r->queue);
		r->queue = bigger;
		r->size = 2 * (r->size ? r->size : 512);
		r->head = 0;
	}
	r->queue[(r->head + r->count++) % r->size] = (struct entry){ at, from, n, connect };
	from->pair->queued++;
}

/* The part of a ring from `at`, of n bytes, as one or two pieces. */
static int
pieces(const struct way *w, size_t at, size_t n, struct iovec v[2])
{
	size_t first = w->size - at % w->size;

	v[0] = (struct iovec){ w->ring + at % w->size, n < first ? n : first };
	v[1] = (struct iovec){ w->ring, n < first ? 0 : n - first };
	return v[1].iov_len ? 2 : 1;
}

static void
drop_ring(const struct way *w)
{
	if (w->ring)
		munmap(w->ring, w->size);
}

static void
make_room(struct way *w)
{
	struct iovec v[2] = { { NULL, 0 }, { NULL, 0 } };
	size_t size = w->size ? w->size : WAY_FIRST / 2;
	struct way old = *w;
	char *ring;

	while (size - w->len < READ_MAX / 4 && size < WAY_MAX)
		size *= 2;
	if (size == w->size)
		return;
	ring = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ring == MAP_FAILED)
		need(NULL);
	if (w->len && w->size) {
		pieces(w, w->head, w->len, v);
		memcpy(ring, v[0].iov_base, v[0].iov_len);
		if (v[1].iov_len)
			memcpy(ring + v[0].iov_len, v[1].iov_base, v[1].iov_len);
	}
	w->ring = ring;
	w->size = size;
	w->head = 0;
	drop_ring(&old);
}

static void
pair_end(struct relay *r, struct pair *p)
{
	if (p->dead)
		return;
	p->dead = true;
	close(p->client.fd);
	if (p->target.fd != -1)
		close(p->target.fd);
	p->next_dead = r->dead;
	r->dead = p;
}

static void
ask(struct relay *r, struct side *s)
{
	struct epoll_event e = { .data.ptr = s };

	if (s->fd == -1 || s->ignored)
		return;
	if (!s->in.eof && s->in.len < WAY_MAX)
		e.events |= EPOLLIN;
	if (s->other->in.due)
		e.events |= EPOLLOUT;
	if (e.events != s->events)
		epoll_ctl(r->epoll, EPOLL_CTL_MOD, s->fd, &e);
	s->events = e.events;
}

/* Write what is due of what came from this side. */
static void
deliver(struct relay *r, struct side *from)
{
	struct way *w = &from->in;
	struct iovec v[2];
	ssize_t n;

	while (w->due && w->size) {
		struct msghdr m = { .msg_iov = v };

		m.msg_iovlen = (size_t)pieces(w, w->head, w->due, v);
		n = sendmsg(from->other->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n <= 0) {
			if (errno != EAGAIN)
				pair_end(r, from->pair);
			break;
		}
		w->head = (w->head + (size_t)n) % w->size;
		w->len -= (size_t)n;
		w->due -= (size_t)n;
	}
	if (from->pair->dead)
		return;
	if (w->eof_due && !w->len && !w->shut) {
		w->shut = true;
		shutdown(from->other->fd, SHUT_WR);
		if (from->other->in.shut) {
			pair_end(r, from->pair);
			return;
		}
	}
	ask(r, from->other);
	ask(r, from);
}

static void
take(struct relay *r, struct side *s)
{
	struct way *w = &s->in;
	struct iovec v[2];
	int one = 1;
	ssize_t n;
	size_t room;

	make_room(w);
	room = w->size - w->len;
	n = readv(s->fd, v, pieces(w, w->head + w->len, room < READ_MAX ? room : READ_MAX, v));
	if (n == -1 && errno == EAGAIN)
		return;
	if (n == -1) {
		pair_end(r, s->pair);
		return;
	}
	setsockopt(s->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one)); /* it is forgotten after a while */
	w->eof = n == 0;
	w->len += (size_t)n;
	queue_add(r, s, now_ns() + r->delay, (size_t)n, false);
	ask(r, s);
}

static int
watch(struct relay *r, struct side *s, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = s };
	int one = 1;

	s->events = events;
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, s->fd, &e);
}

static void
accept_one(struct relay *r)
{
	struct pair *p;
	int fd = accept4(r->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd == -1)
		return;
	p = need(calloc(1, sizeof(*p)));
	p->client = (struct side){ .pair = p, .other = &p->target, .fd = fd };
	p->target = (struct side){ .pair = p, .other = &p->client, .fd = -1 };
	queue_add(r, &p->client, now_ns() + r->delay, 0, true);
}

/* Three delays are three entries, one after the other: the queue stays in order. `n` counts them. */
static void
open_target(struct relay *r, struct side *client, size_t n, int64_t at)
{
	struct side *target = client->other;

	if (n < 2) {
		queue_add(r, client, at + r->delay, n + 1, true);
		return;
	}
	target->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* it is the loopback: this does not wait */
	if (target->fd == -1 || connect(target->fd, (struct sockaddr *)&r->target, sizeof(r->target)) == -1 ||
	    watch(r, target, EPOLLIN) == -1 || watch(r, client, EPOLLIN) == -1)
		pair_end(r, client->pair);
}

static void
run_due(struct relay *r)
{
	int64_t now = now_ns();

	while (r->count && r->queue[r->head].at <= now) {
		struct entry e = r->queue[r->head];

		r->head = (r->head + 1) % r->size;
		r->count--;
		e.from->pair->queued--;
		if (e.from->pair->dead)
			continue;
		if (e.connect) {
			open_target(r, e.from, e.n, e.at);
			continue;
		}
		e.from->in.due += e.n;
		e.from->in.eof_due |= e.n == 0;
		deliver(r, e.from);
	}
}

static void
bury(struct relay *r)
{
	struct pair **at = &r->dead, *p;

	while ((p = *at)) {
		if (p->queued) {
			at = &p->next_dead;
			continue;
		}
		*at = p->next_dead;
		drop_ring(&p->client.in);
		drop_ring(&p->target.in);
		free(p);
	}
}

static void
turn(struct relay *r)
{
	struct epoll_event events[EVENTS];
	struct timespec wait = { 0, 0 };
	int64_t left;
	int i, n;

	if (r->count) {
		left = r->queue[r->head].at - now_ns();
		if (left > 0)
			wait = (struct timespec){ left / 1000000000, left % 1000000000 };
	}
	n = epoll_pwait2(r->epoll, events, EVENTS, r->count ? &wait : NULL, NULL);
	for (i = 0; i < n; i++) {
		struct side *s = events[i].data.ptr;

		if (!s) {
			accept_one(r);
			continue;
		}
		if (!s->pair->dead && (events[i].events & EPOLLOUT))
			deliver(r, s->other);
		if (!s->pair->dead && (s->events & EPOLLIN) && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
			take(r, s);
		else if (!s->pair->dead && (events[i].events & EPOLLERR))
			pair_end(r, s->pair);
		else if (!s->pair->dead && (events[i].events & EPOLLHUP))
			s->ignored = epoll_ctl(r->epoll, EPOLL_CTL_DEL, s->fd, NULL) == 0;
	}
	run_due(r);
	bury(r);
}

static int
listen_on(struct relay *r, in_port_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event e = { .events = EPOLLIN };
	int one = 1;

	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (r->epoll == -1 || r->listener == -1 || setsockopt(r->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == -1)
		return -1;
	if (bind(r->listener, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(r->listener, 256) == -1)
		return -1;
	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->listener, &e);
}

int
main(int argc, char **argv)
{
	struct relay r = { .target = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };
	struct sigaction action = { .sa_handler = stop };

	if (argc < 3 || argc > 4) {
		fputs("usage: latency LISTEN-PORT TARGET-PORT [MS]\n", stderr);
		return 2;
	}
	r.target.sin_port = htons((in_port_t)strtol(argv[2], NULL, 10));
	r.delay = (int64_t)((argc == 4 ? strtod(argv[3], NULL) : 15) * 1000000);
	if (listen_on(&r, (in_port_t)strtol(argv[1], NULL, 10)) == -1) {
		perror("latency");
		return 1;
	}
	prctl(PR_SET_TIMERSLACK, 1UL); /* wake up when it is time, not 50 us later */
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	fflush(stdout);
	while (!stopped)
		turn(&r);
	return 0;
}
