/* clerk.h - what the clerk's files share: each is one of its duties, called from clerk.c's loop. */
#ifndef CLERK_H
#define CLERK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "clerk_notice.h"
#include "site/personal.h"
#include "site/site.h"

struct err;
struct message;
struct signup;
struct subscriber;

struct clerk {
	struct site *site;
	struct personal personal;
	int64_t next_watch, next_surge, next_drop, next_lost; /* Unix time */
	struct notices notices;
	bool more; /* the last turn of a duty left some for the next */

	/* clerk_limit.h */
	int64_t held;                      /* requests that wait: as the turn began, and what it did since */
	int64_t surge_since, surge_logged; /* Unix time; 0: there is none */
	int64_t unmailed, unmailed_hour;   /* signups without a mail that were counted in that hour since 1970 */
	bool lines_woken;

	struct {
		struct clock_watch watch;
		int64_t back; /* seconds that nobody has made up for yet */
		bool looked;  /* at what was written while no clerk ran */
	} clock;

	struct {
		size_t rule;    /* that the next bite is of */
		int64_t rows;   /* it has cost until now */
		bool under_way; /* some of the rules are still to be applied, whatever the time */
		int64_t next;   /* Unix time */
	} retention;

	/* clerk_welcome: one pass after the other through those that wait */
	struct {
		int64_t after;  /* the subscriber at which this pass is */
		int64_t failed; /* in this pass */
		int64_t next;   /* Unix time of the next pass, after one in which some failed */
	} welcome;
};

/* To whom a mail of the outbox goes, besides what is in it. */
struct clerk_mail {
	const char *kind, *address;
	const char *name;          /* NULL: not to be named, since nobody has confirmed who they are */
	int64_t subscriber_id;     /* 0: nobody on the list */
	int64_t topic_id;          /* what its link unsubscribes from; 0: everything */
	const char *confirm_token; /* confirmations; else NULL */
	const char *mydata_token;  /* what was asked for at /manage; else NULL */
	int64_t expires_at;        /* not sent after that */
};

/* Fill in what is theirs and queue it, inside the caller's transaction; *id is its number in the outbox. */
int clerk_mail(struct clerk *c, const struct message *message, const struct clerk_mail *mail, int64_t *id, struct err *e);

/*
 * Decide what visitors asked for and is due: the suppressed get nothing, the subscribed a note, the others a confirmation, as far as the
 * limits have room. At most about a second; c->more says that there is more to do.
 */
int clerk_signups(struct clerk *c, struct err *e);

/* Every second: drop what has waited for too long; tell the operator when more ask than the limit over all lets through. */
int clerk_surge(struct clerk *c, struct err *e);
/*
 * One that asks for the link to settings and data: whether there is a mail to send (1 and *who, 0, -1), and sending it, inside the caller's
 * transaction. It goes to whoever has proven the address once and is not suppressed as hard, complaint or staff; at most one an hour
 * and four a day.
 */
int clerk_manage_judge(struct clerk *c, const struct signup *request, struct subscriber *who, struct err *e);
int clerk_manage(struct clerk *c, const struct signup *request, const struct subscriber *who, struct err *e);

/*
 * Queue the welcome mail of those who have confirmed: once a confirmation and in 30 days, of the topics that they still want. A mail
 * that cannot be made is tried again a minute later, for two days. At most about a quarter of a second; c->more as above.
 */
int clerk_welcome(struct clerk *c, struct err *e);

/* What waits for a time of a clock that was set back since, with or without a clerk that ran, waits for as much less. */
int clerk_clock(struct clerk *c, struct err *e);

/* Start campaigns that are due; hold those that are overdue; end those whose offer is over. */
int clerk_schedule(struct clerk *c, struct err *e);

/* Cancel campaigns that waited for an approval until it was too late. */
int clerk_approvals(struct clerk *c, struct err *e);

/*
 * Every other second: pause campaigns of which too much bounces or complains, and tell the operator, of that and of those held.
 * A template or an address that makes no mail is logged; the campaign is paused all the same.
 */
int clerk_watch(struct clerk *c, struct err *e);

/* What became of a campaign's messages until now, and what the rule makes of it: CAMPAIGN_ALARM_BOUNCES, _COMPLAINTS or both, or 0. */
struct watch_counts {
	int64_t settled, accepted; /* messages: accepted or refused, and accepted */
	int64_t bounces;           /* refused by the relay or sent back later, for good or for now */
	int64_t complaints;
};
unsigned watch_judge(const struct watch_counts *n);

/* What people wrote and [mail] forward did not get, refused for good or tried for too long: into [store] aside, where staff find it. */
int clerk_lost(struct clerk *c, struct err *e);

/* Once an hour: delete what was kept long enough. At most some thousand rows; c->more as above. */
int clerk_retention(struct clerk *c, struct err *e);

#endif
