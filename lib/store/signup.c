/* signup.c - see signup.h. */
#include "store/signup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"
#include "store/modules.h"

enum {
	Q_APPEND,
	Q_NEXT,
	Q_DELETE,
	Q_COUNT_ALL
};

static const char *const sql[] = {
	[Q_APPEND] = ("INSERT INTO signup_request "
		      "(kind, address, address_key, name, topics, language, ip, weight, form_hash, received_at, next_at) "
		      "VALUES (:kind, :address, :key, :name, :topics, :language, :ip, :weight, :form, :received, :received)"),
	[Q_NEXT] = ("SELECT id, kind, address, address_key, name, topics, language, ip, weight, form_hash, received_at FROM signup_request "
		    "WHERE next_at <= :now ORDER BY next_at, id LIMIT 1"),
	[Q_DELETE] = "DELETE FROM signup_request WHERE id = :id",
	[Q_COUNT_ALL] = "SELECT count(*) FROM signup_request",
};
const struct db_module signup_module = { "signup", sql, 4, MODULE_SIGNUP };

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

int
signup_next(struct db *db, int64_t now, struct signup *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_NEXT);
	const void *hash;
	char kind[16];
	size_t n;
	int rc;

	stmt_int(st, ":now", now);
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	memset(out, 0, sizeof(*out));
	out->id = stmt_col_int(st, 0);
	stmt_col_copy(st, 1, kind, sizeof(kind));
	out->manage = strcmp(kind, "manage") == 0;
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
	stmt_done(st);
	return 1;
}

int
signup_delete(struct db *db, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &signup_module, Q_DELETE);

	stmt_int(st, ":id", id);
	return stmt_run(st, e);
}

int
signup_count(struct db *db, int64_t *out, struct err *e)
{
	return stmt_one_int(db_stmt(db, &signup_module, Q_COUNT_ALL), out, e) == 1 ? 0 : -1;
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
