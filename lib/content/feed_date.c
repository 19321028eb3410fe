/* feed_date.c - see feed_date.h. */
#include "content/feed_date.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define WORD 16 /* longest word or number of a date, with the NUL */

struct date {
	int year, month, day, hour, minute, second; /* -1: not said; month from 1 */
	int zone;                                   /* minutes east */
};

static int
month_of(const char *word)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	size_t i;

	for (i = 0; i < 12; i++)
		if (strlen(word) >= 3 && strncasecmp(word, names + 3 * i, 3) == 0)
			return (int)i + 1;
	return 0;
}

/* RFC 822 section 5.1: names of zones. What it does not name is UTC, as RFC 2822 section 4.3 has it. */
static int
zone_of(const char *word)
{
	static const struct {
		const char *name;
		int minutes;
	} zones[] = { { "EST", -300 }, { "EDT", -240 }, { "CST", -360 }, { "CDT", -300 }, { "MST", -420 }, { "MDT", -360 }, { "PST", -480 },
		{ "PDT", -420 }, { "CET", 60 }, { "CEST", 120 }, { "EET", 120 }, { "EEST", 180 }, { "WEST", 60 }, { "BST", 60 } };
	size_t i;

	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strcasecmp(word, zones[i].name) == 0)
			return zones[i].minutes;
	return 0;
}

/* At most `most` digits; -1 when there is none. */
static int
digits(const char **s, int most)
{
	int n = 0, count = 0;

	while (count < most && isdigit((unsigned char)**s)) {
		n = 10 * n + *(*s)++ - '0';
		count++;
	}
	return count ? n : -1;
}

/* "+0200", "-05:00", "+2". */
static int
offset(const char **s)
{
	int sign = *(*s)++ == '-' ? -1 : 1, hours = digits(s, 2), minutes = 0;

	if (hours >= 0 && **s == ':')
		(*s)++;
	if (hours >= 0 && isdigit((unsigned char)**s))
		minutes = digits(s, 2);
	return hours < 0 || hours > 24 || minutes > 59 ? 0 : sign * (60 * hours + minutes);
}

/* "13:00[:00[.25]]" behind the hour. */
static void
time_of_day(struct date *d, const char **s, int hour)
{
	d->hour = hour;
	(*s)++;
	d->minute = digits(s, 2);
	d->second = 0;
	if (**s == ':') {
		(*s)++;
		d->second = digits(s, 2);
	}
	if (**s == '.' || **s == ',') {
		(*s)++;
		while (isdigit((unsigned char)**s))
			(*s)++;
	}
}

static void
take_number(struct date *d, const char **s)
{
	const char *start = *s;
	int n = digits(s, 4);

	if (**s == ':' && *s - start <= 2 && d->hour < 0)
		time_of_day(d, s, n);
	else if (*s - start <= 2 && d->day < 0)
		d->day = n;
	else if (d->year < 0 && *s - start == 2)
		d->year = n + (n < 70 ? 2000 : 1900);
	else if (d->year < 0 && *s - start == 4)
		d->year = n;
}

/* Words and numbers in any order: a day is the number of one or two digits that comes first. */
static void
take_words(struct date *d, const char *s)
{
	char word[WORD];
	size_t n;

	while (*s) {
		if (isdigit((unsigned char)*s))
			take_number(d, &s);
		else if ((*s == '+' || *s == '-') && d->hour >= 0)
			d->zone = offset(&s);
		else if (isalpha((unsigned char)*s)) {
			for (n = 0; isalpha((unsigned char)s[n]); n++)
				;
			memcpy(word, s, n < WORD ? n : WORD - 1);
			word[n < WORD ? n : WORD - 1] = '\0';
			if (d->month < 0 && s[n] != ',' && month_of(word)) /* "mar, 3 oct" begins with a Spanish Tuesday */
				d->month = month_of(word);
			else if (d->hour >= 0)
				d->zone = zone_of(word);
			s += n;
		} else
			s++;
	}
}

/* "2002[-10[-02[T13:00…]]]" */
static void
take_iso(struct date *d, const char *s)
{
	int hour;

	d->year = digits(&s, 4);
	d->month = d->day = 1;
	if (*s == '-') {
		s++;
		d->month = digits(&s, 2);
	}
	if (*s == '-') {
		s++;
		d->day = digits(&s, 2);
	}
	while (*s == 'T' || *s == 't' || *s == ' ')
		s++;
	hour = digits(&s, 2);
	if (hour >= 0 && *s == ':')
		time_of_day(d, &s, hour);
	while (*s == ' ')
		s++;
	if (*s == '+' || *s == '-')
		d->zone = offset(&s);
	else if (isalpha((unsigned char)*s))
		d->zone = zone_of(s);
}

static bool
is_iso(const char *s)
{
	return strspn(s, "0123456789") == 4 && (!s[4] || s[4] == '-');
}

int64_t
feed_date(const char *text)
{
	struct date d = { -1, -1, -1, -1, -1, -1, 0 };
	struct tm tm = { 0 };
	int64_t t;

	while (isspace((unsigned char)*text))
		text++;
	if (is_iso(text))
		take_iso(&d, text);
	else
		take_words(&d, text);
	if (d.hour < 0)
		d.hour = d.minute = d.second = 0;
	if (d.year < 1970 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.hour > 24 || d.minute < 0 || d.minute > 59 ||
	    d.second < 0 || d.second > 60)
		return 0;
	tm.tm_year = d.year - 1900;
	tm.tm_mon = d.month - 1;
	tm.tm_mday = d.day;
	tm.tm_hour = d.hour;
	tm.tm_min = d.minute;
	tm.tm_sec = d.second;
	t = (int64_t)timegm(&tm) - 60 * (int64_t)d.zone;
	return t > 0 ? t : 0;
}
