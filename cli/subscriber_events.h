/*
 * subscriber_events.h - what `subscriber show` says of what came back of one person's mail.
 */
#ifndef SUBSCRIBER_EVENTS_H
#define SUBSCRIBER_EVENTS_H

#include <stdint.h>

struct cli;
struct err;

/* The field with the points of soft bounces, if there are any; in JSON "points". */
int subscriber_events_points(struct cli *cli, int64_t subscriber_id, struct err *e);

/* A table of bounces, refusals, complaints and unsubscribes, oldest first; in JSON "events". */
int subscriber_events_show(struct cli *cli, int64_t subscriber_id, struct err *e);

#endif
