/* outbox.c - see outbox.h. */
#include "store/outbox.h"

#include <string.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_RESERVE,
	Q_FILL,
	Q_DUE,
	Q_CLAIM,
	Q_PERSON,
	Q_WANTED,
	Q_RECORD,
	Q_RECOVER,
	Q_EXPIRE,
	Q_LOST,
	Q_GIVE_UP,
	Q_WAITING,
	Q_NEXT_DUE,
	Q_SOONER,
	Q_RECENT,
	Q_COUNT_RECENT,
	Q_ONLY_REFUSED,
	Q_WITHDRAW,
	Q_FATE,
	Q_DISCARD,
	Q_KINDS,
	Q_DELETE_OLD,
	Q_COUNT
};

/* A restored store's outbox waits for a person: lib/store/restored.h. */
#define NOT_HELD "AND NOT EXISTS (SELECT 1 FROM restored WHERE released_at IS NULL)"

static const char *const sql[] = {
	[Q_RESERVE] = "INSERT INTO outbox (kind, subscriber_id, address, state, created_at, expires_at, next_at) "
		      "VALUES (:kind, :subscriber, :address, 'queued', :now, :expires, :now)",
	[Q_FILL] = "UPDATE outbox SET message = :message WHERE id = :id",
	[Q_DUE] = "SELECT id, coalesce(subscriber_id, 0), kind, address, attempts, expires_at, message, "
		  "coalesce((SELECT s.name FROM subscriber s WHERE s.address_key = lower(outbox.address)), '') FROM outbox "
		  "WHERE state = 'queued' AND next_at <= :now AND expires_at > :now AND message IS NOT NULL " NOT_HELD
		  " ORDER BY next_at, id LIMIT :limit",
	[Q_CLAIM] = "UPDATE outbox SET state = 'claimed', attempts = :attempts WHERE id = :id",
	[Q_PERSON] = "SELECT subscriber_id FROM outbox WHERE id = :id AND subscriber_id IS NOT NULL",
	[Q_WANTED] = "SELECT 1 FROM outbox WHERE id = :id AND state = 'claimed'",
	[Q_RECORD] = "UPDATE outbox SET state = :state, attempts = attempts - :untried, next_at = :next, expires_at = CASE WHEN :lost THEN 0 ELSE expires_at END, code = :code, enhanced = :enhanced, reply = :reply, "
		     "message = CASE WHEN :state = 'queued' THEN message END, address = CASE WHEN :state = 'queued' THEN address END "
		     "WHERE id = :id AND state = 'claimed'",
	[Q_RECOVER] = "UPDATE outbox SET state = 'queued', next_at = :now WHERE state = 'claimed'",
	[Q_EXPIRE] = "UPDATE outbox SET state = 'expired', message = NULL, address = NULL "
		     "WHERE state = 'queued' AND expires_at <= :now AND kind <> 'forward'",
	[Q_LOST] = "SELECT id, coalesce(code, 0), message FROM outbox WHERE state = 'queued' AND expires_at <= :now AND kind = 'forward' LIMIT 1",
	[Q_GIVE_UP] = "UPDATE outbox SET state = CASE WHEN code >= 500 THEN 'refused' ELSE 'expired' END, message = NULL, address = NULL "
		      "WHERE id = :id AND state = 'queued'",
	[Q_WAITING] = "SELECT count(*) FROM outbox WHERE state = 'queued'",
	[Q_NEXT_DUE] = "SELECT next_at FROM outbox WHERE state = 'queued' AND expires_at > :now " NOT_HELD " ORDER BY next_at LIMIT 1",
	[Q_SOONER] = "UPDATE outbox SET next_at = next_at - max(:back, created_at - :now) "
		     "WHERE state = 'queued' AND next_at > :now AND (:back > 0 OR created_at > :now)",
	[Q_RECENT] = "SELECT 1 FROM outbox WHERE subscriber_id = :subscriber AND created_at >= :since AND kind = :kind LIMIT 1",
	[Q_COUNT_RECENT] = "SELECT count(*) FROM outbox WHERE subscriber_id = :subscriber AND created_at >= :since AND kind = :kind",
	[Q_ONLY_REFUSED] = "SELECT count(*) BETWEEN 1 AND :most AND count(*) = sum(state IN ('refused', 'expired')) FROM outbox "
			   "WHERE subscriber_id = :subscriber AND created_at >= :since AND kind = :kind",
	[Q_WITHDRAW] = "UPDATE outbox SET state = 'expired', message = NULL, address = NULL "
		       "WHERE subscriber_id = :subscriber AND kind = :kind AND state IN ('queued', 'claimed')",
	[Q_FATE] = "SELECT state IN ('queued', 'claimed'), state = 'accepted', attempts, coalesce(code, 0), coalesce(reply, '') FROM outbox WHERE id = :id",
	[Q_DISCARD] = "UPDATE outbox SET state = 'expired', message = NULL, address = NULL WHERE state = 'queued' AND created_at <= :until",
	[Q_KINDS] = "SELECT kind, count(*), min(created_at), max(expires_at) FROM outbox WHERE state = 'queued' GROUP BY kind ORDER BY kind",
	[Q_DELETE_OLD] = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < :before AND state NOT IN ('queued', 'claimed') LIMIT :limit)",
};
const struct db_module outbox_module = { "outbox", sql, Q_COUNT, MODULE_OUTBOX };

int
outbox_reserve(struct db *db, const char *kind, int64_t subscriber_id, const char *address, int64_t expires_at, int64_t *id, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_RESERVE);

	stmt_text(st, ":kind", kind);
	stmt_int_or_null(st, ":subscriber", subscriber_id);
	stmt_text(st, ":address", address);
	stmt_int(st, ":now", clock_now());
	stmt_int(st, ":expires", expires_at);
	if (stmt_run(st, e) == -1)
		return -1;
	*id = db_insert_id(db);
	return 0;
}

int
outbox_fill(struct db *db, int64_t id, const void *message, size_t n, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_FILL);

	stmt_int(st, ":id", id);
	stmt_blob(st, ":message", message, n);
	return stmt_run(st, e);
}

static int
claim_row(struct db *db, const struct outbox_mail *mail, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_CLAIM);

	stmt_int(st, ":id", mail->id);
	stmt_int(st, ":attempts", mail->attempts);
	return stmt_run(st, e);
}

int
outbox_claim(struct db *db, struct outbox_mail *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_DUE);
	struct outbox_mail *mail;
	const void *blob;
	size_t n = 0, i, len;
	int rc = 0;

	stmt_int(st, ":now", clock_now());
	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1) {
		mail = &out[n++];
		mail->id = stmt_col_int(st, 0);
		mail->subscriber_id = stmt_col_int(st, 1);
		stmt_col_copy(st, 2, mail->kind, sizeof(mail->kind));
		stmt_col_copy(st, 3, mail->address, sizeof(mail->address));
		mail->attempts = (int)stmt_col_int(st, 4) + 1;
		mail->expires_at = stmt_col_int(st, 5);
		buf_init(&mail->message);
		stmt_col_copy(st, 7, mail->name, sizeof(mail->name));
		blob = stmt_col_blob(st, 6, &len);
		buf_add(&mail->message, blob, len);
	}
	stmt_done(st);
	for (i = 0; rc != -1 && i < n; i++)
		if (claim_row(db, &out[i], e) == -1)
			rc = -1;
	for (i = 0; rc == -1 && i < n; i++)
		buf_release(&out[i].message);
	return rc == -1 ? -1 : (int)n;
}

int
outbox_person(struct db *db, int64_t id, int64_t *subscriber_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_PERSON);

	stmt_int(st, ":id", id);
	return stmt_one_int(st, subscriber_id, e);
}

int
outbox_wanted(struct db *db, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_WANTED);
	int64_t yes;

	stmt_int(st, ":id", id);
	return stmt_one_int(st, &yes, e);
}

int
outbox_record(struct db *db, const struct outbox_mail *mail, const struct delivery_result *result, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_RECORD);
	const char *state = delivery_state_name(result->state);
	bool lost;

	if (result->state == DELIVERY_DEFERRED)
		state = result->next_at < mail->expires_at ? "queued" : "expired";
	else if (result->state == DELIVERY_SKIPPED)
		state = "refused";
	/* nobody has it but us: it stays until it is kept elsewhere */
	lost = strcmp(mail->kind, "forward") == 0 && strcmp(state, "queued") != 0 && strcmp(state, "accepted") != 0;
	if (lost)
		state = "queued";
	stmt_int(st, ":id", mail->id);
	stmt_int(st, ":lost", lost);
	stmt_text(st, ":state", state);
	stmt_int(st, ":untried", result->not_tried && result->state == DELIVERY_DEFERRED);
	stmt_int(st, ":next", result->next_at);
	stmt_int_or_null(st, ":code", result->code);
	stmt_text(st, ":enhanced", result->enhanced && result->enhanced[0] ? result->enhanced : NULL);
	stmt_text(st, ":reply", result->reply && result->reply[0] ? result->reply : NULL);
	return stmt_run(st, e);
}

int
outbox_recover(struct db *db, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_RECOVER);

	stmt_int(st, ":now", clock_now());
	return stmt_run_count(st, n, e);
}

int
outbox_expire(struct db *db, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_EXPIRE);

	stmt_int(st, ":now", clock_now());
	return stmt_run_count(st, n, e);
}

int
outbox_lost(struct db *db, int64_t *id, int *code, struct buf *message, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_LOST);
	const void *blob;
	size_t n;
	int rc;

	stmt_int(st, ":now", clock_now());
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	*id = stmt_col_int(st, 0);
	*code = (int)stmt_col_int(st, 1);
	blob = stmt_col_blob(st, 2, &n);
	buf_add(message, blob, n);
	stmt_done(st);
	return 1;
}

int
outbox_give_up(struct db *db, int64_t id, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_GIVE_UP);

	stmt_int(st, ":id", id);
	return stmt_run(st, e);
}

int
outbox_waiting(struct db *db, int64_t *out, struct err *e)
{
	return stmt_one_int(db_stmt(db, &outbox_module, Q_WAITING), out, e) == 1 ? 0 : -1;
}

int
outbox_next_due(struct db *db, int64_t *at, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_NEXT_DUE);

	*at = 0;
	stmt_int(st, ":now", clock_now());
	return stmt_one_int(st, at, e) == -1 ? -1 : 0;
}

int
outbox_sooner(struct db *db, int64_t back, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_SOONER);

	stmt_int(st, ":back", back);
	stmt_int(st, ":now", clock_now());
	return stmt_run_count(st, n, e);
}

int
outbox_recent(struct db *db, int64_t subscriber_id, const char *kind, int64_t since, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_RECENT);
	int64_t found;

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":kind", kind);
	stmt_int(st, ":since", since);
	return stmt_one_int(st, &found, e);
}

int
outbox_count(struct db *db, int64_t subscriber_id, const char *kind, int64_t since, int64_t *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_COUNT_RECENT);

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":kind", kind);
	stmt_int(st, ":since", since);
	return stmt_one_int(st, out, e) == 1 ? 0 : -1;
}

int
outbox_only_refused(struct db *db, int64_t subscriber_id, const char *kind, int64_t since, int most, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_ONLY_REFUSED);
	int64_t yes = 0;

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":kind", kind);
	stmt_int(st, ":since", since);
	stmt_int(st, ":most", most);
	return stmt_one_int(st, &yes, e) == -1 ? -1 : (int)yes;
}

int
outbox_withdraw(struct db *db, int64_t subscriber_id, const char *kind, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_WITHDRAW);

	stmt_int(st, ":subscriber", subscriber_id);
	stmt_text(st, ":kind", kind);
	return stmt_run(st, e);
}

int
outbox_fate(struct db *db, int64_t id, struct outbox_fate *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_FATE);
	int rc;

	stmt_int(st, ":id", id);
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	out->waits = stmt_col_int(st, 0);
	out->accepted = stmt_col_int(st, 1);
	out->attempts = (int)stmt_col_int(st, 2);
	out->code = (int)stmt_col_int(st, 3);
	stmt_col_copy(st, 4, out->reply, sizeof(out->reply));
	stmt_done(st);
	return 1;
}

int
outbox_delete_old(struct db *db, int64_t before, int64_t limit, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_DELETE_OLD);

	stmt_int(st, ":before", before);
	stmt_int(st, ":limit", limit);
	return stmt_run_count(st, n, e);
}

int
outbox_discard(struct db *db, int64_t until, int64_t *n, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_DISCARD);

	stmt_int(st, ":until", until);
	return stmt_run_count(st, n, e);
}

int
outbox_kinds(struct db *db, struct outbox_kind *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &outbox_module, Q_KINDS);
	size_t n = 0;
	int rc = 0;

	while (n < size && (rc = stmt_step(st, e)) == 1) {
		stmt_col_copy(st, 0, out[n].kind, sizeof(out[n].kind));
		out[n].count = stmt_col_int(st, 1);
		out[n].oldest_at = stmt_col_int(st, 2);
		out[n++].expires_at = stmt_col_int(st, 3);
	}
	stmt_done(st);
	return rc == -1 ? -1 : (int)n;
}
