-- The store, explained. This file is compiled into both binaries; `newsletter init` runs it, and newsletterd brings an older store up to it
-- (lib/store/migrate.c). Times are Unix seconds, UTC. Ids are never used again (AUTOINCREMENT): a link mailed years ago must never reach
-- somebody else. Small tables name their states in words; the two large ones (subscription, delivery) number them.

-- What people can subscribe to.
CREATE TABLE topic (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	slug            TEXT NOT NULL UNIQUE,	-- short name in forms, commands and List-Id: a-z, 0-9 and hyphens
	title           TEXT NOT NULL,		-- as visitors see it
	description     TEXT NOT NULL,		-- one sentence for the signup form
	created_at      INTEGER NOT NULL
) STRICT;

-- A person, by address. Whether they get mail is said by subscription alone.
CREATE TABLE subscriber (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	address         TEXT NOT NULL,		-- as mailed: local part as typed, domain in lower case A-labels
	address_key     TEXT NOT NULL UNIQUE,	-- as compared: all in lower case
	address_hmac    BLOB NOT NULL,		-- as suppression.address_hmac, so that sending can check without a key
	name            TEXT NOT NULL,		-- as given, or ''
	language        TEXT NOT NULL,		-- of mails and pages, or '' for the site's
	created_at      INTEGER NOT NULL,
	bounce_score    INTEGER NOT NULL DEFAULT 0,	-- points for soft bounces, reset by a success
	bounce_first_at INTEGER,		-- when the first of these points came
	bounce_last_at  INTEGER			-- when the last one came; at most one a day counts
) STRICT;

-- A subscriber's wish to hear about one topic. Only lib/store/subscription.c and intake.c write it; each change leaves a row in consent.
-- The key begins with the topic: a campaign walks it in the order of subscriber ids.
CREATE TABLE subscription (
	topic_id        INTEGER NOT NULL REFERENCES topic(id),
	subscriber_id   INTEGER NOT NULL REFERENCES subscriber(id) ON DELETE CASCADE,
	state           INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),	-- 0 pending, 1 active, 2 left, 3 bounced, 4 complained
	since           INTEGER NOT NULL,	-- when it came into this state
	PRIMARY KEY (topic_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_of ON subscription(subscriber_id);
CREATE INDEX subscription_pending ON subscription(since) WHERE state = 0;	-- for the clerk, who deletes old ones

-- What a visitor asked for and nobody has decided yet: http appends one row whoever asks, the clerk decides and deletes it. What is over a limit
-- waits in it.
CREATE TABLE signup_request (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT NOT NULL CHECK (kind IN ('signup', 'manage')),	-- manage: asks for the link to one's settings and data
	address         TEXT NOT NULL,
	address_key     TEXT NOT NULL,
	name            TEXT NOT NULL,
	topics          TEXT NOT NULL,		-- topic ids, separated by spaces
	language        TEXT NOT NULL,		-- of the page, for the mail that answers
	ip              TEXT NOT NULL,		-- of the visitor
	weight          INTEGER NOT NULL,	-- what it counts against the limits: more when the form was sent too fast, or without its time
	form_hash       BLOB REFERENCES form_text(hash),	-- signup: the wording that was shown
	received_at     INTEGER NOT NULL,
	next_at         INTEGER NOT NULL,	-- not looked at before. Of a line only the first has a time, the others are far off until they are first
	held_by         TEXT CHECK (held_by IN ('network', 'domain', 'total')),	-- the limit in whose line it waits, or NULL
	line            TEXT,			-- and which of that limit's lines: pace.subject
	network         TEXT,			-- the visitor's network once it waits, as pace.subject of signup-network
	place           INTEGER,		-- the smallest of a line is first
	held_at         INTEGER			-- since when it waits
) STRICT;
CREATE INDEX signup_request_due ON signup_request(next_at);
CREATE INDEX signup_request_of ON signup_request(address_key);
CREATE INDEX signup_request_line ON signup_request(held_by, line, place) WHERE held_by IS NOT NULL;
CREATE INDEX signup_request_network ON signup_request(network, address_key) WHERE held_by IS NOT NULL;
CREATE INDEX signup_request_held ON signup_request(held_at) WHERE held_by IS NOT NULL;
CREATE INDEX signup_request_place ON signup_request(place) WHERE held_by IS NOT NULL;

-- Evidence that we were asked: append-only (the triggers below), but for the IP address, which is deleted after a while, and for erasure.
CREATE TABLE consent (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	subscriber_id   INTEGER NOT NULL REFERENCES subscriber(id) ON DELETE CASCADE,
	topic_id        INTEGER NOT NULL REFERENCES topic(id),
	-- The check is no IN: of more than two values SQLite makes a table anew for each row, which took a third of an import's time.
	action          TEXT NOT NULL CHECK (action = 'imported' OR action = 'requested' OR action = 'confirmed' OR action = 'added'
				OR action = 'left' OR action = 'bounced' OR action = 'complained'),
	at              INTEGER NOT NULL,
	ip              TEXT,			-- of the visitor, or NULL
	form_hash       BLOB REFERENCES form_text(hash),	-- requested, confirmed: the wording that was shown
	mail_hash       BLOB REFERENCES form_text(hash),	-- requested, confirmed: the mail that asked, as it was sent, its secret link left out
	source          TEXT NOT NULL		-- where it came from: 'web', 'one-click', 'csv: paper form 2026-03', 'staff: ann'
) STRICT;
CREATE INDEX consent_of ON consent(subscriber_id);
CREATE INDEX consent_ip ON consent(at) WHERE ip IS NOT NULL;
CREATE TRIGGER consent_append_only BEFORE UPDATE ON consent
WHEN NEW.ip IS NOT NULL OR NEW.id <> OLD.id OR NEW.subscriber_id <> OLD.subscriber_id OR NEW.topic_id <> OLD.topic_id OR NEW.action <> OLD.action
	OR NEW.at <> OLD.at OR NEW.form_hash IS NOT OLD.form_hash OR NEW.mail_hash IS NOT OLD.mail_hash OR NEW.source <> OLD.source
BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END;

-- Verbatim wording (of a form, of a confirmation mail), once each.
CREATE TABLE form_text (
	hash            BLOB PRIMARY KEY,	-- SHA-256 of the text
	text            TEXT NOT NULL,
	first_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Single-use secrets that were mailed; only their hash is here.
CREATE TABLE token (
	hash            BLOB PRIMARY KEY,	-- SHA-256 of the token
	purpose         TEXT NOT NULL CHECK (purpose IN ('confirm', 'my-data')),
	subscriber_id   INTEGER NOT NULL REFERENCES subscriber(id) ON DELETE CASCADE,
	topics          TEXT NOT NULL,		-- confirm: the topic ids that were asked for, separated by spaces
	created_at      INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,
	used_at         INTEGER			-- NULL until used
) STRICT, WITHOUT ROWID;
CREATE INDEX token_of ON token(subscriber_id, purpose);
CREATE INDEX token_expiry ON token(expires_at);

-- Addresses that must not be mailed, as HMAC-SHA-256 (first 16 octets) of the address in lower case under keys/suppression.key, so that it
-- survives erasure without keeping the address.
CREATE TABLE suppression (
	address_hmac    BLOB PRIMARY KEY,
	reason          TEXT NOT NULL CHECK (reason IN ('left', 'erased', 'hard', 'complaint', 'staff')),
	since           INTEGER NOT NULL,
	source          TEXT NOT NULL		-- who or what did it: 'dsn', 'my data page', 'staff: ann: asked by phone'; without an address
) STRICT, WITHOUT ROWID;

-- Articles, as imported.
CREATE TABLE article (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	source          TEXT NOT NULL UNIQUE,	-- what makes it the same article on the next import: its url, else its file name; of a feed's its guid
	title           TEXT NOT NULL,
	url             TEXT NOT NULL,
	excerpt         TEXT NOT NULL,
	author          TEXT NOT NULL,
	image           TEXT NOT NULL,
	topic_id        INTEGER REFERENCES topic(id),	-- NULL: for whatever topic articles are announced to
	body            TEXT NOT NULL,		-- Markdown
	content_hash    TEXT NOT NULL,		-- SHA-256, hex, of the file, or "feed:" and that of a feed's fields: whether it was edited
	published_at    INTEGER NOT NULL,
	imported_at     INTEGER NOT NULL,
	updated_at      INTEGER NOT NULL,
	image_alt       TEXT NOT NULL DEFAULT ''	-- what the image shows, or '' when it only adorns
) STRICT;
CREATE INDEX article_published ON article(published_at);
CREATE INDEX article_url ON article(url) WHERE url <> '';

-- Feeds that articles were imported from, with what makes the next look cheap (RFC 9110 13.1).
CREATE TABLE feed (
	url             TEXT PRIMARY KEY,	-- as it was asked for; of a file: its address or its site's, as it says, else the file's path
	etag            TEXT NOT NULL,		-- of the last answer, or ''
	last_modified   TEXT NOT NULL,		-- as the server wrote it, or ''
	first_at        INTEGER NOT NULL,	-- of the first import: what was old then was never announced
	fetched_at      INTEGER NOT NULL	-- of the last answer, 304 too
) STRICT, WITHOUT ROWID;

-- An article is announced to a topic once.
CREATE TABLE announcement (
	article_id      INTEGER NOT NULL REFERENCES article(id),
	topic_id        INTEGER NOT NULL REFERENCES topic(id),
	campaign_id     INTEGER REFERENCES campaign(id),	-- NULL: marked as announced without a mail
	at              INTEGER NOT NULL,
	PRIMARY KEY (article_id, topic_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX announcement_of ON announcement(campaign_id);

-- One mailing to one topic. Recipients are chosen when sending starts: those whose subscription is active since started_at, or
-- high_since if that is later, and whose id is at most high_id, in the order of ids; cursor is the last one that was reached.
CREATE TABLE campaign (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid            TEXT NOT NULL UNIQUE,	-- public identifier
	kind            TEXT NOT NULL CHECK (kind IN ('articles', 'promotion')),
	topic_id        INTEGER NOT NULL REFERENCES topic(id),
	key             TEXT UNIQUE,		-- makes a cron job idempotent; NULL: none
	subject         TEXT NOT NULL,
	state           TEXT NOT NULL CHECK (state IN ('scheduled', 'sending', 'paused', 'held', 'done', 'cancelled')),
	reason          TEXT NOT NULL DEFAULT '',	-- why it is paused, held or cancelled
	created_at      INTEGER NOT NULL,
	created_by      TEXT NOT NULL,		-- Unix user
	start_at        INTEGER NOT NULL,	-- not before; the cancel window is in it
	valid_until     INTEGER,		-- promotions: never sent after this
	started_at      INTEGER,
	deadline        INTEGER,		-- deferred messages are tried until then
	high_id         INTEGER,
	cursor          INTEGER NOT NULL DEFAULT 0,
	finished_at     INTEGER,
	planned         INTEGER NOT NULL DEFAULT 0,	-- recipients when it started
	accepted        INTEGER NOT NULL DEFAULT 0,	-- these four: how many deliveries are in that state
	deferred        INTEGER NOT NULL DEFAULT 0,
	refused         INTEGER NOT NULL DEFAULT 0,
	unknown         INTEGER NOT NULL DEFAULT 0,
	skipped         INTEGER NOT NULL DEFAULT 0,	-- reached, but not mailed: suppressed, or not mailable by this relay
	archived_at     INTEGER,		-- when its deliveries were shrunk to what bounces and numbers need: no code, reply or class
	alarms          INTEGER NOT NULL DEFAULT 0,	-- bits: the clerk has raised it for 1 bounces, 2 complaints, 4 the present hold
	hidden          INTEGER NOT NULL DEFAULT 0,	-- 1: kept out of the public archive
	segment         TEXT NOT NULL DEFAULT '',	-- who of the topic it is for, in the grammar of lib/store/segment.h; '': everybody
	high_since      INTEGER NOT NULL DEFAULT 0	-- the latest subscription.since at its start: after it if the clock was set back
) STRICT;
CREATE INDEX campaign_open ON campaign(state) WHERE state IN ('scheduled', 'sending', 'paused', 'held');
CREATE INDEX campaign_finished ON campaign(finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX campaign_archive ON campaign(started_at, uuid) WHERE state IN ('done', 'sending') AND hidden = 0;	-- the public archive

-- The compiled message of a campaign, one for each language: what was sent can always be shown again.
-- The first row of a campaign is its site's language: for whoever reads none of the others.
CREATE TABLE campaign_message (
	campaign_id     INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
	language        TEXT NOT NULL,
	compiled        BLOB NOT NULL,		-- lib/mail/message.h
	PRIMARY KEY (campaign_id, language)
) STRICT;

-- Campaigns that wait for somebody's approval by mail. Such a campaign is held until then; staff can resume or cancel it as any other.
CREATE TABLE approval (
	campaign_id     INTEGER PRIMARY KEY REFERENCES campaign(id) ON DELETE CASCADE,
	token_hash      BLOB NOT NULL UNIQUE,	-- SHA-256 of the token in the mailed link
	created_at      INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,	-- then the campaign is cancelled, and its articles go with the next
	decided_at      INTEGER,		-- NULL: not yet
	decision        TEXT CHECK (decision IN ('approved', 'rejected', 'expired'))
) STRICT;
CREATE INDEX approval_open ON approval(expires_at) WHERE decided_at IS NULL;

-- Who has just confirmed and is still to get the welcome mail; the clerk queues it and deletes the row.
CREATE TABLE welcome (
	subscriber_id   INTEGER PRIMARY KEY REFERENCES subscriber(id) ON DELETE CASCADE,
	topics          TEXT NOT NULL,		-- the topic ids that were confirmed, separated by spaces
	at              INTEGER NOT NULL
) STRICT;

-- The ledger: what became of each message. A row is there before anything touches the wire.
CREATE TABLE delivery (
	campaign_id     INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
	subscriber_id   INTEGER NOT NULL,	-- no foreign key: the row outlives the person, and says nothing about them
	state           INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),	-- 0 claimed, 1 accepted, 2 deferred, 3 refused, 4 unknown (held), 5 skipped
	attempts        INTEGER NOT NULL,	-- that something of it went out; 0: skipped, or put off before
	at              INTEGER NOT NULL,	-- of the last change
	next_at         INTEGER CHECK ((next_at IS NULL) = (state <> 2)),	-- deferred: not before
	code            INTEGER,		-- of the last reply, with its enhanced code and redacted text
	enhanced        TEXT,
	reply           TEXT,
	class           TEXT,			-- what lib/judge made of it: 'no-such-user', 'mailbox-full' …; NULL when accepted
	PRIMARY KEY (campaign_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_deferred ON delivery(campaign_id, next_at) WHERE state = 2;

-- Mail to one person that goes before all campaigns. Message and address are wiped once accepted, refused or expired.
CREATE TABLE outbox (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT NOT NULL CHECK (kind IN ('confirm', 'already', 'my-data', 'test', 'operator', 'welcome', 'approval', 'forward')),
	subscriber_id   INTEGER,		-- NULL when it is nobody on the list
	address         TEXT,
	message         BLOB,			-- the final bytes
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

-- What came back or was asked: bounces, complaints, unsubscribes.
CREATE TABLE event (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT NOT NULL CHECK (kind IN ('unsubscribe', 'refusal', 'bounce', 'complaint')),
	at              INTEGER NOT NULL,
	subscriber_id   INTEGER,		-- no foreign key: erasure sets it to NULL
	topic_id        INTEGER,
	campaign_id     INTEGER,		-- the mailing that it answers, if it says so
	class           TEXT NOT NULL,		-- 'hard', 'soft', 'complaint', 'one-click', 'page', 'mailto', 'staff'
	code            INTEGER,
	enhanced        TEXT,
	text            TEXT,			-- redacted
	rule            TEXT,			-- refusal, bounce: what lib/judge made of it, as delivery.class; complaint: its Feedback-Type
	trusted         INTEGER NOT NULL DEFAULT 1	-- 0: no valid link was in it; recorded, about nobody, and without effect
) STRICT;
CREATE INDEX event_at ON event(at);
CREATE INDEX event_campaign ON event(campaign_id, kind, subscriber_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX event_subscriber ON event(subscriber_id) WHERE subscriber_id IS NOT NULL;

-- Messages in a mailbox that were dealt with and are there still: to be removed from it next, or left there for people.
CREATE TABLE returned (
	mailbox         TEXT NOT NULL,		-- NAME of [inbound NAME], and a hash of its url and user
	uid             TEXT NOT NULL,		-- its own as long as it is there: lib/mail/mailbox.h
	left_there      INTEGER NOT NULL CHECK (left_there IN (0, 1)),	-- 1: for people, or because it could not be read
	at              INTEGER NOT NULL,
	PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;

-- Every message that was dealt with and need not be kept, so that one that comes twice (from an MTA that asks again, from a mailbox that has changed its
-- numbers) acts once. Deleted after a while.
CREATE TABLE returned_digest (
	digest          BLOB PRIMARY KEY,	-- SHA-256 of its bytes, first 16 octets
	at              INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX returned_digest_at ON returned_digest(at);

-- Files of the outbox folder that hold mail to somebody who is gone; the sender, who alone may, deletes them and then the row.
CREATE TABLE erasure (
	subscriber_id   INTEGER PRIMARY KEY,
	mails           TEXT			-- ids in outbox, separated by commas, or NULL
) STRICT;

-- Who is erased leaves nothing that leads to them: what waits for them in the outbox goes with the row, events and deliveries stay as numbers,
-- without what a relay or a bounce said (it may name them).
CREATE TRIGGER subscriber_gone AFTER DELETE ON subscriber BEGIN
	INSERT INTO erasure (subscriber_id, mails) VALUES (OLD.id, (SELECT group_concat(id) FROM outbox WHERE subscriber_id = OLD.id));
	UPDATE event SET subscriber_id = NULL, text = NULL WHERE subscriber_id = OLD.id;
	UPDATE delivery SET reply = NULL WHERE campaign_id IN (SELECT id FROM campaign) AND subscriber_id = OLD.id;
	UPDATE outbox SET subscriber_id = NULL, message = NULL, address = NULL, reply = NULL,
		state = CASE WHEN state IN ('queued', 'claimed') THEN 'expired' ELSE state END WHERE subscriber_id = OLD.id;
END;

-- The roles of newsletterd that have run, each with a row that it keeps fresh, so that a watcher sees who is not there any more.
CREATE TABLE role (
	name            TEXT PRIMARY KEY,	-- 'http', 'clerk', 'sender', 'inbound'
	pid             INTEGER NOT NULL,
	version         TEXT NOT NULL,		-- of the program
	started_at      INTEGER NOT NULL,
	seen_at         INTEGER NOT NULL,	-- a quarter of a minute ago at most, while it runs
	landlock        INTEGER NOT NULL,	-- the ABI of Landlock that the kernel holds it to; 0: none
	seccomp         INTEGER NOT NULL,	-- 1: the kernel holds it to its list of system calls
	uid             INTEGER NOT NULL	-- whom it runs as
) STRICT, WITHOUT ROWID;

-- The backups that this store was restored from. Until a person releases it, no mail to one person leaves and nothing new is sent: what the
-- backup had waiting may have gone out since.
CREATE TABLE restored (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	taken_at        INTEGER NOT NULL,	-- when the backup was made
	at              INTEGER NOT NULL,
	released_at     INTEGER			-- NULL: held
) STRICT;

-- Numbers that only grow, for metrics; newsletterd(8) says what each becomes. A name is a word, or a word and what it is counted by:
--   inbound_messages, inbound_hard …, inbound_polls and inbound_failures (times that a mailbox was read, or could not be), inbound_stuck (times that
--   one could not be for six hours); signup_requests, signup_trapped (those among them that a program sent), signup_held …; confirmations; erasures
--   messages:KIND:RESULT, failures:CLASS, replies:RELAY:CODE     what the sender recorded, in the same transaction
--   events:KIND:CLASS            rows of event, as they were added
--   role_restarts:ROLE           times that one died and was started again
--   http:CODE, http_time:N       visitors' requests by status, and by how long they took: class N of lib/base/histogram.h, or sum, in microseconds
--   commit:ROLE:N                the same of each role's commits
CREATE TABLE counter (
	name            TEXT PRIMARY KEY,
	value           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was used of a limit, so that it holds across a restart: one row for each window of time in which something was used.
-- The sender's rows:
--   relay                       five minutes; messages that left, or were about to: rows are written ahead. Kept for a day.
--   relay-first                 when the relay was first used, for its warm-up; used is 1
--   relay-rate, domain-rate     since then replies hold the rate down to so many messages in 1000 s; it grows from there
--   relay-until, domain-until   and is free again at so many
--   relay-trouble               since when the relay does not work; used is the Unix time at which it is tried again, or 0. Gone once it works.
-- The clerk's:
--   signup-network, -domain, -total  a sixtieth of the limit's time; weight of the visitors' requests that were let through. The subject is a
--                                keyed hash of the network or the domain. Kept for two hours.
--   signup-surge                 since when the limit over all is reached; used is 1. Gone when it is over.
--   signup-told                  when the operator was told of a surge; used is 1
-- The inbound role's, for `newsletter status`; the subject is the NAME of [inbound NAME]:
--   inbound-polled               when the mailbox was last read to its end; used is 1
--   inbound-trouble              since when that fails; used is how often it failed. Gone once it works again.
-- The same role's, while it reads a mailbox, in the scope "inbound-reading NAME"; gone when it is done:
--   ''                           it does; the other subjects are uids of messages at which it died; used is how often, without the one
--                                that has 0 for its window's start: this one is being read alone
-- Of what comes back: 24 minutes each, kept for two days:
--   inbound-doubted              bounces that nobody can check and that were recorded all the same
--   inbound-forward              messages of people that were forwarded
CREATE TABLE pace (
	scope           TEXT NOT NULL,		-- one of the above, 'ip', 'address' …
	subject         TEXT NOT NULL,		-- which one: a relay's name, a domain …
	window_start    INTEGER NOT NULL,	-- of the window that `used` counts
	used            INTEGER NOT NULL,
	PRIMARY KEY (scope, subject, window_start)
) STRICT, WITHOUT ROWID;

-- Who did what from the command line. Append-only, and kept for ever.
CREATE TABLE audit (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	at              INTEGER NOT NULL,
	who             TEXT NOT NULL,		-- Unix user; behind sudo 'root (ann)'
	command         TEXT NOT NULL,		-- 'subscriber import'
	detail          TEXT NOT NULL		-- without addresses; 'begun': the first transaction of several
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
