/* window.c - see window.h. */
#include "base/window.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/err.h"

#define DAY_MINUTES 1440
#define EVERY_DAY 0x7f

static const char day_names[7][4] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

/* Step over the name of a day; -1 when there is none. */
static int
read_day(const char **text)
{
	int i;

	for (i = 0; i < 7; i++)
		if (strncasecmp(*text, day_names[i], 3) == 0) {
			*text += 3;
			return i;
		}
	return -1;
}

/* "mon" or "mon-fri"; 0 when it is neither. */
static uint8_t
read_days(const char **text)
{
	int first = read_day(text), last = first;
	unsigned days = 0;

	if (first == -1)
		return 0;
	if (**text == '-') {
		(*text)++;
		last = read_day(text);
		if (last == -1)
			return 0;
	}
	for (; first != last; first = (first + 1) % 7)
		days |= 1u << first;
	return (uint8_t)(days | 1u << last);
}

/* "8:05" or "08:05" up to 24:00, in minutes; -1 for anything else. */
static int
read_time(const char **text)
{
	const char *p = *text;
	int hour = 0, digits = 0, minutes;

	while (digits < 2 && *p >= '0' && *p <= '9') {
		hour = 10 * hour + *p++ - '0';
		digits++;
	}
	if (!digits || p[0] != ':' || p[1] < '0' || p[1] > '5' || p[2] < '0' || p[2] > '9')
		return -1;
	minutes = 60 * hour + 10 * (p[1] - '0') + p[2] - '0';
	*text = p + 3;
	return minutes <= DAY_MINUTES ? minutes : -1;
}

static bool
read_range(const char **text, struct window_range *r)
{
	int from = read_time(text), end;

	if (from == -1 || from == DAY_MINUTES || **text != '-')
		return false;
	(*text)++;
	end = read_time(text);
	if (end == -1 || end == from)
		return false;
	r->from = (int16_t)from;
	r->end = (int16_t)end;
	return true;
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

int
window_parse(struct window *w, const char *text, struct err *e)
{
	const char *p = text;
	uint8_t days = EVERY_DAY, more;
	bool naming = false; /* days are being named, and no range followed them yet */

	memset(w, 0, sizeof(*w));
	for (;;) {
		while (is_separator(*p))
			p++;
		if (!*p)
			break;
		if (*p >= '0' && *p <= '9') {
			if (w->ranges == WINDOW_RANGES) {
				w->ranges = 0;
				return err_set(e, ERR_INPUT, "a sending window holds at most %d ranges", WINDOW_RANGES);
			}
			w->range[w->ranges].days = days;
			if (!read_range(&p, &w->range[w->ranges]))
				goto bad;
			w->ranges++;
			naming = false;
		} else {
			more = read_days(&p);
			if (!more)
				goto bad;
			days = naming ? days | more : more;
			naming = true;
		}
		if (*p && !is_separator(*p))
			goto bad;
	}
	if (!naming)
		return 0;
bad:
	w->ranges = 0;
	return err_set(e, ERR_INPUT, "\"%.60s\" is no sending window: write 08:00-20:00 or mon-fri 08:00-20:00", text);
}

static bool
is_in(const struct window *w, const struct tm *tm)
{
	int m = 60 * tm->tm_hour + tm->tm_min, i;
	unsigned today = 1u << tm->tm_wday, yesterday = 1u << (tm->tm_wday + 6) % 7;

	for (i = 0; i < w->ranges; i++) {
		const struct window_range *r = &w->range[i];

		if (r->from < r->end ? (r->days & today) && m >= r->from && m < r->end
				     : ((r->days & today) && m >= r->from) || ((r->days & yesterday) && m < r->end))
			return true;
	}
	return !w->ranges;
}

bool
window_is_open(const struct window *w, int64_t now)
{
	time_t t = (time_t)now;
	struct tm tm;

	return !w->ranges || !localtime_r(&t, &tm) || is_in(w, &tm); /* a time beyond the year 2^31 holds no mail back */
}
