/*
 * stats.h - what came back in a while, counted: for people who look, never for a decision.
 *
 * Refusals are what a relay said no to at once, bounces what came back later: both say why, by the judge's rule. What was doubted (no valid
 * link was in it) is counted apart and in nothing else. No count leads to a person; whoever was erased counts, but with no domain.
 * Costs a walk over the events of that while, or of that mailing.
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>
#include <stdint.h>

struct campaign;
struct db;
struct err;

#define STATS_REASONS 64
#define STATS_DOMAINS 100

struct stats_window {
	int64_t since;       /* Unix time */
	int64_t campaign_id; /* what answers this mailing alone; 0: everything */
};

struct stats_reason {
	char rule[32];  /* as lib/judge names it; "": not known */
	char class[16]; /* "hard", "soft" */
	int64_t bounces, refusals;
};

struct stats_named {
	char name[32];
	int64_t n;
};

struct stats_pair {
	int64_t hard, soft;
};

struct stats_returned {
	struct stats_pair bounces, refusals;
	int64_t complaints, unsubscribes;
	int64_t doubted_bounces, doubted_complaints;
	struct stats_reason reason[STATS_REASONS]; /* the most frequent first; beyond that the last one is "others" */
	size_t reasons;
	struct stats_named complaint[16]; /* by Feedback-Type ("abuse"); "": not said. Beyond that "others" */
	size_t complaint_types;
	struct stats_named way[16]; /* how people left: "one-click", "page", "mailto", "staff" */
	size_t ways;
};

struct stats_domain {
	char domain[256];               /* of the recipients, in lower case, A-labels; "": of people who were erased */
	int64_t hard, soft, complaints; /* bounces and refusals together */
};

struct stats_domains {
	struct stats_domain top[STATS_DOMAINS]; /* those with the most events first */
	size_t count;
	struct stats_domain rest; /* the sum of the others (domain is "") */
	int64_t others;           /* how many domains these are */
};

/*
 * How fast a mailing went out: `messages` that were tried in the `seconds` from the first reply of its relay to when everybody had been
 * tried once, as far as it is; pauses are in it, what was tried again later is not. Known to the second, from the ledger's ends: a look at
 * 2000 rows. 0 and 0: not known, or nothing went out.
 */
struct stats_speed {
	int64_t messages, seconds;
};

/* Fill *out: 0, or -1. */
int stats_returned(struct db *db, const struct stats_window *w, struct stats_returned *out, struct err *e);

/* The domains with the most bounces, refusals and complaints, `most` of them (at most STATS_DOMAINS): 0, or -1. */
int stats_domains(struct db *db, const struct stats_window *w, size_t most, struct stats_domains *out, struct err *e);

/* Of a mailing, by its ledger: 0, or -1. */
int stats_speed(struct db *db, const struct campaign *c, struct stats_speed *out, struct err *e);

/* The numbers of the mailings that started since then, newest first. At most `size`; returns how many, or -1. */
int stats_campaigns(struct db *db, int64_t since, int64_t *out, size_t size, struct err *e);

#endif
