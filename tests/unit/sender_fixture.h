/*
 * sender_fixture.h - a sender without its process: its slots and lanes over the fixture's store, and relays that take what the test says.
 */
#ifndef SENDER_FIXTURE_H
#define SENDER_FIXTURE_H

#include "store_fixture.h"

#include "../../daemon/sender.h"
#include "store/campaign.h"
#include "store/delivery.h"
#include "store/subscription.h"

/* A relay that has as much room as the test says, and keeps what it is given. */
struct fake {
	size_t room, taken;
	bool down, utf8;
};

static size_t
fake_room(void *t)
{
	const struct fake *f = t;

	return f->room > f->taken ? f->room - f->taken : 0;
}

static bool
fake_is_down(void *t)
{
	return ((struct fake *)t)->down;
}

static bool
fake_takes_utf8(void *t)
{
	return ((struct fake *)t)->utf8;
}

static void
fake_submit(void *t, struct slot_entry *e)
{
	(void)e;
	((struct fake *)t)->taken++;
}

static const struct transport transport = {
	.room = fake_room, .is_down = fake_is_down, .takes_utf8 = fake_takes_utf8, .submit = fake_submit
};

#define SENDER_RELAYS 2

static struct fake fake[SENDER_RELAYS];
static struct conf_relay relay_conf[SENDER_RELAYS];
static struct site site;
static struct sender s;
static int64_t topic;
static char language[] = "en", resend[] = "resend", message_is_there;

/* `relays` relays with 64 slots each, in the first tier of one lane; nothing is claimed. */
FIXTURE void
open_sender(int relays, const struct pace_domain_limits *domain)
{
	const struct pace_limits limits = { .domain = domain, .domains = domain ? 1 : 0, .room = 64 };
	int i;

	memset(&s, 0, sizeof(s));
	site = (struct site){ .db = db, .conf = { .site_language = language, .campaign_on_unknown = resend, .campaign_deadline = 86400 } };
	s.site = &site;
	s.turn_us = INT64_MAX; /* however busy the machine is */
	s.lanes = 1;
	s.relays = relays;
	s.pace = sender_pace_new(&limits);
	for (i = 0; i < relays; i++) {
		fake[i] = (struct fake){ .room = 64, .utf8 = true };
		relay_conf[i] = (struct conf_relay){ .weight = 1 };
		s.relay[i] = (struct relay){
			.name = "r", .transport = &transport, .t = &fake[i], .conf = &relay_conf[i], .index = i, .slots = 64
		};
		s.lane[0].tier[0] |= 1u << i;
		s.most += 64;
	}
	slots_init(&s);
}

FIXTURE void
close_sender(void)
{
	slots_release(&s);
	sender_pace_free(s.pace);
}

/* A campaign to n people of a mail domain, followed in the first lane. */
FIXTURE void
campaign_to(int n, const char *domain)
{
	struct campaign c = { .kind = "articles", .subject = "s", .created_by = "ann", .start_at = clock_now() };
	char address[64];
	int i;

	topic = topic ? topic : make_topic("articles");
	c.topic_id = topic;
	begin();
	for (i = 1; i <= n; i++) {
		snprintf(address, sizeof(address), "p%d@%s", i, domain);
		ok(subscription_add(db, make_subscriber(address), topic, "added", &by_test, &err));
	}
	ok(campaign_create(db, &c, &err));
	ok(campaign_start(db, c.id, clock_now() + 86400, &err));
	commit();
	s.compiled[0] = (struct compiled){ .campaign_id = c.id, .message = (struct message *)(void *)&message_is_there };
	s.compiled_end = 1;
	s.campaign[s.campaigns] = (struct running){ .lane = &s.lane[0] };
	assert_int_equal(campaign_get(db, c.id, &s.campaign[s.campaigns++].row, &err), 1);
}

FIXTURE void
claim(void)
{
	begin();
	ok(sender_claim(&s, &err));
	commit();
	sender_claimed(&s);
}

/* What is done into the ledger, as sender.c does it. */
FIXTURE void
record(void)
{
	begin();
	ok(sender_record(&s, &err));
	commit();
	sender_recorded(&s);
}

FIXTURE int
fresh_store(void **state)
{
	topic = 0;
	return store_setup(state);
}

#define sender_test(f) cmocka_unit_test_setup_teardown(f, fresh_store, store_teardown)

#endif
