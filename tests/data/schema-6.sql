-- A store of version 6: its schema as it was, without its comments, and some rows in every table that it wrote to. Never changed:
-- tests/unit/test_migrate.c brings it to the present version. A new version adds a file like this one for the version before it.

CREATE TABLE topic (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	slug            TEXT NOT NULL UNIQUE,
	title           TEXT NOT NULL,
	description     TEXT NOT NULL,
	created_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE subscriber (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	address         TEXT NOT NULL,
	address_key     TEXT NOT NULL UNIQUE,
	address_hmac    BLOB NOT NULL,
	name            TEXT NOT NULL,
	language        TEXT NOT NULL,
	created_at      INTEGER NOT NULL,
	bounce_score    INTEGER NOT NULL DEFAULT 0,
	bounce_first_at INTEGER,
	bounce_last_at  INTEGER
) STRICT;

CREATE TABLE subscription (
	topic_id        INTEGER NOT NULL REFERENCES topic(id),
	subscriber_id   INTEGER NOT NULL REFERENCES subscriber(id) ON DELETE CASCADE,
	state           INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
	since           INTEGER NOT NULL,
	PRIMARY KEY (topic_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_of ON subscription(subscriber_id);
CREATE INDEX subscription_pending ON subscription(since) WHERE state = 0;

CREATE TABLE signup_request (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT NOT NULL CHECK (kind IN ('signup', 'manage')),
	address         TEXT NOT NULL,
	address_key     TEXT NOT NULL,
	name            TEXT NOT NULL,
	topics          TEXT NOT NULL,
	language        TEXT NOT NULL,
	ip              TEXT NOT NULL,
	weight          INTEGER NOT NULL,
	form_hash       BLOB REFERENCES form_text(hash),
	received_at     INTEGER NOT NULL,
	next_at         INTEGER NOT NULL,
	held_by         TEXT CHECK (held_by IN ('network', 'domain', 'total')),
	line            TEXT,
	network         TEXT,
	place           INTEGER,
	held_at         INTEGER
) STRICT;
CREATE INDEX signup_request_due ON signup_request(next_at);
CREATE INDEX signup_request_of ON signup_request(address_key);
CREATE INDEX signup_request_line ON signup_request(held_by, line, place) WHERE held_by IS NOT NULL;
CREATE INDEX signup_request_network ON signup_request(network, address_key) WHERE held_by IS NOT NULL;
CREATE INDEX signup_request_held ON signup_request(held_at) WHERE held_by IS NOT NULL;
CREATE INDEX signup_request_place ON signup_request(place) WHERE held_by IS NOT NULL;

CREATE TABLE consent (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	subscriber_id   INTEGER NOT NULL REFERENCES subscriber(id) ON DELETE CASCADE,
	topic_id        INTEGER NOT NULL REFERENCES topic(id),

	action          TEXT NOT NULL CHECK (action = 'imported' OR action = 'requested' OR action = 'confirmed' OR action = 'added'
				OR action = 'left' OR action = 'bounced' OR action = 'complained'),
	at              INTEGER NOT NULL,
	ip              TEXT,
	form_hash       BLOB REFERENCES form_text(hash),
	mail_hash       BLOB REFERENCES form_text(hash),
	source          TEXT NOT NULL
) STRICT;
CREATE INDEX consent_of ON consent(subscriber_id);
CREATE INDEX consent_ip ON consent(at) WHERE ip IS NOT NULL;
CREATE TRIGGER consent_append_only BEFORE UPDATE ON consent
WHEN NEW.ip IS NOT NULL OR NEW.id <> OLD.id OR NEW.subscriber_id <> OLD.subscriber_id OR NEW.topic_id <> OLD.topic_id OR NEW.action <> OLD.action
	OR NEW.at <> OLD.at OR NEW.form_hash IS NOT OLD.form_hash OR NEW.mail_hash IS NOT OLD.mail_hash OR NEW.source <> OLD.source
BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END;

CREATE TABLE form_text (
	hash            BLOB PRIMARY KEY,
	text            TEXT NOT NULL,
	first_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
	hash            BLOB PRIMARY KEY,
	purpose         TEXT NOT NULL CHECK (purpose IN ('confirm', 'my-data')),
	subscriber_id   INTEGER NOT NULL REFERENCES subscriber(id) ON DELETE CASCADE,
	topics          TEXT NOT NULL,
	created_at      INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,
	used_at         INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_of ON token(subscriber_id, purpose);
CREATE INDEX token_expiry ON token(expires_at);

CREATE TABLE suppression (
	address_hmac    BLOB PRIMARY KEY,
	reason          TEXT NOT NULL CHECK (reason IN ('left', 'erased', 'hard', 'complaint', 'staff')),
	since           INTEGER NOT NULL,
	source          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE article (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	source          TEXT NOT NULL UNIQUE,
	title           TEXT NOT NULL,
	url             TEXT NOT NULL,
	excerpt         TEXT NOT NULL,
	author          TEXT NOT NULL,
	image           TEXT NOT NULL,
	topic_id        INTEGER REFERENCES topic(id),
	body            TEXT NOT NULL,
	content_hash    TEXT NOT NULL,
	published_at    INTEGER NOT NULL,
	imported_at     INTEGER NOT NULL,
	updated_at      INTEGER NOT NULL,
	image_alt       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX article_published ON article(published_at);
CREATE INDEX article_url ON article(url) WHERE url <> '';

CREATE TABLE feed (
	url             TEXT PRIMARY KEY,
	etag            TEXT NOT NULL,
	last_modified   TEXT NOT NULL,
	first_at        INTEGER NOT NULL,
	fetched_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE announcement (
	article_id      INTEGER NOT NULL REFERENCES article(id),
	topic_id        INTEGER NOT NULL REFERENCES topic(id),
	campaign_id     INTEGER REFERENCES campaign(id),
	at              INTEGER NOT NULL,
	PRIMARY KEY (article_id, topic_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX announcement_of ON announcement(campaign_id);

CREATE TABLE campaign (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid            TEXT NOT NULL UNIQUE,
	kind            TEXT NOT NULL CHECK (kind IN ('articles', 'promotion')),
	topic_id        INTEGER NOT NULL REFERENCES topic(id),
	key             TEXT UNIQUE,
	subject         TEXT NOT NULL,
	state           TEXT NOT NULL CHECK (state IN ('scheduled', 'sending', 'paused', 'held', 'done', 'cancelled')),
	reason          TEXT NOT NULL DEFAULT '',
	created_at      INTEGER NOT NULL,
	created_by      TEXT NOT NULL,
	start_at        INTEGER NOT NULL,
	valid_until     INTEGER,
	started_at      INTEGER,
	deadline        INTEGER,
	high_id         INTEGER,
	cursor          INTEGER NOT NULL DEFAULT 0,
	finished_at     INTEGER,
	planned         INTEGER NOT NULL DEFAULT 0,
	accepted        INTEGER NOT NULL DEFAULT 0,
	deferred        INTEGER NOT NULL DEFAULT 0,
	refused         INTEGER NOT NULL DEFAULT 0,
	unknown         INTEGER NOT NULL DEFAULT 0,
	skipped         INTEGER NOT NULL DEFAULT 0,
	archived_at     INTEGER,
	alarms          INTEGER NOT NULL DEFAULT 0,
	hidden          INTEGER NOT NULL DEFAULT 0,
	segment         TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX campaign_open ON campaign(state) WHERE state IN ('scheduled', 'sending', 'paused', 'held');
CREATE INDEX campaign_finished ON campaign(finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX campaign_archive ON campaign(started_at, uuid) WHERE state IN ('done', 'sending') AND hidden = 0;

CREATE TABLE campaign_message (
	campaign_id     INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
	language        TEXT NOT NULL,
	compiled        BLOB NOT NULL,
	PRIMARY KEY (campaign_id, language)
) STRICT;

CREATE TABLE approval (
	campaign_id     INTEGER PRIMARY KEY REFERENCES campaign(id) ON DELETE CASCADE,
	token_hash      BLOB NOT NULL UNIQUE,
	created_at      INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,
	decided_at      INTEGER,
	decision        TEXT CHECK (decision IN ('approved', 'rejected', 'expired'))
) STRICT;
CREATE INDEX approval_open ON approval(expires_at) WHERE decided_at IS NULL;

CREATE TABLE welcome (
	subscriber_id   INTEGER PRIMARY KEY REFERENCES subscriber(id) ON DELETE CASCADE,
	topics          TEXT NOT NULL,
	at              INTEGER NOT NULL
) STRICT;

CREATE TABLE delivery (
	campaign_id     INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
	subscriber_id   INTEGER NOT NULL,
	state           INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
	attempts        INTEGER NOT NULL,
	at              INTEGER NOT NULL,
	next_at         INTEGER CHECK ((next_at IS NULL) = (state <> 2)),
	code            INTEGER,
	enhanced        TEXT,
	reply           TEXT,
	class           TEXT,
	PRIMARY KEY (campaign_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_deferred ON delivery(campaign_id, next_at) WHERE state = 2;

CREATE TABLE outbox (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT NOT NULL CHECK (kind IN ('confirm', 'already', 'my-data', 'test', 'operator', 'welcome', 'approval', 'forward')),
	subscriber_id   INTEGER,
	address         TEXT,
	message         BLOB,
	state           TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'accepted', 'refused', 'expired', 'unknown')),
	attempts        INTEGER NOT NULL DEFAULT 0,
	created_at      INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,
	next_at         INTEGER NOT NULL,
	code            INTEGER,
	enhanced        TEXT,
	reply           TEXT,
	CHECK (state IN ('queued', 'claimed') OR (message IS NULL AND address IS NULL))
) STRICT;
CREATE INDEX outbox_queued ON outbox(next_at) WHERE state = 'queued';
CREATE INDEX outbox_claimed ON outbox(id) WHERE state = 'claimed';
CREATE INDEX outbox_expiry ON outbox(expires_at) WHERE state = 'queued';
CREATE INDEX outbox_created ON outbox(created_at);
CREATE INDEX outbox_of ON outbox(subscriber_id, created_at) WHERE subscriber_id IS NOT NULL;

CREATE TABLE event (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT NOT NULL CHECK (kind IN ('unsubscribe', 'refusal', 'bounce', 'complaint')),
	at              INTEGER NOT NULL,
	subscriber_id   INTEGER,
	topic_id        INTEGER,
	campaign_id     INTEGER,
	class           TEXT NOT NULL,
	code            INTEGER,
	enhanced        TEXT,
	text            TEXT,
	rule            TEXT,
	trusted         INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX event_at ON event(at);
CREATE INDEX event_campaign ON event(campaign_id, kind, subscriber_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX event_subscriber ON event(subscriber_id) WHERE subscriber_id IS NOT NULL;

CREATE TABLE returned (
	mailbox         TEXT NOT NULL,
	uid             TEXT NOT NULL,
	left_there      INTEGER NOT NULL CHECK (left_there IN (0, 1)),
	at              INTEGER NOT NULL,
	PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE returned_digest (
	digest          BLOB PRIMARY KEY,
	at              INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX returned_digest_at ON returned_digest(at);

CREATE TABLE erasure (
	subscriber_id   INTEGER PRIMARY KEY,
	mails           TEXT
) STRICT;

CREATE TRIGGER subscriber_gone AFTER DELETE ON subscriber BEGIN
	INSERT INTO erasure (subscriber_id, mails) VALUES (OLD.id, (SELECT group_concat(id) FROM outbox WHERE subscriber_id = OLD.id));
	UPDATE event SET subscriber_id = NULL, text = NULL WHERE subscriber_id = OLD.id;
	UPDATE delivery SET reply = NULL WHERE campaign_id IN (SELECT id FROM campaign) AND subscriber_id = OLD.id;
	UPDATE outbox SET subscriber_id = NULL, message = NULL, address = NULL, reply = NULL,
		state = CASE WHEN state IN ('queued', 'claimed') THEN 'expired' ELSE state END WHERE subscriber_id = OLD.id;
END;

CREATE TABLE role (
	name            TEXT PRIMARY KEY,
	pid             INTEGER NOT NULL,
	version         TEXT NOT NULL,
	started_at      INTEGER NOT NULL,
	seen_at         INTEGER NOT NULL,
	landlock        INTEGER NOT NULL,
	seccomp         INTEGER NOT NULL,
	uid             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE restored (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	taken_at        INTEGER NOT NULL,
	at              INTEGER NOT NULL,
	released_at     INTEGER
) STRICT;

CREATE TABLE counter (
	name            TEXT PRIMARY KEY,
	value           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pace (
	scope           TEXT NOT NULL,
	subject         TEXT NOT NULL,
	window_start    INTEGER NOT NULL,
	used            INTEGER NOT NULL,
	PRIMARY KEY (scope, subject, window_start)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	at              INTEGER NOT NULL,
	who             TEXT NOT NULL,
	command         TEXT NOT NULL,
	detail          TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

INSERT INTO topic (id, slug, title, description, created_at) VALUES
	(1, 'articles', 'New articles', 'When one is out', 1735689600),
	(2, 'promotions', 'Promotions', '', 1735689600);
-- ann and bo are active, cy is pending, dee left, ed bounced, flo complained, gil lapsed and is pending anew for the other topic
INSERT INTO subscriber (id, address, address_key, address_hmac, name, language, created_at, bounce_score, bounce_first_at, bounce_last_at) VALUES
	(1, 'Ann@example.org', 'ann@example.org', x'01010101010101010101010101010101', 'Ann', '', 1735689700, 0, NULL, NULL),
	(2, 'bo@example.org', 'bo@example.org', x'02020202020202020202020202020202', '', 'de', 1735689700, 2, 1735700000, 1735800000),
	(3, 'cy@example.org', 'cy@example.org', x'03030303030303030303030303030303', '', '', 1735689700, 0, NULL, NULL),
	(4, 'dee@example.org', 'dee@example.org', x'04040404040404040404040404040404', '', '', 1735689700, 0, NULL, NULL),
	(5, 'ed@example.org', 'ed@example.org', x'05050505050505050505050505050505', '', '', 1735689700, 0, NULL, NULL),
	(6, 'flo@xn--bcher-kva.example', 'flo@xn--bcher-kva.example', x'06060606060606060606060606060606', 'Fl"o''', '', 1735689700, 0, NULL, NULL),
	(9, 'gone@example.org', 'gone@example.org', x'07070707070707070707070707070707', '', '', 1735689700, 0, NULL, NULL);
DELETE FROM subscriber WHERE id = 9;
INSERT INTO subscription (topic_id, subscriber_id, state, since) VALUES
	(1, 1, 1, 1735689800), (2, 1, 1, 1735689800), (1, 2, 1, 1735689801), (1, 3, 0, 1735689700), (1, 4, 2, 1735790000),
	(1, 5, 3, 1735790001), (1, 6, 4, 1735790002);
INSERT INTO form_text (hash, text, first_at) VALUES
	(x'aa000000000000000000000000000000000000000000000000000000000000aa', 'Join our newsletter — stay updated', 1735689600),
	(x'bb000000000000000000000000000000000000000000000000000000000000bb', 'Please confirm', 1735689600);
INSERT INTO consent (id, subscriber_id, topic_id, action, at, ip, form_hash, mail_hash, source) VALUES
	(1, 1, 1, 'requested', 1735689700, '192.0.2.1', x'aa000000000000000000000000000000000000000000000000000000000000aa',
		x'bb000000000000000000000000000000000000000000000000000000000000bb', 'web'),
	(2, 1, 1, 'confirmed', 1735689800, '192.0.2.1', NULL, NULL, 'web'),
	(3, 1, 2, 'confirmed', 1735689800, NULL, NULL, NULL, 'web'),
	(4, 2, 1, 'imported', 1735689801, NULL, NULL, NULL, 'csv: paper form'),
	(5, 3, 1, 'requested', 1735689700, '2001:db8::1', x'aa000000000000000000000000000000000000000000000000000000000000aa', NULL, 'web'),
	(6, 4, 1, 'added', 1735689700, NULL, NULL, NULL, 'staff: ann'),
	(7, 4, 1, 'left', 1735790000, NULL, NULL, NULL, 'one-click'),
	(8, 5, 1, 'imported', 1735689700, NULL, NULL, NULL, 'csv: paper form'),
	(9, 5, 1, 'bounced', 1735790001, NULL, NULL, NULL, 'refusal'),
	(10, 6, 1, 'imported', 1735689700, NULL, NULL, NULL, 'csv: paper form'),
	(11, 6, 1, 'complained', 1735790002, NULL, NULL, NULL, 'complaint');
INSERT INTO signup_request (id, kind, address, address_key, name, topics, language, ip, weight, form_hash, received_at, next_at, held_by, line,
	network, place, held_at) VALUES
	(7, 'signup', 'Hal@example.org', 'hal@example.org', 'Hal', '1 2', '', '192.0.2.2', 1,
		x'aa000000000000000000000000000000000000000000000000000000000000aa', 1735800000, 1735800000, NULL, NULL, NULL, NULL, NULL),
	(8, 'manage', 'ann@example.org', 'ann@example.org', '', '', 'es', '192.0.2.3', 2, NULL, 1735800001, 1735800060, 'network', 'n1', 'n1', 1,
		1735800001);
INSERT INTO token (hash, purpose, subscriber_id, topics, created_at, expires_at, used_at) VALUES
	(x'cc000000000000000000000000000000000000000000000000000000000000cc', 'confirm', 1, '1', 1735689700, 1736294500, 1735689800),
	(x'dd000000000000000000000000000000000000000000000000000000000000dd', 'confirm', 3, '1', 1735689700, 1736294500, NULL);
INSERT INTO suppression (address_hmac, reason, since, source) VALUES
	(x'05050505050505050505050505050505', 'hard', 1735790001, 'refusal'),
	(x'06060606060606060606060606060606', 'complaint', 1735790002, 'complaint'),
	(x'07070707070707070707070707070707', 'erased', 1735790003, 'staff: ann');
-- campaigns in every state; the first is done, the second has each state of a delivery
INSERT INTO campaign (id, uuid, kind, topic_id, key, subject, state, reason, created_at, created_by, start_at, valid_until, started_at,
	deadline, high_id, cursor, finished_at, planned, accepted, deferred, refused, unknown, skipped) VALUES
	(1, 'u-1', 'articles', 1, 'week-1', 'Three new articles', 'done', '', 1735700000, 'ann', 1735700060, NULL, 1735700060, 1735959260,
		6, 6, 1735700090, 2, 1, 0, 1, 0, 0),
	(2, 'u-2', 'promotion', 1, NULL, 'Spring', 'sending', '', 1735800000, 'ann', 1735800060, 1736800000, 1735800060, 1736059260,
		6, 6, NULL, 6, 1, 1, 1, 1, 1),
	(3, 'u-3', 'promotion', 2, 'spring', 'Spring – once more', 'scheduled', '', 1735800000, 'cron', 1899999999, NULL, NULL, NULL,
		NULL, 0, NULL, 1, 0, 0, 0, 0, 0),
	(4, 'u-4', 'promotion', 2, NULL, 'Wrong', 'cancelled', 'a slip', 1735800000, 'ann', 1735800060, NULL, NULL, NULL,
		NULL, 0, 1735800010, 1, 0, 0, 0, 0, 0),
	(5, 'u-5', 'articles', 1, NULL, 'Late', 'held', 'overdue', 1735800000, 'ann', 1735800060, NULL, NULL, NULL,
		NULL, 0, NULL, 2, 0, 0, 0, 0, 0),
	(6, 'u-6', 'promotion', 2, NULL, 'Waits', 'paused', 'by ann', 1735800000, 'ann', 1735800060, NULL, 1735800060, 1736059260,
		6, 0, NULL, 1, 0, 0, 0, 0, 0);
INSERT INTO campaign_message (campaign_id, language, compiled) VALUES (1, '', x'00ff0a0d'), (2, '', x'01'), (2, 'de', zeroblob(9000));
INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, next_at, code, enhanced, reply) VALUES
	(1, 1, 1, 1, 1735700061, NULL, 250, '2.0.0', 'Ok: queued'),
	(1, 5, 3, 2, 1735700090, NULL, 550, '5.1.1', '<address>: no such user'),
	(2, 1, 1, 1, 1735800061, NULL, 250, '2.0.0', 'Ok: queued'),
	(2, 2, 2, 3, 1735800062, 1735900000, 451, '4.3.0', 'later'),
	(2, 3, 0, 1, 1735800063, NULL, NULL, NULL, NULL),
	(2, 4, 5, 0, 1735800064, NULL, NULL, NULL, 'suppressed'),
	(2, 5, 3, 1, 1735800065, NULL, 550, '5.1.1', '<address>: no such user'),
	(2, 6, 4, 1, 1735800066, NULL, NULL, NULL, NULL);
INSERT INTO article (id, source, title, url, excerpt, author, image, topic_id, body, content_hash, published_at, imported_at, updated_at) VALUES
	(1, 'https://www.example.org/a', 'A kinder voice', 'https://www.example.org/a', 'A few lines', 'Jonas', '', NULL, '*Body*', 'ab', 1735689600,
		1735689600, 1735689600),
	(2, 'b.md', 'B', '', '', '', '', 1, '', 'cd', 1735689601, 1735689600, 1735689700);
INSERT INTO announcement (article_id, topic_id, campaign_id, at) VALUES (1, 1, 1, 1735700000), (2, 1, NULL, 1735700000);
INSERT INTO outbox (id, kind, subscriber_id, address, message, state, attempts, created_at, expires_at, next_at, code, enhanced, reply) VALUES
	(1, 'confirm', 1, NULL, NULL, 'accepted', 1, 1735689700, 1736294500, 1735689700, 250, '2.0.0', 'Ok'),
	(2, 'confirm', 3, 'cy@example.org', x'46726f6d3a', 'queued', 0, 1735689700, 1736294500, 1735689700, NULL, NULL, NULL),
	(3, 'test', NULL, 'ann@example.org', x'46726f6d3a', 'claimed', 1, 1735689700, 1736294500, 1735689700, NULL, NULL, NULL);
INSERT INTO event (id, kind, at, subscriber_id, topic_id, campaign_id, class, code, enhanced, text) VALUES
	(1, 'refusal', 1735700090, 5, 1, 1, 'hard', 550, '5.1.1', '<address>: no such user'),
	(2, 'unsubscribe', 1735790000, 4, 1, NULL, 'one-click', NULL, NULL, NULL),
	(3, 'complaint', 1735790002, NULL, 1, 1, 'complaint', NULL, NULL, NULL);
INSERT INTO counter (name, value) VALUES ('signup_requests', 12), ('role_restarts_http', 1);
INSERT INTO audit (id, at, who, command, detail) VALUES (1, 1735690000, 'ann', 'subscriber import', 'taken=3');
PRAGMA application_id = 0x4e65776c;
UPDATE campaign SET archived_at = 1735990000, alarms = 1 WHERE id = 1;
UPDATE delivery SET code = NULL, enhanced = NULL, reply = NULL WHERE campaign_id = 1;
UPDATE delivery SET class = 'no-such-user' WHERE campaign_id = 2 AND state = 3;
INSERT INTO pace (scope, subject, window_start, used) VALUES ('relay', '', 1735800000, 40), ('relay-first', '', 1735700000, 1), ('domain-rate', 'example.org', 1735800060, 500);
UPDATE campaign SET hidden = 1 WHERE id = 4;
UPDATE article SET image_alt = 'A harbour' WHERE id = 1;
INSERT INTO feed (url, etag, last_modified, first_at, fetched_at) VALUES ('https://www.example.org/feed', '"a1"', '', 1735700000, 1735800000);
INSERT INTO approval (campaign_id, token_hash, created_at, expires_at, decided_at, decision) VALUES (5, zeroblob(32), 1735800000, 1736404800, NULL, NULL);
INSERT INTO welcome (subscriber_id, topics, at) VALUES (3, '1', 1735689650);
INSERT INTO outbox (id, kind, subscriber_id, address, message, state, created_at, expires_at, next_at) VALUES
	(4, 'welcome', 1, 'ann@example.org', x'46', 'queued', 1735689700, 1736294500, 1735689700);
INSERT INTO event (kind, at, subscriber_id, topic_id, campaign_id, class, code, enhanced, text, rule, trusted) VALUES
	('bounce', 1735800000, 1, 1, 1, 'hard', 550, '5.1.1', 'unknown', 'no-such-user', 1), ('complaint', 1735800001, NULL, NULL, NULL, 'complaint', NULL, NULL, NULL, 'abuse', 0);
INSERT INTO returned (mailbox, uid, left_there, at) VALUES ('office 1f', '1:7', 1, 1735800000);
INSERT INTO returned_digest (digest, at) VALUES (x'000102030405060708090a0b0c0d0e0f', 1735800000);
INSERT INTO outbox (id, kind, address, message, state, created_at, expires_at, next_at) VALUES
	(5, 'forward', 'office@example.org', x'46', 'queued', 1735800000, 1736294500, 1735800000);
INSERT INTO role (name, pid, version, started_at, seen_at, landlock, seccomp, uid) VALUES ('sender', 4711, '1.0', 1735800000, 1735800900, 2, 1, 990);
INSERT INTO restored (id, taken_at, at, released_at) VALUES (1, 1735700000, 1735710000, 1735710900);
UPDATE campaign SET segment = 'language=es' WHERE id = 2;
PRAGMA user_version = 6;
