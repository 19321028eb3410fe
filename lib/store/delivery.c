/* delivery.c - see delivery.h. */
#include "store/delivery.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/campaign.h"
#include "store/db.h"
#include "store/modules.h"
#include "store/segment.h"

/* How long a claim looks for the people of a segment that few are in: the store waits for nobody longer. */
#define BITE_US 5000
#define BITE_LOOK 64 /* people between two looks at the clock */

enum {
	Q_DUE,
	Q_NEXT,
	Q_NEXT_OF,
	Q_PERSON,
	Q_WANTED,
	Q_INSERT,
	Q_RECLAIM,
	Q_RECORD,
	Q_RETURN,
	Q_RECOVER,
	Q_GIVE_UP,
	Q_NEXT_DUE,
	Q_SOONER,
	Q_FIND,
	Q_DELETE_OLD,
	Q_COUNT
};

/* The last column: whether this person may be mailed at this moment. */
#define MAILABLE \
	"(u.state = 1 AND NOT EXISTS (SELECT 1 FROM suppression p WHERE p.address_hmac = s.address_hmac))"

/* What the relay said, unless whom it is about was erased while it was on the way. */
#define SAID "CASE WHEN :reply IS NOT NULL AND EXISTS (SELECT 1 FROM subscriber WHERE id = :subscriber) THEN :reply END"

static const char *const sql[] = {
	/* deferred rows; the person may be gone by now, then nothing of them comes with it */
	[Q_DUE] = "SELECT d.subscriber_id, coalesce(s.address, ''), coalesce(s.name, ''), coalesce(s.language, ''), d.attempts, "
		  "coalesce(" MAILABLE ", 0) FROM delivery d LEFT JOIN subscriber s ON s.id = d.subscriber_id "
		  "LEFT JOIN subscription u ON u.topic_id = :topic AND u.subscriber_id = d.subscriber_id "
		  "WHERE d.campaign_id = :campaign AND d.state = 2 AND d.next_at <= :now ORDER BY d.next_at LIMIT :limit",
	[Q_NEXT] = "SELECT s.id, s.address, s.name, s.language, 0, " MAILABLE " FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id "
		   "WHERE u.topic_id = :topic AND u.subscriber_id > :cursor AND u.subscriber_id <= :high AND u.state = 1 AND u.since <= :since "
		   "ORDER BY u.subscriber_id LIMIT :limit",
	/* a campaign for a segment: who is next, and the same columns of one who is in it */
	[Q_NEXT_OF] = "SELECT u.subscriber_id FROM subscription u WHERE u.topic_id = :topic AND u.subscriber_id > :cursor "
		      "AND u.subscriber_id <= :high AND u.state = 1 AND u.since <= :since ORDER BY u.subscriber_id",
	[Q_PERSON] = "SELECT s.id, s.address, s.name, s.language, 0, " MAILABLE " FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id "
		     "WHERE u.topic_id = :topic AND u.subscriber_id = :subscriber",
	[Q_WANTED] = "SELECT 1 FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id "
		     "WHERE u.topic_id = :topic AND u.subscriber_id = :subscriber AND " MAILABLE,
	[Q_INSERT] = "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) VALUES (:campaign, :subscriber, :state, :attempts, :now)",
	[Q_RECLAIM] = "UPDATE delivery SET state = :state, attempts = :attempts, at = :now, next_at = NULL "
		      "WHERE campaign_id = :campaign AND subscriber_id = :subscriber",
	[Q_RECORD] = "UPDATE delivery SET state = :state, at = :now, next_at = :next, code = :code, enhanced = :enhanced, reply = " SAID ", class = :class "
		     "WHERE campaign_id = :campaign AND subscriber_id = :subscriber AND state = 0",
	[Q_RETURN] = "UPDATE delivery SET state = :state, at = :now, next_at = :next, attempts = attempts - 1, code = coalesce(:code, code), "
		     "enhanced = coalesce(:enhanced, enhanced), reply = coalesce(" SAID ", reply), class = coalesce(:class, class) "
		     "WHERE campaign_id = :campaign AND subscriber_id = :subscriber AND state = 0",
	[Q_RECOVER] = "UPDATE delivery SET state = :state, at = :now, next_at = :next WHERE campaign_id = :campaign AND state = 0",
	[Q_GIVE_UP] = "UPDATE delivery SET state = 3, at = :now, next_at = NULL WHERE campaign_id = :campaign AND state = 2",
	[Q_NEXT_DUE] = "SELECT next_at FROM delivery WHERE campaign_id = :campaign AND state = 2 ORDER BY next_at LIMIT 1",
	[Q_SOONER] = "UPDATE delivery SET next_at = next_at - max(:back, at - :now), at = min(at, :now) "
		     "WHERE state = 2 AND campaign_id IN (SELECT id FROM campaign "
		     "WHERE state IN ('scheduled', 'sending', 'paused', 'held')) AND (at > :now OR (:back > 0 AND next_at > :now))",
	[Q_FIND] = "SELECT subscriber_id, state, attempts, at, coalesce(next_at, 0), coalesce(code, 0), coalesce(enhanced, ''), coalesce(reply, ''), coalesce(class, '') "
		   "FROM delivery WHERE campaign_id = :campaign AND subscriber_id = :subscriber",
	[Q_DELETE_OLD] = "DELETE FROM delivery WHERE (campaign_id, subscriber_id) IN (SELECT d.campaign_id, d.subscriber_id FROM campaign c "
			 "CROSS JOIN delivery d ON d.campaign_id = c.id WHERE c.finished_at < :before LIMIT :limit)",
};
const struct db_module delivery_module = { "delivery", sql, Q_COUNT, MODULE_DELIVERY };

static const char *const names[DELIVERY_STATES] = { "claimed", "accepted", "deferred", "refused", "unknown", "skipped" };

const char *
delivery_state_name(enum delivery_state state)
{
	return names[state];
}

/* Write the claim, or the skip, of the person in *claim. */
static int
write_claim(struct db *db, int which, const struct delivery_claim *claim, bool mailable, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, which);

	stmt_int(st, ":campaign", claim->campaign_id);
	stmt_int(st, ":subscriber", claim->who.id);
	stmt_int(st, ":state", mailable ? DELIVERY_CLAIMED : DELIVERY_SKIPPED);
	stmt_int(st, ":attempts", mailable ? claim->attempts : claim->attempts - 1);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

/*
 * Take rows of a query into out[*n …]; `which` writes each claim. Every row of the query moves the
 * cursor, also one that is skipped. Returns how many rows there were, or -1.
 */
static int
take(struct db *db, struct stmt *st, int which, struct campaign *c, struct delivery_claim *out, size_t size, size_t *n,
    struct campaign_tally *tally, struct err *e)
{
	struct delivery_claim *claim;
	bool mailable;
	int rc, rows = 0;

	while (*n < size && (rc = stmt_step(st, e)) == 1) {
		claim = &out[*n];
		claim->campaign_id = c->id;
		claim->topic_id = c->topic_id;
		claim->who.id = stmt_col_int(st, 0);
		stmt_col_copy(st, 1, claim->who.address, sizeof(claim->who.address));
		stmt_col_copy(st, 2, claim->who.name, sizeof(claim->who.name));
		stmt_col_copy(st, 3, claim->who.language, sizeof(claim->who.language));
		claim->attempts = (int)stmt_col_int(st, 4) + 1;
		mailable = stmt_col_int(st, 5) != 0;
		rows++;
		if (write_claim(db, which, claim, mailable, e) == -1) {
			stmt_done(st);
			return -1;
		}
		if (which == Q_RECLAIM)
			tally->deferred--;
		else
			c->cursor = claim->who.id;
		if (mailable)
			++*n;
		else
			tally->skipped++;
	}
	stmt_done(st);
	return *n < size && rc == -1 ? -1 : rows;
}

static struct stmt *
next_people(struct db *db, int which, const struct campaign *c)
{
	struct stmt *st = db_stmt(db, &delivery_module, which);

	stmt_int(st, ":topic", c->topic_id);
	stmt_int(st, ":cursor", c->cursor);
	stmt_int(st, ":high", c->high_id);
	stmt_int(st, ":since", c->high_since);
	return st;
}

/* The next of a segment. Whoever is not in it is passed over and leaves no row; the cursor moves, and a bite ends by the clock. */
static int
take_of_segment(struct db *db, struct segment_probe *probe, struct campaign *c, struct delivery_claim *out, size_t size, size_t *n,
    struct campaign_tally *tally, bool *exhausted, struct err *e)
{
	struct stmt *walk = next_people(db, Q_NEXT_OF, c), *st;
	int64_t began = clock_mono_us(), id;
	unsigned seen = 0;
	int rc = 1, has;

	while (*n < size && (++seen % BITE_LOOK || clock_mono_us() - began < BITE_US) && (rc = stmt_step(walk, e)) == 1) {
		id = stmt_col_int(walk, 0);
		has = segment_probe_has(probe, id, e);
		if (has == 1) {
			st = db_stmt(db, &delivery_module, Q_PERSON);
			stmt_int(st, ":topic", c->topic_id);
			stmt_int(st, ":subscriber", id);
			has = take(db, st, Q_INSERT, c, out, *n + 1, n, tally, e);
		}
		if (has == -1) {
			stmt_done(walk);
			return -1;
		}
		c->cursor = id;
	}
	stmt_done(walk);
	*exhausted = rc == 0;
	return rc == -1 ? -1 : 0;
}

static int
claim(struct db *db, struct segment_probe *probe, struct campaign *c, struct delivery_claim *out, size_t size,
    struct campaign_tally *tally, bool *exhausted, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_DUE);
	int64_t cursor = c->cursor;
	size_t n = 0, limit;
	int rows; /* with those skipped */

	*exhausted = false;
	stmt_int(st, ":campaign", c->id);
	stmt_int(st, ":topic", c->topic_id);
	stmt_int(st, ":now", clock_now());
	stmt_int(st, ":limit", (int64_t)size);
	rows = take(db, st, Q_RECLAIM, c, out, size, &n, tally, e);
	if (rows == -1)
		return -1;
	limit = size - n;
	if ((size_t)rows == size) /* there may be more of them, though some were skipped */
		return (int)n;
	if (probe) {
		if (take_of_segment(db, probe, c, out, size, &n, tally, exhausted, e) == -1)
			return -1;
	} else {
		st = next_people(db, Q_NEXT, c);
		stmt_int(st, ":limit", (int64_t)limit);
		rows = take(db, st, Q_INSERT, c, out, size, &n, tally, e);
		if (rows == -1)
			return -1;
		*exhausted = (size_t)rows < limit;
	}
	if (c->cursor != cursor && campaign_move_cursor(db, c->id, c->cursor, e) == -1)
		return -1;
	return (int)n;
}

int
delivery_claim(struct db *db, struct campaign *c, struct delivery_claim *out, size_t size, struct campaign_tally *tally, bool *exhausted,
    struct err *e)
{
	struct segment_probe *probe = NULL;
	struct segment *segment = NULL;
	int rc = -1;

	if (c->segment[0] && (segment_parse(c->segment, &segment, e) == -1 || !(probe = segment_probe_new(db, segment, c->started_at, e))))
		err_wrap(e, "its segment cannot be found any more");
	else
		rc = claim(db, probe, c, out, size, tally, exhausted, e);
	segment_probe_free(probe);
	segment_free(segment);
	return rc;
}

int
delivery_wanted(struct db *db, const struct delivery_claim *claim, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_WANTED);
	int64_t yes;

	stmt_int(st, ":topic", claim->topic_id);
	stmt_int(st, ":subscriber", claim->who.id);
	return stmt_one_int(st, &yes, e);
}

int
delivery_record(struct db *db, const struct delivery_claim *claim, const struct delivery_result *result, struct err *e)
{
	bool untried = result->not_tried && (result->state == DELIVERY_DEFERRED || result->state == DELIVERY_SKIPPED);
	struct stmt *st = db_stmt(db, &delivery_module, untried ? Q_RETURN : Q_RECORD);

	stmt_int(st, ":campaign", claim->campaign_id);
	stmt_int(st, ":subscriber", claim->who.id);
	stmt_int(st, ":state", result->state);
	stmt_int(st, ":now", clock_now());
	stmt_int_or_null(st, ":next", result->state == DELIVERY_DEFERRED ? result->next_at : 0);
	stmt_int_or_null(st, ":code", result->code);
	stmt_text(st, ":enhanced", result->enhanced && result->enhanced[0] ? result->enhanced : NULL);
	stmt_text(st, ":reply", result->reply && result->reply[0] ? result->reply : NULL);
	stmt_text(st, ":class", result->class && result->class[0] ? result->class : NULL);
	if (stmt_run(st, e) == -1)
		return -1;
	return (int)db_changes(db);
}

int
delivery_recover(struct db *db, int64_t campaign_id, bool hold, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_RECOVER);
	struct campaign_tally tally = { 0 };

	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":state", hold ? DELIVERY_UNKNOWN : DELIVERY_DEFERRED);
	stmt_int(st, ":now", clock_now());
	stmt_int_or_null(st, ":next", hold ? 0 : clock_now());
	if (stmt_run_count(st, n, e) == -1)
		return -1;
	if (!*n)
		return 0;
	*(hold ? &tally.unknown : &tally.deferred) = *n;
	return campaign_tally(db, campaign_id, &tally, e);
}

int
delivery_give_up(struct db *db, int64_t campaign_id, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_GIVE_UP);
	struct campaign_tally tally = { 0 };

	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":now", clock_now());
	if (stmt_run_count(st, n, e) == -1)
		return -1;
	tally.refused = *n;
	tally.deferred = -*n;
	return *n ? campaign_tally(db, campaign_id, &tally, e) : 0;
}

int
delivery_next_due(struct db *db, int64_t campaign_id, int64_t *at, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_NEXT_DUE);

	*at = 0;
	stmt_int(st, ":campaign", campaign_id);
	return stmt_one_int(st, at, e) == -1 ? -1 : 0;
}

int
delivery_sooner(struct db *db, int64_t back, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_SOONER);

	stmt_int(st, ":back", back);
	stmt_int(st, ":now", clock_now());
	return stmt_run_count(st, n, e);
}

static void
fill(struct stmt *st, struct delivery *d)
{
	d->subscriber_id = stmt_col_int(st, 0);
	d->state = (enum delivery_state)stmt_col_int(st, 1);
	d->attempts = (int)stmt_col_int(st, 2);
	d->at = stmt_col_int(st, 3);
	d->next_at = stmt_col_int(st, 4);
	d->code = (int)stmt_col_int(st, 5);
	stmt_col_copy(st, 6, d->enhanced, sizeof(d->enhanced));
	stmt_col_copy(st, 7, d->reply, sizeof(d->reply));
	stmt_col_copy(st, 8, d->class, sizeof(d->class));
}

int
delivery_find(struct db *db, int64_t campaign_id, int64_t subscriber_id, struct delivery *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_FIND);
	int rc;

	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":subscriber", subscriber_id);
	rc = stmt_step(st, e);
	if (rc == 1) {
		fill(st, out);
		stmt_done(st);
	}
	return rc;
}

int
delivery_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &delivery_module, Q_DELETE_OLD);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}
