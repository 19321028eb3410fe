/*
 * campaign.h - one mailing to one topic.
 *
 * A campaign is a row: audience, cursor and counts. SCHEDULED until its time,
 * then SENDING until every recipient was reached and none is deferred. PAUSED
 * and HELD wait for a person. What became of each message is in delivery.h.
 */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/segment.h"

struct buf;
struct db;
struct err;

enum campaign_state {
	CAMPAIGN_SCHEDULED,
	CAMPAIGN_SENDING,
	CAMPAIGN_PAUSED,
	CAMPAIGN_HELD,
	CAMPAIGN_DONE,
	CAMPAIGN_CANCELLED,
	CAMPAIGN_STATES
};

/* What the clerk raises an alarm for: once each for a campaign, for a hold once each time. */
enum {
	CAMPAIGN_ALARM_BOUNCES = 1,
	CAMPAIGN_ALARM_COMPLAINTS = 2,
	CAMPAIGN_ALARM_HELD = 4,
};

struct campaign {
	int64_t id;
	char uuid[37], kind[16];
	int64_t topic_id;
	char key[129], subject[601];
	enum campaign_state state;
	char reason[201], created_by[65];
	int64_t created_at, start_at, valid_until, started_at, deadline, finished_at, archived_at; /* 0: not set */
	/* its recipients: up to that id, subscribed since that time or before; and the last that was reached */
	int64_t high_id, high_since, cursor;
	int64_t planned, accepted, deferred, refused, unknown, skipped;
	unsigned alarms;               /* CAMPAIGN_ALARM_*: those that were raised */
	bool hidden;                   /* kept out of the public archive */
	char segment[SEGMENT_MAX + 1]; /* who of the topic, canonical; "": everybody */
};

/* Changes of the counts, applied at once. */
struct campaign_tally {
	int64_t accepted, deferred, refused, unknown, skipped;
};

const char *campaign_state_name(enum campaign_state state);

/* Whether its valid_until has passed: nobody is to get it any more. */
bool campaign_is_past(const struct campaign *c, int64_t now);

/*
 * Insert c (kind, topic_id, key, subject, created_by, start_at, valid_until, planned, hidden, segment); fills id, uuid, state. A key that
 * is there is ERR_EXISTS.
 */
int campaign_create(struct db *db, struct campaign *c, struct err *e);

/* 1 and *out, 0, -1. */
int campaign_get(struct db *db, int64_t id, struct campaign *out, struct err *e);
int campaign_by_key(struct db *db, const char *key, struct campaign *out, struct err *e);

/*
 * Newest first, or only those in a state that is not over yet: sending, then scheduled by their time, then
 * those that wait for a person, so that these never crowd out the others. At most `size`; returns how many, or -1.
 */
int campaign_list(struct db *db, struct campaign *out, size_t size, struct err *e);
int campaign_open(struct db *db, struct campaign *out, size_t size, struct err *e);

/* Those that start, or started, between two Unix times and are not cancelled, in that order. At most `size`; returns how many, or -1. */
int campaign_near(struct db *db, int64_t from, int64_t to, struct campaign *out, size_t size, struct err *e);

/*
 * Those that may need an alarm: sending; held, and nobody was told; done since `ended` (Unix time) or later, newest first, with
 * bounces or complaints not told yet. At most `size`; returns how many, or -1.
 */
int campaign_watched(struct db *db, int64_t ended, struct campaign *out, size_t size, struct err *e);

/* Remember that these alarms were raised. The one for a hold is forgotten by itself when the state changes. */
int campaign_alarm(struct db *db, int64_t id, unsigned alarms, struct err *e);

/*
 * Move to another state, with the reason. ERR_REFUSED when the present state does not
 * lead there: pause from scheduled or sending, resume (to where it was) from paused or
 * held unless its valid_until has passed, cancel from all that is not over. What is resumed before its start is due now at the
 * earliest, so that it is not overdue again; what is resumed later is given a day at least for what was deferred. Resuming or
 * cancelling one that waits for approval decides that too (approval.h).
 */
int campaign_pause(struct db *db, int64_t id, const char *reason, struct err *e);
int campaign_hold(struct db *db, int64_t id, const char *reason, struct err *e);
int campaign_resume(struct db *db, int64_t id, struct err *e);
int campaign_cancel(struct db *db, int64_t id, const char *reason, struct err *e);

/* One that has not started starts at `at` (Unix time) at the earliest; later than it would is never made sooner. */
int campaign_not_before(struct db *db, int64_t id, int64_t at, struct err *e);

/* Keep it out of the public archive (lib/store/archive.h), or no longer; in any state. */
int campaign_hide(struct db *db, int64_t id, bool hidden, struct err *e);

/*
 * The clerk: start one that is due (fixes audience, deadline and planned; ERR_REFUSED unless it is SCHEDULED), and end one that is
 * SENDING.
 */
int campaign_start(struct db *db, int64_t id, int64_t deadline, struct err *e);

/* So many people it is for: those of its segment, which takes longer to count than a start may. */
int campaign_plan(struct db *db, int64_t id, int64_t planned, struct err *e);

int campaign_finish(struct db *db, int64_t id, struct err *e);

/*
 * One that is DONE is SENDING again, since messages of it were queued anew; one that is not over gets the deadline. ERR_REFUSED with the
 * reason when it cannot be: never started, cancelled, archived, a promotion that is no longer valid.
 */
int campaign_reopen(struct db *db, const struct campaign *c, int64_t deadline, struct err *e);

/* Whether it can be (0, or -1 and ERR_REFUSED), without doing it. */
int campaign_can_reopen(const struct campaign *c, struct err *e);

/* Its ledger was shrunk (lib/store/ledger.h). And the next one after `after` that ended before `before` and was not: 1, 0, -1. */
int campaign_set_archived(struct db *db, int64_t id, struct err *e);
int campaign_to_archive(struct db *db, int64_t before, int64_t after, struct campaign *out, struct err *e);

/* The sender. */
int campaign_tally(struct db *db, int64_t id, const struct campaign_tally *t, struct err *e);
int campaign_move_cursor(struct db *db, int64_t id, int64_t cursor, struct err *e);
int campaign_extend(struct db *db, int64_t id, int64_t deadline, struct err *e); /* never shortens it */

/* The compiled message of a language; reading one falls back on the language that was put first, which is the site's. 1, 0, -1. */
int campaign_put_message(struct db *db, int64_t id, const char *language, const void *compiled, size_t n, struct err *e);
int campaign_get_message(struct db *db, int64_t id, const char *language, struct buf *out, struct err *e);

/* The languages there are, in alphabetical order. At most `size`; returns how many, or -1. */
int campaign_languages(struct db *db, int64_t id, char (*out)[16], int size, struct err *e);

#endif
