/* test_window.c - sending windows: what is taken, when they are open, and the two nights on which the clocks change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/window.h"

static int64_t
at(const char *text)
{
	struct err e = ERR_INIT;
	int64_t t;

	if (clock_parse(text, &t, &e) == -1)
		fail_msg("%s", e.text);
	return t;
}

#define SIXTEEN \
	"0:00-0:01 1:00-1:01 2:00-2:01 3:00-3:01 4:00-4:01 5:00-5:01 6:00-6:01 7:00-7:01 8:00-8:01 9:00-9:01 10:00-10:01 " \
	"11:00-11:01 12:00-12:01 13:00-13:01 14:00-14:01 15:00-15:01"

static const struct {
	const char *name, *text;
	int ranges; /* -1: refused */
} texts[] = {
	{ "always", "", 0 },
	{ "blanks", " , ", 0 },
	{ "one", "08:00-20:00", 1 },
	{ "one digit", "8:00-9:05", 1 },
	{ "to midnight", "20:00-24:00", 1 },
	{ "over midnight", "20:00-02:00", 1 },
	{ "commas and spaces", "08:00-09:00, 10:00-11:00 12:00-13:00,14:00-15:00", 4 },
	{ "days", "mon-fri 08:00-20:00", 1 },
	{ "days in capitals", "MON-Fri 08:00-20:00", 1 },
	{ "days, and others", "mon,wed 08:00-10:00 sat-sun 12:00-14:00", 2 },
	{ "sixteen", SIXTEEN, 16 },
	{ "seventeen", SIXTEEN " 16:00-16:01", -1 },
	{ "empty range", "08:00-08:00", -1 },
	{ "no end", "08:00", -1 },
	{ "no end after the dash", "08:00-", -1 },
	{ "no minutes", "8-20", -1 },
	{ "minute 60", "08:60-20:00", -1 },
	{ "hour 25", "08:00-25:00", -1 },
	{ "24:01", "08:00-24:01", -1 },
	{ "begins at 24:00", "24:00-08:00", -1 },
	{ "negative", "-8:00-20:00", -1 },
	{ "three digits", "008:00-20:00", -1 },
	{ "run together", "08:00-20:0010:00-11:00", -1 },
	{ "days alone", "mon-fri", -1 },
	{ "days at the end", "08:00-20:00 mon", -1 },
	{ "half a span of days", "mon- 08:00-20:00", -1 },
	{ "no day", "foo 08:00-20:00", -1 },
	{ "longer name", "monday 08:00-20:00", -1 },
	{ "control character", "08:00-20:00\n", -1 },
};

static void
test_parse(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct err e = ERR_INIT;
		struct window w;
		int rc;

		memset(&w, 0xff, sizeof(w));
		rc = window_parse(&w, texts[i].text, &e);
		if (rc != (texts[i].ranges < 0 ? -1 : 0) || (rc == 0 && w.ranges != texts[i].ranges) ||
		    (rc == -1 && (e.code != ERR_INPUT || !e.text[0] || w.ranges != 0)))
			fail_msg("%s: %d, %d ranges, \"%s\"", texts[i].name, rc, w.ranges, e.text);
	}
}

/* In Madrid; 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00. 2026-03-02 is a Monday. */
static const struct {
	const char *name, *window, *now, *opens; /* opens NULL: it is open */
} cases[] = {
	{ "always", "", "2026-03-02 03:00", NULL },
	{ "before", "08:00-20:00", "2026-03-02 07:59:59", "2026-03-02 08:00" },
	{ "the first second", "08:00-20:00", "2026-03-02 08:00", NULL },
	{ "the last second", "08:00-20:00", "2026-03-02 19:59:59", NULL },
	{ "the end is out", "08:00-20:00", "2026-03-02 20:00", "2026-03-03 08:00" },
	{ "evening of a month's last day", "08:00-20:00", "2026-03-31 23:00", "2026-04-01 08:00" },
	{ "over midnight, evening", "20:00-02:00", "2026-03-02 21:00", NULL },
	{ "over midnight, night", "20:00-02:00", "2026-03-02 01:59:59", NULL },
	{ "over midnight, morning", "20:00-02:00", "2026-03-02 02:00", "2026-03-02 20:00" },
	{ "to 24:00", "20:00-24:00", "2026-03-02 23:59:59", NULL },
	{ "after 24:00", "20:00-24:00", "2026-03-03 00:00", "2026-03-03 20:00" },
	{ "the second of two", "08:00-09:00 15:30-16:00", "2026-03-02 12:00", "2026-03-02 15:30" },
	{ "weekend", "mon-fri 08:00-20:00", "2026-03-07 12:00", "2026-03-09 08:00" },
	{ "Friday evening", "mon-fri 08:00-20:00", "2026-03-06 20:00", "2026-03-09 08:00" },
	{ "days around Sunday", "fri-mon 08:00-20:00", "2026-03-08 12:00", NULL },
	{ "days around Sunday, out", "fri-mon 08:00-20:00", "2026-03-03 12:00", "2026-03-06 08:00" },
	{ "Friday's night ends on Saturday", "fri 20:00-02:00", "2026-03-07 01:00", NULL },
	{ "Thursday's night is none", "fri 20:00-02:00", "2026-03-06 01:00", "2026-03-06 20:00" },
	{ "once a week, just over", "sun 10:00-10:01", "2026-03-08 10:01", "2026-03-15 10:00" },
	{ "days hold for what follows", "mon 08:00-09:00 10:00-11:00", "2026-03-03 10:30", "2026-03-09 08:00" },
	{ "begins in the gap", "02:30-04:00", "2026-03-29 01:59:59", "2026-03-29 03:00" },
	{ "begins in the gap, asked the day before", "02:30-04:00", "2026-03-28 12:00", "2026-03-29 03:00" },
	{ "ends in the gap", "01:00-02:30", "2026-03-29 03:00", "2026-03-30 01:00" },
	{ "wholly in the gap", "02:10-02:40", "2026-03-28 12:00", "2026-03-30 02:10" },
	{ "wholly in the gap, weekly", "sun 02:10-02:40", "2026-03-28 12:00", "2026-04-05 02:10" },
	{ "right after the gap", "03:00-04:00", "2026-03-29 01:30", "2026-03-29 03:00" },
	{ "after the gap the same local time", "08:00-20:00", "2026-03-28 21:00", "2026-03-29 08:00" },
	{ "after the hour that came twice", "08:00-20:00", "2026-10-24 21:00", "2026-10-25 08:00" },
	{ "in the hour that comes twice, first", "02:30-02:45", "2026-10-25T00:20:00Z", "2026-10-25T00:30:00Z" },
	{ "between", "02:30-02:45", "2026-10-25T00:50:00Z", "2026-10-25T01:30:00Z" },
	{ "in the hour that comes twice, second", "02:30-02:45", "2026-10-25T01:40:00Z", NULL },
	{ "after both", "02:30-02:45", "2026-10-25T01:45:00Z", "2026-10-26 02:30" },
	{ "goes back into the window", "02:00-03:00", "2026-10-25T01:59:59Z", NULL },
};

static void
test_open(void **state)
{
	struct err e = ERR_INIT;
	struct window w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t now = at(cases[i].now), opens = cases[i].opens ? at(cases[i].opens) : now, t;

		assert_int_equal(window_parse(&w, cases[i].window, &e), 0);
		for (t = now; t < opens; t += 60 - t % 60)
			if (window_is_open(&w, t))
				fail_msg("%s: open %lld s after it was asked", cases[i].name, (long long)(t - now));
		if (!window_is_open(&w, opens))
			fail_msg("%s: shut", cases[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_open),
	};
	struct err e = ERR_INIT;

	if (clock_init("Europe/Madrid", &e) == -1) {
		print_error("%s\n", e.text);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
