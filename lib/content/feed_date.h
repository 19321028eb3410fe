/*
 * feed_date.h - dates as feeds write them; for feed*.c alone.
 */
#ifndef FEED_DATE_H
#define FEED_DATE_H

#include <stdint.h>

/*
 * Unix time of "Wed, 02 Oct 2002 13:00:00 +0200" (RFC 822 and 2822, with the zones by name, years of two digits, long
 * names of months and days, without weekday, time of day or zone), of "2002-10-02T13:00:00.25Z" (RFC 3339, W3C-DTF: "2002",
 * "2002-10", a space for the T), of "Oct 2, 2002". Without a zone it is UTC. 0 for what is none, or is before 1970.
 */
int64_t feed_date(const char *text);

#endif
