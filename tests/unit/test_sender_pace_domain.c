/* test_sender_pace_domain.c - recipients' domains: rates, shares, what goes back into the ledger, a table that fills up. */
#include "pace_fixture.h"

static const struct pace_domain_limits set[] = {
	{ "gmail.com", { 10, 1 }, 0 },
	{ "slow.example", { 1, 60 }, 0 },
	{ "share.example", { 0, 0 }, 20 },
	{ "both.example", { 100, 1 }, 10 },
	{ "gmail.com", { 99, 1 }, 0 }, /* said twice: the first */
	{ "whole.example", { 0, 0 }, 100 },
};
static const struct pace_relay_limits relay = { .name = "r" };
static const struct pace_limits limits = { .relay = &relay, .relays = 1, .domain = set, .domains = 6, .room = 64 };

static void
test_find(void **state)
{
	static const struct {
		const char *name, *address;
		int domain;
	} cases[] = {
		{ "set", "ann@gmail.com", 0 },
		{ "another", "ann@slow.example", 1 },
		{ "capitals", "ann@GMail.COM", 0 },
		{ "not set", "ann@example.org", -1 },
		{ "below it", "ann@mail.gmail.com", -1 },
		{ "its end", "ann@notgmail.com", -1 },
		{ "its beginning", "ann@gmail.co", -1 },
		{ "longer", "ann@gmail.com.", -1 },
		{ "two @", "\"a@gmail.com\"@example.org", -1 },
		{ "no @", "gmail.com", 0 },
		{ "nothing", "", -1 },
		{ "nothing after it", "ann@", -1 },
	};
	size_t i;

	(void)state;
	start(&limits);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int d = sender_pace_domain(pace, cases[i].address);

		if (d != cases[i].domain)
			fail_msg("%s: %d", cases[i].name, d);
		sender_pace_left(pace, d);
	}
	assert_int_equal(sender_pace_domain_wait_us(pace, -1, mono()), 0);
	sender_pace_left(pace, -1);
}

/* A rate of its own: no second sees more, and the relay's other mail does not wait. */
static void
test_rate(void **state)
{
	int64_t end, wait;
	int d;

	(void)state;
	start(&limits);
	d = sender_pace_domain(pace, "ann@gmail.com");
	end = now + 600 * SECOND;
	while (now < end) {
		wait = sender_pace_domain_wait_us(pace, d, mono());
		if (wait == 0)
			leave(0, d);
		else
			now += wait;
		now += draw(5) ? 0 : (int64_t)draw(30000);
		assert_int_equal(sender_pace_relay_wait_us(pace, 0, mono()), 0);
	}
	assert_true(most_within(SECOND, NULL) == 10);
	assert_in_range(sents, 5900, 6001);
	/* a new process leaves a gap here too, but not of hours */
	restart(&limits);
	d = sender_pace_domain(pace, "ann@gmail.com");
	assert_in_range(sender_pace_domain_wait_us(pace, d, mono()), 100000, 150000);
	d = sender_pace_domain(pace, "ann@slow.example");
	assert_true(sender_pace_domain_wait_us(pace, d, mono()) == MINUTE);
}

/* A campaign to one slow domain: few hold slots, the others come back one by one, each at its turn. */
static void
test_park(void **state)
{
	int64_t next = 0, last = 0;
	size_t i, kept = 0, most_a_second = 0, in_second = 0;

	(void)state;
	start(&limits);
	now += MINUTE;
	for (i = 0; i < 1000; i++) {
		int d = sender_pace_domain(pace, "ann@gmail.com");

		if (!sender_pace_park(pace, d, mono(), wall(), &next)) {
			kept++;
			continue;
		}
		sender_pace_left(pace, d);
		assert_true(next > wall() && next >= last);
		in_second = next == last ? in_second + 1 : 1;
		if (in_second > most_a_second)
			most_a_second = in_second;
		last = next;
	}
	assert_int_equal(kept, 16); /* a quarter of the room */
	assert_in_range(most_a_second, 9, 11);
	assert_in_range(last - wall(), 97, 102); /* 984 at ten a second, after the 16 */
	/* one a minute: the one whose turn it is stays, the next goes back for a minute */
	i = (size_t)sender_pace_domain(pace, "bob@slow.example");
	assert_false(sender_pace_park(pace, (int)i, mono(), wall(), &next));
	assert_int_equal(sender_pace_domain_wait_us(pace, (int)i, mono()), 0);
	sender_pace_take(pace, 0, (int)i, mono());
	i = (size_t)sender_pace_domain(pace, "bob@slow.example");
	assert_true(sender_pace_park(pace, (int)i, mono(), wall(), &next));
	assert_in_range(next - wall(), 60, 61);
	assert_false(sender_pace_park(pace, -1, mono(), wall(), &next));
	/* never for more than four hours */
	for (i = 0; i < 1000; i++)
		assert_true(sender_pace_park(pace, 1, mono(), wall(), &next));
	assert_in_range(next - wall(), 4 * 3600, 4 * 3600 + 1);
}

/* What was kept does leave within its two seconds. */
static void
test_kept_leave(void **state)
{
	int64_t next, since;
	size_t i, waiting = 0, slowest = 0;
	int d = -1;

	(void)state;
	start(&limits);
	now += MINUTE;
	since = now;
	for (i = 0; i < 100; i++) {
		d = sender_pace_domain(pace, "ann@gmail.com");
		if (sender_pace_park(pace, d, mono(), wall(), &next))
			sender_pace_left(pace, d);
		else
			waiting++;
	}
	for (; waiting; waiting--) {
		now += sender_pace_domain_wait_us(pace, d, mono());
		leave(0, d);
		sender_pace_left(pace, d);
		slowest = (size_t)(now - since);
	}
	assert_in_range(slowest, SECOND, 2 * SECOND);
	/* and its place is free again */
	now += SECOND;
	d = sender_pace_domain(pace, "ann@gmail.com");
	assert_false(sender_pace_park(pace, d, mono(), wall(), &next));
}

/* Who was sent back waits no more, though others of the domain are on the way. */
static void
test_parked_count(void **state)
{
	int64_t next;
	int i, d;

	(void)state;
	start(&limits);
	now += MINUTE;
	for (i = 0; i < 30; i++) {
		d = sender_pace_domain(pace, "ann@gmail.com");
		leave(0, d);
	}
	for (i = 0; i < 100; i++) {
		d = sender_pace_domain(pace, "ann@gmail.com");
		assert_true(sender_pace_park(pace, d, mono(), wall(), &next));
		sender_pace_left(pace, d);
	}
	now += 10 * SECOND;
	d = sender_pace_domain(pace, "ann@gmail.com");
	assert_false(sender_pace_park(pace, d, mono(), wall(), &next));
}

/* 20 percent of 64 slots are 12. */
static void
test_share(void **state)
{
	int64_t next, first = 0;
	size_t i, kept = 0, d = 0;

	(void)state;
	start(&limits);
	for (i = 0; i < 64; i++) {
		d = (size_t)sender_pace_domain(pace, "ann@share.example");
		if (!sender_pace_park(pace, (int)d, mono(), wall(), &next)) {
			kept++;
			sender_pace_take(pace, 0, (int)d, mono());
			continue;
		}
		sender_pace_left(pace, (int)d);
		if (!first)
			first = next;
	}
	assert_int_equal(kept, 12);
	assert_int_equal(first - wall(), 1);
	assert_in_range(next - wall(), 5, 6); /* 52 of them, as if 12 left in a second */
	sender_pace_left(pace, (int)d);
	assert_int_equal(sender_pace_domain(pace, "ann@share.example"), (int)d);
	assert_false(sender_pace_park(pace, (int)d, mono(), wall(), &next));
	for (i = 0; i < 200; i++) { /* no share: all the room, and more than there is */
		d = (size_t)sender_pace_domain(pace, "ann@whole.example");
		assert_false(sender_pace_park(pace, (int)d, mono(), wall(), &next));
	}
	/* a share of less than a slot is one */
	start(&(struct pace_limits){ .domain = &(struct pace_domain_limits){ "x.example", { 0, 0 }, 1 }, .domains = 1, .room = 4 });
	assert_false(sender_pace_park(pace, sender_pace_domain(pace, "a@x.example"), mono(), wall(), &next));
	assert_true(sender_pace_park(pace, sender_pace_domain(pace, "a@x.example"), mono(), wall(), &next));
}

/* A domain that nobody set: its own part of what leaves is halved, and it is forgotten when it has recovered. */
static void
test_slowed(void **state)
{
	int i, d;

	(void)state;
	start(&limits);
	for (i = 0; i < 10000; i++) { /* 1000 a second, one in four to it */
		d = sender_pace_domain(pace, i % 4 ? "ann@example.org" : "ann@quarter.example");
		assert_int_equal(d, -1);
		leave(0, d);
		sender_pace_left(pace, d);
		now += 1000;
	}
	for (i = 0; i < 20; i++)
		sender_pace_reply(pace, 0, -1, "ann@quarter.example", PACE_DOMAIN_SLOW, mono());
	assert_int_equal(sender_pace_domain(pace, "ann@example.org"), -1);
	d = sender_pace_domain(pace, "bob@Quarter.example");
	assert_true(d >= 0);
	assert_in_range(sender_pace_domain_slowed(pace, d), 120000, 130000);
	now += SECOND + 1;
	sender_pace_reply(pace, 0, d, "bob@quarter.example", PACE_DOMAIN_SLOW, mono());
	assert_in_range(sender_pace_domain_slowed(pace, d), 60000, 65000);
	assert_int_equal(sender_pace_relay_slowed(pace, 0), 0);
	assert_true(sender_pace_domain_wait_us(pace, d, mono()) > 10000);
	for (i = 0; i < 60; i++) {
		now += MINUTE;
		save();
	}
	assert_int_equal(sender_pace_domain_slowed(pace, d), 0);
	assert_int_equal(sender_pace_domain_wait_us(pace, d, mono()), 0);
	sender_pace_take(pace, 0, d, mono());
	sender_pace_left(pace, d);
	assert_int_equal(sender_pace_domain(pace, "bob@quarter.example"), -1);
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 0);
	/* what it got long ago does not count */
	for (i = 0; i < 12000; i++) {
		d = sender_pace_domain(pace, i < 2000 ? "ann@once.example" : "ann@example.org");
		leave(0, d);
		now += 1000;
	}
	sender_pace_reply(pace, 0, -1, "ann@once.example", PACE_DOMAIN_SLOW, mono());
	d = sender_pace_domain(pace, "ann@once.example");
	assert_int_equal(sender_pace_domain_slowed(pace, d), 20000);
	/* one that was set grows back to that */
	for (i = 0; i < 3; i++) {
		sender_pace_reply(pace, 0, 0, "ann@gmail.com", PACE_DOMAIN_SLOW, mono());
		now += 2 * SECOND;
	}
	assert_int_equal(sender_pace_domain_slowed(pace, 0), 1250);
	restart(&limits);
	assert_int_equal(sender_pace_domain_slowed(pace, 0), 0); /* nobody had saved it */
	for (i = 0; i < 3; i++) {
		sender_pace_reply(pace, 0, 0, "ann@gmail.com", PACE_DOMAIN_SLOW, mono());
		now += 2 * SECOND;
	}
	save();
	restart(&limits);
	assert_int_equal(sender_pace_domain_slowed(pace, 0), 1250);
	now += 25 * MINUTE;
	save();
	assert_int_equal(sender_pace_domain_slowed(pace, 0), 0);
	assert_int_equal(sender_pace_domain(pace, "ann@gmail.com"), 0);
}

static const char *
numbered(unsigned i)
{
	static char address[64];

	snprintf(address, sizeof(address), "ann@d%u.example", i);
	return address;
}

/* More domains than places: the first keep theirs, the rest are not held back, and places come free again. */
static void
test_full(void **state)
{
	unsigned i, have = 0, round;

	(void)state;
	start(&limits);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 1000; i++)
			sender_pace_reply(pace, 0, -1, numbered(i + 5000 * round), PACE_DOMAIN_SLOW, mono());
		for (have = i = 0; i < 1000; i++) {
			int d = sender_pace_domain(pace, numbered(i + 5000 * round));

			have += d >= 0;
			assert_true((d >= 0) == (i < PACE_DOMAINS - 5));
			assert_true((d >= 0) == (sender_pace_domain_slowed(pace, d) > 0));
			sender_pace_left(pace, d);
		}
		assert_int_equal(sender_pace_domain(pace, "ann@gmail.com"), 0);
		now += SECOND; /* rates are written once a second */
		save();
		assert_int_equal(raw_int("SELECT count(*) FROM pace"), 2 * (PACE_DOMAINS - 5));
		if (round == 1) {
			restart(&limits);
			assert_true(sender_pace_domain(pace, numbered(5000)) >= 0);
			assert_int_equal(sender_pace_domain(pace, numbered(5900)), -1);
			now += 2 * DAY; /* all of them over, by their age */
			restart(&limits);
		}
		now += 60 * MINUTE;
		save();
		assert_int_equal(raw_int("SELECT count(*) FROM pace"), 0);
	}
	assert_int_equal(have, PACE_DOMAINS - 5);
	/* names that are none */
	sender_pace_reply(pace, 0, -1, "ann@", PACE_DOMAIN_SLOW, mono());
	sender_pace_reply(pace, 0, -1, "", PACE_DOMAIN_SLOW, mono());
	assert_int_equal(sender_pace_domain(pace, ""), -1);
}

/* Any calls in any order, each message by the rules: the domain of a message stays its own as long as that is held. */
static void
test_any_order(void **state)
{
	static struct held {
		int domain;
		unsigned number;
	} held[500];
	size_t n = 0, i, step;
	int64_t next;

	(void)state;
	start(&limits);
	for (step = 0; step < 300000; step++) {
		now += (int64_t)draw(draw(100) ? 20000 : 30 * SECOND);
		switch (draw(8)) {
		case 0:
		case 1:
		case 2:
			if (n == 500)
				break;
			held[n].number = (unsigned)draw(600);
			held[n].domain = sender_pace_domain(pace, numbered(held[n].number));
			if (!sender_pace_park(pace, held[n].domain, mono(), wall(), &next))
				n++;
			else
				sender_pace_left(pace, held[n].domain);
			break;
		case 3:
			if (n)
				sender_pace_take(pace, 0, held[draw(n)].domain, mono());
			break;
		case 4:
		case 5:
			if (!n)
				break;
			i = (size_t)draw(n);
			if (held[i].domain >= 0) { /* still the same place */
				int again = sender_pace_domain(pace, numbered(held[i].number));

				assert_int_equal(again, held[i].domain);
				sender_pace_left(pace, again);
			}
			sender_pace_left(pace, held[i].domain);
			held[i] = held[--n];
			break;
		case 6:
			i = n ? (size_t)draw(n) : 0;
			if (n)
				sender_pace_reply(pace, 0, held[i].domain, numbered(held[i].number), (enum pace_reply)draw(5), mono());
			break;
		case 7:
			if (!draw(20))
				save();
			break;
		}
	}
	while (n)
		sender_pace_left(pace, held[--n].domain);
	now += DAY;
	save();
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 0);
	for (i = 0; i < 600; i++)
		assert_int_equal(sender_pace_domain(pace, numbered((unsigned)i)), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		pace_test(test_find),
		pace_test(test_rate),
		pace_test(test_park),
		pace_test(test_kept_leave),
		pace_test(test_parked_count),
		pace_test(test_share),
		pace_test(test_slowed),
		pace_test(test_full),
		pace_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
