/* bounce.c - see bounce.h. */
#include "store/bounce.h"

#include "base/clock.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/modules.h"
#include "store/outbox.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/suppression.h"

enum {
	Q_SCORE,
	Q_SET_SCORE,
	Q_SUCCESS,
	Q_COUNT
};

#define ARRIVED \
	"JOIN delivery d ON d.campaign_id = c.id AND d.subscriber_id = :subscriber AND d.state = 1 AND d.at > :since AND d.at <= :until " \
	"AND NOT EXISTS (SELECT 1 FROM event e WHERE e.subscriber_id = :subscriber AND e.campaign_id = c.id AND e.kind = 'bounce') "

static const char *const sql[] = {
	[Q_SCORE] = "SELECT bounce_score, coalesce(bounce_first_at, 0), coalesce(bounce_last_at, 0) FROM subscriber WHERE id = :subscriber",
	[Q_SET_SCORE] = "UPDATE subscriber SET bounce_score = :score, bounce_first_at = :first, bounce_last_at = :last WHERE id = :subscriber",
	/* by the indexes campaign_finished and campaign_open: not every campaign there ever was */
	[Q_SUCCESS] = "SELECT 1 FROM campaign c " ARRIVED "WHERE c.finished_at IS NOT NULL AND c.finished_at > :since AND c.id <> :campaign "
		      "UNION ALL SELECT 1 FROM campaign c " ARRIVED "WHERE c.state IN ('scheduled', 'sending', 'paused', 'held') AND c.id <> :campaign "
		      "LIMIT 1",
};
const struct db_module bounce_module = { "bounce", sql, Q_COUNT, MODULE_BOUNCE };

struct score {
	int64_t points, first_at, last_at;
};

/* 1 and *out, 0 when there is no such subscriber, -1. */
static int
score_get(struct db *db, int64_t subscriber_id, struct score *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &bounce_module, Q_SCORE);
	int rc;

	stmt_int(st, ":subscriber", subscriber_id);
	rc = stmt_step(st, e);
	if (rc == 1) {
		out->points = stmt_col_int(st, 0);
		out->first_at = stmt_col_int(st, 1);
		out->last_at = stmt_col_int(st, 2);
	}
	stmt_done(st);
	return rc;
}

static int
score_set(struct db *db, int64_t subscriber_id, const struct score *s, struct err *e)
{
	struct stmt *st = db_stmt(db, &bounce_module, Q_SET_SCORE);

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":score", s->points);
	stmt_int_or_null(st, ":first", s->first_at);
	stmt_int_or_null(st, ":last", s->last_at);
	return stmt_run(st, e);
}

/* Whether a mailing but this one reached them since the last point: 1, 0, -1. */
static int
was_reached(struct db *db, int64_t subscriber_id, int64_t campaign_id, int64_t since, int64_t now, struct err *e)
{
	struct stmt *st = db_stmt(db, &bounce_module, Q_SUCCESS);
	int64_t yes;

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":since", since);
	stmt_int(st, ":until", now - BOUNCE_ANSWER);
	return stmt_one_int(st, &yes, e);
}

/* End every topic, suppress the address; the score is of no use any more, and whoever comes back begins without it. */
static int
end_address(struct db *db, int64_t subscriber_id, enum subscription_state state, enum suppression_reason reason, const char *source,
    struct err *e)
{
	struct evidence evidence = { .source = source };
	struct score none = { 0 };
	struct subscriber who;
	int rc = subscriber_get(db, subscriber_id, &who, e);

	if (rc != 1)
		return rc;
	if (subscription_end(db, who.id, state, &evidence, e) == -1 || score_set(db, who.id, &none, e) == -1)
		return -1;
	return suppression_add(db, who.key, reason, source, e);
}

int
bounce_hard(struct db *db, int64_t subscriber_id, const char *source, struct err *e)
{
	return end_address(db, subscriber_id, SUB_BOUNCED, SUPPRESSED_HARD, source, e);
}

int
bounce_soft(struct db *db, int64_t subscriber_id, int64_t campaign_id, const char *source, struct err *e)
{
	int64_t now = clock_now();
	struct score s;
	int rc = score_get(db, subscriber_id, &s, e);

	if (rc != 1)
		return rc;
	if (s.points > 0 && s.last_at > now) {
		/* the clock was set back: the last point is of today, and what came before it cannot be later */
		s.last_at = now;
		s.first_at = s.first_at < now ? s.first_at : now;
		return score_set(db, subscriber_id, &s, e);
	}
	if (s.points > 0 && s.last_at / BOUNCE_DAY == now / BOUNCE_DAY)
		return 0;
	rc = s.points > 0 ? was_reached(db, subscriber_id, campaign_id, s.last_at, now, e) : 0;
	if (rc == -1)
		return -1;
	if (rc == 1 || s.points <= 0)
		s = (struct score){ .first_at = now };
	s.points++;
	s.last_at = now;
	if (s.points < BOUNCE_POINTS || now - s.first_at < BOUNCE_SPAN)
		return score_set(db, subscriber_id, &s, e);
	return bounce_hard(db, subscriber_id, source, e) == -1 ? -1 : 1;
}

int
bounce_complaint(struct db *db, int64_t subscriber_id, const char *source, struct err *e)
{
	static const char *const waits[] = { "confirm", "already", "my-data", "welcome" };
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (outbox_withdraw(db, subscriber_id, waits[i], e) == -1)
			return -1;
	return end_address(db, subscriber_id, SUB_COMPLAINED, SUPPRESSED_COMPLAINT, source, e);
}
