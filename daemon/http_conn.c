/* http_conn.c - see http_conn.h. */
#include "http_conn.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#define SLACK 64 /* libmicrohttpd accepts ten at a time, and closes what was shut down only when it runs again */
#define TELL_US 60000000

struct http_conn {
	struct http_conn *prev, *next;
	struct http_conn_list *list; /* NULL: on none */
	struct MHD_Connection *mhd;
	int64_t since_us;
	int fd; /* libmicrohttpd's: valid until it says that the connection is closed */
	bool ending, kept;
};

static void
leave(struct http_conn *c)
{
	if (!c->list)
		return;
	*(c->prev ? &c->prev->next : &c->list->head) = c->next;
	*(c->next ? &c->next->prev : &c->list->tail) = c->prev;
	c->list = NULL;
}

static void
enter(struct http_conn *c, struct http_conn_list *list)
{
	leave(c);
	if (c->ending)
		return;
	c->since_us = clock_mono_us();
	c->list = list;
	c->prev = list->tail;
	c->next = NULL;
	*(list->tail ? &list->tail->next : &list->head) = c;
	list->tail = c;
}

/*
 * The descriptor is libmicrohttpd's to close; shut down, it shows up there as
 * broken. What the kernel still holds for somebody who does not read is thrown
 * away with it (SO_LINGER), or it would outlive the connection by minutes.
 */
static void
end(struct http_conns *all, struct http_conn *c)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (c->list == &all->reading)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	leave(c);
	c->ending = true;
	all->ending++;
	shutdown(c->fd, SHUT_RDWR);
}

static void
opened(struct http_conns *all, struct MHD_Connection *connection, void **conn)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct http_conn *c = xcalloc(1, sizeof(*c));

	c->fd = info->connect_fd;
	c->mhd = connection;
	*conn = c;
	all->open++;
	if (all->open - all->ending > all->most - all->most / 8 && all->asking.head) {
		end(all, all->asking.head);
		all->crowded++;
	}
	enter(c, &all->asking);
}

void
http_conn_notify(void *cls, struct MHD_Connection *connection, void **conn, enum MHD_ConnectionNotificationCode code)
{
	struct http_conns *all = cls;
	struct http_conn *c = *conn;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		opened(all, connection, conn);
		return;
	}
	leave(c);
	all->open--;
	all->ending -= c->ending;
	all->kept -= c->kept;
	free(c);
	*conn = NULL;
}

static struct http_conn *
conn_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void
http_conn_waits(struct http_conns *all, struct MHD_Connection *connection)
{
	(void)all;
	leave(conn_of(connection));
}

bool
http_conn_answers(struct http_conns *all, struct MHD_Connection *connection)
{
	struct http_conn *c = conn_of(connection);

	enter(c, &all->reading);
	if (!c->kept && all->kept < HTTP_CONN_KEPT) {
		c->kept = true;
		all->kept++;
	}
	return c->kept;
}

void
http_conn_asks(struct http_conns *all, struct MHD_Connection *connection)
{
	enter(conn_of(connection), &all->asking);
}

static void
end_old(struct http_conns *all, const struct http_conn_list *list, int64_t now)
{
	while (list->head && now - list->head->since_us > all->limit_us) {
		end(all, list->head);
		all->slow++;
	}
}

/* Its silence begins anew: libmicrohttpd takes a timeout for a new one only where there was none. */
static void
excuse(const struct http_conns *all, struct http_conn_list *list, int64_t us)
{
	struct http_conn *c;

	for (c = list->head; c; c = c->next) {
		c->since_us += us;
		MHD_set_connection_option(c->mhd, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
		MHD_set_connection_option(c->mhd, MHD_CONNECTION_OPTION_TIMEOUT, all->timeout);
	}
}

void
http_conn_excuse(struct http_conns *all, int64_t us)
{
	excuse(all, &all->asking, us);
	excuse(all, &all->reading, us);
}

void
http_conn_turn(struct http_conns *all)
{
	int64_t now;

	if (!all->open && !all->slow && !all->crowded)
		return;
	now = clock_mono_us();
	end_old(all, &all->asking, now);
	end_old(all, &all->reading, now);
	if ((!all->slow && !all->crowded) || now - all->told_us < TELL_US)
		return;
	log_event(LOG_LEVEL_WARNING, "connections-ended", "slow=%zu crowded=%zu open=%zu", all->slow, all->crowded, all->open);
	all->slow = all->crowded = 0;
	all->told_us = now;
}

unsigned
http_conn_slack(const struct http_conns *all)
{
	return (unsigned)all->most + SLACK;
}
