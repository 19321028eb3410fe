/* consent.c - see consent.h. */
#include "store/consent.h"

#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_WORDING,
	Q_HAS_WORDING,
	Q_ADD,
	Q_LAST,
	Q_BEFORE_LAST,
	Q_REQUESTED,
	Q_REQUESTED_FROM,
	Q_EACH,
	Q_DROP_IPS,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_WORDING] = "INSERT INTO form_text (hash, text, first_at) VALUES (:hash, :text, :now) ON CONFLICT DO NOTHING",
	[Q_HAS_WORDING] = "SELECT 1 FROM form_text WHERE hash = :hash",
	[Q_ADD] = "INSERT INTO consent (subscriber_id, topic_id, action, at, ip, form_hash, mail_hash, source) "
		  "VALUES (:subscriber, :topic, :action, :now, :ip, :form, :mail, :source)",
	[Q_LAST] = "SELECT action, at FROM consent WHERE subscriber_id = :subscriber AND topic_id = :topic AND action <> 'requested' "
		   "ORDER BY id DESC LIMIT 1",
	[Q_BEFORE_LAST] = "SELECT action FROM consent WHERE subscriber_id = :subscriber AND topic_id = :topic ORDER BY id DESC LIMIT 1 OFFSET 1",
	[Q_REQUESTED] = "SELECT form_hash, mail_hash FROM consent WHERE subscriber_id = :subscriber AND topic_id = :topic AND action = 'requested' "
			"ORDER BY id DESC LIMIT 1",
	[Q_REQUESTED_FROM] = "SELECT 1 FROM consent WHERE subscriber_id = :subscriber AND action = 'requested' AND ip = :ip AND at >= :since LIMIT 1",
	[Q_EACH] = "SELECT c.at, t.slug, c.action, c.source, coalesce(c.ip, ''), coalesce(f.text, ''), coalesce(m.text, ''), "
		   "lower(hex(c.form_hash)), lower(hex(c.mail_hash)) FROM consent c "
		   "JOIN topic t ON t.id = c.topic_id LEFT JOIN form_text f ON f.hash = c.form_hash LEFT JOIN form_text m ON m.hash = c.mail_hash "
		   "WHERE c.subscriber_id = :subscriber ORDER BY c.id",
	[Q_DROP_IPS] = "UPDATE consent SET ip = NULL WHERE id IN (SELECT id FROM consent WHERE ip IS NOT NULL AND at < :before LIMIT :limit)",
};
const struct db_module consent_module = { "consent", sql, Q_COUNT, MODULE_CONSENT };

int
consent_wording(struct db *db, const char *text, uint8_t hash[CONSENT_HASH], struct err *e)
{
	struct stmt *st = db_stmt(db, &consent_module, Q_WORDING);

	sha256(hash, text, strlen(text));
	stmt_blob(st, ":hash", hash, CONSENT_HASH);
	stmt_text(st, ":text", text);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

int
consent_has_wording(struct db *db, const uint8_t hash[CONSENT_HASH], struct err *e)
{
	struct stmt *st = db_stmt(db, &consent_module, Q_HAS_WORDING);
	int rc;

	stmt_blob(st, ":hash", hash, CONSENT_HASH);
	rc = stmt_step(st, e);
	if (rc == 1)
		stmt_done(st);
	return rc;
}

int
consent_add(struct db *db, int64_t subscriber_id, int64_t topic_id, const char *action, const struct evidence *evidence, struct err *e)
{
	struct stmt *st = db_stmt(db, &consent_module, Q_ADD);

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":topic", topic_id);
	stmt_text(st, ":action", action);
	stmt_int(st, ":now", evidence->at ? evidence->at : clock_now());
	stmt_text(st, ":ip", evidence->ip && evidence->ip[0] ? evidence->ip : NULL);
	stmt_blob(st, ":form", evidence->form_hash, CONSENT_HASH);
	stmt_blob(st, ":mail", evidence->mail_hash, CONSENT_HASH);
	stmt_text(st, ":source", evidence->source);
	return stmt_run(st, e);
}

/* One row's action and, unless at is NULL, its time: 1, 0, -1. */
static int
one_action(struct stmt *st, int64_t subscriber_id, int64_t topic_id, char action[16], int64_t *at, struct err *e)
{
	int rc;

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":topic", topic_id);
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	stmt_col_copy(st, 0, action, 16);
	if (at)
		*at = stmt_col_int(st, 1);
	stmt_done(st);
	return 1;
}

int
consent_last(struct db *db, int64_t subscriber_id, int64_t topic_id, char action[16], int64_t *at, struct err *e)
{
	return one_action(db_stmt(db, &consent_module, Q_LAST), subscriber_id, topic_id, action, at, e);
}

int
consent_before_last(struct db *db, int64_t subscriber_id, int64_t topic_id, char action[16], struct err *e)
{
	return one_action(db_stmt(db, &consent_module, Q_BEFORE_LAST), subscriber_id, topic_id, action, NULL, e);
}

static bool
take_hash(struct stmt *st, int column, uint8_t out[CONSENT_HASH])
{
	const void *hash;
	size_t n;

	hash = stmt_col_blob(st, column, &n);
	if (n != CONSENT_HASH)
		return false;
	memcpy(out, hash, n);
	return true;
}

int
consent_requested(struct db *db, int64_t subscriber_id, int64_t topic_id, struct consent_asked *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &consent_module, Q_REQUESTED);
	int rc;

	memset(out, 0, sizeof(*out));
	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":topic", topic_id);
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	out->has_form = take_hash(st, 0, out->form_hash);
	out->has_mail = take_hash(st, 1, out->mail_hash);
	stmt_done(st);
	return 1;
}

int
consent_requested_from(struct db *db, int64_t subscriber_id, const char *ip, int64_t since, struct err *e)
{
	struct stmt *st = db_stmt(db, &consent_module, Q_REQUESTED_FROM);
	int64_t found;

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":ip", ip);
	stmt_int(st, ":since", since);
	return stmt_one_int(st, &found, e);
}

int
consent_each(struct db *db, int64_t subscriber_id, int (*each)(void *ctx, const struct consent *c, struct err *e), void *ctx, struct err *e)
{
	struct stmt *st = db_stmt(db, &consent_module, Q_EACH);
	struct consent c;
	int rc;

	stmt_int(st, ":subscriber", subscriber_id);
	while ((rc = stmt_step(st, e)) == 1) {
		c.at = stmt_col_int(st, 0);
		stmt_col_copy(st, 1, c.topic, sizeof(c.topic));
		stmt_col_copy(st, 2, c.action, sizeof(c.action));
		stmt_col_copy(st, 3, c.source, sizeof(c.source));
		stmt_col_copy(st, 4, c.ip, sizeof(c.ip));
		stmt_col_copy(st, 5, c.form, sizeof(c.form));
		stmt_col_copy(st, 6, c.mail, sizeof(c.mail));
		stmt_col_copy(st, 7, c.form_hash, sizeof(c.form_hash));
		stmt_col_copy(st, 8, c.mail_hash, sizeof(c.mail_hash));
		if (each(ctx, &c, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}

int
consent_drop_ips(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &consent_module, Q_DROP_IPS);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}
