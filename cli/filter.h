/*
 * filter.h - the people that options choose: --topic, --state, --since, --domain, --language, --where and --except, of a command that is
 * about many of them.
 */
#ifndef FILTER_H
#define FILTER_H

#include "store/segment.h"

struct cli;
struct err;

/* What --where and --except say together, canonical; "" without them. ERR_USAGE, for an empty one and for what is not there, too. */
int filter_where(const struct cli *cli, char out[SEGMENT_MAX + 1], struct err *e);

/*
 * All of the options together. ERR_USAGE, or ERR_NOT_FOUND for a --topic that is not there. The caller frees *out.
 */
int filter_people(const struct cli *cli, struct segment **out, struct err *e);

#endif
