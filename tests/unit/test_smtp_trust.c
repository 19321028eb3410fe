/* test_smtp_trust.c - what a relay's behaviour does to the dialogue and to the number of messages a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mail/smtp_trust.h"

static const struct smtp_offers nothing, pipelining = { .pipelining = true }, chunking_alone = { .chunking = true },
					 both = { .pipelining = true, .chunking = true }, twenty = { .mailmax = 20 };

static void
chosen_by_offer_and_configuration(void **state)
{
	static const struct {
		const struct smtp_offers *offers;
		enum smtp_dialogue configured, want;
	} cases[] = {
		{ &both, SMTP_AUTO, SMTP_CHUNKING },
		{ &both, SMTP_CHUNKING, SMTP_CHUNKING },
		{ &both, SMTP_PIPELINED, SMTP_PIPELINED },
		{ &both, SMTP_PLAIN, SMTP_PLAIN },
		{ &pipelining, SMTP_AUTO, SMTP_PIPELINED },
		{ &pipelining, SMTP_CHUNKING, SMTP_PIPELINED },
		{ &chunking_alone, SMTP_AUTO, SMTP_PLAIN },
		{ &nothing, SMTP_AUTO, SMTP_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_trust t;

		smtp_trust_init(&t, cases[i].configured);
		if (smtp_trust_terms(&t, cases[i].offers, 0, 1).dialogue != cases[i].want)
			fail_msg("case %zu", i);
	}
}

static void
limits(void **state)
{
	static const struct {
		int64_t configured;
		const struct smtp_offers *offers;
		int64_t want;
	} cases[] = { { 0, &nothing, 0 }, { 7, &nothing, 7 }, { 0, &twenty, 20 }, { 7, &twenty, 7 }, { 30, &twenty, 20 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_trust t;

		smtp_trust_init(&t, SMTP_AUTO);
		assert_int_equal(smtp_trust_terms(&t, cases[i].offers, cases[i].configured, 1).limit, cases[i].want);
	}
}

static const struct {
	const char *name;
	enum smtp_dialogue dialogue;
	bool proved;
	enum smtp_command at;
	struct smtp_reply reply;
	enum smtp_dialogue want; /* SMTP_AUTO: the dialogue is not to blame */
} blames[] = {
	{ "BDAT unknown", SMTP_CHUNKING, false, SMTP_BODY, { 500, "5.5.1", "unrecognized command" }, SMTP_PIPELINED },
	{ "BDAT 504", SMTP_CHUNKING, false, SMTP_BODY, { 504, "", "x" }, SMTP_PIPELINED },
	{ "BDAT 554 no valid recipients", SMTP_CHUNKING, false, SMTP_BODY, { 554, "5.5.1", "x" }, SMTP_PIPELINED },
	{ "BDAT 554 spam", SMTP_CHUNKING, false, SMTP_BODY, { 554, "5.7.1", "x" }, SMTP_AUTO },
	{ "BDAT 550", SMTP_CHUNKING, false, SMTP_BODY, { 550, "", "x" }, SMTP_AUTO },
	{ "BDAT 502, proved", SMTP_CHUNKING, true, SMTP_BODY, { 502, "", "x" }, SMTP_AUTO },
	{ "RCPT 503", SMTP_CHUNKING, false, SMTP_RCPT, { 503, "5.5.1", "bad sequence of commands" }, SMTP_PIPELINED },
	{ "RCPT 503, proved", SMTP_CHUNKING, true, SMTP_RCPT, { 503, "5.5.1", "bad sequence of commands" }, SMTP_AUTO },
	{ "RCPT 550", SMTP_CHUNKING, false, SMTP_RCPT, { 550, "5.1.1", "user unknown" }, SMTP_AUTO },
	{ "DATA 503", SMTP_PIPELINED, false, SMTP_DATA, { 503, "", "x" }, SMTP_PLAIN },
	{ "DATA 503, proved", SMTP_PIPELINED, true, SMTP_DATA, { 503, "", "x" }, SMTP_AUTO },
	{ "improper pipelining", SMTP_PIPELINED, true, SMTP_RCPT, { 503, "5.5.0", "Improper use of SMTP command pipelining" }, SMTP_PLAIN },
	{ "synchronization error", SMTP_PIPELINED, false, SMTP_MAIL, { 554, "", "SMTP synchronization error" }, SMTP_PLAIN },
	{ "a content that speaks of it", SMTP_PIPELINED, true, SMTP_BODY, { 554, "", "no pipelining" }, SMTP_AUTO },
	{ "plain has no lesser one", SMTP_PLAIN, false, SMTP_MAIL, { 503, "", "pipelining" }, SMTP_AUTO },
	{ "log in first", SMTP_PIPELINED, false, SMTP_MAIL, { 503, "5.7.0", "x" }, SMTP_AUTO },
};

static void
blame(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(blames) / sizeof(blames[0]); i++) {
		struct smtp_trust t;
		bool fault, want = blames[i].want != SMTP_AUTO;

		smtp_trust_init(&t, blames[i].dialogue);
		t.chunk_accepted = t.window_accepted = t.group_accepted = blames[i].proved;
		fault = smtp_trust_blames(&t, blames[i].dialogue, blames[i].at, &blames[i].reply);
		if (fault != want || t.best != (want ? blames[i].want : blames[i].dialogue))
			fail_msg("%s: %d, dialogue %d", blames[i].name, fault, t.best);
	}
}

/* What another connection learned meanwhile is not forgotten. */
static void
blame_after_another(void **state)
{
	static const struct smtp_reply no_pipelining = { 503, "5.5.0", "Improper use of SMTP command pipelining" };
	static const struct smtp_reply unknown = { 500, "", "x" };
	struct smtp_trust t;

	(void)state;
	smtp_trust_init(&t, SMTP_AUTO);
	assert_true(smtp_trust_blames(&t, SMTP_CHUNKING, SMTP_MAIL, &no_pipelining));
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 1000).dialogue, SMTP_PLAIN);
	assert_true(smtp_trust_blames(&t, SMTP_CHUNKING, SMTP_BODY, &unknown));
	assert_int_equal(t.best, SMTP_PLAIN);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 1000 + SMTP_TRUST_RETRY).dialogue, SMTP_CHUNKING);
}

/* Two losses, and a day after a better one is tried again. */
static void
losses_and_the_day_after(void **state)
{
	struct smtp_trust t;

	(void)state;
	smtp_trust_init(&t, SMTP_AUTO);
	assert_false(smtp_trust_lost(&t, SMTP_CHUNKING));
	assert_true(smtp_trust_lost(&t, SMTP_CHUNKING));
	assert_false(smtp_trust_lost(&t, SMTP_CHUNKING)); /* another connection's, in the dialogue that was given up */
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 1000).dialogue, SMTP_PIPELINED);
	assert_false(smtp_trust_lost(&t, SMTP_PIPELINED));
	assert_true(smtp_trust_lost(&t, SMTP_PIPELINED));
	assert_false(smtp_trust_lost(&t, SMTP_PLAIN));
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 2000).dialogue, SMTP_PLAIN);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 2000 + SMTP_TRUST_RETRY - 1).dialogue, SMTP_PLAIN);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 2000 + SMTP_TRUST_RETRY).dialogue, SMTP_CHUNKING);

	smtp_trust_init(&t, SMTP_AUTO);
	t.chunk_accepted = t.window_accepted = t.group_accepted = true;
	for (int i = 0; i < 10; i++)
		assert_false(smtp_trust_lost(&t, i % 2 ? SMTP_CHUNKING : SMTP_PIPELINED));
}

static void
closed_after_so_many(void **state)
{
	struct smtp_terms terms;
	struct smtp_trust t;

	(void)state;
	smtp_trust_init(&t, SMTP_AUTO);
	smtp_trust_closed(&t, 20, 100);
	terms = smtp_trust_terms(&t, &both, 0, 200);
	assert_int_equal(terms.limit, 0);
	assert_int_equal(terms.pause, 20);
	smtp_trust_passed(&t, 20);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 200).pause, 20);
	smtp_trust_passed(&t, 21);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 200).pause, 0);
	smtp_trust_closed(&t, 20, 300);
	smtp_trust_closed(&t, 20, 400);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 500).limit, 20);
	assert_int_equal(smtp_trust_terms(&t, &both, 5, 500).limit, 5);
	terms = smtp_trust_terms(&t, &both, 0, 400 + SMTP_TRUST_LIMIT); /* looked at again, carefully */
	assert_int_equal(terms.limit, 0);
	assert_int_equal(terms.pause, 20);
	smtp_trust_closed(&t, 20, 1000);
	smtp_trust_closed(&t, 3, 1000); /* once is no limit */
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 1000).limit, 20);
	smtp_trust_closed(&t, 3, 1000);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 1000).limit, 3);
	smtp_trust_init(&t, SMTP_AUTO);
	smtp_trust_told(&t, 10, 1000); /* in words: once is enough */
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 1000).limit, 10);
	assert_int_equal(smtp_trust_terms(&t, &both, 0, 1000 + SMTP_TRUST_LIMIT).limit, 0);
}

static void
ahead(void **state)
{
	struct smtp_trust t;

	(void)state;
	smtp_trust_init(&t, SMTP_AUTO);
	assert_int_equal(smtp_trust_ahead(&t, SMTP_PLAIN, 16), 1);
	assert_int_equal(smtp_trust_ahead(&t, SMTP_PIPELINED, 16), 2);
	assert_int_equal(smtp_trust_ahead(&t, SMTP_PIPELINED, 1), 1);
	assert_int_equal(smtp_trust_ahead(&t, SMTP_CHUNKING, 16), 1);
	t.chunk_accepted = true;
	assert_int_equal(smtp_trust_ahead(&t, SMTP_CHUNKING, 16), 2);
	t.window_accepted = true;
	assert_int_equal(smtp_trust_ahead(&t, SMTP_CHUNKING, 16), 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_by_offer_and_configuration),
		cmocka_unit_test(limits),
		cmocka_unit_test(blame),
		cmocka_unit_test(blame_after_another),
		cmocka_unit_test(losses_and_the_day_after),
		cmocka_unit_test(closed_after_so_many),
		cmocka_unit_test(ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
