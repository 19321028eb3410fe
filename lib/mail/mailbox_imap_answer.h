/*
 * mailbox_imap_answer.h - an IMAP server's bytes as answers (RFC 9051 section 2.2.2, RFC 3501), whatever pieces they come in.
 *
 * An answer is one line, with the octets of its literals taken out: those of a message (BODY[]) go to `body` when it is wanted, the
 * others are dropped. Everything is bounded: a line by IMAP_LINE_MAX, a literal by IMAP_LITERAL_MAX; a NUL in a line, or a lone
 * text that is no answer, is IMAP_BAD, and the connection is of no use any more.
 */
#ifndef MAILBOX_IMAP_ANSWER_H
#define MAILBOX_IMAP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define IMAP_LINE_MAX 16384          /* octets of a line without its literals; CAPABILITY and FLAGS have some hundreds */
#define IMAP_LITERAL_MAX (1LL << 30) /* a server that announces more does not mean it */

enum imap_kind {
	IMAP_TAGGED, /* the end of a command */
	IMAP_STATUS, /* * OK, NO, BAD, PREAUTH, BYE */
	IMAP_EXISTS,
	IMAP_EXPUNGE,
	IMAP_FETCH,
	IMAP_CAPABILITY,
	IMAP_OTHER, /* FLAGS, LIST, SEARCH, RECENT, "+" … */
};

enum imap_status {
	IMAP_OK,
	IMAP_NO,
	IMAP_NOT_KNOWN, /* BAD */
	IMAP_PREAUTH,
	IMAP_BYE
};

enum imap_body {
	IMAP_NO_BODY, /* none in this answer, or NIL */
	IMAP_BODY,    /* it is in `body` */
	IMAP_LONG,    /* it is longer than `most`; nothing of it was kept */
};

struct imap_answer {
	enum imap_kind kind;
	enum imap_status status; /* TAGGED, STATUS */
	uint32_t tag;            /* TAGGED: the number behind the letter of ours */
	uint32_t number;         /* EXISTS, EXPUNGE, FETCH */
	uint32_t uid;            /* FETCH; 0: not said */
	int64_t size;            /* FETCH: RFC822.SIZE; -1: not said */
	bool flags, deleted;     /* FETCH: FLAGS were said; \Deleted is among them */
	enum imap_body body;     /* FETCH */
	const char *code;        /* TAGGED, STATUS: "UIDVALIDITY 7", what stands in [ ]; "" */
	const char *text;        /* TAGGED, STATUS: the words after it; CAPABILITY: the list. Both in the reader's line, until it is fed */
};

enum imap_read {
	IMAP_MORE,
	IMAP_ANSWER,
	IMAP_BAD
};

struct imap_reader {
	char line[IMAP_LINE_MAX + 1];
	size_t len;
	size_t taken; /* its length where the last literal began */
	struct imap_answer answer;
	struct buf *sink;     /* of the message wanted now; NULL: none */
	size_t most;          /* octets of it that are kept */
	int64_t literal;      /* octets of a literal that are still to come */
	bool kept, had, over; /* the literal goes to the sink; a body was there; it was too long */
	bool done;            /* the line was handed out: the next one begins */
	const char *bad;      /* IMAP_BAD: why, for people */
};

void imap_reader_init(struct imap_reader *r);

/* What comes next may be a message: into *sink, which is emptied first, at most so many octets. NULL: wanted no more. */
void imap_reader_want(struct imap_reader *r, struct buf *sink, size_t most);

/* Read on; *used is how much was taken: all of it, or up to the end of an answer. */
enum imap_read imap_reader_feed(struct imap_reader *r, const char *p, size_t n, size_t *used);

/* Whether a word is in a list that is separated by spaces, whatever the case: "MOVE" in a CAPABILITY's text. */
bool imap_lists(const char *list, const char *word);

/* The number behind a word at the beginning of a code: imap_code("UIDVALIDITY 7", "UIDVALIDITY", &n). False: another code, or no number. */
bool imap_code(const char *code, const char *word, uint32_t *number);

#endif
