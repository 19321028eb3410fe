/*
 * growth.h - how the list grew: who joined and who left in each of some periods, who is on it, and in what languages and where.
 *
 * Somebody is on the list while one topic at least is active for them; joining is the step from none to one, leaving the step back. Counted
 * from table consent, which is append-only but for erasure: whoever was erased is gone from every figure, also those of the past, so that
 * the last figure is always the list as it is. No figure leads to a person.
 * Costs one walk through consent in the order of its ids (a person's rows follow each other in it as they happened) and, for
 * growth_people, one through subscriber; in memory a few bits for each id.
 */
#ifndef GROWTH_H
#define GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/period.h"
#include "store/topic.h"

struct db;
struct err;

enum growth_step {
	GROWTH_CONFIRMED, /* by the link in a mail of ours */
	GROWTH_IMPORTED,
	GROWTH_ADDED, /* by staff */
	GROWTH_LEFT,
	GROWTH_BOUNCED,
	GROWTH_COMPLAINED,
	GROWTH_STEPS
};

#define GROWTH_FIRST_LOSS GROWTH_LEFT /* steps before it join */

struct growth_period {
	int64_t start; /* Unix time */
	int64_t step[GROWTH_STEPS];
	int64_t people; /* on the list at its end */
};

struct growth_topic {
	int64_t before, joined, gone; /* on it when the first period began; since */
	int64_t people[PERIODS_MAX];  /* at the end of each period */
};

struct growth {
	int64_t before;              /* people when the first period began */
	int64_t total[GROWTH_STEPS]; /* of all periods */
	struct growth_period period[PERIODS_MAX];
	size_t periods;
	struct topic_list topics;
	struct growth_topic topic[TOPICS_MAX]; /* in their order */

	/* growth.c's own: which topics are active, bits by subscriber id */
	uint8_t *active;
	size_t width, ids;
};

/* Fill *g for periods that begin at these times (1 to PERIODS_MAX, in order): 0, or -1. Release in either case. */
int growth_read(struct db *db, const int64_t *start, size_t periods, struct growth *g, struct err *e);
void growth_release(struct growth *g);

/* Whether somebody is on the list now, by id. */
bool growth_is_active(const struct growth *g, int64_t subscriber);

/* People on the list now. */
int64_t growth_now(const struct growth *g);

/* Sums of a period's steps (or of total): those that join, those that leave. */
int64_t growth_joined(const int64_t step[GROWTH_STEPS]);
int64_t growth_gone(const int64_t step[GROWTH_STEPS]);

const char *growth_step_name(enum growth_step step); /* "confirmed" */

#define GROWTH_LANGUAGES 32
#define GROWTH_DOMAINS 10

struct growth_named {
	char name[256];
	int64_t people;
};

/* Who is on the list now. */
struct growth_people {
	struct growth_named language[GROWTH_LANGUAGES]; /* "": the site's. Most people first; beyond that the last one is "others" */
	size_t languages;
	struct growth_named domain[GROWTH_DOMAINS]; /* of their addresses, in lower case, A-labels; most people first */
	size_t domains;
	int64_t other_people, other_domains; /* those of the domains after them; of more than 65536 the last to come count as one */
};

/* After growth_read: 0, or -1. */
int growth_people(struct db *db, const struct growth *g, struct growth_people *out, struct err *e);

#endif
