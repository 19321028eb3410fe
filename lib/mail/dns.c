/* dns.c - see dns.h: whom to ask, how long to wait, and what was asked already. */
#include "mail/dns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"

#define SERVERS 3
#define TRIES 2
#define DEAD_AFTER 2 /* questions without an answer */

struct server {
	struct sockaddr_storage addr;
	socklen_t len;
};

struct kept {
	char name[DNS_NAME];
	enum dns_type type;
	struct dns_answer answer;
	struct kept *next;
};

struct dns {
	int64_t end_us; /* dns_until */
	struct server server[SERVERS];
	int servers;
	bool ours;    /* the caller named it: it may know of one zone alone */
	int8_t blind; /* it says of everything that there is no such name: 1, 0, -1: not known yet */
	int silent;   /* questions without an answer, in a row */
	int asked;
	struct kept *kept;
	uint8_t message[DNS_MESSAGE];
};

static const struct dns_answer no_answer = { .status = DNS_SILENT }, no_name = { .status = DNS_BROKEN };

static int
set_server(struct server *s, const char *host, const char *port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&s->addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s->addr;
	char *end;
	unsigned long n = strtoul(port, &end, 10);

	memset(s, 0, sizeof(*s));
	if (!port[0] || *end || n == 0 || n > 65535)
		return -1;
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)n);
		s->len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1)
		return -1;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)n);
	s->len = sizeof(*v6);
	return 0;
}

static int
read_server(struct server *s, const char *text)
{
	char host[64];
	const char *end, *port = "53";

	if (text[0] == '[') {
		end = strchr(text, ']');
		text++;
		if (!end || (end[1] && end[1] != ':'))
			return -1;
		if (end[1])
			port = end + 2;
	} else {
		end = strchr(text, ':');
		if (end && !strchr(end + 1, ':')) /* one alone: a port */
			port = end + 1;
		else
			end = text + strlen(text);
	}
	if ((size_t)(end - text) >= sizeof(host))
		return -1;
	memcpy(host, text, (size_t)(end - text));
	host[end - text] = '\0';
	return set_server(s, host, port);
}

static void
system_servers(struct dns *d)
{
	struct __res_state state;

	memset(&state, 0, sizeof(state));
	if (res_ninit(&state) == -1)
		return;
	for (int i = 0; i < state.nscount && i < MAXNS && d->servers < SERVERS; i++) {
		struct server *s = &d->server[d->servers];
		const struct sockaddr_in6 *v6 = state._u._ext.nsaddrs[i];

		memset(s, 0, sizeof(*s));
		if (state.nsaddr_list[i].sin_family == AF_INET) {
			memcpy(&s->addr, &state.nsaddr_list[i], sizeof(state.nsaddr_list[i]));
			s->len = sizeof(state.nsaddr_list[i]);
		} else if (v6) {
			memcpy(&s->addr, v6, sizeof(*v6));
			s->len = sizeof(*v6);
		}
		d->servers += s->len > 0;
	}
	res_nclose(&state);
}

struct dns *
dns_new(const char *server, struct err *e)
{
	struct dns *d = xcalloc(1, sizeof(*d));

	d->blind = -1;
	if (!server || !server[0]) {
		system_servers(d);
	} else if (read_server(&d->server[0], server) == 0) {
		d->servers = 1;
		d->ours = true;
	} else {
		free(d);
		err_set(e, ERR_USAGE, "\"%.80s\" is no name server: it is an address, with :PORT behind it if need be", server);
		return NULL;
	}
	return d;
}

void
dns_free(struct dns *d)
{
	struct kept *k, *next;

	if (!d)
		return;
	for (k = d->kept; k; k = next) {
		next = k->next;
		dns_answer_release(&k->answer);
		free(k);
	}
	free(d);
}

void
dns_until(struct dns *d, int64_t end_us)
{
	d->end_us = end_us;
}

static bool
is_late(const struct dns *d)
{
	return d->end_us && clock_mono_us() >= d->end_us;
}

static int64_t
end_of_try(const struct dns *d)
{
	int64_t end = clock_mono_us() + DNS_SECONDS * 1000000LL;

	return d->end_us && d->end_us < end ? d->end_us : end;
}

static bool
wait_until(int fd, short events, int64_t end_us)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left = end_us - clock_mono_us();
	int rc;

	do {
		rc = left > 0 ? poll(&p, 1, (int)(left / 1000) + 1) : 0;
		left = end_us - clock_mono_us();
	} while (rc == -1 && errno == EINTR);
	return rc == 1;
}

static int
open_socket(const struct server *s, int type)
{
	int fd = socket(s->addr.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd != -1 && connect(fd, (const struct sockaddr *)&s->addr, s->len) == -1 && errno != EINPROGRESS) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Send or receive all n octets. */
static int
move_all(int fd, uint8_t *p, size_t n, bool out, int64_t end_us)
{
	size_t at = 0;

	while (at < n) {
		ssize_t got = out ? send(fd, p + at, n - at, MSG_NOSIGNAL) : recv(fd, p + at, n - at, 0);

		if (got > 0) {
			at += (size_t)got;
			continue;
		}
		/* a signal is waited out as well: there is something to read or there is not */
		if (got == 0 || (errno != EAGAIN && errno != EINTR) || !wait_until(fd, out ? POLLOUT : POLLIN, end_us))
			return -1;
	}
	return 0;
}

struct question {
	const char *name;
	enum dns_type type;
	uint16_t id;
	uint8_t wire[512];
	size_t n;
};

static bool
has_id(const uint8_t *message, size_t n, const struct question *q)
{
	return n >= 12 && message[0] == q->id >> 8 && message[1] == (q->id & 255);
}

/* RFC 1035 4.2.2 */
static int
ask_tcp(struct dns *d, const struct server *s, const struct question *q, struct dns_answer *out)
{
	int64_t end = end_of_try(d);
	int fd = open_socket(s, SOCK_STREAM), rc = -1;
	uint8_t wire[514], head[2];
	size_t n;
	bool tc;

	if (fd == -1)
		return -1;
	wire[0] = (uint8_t)(q->n >> 8);
	wire[1] = (uint8_t)q->n;
	memcpy(wire + 2, q->wire, q->n);
	if (wait_until(fd, POLLOUT, end) && move_all(fd, wire, q->n + 2, true, end) == 0 && move_all(fd, head, 2, false, end) == 0) {
		n = (size_t)head[0] << 8 | head[1];
		if (move_all(fd, d->message, n, false, end) == 0 && has_id(d->message, n, q))
			rc = dns_read(out, d->message, n, q->name, q->type, &tc);
	}
	close(fd);
	return rc;
}

/* 0 and *out, or -1: nothing that is an answer came in time. */
static int
ask_udp(struct dns *d, const struct server *s, const struct question *q, struct dns_answer *out)
{
	int64_t end = end_of_try(d);
	int fd = open_socket(s, SOCK_DGRAM), rc = -1;
	bool tc = false;

	if (fd == -1)
		return -1;
	if (send(fd, q->wire, q->n, MSG_NOSIGNAL) != (ssize_t)q->n)
		goto out;
	while (rc == -1 && wait_until(fd, POLLIN, end)) {
		ssize_t n = recv(fd, d->message, sizeof(d->message), 0);

		if (n == -1 && errno != EAGAIN && errno != EINTR)
			break; /* nobody listens there */
		/* what is no answer to this question, others may have sent: wait on */
		if (n > 0 && has_id(d->message, (size_t)n, q))
			rc = dns_read(out, d->message, (size_t)n, q->name, q->type, &tc);
	}
out:
	close(fd);
	if (rc == 0 && tc) {
		dns_answer_release(out);
		rc = ask_tcp(d, s, q, out);
	}
	return rc;
}

static void
ask(struct dns *d, const char *name, enum dns_type type, struct dns_answer *out)
{
	struct question q = { .name = name, .type = type };

	out->status = DNS_SILENT;
	for (int i = 0; i < TRIES || i < d->servers; i++) {
		secret_random(&q.id, sizeof(q.id));
		q.n = dns_question(q.wire, q.id, name, type);
		if (ask_udp(d, &d->server[i % d->servers], &q, out) == -1)
			out->status = DNS_SILENT;
		else if (out->status != DNS_REFUSED)
			break; /* another server may know what this one does not say */
	}
	if (!is_late(d)) /* then it was our haste */
		d->silent = out->status == DNS_SILENT ? d->silent + 1 : 0;
}

/* Without a network some resolvers say "no such name" to everything: one that denies com knows nothing. */
static bool
is_blind(struct dns *d)
{
	struct dns_answer com = { 0 };

	if (d->blind == -1 && !d->ours) {
		ask(d, "com", DNS_TXT, &com);
		d->blind = com.status == DNS_NO_NAME;
		dns_answer_release(&com);
	}
	return d->blind == 1;
}

const struct dns_answer *
dns_look(void *ctx, const char *name, enum dns_type type)
{
	struct dns *d = ctx;
	struct kept *k;

	if (!dns_is_name(name))
		return &no_name;
	for (k = d->kept; k; k = k->next)
		if (k->type == type && strcasecmp(k->name, name) == 0)
			return &k->answer;
	if (d->silent >= DEAD_AFTER || d->asked == DNS_QUESTIONS || d->servers == 0 || is_late(d))
		return &no_answer;
	k = xcalloc(1, sizeof(*k));
	text_copy(k->name, sizeof(k->name), name);
	text_lower(k->name);
	k->type = type;
	k->next = d->kept;
	d->kept = k;
	d->asked++;
	ask(d, k->name, type, &k->answer);
	if (k->answer.status == DNS_NO_NAME && is_blind(d))
		k->answer.status = DNS_REFUSED;
	return &k->answer;
}

const char *
dns_status_text(enum dns_status status)
{
	switch (status) {
	case DNS_FOUND: return "found";
	case DNS_NO_DATA: return "no such record";
	case DNS_NO_NAME: return "no such name";
	case DNS_REFUSED: return "the name server does not say";
	case DNS_SILENT: return "no name server answers";
	case DNS_BROKEN: break;
	}
	return "the answer cannot be read";
}

bool
dns_is_absent(const struct dns_answer *a)
{
	return a->status == DNS_NO_DATA || a->status == DNS_NO_NAME;
}
