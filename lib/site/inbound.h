/*
 * inbound.h - what a message that came back does: believed only with a valid link of ours, then acted on, once.
 *
 * Shared by the role that reads mailboxes and by `newsletter inbound read`. Nothing here answers anything: the only mail that is made is
 * the one that forwards what a person wrote to whom [mail] forward names.
 */
#ifndef INBOUND_H
#define INBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/report.h"
#include "store/returned.h"

struct err;
struct conf_mailbox;
struct site;

enum inbound_outcome {
	INBOUND_AGAIN, /* dealt with before: no effect; never one that was LEFT or UNREADABLE */
	INBOUND_HARD,  /* the most that it did to somebody; of several recipients the hardest counts */
	INBOUND_SOFT,
	INBOUND_COMPLAINT,
	INBOUND_UNSUBSCRIBED,
	INBOUND_DOUBTED,    /* a bounce or complaint without a valid link: recorded, without effect */
	INBOUND_NOTHING,    /* automatic, a delay, a receipt, a success */
	INBOUND_FORWARDED,  /* a person's, queued for [mail] forward */
	INBOUND_LEFT,       /* a person's: it stays where it is, or the caller keeps it */
	INBOUND_UNREADABLE, /* kept aside, or stays where it is; *why says why */
	INBOUND_OUTCOMES
};

const char *inbound_outcome_name(enum inbound_outcome outcome); /* "hard", "doubted" …: for logs, counters and --json */

/* Whether a message with this outcome may be removed from its mailbox. */
bool inbound_removable(enum inbound_outcome outcome);

struct inbound_done {
	enum inbound_outcome outcome;
	enum report_kind kind;
	int64_t subscriber_id, campaign_id; /* of the link that was believed; 0: none */
	char why[256];                      /* INBOUND_UNREADABLE; INBOUND_LEFT, where a template cannot forward it; else "" */
};

/*
 * What a mailbox is called in store/returned.h: its name, and a mark of whose it is, for the name in newsletter.conf may stand for another
 * account tomorrow, whose messages may have the same uids.
 */
#define INBOUND_MAILBOX 256
void inbound_mailbox(const struct conf_mailbox *c, char out[INBOUND_MAILBOX]);

/* A message, read but not acted on. */
struct inbound_message {
	const char *bytes; /* the caller's, as long as this is used */
	size_t n;
	uint8_t digest[RETURNED_DIGEST];
	struct report report;
	char why[256]; /* why it cannot be read; "" */
};

/*
 * Read one message of n bytes, outside of any transaction: a large one takes longer than others may be kept waiting. `envelope`: the
 * address that it was delivered to, or NULL. What a message says of more than REPORT_RECIPIENTS people is left out. The caller releases *m.
 */
void inbound_read(struct inbound_message *m, const char *bytes, size_t n, const char *envelope);
void inbound_message_release(struct inbound_message *m);

/*
 * Act on it, inside the caller's transaction, which it commits together with returned_note: 0 and *done, or -1 (the store's trouble: roll
 * back and try later).
 */
int inbound_act(struct site *site, const struct inbound_message *m, struct inbound_done *done, struct err *e);

/* Both in one, for who has one message and time. */
int inbound_take(struct site *site, const char *bytes, size_t n, const char *envelope, struct inbound_done *done, struct err *e);

/* One that could not even be fetched (longer than REPORT_BYTES): counted as INBOUND_UNREADABLE. */
int inbound_unreadable(struct site *site, struct err *e);

#endif
