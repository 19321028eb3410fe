/* archive.c - see archive.h. */
#include "store/archive.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_NEWEST,
	Q_BEFORE,
	Q_FIND,
	Q_EXCERPTS,
	Q_COUNT
};

#define COLUMNS "id, topic_id, uuid, kind, subject, started_at, coalesce(finished_at, 0), coalesce(valid_until, 0)"

/* The first line as the index campaign_archive says it, or SQLite does not use that. */
#define PUBLIC "state IN ('done', 'sending') AND hidden = 0 AND (state = 'done' OR accepted > 0)"

static const char *const sql[] = {
	[Q_NEWEST] = "SELECT " COLUMNS " FROM campaign WHERE " PUBLIC " ORDER BY started_at DESC, uuid DESC LIMIT :limit",
	[Q_BEFORE] = ("SELECT " COLUMNS " FROM campaign WHERE " PUBLIC " AND (started_at, uuid) < (:at, :uuid) "
		      "ORDER BY started_at DESC, uuid DESC LIMIT :limit"),
	[Q_FIND] = "SELECT " COLUMNS " FROM campaign WHERE uuid > :from AND uuid < :to AND +" PUBLIC " LIMIT 2",
	[Q_EXCERPTS] = ("SELECT a.title, a.excerpt FROM announcement n JOIN article a ON a.id = n.article_id WHERE n.campaign_id = :id "
			"ORDER BY a.published_at DESC, a.id DESC LIMIT 20"),
};
const struct db_module archive_module = { "archive", sql, Q_COUNT, MODULE_ARCHIVE };

static void
fill(struct stmt *st, struct archived *a)
{
	memset(a, 0, sizeof(*a));
	a->id = stmt_col_int(st, 0);
	a->topic_id = stmt_col_int(st, 1);
	stmt_col_copy(st, 2, a->uuid, sizeof(a->uuid));
	stmt_col_copy(st, 3, a->kind, sizeof(a->kind));
	stmt_col_copy(st, 4, a->subject, sizeof(a->subject));
	a->at = stmt_col_int(st, 5);
	a->finished_at = stmt_col_int(st, 6);
	a->valid_until = stmt_col_int(st, 7);
}

int
archive_list(struct db *db, const struct archive_place *before, struct archived *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &archive_module, before ? Q_BEFORE : Q_NEWEST);
	size_t n = 0;
	int rc = 0;

	if (before) {
		stmt_int(st, ":at", before->at);
		stmt_text(st, ":uuid", before->id);
	}
	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1)
		fill(st, &out[n++]);
	stmt_done(st);
	return rc == -1 ? -1 : (int)n;
}

int
archive_find(struct db *db, const char *id, struct archived *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &archive_module, Q_FIND);
	char from[10], to[10];
	int rc;

	snprintf(from, sizeof(from), "%.8s-", id);
	snprintf(to, sizeof(to), "%.8s.", id); /* what follows '-' */
	stmt_text(st, ":from", from);
	stmt_text(st, ":to", to);
	rc = stmt_step(st, e);
	if (rc == 1) {
		fill(st, out);
		rc = stmt_step(st, e);
		rc = rc == -1 ? -1 : !rc;
	}
	stmt_done(st);
	return rc;
}

int
archive_excerpts(struct db *db, int64_t id, struct buf *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &archive_module, Q_EXCERPTS);
	const char *excerpt;
	int rc;

	stmt_int(st, ":id", id);
	while ((rc = stmt_step(st, e)) == 1) {
		excerpt = stmt_col_text(st, 1);
		buf_addf(out, "%s%s%s\n", stmt_col_text(st, 0), excerpt[0] ? ": " : "", excerpt);
	}
	stmt_done(st);
	return rc;
}
