/*
 * smtp_trust.h - what experience says of a relay: which dialogue it bears, and after how many messages it hangs up.
 *
 * One for each pool; its connections report here. EHLO is a promise: CHUNKING
 * is tried with one message alone, then with one behind another, then with the
 * window, so that a relay that breaks it is found out with at most two messages
 * on the way. What was given up is tried again after a day. No clock here.
 */
#ifndef SMTP_TRUST_H
#define SMTP_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/smtp.h"
#include "mail/smtp_ehlo.h"

#define SMTP_TRUST_RETRY (86400LL * 1000000) /* a better dialogue is tried again */
#define SMTP_TRUST_LIMIT (3600LL * 1000000)  /* a limit that was learned is looked at again */

struct smtp_trust {
	enum smtp_dialogue configured, best; /* never SMTP_AUTO */
	bool chunk_accepted;                 /* a BDAT was accepted */
	bool window_accepted;                /* a message was accepted that had been sent behind another's BDAT */
	bool group_accepted;                 /* DATA was let in after a pipelined group */
	bool reset_first;                    /* a failed BDAT leaves its transaction open there: RSET goes before each MAIL */
	int losses;                          /* connections lost in a dialogue that never worked */
	int64_t fell_at;                     /* clock_mono_us; 0: never */

	int64_t closed_after; /* messages after which a connection was closed without a word; 0: never */
	int64_t limit;        /* that happened twice: no more on a connection; 0: none */
	int64_t limit_at;
};

/* What a connection may do. */
struct smtp_terms {
	struct smtp_offers offers;
	enum smtp_dialogue dialogue; /* never SMTP_AUTO */
	int64_t limit;               /* messages on it; 0: any number */
	int64_t pause;               /* after so many, nothing is sent ahead until one more was answered; 0: never */
};

void smtp_trust_init(struct smtp_trust *t, enum smtp_dialogue configured);

/* The terms for a connection that was opened now: what is offered, configured and trusted. `limit` is the configured one. */
struct smtp_terms smtp_trust_terms(struct smtp_trust *t, const struct smtp_offers *offers, int64_t limit, int64_t now);

/* How many messages may be on the way at once on a connection. */
size_t smtp_trust_ahead(const struct smtp_trust *t, enum smtp_dialogue dialogue, size_t window);

/*
 * A refusal: is it the dialogue's fault and not the message's? If so the
 * dialogue is given up. At each level this is true only until it is proved, so
 * that a message comes back for it a few times at most.
 */
bool smtp_trust_blames(struct smtp_trust *t, enum smtp_dialogue dialogue, enum smtp_command at, const struct smtp_reply *reply);

/* A connection was lost, or got out of step, while replies were due: true when the dialogue is given up for it, which takes two. */
bool smtp_trust_lost(struct smtp_trust *t, enum smtp_dialogue dialogue);

/* A connection was ended with a 421 that says so: `served` messages are all that one may have. */
void smtp_trust_told(struct smtp_trust *t, int64_t served, int64_t now);

/* A connection was closed without a word after `served` messages; more than the limit were served. */
void smtp_trust_closed(struct smtp_trust *t, int64_t served, int64_t now);
void smtp_trust_passed(struct smtp_trust *t, int64_t served);

#endif
