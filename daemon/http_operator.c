/* http_operator.c - see http_operator.h. */
#include "http_operator.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "http.h"

#define CONNECTIONS 32
#define REQUEST_US 10000000 /* for a whole request, and again to read its answer */
#define TIMEOUT 10          /* seconds of silence */
#define MEMORY 16384        /* bytes of a connection for libmicrohttpd: a head and the answer's */
#define KEEP_US 1000000     /* what was said so lately is said again */
#define COUNT_MS 5          /* between two bites of counting */

/* What was said last. */
struct said {
	struct buf text, json;
	unsigned status;
	int64_t at_us; /* 0: never */
};

struct http_operator {
	struct http *http;
	struct MHD_Daemon *mhd;
	int epoll_fd;
	struct http_conns conns;
	struct said health, metrics;
	struct metrics *numbers;
	bool counting;
};

static bool
is_fresh(const struct said *s)
{
	return s->at_us && clock_mono_us() - s->at_us < KEEP_US;
}

static void
begin(struct said *s)
{
	buf_reset(&s->text);
	buf_reset(&s->json);
}

static const struct said *
say_health(struct http_operator *o)
{
	struct said *s = &o->health;

	if (is_fresh(s))
		return s;
	begin(s);
	s->status = http_health(o->http, &s->text, &s->json) ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
	s->at_us = clock_mono_us();
	return s;
}

static const struct said *
say_metrics(struct http_operator *o)
{
	struct said *s = &o->metrics;
	struct err e = ERR_INIT;

	if (is_fresh(s))
		return s;
	begin(s);
	s->status = MHD_HTTP_OK;
	if (metrics_write(o->numbers, &s->text, &e) == -1) {
		log_event(LOG_LEVEL_ERROR, "metrics", "reason=%s", log_text(e.text));
		buf_reset(&s->text);
		buf_addf(&s->text, "the store cannot be read: %s\n", e.text);
		s->status = MHD_HTTP_SERVICE_UNAVAILABLE;
	}
	s->at_us = clock_mono_us();
	return s;
}

static enum MHD_Result
answer(struct http_operator *o, struct MHD_Connection *connection, unsigned status, const char *type, const struct buf *body)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(body->len, body->data, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	if (!http_conn_answers(&o->conns, connection) || status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
answer_line(struct http_operator *o, struct MHD_Connection *connection, unsigned status, const char *line)
{
	struct buf text = BUF_INIT;
	enum MHD_Result result;

	buf_addf(&text, "%s\n", line);
	result = answer(o, connection, status, "text/plain; charset=utf-8", &text);
	buf_release(&text);
	return result;
}

static enum MHD_Result
answer_health(struct http_operator *o, struct MHD_Connection *connection)
{
	const struct said *said = say_health(o);
	bool json = accept_json(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT));

	return answer(o, connection, said->status, json ? "application/json" : "text/plain; charset=utf-8",
	    json ? &said->json : &said->text);
}

static enum MHD_Result
answer_metrics(struct http_operator *o, struct MHD_Connection *connection)
{
	const struct said *said = say_metrics(o);

	o->counting = true;
	return answer(o, connection, said->status,
	    said->status == MHD_HTTP_OK ? "text/plain; version=0.0.4; charset=utf-8" : "text/plain; charset=utf-8", &said->text);
}

/*
 * First with the headers; then once more, without a body: a method that might have one is answered before it is read, and the
 * connection closes.
 */
static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *data,
    size_t *size, void **context)
{
	struct http_operator *o = cls;
	bool get = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;

	(void)version, (void)data;
	if (!get)
		return answer_line(o, connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are answered here");
	if (!*context) {
		*context = o;
		return MHD_YES;
	}
	if (*size) { /* of a GET: nobody reads it */
		*size = 0;
		return MHD_YES;
	}
	if (strcmp(url, "/healthz") == 0)
		return answer_health(o, connection);
	if (strcmp(url, "/metrics") == 0)
		return answer_metrics(o, connection);
	return answer_line(o, connection, MHD_HTTP_NOT_FOUND, "there are /healthz and /metrics");
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode how)
{
	struct http_operator *o = cls;

	(void)context, (void)how;
	http_conn_asks(&o->conns, connection);
}

static int
start(struct http_operator *o, int fd, struct err *e)
{
	const union MHD_DaemonInfo *info;

	o->mhd = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, o,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, http_conn_slack(&o->conns),
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, o,
	    MHD_OPTION_NOTIFY_CONNECTION, http_conn_notify, &o->conns,
	    MHD_OPTION_END);
	if (!o->mhd)
		return err_sys(e, "libmicrohttpd cannot serve on the operator's socket");
	info = MHD_get_daemon_info(o->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	o->epoll_fd = info->epoll_fd;
	return 0;
}

int
http_operator_open(struct http *h, struct err *e)
{
	struct http_operator *o;

	if (h->role->operator_fd == -1)
		return 0;
	o = xcalloc(1, sizeof(*o));
	o->http = h;
	o->conns.most = CONNECTIONS;
	o->conns.limit_us = REQUEST_US;
	o->numbers = metrics_new(h);
	buf_init(&o->health.text);
	buf_init(&o->health.json);
	buf_init(&o->metrics.text);
	buf_init(&o->metrics.json);
	h->operator_ = o;
	return start(o, h->role->operator_fd, e);
}

void
http_operator_close(struct http_operator *o)
{
	if (!o)
		return;
	if (o->mhd)
		MHD_stop_daemon(o->mhd);
	metrics_free(o->numbers);
	buf_release(&o->health.text);
	buf_release(&o->health.json);
	buf_release(&o->metrics.text);
	buf_release(&o->metrics.json);
	free(o);
}

int
http_operator_fd(const struct http_operator *o)
{
	return o ? o->epoll_fd : -1;
}

int
http_operator_wait_ms(const struct http_operator *o, int most)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	if (!o)
		return most;
	if (o->counting && most > COUNT_MS)
		most = COUNT_MS;
	if (MHD_get_timeout(o->mhd, &timeout) == MHD_YES && timeout < (MHD_UNSIGNED_LONG_LONG)most)
		most = (int)timeout;
	return most;
}

int
http_operator_turn(struct http_operator *o, struct err *e)
{
	if (!o)
		return 0;
	http_conn_turn(&o->conns);
	if (MHD_run(o->mhd) != MHD_YES)
		return err_set(e, ERR_SYSTEM, "libmicrohttpd failed");
	if (o->counting)
		o->counting = metrics_count(o->numbers);
	return 0;
}
