/*
 * smtp_reply.h - replies of a relay, read as they come: in single bytes, over many lines, or endless.
 *
 * RFC 5321 4.2: three digits, then '-' when more lines follow, ' ' or nothing
 * when not. What is kept is bounded and printable UTF-8; what does not read as
 * a reply, or is longer than any reply has a right to be, ends the reading for
 * good, since nothing after it can be matched to a command.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/smtp.h"

#define SMTP_LINE_MAX 1024   /* bytes kept of one line; the rest is dropped */
#define SMTP_REPLY_MAX 65536 /* bytes of one reply, all lines together; more is unreadable */

struct smtp_reader {
	struct smtp_reply reply;  /* whole after SMTP_READ_REPLY, until the next smtp_reader_feed */
	char line[SMTP_LINE_MAX]; /* the line read last, its code and separator removed; NUL-terminated */
	size_t len;               /* bytes in line while it grows */
	size_t total;             /* bytes of this reply so far */
	int lines;                /* lines of this reply, the one read last included */
	bool bad, fresh;
};

enum smtp_read {
	SMTP_READ_MORE,  /* all bytes taken, the line goes on */
	SMTP_READ_LINE,  /* one line, and more follow in this reply */
	SMTP_READ_REPLY, /* the last line: the reply is whole */
	SMTP_READ_BAD,   /* no reply; stays so until smtp_reader_init */
};

void smtp_reader_init(struct smtp_reader *r);

/* Take bytes up to the end of one line at most; *used tells how many. */
enum smtp_read smtp_reader_feed(struct smtp_reader *r, const char *p, size_t n, size_t *used);

#endif
