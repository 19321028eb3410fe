/* campaign.c - see campaign.h. */
#include "store/campaign.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/token.h"
#include "store/approval.h"
#include "store/article.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_CREATE,
	Q_GET,
	Q_BY_KEY,
	Q_LIST,
	Q_OPEN,
	Q_NEAR,
	Q_WATCHED,
	Q_ALARM,
	Q_SET_STATE,
	Q_NOT_BEFORE,
	Q_HIDE,
	Q_START,
	Q_PLAN,
	Q_FINISH,
	Q_TALLY,
	Q_CURSOR,
	Q_EXTEND,
	Q_REOPEN,
	Q_SET_ARCHIVED,
	Q_TO_ARCHIVE,
	Q_COUNT
};

#define RESUMED_GRACE 86400 /* seconds: what was deferred is tried for so long at least after a pause */

#define COLUMNS \
	"id, uuid, kind, topic_id, coalesce(key, ''), subject, state, reason, created_by, created_at, start_at, coalesce(valid_until, 0), " \
	"coalesce(started_at, 0), coalesce(deadline, 0), coalesce(finished_at, 0), coalesce(high_id, 0), cursor, planned, accepted, deferred, " \
	"refused, unknown, skipped, coalesce(archived_at, 0), alarms, hidden, segment, max(coalesce(started_at, 0), high_since)"

static const char *const sql[] = {
	[Q_CREATE] = "INSERT INTO campaign (uuid, kind, topic_id, key, subject, state, created_at, created_by, start_at, valid_until, planned, hidden, segment) "
		     "VALUES (:uuid, :kind, :topic, :key, :subject, 'scheduled', :now, :by, :start, :valid_until, :planned, :hidden, :segment)",
	[Q_GET] = "SELECT " COLUMNS " FROM campaign WHERE id = :id",
	[Q_BY_KEY] = "SELECT " COLUMNS " FROM campaign WHERE key = :key",
	[Q_LIST] = "SELECT " COLUMNS " FROM campaign ORDER BY id DESC LIMIT :limit",
	[Q_OPEN] = "SELECT " COLUMNS " FROM campaign WHERE state IN ('scheduled', 'sending', 'paused', 'held') "
		   "ORDER BY state IN ('paused', 'held'), CASE WHEN state = 'scheduled' THEN start_at ELSE 0 END, id LIMIT :limit",
	[Q_NEAR] = "SELECT " COLUMNS " FROM campaign WHERE coalesce(started_at, start_at) BETWEEN :from AND :to AND state <> 'cancelled' "
		   "ORDER BY coalesce(started_at, start_at), id LIMIT :limit",
	[Q_WATCHED] = "SELECT " COLUMNS " FROM campaign WHERE (state IN ('scheduled', 'sending', 'paused', 'held') "
		      "AND (state = 'sending' OR (state = 'held' AND alarms & 4 = 0))) "
		      "OR (finished_at >= :ended AND state = 'done' AND alarms & 3 <> 3) "
		      "ORDER BY state = 'sending' DESC, state = 'held' DESC, finished_at DESC LIMIT :limit",
	[Q_ALARM] = "UPDATE campaign SET alarms = alarms | :alarms WHERE id = :id",
	[Q_SET_STATE] = "UPDATE campaign SET state = :state, reason = :reason, alarms = alarms & ~4, finished_at = CASE WHEN :state = 'cancelled' THEN :now END, "
			"start_at = CASE WHEN :state = 'scheduled' THEN max(start_at, :now) ELSE start_at END, "
			"deadline = CASE WHEN :state = 'sending' THEN max(deadline, :now + :grace) ELSE deadline END WHERE id = :id",
	[Q_NOT_BEFORE] = "UPDATE campaign SET start_at = max(start_at, :at) WHERE id = :id AND started_at IS NULL",
	[Q_HIDE] = "UPDATE campaign SET hidden = :hidden WHERE id = :id",
	[Q_START] = "UPDATE campaign SET state = 'sending', reason = '', started_at = :now, deadline = :deadline, "
		    "high_id = (SELECT coalesce(max(id), 0) FROM subscriber), "
		    "(planned, high_since) = (SELECT count(*), coalesce(max(u.since), 0) FROM subscription u "
		    "WHERE u.topic_id = campaign.topic_id AND u.state = 1) WHERE id = :id AND state = 'scheduled'",
	[Q_PLAN] = "UPDATE campaign SET planned = :planned WHERE id = :id",
	[Q_FINISH] = "UPDATE campaign SET state = 'done', finished_at = :now WHERE id = :id AND state = 'sending'",
	[Q_TALLY] = "UPDATE campaign SET accepted = accepted + :accepted, deferred = deferred + :deferred, refused = refused + :refused, "
		    "unknown = unknown + :unknown, skipped = skipped + :skipped WHERE id = :id",
	[Q_CURSOR] = "UPDATE campaign SET cursor = :cursor WHERE id = :id",
	[Q_EXTEND] = "UPDATE campaign SET deadline = max(deadline, :deadline) WHERE id = :id AND started_at IS NOT NULL",
	[Q_REOPEN] = "UPDATE campaign SET state = 'sending', reason = '', finished_at = NULL WHERE id = :id AND state = 'done' AND archived_at IS NULL",
	[Q_SET_ARCHIVED] = "UPDATE campaign SET archived_at = :now WHERE id = :id AND finished_at IS NOT NULL",
	[Q_TO_ARCHIVE] = "SELECT " COLUMNS " FROM campaign WHERE id > :after AND finished_at < :before AND started_at IS NOT NULL AND archived_at IS NULL "
			 "ORDER BY id LIMIT 1",
};
const struct db_module campaign_module = { "campaign", sql, Q_COUNT, MODULE_CAMPAIGN };

static const char *const names[CAMPAIGN_STATES] = { "scheduled", "sending", "paused", "held", "done", "cancelled" };

const char *
campaign_state_name(enum campaign_state state)
{
	return names[state];
}

bool
campaign_is_past(const struct campaign *c, int64_t now)
{
	return c->valid_until && now > c->valid_until;
}

static int
check_valid(const struct campaign *c, struct err *e)
{
	if (!campaign_is_past(c, clock_now()))
		return 0;
	return err_set(e, ERR_REFUSED, "campaign %lld is a promotion that is no longer valid: nobody is to get it any more",
	    (long long)c->id);
}

static void
fill(struct stmt *st, struct campaign *c)
{
	int i;

	memset(c, 0, sizeof(*c));
	c->id = stmt_col_int(st, 0);
	stmt_col_copy(st, 1, c->uuid, sizeof(c->uuid));
	stmt_col_copy(st, 2, c->kind, sizeof(c->kind));
	c->topic_id = stmt_col_int(st, 3);
	stmt_col_copy(st, 4, c->key, sizeof(c->key));
	stmt_col_copy(st, 5, c->subject, sizeof(c->subject));
	for (i = 0; i < CAMPAIGN_STATES; i++)
		if (strcmp(stmt_col_text(st, 6), names[i]) == 0)
			c->state = (enum campaign_state)i;
	stmt_col_copy(st, 7, c->reason, sizeof(c->reason));
	stmt_col_copy(st, 8, c->created_by, sizeof(c->created_by));
	c->created_at = stmt_col_int(st, 9);
	c->start_at = stmt_col_int(st, 10);
	c->valid_until = stmt_col_int(st, 11);
	c->started_at = stmt_col_int(st, 12);
	c->deadline = stmt_col_int(st, 13);
	c->finished_at = stmt_col_int(st, 14);
	c->high_id = stmt_col_int(st, 15);
	c->cursor = stmt_col_int(st, 16);
	c->planned = stmt_col_int(st, 17);
	c->accepted = stmt_col_int(st, 18);
	c->deferred = stmt_col_int(st, 19);
	c->refused = stmt_col_int(st, 20);
	c->unknown = stmt_col_int(st, 21);
	c->skipped = stmt_col_int(st, 22);
	c->archived_at = stmt_col_int(st, 23);
	c->alarms = (unsigned)stmt_col_int(st, 24);
	c->hidden = stmt_col_int(st, 25) != 0;
	stmt_col_copy(st, 26, c->segment, sizeof(c->segment));
	c->high_since = stmt_col_int(st, 27);
}

static int
one(struct stmt *st, struct campaign *out, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1) {
		fill(st, out);
		stmt_done(st);
	}
	return rc;
}

static int
many(struct stmt *st, struct campaign *out, size_t size, struct err *e)
{
	size_t n = 0;
	int rc = 0;

	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1)
		fill(st, &out[n++]);
	stmt_done(st);
	return rc == -1 ? -1 : (int)n;
}

int
campaign_create(struct db *db, struct campaign *c, struct err *e)
{
	struct stmt *st;
	struct campaign old;
	int rc;

	if (c->key[0]) {
		rc = campaign_by_key(db, c->key, &old, e);
		if (rc == -1)
			return -1;
		if (rc == 1)
			return err_set(e, ERR_EXISTS, "campaign %lld has the key \"%s\" already", (long long)old.id, c->key);
	}
	token_new(c->uuid);
	c->state = CAMPAIGN_SCHEDULED;
	c->created_at = clock_now();
	st = db_stmt(db, &campaign_module, Q_CREATE);
	stmt_text(st, ":uuid", c->uuid);
	stmt_text(st, ":kind", c->kind);
	stmt_int(st, ":topic", c->topic_id);
	stmt_text(st, ":key", c->key[0] ? c->key : NULL);
	stmt_text(st, ":subject", c->subject);
	stmt_int(st, ":now", c->created_at);
	stmt_text(st, ":by", c->created_by);
	stmt_int(st, ":start", c->start_at);
	stmt_int_or_null(st, ":valid_until", c->valid_until);
	stmt_int(st, ":planned", c->planned);
	stmt_int(st, ":hidden", c->hidden);
	stmt_text(st, ":segment", c->segment);
	if (stmt_run(st, e) == -1)
		return -1;
	c->id = db_insert_id(db);
	return 0;
}

int
campaign_get(struct db *db, int64_t id, struct campaign *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_GET);

	stmt_int(st, ":id", id);
	return one(st, out, e);
}

int
campaign_by_key(struct db *db, const char *key, struct campaign *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_BY_KEY);

	stmt_text(st, ":key", key);
	return one(st, out, e);
}

int
campaign_list(struct db *db, struct campaign *out, size_t size, struct err *e)
{
	return many(db_stmt(db, &campaign_module, Q_LIST), out, size, e);
}

int
campaign_open(struct db *db, struct campaign *out, size_t size, struct err *e)
{
	return many(db_stmt(db, &campaign_module, Q_OPEN), out, size, e);
}

int
campaign_near(struct db *db, int64_t from, int64_t to, struct campaign *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_NEAR);

	stmt_int(st, ":from", from);
	stmt_int(st, ":to", to);
	return many(st, out, size, e);
}

int
campaign_watched(struct db *db, int64_t ended, struct campaign *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_WATCHED);

	stmt_int(st, ":ended", ended);
	return many(st, out, size, e);
}

int
campaign_alarm(struct db *db, int64_t id, unsigned alarms, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_ALARM);

	stmt_int(st, ":id", id);
	stmt_int(st, ":alarms", alarms);
	return stmt_run(st, e);
}

int
campaign_hide(struct db *db, int64_t id, bool hidden, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_HIDE);

	stmt_int(st, ":id", id);
	stmt_int(st, ":hidden", hidden);
	return stmt_run(st, e);
}

/* The one way from state to state; `from` is a bit set of states that lead to `to`. */
static int
change(struct db *db, int64_t id, unsigned from, enum campaign_state to, const char *verb, const char *reason, struct err *e)
{
	struct campaign c;
	struct stmt *st;
	int rc = campaign_get(db, id, &c, e);

	if (rc == -1)
		return -1;
	if (rc != 1)
		return err_set(e, ERR_NOT_FOUND, "there is no campaign %lld; see `newsletter campaign list`", (long long)id);
	if (!(from & 1u << c.state))
		return err_set(e, ERR_REFUSED, "campaign %lld is %s: it cannot be %s", (long long)id, names[c.state], verb);
	if (to == CAMPAIGN_SENDING && check_valid(&c, e) == -1)
		return -1;
	if (to == CAMPAIGN_CANCELLED && !c.started_at && article_unannounce(db, id, e) == -1)
		return -1;
	if (to == CAMPAIGN_CANCELLED && approval_decide(db, id, APPROVAL_REJECTED, e) == -1)
		return -1;
	if (to == CAMPAIGN_SENDING && approval_decide(db, id, APPROVAL_APPROVED, e) == -1)
		return -1;
	if (to == CAMPAIGN_SENDING && !c.started_at)
		to = CAMPAIGN_SCHEDULED;
	st = db_stmt(db, &campaign_module, Q_SET_STATE);
	stmt_int(st, ":id", id);
	stmt_text(st, ":state", names[to]);
	stmt_text(st, ":reason", reason);
	stmt_int(st, ":now", clock_now());
	stmt_int(st, ":grace", RESUMED_GRACE);
	return stmt_run(st, e);
}

#define BIT(state) (1u << (state))

int
campaign_pause(struct db *db, int64_t id, const char *reason, struct err *e)
{
	return change(db, id, BIT(CAMPAIGN_SCHEDULED) | BIT(CAMPAIGN_SENDING), CAMPAIGN_PAUSED, "paused", reason, e);
}

int
campaign_hold(struct db *db, int64_t id, const char *reason, struct err *e)
{
	return change(db, id, BIT(CAMPAIGN_SCHEDULED) | BIT(CAMPAIGN_SENDING), CAMPAIGN_HELD, "held", reason, e);
}

int
campaign_resume(struct db *db, int64_t id, struct err *e)
{
	return change(db, id, BIT(CAMPAIGN_PAUSED) | BIT(CAMPAIGN_HELD), CAMPAIGN_SENDING, "resumed", "", e);
}

int
campaign_cancel(struct db *db, int64_t id, const char *reason, struct err *e)
{
	return change(db, id, BIT(CAMPAIGN_SCHEDULED) | BIT(CAMPAIGN_SENDING) | BIT(CAMPAIGN_PAUSED) | BIT(CAMPAIGN_HELD),
	    CAMPAIGN_CANCELLED, "cancelled", reason, e);
}

int
campaign_not_before(struct db *db, int64_t id, int64_t at, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_NOT_BEFORE);

	stmt_int(st, ":id", id);
	stmt_int(st, ":at", at);
	return stmt_run(st, e);
}

int
campaign_start(struct db *db, int64_t id, int64_t deadline, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_START);

	stmt_int(st, ":id", id);
	stmt_int(st, ":now", clock_now());
	stmt_int(st, ":deadline", deadline);
	if (stmt_run(st, e) == -1)
		return -1;
	if (!db_changes(db))
		return err_set(e, ERR_REFUSED, "campaign %lld is not scheduled: it cannot be started", (long long)id);
	return 0;
}

int
campaign_plan(struct db *db, int64_t id, int64_t planned, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_PLAN);

	stmt_int(st, ":id", id);
	stmt_int(st, ":planned", planned);
	return stmt_run(st, e);
}

int
campaign_finish(struct db *db, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_FINISH);

	stmt_int(st, ":id", id);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

int
campaign_tally(struct db *db, int64_t id, const struct campaign_tally *t, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_TALLY);

	stmt_int(st, ":id", id);
	stmt_int(st, ":accepted", t->accepted);
	stmt_int(st, ":deferred", t->deferred);
	stmt_int(st, ":refused", t->refused);
	stmt_int(st, ":unknown", t->unknown);
	stmt_int(st, ":skipped", t->skipped);
	return stmt_run(st, e);
}

int
campaign_move_cursor(struct db *db, int64_t id, int64_t cursor, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_CURSOR);

	stmt_int(st, ":id", id);
	stmt_int(st, ":cursor", cursor);
	return stmt_run(st, e);
}

int
campaign_extend(struct db *db, int64_t id, int64_t deadline, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_EXTEND);

	stmt_int(st, ":id", id);
	stmt_int(st, ":deadline", deadline);
	return stmt_run(st, e);
}

int
campaign_can_reopen(const struct campaign *c, struct err *e)
{
	long long id = (long long)c->id;

	if (!c->started_at)
		return err_set(e, ERR_REFUSED, "campaign %lld has not started: there is nothing to retry", id);
	if (c->state == CAMPAIGN_CANCELLED)
		return err_set(e, ERR_REFUSED, "campaign %lld is cancelled: nobody gets it any more", id);
	if (c->archived_at)
		return err_set(e, ERR_REFUSED, "campaign %lld is archived: why its messages failed is not known any more", id);
	return check_valid(c, e);
}

int
campaign_reopen(struct db *db, const struct campaign *c, int64_t deadline, struct err *e)
{
	struct stmt *st;

	if (campaign_can_reopen(c, e) == -1)
		return -1;
	if (c->state == CAMPAIGN_DONE) {
		st = db_stmt(db, &campaign_module, Q_REOPEN);
		stmt_int(st, ":id", c->id);
		if (stmt_run(st, e) == -1)
			return -1;
	}
	return campaign_extend(db, c->id, deadline, e);
}

int
campaign_set_archived(struct db *db, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_SET_ARCHIVED);

	stmt_int(st, ":id", id);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

int
campaign_to_archive(struct db *db, int64_t before, int64_t after, struct campaign *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_module, Q_TO_ARCHIVE);

	stmt_int(st, ":before", before);
	stmt_int(st, ":after", after);
	return one(st, out, e);
}
