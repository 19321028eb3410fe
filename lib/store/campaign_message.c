/* campaign_message.c - campaign.h: the compiled messages of a campaign, one for each language. */
#include "store/campaign.h"

#include "base/buf.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_PUT,
	Q_GET,
	Q_LANGUAGES,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_PUT] = "INSERT INTO campaign_message (campaign_id, language, compiled) VALUES (:id, :language, :compiled)",
	[Q_GET] = "SELECT compiled FROM campaign_message WHERE campaign_id = :id ORDER BY language = :language DESC, rowid LIMIT 1",
	[Q_LANGUAGES] = "SELECT language FROM campaign_message WHERE campaign_id = :id ORDER BY language",
};
const struct db_module campaign_message_module = { "campaign_message", sql, Q_COUNT, MODULE_CAMPAIGN_MESSAGE };

int
campaign_put_message(struct db *db, int64_t id, const char *language, const void *compiled, size_t n, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_message_module, Q_PUT);

	stmt_int(st, ":id", id);
	stmt_text(st, ":language", language);
	stmt_blob(st, ":compiled", compiled, n);
	return stmt_run(st, e);
}

int
campaign_get_message(struct db *db, int64_t id, const char *language, struct buf *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_message_module, Q_GET);
	const void *blob;
	size_t n;
	int rc;

	stmt_int(st, ":id", id);
	stmt_text(st, ":language", language);
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	blob = stmt_col_blob(st, 0, &n);
	buf_add(out, blob, n);
	stmt_done(st);
	return 1;
}

int
campaign_languages(struct db *db, int64_t id, char (*out)[16], int size, struct err *e)
{
	struct stmt *st = db_stmt(db, &campaign_message_module, Q_LANGUAGES);
	int rc = 0, n = 0;

	stmt_int(st, ":id", id);
	while (n < size && (rc = stmt_step(st, e)) == 1)
		stmt_col_copy(st, 0, out[n++], sizeof(out[0]));
	stmt_done(st);
	return rc == -1 ? -1 : n;
}
