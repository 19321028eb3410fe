/* test_smtp_conn.c - the dialogues with DATA on one connection, and the envelope. */
#include "smtp_play.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mail/smtp_envelope.h"

static const struct {
	const char *name;
	enum smtp_dialogue dialogue;
	int window;
	int limit;
	const char *script, *want;
} cases[] = {
	{ "pipelined: body and next envelope in one write", SMTP_PIPELINED, 16, 0,
	    "room1 + room0 w 250 250 room0 354 room1 + room0 w 250 room0 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} body1/./ {1 replied body 250} " },
	{ "pipelined: late envelope", SMTP_PIPELINED, 16, 0,
	    "+ w 250 250 354 w room1 + room0 w 250 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} body1/./ {1 replied body 250} " },
	{ "window of one waits for the final reply", SMTP_PIPELINED, 1, 0,
	    "+ w 250 250 354 room0 w room0 250 room1",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ {0 replied body 250} " },
	{ "pipelined: RCPT refused, DATA refused, RSET goes in front", SMTP_PIPELINED, 16, 0,
	    "+ w 250 550 room0 554 room1 + w 250 250 250 354 w 250 + w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ body1/./ {1 replied body 250} "
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
	{ "pipelined: RCPT refused, DATA let in: a lone dot", SMTP_PIPELINED, 16, 0,
	    "+ w 250 550 354 room1 + w 554 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} ./MAIL FROM:<f>/RCPT TO:<t>/DATA/ body1/./ {1 replied body 250} " },
	{ "a lone dot that is accepted counts for nobody", SMTP_PIPELINED, 16, 0,
	    "+ w 250 550 354 w 250 room1",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} ./ " },
	{ "pipelined: MAIL refused, no RSET after", SMTP_PIPELINED, 16, 0,
	    "+ w 452 503 503 room1 + w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied mail 452} MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
	{ "pipelined: MAIL refused, DATA let in all the same", SMTP_PIPELINED, 16, 0,
	    "+ w 452 503 354 w 503",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied mail 452} ./ " },
	{ "pipelined: DATA refused", SMTP_PIPELINED, 16, 0,
	    "+ w 250 250 451 + w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied data 451} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
	{ "final refused, next goes on", SMTP_PIPELINED, 16, 0,
	    "+ w 250 250 354 + w 554 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 554} body1/./ {1 replied body 250} " },
	{ "RSET refused ends it", SMTP_PIPELINED, 16, 0,
	    "+ w 250 550 554 + w 500",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {1 unsent connect 0} " },

	{ "421 to MAIL", SMTP_PIPELINED, 16, 0, "+ w 421", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied mail 421} 421 " },
	{ "421 to RCPT", SMTP_PIPELINED, 16, 0, "+ w 250 421", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 421} 421 " },
	{ "421 to DATA", SMTP_PIPELINED, 16, 0, "+ w 250 250 421", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied data 421} 421 " },
	{ "421 to the body, the next one is unsent", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 + w 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 421} 421 {1 unsent connect 0} " },
	{ "421 for this connection alone is no refusal", SMTP_PIPELINED, 16, 0,
	    "+ w 250 250 354 + w 250 421_4.7.0_too_many_messages_in_this_connection",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} 421 {1 unsent connect 0} " },
	{ "but to the first message it is", SMTP_PIPELINED, 16, 0, "+ w 421_too_many_messages_in_this_connection",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied mail 421} 421 " },
	{ "and so is a 421 that speaks of the rate", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 + w 250 421_4.7.0_too_many_messages",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} {1 replied mail 421} 421 " },
	{ "421 after a refusal settles nothing twice", SMTP_PIPELINED, 16, 0, "+ w 250 550 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} 421 " },
	{ "421 out of the blue", SMTP_PIPELINED, 16, 0, "421", "421 " },
	{ "421 while a body could be written", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ 421 {0 unsent data 0} " },
	{ "421 to RSET", SMTP_PIPELINED, 16, 0, "+ w 250 550 554 + w 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ 421 {1 unsent connect 0} " },

	{ "end before anything is written", SMTP_PIPELINED, 16, 0, "+ E", "{0 unsent connect 0} " },
	{ "end after the envelope", SMTP_PIPELINED, 16, 0, "+ w 250 E", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unsent mail 0} " },
	{ "end before the body is offered", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 E", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unsent data 0} " },
	{ "end after the body was offered, though nothing was taken", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 o E",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unknown data 0} " },
	{ "end while the body waits behind an envelope that does not get out", SMTP_PIPELINED, 16, 0, "+ o 250 250 354 o E", "{0 unsent data 0} " },
	{ "end with a body and an envelope on the wire", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 + w E",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unknown data 0} {1 unsent connect 0} " },
	{ "end after a refusal", SMTP_PIPELINED, 16, 0, "+ w 250 550 E", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} " },

	{ "out of step: a reply to nothing", SMTP_PIPELINED, 16, 0, "250", "step " },
	{ "out of step: one reply too many", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 + w 250 250 250 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} step {1 unsent rcpt 0} " },
	{ "out of step: 354 to MAIL", SMTP_PIPELINED, 16, 0, "+ w 354", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unsent connect 0} " },
	{ "out of step: 354 to a body", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 w 354",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ step {0 unknown data 0} " },
	{ "out of step: 334", SMTP_PIPELINED, 16, 0, "+ w 334", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unsent connect 0} " },
	{ "out of step: DATA done before its body", SMTP_PIPELINED, 16, 0, "+ w 250 250 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unsent rcpt 0} " },
	{ "out of step: accepted before it was sent", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 o 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unknown data 0} " },
	{ "refused before it was all sent", SMTP_PIPELINED, 16, 0, "+ w 250 250 354 o 552 w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 552} body0/./ " },
	{ "unreadable", SMTP_PIPELINED, 16, 0, "+ w HTTP/1.1", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ bad {0 unsent connect 0} " },

	{ "plain: one command at a time", SMTP_PLAIN, 16, 0,
	    "room1 + room0 w w 250 w 250 room0 w 354 room0 w 250 room1 + w",
	    "MAIL FROM:<f>/  RCPT TO:<t>/ DATA/ body0/./ {0 replied body 250} MAIL FROM:<f>/ " },
	{ "plain: MAIL refused", SMTP_PLAIN, 16, 0, "+ w 550 room1 + w", "MAIL FROM:<f>/ {0 replied mail 550} MAIL FROM:<f>/ " },
	{ "plain: RCPT refused, RSET first", SMTP_PLAIN, 16, 0, "+ w 250 w 450 room1 + w 250 w",
	    "MAIL FROM:<f>/ RCPT TO:<t>/ {0 replied rcpt 450} RSET/ MAIL FROM:<f>/ " },
	{ "plain: DATA refused, RSET first", SMTP_PLAIN, 16, 0, "+ w 250 w 250 w 554 + w",
	    "MAIL FROM:<f>/ RCPT TO:<t>/ DATA/ {0 replied data 554} RSET/ " },
	{ "plain: a reply too many", SMTP_PLAIN, 16, 0, "+ w 250 250", "MAIL FROM:<f>/ step {0 unsent mail 0} " },

	{ "limit: no room after it", SMTP_PIPELINED, 16, 2, "+ w 250 250 354 + w 250 250 250 354 room0 w 250 room0 221",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} body1/./QUIT/ {1 replied body 250} goodbye " },
	{ "QUIT leaves no room", SMTP_PIPELINED, 16, 0, "Q room0 w room0 421", "QUIT/ goodbye " },
	{ "QUIT does not interrupt", SMTP_PIPELINED, 16, 0, "+ Q w", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
};

static void
dialogues(void **state)
{
	struct play p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&p, cases[i].dialogue, cases[i].window, cases[i].limit);
		play(&p, cases[i].script);
		if (strcmp(p.log.data, cases[i].want) != 0)
			fail_msg("%s:\n got  %s\n want %s", cases[i].name, p.log.data, cases[i].want);
		stop(&p);
	}
}

static void
opened_again(void **state)
{
	static const struct smtp_terms plain = { .dialogue = SMTP_PLAIN };
	struct play p;

	(void)state;
	start(&p, SMTP_PIPELINED, 16, 1);
	play(&p, "+ w 250 550 E room0");
	smtp_conn_open(p.c, &plain);
	play(&p, "room1 + w 250 w 250 w 354 w 250 +");
	assert_string_equal(p.log.data,
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} MAIL FROM:<f>/ RCPT TO:<t>/ DATA/ body1/./ {1 replied body 250} ");
	stop(&p);
}

static void
submitting_inside_done(void **state)
{
	struct play p;

	(void)state;
	start(&p, SMTP_PIPELINED, 16, 0);
	p.submit_in_done = true;
	play(&p, "+ w 250 250 354 w 250 w 250 550 554 room1");
	assert_string_equal(p.log.data,
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ {0 replied body 250} MAIL FROM:<f>/RCPT TO:<t>/DATA/ {1 replied rcpt 550} ");
	stop(&p);
}

static void
a_limit_that_is_spent(void **state)
{
	struct play p;
	int n = 0;

	(void)state;
	start(&p, SMTP_PLAIN, 1, 3);
	for (; n < 10 && smtp_conn_room(p.c); n++)
		play(&p, "+ w 550");
	assert_int_equal(n, 3);
	assert_true(smtp_conn_spent(p.c));
	play(&p, "Q w");
	assert_false(smtp_conn_spent(p.c));
	assert_true(smtp_conn_leaving(p.c));
	stop(&p);
}

/* A write that would block is repeated from the same address, however much is added meanwhile; in the middle of a long body too. */
static void
writes_stay_in_place(void **state)
{
	const char *first, *again;
	struct play p;
	size_t n, m, total = 0;

	(void)state;
	start(&p, SMTP_PIPELINED, 16, 0);
	p.body = 300000;
	play(&p, "+ w 250 250 354");
	assert_true(smtp_conn_put(p.c, &first, &n));
	assert_memory_equal(first, "body0xxx", 8);
	play(&p, "+"); /* collected elsewhere */
	assert_true(smtp_conn_put(p.c, &again, &m));
	assert_ptr_equal(first, again);
	assert_true(m >= n && n < 300000);
	smtp_conn_wrote(p.c, 1000);
	assert_true(smtp_conn_put(p.c, &again, &m));
	assert_ptr_equal(first + 1000, again);
	for (total = 1000; smtp_conn_put(p.c, &again, &m) && total < 300000; total += m)
		smtp_conn_wrote(p.c, m);
	assert_int_equal(total, 5 + 300000 + 5);
	assert_memory_equal(again, "MAIL FROM", 9);
	assert_true(smtp_conn_exposed(p.c));
	assert_int_equal(smtp_conn_take(p.c, "421 x\r\n", 7), SMTP_SAID_421);
	assert_false(smtp_conn_exposed(p.c)); /* it said what became of it */
	stop(&p);
	smtp_conn_free(NULL);
}

static const struct {
	const char *name;
	struct smtp_offers offers;
	struct smtp_message m;
	const char *want;
} envelopes[] = {
	{ "nothing offered", { 0 }, { .rcpt_to = "t", .size = 8192, .envid = "a", .orcpt = "b" }, "MAIL FROM:<>/RCPT TO:<t>/" },
	{ "SIZE", { .size = true }, { .rcpt_to = "t", .size = 8192 }, "MAIL FROM:<> SIZE=8192/RCPT TO:<t>/" },
	{ "SIZE not known", { .size = true }, { .rcpt_to = "t" }, "MAIL FROM:<>/RCPT TO:<t>/" },
	{ "SMTPUTF8", { .smtputf8 = true, .eightbitmime = true }, { .rcpt_to = "b\xc3\xbcrger@example.org", .smtputf8 = true },
	    "MAIL FROM:<> SMTPUTF8 BODY=8BITMIME/RCPT TO:<b\xc3\xbcrger@example.org>/" },
	{ "SMTPUTF8 alone", { .smtputf8 = true }, { .rcpt_to = "t", .smtputf8 = true }, "MAIL FROM:<> SMTPUTF8/RCPT TO:<t>/" },
	{ "8BITMIME is not used without need", { .smtputf8 = true, .eightbitmime = true }, { .rcpt_to = "t" }, "MAIL FROM:<>/RCPT TO:<t>/" },
	{ "DSN", { .dsn = true, .size = true }, { .rcpt_to = "t", .size = 5, .envid = "c9+x=\"1 2\"\t", .orcpt = "ann+b@example.org" },
	    "MAIL FROM:<> SIZE=5 RET=HDRS ENVID=c9+2Bx+3D\"1+202\"+09/RCPT TO:<t> NOTIFY=FAILURE ORCPT=rfc822;ann+2Bb@example.org/" },
	{ "DSN, empty", { .dsn = true }, { .rcpt_to = "t", .envid = "", .orcpt = "" }, "MAIL FROM:<>/RCPT TO:<t>/" },
	{ "DSN, a line break is no command", { .dsn = true }, { .rcpt_to = "t", .envid = "a\r\nRSET" }, "MAIL FROM:<> RET=HDRS ENVID=a+0D+0ARSET/RCPT TO:<t>/" },
	{ "DSN, not ASCII", { .dsn = true }, { .rcpt_to = "t", .orcpt = "b\xc3\xbc@x" }, "MAIL FROM:<>/RCPT TO:<t> NOTIFY=FAILURE/" },
	{ "DSN, longer than the RFC allows", { .dsn = true },
	    { .rcpt_to = "t", .envid = "++++++++++++++++++++++++++++++++++" }, "MAIL FROM:<> RET=HDRS/RCPT TO:<t>/" },
	{ "DSN, as long as it allows", { .dsn = true }, { .rcpt_to = "t", .envid = "+++++++++++++++++++++++++++++++++x" },
	    "MAIL FROM:<> RET=HDRS ENVID=+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B+2B"
	    "x/RCPT TO:<t>/" },
};

static void
parameters(void **state)
{
	struct buf out = BUF_INIT, text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(envelopes) / sizeof(envelopes[0]); i++) {
		struct smtp_message m = envelopes[i].m;

		m.mail_from = "";
		buf_reset(&out);
		buf_reset(&text);
		smtp_envelope(&out, &m, &envelopes[i].offers);
		for (size_t k = 0; k < out.len; k++)
			if (out.data[k] == '\r')
				buf_addch(&text, '/');
			else if (out.data[k] != '\n')
				buf_addch(&text, out.data[k]);
		if (strcmp(text.data, envelopes[i].want) != 0)
			fail_msg("%s:\n got  %s\n want %s", envelopes[i].name, text.data, envelopes[i].want);
	}
	buf_release(&out);
	buf_release(&text);
}

/* What would be another command must never get that far: the process dies. */
static void
injection_aborts(void **state)
{
	static const char *const addresses[] = { "a@b.org\r\nRSET", "a@b.org>", "<a@b.org", "a\n@b.org", "a\r@b.org" };

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			struct smtp_message m = {
				.tag = 1,
				.mail_from = i % 2 ? addresses[i] : "a@b.org",
				.rcpt_to = i % 2 ? "a@b.org" : addresses[i],
			};
			struct play p;

			signal(SIGABRT, SIG_DFL);
			start(&p, SMTP_PIPELINED, 16, 0);
			smtp_conn_submit(p.c, &m);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues),
		cmocka_unit_test(opened_again),
		cmocka_unit_test(submitting_inside_done),
		cmocka_unit_test(a_limit_that_is_spent),
		cmocka_unit_test(writes_stay_in_place),
		cmocka_unit_test(parameters),
		cmocka_unit_test(injection_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
