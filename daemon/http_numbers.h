/*
 * http_numbers.h - what the http role counts of the visitors' requests, in memory until its next sign of life (pulse.h).
 */
#ifndef HTTP_NUMBERS_H
#define HTTP_NUMBERS_H

#include <stdint.h>

#include "base/histogram.h"

struct pulse;

/* Of statuses: 2xx … 5xx, those that an operator looks for by themselves, and requests that were given up before they had one. */
enum http_status_class {
	STATUS_2XX,
	STATUS_3XX,
	STATUS_4XX,
	STATUS_5XX,
	STATUS_503,
	STATUS_NONE,
	STATUS_CLASSES
};

struct http_numbers {
	int64_t answers[STATUS_CLASSES];
	struct histogram seconds; /* from a request's first line until its answer is sent, or it is given up */
};

/* Count from zero, and have them written with the pulse. */
void http_numbers_init(struct http_numbers *n, struct pulse *pulse);
void http_numbers_answered(struct http_numbers *n, unsigned status, int64_t us);

#endif
