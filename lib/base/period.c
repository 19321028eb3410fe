/* period.c - see period.h. */
#include "base/period.h"

#include <time.h>

#define DAY INT64_C(86400)
#define AT_A_GLANCE INT64_C(45) /* days or weeks that are still told apart */
#define MOST_MONTHS INT64_C(240)

const char *
period_name(enum period_unit unit)
{
	static const char *const names[] = { "day", "week", "month", "year" };

	return names[unit];
}

enum period_unit
period_fit(int64_t from, int64_t until)
{
	int64_t days = (until - from) / DAY;

	if (days <= AT_A_GLANCE)
		return PERIOD_DAY;
	if (days <= AT_A_GLANCE * 7)
		return PERIOD_WEEK;
	return days <= MOST_MONTHS * 30 ? PERIOD_MONTH : PERIOD_YEAR;
}

/* Days since some day, for comparing two local dates. */
static int64_t
date_number(const struct tm *tm)
{
	return (int64_t)tm->tm_year * 400 + tm->tm_yday;
}

/*
 * The noon of a date (its members may be out of range, as for mktime), or of the next date where that one was skipped: there mktime goes
 * back or on, as it went the last time. -1 when it cannot be told.
 */
static time_t
noon(struct tm *tm)
{
	struct tm wanted = *tm;
	time_t t;

	wanted.tm_hour = 12;
	wanted.tm_min = wanted.tm_sec = 0;
	timegm(&wanted);
	*tm = wanted;
	tm->tm_isdst = -1;
	t = mktime(tm);
	if (t == (time_t)-1 || date_number(tm) >= date_number(&wanted))
		return t;
	*tm = wanted;
	tm->tm_mday++;
	tm->tm_isdst = -1;
	return mktime(tm);
}

/* The first second of the local date whose noon this is. */
static int64_t
first_second(const struct tm *tm, int64_t high)
{
	int64_t low, middle;
	struct tm seen;
	time_t t;

	/* a day's first second is at most 14 hours before its noon; it is where the date changes, whatever the clocks do there */
	for (low = high - 14 * INT64_C(3600); low + 1 < high;) {
		middle = low + (high - low) / 2;
		t = (time_t)middle;
		if (localtime_r(&t, &seen) && date_number(&seen) >= date_number(tm))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* When the period after the one of *tm begins; *tm moves there. */
static int64_t
next_start(struct tm *tm, enum period_unit unit)
{
	time_t t;

	if (unit == PERIOD_DAY) {
		tm->tm_mday++;
	} else if (unit == PERIOD_WEEK) {
		tm->tm_mday += 7 - (tm->tm_wday + 6) % 7;
	} else {
		tm->tm_mday = 1;
		if (unit == PERIOD_YEAR)
			tm->tm_mon = 12;
		else
			tm->tm_mon++;
	}
	t = noon(tm);
	return t == (time_t)-1 ? INT64_MAX : first_second(tm, t);
}

size_t
period_cut(int64_t from, int64_t until, enum period_unit unit, int64_t start[PERIODS_MAX])
{
	time_t t = (time_t)from;
	int64_t next;
	struct tm tm;
	size_t n = 1;

	start[0] = from;
	if (!localtime_r(&t, &tm)) /* beyond the year 2^31 */
		return n;
	while (n < PERIODS_MAX && (next = next_start(&tm, unit)) <= until)
		start[n++] = next;
	return n;
}

size_t
period_find(const int64_t *start, size_t n, int64_t t)
{
	size_t low = 0, high = n, middle;

	while (low + 1 < high) {
		middle = low + (high - low) / 2;
		if (start[middle] <= t)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int64_t
period_month(int64_t t, int back)
{
	time_t when = (time_t)t;
	struct tm tm;

	if (!localtime_r(&when, &tm))
		return t;
	tm.tm_mday = 1;
	tm.tm_mon -= back;
	when = noon(&tm);
	return when == (time_t)-1 ? t : first_second(&tm, when);
}
