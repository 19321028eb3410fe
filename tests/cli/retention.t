#!/bin/bash
# newsletter retention: what is past it is said, and goes; the same rules as the clerk's.
. "$(dirname "$0")/lib.sh"
site one --set inbound.url=maildir:/nowhere --set mail.bounce=bounce@example.org
now=1800000000 day=86400
export NEWSLETTER_CLOCK=@$now
old() { echo $((now - $1 * day - 1)); }
young() { echo $((now - $1 * day + 60)); }
nl subscriber add ann@example.org >/dev/null
db "INSERT INTO consent (subscriber_id, topic_id, action, at, ip, source) VALUES (1, 2, 'requested', $(old 90), '192.0.2.1', 'web'), (1, 2, 'requested', $(young 90), '192.0.2.2', 'web');
	INSERT INTO subscriber (id, address, address_key, address_hmac, name, language, created_at) VALUES (5, 'old@x.example', 'old@x.example', randomblob(16), '', '', 1), (6, 'young@x.example', 'young@x.example', randomblob(16), '', '', 1);
	INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (5, 1, 'requested', $(old 7), 'web'), (6, 1, 'requested', $(young 7), 'web'), (1, 2, 'requested', $(old 7), 'web');
	INSERT INTO subscription VALUES (1, 5, 0, $(old 7)), (1, 6, 0, $(young 7)), (2, 1, 0, $(old 7));
	INSERT INTO token (hash, purpose, subscriber_id, topics, created_at, expires_at) VALUES (randomblob(32), 'confirm', 1, '1', 1, $(old 7)), (randomblob(32), 'confirm', 1, '1', 1, $(young 7));
	INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, deadline, high_id, cursor, finished_at, planned, accepted)
		VALUES (1, 'u', 'promotion', 1, 's', 'done', 1, 'x', 1, 1, 1, 9, 9, $(old 548), 2, 2), (2, 'v', 'promotion', 1, 's', 'done', 1, 'x', 1, 1, 1, 9, 9, $(young 548), 1, 1);
	INSERT INTO campaign_message SELECT id, 'en', x'78' FROM campaign;
	INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) VALUES (1, 1, 1, 1, 5), (1, 2, 1, 1, 5), (2, 1, 1, 1, 5);
	INSERT INTO event (kind, at, class) VALUES ('bounce', $(old 730), 'soft'), ('bounce', $(young 730), 'soft');
	INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at) VALUES ('test', 'a@x.example', x'78', 'queued', $now, $now - 1, 1), ('test', 'b@x.example', x'78', 'queued', $now, $now + 1, 1);
	INSERT INTO outbox (kind, state, attempts, created_at, expires_at, next_at) VALUES ('test', 'accepted', 1, $(old 30), 1, 1), ('test', 'accepted', 1, $(young 30), 1, 1);
	INSERT INTO returned_digest VALUES (randomblob(16), $(old 90)), (randomblob(16), $(young 90));
	INSERT INTO pace VALUES ('signup-total', '', $now - 7201, 1), ('signup-total', '', $now - 7000, 1)"
mark=$(printf 'maildir:/nowhere\n' | sha256sum | cut -c1-16)
db "INSERT INTO returned VALUES (' $mark', '1', 1, $(old 90)), ('gone 0000000000000000', '1', 1, $(old 90)), ('gone 0000000000000000', '2', 0, $(young 90)), ('zone 0000000000000000', '1', 0, $(old 90))"

counts() { json '{r["name"]: r.get("past", r.get("deleted")) for r in j["rules"]}'; }
want="{'expired': 1, 'pending': 1, 'pending-topics': 1, 'tokens': 1, 'ips': 1, 'deliveries': 2, 'events': 1, 'outbox': 1, 'returned': 1, 'mailboxes': 2, 'limits': 1}"
before=$(dump)
succeeds "a dry run" nl retention --dry-run --json
is "says what is past it" "$(counts)" "$want"
is "and in all" "$(json 'j["rows"], j["dry_run"]')" "(13, True)"
is "and changes nothing" "$(dump | cksum)" "$(echo "$before" | cksum)"
succeeds "for people" nl retention --dry-run
like "with how long it is kept, and where that is said" "$out" "IP addresses in the evidence +90 d +ip +1"
succeeds "at once" nl retention --json
is "exactly that goes" "$(counts)" "$want"
is "what is young stays" "$(db "SELECT (SELECT group_concat(address) FROM subscriber), (SELECT count(*) FROM token), (SELECT count(*) FROM consent WHERE ip IS NOT NULL),
	(SELECT count(*) FROM delivery), (SELECT count(*) FROM event), (SELECT count(*) FROM outbox), (SELECT count(*) FROM returned_digest), (SELECT count(*) FROM pace)")" \
	"ann@example.org,young@x.example|1|1|1|1|3|1|1"
is "the mailbox that is read keeps its place" "$(db 'SELECT mailbox, uid FROM returned ORDER BY 1')" " $mark|1
gone 0000000000000000|2"
is "the audit has it" "$(db "SELECT detail FROM audit WHERE command = 'retention' AND detail <> 'begun'")" "13 rows deleted"
succeeds "once more" nl retention --json
is "there is nothing left" "$(json 'j["rows"]') $(db "SELECT count(*) FROM audit WHERE command = 'retention' AND detail <> 'begun'")" "0 1"
sed -i 's/^\[retention\]/&/; $a [retention]\nip = 30d' newsletter.conf
run nl retention --dry-run --json
is "the configuration says how long" "$status $(json '[r["past"] for r in j["rules"] if r["name"] == "ips"], [r["keep"] for r in j["rules"] if r["name"] == "ips"]')" "0 ([1], [2592000])"

# More than one bite.
db "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) INSERT INTO event (kind, at, class) SELECT 'bounce', 5, 'soft' FROM n;
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) INSERT INTO returned SELECT 'a mailbox', i, 0, 5 FROM n"
succeeds "many" nl retention --json
is "all go" "$(json '{r["name"]: r["deleted"] for r in j["rules"] if r["deleted"]}')" "{'ips': 1, 'events': 1500, 'mailboxes': 1100}"
is "the store is in order" "$(sqlite3 store/newsletter.db <"$root/tests/invariants.sql")" ""
done_testing
