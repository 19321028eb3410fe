/* migrate.c - see migrate.h. */
#include "store/migrate.h"

#include <stdio.h>

#include "base/err.h"
#include "store/db_private.h"

/* steps[i] leads from version i + 1 to i + 2; a change of schema.sql is a new row here and SCHEMA_VERSION + 1. */
static const char *const steps[] = {
	/* 2: why a message was refused, archived campaigns, alarms, several windows of a limit; nothing wrote to pace before */
	"ALTER TABLE campaign ADD COLUMN archived_at INTEGER;"
	"ALTER TABLE campaign ADD COLUMN alarms INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX campaign_finished ON campaign(finished_at) WHERE finished_at IS NOT NULL;"
	"ALTER TABLE delivery ADD COLUMN class TEXT;"
	"DROP TABLE pace;"
	"CREATE TABLE pace ("
	"scope TEXT NOT NULL, subject TEXT NOT NULL, window_start INTEGER NOT NULL, used INTEGER NOT NULL, "
	"PRIMARY KEY (scope, subject, window_start)) STRICT, WITHOUT ROWID;",
	/* 3: requests of other kinds, that may wait; campaigns kept out of the archive; nothing a relay said survives erasure */
	"ALTER TABLE signup_request RENAME TO signup_request_2;"
	"CREATE TABLE signup_request ("
	"id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('signup', 'manage')), address TEXT NOT NULL, "
	"address_key TEXT NOT NULL, name TEXT NOT NULL, topics TEXT NOT NULL, language TEXT NOT NULL, ip TEXT NOT NULL, weight INTEGER NOT NULL, "
	"form_hash BLOB REFERENCES form_text(hash), received_at INTEGER NOT NULL, next_at INTEGER NOT NULL, "
	"held_by TEXT CHECK (held_by IN ('network', 'domain', 'total')), line TEXT, network TEXT, place INTEGER, held_at INTEGER) STRICT;"
	"INSERT INTO signup_request (id, kind, address, address_key, name, topics, language, ip, weight, form_hash, received_at, next_at) "
	"SELECT id, 'signup', address, address_key, name, topics, language, ip, 1, form_hash, received_at, received_at "
	"FROM signup_request_2;"
	"DELETE FROM sqlite_sequence WHERE name = 'signup_request';"
	"UPDATE sqlite_sequence SET name = 'signup_request' WHERE name = 'signup_request_2';" /* its ids are not used again either */
	"DROP TABLE signup_request_2;"
	"CREATE INDEX signup_request_due ON signup_request(next_at);"
	"CREATE INDEX signup_request_of ON signup_request(address_key);"
	"CREATE INDEX signup_request_line ON signup_request(held_by, line, place) WHERE held_by IS NOT NULL;"
	"CREATE INDEX signup_request_network ON signup_request(network, address_key) WHERE held_by IS NOT NULL;"
	"CREATE INDEX signup_request_held ON signup_request(held_at) WHERE held_by IS NOT NULL;"
	"CREATE INDEX signup_request_place ON signup_request(place) WHERE held_by IS NOT NULL;"
	"ALTER TABLE campaign ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX campaign_archive ON campaign(started_at, uuid) WHERE state IN ('done', 'sending') AND hidden = 0;"
	"CREATE TABLE erasure (subscriber_id INTEGER PRIMARY KEY, mails TEXT) STRICT;"
	"DROP TRIGGER subscriber_gone;"
	"CREATE TRIGGER subscriber_gone AFTER DELETE ON subscriber BEGIN "
	"INSERT INTO erasure (subscriber_id, mails) VALUES (OLD.id, (SELECT group_concat(id) FROM outbox WHERE subscriber_id = OLD.id)); "
	"UPDATE event SET subscriber_id = NULL, text = NULL WHERE subscriber_id = OLD.id; "
	"UPDATE delivery SET reply = NULL WHERE campaign_id IN (SELECT id FROM campaign) AND subscriber_id = OLD.id; "
	"UPDATE outbox SET subscriber_id = NULL, message = NULL, address = NULL, reply = NULL, "
	"state = CASE WHEN state IN ('queued', 'claimed') THEN 'expired' ELSE state END WHERE subscriber_id = OLD.id; END;",
	/* 4: what an article's image shows, feeds, approval by mail, the welcome mail; two more kinds in outbox */
	"ALTER TABLE article ADD COLUMN image_alt TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX article_url ON article(url) WHERE url <> '';"
	"CREATE TABLE feed (url TEXT PRIMARY KEY, etag TEXT NOT NULL, last_modified TEXT NOT NULL, first_at INTEGER NOT NULL, "
	"fetched_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE approval (campaign_id INTEGER PRIMARY KEY REFERENCES campaign(id) ON DELETE CASCADE, token_hash BLOB NOT "
	"NULL UNIQUE, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, decided_at INTEGER, decision TEXT CHECK "
	"(decision IN ('approved', 'rejected', 'expired'))) STRICT;"
	"CREATE INDEX approval_open ON approval(expires_at) WHERE decided_at IS NULL;"
	"CREATE TABLE welcome (subscriber_id INTEGER PRIMARY KEY REFERENCES subscriber(id) ON DELETE CASCADE, topics TEXT NOT "
	"NULL, at INTEGER NOT NULL) STRICT;"
	"DROP TRIGGER subscriber_gone;"
	"ALTER TABLE outbox RENAME TO outbox_3;"
	"CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('confirm', 'already', "
	"'my-data', 'test', 'operator', 'welcome', 'approval')), subscriber_id INTEGER, address TEXT, message BLOB, state TEXT "
	"NOT NULL CHECK (state IN ('queued', 'claimed', 'accepted', 'refused', 'expired', 'unknown')), attempts INTEGER NOT "
	"NULL DEFAULT 0, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, next_at INTEGER NOT NULL, code INTEGER, "
	"enhanced TEXT, reply TEXT, CHECK (state IN ('queued', 'claimed') OR (message IS NULL AND address IS NULL))) STRICT;"
	"INSERT INTO outbox (id, kind, subscriber_id, address, message, state, attempts, created_at, expires_at, next_at, code, "
	"enhanced, reply) SELECT id, kind, subscriber_id, address, message, state, attempts, created_at, expires_at, next_at, "
	"code, enhanced, reply FROM outbox_3;"
	"DELETE FROM sqlite_sequence WHERE name = 'outbox';"
	"UPDATE sqlite_sequence SET name = 'outbox' WHERE name = 'outbox_3';"
	"DROP TABLE outbox_3;"
	"CREATE INDEX outbox_queued ON outbox(next_at) WHERE state = 'queued';"
	"CREATE INDEX outbox_claimed ON outbox(id) WHERE state = 'claimed';"
	"CREATE INDEX outbox_expiry ON outbox(expires_at) WHERE state = 'queued';"
	"CREATE INDEX outbox_created ON outbox(created_at);"
	"CREATE INDEX outbox_of ON outbox(subscriber_id, created_at) WHERE subscriber_id IS NOT NULL;"
	"CREATE TRIGGER subscriber_gone AFTER DELETE ON subscriber BEGIN INSERT INTO erasure (subscriber_id, mails) VALUES "
	"(OLD.id, (SELECT group_concat(id) FROM outbox WHERE subscriber_id = OLD.id)); UPDATE event SET subscriber_id = NULL, "
	"text = NULL WHERE subscriber_id = OLD.id; UPDATE delivery SET reply = NULL WHERE campaign_id IN (SELECT id FROM "
	"campaign) AND subscriber_id = OLD.id; UPDATE outbox SET subscriber_id = NULL, message = NULL, address = NULL, reply = "
	"NULL, state = CASE WHEN state IN ('queued', 'claimed') THEN 'expired' ELSE state END WHERE subscriber_id = OLD.id; "
	"END;",
	/* 5: what came back: its rule and whether it is believed, messages of a mailbox, mail that is forwarded to people */
	"ALTER TABLE event ADD COLUMN rule TEXT;"
	"ALTER TABLE event ADD COLUMN trusted INTEGER NOT NULL DEFAULT 1;"
	"DROP INDEX event_campaign;"
	"CREATE INDEX event_campaign ON event(campaign_id, kind, subscriber_id) WHERE campaign_id IS NOT NULL;"
	"CREATE TABLE returned (mailbox TEXT NOT NULL, uid TEXT NOT NULL, left_there INTEGER NOT NULL CHECK (left_there IN (0, 1)), "
	"at INTEGER NOT NULL, PRIMARY KEY (mailbox, uid)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE returned_digest (digest BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX returned_digest_at ON returned_digest(at);"
	"DROP TRIGGER subscriber_gone;"
	"ALTER TABLE outbox RENAME TO outbox_4;"
	"CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('confirm', 'already', "
	"'my-data', 'test', 'operator', 'welcome', 'approval', 'forward')), subscriber_id INTEGER, address TEXT, message BLOB, state TEXT "
	"NOT NULL CHECK (state IN ('queued', 'claimed', 'accepted', 'refused', 'expired', 'unknown')), attempts INTEGER NOT "
	"NULL DEFAULT 0, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, next_at INTEGER NOT NULL, code INTEGER, "
	"enhanced TEXT, reply TEXT, CHECK (state IN ('queued', 'claimed') OR (message IS NULL AND address IS NULL))) STRICT;"
	"INSERT INTO outbox (id, kind, subscriber_id, address, message, state, attempts, created_at, expires_at, next_at, code, "
	"enhanced, reply) SELECT id, kind, subscriber_id, address, message, state, attempts, created_at, expires_at, next_at, "
	"code, enhanced, reply FROM outbox_4;"
	"DELETE FROM sqlite_sequence WHERE name = 'outbox';"
	"UPDATE sqlite_sequence SET name = 'outbox' WHERE name = 'outbox_4';"
	"DROP TABLE outbox_4;"
	"CREATE INDEX outbox_queued ON outbox(next_at) WHERE state = 'queued';"
	"CREATE INDEX outbox_claimed ON outbox(id) WHERE state = 'claimed';"
	"CREATE INDEX outbox_expiry ON outbox(expires_at) WHERE state = 'queued';"
	"CREATE INDEX outbox_created ON outbox(created_at);"
	"CREATE INDEX outbox_of ON outbox(subscriber_id, created_at) WHERE subscriber_id IS NOT NULL;"
	"CREATE TRIGGER subscriber_gone AFTER DELETE ON subscriber BEGIN INSERT INTO erasure (subscriber_id, mails) VALUES "
	"(OLD.id, (SELECT group_concat(id) FROM outbox WHERE subscriber_id = OLD.id)); UPDATE event SET subscriber_id = NULL, "
	"text = NULL WHERE subscriber_id = OLD.id; UPDATE delivery SET reply = NULL WHERE campaign_id IN (SELECT id FROM "
	"campaign) AND subscriber_id = OLD.id; UPDATE outbox SET subscriber_id = NULL, message = NULL, address = NULL, reply = "
	"NULL, state = CASE WHEN state IN ('queued', 'claimed') THEN 'expired' ELSE state END WHERE subscriber_id = OLD.id; "
	"END;",
	/* 6: whom of a topic a campaign is for, which roles run, and which backup the store is from; a check of consent that costs less */
	"ALTER TABLE campaign ADD COLUMN segment TEXT NOT NULL DEFAULT '';"
	"CREATE TABLE role (name TEXT PRIMARY KEY, pid INTEGER NOT NULL, version TEXT NOT NULL, started_at INTEGER NOT NULL, "
	"seen_at INTEGER NOT NULL, landlock INTEGER NOT NULL, seccomp INTEGER NOT NULL, uid INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE restored (id INTEGER PRIMARY KEY AUTOINCREMENT, taken_at INTEGER NOT NULL, at INTEGER NOT NULL, released_at INTEGER) STRICT;"
	"ALTER TABLE consent RENAME TO consent_5;"
	"CREATE TABLE consent (id INTEGER PRIMARY KEY AUTOINCREMENT, subscriber_id INTEGER NOT NULL REFERENCES subscriber(id) ON DELETE CASCADE, "
	"topic_id INTEGER NOT NULL REFERENCES topic(id), action TEXT NOT NULL CHECK (action = 'imported' OR action = 'requested' OR "
	"action = 'confirmed' OR action = 'added' OR action = 'left' OR action = 'bounced' OR action = 'complained'), at INTEGER NOT NULL, "
	"ip TEXT, form_hash BLOB REFERENCES form_text(hash), mail_hash BLOB REFERENCES form_text(hash), source TEXT NOT NULL) STRICT;"
	"INSERT INTO consent SELECT * FROM consent_5;"
	"DELETE FROM sqlite_sequence WHERE name = 'consent';"
	"UPDATE sqlite_sequence SET name = 'consent' WHERE name = 'consent_5';"
	"DROP TABLE consent_5;"
	"CREATE INDEX consent_of ON consent(subscriber_id);"
	"CREATE INDEX consent_ip ON consent(at) WHERE ip IS NOT NULL;"
	"CREATE TRIGGER consent_append_only BEFORE UPDATE ON consent WHEN NEW.ip IS NOT NULL OR NEW.id <> OLD.id OR "
	"NEW.subscriber_id <> OLD.subscriber_id OR NEW.topic_id <> OLD.topic_id OR NEW.action <> OLD.action OR NEW.at <> OLD.at OR "
	"NEW.form_hash IS NOT OLD.form_hash OR NEW.mail_hash IS NOT OLD.mail_hash OR NEW.source <> OLD.source "
	"BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END;",
	/* 7: whom a campaign is for does not depend on a clock that may be set */
	"ALTER TABLE campaign ADD COLUMN high_since INTEGER NOT NULL DEFAULT 0;",
};

static int
run(struct sqlite3 *sqlite, const char *sql, struct err *e)
{
	if (sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	db_fail_sqlite(sqlite, e);
	return err_wrap(e, "cannot bring the store up to date");
}

static int
version_of(struct sqlite3 *sqlite, int *version, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(sqlite, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		*version = sqlite3_column_int(st, 0);
		rc = 0;
	} else {
		db_fail_sqlite(sqlite, e);
	}
	sqlite3_finalize(st);
	return rc;
}

int
migrate(struct sqlite3 *sqlite, int to, struct err *e)
{
	char pragma[96];
	int version;

	/* the version is read again under the lock: another process may have done the work while we waited for it */
	if (run(sqlite, "BEGIN IMMEDIATE", e) == -1)
		goto fail; /* one that was interrupted has begun */
	if (version_of(sqlite, &version, e) == -1)
		goto fail;
	if (version == to) {
		sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
		return 0;
	}
	if (version == 0) {
		if (run(sqlite, schema_sql, e) == -1)
			goto fail;
		version = SCHEMA_VERSION;
	}
	for (; version < to && version < SCHEMA_VERSION; version++)
		if (run(sqlite, steps[version - 1], e) == -1)
			goto fail;
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d; PRAGMA application_id = %d", version, APPLICATION_ID);
	if (run(sqlite, pragma, e) == -1 || run(sqlite, "COMMIT", e) == -1)
		goto fail;
	return 0;
fail:
	sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}
