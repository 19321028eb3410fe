/*
 * inbound_private.h - what the files of inbound.c share; for them alone.
 *
 * inbound.c takes a message and records what it does, inbound_link.c finds out whom it is about, inbound_forward.c hands on what people
 * write.
 */
#ifndef INBOUND_PRIVATE_H
#define INBOUND_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/report.h"

struct err;
struct site;
struct subscriber;

/* Whom the links of a message name. */
struct inbound_who {
	bool known;                          /* valid links name a person, and all of them the same one */
	bool leave;                          /* … in the address that it was sent to: that person wants to leave the topic (0: all) */
	int64_t subscriber, topic, campaign; /* 0: the link does not say */
};

/* 0 and *who, or -1. A message of the outbox that is gone, and mail to nobody on the list (operators, test copies), name no person. */
int inbound_who(struct site *site, const struct report *r, struct inbound_who *who, struct err *e);

/*
 * Which recipient of the report is the person, and what became of them: NULL when it names none. Where it names only other addresses
 * (theirs is forwarded to a mailbox elsewhere) the gravest counts, but is never hard: *class is what to act on.
 */
const struct report_recipient *inbound_recipient(const struct site *site, const struct report *r, const struct subscriber *s,
    enum report_class *class);

/* What became of them: OTHER also of what is being tried still, and for NULL. */
enum report_class inbound_class(const struct report_recipient *to);

/* The gravest of all. NULL when the report names none. */
const struct report_recipient *inbound_gravest(const struct report *r);

/* The first header field of that name in the message, unfolded, cut to fit; false and "" when there is none. */
bool inbound_header(const char *bytes, size_t n, const char *name, char *out, size_t size);

/* Without the line that mbox and MTAs put before a message ("From …"): it may have another date each time. */
const char *inbound_start(const char *bytes, size_t *n);

/* Whether it bears the mark of what inbound_forward makes. */
bool inbound_is_forward(const struct site *site, const char *bytes, size_t n);

/* Whether n more today (of `most`) are within a limit of this scope, and count it: 1, 0, -1. */
int inbound_room(struct site *site, const char *scope, int64_t most, struct err *e);

/*
 * Queue a person's message for [mail] forward: 1, or 0 when nobody gets it (none is named, it is too large, too many, a loop, or a template
 * that is wrong: then `why` says so), -1.
 */
int inbound_forward(struct site *site, const struct report *r, const char *bytes, size_t n, struct err *why, struct err *e);

#endif
