-- What must hold in every store, between transactions. Each SELECT returns no row, or the store is wrong; its first column says what is.
-- The machine's clock may be set, so what came later may have the earlier time: by less than a day.
-- Statements end with a semicolon at the end of a line. `sqlite3 STORE <tests/invariants.sql` runs them too: no output is good.

-- The file.
SELECT 'the file is damaged', integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok';
SELECT 'a row refers to one that is not there', "table", rowid, parent FROM pragma_foreign_key_check;
SELECT 'the file is no store of ours', application_id FROM pragma_application_id WHERE application_id <> 0x4e65776c;
SELECT 'the store has no version', user_version FROM pragma_user_version WHERE user_version < 1;

-- Topics.
SELECT 'a topic''s slug is none', id, slug FROM topic WHERE slug = '' OR slug GLOB '*[^a-z0-9-]*';

-- Ids are never used again: none is in use that its table has not given out.
WITH used(name, id) AS (
	SELECT 'topic', max(id) FROM topic UNION ALL SELECT 'subscriber', max(id) FROM subscriber
	UNION ALL SELECT 'subscriber', max(subscriber_id) FROM delivery UNION ALL SELECT 'subscriber', max(subscriber_id) FROM event
	UNION ALL SELECT 'campaign', max(id) FROM campaign UNION ALL SELECT 'outbox', max(id) FROM outbox
) SELECT 'an id was never given out', name, id FROM used
WHERE id > coalesce((SELECT seq FROM sqlite_sequence WHERE sqlite_sequence.name = used.name), 0);

-- Requests that wait: each line's first has a time at which it is looked at, and is in it with all that belongs to it.
SELECT 'nobody in a line is ever looked at', held_by, line FROM signup_request WHERE held_by IS NOT NULL
GROUP BY held_by, line HAVING min(next_at) = 9223372036854775807;
SELECT 'a request waits without a place', id FROM signup_request
WHERE (held_by IS NULL) <> (line IS NULL) OR (held_by IS NULL) <> (network IS NULL) OR (held_by IS NULL) <> (place IS NULL)
	OR (held_by IS NULL) <> (held_at IS NULL);
SELECT 'a request is for no topic, or without the wording that was shown', id, kind FROM signup_request
WHERE kind = 'signup' AND (topics = '' OR form_hash IS NULL);

-- People.
SELECT 'an address key is not in lower case', id FROM subscriber WHERE address_key <> lower(address_key) OR address_key = '';
SELECT 'an address and its key are not the same', id FROM subscriber WHERE lower(address) <> address_key;
SELECT 'two people are one', group_concat(id) FROM subscriber GROUP BY address_hmac HAVING count(*) > 1;
SELECT 'a MAC has not 16 octets', id FROM subscriber WHERE length(address_hmac) <> 16;
SELECT 'a suppression MAC has not 16 octets', reason FROM suppression WHERE length(address_hmac) <> 16;
SELECT 'a bounce score without its days', id FROM subscriber
WHERE (bounce_score > 0) <> (bounce_first_at IS NOT NULL) OR (bounce_first_at IS NULL) <> (bounce_last_at IS NULL)
	OR bounce_first_at > bounce_last_at OR bounce_score < 0;
SELECT 'somebody is erased and there', subscriber_id FROM erasure WHERE subscriber_id IN (SELECT id FROM subscriber);
SELECT 'what a relay said of somebody who is gone is kept', campaign_id, subscriber_id FROM delivery
WHERE reply IS NOT NULL AND subscriber_id NOT IN (SELECT id FROM subscriber);
SELECT 'an event about nobody says something', id, kind FROM event WHERE trusted = 1 AND subscriber_id IS NULL AND text IS NOT NULL;
SELECT 'an event that nobody can check is about somebody', id, kind FROM event WHERE trusted = 0 AND subscriber_id IS NOT NULL;
SELECT 'an event is somebody''s who is gone', id FROM event WHERE subscriber_id IS NOT NULL AND subscriber_id NOT IN (SELECT id FROM subscriber);
SELECT 'an outbox row is somebody''s who is gone', id FROM outbox WHERE subscriber_id IS NOT NULL AND subscriber_id NOT IN (SELECT id FROM subscriber);

-- Subscription and consent: each state rests on the last thing that happened. A request that lapsed leaves the state before it.
WITH last AS (
	SELECT u.topic_id, u.subscriber_id, u.state, u.since,
		(SELECT max(id) FROM consent c WHERE c.subscriber_id = u.subscriber_id AND c.topic_id = u.topic_id AND c.action <> 'requested') AS id
	FROM subscription u WHERE u.state <> 0
) SELECT 'a subscription does not rest on its consent', topic_id, subscriber_id, state FROM last
WHERE NOT EXISTS (SELECT 1 FROM consent c WHERE c.id = last.id AND c.at = last.since
	AND c.action IN (CASE last.state WHEN 1 THEN 'confirmed' WHEN 2 THEN 'left' WHEN 3 THEN 'bounced' WHEN 4 THEN 'complained' END,
		iif(last.state = 1, 'imported', NULL), iif(last.state = 1, 'added', NULL)));
SELECT 'a pending subscription was not requested last', u.topic_id, u.subscriber_id FROM subscription u
WHERE u.state = 0 AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = u.subscriber_id AND c.topic_id = u.topic_id
	AND c.action = 'requested' AND c.at = u.since AND NOT EXISTS (SELECT 1 FROM consent d WHERE d.subscriber_id = c.subscriber_id
		AND d.topic_id = c.topic_id AND d.id > c.id));
SELECT 'an ended topic with its evidence is forgotten', c.topic_id, c.subscriber_id FROM consent c
WHERE c.action IN ('left', 'bounced', 'complained')
	AND NOT EXISTS (SELECT 1 FROM subscription u WHERE u.subscriber_id = c.subscriber_id AND u.topic_id = c.topic_id);
SELECT 'a consent has a wording that nobody was shown', id, action FROM consent
WHERE action NOT IN ('requested', 'confirmed') AND (form_hash IS NOT NULL OR mail_hash IS NOT NULL);
SELECT 'a wording is not under its hash', hex(hash) FROM form_text WHERE length(hash) <> 32;

-- Single-use secrets.
SELECT 'a token cannot be', hex(hash) FROM token WHERE length(hash) <> 32 OR expires_at < created_at OR used_at < created_at - 86400;
SELECT 'a token is for no topic, or for one that it does not need', hex(hash), purpose FROM token WHERE (purpose = 'confirm') <> (topics <> '');
SELECT 'a welcome is about no topic', subscriber_id FROM welcome WHERE topics = '';

-- Articles.
SELECT 'an announcement is of a campaign to another topic', a.article_id FROM announcement a JOIN campaign c ON c.id = a.campaign_id
WHERE c.topic_id <> a.topic_id OR c.kind <> 'articles';
SELECT 'a campaign that never started keeps its announcements', a.article_id FROM announcement a JOIN campaign c ON c.id = a.campaign_id
WHERE c.state = 'cancelled' AND c.started_at IS NULL;

-- Campaigns.
SELECT 'a campaign''s state and times do not fit', id, state FROM campaign
WHERE (state IN ('sending', 'done') AND started_at IS NULL) OR (state = 'scheduled' AND started_at IS NOT NULL)
	OR (state IN ('done', 'cancelled')) <> (finished_at IS NOT NULL)
	OR (started_at IS NULL) <> (high_id IS NULL) OR (started_at IS NULL) <> (deadline IS NULL);
SELECT 'a campaign has no message', id FROM campaign WHERE NOT EXISTS (SELECT 1 FROM campaign_message m WHERE m.campaign_id = campaign.id);
SELECT 'a campaign of articles ends by itself', id FROM campaign WHERE kind <> 'promotion' AND valid_until IS NOT NULL;
SELECT 'a campaign was mailed before it started', id FROM campaign WHERE started_at IS NULL AND accepted + deferred + refused + unknown + skipped > 0;
SELECT 'a campaign has bits that nobody gave it', id, alarms, hidden FROM campaign WHERE alarms NOT BETWEEN 0 AND 7 OR hidden NOT IN (0, 1);
SELECT 'an approval is decided without a decision', campaign_id FROM approval
WHERE (decided_at IS NULL) <> (decision IS NULL) OR length(token_hash) <> 32;
SELECT 'a campaign has passed its end', id, cursor, high_id FROM campaign WHERE cursor > coalesce(high_id, 0);
SELECT 'a campaign is over with messages in flight or deferred', c.id FROM campaign c
WHERE c.state = 'done' AND EXISTS (SELECT 1 FROM delivery d WHERE d.campaign_id = c.id AND d.state IN (0, 2));

-- The ledger. Its rows are deleted after a while, those of a campaign that is over: only then may there be fewer than were counted.
SELECT 'a delivery of a campaign that never started', d.campaign_id, d.subscriber_id FROM delivery d JOIN campaign c ON c.id = d.campaign_id
WHERE c.started_at IS NULL OR d.at < c.started_at - 86400;
SELECT 'a delivery that the cursor has not reached', d.campaign_id, d.subscriber_id FROM delivery d JOIN campaign c ON c.id = d.campaign_id
WHERE d.subscriber_id > c.cursor;
SELECT 'an accepted delivery has a class', campaign_id, subscriber_id, class FROM delivery WHERE state = 1 AND class IS NOT NULL;
SELECT 'a delivery without an attempt', campaign_id, subscriber_id, state FROM delivery WHERE attempts < (state IN (0, 1, 4));
SELECT 'an archived campaign is not over', id, state FROM campaign WHERE archived_at IS NOT NULL AND (finished_at IS NULL OR archived_at < finished_at - 86400);
SELECT 'an archived campaign has something to send', id FROM campaign WHERE archived_at IS NOT NULL AND deferred <> 0;
SELECT 'an archived delivery has not been shrunk', d.campaign_id, d.subscriber_id FROM campaign c JOIN delivery d ON d.campaign_id = c.id
WHERE c.archived_at IS NOT NULL AND (d.state IN (0, 2) OR coalesce(d.code, d.enhanced, d.reply, d.class) IS NOT NULL);
WITH ledger AS (
	SELECT c.id, c.finished_at, c.accepted, c.deferred, c.refused, c.unknown, c.skipped,
		coalesce(sum(d.state = 1), 0) AS n_accepted, coalesce(sum(d.state = 2), 0) AS n_deferred, coalesce(sum(d.state = 3), 0) AS n_refused,
		coalesce(sum(d.state = 4), 0) AS n_unknown, coalesce(sum(d.state = 5), 0) AS n_skipped
	FROM campaign c LEFT JOIN delivery d ON d.campaign_id = c.id GROUP BY c.id
), compared AS (
	SELECT *, accepted = n_accepted AND deferred = n_deferred AND refused = n_refused AND unknown = n_unknown AND skipped = n_skipped AS same,
		accepted >= n_accepted AND deferred >= n_deferred AND refused >= n_refused AND unknown >= n_unknown AND skipped >= n_skipped AS less,
		accepted + deferred + refused + unknown + skipped > n_accepted + n_deferred + n_refused + n_unknown + n_skipped AS deleted
	FROM ledger
) SELECT 'the tally is not the ledger''s', id, accepted, n_accepted, deferred, n_deferred, refused, n_refused, unknown, n_unknown, skipped, n_skipped
FROM compared WHERE NOT (same OR (finished_at IS NOT NULL AND less AND deleted));

-- The outbox.
SELECT 'a finished outbox row keeps its message or address', id, state FROM outbox
WHERE state NOT IN ('queued', 'claimed') AND (message IS NOT NULL OR address IS NOT NULL);
SELECT 'an outbox row cannot be sent', id, state FROM outbox WHERE state IN ('queued', 'claimed') AND (message IS NULL OR address IS NULL);
SELECT 'an outbox row is claimed without an attempt', id FROM outbox WHERE state IN ('claimed', 'accepted', 'refused', 'unknown') AND attempts < 1;

-- What came back, and the numbers.
SELECT 'a digest has not 16 octets', hex(digest) FROM returned_digest WHERE length(digest) <> 16;
SELECT 'a number has shrunk below nothing', name, value FROM counter WHERE value < 0;
SELECT 'less than nothing of a limit was used', scope, subject, used FROM pace WHERE used < 0;
