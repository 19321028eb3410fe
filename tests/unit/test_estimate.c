/* test_estimate.c - how long a mailing takes, by the limits alone, and what the store and the configuration say of them. */
#include "store_fixture.h"

#include "base/window.h"
#include "site/estimate.h"
#include "site/site.h"

#define LATER_DAY (PACE_DAY + PACE_BUCKET) /* when what left in the first five minutes is forgotten */

struct limits {
	int64_t messages, seconds, daily, warmup;
	int64_t used, ago; /* messages, and when */
};

static const struct {
	const char *name, *window;
	int64_t messages;
	struct limits relay[2]; /* ends with one that is all 0, unless it is `plain` */
	int plain;              /* so many relays without any limit */
	double speed;
	int64_t until; /* seconds after the start */
	int64_t takes; /* -1: too long */
	int64_t left;
	bool limited;
} cases[] = {
	{ "into the folder", "", 1000, { { 0 } }, 0, 0, 0, 0, 0, false },
	{ "no limit", "", 1000, { { 0 } }, 1, 0, 0, 0, 0, false },
	{ "nobody", "", 0, { { .messages = 1, .seconds = 1 } }, 0, 0, 0, 0, 0, true },
	{ "ten a second", "", 6000, { { .messages = 10, .seconds = 1 } }, 0, 0, 0, 600, 0, true },
	{ "within the first minute", "", 15, { { .messages = 1, .seconds = 1 } }, 0, 0, 0, 15, 0, true },
	{ "thirty a minute", "", 45, { { .messages = 30, .seconds = 60 } }, 0, 0, 0, 90, 0, true },
	{ "one an hour", "", 3, { { .messages = 1, .seconds = 3600 } }, 0, 0, 0, 10800, 0, true },
	{ "too long", "", 10000, { { .messages = 1, .seconds = 3600 } }, 0, 0, 0, -1, 0, true },
	{ "two relays", "", 900, { { .messages = 10, .seconds = 1 }, { .messages = 5, .seconds = 1 } }, 0, 0, 0, 60, 0, true },
	{ "one of two takes everything", "", 9000, { { .messages = 1, .seconds = 1 } }, 1, 0, 0, 0, 0, false },
	{ "a day's limit", "", 2500, { { .daily = 1000 } }, 0, 0, 0, 2 * LATER_DAY, 0, true },
	{ "a day's limit, partly used", "", 1000, { { .daily = 1000, .used = 400, .ago = 3600 } }, 0, 0, 0, LATER_DAY - 3600, 0, true },
	{ "a day's limit, used long ago", "", 1000, { { .daily = 1000, .used = 1000, .ago = 86400 + 600 } }, 0, 0, 0, 0, 0, true },
	{ "a day's limit, used up", "", 1, { { .daily = 1000, .used = 5000, .ago = 0 } }, 0, 0, 0, LATER_DAY, 0, true },
	{ "rate and day", "", 2000, { { .messages = 1, .seconds = 1, .daily = 1000 } }, 0, 0, 0, LATER_DAY + 1000, 0, true },
	{ "warming up", "", 700, { { .warmup = 100 } }, 0, 0, 0, 2 * LATER_DAY, 0, true },
	{ "warm-up to a limit", "", 500, { { .warmup = 100, .daily = 100 } }, 0, 0, 0, 4 * LATER_DAY, 0, true },
	{ "hours", "08:00-20:00", 1000, { { 0 } }, 1, 0, 0, 28800, 0, true },
	{ "hours and a rate", "08:00-20:00", 50000, { { .messages = 1, .seconds = 1 } }, 0, 0, 0, 86400 + 28800 + 6800, 0, true },
	{ "over before all have it", "", 1000, { { .messages = 1, .seconds = 1 } }, 0, 0, 600, 1000, 400, true },
	{ "over after all have it", "", 1000, { { .messages = 1, .seconds = 1 } }, 0, 0, 1020, 1000, 0, true },
	{ "over before it starts", "", 1000, { { .messages = 1, .seconds = 1 } }, 0, 0, -5, 1000, 1000, true },
	{ "over before the hours", "08:00-20:00", 1000, { { 0 } }, 1, 0, 3600, 28800, 1000, true },
	{ "over long after what is looked at", "", 10000, { { .messages = 1, .seconds = 3600 } }, 0, 0, ESTIMATE_MOST + 60, -1, 7120, true },
	{ "a known speed", "", 3000, { { 0 } }, 1, 50, 0, 60, 0, true },
	{ "a known speed, two relays", "", 3000, { { 0 } }, 2, 50, 0, 60, 0, true },
};

static void
test_cases(void **state)
{
	static struct estimate in;
	struct estimate_answer got;
	struct err e = ERR_INIT;
	size_t i;
	int k;

	(void)state;
	assert_int_equal(clock_init("UTC", &e), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t takes;

		memset(&in, 0, sizeof(in));
		in.messages = cases[i].messages;
		in.speed = cases[i].speed;
		assert_int_equal(window_parse(&in.window, cases[i].window, &e), 0);
		for (k = 0; k < 2 && (cases[i].relay[k].messages || cases[i].relay[k].daily || cases[i].relay[k].warmup); k++) {
			const struct limits *l = &cases[i].relay[k];
			struct estimate_relay *r = &in.relay[in.relays++];

			r->rate = (struct conf_rate){ l->messages, l->seconds };
			r->ramp = (struct pace_ramp){ .per_day = l->daily, .start = l->warmup };
			if (l->ago <= PACE_DAY)
				r->used[(T0 - l->ago) / PACE_BUCKET % ESTIMATE_WINDOWS] = l->used;
		}
		in.relays += cases[i].plain;
		estimate(&in, T0, cases[i].until ? T0 + cases[i].until : 0, &got);
		takes = got.end ? got.end - T0 : -1;
		/* a step's rounding: a fraction of a message, and two windows */
		if (llabs(takes - cases[i].takes) > (takes > PACE_DAY ? 2 * PACE_BUCKET : takes > 3600 ? 60
												       : 0) ||
		    got.left != cases[i].left ||
		    got.limited != cases[i].limited)
			fail_msg("%s: takes %lld, left %lld, %slimited", cases[i].name, (long long)takes, (long long)got.left,
			    got.limited ? "" : "not ");
	}
}

/* 08:00 comes an hour earlier on the morning after the night that has one hour less. */
static void
test_summer_time(void **state)
{
	static struct estimate in = { .messages = 5, .relays = 1 };
	struct estimate_answer got;
	struct err e = ERR_INIT;
	int64_t start, want;

	(void)state;
	assert_int_equal(clock_init("Europe/Madrid", &e), 0);
	assert_int_equal(window_parse(&in.window, "08:00-20:00", &e), 0);
	assert_int_equal(clock_parse("2027-03-28 00:00", &start, &e), 0);
	assert_int_equal(clock_parse("2027-03-28T06:00:00Z", &want, &e), 0);
	estimate(&in, start, 0, &got);
	assert_int_equal(got.end, want);
	assert_int_equal(clock_init("UTC", &e), 0);
}

static const char conf_text[] =
    "[site]\nname = T\nurl = https://t.example\n[mail]\nfrom = n@t.example\n[campaign]\npromotion_window = 08:00-20:00\n"
    "[relay]\nurl = smtp://a.example\nrate = 10/s\ndaily = 500\n[relay spare]\nurl = smtp://b.example\nweight = 0\n"
    "[relay offers]\nurl = smtp://c.example\ntopics = promotions\nrate = 30/m\n";

static void
test_prepare(void **state)
{
	static struct estimate got;
	struct topic articles = { .slug = "articles" }, promotions = { .slug = "promotions" };
	struct site site = { 0 };

	(void)state;
	assert_int_equal(conf_read(&site.conf, "/nowhere/newsletter.conf", conf_text, sizeof(conf_text) - 1, &err), 0);
	site.db = db;
	make_topic("articles");
	assert_int_equal(raw_exec("INSERT INTO pace (scope, subject, window_start, used) VALUES ('relay', '', 1767225000, 120), "
				  "('relay', '', 1767130000, 70), ('relay', 'offers', 1767225000, 9), ('relay-first', '', 1767000000, 1), "
				  "('relay', '', 1767235000, 5)"),
	    SQLITE_OK);
	/* the fastest says how fast it goes; too small a one does not; what is sending goes beside it */
	assert_int_equal(raw_exec("INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, "
				  "started_at, finished_at, planned, accepted, refused) VALUES ('a', 'articles', 1, 's', 'done', 1, 'u', 1, 1000, 1100, 900, 900, 0), "
				  "('b', 'articles', 1, 's', 'done', 1, 'u', 1, 1000, 2000, 900, 900, 0), ('c', 'articles', 1, 's', 'done', 1, 'u', 1, 1000, 1001, 99, 99, 0), "
				  "('d', 'articles', 1, 's', 'sending', 1, 'u', 1, 1000, NULL, 50, 7, 3)"),
	    SQLITE_OK);
	ok(estimate_prepare(&got, &site, &articles, false, 1000, &err));
	assert_int_equal(got.relays, 1);
	assert_int_equal(got.relay[0].rate.messages, 10);
	assert_int_equal(got.relay[0].ramp.per_day, 500);
	assert_int_equal(got.relay[0].ramp.first, 1767000000);
	assert_int_equal(got.relay[0].used[1767225000 / PACE_BUCKET % ESTIMATE_WINDOWS], 120); /* the row of two days ago is none of it */
	assert_int_equal(got.relay[0].used[T0 / PACE_BUCKET % ESTIMATE_WINDOWS], 5);           /* of the future: as of now */
	assert_int_equal(got.messages, 1040);
	assert_int_equal((int)got.speed, 9);
	assert_int_equal(got.window.ranges, 0);
	ok(estimate_prepare(&got, &site, &promotions, true, 1000, &err));
	assert_int_equal(got.relays, 1);
	assert_int_equal(got.relay[0].rate.messages, 30);
	assert_int_equal(got.relay[0].used[1767225000 / PACE_BUCKET % ESTIMATE_WINDOWS], 9);
	assert_int_equal(got.window.ranges, 1);
	conf_release(&site.conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_summer_time),
		store_test(test_prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
