/*
 * window.h - the hours in which mail may go out, in the site's time zone.
 *
 *   "08:00-20:00"                             every day
 *   "20:00-02:00"                             over midnight; a day's name is that of the evening
 *   "mon-fri 08:00-12:00 14:00-18:00, sat 10:00-12:00"
 *
 * Ranges are separated by spaces or commas; names of days hold for the ranges
 * after them, until others are named. The end is not part of a range; 24:00 is
 * allowed there. "" is always open. Local time decides, minute by minute: what
 * begins in the hour that summer time skips opens when that hour is over, what
 * lies wholly in it does not open that day, and what lies in the hour that comes
 * twice opens twice.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct err;

#define WINDOW_RANGES 16

struct window_range {
	uint8_t days;      /* bit 0 is Sunday */
	int16_t from, end; /* minutes of the day, end behind the last one; end < from: over midnight */
};

struct window {
	struct window_range range[WINDOW_RANGES];
	int ranges; /* 0: always open */
};

/* ERR_INPUT says what is wrong; *w is then always open. */
int window_parse(struct window *w, const char *text, struct err *e);

bool window_is_open(const struct window *w, int64_t now);

#endif
