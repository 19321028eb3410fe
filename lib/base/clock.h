/*
 * clock.h - what time it is, and how it is written.
 *
 * Times are Unix seconds, UTC, unless a name ends in _ms or _us. Tests inject a
 * time: in a program by clock_set(), for the binaries by the environment
 * variable NEWSLETTER_CLOCK ("@1767225600" stands still there, "+90000" runs
 * ahead by so many seconds).
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

struct err;

#define CLOCK_TEXT 40 /* bytes for any of the texts below */

int64_t clock_now(void);
int64_t clock_now_ms(void);  /* wall clock, milliseconds */
int64_t clock_mono_us(void); /* monotonic, microseconds, for measuring; never injected */

void clock_set(int64_t unix_time); /* tests: the time stands still here; 0 goes back to the real one */

/* Somebody set the wall clock back: by how many seconds since the last call with this watch; 0 in the first, and for less than one. */
struct clock_watch {
	int64_t wall_ms, mono_us; /* of the last call; 0 before the first */
};
int64_t clock_set_back(struct clock_watch *w);

/* Read NEWSLETTER_CLOCK and the site's time zone ("Europe/Madrid"; an unknown one is an error, "" leaves the system's). */
int clock_init(const char *zone, struct err *e);

/* Each fills `out` and returns it. */
const char *clock_iso(char out[CLOCK_TEXT], int64_t t);   /* 2026-03-01T09:30:00Z */
const char *clock_mail(char out[CLOCK_TEXT], int64_t t);  /* RFC 5322 3.3, in the site's zone: Sun, 01 Mar 2026 10:30:00 +0100 */
const char *clock_local(char out[CLOCK_TEXT], int64_t t); /* 2026-03-01 10:30, in the site's zone */
const char *clock_day(char out[CLOCK_TEXT], int64_t t);   /* 1 March 2026, in the site's zone */

/*
 * Read "2026-03-01", "2026-03-01 10:30[:00]" (the site's zone), the same with T,
 * "Z" or "+01:00", or "now", "+90s", "+15m", "+2h", "+3d" from now on. A time
 * that the zone skips or does not exist is ERR_INPUT; one that comes twice, when
 * clocks go back, is the first.
 */
int clock_parse(const char *text, int64_t *out, struct err *e);

/* Read a length of time: "90", "90s", "15m", "2h", "3d", in seconds. */
int clock_parse_duration(const char *text, int64_t *out, struct err *e);

#endif
