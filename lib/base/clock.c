/* clock.c - see clock.h. */
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/err.h"

static int64_t fixed, offset;	/* set once at the start, or by tests */

int64_t
clock_now(void)
{
	return clock_now_ms() / 1000;
}

int64_t
clock_now_ms(void)
{
	struct timespec ts;

	if (fixed)
		return fixed * 1000;
	clock_gettime(CLOCK_REALTIME, &ts);
	return ((int64_t)ts.tv_sec + offset) * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_mono_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
clock_set(int64_t unix_time)
{
	fixed = unix_time;
}

int
clock_init(const char *timezone, struct err *e)
{
	const char *env = getenv("NEWSLETTER_CLOCK");
	char path[256];
	struct stat st;

	if (env && env[0] == '@')
		fixed = strtoll(env + 1, NULL, 10);
	else if (env && env[0] == '+')
		offset = strtoll(env + 1, NULL, 10);
	if (timezone && timezone[0]) {
		snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", timezone);
		if (strcmp(timezone, "UTC") != 0 && (strstr(timezone, "..") || stat(path, &st) == -1 || !S_ISREG(st.st_mode)))
			return err_set(e, ERR_INPUT, "unknown time zone \"%s\": use a name like Europe/Madrid (package tzdata)", timezone);
		setenv("TZ", timezone, 1);
	}
	tzset();
	return 0;
}

static const char *
format(char out[CLOCK_TEXT], int64_t t, const char *fmt, bool local)
{
	time_t when = (time_t)t;
	struct tm tm;

	if (!(local ? localtime_r(&when, &tm) : gmtime_r(&when, &tm)) || !strftime(out, CLOCK_TEXT, fmt, &tm))
		out[0] = '\0';
	return out;
}

const char *
clock_iso(char out[CLOCK_TEXT], int64_t t)
{
	return format(out, t, "%Y-%m-%dT%H:%M:%SZ", false);
}

const char *
clock_mail(char out[CLOCK_TEXT], int64_t t)
{
	return format(out, t, "%a, %d %b %Y %H:%M:%S %z", true);
}

const char *
clock_local(char out[CLOCK_TEXT], int64_t t)
{
	return format(out, t, "%Y-%m-%d %H:%M", true);
}

const char *
clock_day(char out[CLOCK_TEXT], int64_t t)
{
	return format(out, t, "%-d %B %Y", true);
}

int
clock_parse_duration(const char *text, int64_t *out, struct err *e)
{
	static const struct { char unit; int64_t seconds; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { '\0', 1 },
	};
	char *end;
	long long n;
	size_t i;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (end != text && text[0] >= '0' && text[0] <= '9' && !errno && n <= 1000000000)
		for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (*end == units[i].unit && (!*end || !end[1])) {
				*out = n * units[i].seconds;
				return 0;
			}
	return err_set(e, ERR_INPUT, "\"%.40s\" is no length of time: write 90s, 15m, 2h or 3d", text);
}

/* "Z", "+01:00" or "-0530" after the time of day; *zone in seconds east. Returns false when it is none. */
static bool
parse_zone(const char *text, int64_t *zone)
{
	int h, m, used = 0;
	char sign;

	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) {
		*zone = 0;
		return true;
	}
	if (sscanf(text, "%c%2d:%2d%n", &sign, &h, &m, &used) != 3 || text[used]) {
		used = 0;
		if (sscanf(text, "%c%2d%2d%n", &sign, &h, &m, &used) != 3 || text[used])
			return false;
	}
	if ((sign != '+' && sign != '-') || h > 15 || h < 0 || m > 59 || m < 0)
		return false;
	*zone = (sign == '-' ? -1 : 1) * (h * 3600 + m * 60);
	return true;
}

static bool
parse_clock_time(const char *text, int64_t *out)
{
	struct tm tm = { .tm_isdst = -1 }, back;
	int y, mo, d, h = 0, mi = 0, s = 0, used = 0;
	int64_t zone;
	time_t t;

	if (sscanf(text, "%4d-%2d-%2d%n", &y, &mo, &d, &used) != 3 || y < 1970 || y > 9999)
		return false;
	text += used;
	if (*text == 'T' || *text == ' ') {
		if (sscanf(text + 1, "%2d:%2d%n", &h, &mi, &used) != 2)
			return false;
		text += 1 + used;
		if (*text == ':') {
			if (sscanf(text + 1, "%2d%n", &s, &used) != 1)
				return false;
			text += 1 + used;
		}
		if (*text == '.')	/* fractions, as feeds write them */
			text += 1 + strspn(text + 1, "0123456789");
	}
	while (*text == ' ')
		text++;
	tm.tm_year = y - 1900, tm.tm_mon = mo - 1, tm.tm_mday = d;
	tm.tm_hour = h, tm.tm_min = mi, tm.tm_sec = s;
	back = tm;
	if (!*text)
		t = mktime(&back);
	else if (parse_zone(text, &zone))
		t = timegm(&back) - (time_t)zone;
	else
		return false;
	/* 31 February and a time that the zone skips come back as something else */
	if (back.tm_mday != tm.tm_mday || back.tm_hour != tm.tm_hour || back.tm_min != tm.tm_min || back.tm_mon != tm.tm_mon)
		return false;
	*out = t;
	return true;
}

int
clock_parse(const char *text, int64_t *out, struct err *e)
{
	int64_t seconds;

	if (strcmp(text, "now") == 0) {
		*out = clock_now();
		return 0;
	}
	if (text[0] == '+') {
		if (clock_parse_duration(text + 1, &seconds, e) == -1)
			return -1;
		*out = clock_now() + seconds;
		return 0;
	}
	if (parse_clock_time(text, out))
		return 0;
	return err_set(e, ERR_INPUT, "\"%.40s\" is no time: write 2026-03-01, 2026-03-01 10:30, 2026-03-01T10:30:00Z or +2h", text);
}
