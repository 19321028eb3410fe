/* test_period.c - days, weeks, months and years of a zone: where clocks change, at midnight too, and over long stretches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/period.h"

static int64_t
at(const char *text)
{
	struct err e = ERR_INIT;
	int64_t t;

	if (clock_parse(text, &t, &e) == -1)
		fail_msg("%s: %s", text, e.text);
	return t;
}

static void
zone(const char *name)
{
	struct err e = ERR_INIT;

	assert_int_equal(clock_init(name, &e), 0);
}

static const struct {
	const char *name, *zone, *from, *until;
	enum period_unit unit;
	const char *starts; /* after the first, in UTC, separated by spaces */
} cuts[] = {
	{ "within a day", "Europe/London", "2026-03-01 10:00", "2026-03-01 12:00", PERIOD_DAY, "" },
	{ "a moment", "UTC", "2026-03-01", "2026-03-01", PERIOD_DAY, "" },
	{ "to midnight", "UTC", "2026-03-01", "2026-03-02", PERIOD_DAY, "2026-03-02T00:00:00Z" },
	{ "just not midnight", "UTC", "2026-03-01", "2026-03-01 23:59:59", PERIOD_DAY, "" },
	{ "clocks go forward", "Europe/London", "2026-03-28 10:00", "2026-03-30 10:00", PERIOD_DAY,
	    "2026-03-29T00:00:00Z 2026-03-29T23:00:00Z" },
	{ "clocks go back", "Europe/London", "2026-10-24 10:00", "2026-10-26 10:00", PERIOD_DAY,
	    "2026-10-24T23:00:00Z 2026-10-26T00:00:00Z" },
	{ "midnight is skipped", "America/Asuncion", "2023-09-30 12:00", "2023-10-02 12:00", PERIOD_DAY,
	    "2023-10-01T04:00:00Z 2023-10-02T03:00:00Z" },
	{ "midnight comes twice", "America/Asuncion", "2024-03-23 12:00", "2024-03-25 12:00", PERIOD_DAY,
	    "2024-03-24T04:00:00Z 2024-03-25T04:00:00Z" },
	{ "a whole day is skipped", "Pacific/Apia", "2011-12-29 12:00", "2011-12-31 12:00", PERIOD_DAY, "2011-12-30T10:00:00Z" },
	{ "half an hour off", "Asia/Kolkata", "2026-01-01 12:00", "2026-01-02 12:00", PERIOD_DAY, "2026-01-01T18:30:00Z" },
	{ "weeks begin on Monday", "Europe/London", "2026-03-18 10:00", "2026-04-01", PERIOD_WEEK,
	    "2026-03-23T00:00:00Z 2026-03-29T23:00:00Z" },
	{ "from a Monday", "UTC", "2026-03-02", "2026-03-16", PERIOD_WEEK, "2026-03-09T00:00:00Z 2026-03-16T00:00:00Z" },
	{ "from a Sunday", "UTC", "2026-03-01", "2026-03-03", PERIOD_WEEK, "2026-03-02T00:00:00Z" },
	{ "months", "Europe/London", "2026-01-31 10:00", "2026-04-02", PERIOD_MONTH,
	    "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z 2026-03-31T23:00:00Z" },
	{ "over the new year", "Europe/London", "2025-12-31", "2026-01-01", PERIOD_MONTH, "2026-01-01T00:00:00Z" },
	{ "years", "Europe/London", "2024-02-29", "2026-06-01", PERIOD_YEAR, "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z" },
};

/* Each twice: where mktime takes a local time that never was depends on the last one that it was asked for. */
static void
test_cut(void **state)
{
	int64_t start[PERIODS_MAX], from, until;
	char text[CLOCK_TEXT], all[400];
	size_t i, j, n;

	(void)state;
	for (i = 0; i < 2 * sizeof(cuts) / sizeof(cuts[0]); i++) {
		zone(cuts[i / 2].zone);
		from = at(cuts[i / 2].from);
		until = at(cuts[i / 2].until);
		(void)at(i % 2 ? cuts[i / 2].from : cuts[i / 2].until);
		n = period_cut(from, until, cuts[i / 2].unit, start);
		assert_true(n >= 1);
		assert_int_equal(start[0], from);
		all[0] = '\0';
		for (j = 1; j < n; j++)
			snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", j > 1 ? " " : "", clock_iso(text, start[j]));
		if (strcmp(all, cuts[i / 2].starts) != 0)
			fail_msg("%s: %s", cuts[i / 2].name, all);
	}
}

/* Ten years of days in each of some zones: in order, each at the first second of a date of its own. */
static void
test_long(void **state)
{
	static const char *const zones[] = { "UTC", "Europe/Madrid", "America/Asuncion", "Pacific/Apia", "Asia/Kolkata", "Africa/Cairo" };
	int64_t start[PERIODS_MAX], t, end;
	char before[CLOCK_TEXT], first[CLOCK_TEXT];
	size_t i, j, n;

	(void)state;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		zone(zones[i]);
		end = at("2026-01-01 12:00");
		for (t = at("2009-01-01 12:00"); t < end; t = start[n - 1]) {
			n = period_cut(t, end, PERIOD_DAY, start);
			if (n == 1)
				break;
			for (j = 1; j < n; j++) {
				assert_true(start[j] > start[j - 1]);
				assert_true(j == 1 || start[j] - start[j - 1] <= INT64_C(25) * 3600);
				clock_local(before, start[j] - 1);
				clock_local(first, start[j]);
				if (strncmp(before, first, 10) >= 0)
					fail_msg("%s: %s before %s", zones[i], before, first);
			}
		}
	}
}

static void
test_bounds(void **state)
{
	int64_t start[PERIODS_MAX];

	(void)state;
	zone("UTC");
	assert_int_equal(period_cut(0, INT64_C(4000000000), PERIOD_DAY, start), PERIODS_MAX);
	assert_int_equal(period_cut(INT64_MAX, INT64_MAX, PERIOD_DAY, start), 1);
	assert_int_equal(period_fit(0, 0), PERIOD_DAY);
	assert_int_equal(period_fit(0, INT64_C(45) * 86400), PERIOD_DAY);
	assert_int_equal(period_fit(0, INT64_C(46) * 86400), PERIOD_WEEK);
	assert_int_equal(period_fit(0, INT64_C(365) * 86400), PERIOD_MONTH);
	assert_int_equal(period_fit(0, INT64_C(3653) * 86400), PERIOD_MONTH);
	assert_int_equal(period_fit(0, INT64_C(36500) * 86400), PERIOD_YEAR);
	/* whatever fits a unit has room in it */
	assert_true(period_cut(0, INT64_C(45) * 86400, PERIOD_DAY, start) <= 46);
	assert_true(period_cut(0, INT64_C(7200) * 86400, PERIOD_MONTH, start) < PERIODS_MAX);
	assert_true(period_cut(at("1971-01-01"), at("2026-01-01"), PERIOD_YEAR, start) < PERIODS_MAX);
}

static void
test_find(void **state)
{
	const int64_t start[] = { 10, 20, 30 };

	(void)state;
	assert_int_equal(period_find(start, 3, INT64_MIN), 0);
	assert_int_equal(period_find(start, 3, 10), 0);
	assert_int_equal(period_find(start, 3, 19), 0);
	assert_int_equal(period_find(start, 3, 20), 1);
	assert_int_equal(period_find(start, 3, 29), 1);
	assert_int_equal(period_find(start, 3, 30), 2);
	assert_int_equal(period_find(start, 3, INT64_MAX), 2);
	assert_int_equal(period_find(start, 1, 5), 0);
}

static void
test_month(void **state)
{
	(void)state;
	zone("Europe/London");
	assert_int_equal(period_month(at("2026-04-15 10:00"), 0), at("2026-04-01 00:00"));
	assert_int_equal(period_month(at("2026-04-15 10:00"), 4), at("2025-12-01 00:00"));
	assert_int_equal(period_month(at("2026-03-31 23:59"), 11), at("2025-04-01 00:00"));
	assert_int_equal(period_month(INT64_MAX, 1), INT64_MAX);
	zone("UTC");
	/* the month before the first that has a year */
	assert_int_equal(period_month(INT64_C(-67768040609740800), 1), INT64_C(-67768040609740800));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
