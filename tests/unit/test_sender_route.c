/* test_sender_route.c - which relay takes the next message: shares by weight, tiers, a breaker that opens and half closes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/sender.h"
#include "base/clock.h"
#include "base/conf.h"

/* A relay that has as much room as the test says. */
struct fake {
	size_t room, wanted;
	bool down;
};

static size_t
fake_room(void *t)
{
	return ((struct fake *)t)->room;
}

static void
fake_want(void *t, size_t waiting)
{
	((struct fake *)t)->wanted = waiting;
}

static bool
fake_is_down(void *t)
{
	return ((struct fake *)t)->down;
}

static const struct transport transport = { .room = fake_room, .want = fake_want, .is_down = fake_is_down };

static struct fake fake[3];
static struct conf_relay conf[3];
static struct site site;
static struct sender s;

/* Relays of these weights, all with room, in the first tier of the one lane. */
static void
start(int relays, const int64_t *weights)
{
	const struct pace_limits limits = { 0 };
	int i;

	memset(&s, 0, sizeof(s));
	memset(conf, 0, sizeof(conf));
	s.site = &site;
	s.lanes = 1;
	s.relays = relays;
	s.pace = sender_pace_new(&limits);
	for (i = 0; i < relays; i++) {
		fake[i] = (struct fake){ .room = 10 };
		conf[i].weight = weights[i];
		s.relay[i] = (struct relay){
			.name = "r", .transport = &transport, .t = &fake[i], .conf = &conf[i], .index = i, .slots = 64
		};
		s.lane[0].tier[0] |= 1u << i;
	}
}

/* Send n messages; count[i] says how many each relay took, the result how many had no relay. */
static int
send_some(int n, int count[3])
{
	int64_t wait_us = -1;
	int without = 0;

	memset(count, 0, 3 * sizeof(*count));
	while (n--) {
		struct relay *r = lane_relay(&s, &s.lane[0], &wait_us);

		if (!r) {
			without++;
			continue;
		}
		count[r->index]++;
		relay_took(r);
	}
	return without;
}

static void
shares(void **state)
{
	static const struct {
		const char *name;
		int64_t weight[3];
		int want[3];
	} cases[] = {
		{ "alike", { 1, 1, 1 }, { 200, 200, 200 } },
		{ "three to two to one", { 3, 2, 1 }, { 300, 200, 100 } },
		{ "a spare beside spares counts as one", { 0, 0, 0 }, { 200, 200, 200 } },
		{ "very different", { 1000, 1, 1 }, { 598, 1, 1 } },
	};
	int count[3];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(3, cases[i].weight);
		assert_int_equal(send_some(600, count), 0);
		for (int k = 0; k < 3; k++)
			if (count[k] < cases[i].want[k] - 2 || count[k] > cases[i].want[k] + 2)
				fail_msg("%s: relay %d took %d, not %d", cases[i].name, k, count[k], cases[i].want[k]);
		sender_pace_free(s.pace);
	}
}

/* No more is claimed for a relay than it has slots, whatever it says of its room. */
static void
all_slots(void **state)
{
	(void)state;
	start(1, (const int64_t[]){ 1 });
	s.relay[0].lately = 1000;
	s.relay[0].busy = 60;
	assert_int_equal(lane_capacity(&s, &s.lane[0]), 4);
	s.relay[0].busy = 64;
	assert_int_equal(lane_capacity(&s, &s.lane[0]), 0);
	sender_pace_free(s.pace);
}

/* One that is only busy keeps its share: the other one waits, after a few. One that cannot be reached keeps nobody waiting. */
static void
busy(void **state)
{
	int count[3], without;

	(void)state;
	start(2, (const int64_t[]){ 1, 1 });
	fake[0].room = 0;
	without = send_some(100, count);
	assert_int_equal(count[0], 0);
	assert_in_range(count[1], 16, 18);
	assert_int_equal(without, 100 - count[1]);
	fake[0].room = 10;
	send_some(100, count);
	assert_in_range(count[0], 55, 60); /* it catches up */
	fake[0].down = true;
	assert_int_equal(send_some(1000, count), 0);
	assert_int_equal(count[1], 1000);
	fake[0].down = false;
	send_some(1000, count);
	assert_in_range(count[0], 500, 520); /* but not on what went elsewhere all the while */
	sender_pace_free(s.pace);
}

static void
tiers(void **state)
{
	int count[3];

	(void)state;
	start(3, (const int64_t[]){ 1, 1, 1 });
	s.lane[0].tier[0] = 1;
	s.lane[0].tier[1] = 2;
	s.lane[0].tier[2] = 4;
	send_some(10, count);
	assert_int_equal(count[0], 10);
	fake[0].room = 0; /* haste is no reason to use a spare */
	assert_int_equal(send_some(10, count), 10);
	fake[0].down = true;
	send_some(10, count);
	assert_int_equal(count[1], 10);
	fake[1].down = true;
	send_some(10, count);
	assert_int_equal(count[2], 10);
	/* those that do not work are asked now and then by one connection; the one in charge gets all */
	s.lane[0].ready.count = 5;
	sender_want(&s);
	assert_int_equal(fake[0].wanted, 1);
	assert_int_equal(fake[1].wanted, 1);
	assert_int_equal(fake[2].wanted, 64);
	fake[2].down = true;
	assert_false(lane_works(&s, &s.lane[0]));
	assert_int_equal(send_some(10, count), 10);
	assert_int_equal(lane_capacity(&s, &s.lane[0]), 0);
	sender_pace_free(s.pace);
}

static struct outcome
replied(int code, int64_t hold)
{
	return (struct outcome){
		.result = { .state = hold ? DELIVERY_DEFERRED : DELIVERY_ACCEPTED, .code = code, .reply = "a reply" }, .hold = hold
	};
}

/* Trouble opens the breaker; then one message at a time, until one is answered. */
static void
breaker(void **state)
{
	struct relay *r = &s.relay[0];
	struct outcome trouble = replied(421, 1), well = replied(250, 0), person = replied(550, 0);
	int count[3];

	(void)state;
	start(1, (const int64_t[]){ 1 });
	relay_heard(r, &trouble);
	assert_false(lane_works(&s, &s.lane[0]));
	assert_int_equal(send_some(1, count), 1);
	s.lane[0].ready.count = 1;
	sender_want(&s);
	assert_int_equal(fake[0].wanted, 0);
	r->hold_until_us = 1; /* long ago */
	assert_true(lane_works(&s, &s.lane[0]));
	assert_int_equal(lane_capacity(&s, &s.lane[0]), 1);
	assert_int_equal(send_some(1, count), 0);
	r->busy = 1;
	assert_int_equal(send_some(1, count), 1);
	r->busy = 0;
	relay_heard(r, &trouble); /* still: twice as long */
	assert_int_equal(r->hold_us, 2000000);
	r->hold_until_us = 1;
	relay_heard(r, &person); /* it answers, though not what one would like */
	assert_int_equal(r->hold_us, 0);
	assert_true(lane_capacity(&s, &s.lane[0]) > 1);
	relay_heard(r, &(struct outcome){ .result = { .state = DELIVERY_DEFERRED }, .hold = 3600 });
	assert_int_equal(r->hold_us, INT64_C(3600) * 1000000); /* what the reply asks for */
	for (int i = 0; i < 9; i++) {
		r->hold_us = i ? r->hold_us : 0;
		r->hold_until_us = 1;
		relay_heard(r, &trouble);
	}
	assert_int_equal(r->hold_us, INT64_C(60) * 1000000); /* no longer than a minute by itself */
	r->hold_until_us = 1;
	relay_heard(r, &(struct outcome){ .result = { .state = DELIVERY_DEFERRED }, .hold = 3600 });
	relay_heard(r, &well); /* sent before: says nothing of now */
	assert_int_equal(r->hold_us, INT64_C(3600) * 1000000);
	sender_pace_free(s.pace);
}

/* Where mail is signed first, no more is signed for a relay than its pace lets go; else it would wait there and keep others waiting. */
static void
signed_in_pace(void **state)
{
	const struct pace_relay_limits relay[2] = { { .name = "a", .rate = { 1, 3600 } }, { .name = "b" } };
	const struct pace_limits limits = { .relay = relay, .relays = 2 };
	int64_t wait_us = -1;
	int count[2] = { 0 }, i;
	struct relay *r;

	(void)state;
	start(2, (const int64_t[]){ 1, 1 });
	sender_pace_free(s.pace);
	s.pace = sender_pace_new(&limits);
	s.relay[0].dkim = s.relay[1].dkim = (struct dkim *)(void *)&fake; /* not looked at */
	sender_pace_take(s.pace, 0, -1, clock_mono_us());
	for (i = 0; i < 100 && (r = lane_relay(&s, &s.lane[0], &wait_us)); i++) {
		count[r->index]++;
		s.relay[0].signed_.count += r == &s.relay[0]; /* the other one's leave at once */
		relay_took(r);
	}
	assert_int_equal(count[0], 0);
	assert_int_equal(count[1], 100);
	assert_in_range(wait_us, 3590000000, 3600000000);
	/* nor are connections kept, or opened again and again, for what may not leave in the next minute */
	s.relay[0].signed_.count = 0;
	s.lane[0].ready.count = 1;
	sender_want(&s);
	assert_int_equal(fake[0].wanted, 0);
	assert_int_equal(fake[1].wanted, 64);
	fake[0].room = 0; /* without them it is not busy */
	for (i = 0; i < 100; i++) {
		assert_ptr_equal(lane_relay(&s, &s.lane[0], &wait_us), &s.relay[1]);
		relay_took(&s.relay[1]);
	}
	sender_pace_free(s.pace);
}

/* The threads sign ahead of a relay's room, and not without end: then it is busy, and keeps its share. */
static void
signed_ahead(void **state)
{
	int64_t wait_us = -1;
	int i;

	(void)state;
	start(2, (const int64_t[]){ 1, 1 });
	s.relay[0].dkim = s.relay[1].dkim = (struct dkim *)(void *)&fake; /* not looked at */
	fake[0].room = 2;
	for (i = 0; lane_relay(&s, &s.lane[0], &wait_us) == &s.relay[0]; i++) {
		s.relay[0].signed_.count++;
		assert_in_range(i, 0, 100);
	}
	assert_int_equal(i, 34); /* 32 more than there is room for */
	s.relay[0].turn = 0;
	s.relay[1].turn = UINT64_MAX / 2;
	assert_null(lane_relay(&s, &s.lane[0], &wait_us));
	sender_pace_free(s.pace);
}

/* Each topic that a relay names has a lane, all others have the first; a relay of two lanes is wanted for what the greedier one wants. */
static void
lanes(void **state)
{
	char articles[] = "articles", offers[] = "promotions";

	(void)state;
	start(2, (const int64_t[]){ 1, 1 });
	s.lanes = 3;
	s.lane[1].topic = articles;
	s.lane[2].topic = offers;
	assert_ptr_equal(lane_for(&s, "articles"), &s.lane[1]);
	assert_ptr_equal(lane_for(&s, "promotions"), &s.lane[2]);
	assert_ptr_equal(lane_for(&s, "news"), &s.lane[0]);
	/* the second relay is the spare of the one lane, and the only one of the other: it does not work, and is asked by one connection */
	s.lane[1].tier[0] = 1;
	s.lane[1].tier[1] = 2;
	s.lane[2].tier[0] = 2;
	s.lane[1].ready.count = s.lane[2].ready.count = 5;
	fake[0].down = fake[1].down = true;
	sender_want(&s);
	assert_int_equal(fake[0].wanted, 1);
	assert_int_equal(fake[1].wanted, 1);
	/* in charge of the first lane, it is wanted whole, though the next lane would be content with less */
	fake[1].down = false;
	sender_want(&s);
	assert_int_equal(fake[1].wanted, 64);
	sender_pace_free(s.pace);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares),
		cmocka_unit_test(all_slots),
		cmocka_unit_test(busy),
		cmocka_unit_test(tiers),
		cmocka_unit_test(breaker),
		cmocka_unit_test(signed_in_pace),
		cmocka_unit_test(signed_ahead),
		cmocka_unit_test(lanes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
