/* event.c - see event.h. */
#include "store/event.h"

#include "base/clock.h"
#include "store/counter.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_ADD,
	Q_FIND,
	Q_COUNT_KIND,
	Q_DELETE_OLD,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_ADD] = ("INSERT INTO event (kind, at, subscriber_id, topic_id, campaign_id, class, code, enhanced, text, rule, trusted) "
		   "VALUES (:kind, :now, :subscriber, :topic, :campaign, :class, :code, :enhanced, :text, :rule, :trusted)"),
	[Q_FIND] = "SELECT class FROM event WHERE subscriber_id = :subscriber AND campaign_id = :campaign AND kind = :kind "
		   "ORDER BY class <> 'hard' LIMIT 1",
	[Q_COUNT_KIND] = "SELECT count(DISTINCT subscriber_id) + coalesce(sum(subscriber_id IS NULL), 0) FROM event "
			 "WHERE campaign_id = :campaign AND kind = :kind",
	[Q_DELETE_OLD] = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < :before LIMIT :limit)",
};
const struct db_module event_module = { "event", sql, Q_COUNT, MODULE_EVENT };

int
event_add(struct db *db, const struct event *event, struct err *e)
{
	struct stmt *st = db_stmt(db, &event_module, Q_ADD);

	stmt_text(st, ":kind", event->kind);
	stmt_int(st, ":now", clock_now());
	stmt_int_or_null(st, ":subscriber", event->subscriber_id);
	stmt_int_or_null(st, ":topic", event->topic_id);
	stmt_int_or_null(st, ":campaign", event->campaign_id);
	stmt_text(st, ":class", event->class);
	stmt_int_or_null(st, ":code", event->code);
	stmt_text(st, ":enhanced", event->enhanced);
	stmt_text(st, ":text", event->text);
	stmt_text(st, ":rule", event->rule);
	stmt_int(st, ":trusted", !event->doubted);
	if (stmt_run(st, e) == -1)
		return -1;
	return counter_add_to(db, 1, e, "events", event->kind, event->doubted ? "doubted" : event->class, COUNTER_END);
}

int
event_find(struct db *db, const char *kind, int64_t campaign_id, int64_t subscriber_id, char class[EVENT_CLASS], struct err *e)
{
	struct stmt *st = db_stmt(db, &event_module, Q_FIND);
	int rc;

	stmt_text(st, ":kind", kind);
	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":subscriber", subscriber_id);
	rc = stmt_step(st, e);
	if (rc == 1)
		stmt_col_copy(st, 0, class, EVENT_CLASS);
	stmt_done(st);
	return rc;
}

int
event_count(struct db *db, int64_t campaign_id, const char *kind, int64_t *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &event_module, Q_COUNT_KIND);

	stmt_int(st, ":campaign", campaign_id);
	stmt_text(st, ":kind", kind);
	return stmt_one_int(st, out, e) == 1 ? 0 : -1;
}

int
event_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &event_module, Q_DELETE_OLD);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}
