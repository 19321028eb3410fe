/* test_sender_claim.c - slots from claim to hand-over and back: what holds one, and what must not. */
#include "store_fixture.h"

#include <poll.h>
#include <sys/stat.h>

#include "../../daemon/sender.h"
#include "../../daemon/sender_sign.h"
#include "mail/dkim.h"
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

#define RELAYS 2

static struct fake fake[RELAYS];
static struct conf_relay relay_conf[RELAYS];
static struct site site;
static struct sender s;
static int64_t topic;
static char language[] = "en", resend[] = "resend", message_is_there;

/* `relays` relays with 64 slots each, in the first tier of one lane; nothing is claimed. */
static void
open_sender(int relays, const struct pace_domain_limits *domain)
{
	const struct pace_limits limits = { .domain = domain, .domains = domain ? 1 : 0, .room = 64 };
	int i;

	memset(&s, 0, sizeof(s));
	site = (struct site){ .db = db, .conf = { .site_language = language, .campaign_on_unknown = resend, .campaign_deadline = 86400 } };
	s.site = &site;
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

static void
close_sender(void)
{
	slots_release(&s);
	sender_pace_free(s.pace);
}

/* A campaign to n people of a mail domain, followed in the first lane. */
static void
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

static void
claim(void)
{
	begin();
	ok(sender_claim(&s, &err));
	commit();
	sender_claimed(&s);
}

static int
fresh_store(void **state)
{
	topic = 0;
	return store_setup(state);
}

#define claim_test(f) cmocka_unit_test_setup_teardown(f, fresh_store, store_teardown)

/* What was rolled back is not on the way: else a full disk would fill its domain's share for ever. */
static void
rolled_back(void **state)
{
	const struct pace_domain_limits share = { "share.example", { 0, 0 }, 20 };
	int64_t next_at;
	int i;

	(void)state;
	open_sender(1, &share);
	campaign_to(5, "share.example");
	for (i = 0; i < 20; i++) {
		begin();
		ok(sender_claim(&s, &err));
		assert_int_equal(s.fresh.count, 5);
		sender_unclaimed(&s);
		db_rollback(db);
	}
	assert_int_equal(s.used, 0);
	assert_false(sender_pace_park(s.pace, sender_pace_domain(s.pace, "ann@share.example"), clock_mono_us(), clock_now(), &next_at));
	close_sender();
}

/* Of many that are claimed at once for a slow domain those stay that will leave soon, and only the rest goes back. */
static void
parked(void **state)
{
	const struct pace_domain_limits slow = { "slow.example", { 10, 1 }, 0 };

	(void)state;
	open_sender(1, &slow);
	campaign_to(64, "slow.example");
	claim();
	assert_int_equal(s.lane[0].ready.count, 16); /* a quarter of the room */
	assert_int_equal(s.done.count, 48);
	close_sender();
}

/* A slot that has been signed for the first relay. */
static struct slot_entry *
signed_for(const char *address)
{
	struct slot_entry *e = slot_new(&s);

	snprintf(e->claim.who.address, sizeof(e->claim.who.address), "%s", address);
	e->lane = &s.lane[0];
	e->domain = -1;
	e->relay = &s.relay[0];
	slot_push(&s.relay[0].signed_, e);
	return e;
}

/* What was asked when a message was signed may have changed when it leaves. */
static void
signed_later(void **state)
{
	const struct slot_entry *e;

	(void)state;
	open_sender(1, NULL);
	signed_for("ann@example.org");
	s.relay[0].hold_until_us = INT64_MAX;
	sender_submit(&s);
	assert_int_equal(fake[0].taken, 0); /* a relay in trouble is given nothing */
	s.relay[0].hold_until_us = 0;
	sender_submit(&s);
	assert_int_equal(fake[0].taken, 1);
	/* connections with and without SMTPUTF8: the one that has it may have gone */
	e = signed_for("\xc3\xa4nn@example.org");
	fake[0].utf8 = false;
	sender_submit(&s);
	assert_int_equal(fake[0].taken, 1);
	assert_int_equal(s.done.count, 1);
	assert_int_equal(e->result.state, DELIVERY_REFUSED);
	assert_string_equal(e->result.class, "no-smtputf8");
	assert_int_equal(s.relay[0].signed_.count + s.busy, 1);
	close_sender();
}

static struct dkim *
a_key(void)
{
	struct dkim_spec spec = { .domain = "example.org", .ed25519_selector = "s" };
	struct buf pem = BUF_INIT;
	struct dkim *d;

	ok(dkim_keygen(DKIM_ED25519, 0, &pem, &err));
	spec.ed25519_pem = pem.data;
	d = dkim_new(&spec, &err);
	assert_non_null(d);
	buf_release(&pem);
	return d;
}

/* Give the slot at the head of the lane to the threads, as sender_submit does. */
static void
begin_to_sign(const struct dkim *d)
{
	struct slot_entry *e = slot_take(&s.lane[0].ready);

	buf_addstr(signers_begin(s.signers, (uint64_t)(e - s.slot), d), "From: a@example.org\r\n\r\nWords.\r\n");
	signers_submit(s.signers);
	e->relay = &s.relay[0];
	s.relay[0].signing++;
	s.signing++;
}

static void
finish_signing(void)
{
	struct pollfd fd = { .fd = signers_fd(s.signers), .events = POLLIN };

	while (s.signing) {
		assert_int_equal(poll(&fd, 1, 10000), 1);
		sender_signed(&s);
	}
}

/* Who leaves, and what is paused, while a thread has the message: nothing of it goes out. */
static void
recalled_while_signed(void **state)
{
	struct dkim *d = a_key();
	const struct slot_entry *e;

	(void)state;
	open_sender(1, NULL);
	s.signers = signers_new(8, &err);
	assert_non_null(s.signers);
	campaign_to(3, "example.org");
	claim();
	begin_to_sign(d);
	begin_to_sign(d);
	begin();
	ok(subscription_end(db, 1, SUB_LEFT, &by_test, &err));
	commit();
	ok(sender_drop_unwanted(&s, &err));
	finish_signing();
	assert_int_equal(s.relay[0].signed_.count, 1);
	e = s.done.head;
	assert_non_null(e);
	assert_int_equal(e->claim.who.id, 1);
	assert_int_equal(e->result.state, DELIVERY_SKIPPED);
	begin_to_sign(d);
	begin();
	ok(campaign_pause(db, s.campaign[0].row.id, "wait", &err));
	commit();
	ok(sender_look(&s, &err));
	finish_signing();
	assert_int_equal(s.relay[0].signed_.count, 0);
	assert_int_equal(s.done.count, 3);
	begin();
	ok(sender_record(&s, &err));
	commit();
	sender_recorded(&s);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 2 AND attempts = 0"), 2);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 5 AND attempts = 0"), 1);
	assert_int_equal(s.used, 0);
	assert_int_equal(signers_busy(s.signers), 0);
	s.compiled[0].message = NULL;
	signers_free(s.signers);
	dkim_free(d);
	close_sender();
}

/*
 * Nobody is claimed for relays that do not work: their claims would hold the places of other lanes, and leave after their campaign's
 * hours, and a visitor's mail after its links have expired.
 */
static void
lane_down(void **state)
{
	int64_t id;

	(void)state;
	open_sender(1, NULL);
	campaign_to(10, "example.org");
	begin();
	ok(outbox_reserve(db, "confirm", 0, "ann@example.org", clock_now() + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	commit();
	s.outbox_due = clock_now();
	claim();
	assert_int_equal(s.lane[0].ready.count, 10);
	assert_int_equal(s.outbox.count, 1);
	sender_route_tick(&s);
	assert_int_equal(s.lane[0].ready.count, 10);
	fake[0].down = true;
	sender_route_tick(&s);
	assert_int_equal(s.lane[0].ready.count + s.outbox.count, 0);
	begin();
	ok(sender_record(&s, &err));
	commit();
	sender_recorded(&s);
	assert_int_equal(s.used, 0);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 2 AND attempts = 0"), 10);
	assert_string_equal(raw_text("SELECT state || attempts FROM outbox"), "queued0");
	claim();
	assert_int_equal(s.used, 0);
	fake[0].down = false;
	clock_set(T0 + 3600);
	ok(sender_look(&s, &err));
	s.outbox_due = T0;
	claim();
	assert_int_equal(s.outbox.count, 0); /* expired */
	assert_int_equal(s.lane[0].ready.count, 10);
	assert_invariants();
	close_sender();
}

/* Two lanes of one relay claim no more than its part of all slots, or the lanes of the others would have none left when it hangs. */
static void
lanes_of_one_relay(void **state)
{
	(void)state;
	open_sender(2, NULL);
	s.lanes = 3;
	s.lane[0].tier[0] = 2;
	s.lane[1].tier[0] = s.lane[2].tier[0] = 1;
	campaign_to(200, "example.org");
	campaign_to(200, "example.com");
	s.campaign[0].lane = &s.lane[1];
	s.campaign[1].lane = &s.lane[2];
	s.compiled[1] = s.compiled[0];
	s.compiled_end = 2;
	s.compiled[0].campaign_id = s.campaign[0].row.id;
	for (int i = 0; i < 4; i++)
		claim();
	assert_int_equal(s.lane[1].ready.count + s.lane[2].ready.count, 64);
	assert_false(sender_can_claim(&s)); /* it does not try again and again either */
	s.campaign[1].lane = &s.lane[0];
	assert_true(sender_can_claim(&s));
	claim();
	assert_int_equal(s.lane[0].ready.count, 64);
	close_sender();
}

/* What one lane claims in a transaction is no reason for another one to wait for the next. */
static void
lanes_apart(void **state)
{
	(void)state;
	open_sender(2, NULL);
	s.lanes = 2;
	s.lane[0].tier[0] = 2;
	s.lane[1].tier[0] = 1;
	campaign_to(200, "example.org");
	campaign_to(200, "example.com");
	s.campaign[0].lane = &s.lane[1];
	s.compiled[1] = s.compiled[0];
	s.compiled_end = 2;
	s.compiled[0].campaign_id = s.campaign[0].row.id;
	claim();
	assert_int_equal(s.lane[0].ready.count, 64);
	assert_int_equal(s.lane[1].ready.count, 64);
	close_sender();
}

/* A domain that becomes slow while its messages wait gives their places back to the others. */
static void
slowed_while_waiting(void **state)
{
	const struct pace_domain_limits domain = { "slow.example", { 10, 1 }, 0 };
	int64_t now = clock_mono_us();

	(void)state;
	open_sender(1, &domain);
	campaign_to(16, "slow.example");
	claim();
	assert_int_equal(s.lane[0].ready.count, 16);
	for (int i = 0; i < 20; i++) { /* down to one a minute */
		sender_pace_reply(s.pace, 0, 0, "ann@slow.example", PACE_DOMAIN_SLOW, now);
		now += 1000;
		sender_pace_reply(s.pace, 0, 0, "ann@slow.example", PACE_DOMAIN_SLOW, now + INT64_C(1000000) * i);
	}
	sender_submit(&s);
	assert_int_equal(fake[0].taken, 0);
	assert_int_equal(s.lane[0].ready.count, 0);
	assert_int_equal(s.done.count, 16);
	close_sender();
}

/* Mail to somebody who is erased while it waits does not leave: the outbox knows them no more. */
static void
erased(void **state)
{
	int64_t id, ann;

	(void)state;
	open_sender(1, NULL);
	begin();
	ann = make_subscriber("ann@example.org");
	ok(outbox_reserve(db, "my-data", ann, "ann@example.org", clock_now() + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	ok(outbox_reserve(db, "confirm", 0, "ben@example.org", clock_now() + 3600, &id, &err));
	ok(outbox_fill(db, id, "From: x\r\n", 9, &err));
	commit();
	s.outbox_due = clock_now();
	claim();
	assert_int_equal(s.outbox.count, 2);
	ok(sender_drop_unwanted(&s, &err));
	assert_int_equal(s.outbox.count, 2);
	begin();
	ok(subscriber_delete(db, ann, &err));
	commit();
	ok(sender_drop_unwanted(&s, &err));
	assert_int_equal(s.outbox.count, 1);
	assert_string_equal(s.outbox.head->mail.address, "ben@example.org");
	begin();
	ok(sender_record(&s, &err));
	commit();
	sender_recorded(&s);
	assert_string_equal(raw_text("SELECT group_concat(state) FROM outbox"), "expired,claimed");
	close_sender();
}

/* The person that an ENVID leads to; 0: none. */
static int64_t
envid_of(const struct link_keys *keys)
{
	struct link l = { 0 };

	return link_read_address(&l, keys, s.personal.envelope_id) == 0 ? l.subscriber : 0;
}

/* ENVID names the message's own person, where the relay takes one envelope sender alone as well: a bounce would be held against another. */
static void
envelope(void **state)
{
	char sender[] = "news@example.org", bounce[] = "b@example.org", keys_folder[96];
	struct link_keys *keys;
	struct slot_entry *ann, *ben;
	int id;

	(void)state;
	snprintf(keys_folder, sizeof(keys_folder), "%s/keys", folder);
	assert_int_equal(mkdir(keys_folder, 0700), 0);
	ok(link_keys_create(keys_folder, &id, &err));
	keys = link_keys_load(keys_folder, &err);
	assert_non_null(keys);
	open_sender(2, NULL);
	site.conf.mail_from = sender;
	site.conf.mail_bounce = bounce;
	personal_init(&s.personal, &site.conf, keys);
	campaign_to(2, "example.org");
	claim();
	ann = s.lane[0].ready.head;
	ben = ann->next;
	ann->relay = &s.relay[0];
	relay_conf[0].verp = 1;
	ben->relay = &s.relay[1];
	assert_string_not_equal(sender_mail_from(&s, ann), sender);
	assert_int_equal(envid_of(keys), ann->claim.who.id);
	assert_string_equal(sender_mail_from(&s, ben), sender);
	assert_int_equal(envid_of(keys), ben->claim.who.id);
	ann->relay = ben->relay = NULL;
	personal_release(&s.personal);
	link_keys_free(keys);
	close_sender();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		claim_test(rolled_back),
		claim_test(parked),
		claim_test(signed_later),
		claim_test(recalled_while_signed),
		claim_test(lane_down),
		claim_test(lanes_of_one_relay),
		claim_test(lanes_apart),
		claim_test(slowed_while_waiting),
		claim_test(erased),
		claim_test(envelope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
