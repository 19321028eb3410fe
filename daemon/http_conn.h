/*
 * http_conn.h - the http role's connections: how many there are, and how long a client may take.
 *
 * libmicrohttpd's own limit is on silence, so that a client who sends an octet
 * now and then, or reads one, would stay for ever. Here each connection has a
 * fixed time (`limit_us`) to send a whole request, from its opening or from the end of the
 * last answer, and the same again to read the answer. While a request waits for the store, nothing is
 * counted against its client. All have the same limit: each list is in the order of time, and
 * only its head is ever looked at.
 *
 * When all but an eighth of the connections are taken, each new one ends that which has
 * been without a whole request for longest: a crowd of idlers never keeps a visitor out.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Descriptors that the role needs beside its visitors' connections: libmicrohttpd's slack is among them, and an operator's listener's. */
#define HTTP_CONN_FILES(conf) (192 + ((conf)->http_operator[0] ? 128 : 0))

/*
 * Connections kept open for another request: libmicrohttpd touches all the memory of one that was
 * answered (48 KB), where one that says nothing costs less than 1 KB.
 */
#define HTTP_CONN_KEPT 512

struct http_conn;

struct http_conn_list {
	struct http_conn *head, *tail;
};

struct http_conns {
	int64_t limit_us;
	unsigned timeout;                      /* libmicrohttpd's, in seconds */
	size_t most;                           /* connections held at once */
	size_t open, ending;                   /* ending: of the open ones, those that were shut down and are not closed yet */
	struct http_conn_list asking, reading; /* without a whole request; with an answer that is not read yet */
	size_t kept;                           /* those that may ask again */
	size_t slow, crowded;                  /* ended since the log was told, for want of speed or of room */
	int64_t told_us;
};

/* MHD_OPTION_NOTIFY_CONNECTION; cls is the struct http_conns. */
void http_conn_notify(void *cls, struct MHD_Connection *connection, void **conn, enum MHD_ConnectionNotificationCode code);

/*
 * A request is whole, and waits; its answer is on the way; that is read, and
 * the next request may come. False when none may: the answer has to say that the connection closes.
 */
void http_conn_waits(struct http_conns *all, struct MHD_Connection *connection);
bool http_conn_answers(struct http_conns *all, struct MHD_Connection *connection);
void http_conn_asks(struct http_conns *all, struct MHD_Connection *connection);

/*
 * The role itself stood still for so long: that is nobody's silence. libmicrohttpd (0.9.75) would
 * look at the time first, and at what has been sent meanwhile afterwards.
 */
void http_conn_excuse(struct http_conns *all, int64_t us);

/* End those whose time is over; libmicrohttpd closes them the next time it runs. At most once a minute a line goes into the log. */
void http_conn_turn(struct http_conns *all);

/* Connections that libmicrohttpd is to be allowed: it stops accepting at its limit, so ours has to be the lower one. */
unsigned http_conn_slack(const struct http_conns *all);

#endif
