/*
 * mailbox_pop3_answer.h - a POP3 server's bytes as answers (RFC 1939 section 3), whatever pieces they come in.
 *
 * What comes next must be said: a status line, the lines of a list, or a message, which is freed of its dot-stuffing and keeps its
 * CRLF. A line is bounded by POP3_LINE_MAX and has no NUL; a message, by POP3_MESSAGE_MAX, may have lines of any length and
 * anything in them.
 */
#ifndef MAILBOX_POP3_ANSWER_H
#define MAILBOX_POP3_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define POP3_LINE_MAX 2048           /* octets; RFC 1939 has 512 */
#define POP3_MESSAGE_MAX (1LL << 30) /* a server that sends more does not come to an end */

enum pop3_read {
	POP3_MORE,
	POP3_LINE, /* in `line` */
	POP3_END,  /* of the list, or of the message */
	POP3_BAD   /* `bad` says why; the connection is of no use any more */
};

enum pop3_part {
	POP3_STATUS,
	POP3_LIST,
	POP3_MESSAGE
};

struct pop3_reader {
	enum pop3_part part;
	char line[POP3_LINE_MAX + 1];
	size_t len;
	bool done; /* the line was handed out: the next one begins */
	struct buf *sink;
	size_t most;
	bool over;      /* the message is longer than that; nothing of it is kept */
	int state;      /* within a message */
	int64_t octets; /* of it so far */
	const char *bad;
};

void pop3_reader_init(struct pop3_reader *r);

/* A status line, or a list, comes next. */
void pop3_reader_expect(struct pop3_reader *r, enum pop3_part part);

/* A message comes next: into *sink, which is emptied first, at most so many octets. NULL: it is thrown away. */
void pop3_reader_expect_message(struct pop3_reader *r, struct buf *sink, size_t most);

/* Read on; *used is how much was taken: all of it, or up to the end of what was read. */
enum pop3_read pop3_reader_feed(struct pop3_reader *r, const char *p, size_t n, size_t *used);

/* "+OK", or "-ERR": true and what follows it; false: neither. */
bool pop3_status(const char *line, bool *good, const char **words);

/* "12 whatever": a line of UIDL or LIST; false: it is none. The rest is not empty. */
bool pop3_listed(const char *line, uint32_t *number, const char **rest);

#endif
