/* test_smtp_chunking.c - windows of BDAT on one connection, and what a relay's refusals in them mean. */
#include "smtp_play.h"

enum proof {
	NEW,    /* nothing was accepted yet */
	ONE,    /* a BDAT was */
	WINDOW, /* one behind another was */
};

#define M(n) "MAIL FROM:<f>/RCPT TO:<t>/BDAT 7 LAST/body" #n "/"
#define A(n) "{" #n " replied body 250} "

static const struct {
	const char *name;
	enum proof proof;
	int window, limit;
	const char *script, *want;
} cases[] = {
	{ "a window in one write, answered in order", WINDOW, 4, 0,
	    "room4 + + + room1 w 250 250 250 room2 250 250 250 250 250 room3 250 room4", M(0) M(1) M(2) " " A(0) A(1) A(2) },
	{ "the window moves", WINDOW, 2, 0, "+ + room0 w 250 250 250 room1 + w 250 250 250 + w 250 250 250 250 250 250 room2",
	    M(0) M(1) " " A(0) M(2) " " A(1) M(3) " " A(2) A(3) },
	{ "a new relay: one alone, then two, then the window", NEW, 16, 0,
	    "room1 + room0 w 250 250 250 room2 + + room0 w 250 250 250 250 250 250 room16",
	    M(0) " " A(0) M(1) M(2) " " A(1) A(2) },
	{ "proved once, not yet behind another", ONE, 16, 0, "room2 + w 250 250 250 room2", M(0) " " A(0) },
	{ "a window of one", WINDOW, 1, 0, "room1 + room0 w 250 250 250 room1", M(0) " " A(0) },

	{ "RCPT refused in a window: BDAT's answer is not the next one's", WINDOW, 4, 0,
	    "+ + w 250 550 503:5.5.1 250 250 250 room4", M(0) M(1) " {0 replied rcpt 550} " A(1) },
	{ "MAIL refused in a window", WINDOW, 4, 0, "+ + w 452 503 503 250 250 250", M(0) M(1) " {0 replied mail 452} " A(1) },
	{ "RCPT refused, BDAT accepted all the same, counts for nobody", WINDOW, 4, 0, "+ + w 250 550 250 250 250 250",
	    M(0) M(1) " {0 replied rcpt 550} " A(1) },
	{ "BDAT refused: the message is", WINDOW, 4, 0, "+ + w 250 250 552 250 250 250", M(0) M(1) " {0 replied body 552} " A(1) },
	{ "a place is free only when BDAT is answered", WINDOW, 2, 0, "+ + w 250 550 room0 503 room1", M(0) M(1) " {0 replied rcpt 550} " },
	{ "refused before it was all sent: its octets go all the same", WINDOW, 4, 0, "+ o 250 250 552 w", "{0 replied body 552} " M(0) " " },

	/* A failed BDAT that leaves its transaction open: nobody is blamed, RSET goes first from then on. */
	{ "nested MAIL: given back, then RSET first", WINDOW, 4, 0, "+ + w 250 550 554 503 503 503 + w 250 250 250 250 + w",
	    M(0) M(1) " {0 replied rcpt 550} {1 unsent rcpt 0} RSET/" M(2) " " A(2) "RSET/" M(3) " " },
	{ "nested MAIL, accepted all the same", WINDOW, 4, 0, "+ + w 250 550 554 503 250 250 + w", M(0) M(1) " {0 replied rcpt 550} " A(1) "RSET/" M(2) " " },
	{ "nested MAIL, and the recipient is refused", WINDOW, 4, 0, "+ + w 250 550 554 503 551 503", M(0) M(1) " {0 replied rcpt 550} {1 replied rcpt 551} " },
	{ "503 to the first MAIL is the relay's word", WINDOW, 4, 0, "+ w 503 503 503", M(0) " {0 replied mail 503} " },
	{ "503 to MAIL after RSET is the relay's word", WINDOW, 4, 0, "+ + w 250 550 554 503 503 503 + w 250 503 503 503",
	    M(0) M(1) " {0 replied rcpt 550} {1 unsent rcpt 0} RSET/" M(2) " {2 replied mail 503} " },

	/* It does not do what it offers. */
	{ "BDAT is not known", NEW, 4, 0, "+ w 250 250 502", M(0) " {0 unsent rcpt 0} falls-back " },
	{ "BDAT is not known, 500", NEW, 4, 0, "+ w 250 250 500", M(0) " {0 unsent rcpt 0} falls-back " },
	{ "BDAT is out of sequence", NEW, 4, 0, "+ w 250 250 503:5.5.1", M(0) " {0 unsent rcpt 0} falls-back " },
	{ "BDAT gets 554 without a reason", NEW, 4, 0, "+ w 250 250 554", M(0) " {0 unsent rcpt 0} falls-back " },
	{ "BDAT gets 554 for what is in it", NEW, 4, 0, "+ w 250 250 554:5.7.1", M(0) " {0 replied body 554} " },
	{ "BDAT gets 552", NEW, 4, 0, "+ w 250 250 552", M(0) " {0 replied body 552} " },
	{ "503 for want of a login", NEW, 4, 0, "+ w 503:5.7.0 503 503", M(0) " {0 replied mail 503} " },
	{ "a refused recipient says nothing of BDAT", NEW, 4, 0, "+ w 250 550 503 room1", M(0) " {0 replied rcpt 550} " },
	{ "… unless BDAT is not known at all", NEW, 4, 0, "+ w 250 550 502 room1", M(0) " {0 replied rcpt 550} falls-back room is 0, not 1 " },
	{ "502 once it was accepted is the message's", ONE, 4, 0, "+ w 250 250 502", M(0) " {0 replied body 502} " },
	{ "pipelining is refused", ONE, 4, 0, "+ + w 503:pipelining", M(0) M(1) " {0 unsent connect 0} falls-back {1 unknown connect 0} " },
	{ "a content that speaks of pipelining", WINDOW, 4, 0, "+ w 250 250 550:pipelining", M(0) " {0 replied body 550} " },

	{ "end in a window", WINDOW, 4, 0, "+ + + w 250 250 250 250 E", M(0) M(1) M(2) " " A(0) "{1 unknown mail 0} {2 unknown connect 0} " },
	{ "end before the window is offered", WINDOW, 4, 0, "+ + E", "{0 unsent connect 0} {1 unsent connect 0} " },
	{ "421 in a window: the later ones were not looked at", WINDOW, 4, 0, "+ + + w 250 250 421", M(0) M(1) M(2) " {0 replied body 421} 421 {1 unsent connect 0} {2 unsent connect 0} " },
	{ "421 to a MAIL in a window", WINDOW, 4, 0, "+ + + w 250 250 250 421", M(0) M(1) M(2) " " A(0) "{1 replied mail 421} 421 {2 unsent connect 0} " },
	{ "out of step: accepted before it was all sent", WINDOW, 4, 0, "+ o 250 250 250", "step {0 unknown rcpt 0} " },
	{ "out of step: 354 to BDAT", WINDOW, 4, 0, "+ w 250 250 354", M(0) " step {0 unknown rcpt 0} " },
	{ "out of step: a reply too many", WINDOW, 4, 0, "+ w 250 250 250 250", M(0) " " A(0) "step " },

	{ "limit: QUIT goes behind the last one", WINDOW, 4, 2, "room2 + room1 + room0 w 250 250 250 room0 250 250 250 221",
	    M(0) M(1) "QUIT/ " A(0) A(1) "goodbye " },
	{ "QUIT", WINDOW, 4, 0, "+ Q w 250 250 250 Q w 221", M(0) " " A(0) "QUIT/ goodbye " },
};

static void
prove(struct play *p, enum proof proof)
{
	p->trust.chunk_accepted = proof >= ONE;
	p->trust.window_accepted = proof >= WINDOW;
	smtp_conn_open(p->c, smtp_conn_terms(p->c));
}

static void
dialogues(void **state)
{
	struct play p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&p, SMTP_CHUNKING, cases[i].window, cases[i].limit);
		prove(&p, cases[i].proof);
		play(&p, cases[i].script);
		if (strcmp(p.log.data, cases[i].want) != 0)
			fail_msg("%s:\n got  %s\n want %s", cases[i].name, p.log.data, cases[i].want);
		stop(&p);
	}
}

/* Bodies are fetched as the socket takes them, and a message that was not fetched is unsent. */
static void
memory_is_bounded(void **state)
{
	const char *bytes;
	struct play p;
	size_t n;

	(void)state;
	start(&p, SMTP_CHUNKING, 100, 0);
	prove(&p, WINDOW);
	p.body = 50000;
	for (int i = 0; i < 100; i++)
		play(&p, "+");
	assert_true(smtp_conn_put(p.c, &bytes, &n));
	assert_int_equal(p.fetched, 3);
	smtp_conn_wrote(p.c, 1);
	assert_true(smtp_conn_put(p.c, &bytes, &n));
	assert_int_equal(p.fetched, 3);
	smtp_conn_wrote(p.c, 40000);
	assert_true(smtp_conn_put(p.c, &bytes, &n));
	assert_int_equal(p.fetched, 4);
	for (size_t total = 40001; total < 150000; total += n) {
		assert_true(smtp_conn_put(p.c, &bytes, &n));
		smtp_conn_wrote(p.c, n);
	}
	smtp_conn_end(p.c);
	assert_non_null(strstr(p.log.data, "{0 unknown connect 0} {1 unknown connect 0} {2 unknown connect 0} "));
	assert_non_null(strstr(p.log.data, "{99 unsent connect 0} "));
	assert_null(strstr(p.log.data, "{99 unknown"));
	stop(&p);
}

/* One relay closed after three: the fourth goes alone, and when it is answered that was chance. */
static void
pausing_at_a_limit(void **state)
{
	struct smtp_terms terms = { .dialogue = SMTP_CHUNKING, .pause = 3 };
	struct play p;

	(void)state;
	start(&p, SMTP_CHUNKING, 16, 0);
	prove(&p, WINDOW);
	smtp_conn_open(p.c, &terms);
	play(&p, "room3 + + + room0 w 250 250 250 room0 250 250 250 room0 250 250 250 room1 + room0 w 250 250 250 room16");
	assert_string_equal(p.log.data, M(0) M(1) M(2) " " A(0) A(1) A(2) M(3) " " A(3));
	stop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(pausing_at_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
