#!/bin/bash
# segment.t - a mailing to a segment reaches exactly those who are in it at their turn: through a relay, across a death, with people who
# change in the middle; and one whose segment is gone is held, and reaches nobody.
. "$(dirname "$0")/lib.sh"

people=300
numbers() { find "$tmp/got" -name '*.eml' -printf '%f\n' 2>/dev/null | sed 's/\..*//' | sort -nu | tr '\n' ' '; }
count() { find "$tmp/got" -name '*.eml' | wc -l; }
reached() { [ "$(count)" -ge "$1" ]; }
cursor_at() { [ "$(sql "SELECT cursor FROM campaign WHERE id = $1")" -ge "$2" ]; }
# expected CONDITION: the numbers for which it holds
expected() { seq "$people" | awk "{ n = \$1 } $1" | tr '\n' ' '; }
next_mailing() { mv "$tmp"/got/* "$tmp/got.before"; }

need_peers
mkdir -p "$tmp/got" "$tmp/got.before"
make_site --language en
conf_add relay tls=none connections=1 window=1
start_relay --record "$tmp/got" --halt "$tmp/halt"
conf_add relay "url=smtp://127.0.0.1:$relay"
subscribers $people
# in the order of their numbers, whatever order the import took them in
sql "UPDATE subscriber SET address_key = id; UPDATE subscriber SET address = 'person' || id || '@example.org', name = 'Person ' || id;
	UPDATE subscriber SET address_key = address"
sql "UPDATE subscriber SET language = CASE id % 3 WHEN 0 THEN 'es' WHEN 1 THEN 'en' ELSE '' END"
article one
start_daemon

echo "# exactly those"
newsletter send articles --where 'language=es' >/dev/null 2>"$tmp/err" || bail "$(cat "$tmp/err")"
wait_for 60 campaign_is 1 'done'
is "those of the language" "$(numbers)" "$(expected 'n % 3 == 0')"
is "the others have no row in the ledger" "$(sql 'SELECT count(*), sum(state = 1), sum(subscriber_id % 3) FROM delivery WHERE campaign_id = 1')" "100|100|0"
is "planned are those alone, and none was skipped" "$(sql 'SELECT planned, accepted, skipped FROM campaign WHERE id = 1')" "100|100|0"
is "the public archive has it not" "$(curl -s --max-time 20 -o /dev/null -w '%{http_code}' "$base/archive/$(sql 'SELECT uuid FROM campaign WHERE id = 1')")" 404

echo "# who did not get the last one"
next_mailing
article two
newsletter send articles --where 'not campaign=1' >/dev/null 2>&1
wait_for 60 campaign_is 2 'done'
is "are all the others" "$(numbers)" "$(expected 'n % 3')"

echo "# changes in the middle, and a death"
next_mailing
article three
sql "UPDATE subscriber SET language = 'fr' WHERE id IN (249, 250)"
halt_after 40
newsletter send articles --where 'language=es or language=en' >/dev/null 2>&1
wait_for 60 reached 40
# who chooses another language, or leaves, before their turn is not reached; who comes into the segment is
sql "UPDATE subscriber SET language = 'fr' WHERE id BETWEEN 240 AND 260; UPDATE subscriber SET language = 'en' WHERE id = 250"
for i in 261 262 263; do newsletter subscriber unsubscribe person$i@example.org >/dev/null; done
kill -KILL "$(role_pid sender)"
go_on
wait_for 60 campaign_is 3 'done'
is "exactly those" "$(numbers)" "$(expected 'n < 240 || n == 250 || n > 263')"
is "the ledger says the same" "$(sql 'SELECT count(*), sum(state = 1) FROM delivery WHERE campaign_id = 3')" "277|277"
at_most "one at most came twice, which was on its way when the sender died" "$(count)" 278

echo "# a segment that few are in"
next_mailing
article four
newsletter send articles --where 'domain=example.org and not campaign=1 and not campaign=2 and language=fr or name="Person 299"' >/dev/null 2>&1
wait_for 60 campaign_is 4 'done'
is "reaches them" "$(numbers)" "299 "
article five
newsletter send articles --where 'name=Nobody' --at +0s >/dev/null 2>&1
wait_for 60 campaign_is 5 'done'
is "one that nobody is in ends by itself" "$(sql 'SELECT state, planned, accepted FROM campaign WHERE id = 5')" "done|0|0"

echo "# what it names is gone"
next_mailing
article six
newsletter topic create sport --title Sport >/dev/null
newsletter send articles --where 'topic!=sport' --at +1h >/dev/null 2>&1
sql "UPDATE topic SET slug = 'sports' WHERE slug = 'sport'; UPDATE campaign SET start_at = unixepoch() WHERE id = 6"
wait_for 60 campaign_is 6 held
like "it is held, and says why" "$(sql 'SELECT reason FROM campaign WHERE id = 6')" "its segment cannot be found any more: column 8: unknown topic \"sport\""
sql "UPDATE topic SET slug = 'sport' WHERE slug = 'sports'"
halt_after 5
newsletter campaign resume 6 >/dev/null
wait_for 60 reached 5
sql "UPDATE topic SET slug = 'sports' WHERE slug = 'sport'"
go_on
wait_for 60 campaign_is 6 held
like "in the middle, too" "$(sql 'SELECT reason FROM campaign WHERE id = 6')" "unknown topic \"sport\""
is "then nobody else is reached" "$(sql 'SELECT count(*) < planned FROM delivery, campaign WHERE campaign_id = 6 AND id = 6')" 1
sql "UPDATE topic SET slug = 'sport' WHERE slug = 'sports'"
newsletter campaign resume 6 >/dev/null
wait_for 60 campaign_is 6 'done'
is "resumed once it is there again, it reaches the rest" "$(numbers)" "$(expected 'n < 261 || n > 263')"
stop_daemon
is "the invariants hold" "$(sqlite3 "$site/store/newsletter.db" <"$root/tests/invariants.sql" | head -n 3)" ""
done_testing
