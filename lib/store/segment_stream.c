/* segment_stream.c - the tables that a segment asks about, each read in the order of people's ids; see segment_private.h. */
#include "base/err.h"
#include "segment_private.h"
#include "store/modules.h"

#define STEPS 8 /* a jump through the tree costs about as much as so many steps to the next row */

enum {
	Q_PEOPLE,
	Q_TOPIC,
	Q_CAMPAIGN,
	Q_CHECK,
	Q_CHECK_ALL,
	Q_COUNT
};

#define TALLIED "accepted + deferred + refused + unknown + skipped"

static const char *const sql[] = {
	[Q_PEOPLE] = "SELECT id, address, address_key, name, language, created_at FROM subscriber WHERE id >= :from ORDER BY id",
	[Q_TOPIC] = "SELECT subscriber_id, state, since FROM subscription WHERE topic_id = :key AND subscriber_id >= :from ORDER BY subscriber_id",
	[Q_CAMPAIGN] = "SELECT subscriber_id, state FROM delivery WHERE campaign_id = :key AND subscriber_id >= :from ORDER BY subscriber_id",
	[Q_CHECK] = "SELECT " TALLIED " > 0 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.campaign_id = c.id) FROM campaign c WHERE c.id = :id",
	[Q_CHECK_ALL] = "SELECT " TALLIED " > (SELECT count(*) FROM delivery d WHERE d.campaign_id = c.id) FROM campaign c WHERE c.id = :id",
};
const struct db_module segment_module = { "segment", sql, Q_COUNT, MODULE_SEGMENT };

_Static_assert((int)Q_PEOPLE == SEGMENT_PEOPLE && (int)Q_TOPIC == SEGMENT_TOPIC && (int)Q_CAMPAIGN == SEGMENT_CAMPAIGN,
    "each table has its statement");

static int
step(struct segment_stream *stream, struct err *e)
{
	int rc = stmt_step(stream->st, e);

	stream->at = rc == 1 ? stmt_col_int(stream->st, 0) : SEGMENT_END;
	return rc;
}

static int
jump(struct segment_stream *stream, int64_t id, struct err *e)
{
	stmt_done(stream->st);
	stmt_int(stream->st, ":from", id);
	return step(stream, e);
}

int
segment_stream_seek(struct segment_stream *stream, struct db *db, enum segment_table table, int64_t key, int64_t id, struct err *e)
{
	int i, rc = 0;

	if (!stream->st) {
		stream->st = stmt_new(db, &segment_module, (int)table);
		stmt_int(stream->st, ":key", key);
		rc = jump(stream, id, e);
	} else {
		for (i = 0; rc != -1 && stream->at < id && i < STEPS; i++)
			rc = step(stream, e);
		if (rc != -1 && stream->at < id)
			rc = jump(stream, id, e);
	}
	return rc == -1 ? -1 : stream->at == id;
}

void
segment_stream_release(struct segment_stream *stream)
{
	stmt_free(stream->st);
	*stream = (struct segment_stream){ 0 };
}

int
segment_campaign_check(struct db *db, int64_t id, bool whole, struct err *e)
{
	struct stmt *st = db_stmt(db, &segment_module, whole ? Q_CHECK_ALL : Q_CHECK);
	int64_t deleted = 0;
	int rc;

	stmt_int(st, ":id", id);
	rc = stmt_one_int(st, &deleted, e);
	if (rc == 0)
		return err_set(e, ERR_USAGE, "there is no campaign %lld; see `newsletter campaign list`", (long long)id);
	if (rc == 1 && deleted)
		return err_set(e, ERR_USAGE, "who got campaign %lld is not known any more: its ledger was deleted after its time",
		    (long long)id);
	return rc == -1 ? -1 : 0;
}
