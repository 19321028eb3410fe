/* suppression.c - see suppression.h. */
#include "store/suppression.h"

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

enum {
	Q_FIND,
	Q_PUT,
	Q_DELETE,
	Q_LIFT_CONFIRMED,
	Q_OF
};

static const char *const sql[] = {
	[Q_FIND] = "SELECT reason FROM suppression WHERE address_hmac = :hmac",
	[Q_PUT] = ("INSERT INTO suppression (address_hmac, reason, since, source) VALUES (:hmac, :reason, :now, :source) "
		   "ON CONFLICT DO UPDATE SET reason = excluded.reason, since = excluded.since, source = excluded.source"),
	[Q_DELETE] = "DELETE FROM suppression WHERE address_hmac = :hmac",
	[Q_LIFT_CONFIRMED] = "DELETE FROM suppression WHERE address_hmac = (SELECT address_hmac FROM subscriber WHERE id = :subscriber) "
			     "AND reason IN ('left', 'erased', 'hard')",
	[Q_OF] = "SELECT 1 FROM suppression WHERE address_hmac = (SELECT address_hmac FROM subscriber WHERE id = :subscriber)",
};
const struct db_module suppression_module = { "suppression", sql, 5, MODULE_SUPPRESSION };

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

	hmac_sha256(mac, db_suppression_key(db), KEY_LEN, "newsletter suppression", address_key, strlen(address_key));
	memcpy(out, mac, SUPPRESSION_HMAC);
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
