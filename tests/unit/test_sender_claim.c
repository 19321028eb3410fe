/* test_sender_claim.c - slots from claim to hand-over and back: what holds one, and what must not. */
#include "sender_fixture.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../daemon/role.h"
#include "../../daemon/sender_sign.h"
#include "mail/dkim.h"
#include "site/running.h"

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

/* A pause or a cancel that came after the campaign was read last wins. */
static void
stopped_in_between(void **state)
{
	int64_t id;

	(void)state;
	open_sender(1, NULL);
	campaign_to(5, "example.org");
	id = s.campaign[0].row.id;
	begin();
	ok(campaign_pause(db, id, "wait", &err));
	commit();
	claim();
	assert_int_equal(s.lane[0].ready.count, 0);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery"), 0);
	begin();
	ok(campaign_resume(db, id, &err));
	ok(campaign_cancel(db, id, "", &err));
	commit();
	claim();
	assert_int_equal(s.lane[0].ready.count, 0);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery"), 0);
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
begin_to_sign_text(const struct dkim *d, const char *text)
{
	struct slot_entry *e = slot_take(&s.lane[0].ready);

	buf_addstr(signers_begin(s.signers, (uint64_t)(e - s.slot), d), text);
	signers_submit(s.signers);
	e->relay = &s.relay[0];
	s.relay[0].signing++;
	s.signing++;
}

static void
begin_to_sign(const struct dkim *d)
{
	begin_to_sign_text(d, "From: a@example.org\r\n\r\nWords.\r\n");
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
	record();
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 2 AND attempts = 0"), 2);
	assert_int_equal(raw_int("SELECT count(*) FROM delivery WHERE state = 5 AND attempts = 0"), 1);
	assert_int_equal(s.used, 0);
	assert_int_equal(signers_busy(s.signers), 0);
	s.compiled[0].message = NULL;
	signers_free(s.signers);
	dkim_free(d);
	close_sender();
}

/* What could not be signed never leaves without a signature: it is tried again later, and until then its relay is given nothing. */
static void
not_signed(void **state)
{
	struct dkim *d = a_key();

	(void)state;
	open_sender(1, NULL);
	s.signers = signers_new(8, &err);
	assert_non_null(s.signers);
	campaign_to(2, "example.org");
	claim();
	begin_to_sign_text(d, "Subject: from nobody\r\n\r\nWords.\r\n");
	finish_signing();
	assert_int_equal(s.relay[0].signed_.count, 0);
	assert_int_equal(s.done.count, 1);
	assert_false(relay_works(&s.relay[0], clock_mono_us() + 30000000));
	record();
	assert_string_equal(raw_text("SELECT state || attempts || class || reply FROM delivery WHERE subscriber_id = 1"),
	    "20not-signedthe message has no From");
	assert_int_equal(raw_int("SELECT next_at FROM delivery WHERE subscriber_id = 1"), T0 + 60);
	/* the daemon stops meanwhile: that is nobody's fault */
	s.relay[0].hold_until_us = s.relay[0].hold_us = 0;
	begin_to_sign(d);
	s.draining = true;
	finish_signing();
	assert_true(relay_works(&s.relay[0], clock_mono_us()));
	record();
	assert_string_equal(raw_text("SELECT state || attempts || coalesce(class, '') FROM delivery WHERE subscriber_id = 2"), "20");
	assert_int_equal(raw_int("SELECT next_at FROM delivery WHERE subscriber_id = 2"), T0);
	assert_int_equal(signers_busy(s.signers), 0);
	s.compiled[0].message = NULL;
	signers_free(s.signers);
	dkim_free(d);
	close_sender();
}

/* A mail to one person that waits, not from the ledger. */
static struct slot_entry *
mail_to(const char *address)
{
	struct slot_entry *e = slot_new(&s);

	e->outbox = true;
	e->domain = -1;
	snprintf(e->mail.address, sizeof(e->mail.address), "%s", address);
	snprintf(e->mail.kind, sizeof(e->mail.kind), "welcome");
	buf_init(&e->mail.message);
	buf_addstr(&e->mail.message, "From: a@example.org\r\n\r\nWords.\r\n");
	slot_push(&s.outbox, e);
	return e;
}

/* Whom the relay cannot name is refused at once, and those behind go on. */
static void
not_named(void **state)
{
	const struct slot_entry *e;

	(void)state;
	open_sender(1, NULL);
	fake[0].utf8 = false;
	e = mail_to("\xc3\xa4nn@example.org");
	mail_to("ben@example.org");
	sender_submit(&s);
	assert_int_equal(fake[0].taken, 1);
	assert_ptr_equal(s.done.head, e);
	assert_string_equal(e->result.class, "no-smtputf8");
	close_sender();
}

/* Who was passed over for a slow domain keeps the place before those that no relay had room for. */
static void
order_stays(void **state)
{
	const struct pace_domain_limits slow = { "slow.example", { 1, 3600 }, 0 };
	const struct slot_entry *e;
	struct slot_entry *first;

	(void)state;
	open_sender(1, &slow);
	first = mail_to("ann@slow.example");
	first->domain = sender_pace_domain(s.pace, "ann@slow.example");
	sender_pace_take(s.pace, 0, first->domain, clock_mono_us()); /* its turn is used */
	mail_to("ben@example.org");
	mail_to("cid@example.org");
	fake[0].room = 0;
	sender_submit(&s);
	assert_int_equal(s.outbox.count, 3);
	e = s.outbox.head;
	assert_ptr_equal(e, first);
	assert_string_equal(e->next->mail.address, "ben@example.org");
	assert_string_equal(e->next->next->mail.address, "cid@example.org");
	assert_ptr_equal(s.outbox.tail, e->next->next);
	fake[0].room = 64; /* and they let nobody wait */
	sender_submit(&s);
	assert_int_equal(fake[0].taken, 2);
	assert_int_equal(s.outbox.count, 1);
	close_sender();
}

/* When the threads have enough, mail waits for them, in its order; and all of it is signed in the end. */
static void
threads_are_busy(void **state)
{
	struct dkim *d = a_key();
	const struct slot_entry *second;

	(void)state;
	open_sender(1, NULL);
	s.signers = signers_new(1, &err);
	assert_non_null(s.signers);
	s.relay[0].dkim = d;
	mail_to("ann@example.org");
	second = mail_to("ben@example.org");
	mail_to("cid@example.org");
	sender_submit(&s);
	assert_int_equal(s.signing, 1);
	assert_int_equal(s.outbox.count, 2);
	assert_ptr_equal(s.outbox.head, second);
	fake[0].room = 0;
	finish_signing();
	assert_int_equal(s.relay[0].signed_.count, 1);
	fake[0].room = 64;
	while (fake[0].taken < 3) {
		struct slot_entry *busy;

		sender_submit(&s);
		finish_signing();
		/* its one job is free when the relay has answered */
		for (busy = s.slot; busy < s.slot + 2 * s.most; busy++)
			if (busy->busy)
				sender_done(&s, busy, &(struct outcome){ .result = { .state = DELIVERY_ACCEPTED, .code = 250 } });
	}
	assert_int_equal(s.outbox.count + s.relay[0].signed_.count, 0);
	assert_int_equal(signers_busy(s.signers), 0);
	signers_free(s.signers);
	dkim_free(d);
	close_sender();
}

/* What is signed for a relay that stops working is another one's, in its order and before what came later, without the signature. */
static void
taken_back(void **state)
{
	struct dkim *d = a_key();
	struct slot_entry *mail;
	int64_t first;

	(void)state;
	open_sender(2, NULL);
	s.signers = signers_new(8, &err);
	assert_non_null(s.signers);
	campaign_to(4, "example.org");
	claim();
	first = s.lane[0].ready.head->claim.who.id;
	begin_to_sign(d);
	finish_signing();
	begin_to_sign(d);
	finish_signing();
	assert_int_equal(s.relay[0].signed_.count, 2);
	mail = slot_new(&s);
	mail->outbox = true;
	mail->domain = -1;
	buf_init(&mail->mail.message);
	mail->relay = &s.relay[0];
	slot_push(&s.relay[0].signed_, mail);
	fake[0].down = true;
	sender_route_tick(&s);
	assert_int_equal(s.relay[0].signed_.count, 0);
	assert_ptr_equal(s.outbox.head, mail);
	assert_null(mail->relay);
	assert_int_equal(s.lane[0].ready.count, 4);
	assert_int_equal(signers_busy(s.signers), 0);
	for (const struct slot_entry *e = s.lane[0].ready.head; e; e = e->next) {
		assert_int_equal(e->claim.who.id, first++);
		assert_null(e->relay);
		assert_null(e->job);
	}
	sender_submit(&s);
	assert_int_equal(fake[1].taken, 5);
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
	record();
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
	record();
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

/* Its relay's pace holds what is signed as it does everything else. */
static void
signed_in_pace(void **state)
{
	const struct pace_relay_limits slow = { .name = "r", .rate = { 1, 3600 } };
	const struct pace_limits limits = { .relay = &slow, .relays = 1 };
	int64_t wait_us;

	(void)state;
	open_sender(1, NULL);
	sender_pace_free(s.pace);
	s.pace = sender_pace_new(&limits);
	signed_for("ann@example.org");
	sender_pace_take(s.pace, 0, -1, clock_mono_us()); /* its turn is used */
	wait_us = sender_submit(&s);
	assert_int_equal(fake[0].taken, 0);
	assert_int_equal(s.relay[0].signed_.count, 1);
	assert_in_range(wait_us, 3000000000, 3601000000);
	close_sender();
}

/* A relay with thousands of places has no thousands of messages in memory for the threads: see sender_keys.c. */
static void
few_jobs(void **state)
{
	struct dkim *d = a_key();
	size_t jobs, most;

	(void)state;
	open_sender(1, NULL);
	most = s.most;
	ok(sender_keys_start(&s, &err));
	assert_null(s.signers); /* nothing is signed */
	s.relay[0].dkim = d;
	s.most = 100000;
	ok(sender_keys_start(&s, &err));
	s.most = most;
	assert_non_null(s.signers);
	for (jobs = 0; signers_begin(s.signers, jobs, d); jobs++)
		signers_submit(s.signers);
	assert_in_range(jobs, 2, 1000);
	signers_free(s.signers);
	s.signers = NULL;
	dkim_free(d);
	close_sender();
}

/* In another process: a sender that drains, until it is killed. */
static void __attribute__((noreturn))
drain_beside(int begun)
{
	struct err e = ERR_INIT;

	if (running_claim_role(store_path, RUNNING_SENDER, &e) == 1 && write(begun, "", 1) == 1)
		pause();
	_exit(1);
}

/* Two at once would send twice: the next one waits, and ends when it is told to. */
static void
one_at_a_time(void **state)
{
	struct role_run run = { 0 };
	int begun[2], stop[2];
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(begun), 0);
	assert_int_equal(pipe(stop), 0);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0)
		drain_beside(begun[1]);
	close(begun[1]);
	assert_int_equal(read(begun[0], &byte, 1), 1);
	close(begun[0]);
	run.site.conf.store_path = store_path;
	run.stop_fd = stop[0];
	assert_int_equal(write(stop[1], "", 1), 1);
	assert_int_equal(role_take_place(&run, RUNNING_SENDER, &err), 0);
	ok(running_has_role(store_path, RUNNING_INBOUND, &err)); /* another role is no forerunner */
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(stop[0]);
	close(stop[1]);
}

/* What the places allow is claimed, though the relays would take more. */
static void
places_are_short(void **state)
{
	int i;

	(void)state;
	open_sender(1, NULL);
	campaign_to(64, "example.org");
	for (i = 0; i < 60; i++) /* these wait for the threads: they are not in the lane, nor at the relay */
		slot_new(&s);
	assert_true(sender_can_claim(&s));
	claim();
	assert_int_equal(s.lane[0].ready.count, 4);
	assert_false(sender_can_claim(&s));
	close_sender();
}

/* The claims of one campaign are given back; those of others, and mail to one person, stay. */
static void
one_given_back(void **state)
{
	const struct slot_entry *mail;

	(void)state;
	open_sender(1, NULL);
	campaign_to(5, "example.org");
	campaign_to(5, "example.com"); /* to those of example.org as well */
	s.compiled[1] = s.compiled[0];
	s.compiled_end = 2;
	s.compiled[0].campaign_id = s.campaign[0].row.id;
	claim();
	mail = mail_to("ann@example.org");
	assert_int_equal(s.lane[0].ready.count, 15);
	sender_unclaim(&s, s.campaign[0].row.id);
	assert_int_equal(s.lane[0].ready.count, 10);
	assert_int_equal(s.done.count, 5);
	assert_ptr_equal(s.outbox.head, mail);
	assert_int_equal(s.lane[0].ready.head->claim.campaign_id, s.campaign[1].row.id);
	sender_unclaim(&s, 0);
	assert_int_equal(s.lane[0].ready.count + s.outbox.count, 0);
	assert_int_equal(s.done.count, 16);
	close_sender();
}

/* Where the store cannot say whether somebody still wants it, nobody is struck off: what waits stays, what would leave is given back. */
static void
store_is_silent(void **state)
{
	struct slot_entry *first;

	(void)state;
	open_sender(1, NULL);
	campaign_to(4, "example.org");
	claim();
	assert_int_equal(raw_exec("PRAGMA legacy_alter_table = ON; ALTER TABLE subscription RENAME TO away"), SQLITE_OK);
	refused(sender_drop_unwanted(&s, &err), ERR_SYSTEM);
	assert_int_equal(s.lane[0].ready.count, 4);
	assert_int_equal(s.done.count, 0);
	first = slot_take(&s.lane[0].ready);
	assert_false(sender_keeps(&s, first));
	assert_ptr_equal(s.done.head, first);
	assert_int_equal(first->result.state, DELIVERY_DEFERRED);
	assert_true(first->result.not_tried);
	assert_int_equal(raw_exec("ALTER TABLE away RENAME TO subscription"), SQLITE_OK);
	assert_true(sender_keeps(&s, s.lane[0].ready.head));
	close_sender();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		sender_test(rolled_back),
		sender_test(parked),
		sender_test(stopped_in_between),
		sender_test(signed_later),
		sender_test(recalled_while_signed),
		sender_test(not_signed),
		sender_test(not_named),
		sender_test(order_stays),
		sender_test(threads_are_busy),
		sender_test(taken_back),
		sender_test(lane_down),
		sender_test(lanes_of_one_relay),
		sender_test(lanes_apart),
		sender_test(slowed_while_waiting),
		sender_test(erased),
		sender_test(envelope),
		sender_test(signed_in_pace),
		sender_test(few_jobs),
		sender_test(one_at_a_time),
		sender_test(places_are_short),
		sender_test(one_given_back),
		sender_test(store_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
