#!/bin/bash
# retry.t - a running newsletterd takes up what `campaign retry` queues, nobody twice; `campaign archive` runs beside it, and dies half-way.
. "$(dirname "$0")/lib.sh"

people=400
start_sink
make_site
conf_add relay "url=smtp://$sink" tls=none connections=4 rate=1000
subscribers $people
article 'Sleeping better'
start_daemon
newsletter send --yes >/dev/null
wait_for 60 campaign_is 1 'done'
wait_for 20 sink_reached $people
is "all are served" "$(sql 'SELECT accepted, sink FROM campaign, (SELECT '"$(sink_count)"' AS sink)')" "$people|$people"

# Forty were refused by policy, ten are unknown and five dead; one of the refused has left since.
sql "UPDATE delivery SET state = 3, code = 550, enhanced = '5.7.1', reply = 'spam', class = 'policy' WHERE subscriber_id <= 40;
	UPDATE delivery SET state = 4, code = NULL, reply = NULL WHERE subscriber_id BETWEEN 41 AND 50;
	UPDATE delivery SET state = 3, code = 550, class = 'no-such-user' WHERE subscriber_id BETWEEN 51 AND 55;
	UPDATE campaign SET accepted = accepted - 55, refused = 45, unknown = 10"
newsletter subscriber unsubscribe person7@example.org >/dev/null
newsletter campaign retry 1 --class policy --json >"$tmp/retried"
like "39 are queued, and newsletterd runs" "$(<"$tmp/retried")" '"retried": ?39.*"running": ?true'
wait_for 30 campaign_is 1 'done'
is "they are sent, and the campaign ends again" "$(sql 'SELECT state, accepted, deferred, refused, unknown FROM campaign')" "done|$((people - 16))|0|6|10"
wait_for 20 sink_reached $((people + 39))
is "just these" "$(sink_count)" $((people + 39))
newsletter campaign retry 1 >/dev/null
wait_for 30 campaign_is 1 'done'
wait_for 20 sink_reached $((people + 49))
is "then the unknown ones" "$(sql 'SELECT accepted, refused, unknown FROM campaign')|$(sink_count)" "$((people - 6))|6|0|$((people + 49))"
ids=$(cat "$tmp"/sink/* | tr -d '\r' | grep -i '^Message-ID:' | sort -u | wc -l)
is "each with its first one's Message-ID" "$ids" "$people"
newsletter campaign retry 1 >"$tmp/none"
is "nothing is left to retry" "$(tail -n 1 "$tmp/none")" "Nothing to retry."

# A long ledger is archived while newsletterd sends another mailing; the first attempt is killed.
sql "PRAGMA foreign_keys = OFF; BEGIN;
	INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, deadline, high_id, cursor, finished_at, planned,
		accepted) SELECT 50, 'long', 'articles', topic_id, 's', 'done', 1, 'a', 1, 1, 9, 300000, 300000, 10, 300000, 300000 FROM campaign WHERE id = 1;
	INSERT INTO campaign_message VALUES (50, 'en', x'78');
	UPDATE sqlite_sequence SET seq = 300000 WHERE name = 'subscriber';
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
	INSERT INTO delivery SELECT 50, i, 1, 1, 5, NULL, 250, '2.0.0', '2.0.0 Ok: queued as ' || hex(randomblob(20)), NULL FROM n; COMMIT"
# there it hangs until it is killed
sql "CREATE TRIGGER hang BEFORE INSERT ON delivery WHEN NEW.campaign_id = 50 AND NEW.subscriber_id = 150000 BEGIN
	SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n); END"
"$BIN/newsletter" -C "$site" campaign archive 50 >/dev/null &
pid=$!
some_are() { [ "$(sql 'SELECT reply IS NULL FROM delivery WHERE campaign_id = 50 ORDER BY subscriber_id LIMIT 1')" = 1 ]; }
wait_for 20 some_are
kill -9 "$pid"
wait "$pid" 2>/dev/null
sql "DROP TRIGGER hang"
is "half archived is not archived" "$(sql 'SELECT archived_at IS NULL FROM campaign WHERE id = 50')" 1
at_least "since some are not" "$(sql 'SELECT count(reply) FROM delivery WHERE campaign_id = 50')" 1
article 'Breathing'
newsletter campaign archive 50 >"$tmp/archived" &
pid=$!
at_exit "$pid"
newsletter send --yes >/dev/null
wait_for 60 campaign_is 51 'done'
is "a mailing meanwhile arrives" "$(sql 'SELECT accepted FROM campaign WHERE id = 51')" $((people - 1))
wait "$pid"
like "and the rest is archived" "$(<"$tmp/archived")" "300,000 deliveries of 1 campaign shrunk"
is "all of it" "$(sql 'SELECT count(reply), count(*) FROM delivery WHERE campaign_id = 50')" "0|300000"
stop_daemon
is "the daemon ends well" $? 0
is "the store holds together" "$(sqlite3 "$site/store/newsletter.db" <"$root/tests/invariants.sql" 2>&1)" ""
done_testing
