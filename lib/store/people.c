/* people.c - see people.h. */
#include "store/people.h"

#include <string.h>

#include "base/err.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_NEXT,
	Q_STATES,
	Q_CONSENTS,
	Q_WORDINGS,
	Q_SUPPRESSIONS,
	Q_INSERT,
	Q_SET_STATE,
	Q_EVIDENCE,
	Q_HAS_EVIDENCE,
	Q_PUT_WORDING,
	Q_SUPPRESS,
	Q_CAME_BACK,
	Q_COUNT
};

/* Which suppression is stronger: the order of enum suppression_reason. */
#define STRENGTH(reason) "CASE " reason " WHEN 'left' THEN 0 WHEN 'erased' THEN 1 WHEN 'hard' THEN 2 WHEN 'complaint' THEN 3 ELSE 4 END"

static const char *const sql[] = {
	[Q_NEXT] = "SELECT s.id, s.address, s.address_key, s.name, s.language, s.created_at, s.bounce_score, s.bounce_first_at, s.bounce_last_at, "
		   "x.reason, x.since, x.source, x.address_hmac FROM subscriber s LEFT JOIN suppression x ON x.address_hmac = s.address_hmac "
		   "WHERE s.id > :after ORDER BY s.id LIMIT :limit",
	[Q_STATES] = "SELECT subscriber_id, state, since FROM subscription WHERE topic_id = :topic AND subscriber_id BETWEEN :first AND :last "
		     "ORDER BY subscriber_id",
	[Q_CONSENTS] = "SELECT subscriber_id, topic_id, at, action, coalesce(ip, ''), source, form_hash, mail_hash FROM consent "
		       "WHERE subscriber_id BETWEEN :first AND :last ORDER BY subscriber_id, id",
	[Q_WORDINGS] = "SELECT hash, first_at, text FROM form_text ORDER BY hash",
	[Q_SUPPRESSIONS] = "SELECT address_hmac, reason, since, source FROM suppression ORDER BY address_hmac",
	[Q_INSERT] = "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at, bounce_score, bounce_first_at, "
		     "bounce_last_at) VALUES (:address, :key, :hmac, :name, :language, :created, :score, :first, :last)",
	[Q_SET_STATE] = "INSERT INTO subscription (topic_id, subscriber_id, state, since) VALUES (:topic, :subscriber, :state, :since) "
			"ON CONFLICT DO UPDATE SET state = excluded.state, since = excluded.since",
	[Q_EVIDENCE] = "INSERT INTO consent (subscriber_id, topic_id, action, at, ip, form_hash, mail_hash, source) "
		       "SELECT :subscriber, :topic, :action, :at, :ip, :form, :mail, :source WHERE :all OR NOT EXISTS (SELECT 1 FROM consent WHERE "
		       "subscriber_id = :subscriber AND topic_id = :topic AND action = :action AND at = :at AND form_hash IS :form AND "
		       "mail_hash IS :mail AND source = :source)",
	[Q_HAS_EVIDENCE] = "SELECT 1 FROM consent WHERE subscriber_id = :subscriber AND topic_id = :topic LIMIT 1",
	[Q_PUT_WORDING] = "INSERT INTO form_text (hash, text, first_at) VALUES (:hash, :text, :first) ON CONFLICT DO NOTHING",
	[Q_SUPPRESS] = "INSERT INTO suppression (address_hmac, reason, since, source) VALUES (:hmac, :reason, :since, :source) "
		       "ON CONFLICT DO UPDATE SET reason = excluded.reason, since = excluded.since, source = excluded.source "
		       "WHERE " STRENGTH("excluded.reason") " > " STRENGTH("suppression.reason"),
	[Q_CAME_BACK] = "SELECT 1 FROM subscription WHERE subscriber_id = :subscriber AND state = 1 AND since > :since LIMIT 1",
};
const struct db_module people_module = { "people", sql, Q_COUNT, MODULE_PEOPLE };

static void
fill(struct stmt *st, struct people_one *p)
{
	p->who.id = stmt_col_int(st, 0);
	stmt_col_copy(st, 1, p->who.address, sizeof(p->who.address));
	stmt_col_copy(st, 2, p->who.key, sizeof(p->who.key));
	stmt_col_copy(st, 3, p->who.name, sizeof(p->who.name));
	stmt_col_copy(st, 4, p->who.language, sizeof(p->who.language));
	p->who.created_at = stmt_col_int(st, 5);
	p->bounce_score = stmt_col_int(st, 6);
	p->bounce_first_at = stmt_col_int(st, 7);
	p->bounce_last_at = stmt_col_int(st, 8);
	p->suppressed.is = !stmt_col_null(st, 9);
	if (!p->suppressed.is)
		return;
	p->suppressed.reason = (enum suppression_reason)suppression_parse(stmt_col_text(st, 9));
	p->suppressed.since = stmt_col_int(st, 10);
	stmt_col_copy(st, 11, p->suppressed.source, sizeof(p->suppressed.source));
	stmt_col_octets(st, 12, p->suppressed.hmac, SUPPRESSION_HMAC);
}

/* Both go up by id, so one pass over the window is enough. */
static int
read_states(struct db *db, int64_t topic_id, const struct people *people, struct people_state *of, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_STATES);
	size_t i = 0, k;
	int64_t id;
	int rc;

	for (k = 0; k < people->count; k++)
		of[k].state = -1;
	stmt_int(st, ":topic", topic_id);
	stmt_int(st, ":first", people->one[0].who.id);
	stmt_int(st, ":last", people->one[people->count - 1].who.id);
	while ((rc = stmt_step(st, e)) == 1) {
		id = stmt_col_int(st, 0);
		while (i < people->count && people->one[i].who.id < id)
			i++;
		if (i == people->count || people->one[i].who.id != id)
			continue;
		of[i].state = (int8_t)stmt_col_int(st, 1);
		of[i].since = stmt_col_int(st, 2);
	}
	return rc;
}

int
people_next(struct db *db, const struct topic_list *topics, int64_t after, struct people *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_NEXT);
	size_t t;
	int rc;

	out->count = 0;
	stmt_int(st, ":after", after);
	stmt_int(st, ":limit", PEOPLE_WINDOW);
	while ((rc = stmt_step(st, e)) == 1)
		fill(st, &out->one[out->count++]);
	for (t = 0; rc == 0 && out->count && t < topics->count; t++)
		rc = read_states(db, topics->item[t].id, out, out->of[t], e);
	return rc;
}

static const uint8_t *
hash_at(struct stmt *st, int column)
{
	size_t n;
	const void *hash = stmt_col_blob(st, column, &n);

	return n == CONSENT_HASH ? hash : NULL;
}

int
people_consents(struct db *db, int64_t first, int64_t last,
    int (*each)(void *ctx, const struct people_consent *c, struct err *e), void *ctx, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_CONSENTS);
	struct people_consent c;
	int rc;

	stmt_int(st, ":first", first);
	stmt_int(st, ":last", last);
	while ((rc = stmt_step(st, e)) == 1) {
		c.subscriber_id = stmt_col_int(st, 0);
		c.topic_id = stmt_col_int(st, 1);
		c.at = stmt_col_int(st, 2);
		c.action = stmt_col_text(st, 3);
		c.ip = stmt_col_text(st, 4);
		c.source = stmt_col_text(st, 5);
		c.form_hash = hash_at(st, 6);
		c.mail_hash = hash_at(st, 7);
		if (each(ctx, &c, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}

int
people_wordings(struct db *db, int (*each)(void *ctx, const uint8_t *hash, int64_t first_at, const char *text, struct err *e), void *ctx,
    struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_WORDINGS);
	const uint8_t *hash;
	int rc;

	while ((rc = stmt_step(st, e)) == 1) {
		hash = hash_at(st, 0);
		if (hash && each(ctx, hash, stmt_col_int(st, 1), stmt_col_text(st, 2), e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}

int
people_suppressions(struct db *db, int (*each)(void *ctx, const struct people_suppressed *s, struct err *e), void *ctx, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_SUPPRESSIONS);
	struct people_suppressed s = { .is = true };
	int rc;

	while ((rc = stmt_step(st, e)) == 1) {
		stmt_col_octets(st, 0, s.hmac, SUPPRESSION_HMAC);
		s.reason = (enum suppression_reason)suppression_parse(stmt_col_text(st, 1));
		s.since = stmt_col_int(st, 2);
		stmt_col_copy(st, 3, s.source, sizeof(s.source));
		if (each(ctx, &s, e) == -1) {
			stmt_done(st);
			return -1;
		}
	}
	return rc;
}

int
people_insert(struct db *db, struct people_one *p, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_INSERT);
	uint8_t hmac[SUPPRESSION_HMAC];

	suppression_hmac(db, p->who.key, hmac);
	stmt_text(st, ":address", p->who.address);
	stmt_text(st, ":key", p->who.key);
	stmt_blob(st, ":hmac", hmac, sizeof(hmac));
	stmt_text(st, ":name", p->who.name);
	stmt_text(st, ":language", p->who.language);
	stmt_int(st, ":created", p->who.created_at);
	stmt_int(st, ":score", p->bounce_score);
	stmt_int_or_null(st, ":first", p->bounce_first_at);
	stmt_int_or_null(st, ":last", p->bounce_last_at);
	if (stmt_run(st, e) == -1)
		return -1;
	p->who.id = db_insert_id(db);
	return 0;
}

int
people_set_state(struct db *db, int64_t subscriber_id, int64_t topic_id, enum subscription_state state, int64_t since, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_SET_STATE);

	stmt_int(st, ":topic", topic_id);
	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":state", state);
	stmt_int(st, ":since", since);
	return stmt_run(st, e);
}

int
people_evidence(struct db *db, const struct people_consent *c, bool all, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_EVIDENCE);

	stmt_int(st, ":subscriber", c->subscriber_id);
	stmt_int(st, ":topic", c->topic_id);
	stmt_text(st, ":action", c->action);
	stmt_int(st, ":at", c->at);
	stmt_int(st, ":all", all);
	stmt_text(st, ":ip", c->ip[0] ? c->ip : NULL);
	stmt_blob(st, ":form", c->form_hash, CONSENT_HASH);
	stmt_blob(st, ":mail", c->mail_hash, CONSENT_HASH);
	stmt_text(st, ":source", c->source);
	return stmt_run(st, e) == -1 ? -1 : db_changes(db) > 0;
}

/* One that gives a row or none. */
static int
exists(struct stmt *st, struct err *e)
{
	int rc = stmt_step(st, e);

	if (rc == 1)
		stmt_done(st);
	return rc;
}

int
people_has_evidence(struct db *db, int64_t subscriber_id, int64_t topic_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_HAS_EVIDENCE);

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":topic", topic_id);
	return exists(st, e);
}

int
people_put_wording(struct db *db, const uint8_t hash[CONSENT_HASH], int64_t first_at, const char *text, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_PUT_WORDING);

	stmt_blob(st, ":hash", hash, CONSENT_HASH);
	stmt_text(st, ":text", text);
	stmt_int(st, ":first", first_at);
	return stmt_run(st, e) == -1 ? -1 : db_changes(db) > 0;
}

int
people_suppress(struct db *db, const struct people_suppressed *s, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_SUPPRESS);

	stmt_blob(st, ":hmac", s->hmac, sizeof(s->hmac));
	stmt_text(st, ":reason", suppression_name(s->reason));
	stmt_int(st, ":since", s->since);
	stmt_text(st, ":source", s->source);
	return stmt_run(st, e) == -1 ? -1 : db_changes(db) > 0;
}

int
people_came_back(struct db *db, int64_t subscriber_id, int64_t since, struct err *e)
{
	struct stmt *st = db_stmt(db, &people_module, Q_CAME_BACK);

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":since", since);
	return exists(st, e);
}
