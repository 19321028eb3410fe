/* subscriber.c - see subscriber.h. */
#include "store/subscriber.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/name.h"
#include "store/db.h"
#include "store/modules.h"
#include "store/suppression.h"

enum {
	Q_FIND,
	Q_GET,
	Q_INSERT,
	Q_SET_NAME,
	Q_SET_LANGUAGE,
	Q_DELETE,
	Q_COUNT_ALL,
	Q_DELETE_UNCONFIRMED,
	Q_COUNT
};

#define COLUMNS "s.id, s.address, s.address_key, s.name, s.language, s.created_at"

static const char *const sql[] = {
	[Q_FIND] = "SELECT " COLUMNS " FROM subscriber s WHERE s.address_key = :key",
	[Q_GET] = "SELECT " COLUMNS " FROM subscriber s WHERE s.id = :id",
	[Q_INSERT] = "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) "
		     "VALUES (:address, :key, :hmac, :name, :language, :now) ON CONFLICT (address_key) DO NOTHING",
	[Q_SET_NAME] = "UPDATE subscriber SET name = :name WHERE id = :id",
	[Q_SET_LANGUAGE] = "UPDATE subscriber SET language = :language WHERE id = :id",
	[Q_DELETE] = "DELETE FROM subscriber WHERE id = :id",
	/* listing everybody reads the whole table on purpose */
	[Q_COUNT_ALL] = "SELECT count(*) FROM subscriber",
	[Q_DELETE_UNCONFIRMED] = "DELETE FROM subscriber WHERE id IN (SELECT u.subscriber_id FROM subscription u WHERE u.state = 0 AND u.since < :before "
				 "AND NOT EXISTS (SELECT 1 FROM subscription v WHERE v.subscriber_id = u.subscriber_id AND "
				 "(v.state <> 0 OR v.since >= :before)) AND NOT EXISTS (SELECT 1 FROM consent c "
				 "WHERE c.subscriber_id = u.subscriber_id AND c.action IN ('left', 'bounced', 'complained')) LIMIT :limit)",
};
const struct db_module subscriber_module = { "subscriber", sql, Q_COUNT, MODULE_SUBSCRIBER };

_Static_assert(SUBSCRIBER_NAME == NAME_BYTES + 1, "every name that is taken fits");

int
subscriber_check_name(const char *name, struct err *e)
{
	return name_check(name, e);
}

static void
fill(struct stmt *st, struct subscriber *s)
{
	s->id = stmt_col_int(st, 0);
	stmt_col_copy(st, 1, s->address, sizeof(s->address));
	stmt_col_copy(st, 2, s->key, sizeof(s->key));
	stmt_col_copy(st, 3, s->name, sizeof(s->name));
	stmt_col_copy(st, 4, s->language, sizeof(s->language));
	s->created_at = stmt_col_int(st, 5);
}

static int
one(struct stmt *st, struct subscriber *out, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1) {
		fill(st, out);
		stmt_done(st);
	}
	return rc;
}

int
subscriber_find(struct db *db, const char *key, struct subscriber *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscriber_module, Q_FIND);

	stmt_text(st, ":key", key);
	return one(st, out, e);
}

int
subscriber_get(struct db *db, int64_t id, struct subscriber *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscriber_module, Q_GET);

	stmt_int(st, ":id", id);
	return one(st, out, e);
}

int
subscriber_put(struct db *db, struct subscriber *s, bool *created, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscriber_module, Q_INSERT);
	uint8_t hmac[SUPPRESSION_HMAC];

	suppression_hmac(db, s->key, hmac);
	stmt_text(st, ":address", s->address);
	stmt_text(st, ":key", s->key);
	stmt_blob(st, ":hmac", hmac, sizeof(hmac));
	stmt_text(st, ":name", s->name);
	stmt_text(st, ":language", s->language);
	stmt_int(st, ":now", s->created_at = clock_now());
	if (stmt_run(st, e) == -1)
		return -1;
	*created = db_changes(db) == 1;
	if (*created) {
		s->id = db_insert_id(db);
		return 0;
	}
	return subscriber_find(db, s->key, s, e) == 1 ? 0 : -1;
}

int
subscriber_set_name(struct db *db, int64_t id, const char *name, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscriber_module, Q_SET_NAME);

	stmt_int(st, ":id", id);
	stmt_text(st, ":name", name);
	return stmt_run(st, e);
}

int
subscriber_set_language(struct db *db, int64_t id, const char *language, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscriber_module, Q_SET_LANGUAGE);

	stmt_int(st, ":id", id);
	stmt_text(st, ":language", language);
	return stmt_run(st, e);
}

int
subscriber_delete(struct db *db, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscriber_module, Q_DELETE);

	stmt_int(st, ":id", id);
	return stmt_run(st, e);
}

int
subscriber_count(struct db *db, int64_t *out, struct err *e)
{
	return stmt_one_int(db_stmt(db, &subscriber_module, Q_COUNT_ALL), out, e) == 1 ? 0 : -1;
}

int
subscriber_delete_unconfirmed(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &subscriber_module, Q_DELETE_UNCONFIRMED);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}
