/*
 * test_smtp_conn.c - the dialogue on one connection, with the test as relay.
 *
 * A case is a script, one step a character pair or word: see `play`. What is
 * written and what becomes of the messages is one line of text to compare.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mail/smtp_conn.h"
#include "mail/smtp_ehlo.h"

struct play {
	struct smtp_conn *c;
	struct buf log;
	uint64_t next; /* tag of the next message */
	size_t body;   /* octets; 0: the tag alone, without a line's end */
	bool submit_in_done;
};

static void
say_envelope(struct play *p)
{
	struct smtp_message m = { .tag = p->next++, .mail_from = "f", .rcpt_to = "t" };

	smtp_conn_submit(p->c, &m);
}

static void
on_body(void *ctx, uint64_t tag, struct buf *out)
{
	struct play *p = ctx;

	buf_addf(out, "body%d", (int)tag);
	for (size_t i = 0; i < p->body; i++)
		buf_addch(out, 'x');
	if (p->body)
		buf_addstr(out, "\r\n");
}

static void
on_done(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	static const char *const results[] = { "replied", "unsent", "unknown" };
	static const char *const commands[] = { "connect", "mail", "rcpt", "data", "body" };
	struct play *p = ctx;

	buf_addf(&p->log, "{%d %s %s %d} ", (int)tag, results[result], commands[at], reply->code);
	if (p->submit_in_done && smtp_conn_room(p->c))
		say_envelope(p);
}

/* Write what is to be written, into the log; CRLF shows as a slash. */
static void
flush(struct play *p)
{
	const char *bytes;
	size_t n;

	while (smtp_conn_put(p->c, &bytes, &n)) {
		for (size_t i = 0; i < n; i++)
			if (bytes[i] == '\r')
				buf_addch(&p->log, '/');
			else if (bytes[i] != '\n' && p->body == 0)
				buf_addch(&p->log, bytes[i]);
		smtp_conn_wrote(p->c, n);
	}
	buf_addch(&p->log, ' ');
}

/*
 * Words: + submit; w write all; o offer bytes to a write that takes none;
 * E the connection ends; Q quit; a number: the relay says it; room0 room1.
 */
static void
play(struct play *p, const char *script)
{
	static const char *const ends[] = { "", "goodbye ", "421 ", "step ", "bad " };
	char word[16], line[32];
	const char *bytes;
	size_t n;
	int used;

	for (; sscanf(script, " %15s%n", word, &used) == 1; script += used) {
		if (strcmp(word, "+") == 0) {
			assert_true(smtp_conn_room(p->c));
			say_envelope(p);
		} else if (strcmp(word, "w") == 0) {
			flush(p);
		} else if (strcmp(word, "o") == 0) {
			smtp_conn_put(p->c, &bytes, &n);
		} else if (strcmp(word, "E") == 0) {
			smtp_conn_end(p->c);
		} else if (strcmp(word, "Q") == 0) {
			smtp_conn_quit(p->c);
		} else if (strncmp(word, "room", 4) == 0) {
			if (smtp_conn_room(p->c) != (word[4] == '1'))
				buf_addf(&p->log, "room is not %c ", word[4]);
		} else {
			enum smtp_end end;

			snprintf(line, sizeof(line), "%s x\r\n", word);
			end = smtp_conn_take(p->c, line, strlen(line));
			buf_addstr(&p->log, ends[end]);
			if (end != SMTP_GOES_ON)
				smtp_conn_end(p->c);
		}
	}
}

static const struct {
	const char *name;
	bool pipelining;
	int window;
	int limit;
	const char *script, *want;
} cases[] = {
	{ "pipelined: body and next envelope in one write", true, 16, 0,
	    "room1 + room0 w 250 250 room0 354 room1 + room0 w 250 room0 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} body1/./ {1 replied body 250} " },
	{ "pipelined: late envelope", true, 16, 0,
	    "+ w 250 250 354 w room1 + room0 w 250 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} body1/./ {1 replied body 250} " },
	{ "window of one waits for the final reply", true, 1, 0,
	    "+ w 250 250 354 room0 w room0 250 room1",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ {0 replied body 250} " },
	{ "pipelined: RCPT refused, DATA refused, RSET goes in front", true, 16, 0,
	    "+ w 250 550 room0 554 room1 + w 250 250 250 354 w 250 + w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ body1/./ {1 replied body 250} "
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
	{ "pipelined: RCPT refused, DATA let in: a lone dot", true, 16, 0,
	    "+ w 250 550 354 room1 + w 554 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} ./MAIL FROM:<f>/RCPT TO:<t>/DATA/ body1/./ {1 replied body 250} " },
	{ "a lone dot that is accepted counts for nobody", true, 16, 0,
	    "+ w 250 550 354 w 250 room1",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} ./ " },
	{ "pipelined: MAIL refused, no RSET after", true, 16, 0,
	    "+ w 452 503 503 room1 + w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied mail 452} MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
	{ "pipelined: MAIL refused, DATA let in all the same", true, 16, 0,
	    "+ w 452 503 354 w 503",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied mail 452} ./ " },
	{ "pipelined: DATA refused", true, 16, 0,
	    "+ w 250 250 451 + w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied data 451} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
	{ "final refused, next goes on", true, 16, 0,
	    "+ w 250 250 354 + w 554 250 250 354 w 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 554} body1/./ {1 replied body 250} " },
	{ "RSET refused ends it", true, 16, 0,
	    "+ w 250 550 554 + w 500",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {1 unsent connect 0} " },

	{ "421 to MAIL", true, 16, 0, "+ w 421", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied mail 421} 421 " },
	{ "421 to RCPT", true, 16, 0, "+ w 250 421", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 421} 421 " },
	{ "421 to DATA", true, 16, 0, "+ w 250 250 421", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied data 421} 421 " },
	{ "421 to the body, the next one is unsent", true, 16, 0, "+ w 250 250 354 + w 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 421} 421 {1 unsent connect 0} " },
	{ "421 after a refusal settles nothing twice", true, 16, 0, "+ w 250 550 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} 421 " },
	{ "421 out of the blue", true, 16, 0, "421", "421 " },
	{ "421 while a body could be written", true, 16, 0, "+ w 250 250 354 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ 421 {0 unsent data 0} " },
	{ "421 to RSET", true, 16, 0, "+ w 250 550 554 + w 421",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} RSET/MAIL FROM:<f>/RCPT TO:<t>/DATA/ 421 {1 unsent connect 0} " },

	{ "end before anything is written", true, 16, 0, "+ E", "{0 unsent connect 0} " },
	{ "end after the envelope", true, 16, 0, "+ w 250 E", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unsent mail 0} " },
	{ "end before the body is offered", true, 16, 0, "+ w 250 250 354 E", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unsent data 0} " },
	{ "end after the body was offered, though nothing was taken", true, 16, 0, "+ w 250 250 354 o E",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unknown data 0} " },
	{ "end while the body waits behind an envelope that does not get out", true, 16, 0, "+ o 250 250 354 o E", "{0 unsent data 0} " },
	{ "end with a body and an envelope on the wire", true, 16, 0, "+ w 250 250 354 + w E",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 unknown data 0} {1 unsent connect 0} " },
	{ "end after a refusal", true, 16, 0, "+ w 250 550 E", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} " },

	{ "out of step: a reply to nothing", true, 16, 0, "250", "step " },
	{ "out of step: one reply too many", true, 16, 0, "+ w 250 250 354 + w 250 250 250 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} step {1 unsent rcpt 0} " },
	{ "out of step: 354 to MAIL", true, 16, 0, "+ w 354", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unsent connect 0} " },
	{ "out of step: 354 to a body", true, 16, 0, "+ w 250 250 354 w 354",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ step {0 unknown data 0} " },
	{ "out of step: 334", true, 16, 0, "+ w 334", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unsent connect 0} " },
	{ "out of step: DATA done before its body", true, 16, 0, "+ w 250 250 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unsent rcpt 0} " },
	{ "out of step: accepted before it was sent", true, 16, 0, "+ w 250 250 354 o 250",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ step {0 unknown data 0} " },
	{ "refused before it was all sent", true, 16, 0, "+ w 250 250 354 o 552 w",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 552} body0/./ " },
	{ "unreadable", true, 16, 0, "+ w HTTP/1.1", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ bad {0 unsent connect 0} " },

	{ "plain: one command at a time", false, 16, 0,
	    "room1 + room0 w w 250 w 250 room0 w 354 room0 w 250 room1 + w",
	    "MAIL FROM:<f>/  RCPT TO:<t>/ DATA/ body0/./ {0 replied body 250} MAIL FROM:<f>/ " },
	{ "plain: MAIL refused", false, 16, 0, "+ w 550 room1 + w", "MAIL FROM:<f>/ {0 replied mail 550} MAIL FROM:<f>/ " },
	{ "plain: RCPT refused, RSET first", false, 16, 0, "+ w 250 w 450 room1 + w 250 w",
	    "MAIL FROM:<f>/ RCPT TO:<t>/ {0 replied rcpt 450} RSET/ MAIL FROM:<f>/ " },
	{ "plain: DATA refused, RSET first", false, 16, 0, "+ w 250 w 250 w 554 + w",
	    "MAIL FROM:<f>/ RCPT TO:<t>/ DATA/ {0 replied data 554} RSET/ " },
	{ "plain: a reply too many", false, 16, 0, "+ w 250 250", "MAIL FROM:<f>/ step {0 unsent mail 0} " },

	{ "limit: no room after it", true, 16, 2, "+ w 250 250 354 + w 250 250 250 354 room0 w 250 room0 Q w 221",
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied body 250} body1/./ {1 replied body 250} QUIT/ goodbye " },
	{ "QUIT leaves no room", true, 16, 0, "Q room0 w room0 421", "QUIT/ goodbye " },
	{ "QUIT does not interrupt", true, 16, 0, "+ Q w", "MAIL FROM:<f>/RCPT TO:<t>/DATA/ " },
};

static const struct smtp_handler handler_model = { .body = on_body, .done = on_done };

static void
start(struct play *p, struct smtp_handler *h, bool pipelining, int window, int limit)
{
	struct smtp_offers offers = { .pipelining = pipelining };

	memset(p, 0, sizeof(*p));
	buf_init(&p->log);
	*h = handler_model;
	h->ctx = p;
	p->c = smtp_conn_new(h, window);
	smtp_conn_open(p->c, &offers, limit);
}

static void
stop(struct play *p)
{
	smtp_conn_free(p->c);
	buf_release(&p->log);
}

static void
dialogues(void **state)
{
	struct smtp_handler h;
	struct play p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&p, &h, cases[i].pipelining, cases[i].window, cases[i].limit);
		play(&p, cases[i].script);
		if (strcmp(p.log.data, cases[i].want) != 0)
			fail_msg("%s:\n got  %s\n want %s", cases[i].name, p.log.data, cases[i].want);
		stop(&p);
	}
}

static void
opened_again(void **state)
{
	struct smtp_offers plain = { 0 };
	struct smtp_handler h;
	struct play p;

	(void)state;
	start(&p, &h, true, 16, 1);
	play(&p, "+ w 250 550 E room0");
	smtp_conn_open(p.c, &plain, 0);
	play(&p, "room1 + w 250 w 250 w 354 w 250 +");
	assert_string_equal(p.log.data,
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ {0 replied rcpt 550} MAIL FROM:<f>/ RCPT TO:<t>/ DATA/ body1/./ {1 replied body 250} ");
	stop(&p);
}

static void
submitting_inside_done(void **state)
{
	struct smtp_handler h;
	struct play p;

	(void)state;
	start(&p, &h, true, 16, 0);
	p.submit_in_done = true;
	play(&p, "+ w 250 250 354 w 250 w 250 550 554 room1");
	assert_string_equal(p.log.data,
	    "MAIL FROM:<f>/RCPT TO:<t>/DATA/ body0/./ {0 replied body 250} MAIL FROM:<f>/RCPT TO:<t>/DATA/ {1 replied rcpt 550} ");
	stop(&p);
}

static void
mailmax_and_the_limit(void **state)
{
	static const struct {
		int64_t limit, mailmax;
		int want;
	} limits[] = { { 0, 3, 3 }, { 2, 3, 2 }, { 5, 3, 3 }, { 4, 0, 4 } };
	struct smtp_handler h;
	struct play p;

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct smtp_offers offers = { .mailmax = limits[i].mailmax };
		int n = 0;

		start(&p, &h, false, 1, 0);
		smtp_conn_open(p.c, &offers, limits[i].limit);
		for (; n < 10 && smtp_conn_room(p.c); n++)
			play(&p, "+ w 550");
		assert_int_equal(n, limits[i].want);
		assert_true(smtp_conn_spent(p.c));
		stop(&p);
	}
}

/* A write that would block is repeated from the same address, however much is added meanwhile; in the middle of a long body too. */
static void
writes_stay_in_place(void **state)
{
	const char *first, *again;
	struct smtp_handler h;
	struct play p;
	size_t n, m, total = 0;

	(void)state;
	start(&p, &h, true, 16, 0);
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
	stop(&p);
}

static void
parameters(void **state)
{
	struct smtp_offers offers = { .pipelining = true, .size = true, .smtputf8 = true };
	struct smtp_message m = { .tag = 1, .mail_from = "", .rcpt_to = "b\xc3\xbcrger@example.org", .size = 8192, .smtputf8 = true };
	struct smtp_handler h;
	const char *bytes;
	struct play p;
	size_t n;

	(void)state;
	start(&p, &h, true, 16, 0);
	smtp_conn_open(p.c, &offers, 0);
	smtp_conn_submit(p.c, &m);
	assert_true(smtp_conn_put(p.c, &bytes, &n));
	assert_memory_equal(bytes, "MAIL FROM:<> SIZE=8192 SMTPUTF8\r\nRCPT TO:<b\xc3\xbcrger@example.org>\r\nDATA\r\n", n);
	smtp_conn_end(p.c);
	smtp_conn_open(p.c, &(struct smtp_offers){ .pipelining = true }, 0);
	m.smtputf8 = false;
	smtp_conn_submit(p.c, &m);
	assert_true(smtp_conn_put(p.c, &bytes, &n));
	assert_memory_equal(bytes, "MAIL FROM:<>\r\n", 14);
	stop(&p);
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
			struct smtp_handler h;
			struct play p;

			signal(SIGABRT, SIG_DFL);
			start(&p, &h, true, 16, 0);
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
		cmocka_unit_test(mailmax_and_the_limit),
		cmocka_unit_test(writes_stay_in_place),
		cmocka_unit_test(parameters),
		cmocka_unit_test(injection_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
