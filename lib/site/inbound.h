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

struct err;
struct site;

enum inbound_outcome {
	INBOUND_AGAIN, /* dealt with before: no effect */
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
 * Read and act on one message of n bytes, inside the caller's transaction, which it commits together with returned_note. `envelope`: the
 * address that it was delivered to, or NULL. 0 and *done, or -1 (the store's trouble: roll back and try later). What a
 * message says of more than REPORT_RECIPIENTS people is left out.
 */
int inbound_take(struct site *site, const char *bytes, size_t n, const char *envelope, struct inbound_done *done, struct err *e);

/* One that could not even be fetched (longer than REPORT_BYTES): counted as INBOUND_UNREADABLE. */
int inbound_unreadable(struct site *site, struct err *e);

#endif
