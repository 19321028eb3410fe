/*
 * smtp_play.h - a script for the dialogue on one connection, with the test as relay.
 *
 * See `play`. What is written and what becomes of the messages is one line of
 * text to compare.
 */
#ifndef SMTP_PLAY_H
#define SMTP_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mail/smtp_conn.h"
#include "mail/smtp_ehlo.h"

struct play {
	struct smtp_handler handler;
	struct smtp_trust trust;
	struct smtp_conn *c;
	struct buf log;
	uint64_t next; /* tag of the next message */
	int fetched;   /* bodies */
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

	p->fetched++;
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
 * E the connection ends; Q quit; a number: the relay says it, with the words
 * after a colon ("503:5.5.1" too); room0 room1 …: how many may be submitted.
 */
static void
play(struct play *p, const char *script)
{
	static const char *const ends[] = { "", "goodbye ", "421 ", "falls-back ", "step ", "bad " };
	char word[64], line[80];
	const char *bytes;
	size_t n;
	int used;

	for (; sscanf(script, " %63s%n", word, &used) == 1; script += used) {
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
			if (smtp_conn_room(p->c) != strtoul(word + 4, NULL, 10))
				buf_addf(&p->log, "room is %zu, not %s ", smtp_conn_room(p->c), word + 4);
		} else {
			enum smtp_end end;

			snprintf(line, sizeof(line), "%s%s\r\n", word, strpbrk(word, ":_") ? "" : " x");
			for (char *under = line; (under = strchr(under, '_'));)
				*under = ' ';
			if (strchr(line, ':'))
				*strchr(line, ':') = ' ';
			end = smtp_conn_take(p->c, line, strlen(line));
			buf_addstr(&p->log, ends[end]);
			if (end != SMTP_GOES_ON)
				smtp_conn_end(p->c);
		}
	}
}

static void
start(struct play *p, enum smtp_dialogue dialogue, int window, int limit)
{
	struct smtp_terms terms = { .dialogue = dialogue, .limit = limit };

	memset(p, 0, sizeof(*p));
	buf_init(&p->log);
	p->handler = (struct smtp_handler){ .body = on_body, .done = on_done, .ctx = p };
	smtp_trust_init(&p->trust, SMTP_AUTO);
	p->trust.best = dialogue;
	p->c = smtp_conn_new(&p->handler, window, &p->trust);
	smtp_conn_open(p->c, &terms);
}

static void
stop(struct play *p)
{
	smtp_conn_free(p->c);
	buf_release(&p->log);
}

#endif
