/* test_clock.c - times as people write them, in a zone whose clocks change. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/err.h"

#define NOW 1767225600 /* 2026-01-01T00:00:00Z */
#define BAD INT64_MIN

static void
in_zone(const char *zone)
{
	struct err e = ERR_INIT;

	if (clock_init(zone, &e) == -1)
		fail_msg("%s", e.text);
}

static int
setup(void **state)
{
	(void)state;
	unsetenv("NEWSLETTER_CLOCK");
	in_zone("Europe/Madrid");
	clock_set(NOW);
	return 0;
}

static void
parses(void **state)
{
	static const struct {
		const char *in;
		int64_t want;
	} cases[] = {
		{ "now", NOW },
		{ "+90s", NOW + 90 },
		{ "+90", NOW + 90 },
		{ "+15m", NOW + 900 },
		{ "+2h", NOW + 7200 },
		{ "+3d", NOW + 3 * 86400 },
		{ "2026-03-01", 1772319600 }, /* midnight in Madrid */
		{ "2026-03-01 10:30", 1772357400 },
		{ "2026-03-01T10:30", 1772357400 },
		{ "2026-03-01 10:30:00", 1772357400 },
		{ "2026-03-01 10:30:59", 1772357459 },
		{ "2026-03-01T09:30:00Z", 1772357400 },
		{ "2026-03-01T09:30:00z", 1772357400 },
		{ "2026-03-01T09:30:00.123456Z", 1772357400 },
		{ "2026-03-01T10:30:00+01:00", 1772357400 },
		{ "2026-03-01T10:30:00+0100", 1772357400 },
		{ "2026-03-01 10:30 +01:00", 1772357400 },
		{ "2026-03-01T04:00:00-05:30", 1772357400 },
		{ "2026-07-01 10:30", 1782894600 }, /* summer time */
		{ "2026-3-1 9:05", 1772352300 },
		{ "2028-02-29", 1835391600 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "9999-12-31T23:59:59Z", 253402300799 },
		{ "2026-03-29 01:59", 1774745940 }, /* the last minute of winter */
		{ "2026-03-29 03:00", 1774746000 }, /* and the next one */
		{ "2026-03-29 02:00", BAD },        /* the hour that is skipped */
		{ "2026-03-29 02:30", BAD },
		{ "2026-03-29 02:59:59", BAD },
		{ "2026-03-29T02:30:00Z", 1774751400 }, /* elsewhere it is there */
		{ "2026-10-25 02:30", 1792888200 },     /* comes twice: the first */
		{ "2026-10-25T02:30:00+01:00", 1792891800 },
		{ "2026-10-25 03:00", 1792893600 },
		{ "2026-02-29", BAD },
		{ "2026-02-31", BAD },
		{ "2026-04-31 10:00", BAD },
		{ "2026-00-10", BAD },
		{ "2026-13-10", BAD },
		{ "2026-01-00", BAD },
		{ "2026-01-32", BAD },
		{ "2026-01-01 24:00", BAD },
		{ "2026-01-01 10:60", BAD },
		{ "2026-01-01 10:30:60", BAD },
		{ "2026-01-01 10:30:99", BAD },
		{ "2026-01-01 10", BAD },
		{ "2026-01-01 10:", BAD },
		{ "2026-01-01 10:30:", BAD },
		{ "2026-01-01T", BAD },
		{ "2026-01-01T10:30X", BAD },
		{ "2026-01-01T10:30ZZ", BAD },
		{ "2026-01-01T10:30+1", BAD },
		{ "2026-01-01T10:30+01:0x", BAD },
		{ "2026-01-01T10:30+16:00", BAD },
		{ "2026-01-01T10:30+01:60", BAD },
		{ "2026-01-01T10:30+-1:00", BAD },
		{ "2026- 1- 1", BAD },
		{ "2026-+1-+1", BAD },
		{ " 2026-01-01", BAD },
		{ "2026-01-011", BAD },
		{ "20260-01-01", BAD },
		{ "1969-12-31", BAD },
		{ "01-02-2026", BAD },
		{ "tomorrow", BAD },
		{ "", BAD },
		{ "+", BAD },
		{ "+1w", BAD },
		{ "+-1d", BAD },
	};
	struct err e;
	int64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e = ERR_INIT;
		t = BAD;
		if (clock_parse(cases[i].in, &t, &e) == -1) {
			if (cases[i].want != BAD || e.code != ERR_INPUT || !strstr(e.text, cases[i].in + (cases[i].in[0] == '+')))
				fail_msg("\"%s\": %s", cases[i].in, e.text);
		} else if (t != cases[i].want)
			fail_msg("\"%s\" is %lld", cases[i].in, (long long)t);
	}
}

/* The answer for the hour that comes twice must not depend on what was asked before. */
static void
twice_is_the_first(void **state)
{
	struct err e = ERR_INIT;
	int64_t t, other;

	(void)state;
	assert_int_equal(clock_parse("2026-12-01 12:00", &other, &e), 0);
	assert_int_equal(clock_parse("2026-10-25 02:30", &t, &e), 0);
	assert_int_equal(t, 1792888200);
	assert_int_equal(clock_parse("2026-07-01 12:00", &other, &e), 0);
	assert_int_equal(clock_parse("2026-10-25 02:30", &t, &e), 0);
	assert_int_equal(t, 1792888200);
	in_zone("Europe/Dublin"); /* whose summer is the standard and whose winter the "daylight" time */
	assert_int_equal(clock_parse("2026-10-25 01:30", &t, &e), 0);
	assert_int_equal(t, 1792888200);
	in_zone("Europe/Madrid");
}

/* Each quarter of an hour of a year is read as it is written, in zones with odd rules. */
static void
round_trips(void **state)
{
	static const char *const zones[] = { "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC" };
	struct err e = ERR_INIT;
	char text[CLOCK_TEXT], again[CLOCK_TEXT];
	int64_t t, back;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		in_zone(zones[i]);
		for (t = NOW; t < NOW + 366 * 86400; t += 900) {
			if (clock_parse(clock_local(text, t), &back, &e) == -1)
				fail_msg("%s %s: %s", zones[i], text, e.text);
			if (strcmp(clock_local(again, back), text) != 0 || back > t || back < t - 3600)
				fail_msg("%s %s is %s", zones[i], text, again);
		}
	}
	in_zone("Europe/Madrid");
}

static void
writes(void **state)
{
	static const struct {
		int64_t t;
		const char *iso, *mail, *local, *day;
	} cases[] = {
		{ 1772357400, "2026-03-01T09:30:00Z", "Sun, 01 Mar 2026 10:30:00 +0100", "2026-03-01 10:30", "1 March 2026" },
		{ 1782894600, "2026-07-01T08:30:00Z", "Wed, 01 Jul 2026 10:30:00 +0200", "2026-07-01 10:30", "1 July 2026" },
		{ 0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 01:00:00 +0100", "1970-01-01 01:00", "1 January 1970" },
		{ NOW - 1, "2025-12-31T23:59:59Z", "Thu, 01 Jan 2026 00:59:59 +0100", "2026-01-01 00:59", "1 January 2026" },
	};
	char out[CLOCK_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(clock_iso(out, cases[i].t), cases[i].iso);
		assert_string_equal(clock_mail(out, cases[i].t), cases[i].mail);
		assert_string_equal(clock_local(out, cases[i].t), cases[i].local);
		assert_string_equal(clock_day(out, cases[i].t), cases[i].day);
	}
	assert_true(strlen(clock_mail(out, INT64_MAX)) < CLOCK_TEXT);
	assert_true(strlen(clock_iso(out, INT64_MIN)) < CLOCK_TEXT);
}

static void
durations(void **state)
{
	static const struct {
		const char *in;
		int64_t want;
	} cases[] = {
		{ "0", 0 },
		{ "90", 90 },
		{ "90s", 90 },
		{ "15m", 900 },
		{ "2h", 7200 },
		{ "548d", 47347200 },
		{ "1000000000d", 86400000000000 },
		{ "1000000001", BAD },
		{ "99999999999999999999d", BAD },
		{ "", BAD },
		{ "d", BAD },
		{ "-5", BAD },
		{ "+5", BAD },
		{ " 5", BAD },
		{ "5 s", BAD },
		{ "5x", BAD },
		{ "5min", BAD },
		{ "1h30m", BAD },
		{ "1.5h", BAD },
		{ "0x10", BAD },
	};
	struct err e;
	int64_t n;
	int rc;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e = ERR_INIT;
		n = BAD;
		rc = clock_parse_duration(cases[i].in, &n, &e);
		if ((rc == -1) != (cases[i].want == BAD) || n != cases[i].want || (rc == -1 && e.code != ERR_INPUT))
			fail_msg("\"%s\": %lld %s", cases[i].in, (long long)n, e.text);
	}
}

static void
zones(void **state)
{
	static const char *const bad[] = { "Europe/Nowhere", "Madrid", "europe/madrid ", "../../etc/passwd", "/Europe/Madrid", "Europe",
		"zone.tab", "leap-seconds.list", "CET-1CEST" };
	char big[400];
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e = ERR_INIT;
		if (clock_init(bad[i], &e) == 0 || e.code != ERR_INPUT)
			fail_msg("%s", bad[i]);
	}
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(clock_init(big, &e), -1);
	in_zone("UTC");
	in_zone("");
	in_zone(NULL);
	assert_string_equal(getenv("TZ"), "UTC"); /* "" leaves it as it is */
	in_zone("Europe/Madrid");
}

static void
injected(void **state)
{
	static const char *const bad[] = { "@", "@x", "+", "+-5", "@1x", "5", "x5", "@99999999999999999999", "now" };
	struct err e = ERR_INIT;
	int64_t real = (int64_t)time(NULL);
	size_t i;

	(void)state;
	assert_int_equal(clock_now(), NOW);
	assert_int_equal(clock_now_ms(), (int64_t)NOW * 1000);
	clock_set(0);
	assert_in_range(clock_now(), real, real + 5);
	setenv("NEWSLETTER_CLOCK", "+90000", 1);
	assert_int_equal(clock_init("", &e), 0);
	assert_in_range(clock_now(), real + 90000, real + 90005);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("NEWSLETTER_CLOCK", bad[i], 1);
		e = ERR_INIT;
		if (clock_init("", &e) == 0 || e.code != ERR_INPUT)
			fail_msg("%s", bad[i]);
	}
	assert_in_range(clock_now(), real + 90000, real + 90005); /* a bad one changes nothing */
	setenv("NEWSLETTER_CLOCK", "@1767225600", 1);
	assert_int_equal(clock_init("", &e), 0);
	assert_int_equal(clock_now(), NOW);
	unsetenv("NEWSLETTER_CLOCK");
}

static void
monotonic(void **state)
{
	int64_t a = clock_mono_us(), b;

	(void)state;
	clock_set(NOW + 1000000); /* never injected */
	b = clock_mono_us();
	assert_in_range(b - a, 0, 60000000);
	clock_set(NOW);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(twice_is_the_first),
		cmocka_unit_test(round_trips),
		cmocka_unit_test(writes),
		cmocka_unit_test(durations),
		cmocka_unit_test(zones),
		cmocka_unit_test(injected),
		cmocka_unit_test(monotonic),
	};

	return cmocka_run_group_tests_name("clock", tests, setup, NULL);
}
