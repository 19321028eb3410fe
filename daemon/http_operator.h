/*
 * http_operator.h - the operator's listener ([http] operator): /healthz and /metrics, and nothing that visitors have.
 *
 * It is a second libmicrohttpd in the http role's loop, with bounds of its own, so that neither takes the other's connections. It only
 * reads the store, and at most once a second however often it is asked. http_health.c and http_metrics.c make what it says.
 */
#ifndef HTTP_OPERATOR_H
#define HTTP_OPERATOR_H

#include <stdbool.h>

struct buf;
struct err;
struct http;
struct http_operator;
struct metrics;

/* Start to answer on the role's operator_fd; without one h->operator_ stays NULL, which all functions take. */
int http_operator_open(struct http *h, struct err *e);
void http_operator_close(struct http_operator *o);

int http_operator_fd(const struct http_operator *o); /* to poll for reading; -1: none */
int http_operator_wait_ms(const struct http_operator *o, int most);
int http_operator_turn(struct http_operator *o, struct err *e);

/* http_health.c: whether all is well, in lines and as JSON (appended). */
bool http_health(const struct http *h, struct buf *text, struct buf *json);

/* http_metrics.c: everything, in Prometheus' text format 0.0.4 (appended). -1: the store cannot be read. */
struct metrics *metrics_new(struct http *h);
void metrics_free(struct metrics *m);
int metrics_write(struct metrics *m, struct buf *out, struct err *e);

/* Subscriptions are counted in bites between other work: true while there is more to count now. */
bool metrics_count(struct metrics *m);

#endif
