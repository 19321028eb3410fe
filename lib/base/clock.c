/* clock.c - see clock.h. */
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

static int64_t fixed, offset; /* set once at the start, or by tests */

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

int64_t
clock_set_back(struct clock_watch *w)
{
	struct clock_watch last = *w;
	int64_t back;

	*w = (struct clock_watch){ clock_now_ms(), clock_mono_us() };
	if (!last.mono_us || w->wall_ms == last.wall_ms) /* a test's clock stands still: nobody set it */
		return 0;
	back = (w->mono_us - last.mono_us) / 1000 - (w->wall_ms - last.wall_ms);
	return back < 1000 ? 0 : back / 1000;
}

void
clock_set(int64_t unix_time)
{
	fixed = unix_time;
}

/* Whether the system knows the zone; glibc silently takes what it does not know for UTC. */
static bool
zone_exists(const char *name)
{
	char path[256], magic[4];
	bool ok = false;
	FILE *f;

	if (strcmp(name, "UTC") == 0)
		return true;
	if (name[0] == '/' || strstr(name, "..") || strlen(name) > 200)
		return false;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	f = fopen(path, "re");
	if (f) {
		ok = fread(magic, 1, sizeof(magic), f) == sizeof(magic) && memcmp(magic, "TZif", 4) == 0;
		fclose(f);
	}
	return ok;
}

/* "@1767225600" or "+90000", whole and of a size that adds up. */
static bool
inject(const char *text)
{
	long long n;
	char *end;

	errno = 0;
	n = strtoll(text + 1, &end, 10);
	if ((text[0] != '@' && text[0] != '+') || text[1] < '0' || text[1] > '9' || *end || errno || n > 253402300799) /* the year 9999 */
		return false;
	if (text[0] == '@')
		fixed = n;
	else
		offset = n;
	return true;
}

int
clock_init(const char *zone, struct err *e)
{
	const char *env = getenv("NEWSLETTER_CLOCK");

	if (env && env[0] && !inject(env))
		return err_set(e, ERR_INPUT, "NEWSLETTER_CLOCK=%.40s: write @SECONDS or +SECONDS", env);
	if (zone && zone[0]) {
		if (!zone_exists(zone))
			return err_set(e, ERR_INPUT, "unknown time zone \"%.60s\": use a name like Europe/Madrid (package tzdata)", zone);
		setenv("TZ", zone, 1);
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
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {
		{ 's', 1 },
		{ 'm', 60 },
		{ 'h', 3600 },
		{ 'd', 86400 },
		{ '\0', 1 },
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

/* Read a number of 1 to `most` digits and step over it; *text is NULL after anything else. */
static int
number(const char **text, int most)
{
	const char *p = *text;
	int n = 0, digits = 0;

	while (p && digits < most && p[digits] >= '0' && p[digits] <= '9')
		n = 10 * n + p[digits++] - '0';
	*text = digits ? p + digits : NULL;
	return n;
}

/* Step over the character c; *text is NULL when there is another one. */
static void
expect(const char **text, char c)
{
	*text = *text && **text == c ? *text + 1 : NULL;
}

/* "Z", "+01:00" or "-0530" after the time of day; *zone in seconds east. Returns false when it is none. */
static bool
parse_zone(const char *text, int64_t *zone)
{
	char sign = *text++;
	int h, m;

	*zone = 0;
	if (sign == 'Z' || sign == 'z')
		return !*text;
	if (sign != '+' && sign != '-')
		return false;
	h = number(&text, 2);
	if (text && *text == ':')
		text++;
	m = number(&text, 2);
	if (!text || *text || h > 15 || m > 59)
		return false;
	*zone = (int64_t)(h * 60 + m) * (sign == '-' ? -60 : 60);
	return true;
}

/* 31 February, and a time that the zone skips, come back from mktime() as something else. */
static bool
same(const struct tm *a, const struct tm *b)
{
	return a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday && a->tm_hour == b->tm_hour &&
	    a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

/* The site's zone. An hour that comes twice means the first one; left alone, mktime() answers by what it was asked before. */
static bool
from_local(const struct tm *tm, int64_t *out)
{
	bool found = false;
	int dst;

	for (dst = -1; dst <= 1; dst++) {
		struct tm back = *tm;
		int64_t t;

		back.tm_isdst = dst;
		t = mktime(&back);
		if (same(&back, tm) && (!found || t < *out)) {
			*out = t;
			found = true;
		}
	}
	return found;
}

/* Date and time of day, and where they end; NULL for anything else. */
static const char *
parse_fields(const char *text, struct tm *tm)
{
	tm->tm_year = number(&text, 4) - 1900;
	expect(&text, '-');
	tm->tm_mon = number(&text, 2) - 1;
	expect(&text, '-');
	tm->tm_mday = number(&text, 2);
	if (!text || (*text != 'T' && *text != ' '))
		return text;
	text++;
	tm->tm_hour = number(&text, 2);
	expect(&text, ':');
	tm->tm_min = number(&text, 2);
	if (text && *text == ':') {
		text++;
		tm->tm_sec = number(&text, 2);
	}
	if (text && *text == '.') /* fractions, as feeds write them */
		text += 1 + strspn(text + 1, "0123456789");
	return text;
}

static bool
parse_clock_time(const char *text, int64_t *out)
{
	struct tm tm = { 0 }, back;
	int64_t zone;

	text = parse_fields(text, &tm);
	if (!text || tm.tm_year < 70)
		return false;
	text += strspn(text, " ");
	if (!*text)
		return from_local(&tm, out);
	if (!parse_zone(text, &zone))
		return false;
	back = tm;
	*out = timegm(&back) - zone;
	return same(&back, &tm);
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
