/*
 * report.h - what a message that came back says: what it is, of whom, and what became of them.
 *
 * Reads delivery status notifications (RFC 3464, 6522, 6533), the free-form bounces of servers that know none (report_free.h), abuse
 * reports (RFC 5965) and their older forms, authentication-failure reports (RFC 6591), receipts (RFC 8098), automatic replies
 * (RFC 3834) and mail that people write. GMime takes the message apart; lib/judge says what a reply means. All of it is hostile: what is
 * too large, too deep or too long to be worth reading is told by ERR_INPUT, before GMime sees it.
 *
 * Nothing here believes anything: whether a report is about a mail of ours is decided by the links in it, with the keys, in lib/site.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/link.h"
#include "judge/judge.h"
#include "mail/addr.h"

struct err;

#define REPORT_BYTES ((size_t)8 << 20) /* a longer message is not read */
#define REPORT_RECIPIENTS 100          /* recipients of one report; more are left out, and `more` says so */
#define REPORT_LINKS 32
#define REPORT_TEXT 512 /* bytes of a diagnostic that are kept, with the NUL */

enum report_kind {
	REPORT_PERSON,       /* somebody wrote it: the only kind that a person should read */
	REPORT_BOUNCE,       /* a message was not delivered and will not be */
	REPORT_DELAY,        /* … is being tried still */
	REPORT_SUCCESS,      /* … was delivered, relayed or expanded */
	REPORT_COMPLAINT,    /* a reader called it spam, or asked their provider to end it */
	REPORT_AUTH_FAILURE, /* DMARC's failure and aggregate reports, RFC 6591: not a reader's */
	REPORT_RECEIPT,      /* MDN: displayed, deleted … */
	REPORT_AUTOMATIC,    /* vacation notes, confirmations of receipt, challenges, mailing lists: a program sent it */
	REPORT_KINDS
};

enum report_class {
	REPORT_OTHER,
	REPORT_SOFT,
	REPORT_HARD,
	REPORT_COMPLAINED
};

struct report_recipient {
	char address[ADDR_MAX];  /* whom it is about, as it says; its domain in lower case. "": it does not say */
	char original[ADDR_MAX]; /* Original-Recipient: whom we wrote to, where the mail was forwarded from there; "" */
	int code;                /* SMTP code, or 0 */
	char enhanced[12];       /* "5.1.1", or "" */
	char server[256];        /* who reported it: Remote-MTA, or the one named in the text, or Reporting-MTA; "" */
	char text[REPORT_TEXT];  /* what it said, one line of UTF-8, redacted (judge_redact_for) */
	char rule[32];           /* the row of the judge's table that decided: "no-such-user"; a complaint's Feedback-Type; "": neither */
	enum report_class class; /* a delay's is soft, a success's other */
	bool trying;             /* it is being tried still: soft to look at, and without effect, whatever kind the report is */
};

/* Where a link of ours may stand. The text is what looks like one; nobody has checked it. */
enum report_link_place {
	REPORT_LINK_RECIPIENT,   /* whom the report was sent to: bounce+LINK@, unsubscribe+LINK@ */
	REPORT_LINK_MESSAGE_ID,  /* Message-ID of the returned message */
	REPORT_LINK_SENDER,      /* its envelope sender: Return-Path, Original-Mail-From, Original-Envelope-Id (RFC 3464 2.2.1) */
	REPORT_LINK_UNSUBSCRIBE, /* its List-Unsubscribe, mailto: form */
};

struct report_link {
	enum report_link_place place;
	char text[LINK_TEXT]; /* the form for addresses, in lower case (link_read_address) */
};

struct report {
	enum report_kind kind;
	bool automatic;      /* must never be answered nor forwarded: null sender, Auto-Submitted …; every kind but a person's has it */
	char from[ADDR_MAX]; /* From of the message itself, or "" */
	char subject[256];   /* of the message itself: decoded, one line of UTF-8; "" */
	struct report_recipient *recipient;
	int recipients; /* 0 when it tells of nobody; a bounce or a complaint that does not say whom it is about has one without address */
	bool more;      /* it names more than fit */
	struct report_link link[REPORT_LINKS];
	int links;
};

#define REPORT_INIT ((struct report){ 0 })

/*
 * Read one message of n bytes: RFC 5322 with LF or CRLF line ends, perhaps with mbox's "From " line. *r is REPORT_INIT or was released;
 * the caller releases it in either case. ERR_INPUT: it cannot be read ("…nests 120 parts", "…is larger than 8 MiB"), and is to be
 * kept aside for a person. `envelope` is the address that the MTA delivered it to, or NULL when only its headers tell.
 */
int report_read(struct report *r, const char *bytes, size_t n, const char *envelope, struct err *e);
void report_release(struct report *r);

const char *report_kind_name(enum report_kind kind);    /* "bounce", "auth-failure" … */
const char *report_class_name(enum report_class class); /* "hard", "soft", "complaint", "other" */

#endif
