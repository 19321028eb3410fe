/*
 * period.h - a stretch of time cut into days, weeks, months or years of the site's zone.
 *
 * A period begins with the first second of its day in that zone, also where clocks skip midnight; a day has 23 or 25 hours when they
 * change. Weeks begin on Monday.
 */
#ifndef PERIOD_H
#define PERIOD_H

#include <stddef.h>
#include <stdint.h>

enum period_unit {
	PERIOD_DAY,
	PERIOD_WEEK,
	PERIOD_MONTH,
	PERIOD_YEAR
};

#define PERIODS_MAX 256

const char *period_name(enum period_unit unit); /* "day" */

/* The unit that shows a stretch (Unix times) in few pieces enough to look at: days up to 45, weeks up to 45, months up to 20 years. */
enum period_unit period_fit(int64_t from, int64_t until);

/*
 * When each piece begins: the first at `from` itself, the others with a day, week, month or year. Returns how many, 1 to PERIODS_MAX: what
 * is left when there is no more room belongs to the last.
 */
size_t period_cut(int64_t from, int64_t until, enum period_unit unit, int64_t start[PERIODS_MAX]);

/* The piece that a time belongs to: the last that begins at it or before; 0 for what is before them all. n > 0. */
size_t period_find(const int64_t *start, size_t n, int64_t t);

/* The first second of the month of a time, `back` months earlier. */
int64_t period_month(int64_t t, int back);

#endif
