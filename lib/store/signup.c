/* signup.c - see signup.h. */
#include "store/signup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"
#include "store/signup_line.h"

enum {
	Q_APPEND,
	Q_NEXT,
	Q_AFTER,
	Q_DELETE,
	Q_WAITS,
	Q_LAST_ASKED,
	Q_SOONER,
	QUERIES
};

#define COLUMNS \
	"id, kind, address, address_key, name, topics, language, ip, weight, form_hash, received_at, held_by, " \
	"line, network, place, held_at"

static const char *const sql[] = {
	[Q_APPEND] = ("INSERT INTO signup_request "
		      "(kind, address, address_key, name, topics, language, ip, weight, form_hash, received_at, next_at) "
		      "VALUES (:kind, :address, :key, :name, :topics, :language, :ip, :weight, :form, :received, :received)"),
	[Q_NEXT] = "SELECT " COLUMNS " FROM signup_request WHERE next_at <= :now ORDER BY next_at, id LIMIT 1",
	[Q_AFTER] = "SELECT " COLUMNS " FROM signup_request WHERE id > :id ORDER BY id LIMIT 1",
	[Q_DELETE] = "DELETE FROM signup_request WHERE id = :id",
	[Q_WAITS] = "SELECT 1 FROM signup_request WHERE address_key = :key AND kind = 'signup' LIMIT 1",
	[Q_LAST_ASKED] = "SELECT next_at FROM signup_request WHERE next_at < :far AND weight = 0 ORDER BY next_at DESC LIMIT 1",
	[Q_SOONER] = "UPDATE signup_request SET next_at = CASE WHEN weight = 0 THEN next_at - :back ELSE :now END WHERE held_by IS NULL "
		     "AND next_at > :now AND (:back > 0 OR (weight > 0 AND received_at > :now))",
};
const struct db_module signup_module = { "signup", sql, QUERIES, MODULE_SIGNUP };

int
signup_append(struct db *db, const struct signup *s, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_APPEND);

	stmt_text(st, ":kind", s->manage ? "manage" : "signup");
	stmt_text(st, ":address", s->address);
	stmt_text(st, ":key", s->key);
	stmt_text(st, ":name", s->name);
	stmt_text(st, ":topics", s->topics);
	stmt_text(st, ":language", s->language);
	stmt_text(st, ":ip", s->ip);
	stmt_int(st, ":weight", s->weight);
	stmt_blob(st, ":form", s->manage ? NULL : s->form_hash, sizeof(s->form_hash));
	stmt_int(st, ":received", s->received_at);
	return stmt_run(st, e);
}

static int
one(struct stmt *st, struct signup *out, struct err *e)
{
	const void *hash;
	char word[16];
	size_t n;
	int rc;

	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	memset(out, 0, sizeof(*out));
	out->id = stmt_col_int(st, 0);
	stmt_col_copy(st, 1, word, sizeof(word));
	out->manage = strcmp(word, "manage") == 0;
	stmt_col_copy(st, 2, out->address, sizeof(out->address));
	stmt_col_copy(st, 3, out->key, sizeof(out->key));
	stmt_col_copy(st, 4, out->name, sizeof(out->name));
	stmt_col_copy(st, 5, out->topics, sizeof(out->topics));
	stmt_col_copy(st, 6, out->language, sizeof(out->language));
	stmt_col_copy(st, 7, out->ip, sizeof(out->ip));
	out->weight = stmt_col_int(st, 8);
	hash = stmt_col_blob(st, 9, &n);
	if (n == sizeof(out->form_hash))
		memcpy(out->form_hash, hash, n);
	out->received_at = stmt_col_int(st, 10);
	stmt_col_copy(st, 11, word, sizeof(word));
	out->held_by = signup_limit_parse(word);
	stmt_col_copy(st, 12, out->line, sizeof(out->line));
	stmt_col_copy(st, 13, out->network, sizeof(out->network));
	out->place = stmt_col_int(st, 14);
	out->held_at = stmt_col_int(st, 15);
	stmt_done(st);
	return 1;
}

int
signup_next(struct db *db, int64_t now, struct signup *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_NEXT);

	stmt_int(st, ":now", now);
	return one(st, out, e);
}

int
signup_after(struct db *db, int64_t id, struct signup *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_AFTER);

	stmt_int(st, ":id", id);
	return one(st, out, e);
}

int
signup_delete(struct db *db, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_DELETE);

	stmt_int(st, ":id", id);
	return stmt_run(st, e);
}

int
signup_waits(struct db *db, const char *key, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_WAITS);
	int64_t found;

	stmt_text(st, ":key", key);
	return stmt_one_int(st, &found, e);
}

int
signup_last_asked(struct db *db, int64_t *at, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_LAST_ASKED);

	*at = 0;
	stmt_int(st, ":far", SIGNUP_FAR);
	return stmt_one_int(st, at, e) == -1 ? -1 : 0;
}

int
signup_sooner(struct db *db, int64_t back, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_SOONER);

	stmt_int(st, ":back", back);
	stmt_int(st, ":now", clock_now());
	return stmt_run_count(st, n, e);
}

void
signup_topics_write(char *out, uint64_t size, const int64_t *ids, int count)
{
	size_t n = 0;
	int i;

	out[0] = '\0';
	for (i = 0; i < count && n + 22 < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%lld", i ? " " : "", (long long)ids[i]);
}

int
signup_topics_read(const char *text, int64_t *ids, int size)
{
	char *end;
	int n = 0;

	while (*text && n < size) {
		ids[n] = strtoll(text, &end, 10);
		if (end == text)
			break;
		n++;
		text = end;
	}
	return n;
}
