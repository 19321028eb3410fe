/*
 * http.c - the http role: answers visitors.
 *
 * libmicrohttpd parses HTTP and holds the connections (epoll, driven from here
 * by MHD_run); this file bounds what comes in, and turns its callbacks into
 * struct http_request. One thread, one loop: poll, MHD_run, then one
 * transaction for what visitors asked for in this turn (http_queue.c).
 *
 * Told to stop, it takes the connections that have come by then and no more,
 * writes and answers what it has, and returns within 10 s.
 */
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "http_operator.h"

/*
 * Bytes that libmicrohttpd may use for one connection: a head of HTTP_HEAD, 64 for
 * each of its fields, and the answer's headers. It zeroes all of it after each answer,
 * so that this is what a connection costs that has asked once.
 */
#define MEMORY 49152
#define SEND_BUFFER 65536 /* bytes the kernel holds for a client that does not read; by itself it would go up to megabytes */
#define STILL_US 1000000  /* a loop that comes round so late stood still */
#define RETRY_MS 1        /* between two tries for the writers' turn */
#define DRAIN_US 10000000
#define DRAIN_TURNS 64        /* at most, for taking the connections that had come before: each takes some of them */
#define DRAIN_IDLE_US 1000000 /* requests of which only a part has come get so long to come whole */

/* The request begins: its URI is known, nothing else yet. What is returned is the request's context in all that follows. */
static void *
on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct http_request *r = xcalloc(1, sizeof(*r));
	const char *host = strstr(uri, "://");
	char *query;
	size_t n;

	r->http = cls;
	r->connection = connection;
	r->begun_us = clock_mono_us();
	r->query = r->token = "";
	buf_init(&r->body);
	r->http->active++;
	if (uri[0] != '/' && host) /* the absolute form (RFC 9112 3.2.2); whose host that is, is all the same to us */
		uri = strchrnul(host + 3, '/');
	n = strlen(uri);
	if (n > HTTP_URI)
		return r;
	memcpy(r->uri, uri, n + 1);
	query = strchr(r->uri, '?');
	if (query) {
		*query = '\0';
		r->query = query + 1;
	}
	return r;
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode how)
{
	struct http_request *r = *context;

	(void)cls;
	(void)how;
	if (!r)
		return;
	http_conn_asks(&r->http->conns, connection);
	http_numbers_answered(&r->http->numbers, r->status, clock_mono_us() - r->begun_us);
	r->http->active--;
	r->http->bodies -= r->body.len;
	buf_release(&r->body);
	if (r->response)
		MHD_destroy_response(r->response);
	free(r);
	*context = NULL;
}

/* libmicrohttpd unescapes nothing for us: paths need none of it, and http_request.c reads the query. */
static size_t
on_unescape(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

/* Said before a body is read, and the last that is said on this connection: where the next request begins is not known. */
static void
refuse_head(struct http_request *r, unsigned status)
{
	if (status == MHD_HTTP_BAD_REQUEST)
		page_error(r, status, "ambiguous", NULL);
	else
		page_error(r, status, "headers-too-large", NULL);
	if (r->response)
		MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* The headers are there. Whether a body is bound to be refused is decided here, before it is read. */
static void
begin(struct http_request *r, const char *version)
{
	const char *length = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
	unsigned bad = http_head_check(r, version);

	r->stage = HTTP_BODY;
	r->json = accept_json(MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT));
	r->route = http_route_find(r->http, r);
	http_visitor_ip(r);
	http_language_begin(r);
	if (bad) {
		refuse_head(r, bad);
		return;
	}
	if (length && strtoull(length, NULL, 10) > HTTP_DRAIN) {
		r->refused = MHD_HTTP_CONTENT_TOO_LARGE;
		page_error(r, r->refused, "too-large", NULL);
	}
}

/* A piece of the body; false when there is no end of it. */
static bool
take(struct http_request *r, const char *data, size_t n)
{
	struct http *h = r->http;
	bool any = r->route && r->route->any_body;
	size_t room = FORM_BODY - r->body.len;

	r->seen += n;
	if (r->seen > HTTP_DRAIN)
		return false;
	if (n > room && !any)
		r->refused = MHD_HTTP_CONTENT_TOO_LARGE;
	else if (n > HTTP_BODIES - h->bodies && !any)
		r->refused = MHD_HTTP_SERVICE_UNAVAILABLE;
	if (n > room)
		n = room;
	if (r->refused || n > HTTP_BODIES - h->bodies)
		return true; /* read on, so that the answer reaches its sender */
	buf_add(&r->body, data, n);
	h->bodies += n;
	return true;
}

static enum MHD_Result
send_response(struct http_request *r)
{
	if (!r->response)
		return MHD_NO;
	if (!http_conn_answers(&r->http->conns, r->connection))
		MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONNECTION, "close");
	return MHD_queue_response(r->connection, r->status, r->response);
}

/*
 * Called again and again for one request: first with its headers, then with
 * each piece of its body, then without; and once more after it was suspended.
 */
static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *data,
    size_t *size, void **context)
{
	struct http_request *r = *context;

	(void)cls;
	(void)connection;
	(void)url;
	if (r->stage == HTTP_NEW) {
		begin(r, version);
		return r->stage == HTTP_ANSWERED ? send_response(r) : MHD_YES;
	}
	if (r->stage == HTTP_BODY && *size) {
		if (!take(r, data, *size))
			return MHD_NO;
		*size = 0;
		return MHD_YES;
	}
	if (r->stage == HTTP_BODY) {
		http_dispatch(r, method);
		if (r->stage == HTTP_QUEUED) {
			http_conn_waits(&r->http->conns, r->connection);
			MHD_suspend_connection(r->connection);
			return MHD_YES;
		}
	} else if (r->stage == HTTP_WRITTEN) {
		r->answer(r);
	}
	return send_response(r);
}

/* Behind a reverse proxy all visitors come from one address, and it bounds them. */
static unsigned
per_ip_limit(const struct http *h)
{
	struct sockaddr_storage own = { 0 };
	const struct sockaddr_in *v4 = (const void *)&own;
	const struct sockaddr_in6 *v6 = (const void *)&own;
	socklen_t n = sizeof(own);

	if (h->proxy_count || getsockname(h->role->listen_fd, (struct sockaddr *)(void *)&own, &n) == -1)
		return 0;
	if (own.ss_family == AF_INET && (ntohl(v4->sin_addr.s_addr) >> 24) != 127)
		return HTTP_PER_IP;
	if (own.ss_family == AF_INET6 && !IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr))
		return HTTP_PER_IP;
	return 0;
}

/* As many connections as are configured and as there are descriptors for (the parent has raised their limit as far as it could). */
static void
set_limits(struct http *h)
{
	const struct conf *conf = &h->role->site.conf;
	const rlim_t beside = (rlim_t)HTTP_CONN_FILES(conf);
	struct rlimit files;

	h->conns.limit_us = conf->http_request_time * 1000000;
	h->conns.timeout = (unsigned)conf->http_timeout;
	h->conns.most = (size_t)conf->http_connections;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < h->conns.most + beside)
		h->conns.most = files.rlim_cur > 2 * beside ? files.rlim_cur - beside : beside;
}

static int
start(struct http *h, struct err *e)
{
	const struct conf *conf = &h->role->site.conf;
	const int send_buffer = SEND_BUFFER;

	set_limits(h);
	setsockopt(h->role->listen_fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer)); /* what is accepted inherits it */
	errno = 0;
	h->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, h,
	    MHD_OPTION_LISTEN_SOCKET, h->role->listen_fd,
	    MHD_OPTION_CONNECTION_LIMIT, http_conn_slack(&h->conns),
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)conf->http_timeout,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_ip_limit(h),
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, h,
	    MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, h,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
	    MHD_OPTION_NOTIFY_CONNECTION, http_conn_notify, &h->conns,
	    MHD_OPTION_END);
	if (!h->mhd)
		return err_sys(e, "libmicrohttpd cannot serve on the listening socket with [http] connections = %zu", h->conns.most);
	return 0;
}

/* The path part of [site] url, which all pages lie under. */
static char *
base_path(const char *url)
{
	const char *path = strstr(url, "://");

	path = path ? strchr(path + 3, '/') : NULL;
	return xstrdup(path ? path : "");
}

/* Milliseconds that poll may wait, at most `most`. */
static int
wait_ms(const struct http *h, int most)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	if (h->resumed)
		return 0;
	if ((h->head || h->pulse_waits) && most > RETRY_MS)
		most = RETRY_MS;
	if (MHD_get_timeout(h->mhd, &timeout) == MHD_YES && timeout < (MHD_UNSIGNED_LONG_LONG)most)
		most = (int)timeout;
	return http_operator_wait_ms(h->operator_, most);
}

/* One turn of the loop. */
static int
turn(struct http *h, int epoll_fd, bool draining, struct err *e)
{
	struct pollfd fds[3] = {
		{ .fd = epoll_fd, .events = POLLIN },
		{ .fd = http_operator_fd(h->operator_), .events = POLLIN },
		{ .fd = h->role->stop_fd, .events = POLLIN },
	};

	const int wait = wait_ms(h, draining ? 10 : 1000);
	int64_t late;

	/* draining, stop_fd stays readable */
	if (poll(fds, draining ? 2 : 3, wait) == -1 && errno != EINTR)
		return err_sys(e, "poll");
	late = clock_mono_us() - h->turned_us - (int64_t)wait * 1000;
	if (h->turned_us && late > STILL_US)
		http_conn_excuse(&h->conns, late);
	h->turned_us = clock_mono_us();
	h->resumed = false;
	http_conn_turn(&h->conns);
	if (MHD_run(h->mhd) != MHD_YES)
		return err_set(e, ERR_SYSTEM, "libmicrohttpd failed");
	http_queue_turn(h);
	return http_operator_turn(h->operator_, e);
}

/* Whether somebody's connection has not been taken yet. */
static bool
is_called(const struct http *h)
{
	struct pollfd p = { .fd = h->role->listen_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/*
 * Take no connection any more but those that are there, for nobody may come to take them, and end what was begun. Then the port is
 * free at once, but for what the parent has: whoever starts after a kill of the parent waits for it.
 */
static int
drain(struct http *h, int epoll_fd, struct err *e)
{
	int64_t since = clock_mono_us(), left;
	int i, fd;

	for (i = 0; i < DRAIN_TURNS && is_called(h); i++)
		if (turn(h, epoll_fd, true, e) == -1)
			return -1;
	if (turn(h, epoll_fd, true, e) == -1) /* which reads what the one before it has taken */
		return -1;
	fd = MHD_quiesce_daemon(h->mhd);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	while (h->active) {
		left = clock_mono_us() - since;
		if (left > DRAIN_US || (!h->head && left > DRAIN_IDLE_US))
			break;
		if (turn(h, epoll_fd, true, e) == -1)
			return -1;
	}
	return 0;
}

/* What is made of configuration and templates, once. */
static int
open_all(struct http *h, struct err *e)
{
	const struct conf *conf = &h->role->site.conf;

	h->disposable = h->roles = WORDLIST_INIT;
	h->topics_version = -1;
	h->batch = SIZE_MAX;
	h->tail = &h->head;
	h->cache = http_cache_new();
	h->site = site_context(conf);
	h->base = base_path(conf->site_url);
	archive_init(h);
	if (http_proxies_init(h, e) == -1 || http_language_init(h, e) == -1 || signup_init(h, e) == -1)
		return -1;
	return style_init(h, e);
}

static void
release_all(struct http *h)
{
	int i;

	archive_release(h);
	http_cache_free(h->cache);
	json_decref(h->site);
	free(h->base);
	for (i = 0; i < WORDS_LANGUAGES; i++)
		buf_release(&h->consent[i].text);
	wordlist_release(&h->disposable);
	wordlist_release(&h->roles);
}

int
http_check(struct role_run *role, struct err *e)
{
	struct http h = { .role = role };
	int rc = open_all(&h, e);

	release_all(&h);
	return rc;
}

int
http_run(struct role_run *role, struct err *e)
{
	struct http h = { .role = role };
	const union MHD_DaemonInfo *info;
	int rc = -1;

	signal(SIGPIPE, SIG_IGN); /* a visitor who has gone is no reason to end */
	if (open_all(&h, e) == -1 || start(&h, e) == -1 || http_operator_open(&h, e) == -1)
		goto out;
	http_numbers_init(&h.numbers, &role->pulse);
	role_ready(role);
	info = MHD_get_daemon_info(h.mhd, MHD_DAEMON_INFO_EPOLL_FD);
	while (!role_stopping(role))
		if (turn(&h, info->epoll_fd, false, e) == -1)
			goto out;
	rc = drain(&h, info->epoll_fd, e);
out:
	http_operator_close(h.operator_);
	if (h.mhd) {
		http_queue_abandon(&h);
		MHD_run(h.mhd);
		MHD_stop_daemon(h.mhd);
		pulse_end(&role->pulse, role->site.db);
	}
	release_all(&h);
	return rc;
}
