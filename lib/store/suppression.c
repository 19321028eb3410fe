/* suppression.c - see suppression.h. */
#include "store/suppression.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "store/db.h"
#include "store/modules.h"

#define KEY_LEN 32
#define LABEL "newsletter suppression"

enum {
	Q_FIND,
	Q_PUT,
	Q_DELETE,
	Q_LIFT_CONFIRMED,
	Q_OF,
	Q_COUNTS,
	Q_NEWEST,
	Q_HMACS,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_FIND] = "SELECT reason FROM suppression WHERE address_hmac = :hmac",
	[Q_PUT] = ("INSERT INTO suppression (address_hmac, reason, since, source) VALUES (:hmac, :reason, :now, :source) "
		   "ON CONFLICT DO UPDATE SET reason = excluded.reason, since = excluded.since, source = excluded.source"),
	[Q_DELETE] = "DELETE FROM suppression WHERE address_hmac = :hmac",
	[Q_LIFT_CONFIRMED] = "DELETE FROM suppression WHERE address_hmac = (SELECT address_hmac FROM subscriber WHERE id = :subscriber) "
			     "AND reason IN ('left', 'erased', 'hard')",
	[Q_OF] = "SELECT 1 FROM suppression WHERE address_hmac = (SELECT address_hmac FROM subscriber WHERE id = :subscriber)",
	[Q_COUNTS] = "SELECT reason, count(*) FROM suppression GROUP BY reason",
	[Q_NEWEST] = "SELECT address_hmac, reason, since, source FROM suppression WHERE :reason IS NULL OR reason = :reason "
		     "ORDER BY since DESC, address_hmac LIMIT :limit",
	[Q_HMACS] = "SELECT address_hmac, address FROM subscriber",
};
const struct db_module suppression_module = { "suppression", sql, Q_COUNT, MODULE_SUPPRESSION };

static const char *const names[] = { "left", "erased", "hard", "complaint", "staff" };

const char *
suppression_name(enum suppression_reason reason)
{
	return names[reason];
}

int
suppression_parse(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

bool
suppression_liftable(enum suppression_reason reason)
{
	return reason <= SUPPRESSED_HARD;
}

int
suppression_key_create(const char *folder, struct err *e)
{
	uint8_t octets[KEY_LEN];
	char text[2 * KEY_LEN + 2];
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/suppression.key", folder);
	if (access(path.data, F_OK) == 0) {
		rc = err_set(e, ERR_EXISTS, "%s exists already", path.data);
		buf_release(&path);
		return rc;
	}
	secret_random(octets, sizeof(octets));
	hex_encode(text, octets, sizeof(octets));
	strcat(text, "\n");
	rc = file_write(path.data, 0640, text, strlen(text), e);
	secret_wipe(octets, sizeof(octets));
	secret_wipe(text, sizeof(text));
	buf_release(&path);
	return rc;
}

int
suppression_key_load(struct db *db, const char *folder, struct err *e)
{
	uint8_t octets[KEY_LEN];
	struct buf path = BUF_INIT, text = BUF_INIT;
	int rc = -1;

	buf_addf(&path, "%s/suppression.key", folder);
	if (file_read(path.data, 1024, &text, e) == -1)
		goto out;
	buf_truncate(&text, strcspn(text.data, "\r\n"));
	if (hex_decode(octets, sizeof(octets), text.data, text.len) != KEY_LEN) {
		err_set(e, ERR_CORRUPT, "%s must hold 64 hex digits; restore it from the backup", path.data);
		goto out;
	}
	db_set_suppression_key(db, octets);
	rc = 0;
out:
	secret_wipe(octets, sizeof(octets));
	secret_wipe(text.data, text.len);
	buf_release(&text);
	buf_release(&path);
	return rc;
}

void
suppression_hmac(struct db *db, const char *address_key, uint8_t out[SUPPRESSION_HMAC])
{
	uint8_t mac[SHA256_LEN];

	hmac_sha256(mac, db_suppression_key(db), KEY_LEN, LABEL, address_key, strlen(address_key));
	memcpy(out, mac, SUPPRESSION_HMAC);
}

struct hmac *
suppression_hmac_new(struct db *db)
{
	return hmac_new(db_suppression_key(db), KEY_LEN, LABEL);
}

int
suppression_find(struct db *db, const char *address_key, enum suppression_reason *reason, struct err *e)
{
	struct stmt *st = db_stmt(db, &suppression_module, Q_FIND);
	uint8_t hmac[SUPPRESSION_HMAC];
	int rc;

	suppression_hmac(db, address_key, hmac);
	stmt_blob(st, ":hmac", hmac, sizeof(hmac));
	rc = stmt_step(st, e);
	if (rc != 1)
		return rc;
	*reason = (enum suppression_reason)suppression_parse(stmt_col_text(st, 0)); /* the schema knows no other */
	stmt_done(st);
	return 1;
}

int
suppression_of(struct db *db, int64_t subscriber_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &suppression_module, Q_OF);
	int rc;

	stmt_int(st, ":subscriber", subscriber_id);
	rc = stmt_step(st, e);
	stmt_done(st);
	return rc;
}

int
suppression_add(struct db *db, const char *address_key, enum suppression_reason reason, const char *source, struct err *e)
{
	uint8_t hmac[SUPPRESSION_HMAC];
	enum suppression_reason old;
	struct stmt *st;
	int rc = suppression_find(db, address_key, &old, e);

	if (rc == -1)
		return -1;
	if (rc == 1 && old >= reason)
		return 0;
	suppression_hmac(db, address_key, hmac);
	st = db_stmt(db, &suppression_module, Q_PUT);
	stmt_blob(st, ":hmac", hmac, sizeof(hmac));
	stmt_text(st, ":reason", names[reason]);
	stmt_int(st, ":now", clock_now());
	stmt_text(st, ":source", source);
	return stmt_run(st, e);
}

int
suppression_lift(struct db *db, const char *address_key, struct err *e)
{
	struct stmt *st = db_stmt(db, &suppression_module, Q_DELETE);
	uint8_t hmac[SUPPRESSION_HMAC];

	suppression_hmac(db, address_key, hmac);
	stmt_blob(st, ":hmac", hmac, sizeof(hmac));
	return stmt_run(st, e);
}

int
suppression_lift_confirmed(struct db *db, int64_t subscriber_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &suppression_module, Q_LIFT_CONFIRMED);

	stmt_int(st, ":subscriber", subscriber_id);
	return stmt_run(st, e);
}

int
suppression_count(struct db *db, int64_t counts[SUPPRESSION_REASONS], struct err *e)
{
	struct stmt *st = db_stmt(db, &suppression_module, Q_COUNTS);
	int reason, rc;

	memset(counts, 0, SUPPRESSION_REASONS * sizeof(counts[0]));
	while ((rc = stmt_step(st, e)) == 1)
		if ((reason = suppression_parse(stmt_col_text(st, 0))) != -1)
			counts[reason] = stmt_col_int(st, 1);
	return rc;
}

static int
by_hmac(const void *a, const void *b)
{
	return memcmp(((const struct suppression *)a)->hmac, ((const struct suppression *)b)->hmac, SUPPRESSION_HMAC);
}

static int
newest_first(const void *a, const void *b)
{
	const struct suppression *x = a, *y = b;

	return x->since == y->since ? by_hmac(a, b) : (x->since < y->since) - (x->since > y->since);
}

/* Fill in the addresses of those who are on the list. */
static int
find_addresses(struct db *db, struct suppression *all, size_t n, struct err *e)
{
	struct stmt *st = db_stmt(db, &suppression_module, Q_HMACS);
	struct suppression key = { .address = "" }, *found;
	int rc;

	qsort(all, n, sizeof(*all), by_hmac);
	while ((rc = stmt_step(st, e)) == 1) {
		stmt_col_octets(st, 0, key.hmac, SUPPRESSION_HMAC);
		found = bsearch(&key, all, n, sizeof(*all), by_hmac);
		if (found)
			stmt_col_copy(st, 1, found->address, sizeof(found->address));
	}
	qsort(all, n, sizeof(*all), newest_first);
	return rc;
}

int
suppression_list(struct db *db, int reason, bool addresses, struct suppression *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &suppression_module, Q_NEWEST);
	size_t n = 0;
	int rc = 0;

	stmt_text(st, ":reason", reason == -1 ? NULL : names[reason]);
	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1) {
		memset(&out[n], 0, sizeof(out[n]));
		stmt_col_octets(st, 0, out[n].hmac, SUPPRESSION_HMAC);
		out[n].reason = (enum suppression_reason)suppression_parse(stmt_col_text(st, 1));
		out[n].since = stmt_col_int(st, 2);
		stmt_col_copy(st, 3, out[n++].source, sizeof(out[0].source));
	}
	stmt_done(st);
	if (rc == -1 || (addresses && n && find_addresses(db, out, n, e) == -1))
		return -1;
	return (int)n;
}
