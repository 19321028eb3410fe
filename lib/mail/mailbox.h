/*
 * mailbox.h - a mailbox that is read and emptied: IMAP (RFC 9051, 3501), POP3 (RFC 1939), or a Maildir.
 *
 * One at a time, in turn: open, list, then for each message fetch, and remove once its effect is committed. Nothing is removed by
 * reading. A message has a uid that stays its own: IMAP's "UIDVALIDITY/UID", POP3's UIDL, a Maildir's unique name.
 * What others have marked as deleted (IMAP's \Deleted, a Maildir's T) is not listed. libcurl makes the connection (TLS verified,
 * login); the dialogue on it is ours, pipelined where that is allowed. Waiting is bounded by `timeout` for each answer and ends at
 * once when stop_fd becomes readable.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct err;
struct mailbox;

#define MAILBOX_UID 128         /* bytes of a uid with the NUL; a longer UIDL or name is replaced by its SHA-256 in hex */
#define MAILBOX_MESSAGES 100000 /* listed at once; those after them come at the next poll */

struct mailbox_where {        /* borrowed for mailbox_open only; what is not there is "" */
	const char *url;      /* imaps://host[:port]/Folder (INBOX without one), imap://, pop3s://host, pop3://, maildir:/absolute/folder */
	const char *user;     /* IMAP, POP3 */
	const char *password; /* … */
	const char *token;    /* OAuth 2.0 access token (XOAUTH2), in place of a password; NULL: none */
	const char *tls;      /* "required", "opportunistic" or "none": STARTTLS or STLS on imap:// and pop3://, as for relays */
	const char *ca_file;  /* certificates to trust instead of the system's; "" */
	const char *moved_to; /* a folder where processed messages go (a Maildir's: its path), made when missing; "": deleted */
	int64_t timeout;      /* seconds */
	int stop_fd;          /* -1: none */
	void (*tick)(void *); /* called about once a second while a server is waited for; NULL */
	void *tick_ctx;
};

struct mailbox_entry {
	char uid[MAILBOX_UID];
	int64_t number; /* the protocol's own: the UID, POP3's number, an index */
	int64_t size;   /* bytes; -1: not known before it is fetched */
};

/* What mailbox_open asks of a url before it connects: the scheme and what it needs; ERR_INPUT says what is wrong with it. For tests. */
int mailbox_check(const char *url, struct err *e);

/*
 * Open and list. *list is the mailbox's and lasts until it is closed. Errors: ERR_INPUT (the url), ERR_PEER
 * with what the server said (redacted of addresses and secrets), ERR_SYSTEM.
 */
struct mailbox *mailbox_open(const struct mailbox_where *where, const struct mailbox_entry **list, size_t *count, struct err *e);

/*
 * Fetch one message; at most `most` bytes are kept. 1: it is in *out; 0: it is longer than that (nothing is kept, and the mailbox is
 * in order), or has gone meanwhile or cannot be had now (*gone; the next list has it again if it is there); -1: the connection is of no
 * use any more.
 */
int mailbox_fetch(struct mailbox *m, const struct mailbox_entry *entry, size_t most, struct buf *out, bool *gone, struct err *e);

/* The next messages that will be fetched, in this order, so that their answers are under way; a hint. At most MAILBOX_AHEAD are. */
#define MAILBOX_AHEAD 16
void mailbox_ahead(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n);

/*
 * Remove (or move) messages, whose effects are committed. What is under way ahead is read and thrown away, so call it between batches.
 * Those of POP3 are gone only once mailbox_close returned 0; those of an IMAP server without UIDPLUS are marked \Deleted, and expunged
 * by mailbox_close unless somebody else's are marked, too: then they stay so, and are listed no more. After -1 some may be removed.
 */
int mailbox_remove(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n, struct err *e);

/* Say good-bye and free it, whatever comes of it; 0 only when all removals are done. NULL is fine. */
int mailbox_close(struct mailbox *m, struct err *e);

#endif
