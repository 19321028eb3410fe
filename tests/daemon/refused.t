#!/bin/bash
# refused.t - what a relay refuses is held against the address as what comes back is: dead ends it, full is a point, a success costs nothing;
# a confirmation's refusal too, and whoever asks and confirms anew is back.
. "$(dirname "$0")/lib.sh"

need_peers
relay_port=$(free_port)
make_site
conf_add relay "url=smtp://127.0.0.1:$relay_port" tls=none connections=1 window=1 timeout=60
relay_up() {
	mail_folder
	sink_at "$relay_port" -D "$tmp/sink/mail." "$@"
}
relay_down() { kill -9 "$sink_pid" && wait "$sink_pid" 2>/dev/null; }
announce() { article "$1" && newsletter send --yes >/dev/null; }
score() { sql 'SELECT group_concat(bounce_score) FROM (SELECT bounce_score FROM subscriber ORDER BY id)'; }
states() { sql "SELECT group_concat(state) FROM (SELECT state FROM subscription ORDER BY subscriber_id)"; }
ago() { sql "UPDATE subscriber SET bounce_first_at = bounce_first_at - $1 * 86400, bounce_last_at = bounce_last_at - $1 * 86400 WHERE bounce_score > 0"; }

# noon: no day ends between two points of one day
export NEWSLETTER_CLOCK=+$((86400 + 43200 - $(date +%s) % 86400))
for who in ann ben; do
	newsletter subscriber add $who@example.org --topic articles >/dev/null
done
relay_up -B '552 5.2.2 mailbox full' -f rcpt
start_daemon
announce 'First'
wait_for 15 campaign_is 1 'done'
is "a full mailbox is a point" "$(score) $(states)" '1,1 1,1'
is "and an event that names the rule" "$(sql "SELECT DISTINCT kind || ' ' || class || ' ' || (rule = (SELECT class FROM delivery LIMIT 1)) FROM event")" 'refusal soft 1'
announce 'Second'
wait_for 15 campaign_is 2 'done'
is "another on the same day is none" "$(score)" '1,1'
sql "UPDATE subscriber SET bounce_score = 4"
ago 14
announce 'Third'
wait_for 15 campaign_is 3 'done'
is "the fifth, after 14 days, ends the address" "$(score) $(states)" '0,0 3,3'
is "which is suppressed" "$(sql "SELECT count(*), min(reason), min(source) FROM suppression")" '2|hard|refused by the relay'
relay_down
relay_up -B '550 5.1.1 user unknown' -f rcpt
newsletter subscriber add cid@example.org --topic articles >/dev/null
announce 'Fourth'
wait_for 15 campaign_is 4 'done'
is "an unknown user ends it at once" "$(states)" '3,3,3'
ask() { curl -s --max-time 60 -o /dev/null -d email=dan@example.org -d topic=articles "$base/subscribe"; }
dan() { [ "$(sql "SELECT group_concat(state) FROM outbox WHERE kind = 'confirm'")" = "$1" ]; }
ask
wait_for 15 dan refused
is "a confirmation's does too" "$(states) $(sql "SELECT class || ' ' || coalesce(campaign_id, '-') FROM event ORDER BY id DESC LIMIT 1")" '3,3,3,3 hard -'
relay_down
relay_up
ask
wait_for 15 dan refused,accepted
is "who asks again gets another" "$(states) $(sql "SELECT group_concat(state) FROM outbox WHERE kind = 'confirm'")" '3,3,3,0 refused,accepted'
token=$(outbox_body "$(grep -l 'dan@example.org' "$tmp"/sink/* | tail -n 1)" | grep -o '/confirm/[0-9a-f-]*' | head -n 1)
curl -s --max-time 60 -o /dev/null -d '' "$base$token"
confirmed() { [ "$(states)" = 3,3,3,1 ]; }
wait_for 20 confirmed
is "and is back once they have confirmed" "$(states) $(sql "SELECT count(*) FROM suppression")" '3,3,3,1 3'
writes=$(sql 'SELECT count(*) FROM event')
announce 'Fifth'
wait_for 15 campaign_is 5 'done'
is "what is accepted leaves no trace but its delivery" "$(sql 'SELECT accepted FROM campaign WHERE id = 5') $(sql 'SELECT count(*) FROM event') $(score)" "1 $writes 0,0,0,0"
is "the store holds together" "$(sqlite3 "$site/store/newsletter.db" <"$root/tests/invariants.sql")" ''
done_testing
