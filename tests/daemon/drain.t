#!/bin/bash
# drain.t - SIGTERM in the middle of a campaign loses and repeats nothing; SIGHUP replaces the roles one by one; pause, cancel and leaving act at once.
. "$(dirname "$0")/lib.sh"

people=3000
start_sink
make_site
# so slow that a machine that stands still for some seconds does not miss the middle
conf_add relay "url=smtp://$sink" tls=none connections=4 rate=200
subscribers $people
article 'Sleeping better'
start_daemon
newsletter send --yes >/dev/null

wait_for 30 sink_reached 200
before=$(date +%s%N)
stop_daemon
is "SIGTERM in the middle of a campaign ends the daemon" $? 0
at_most "milliseconds it took" $((($(date +%s%N) - before) / 1000000)) 30000
is "no message is left claimed" "$(sql 'SELECT count(*) FROM delivery WHERE state = 0')" 0
start_daemon
wait_for 30 sink_reached 400

replaced() { [ -n "$(role_pid inbound)" ] && [ -n "$(role_pid sender)" ] && [ "$(role_pid sender)" != "$senders" ]; }
renew() {
	senders=$(role_pid sender)
	kill -HUP "$daemon"
	wait_for 20 replaced
}
renew
ok "SIGHUP replaces the sender" $?
is "the pages are served meanwhile" "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' "$base/")" 200

newsletter campaign pause 1 >/dev/null
comes_to_rest sink_count
ok "a paused campaign stops" $?
is "before all have it" "$(campaign_state 1) $(sql 'SELECT accepted < planned FROM campaign WHERE id = 1')" 'paused 1'
last=$(sql "SELECT max(address) FROM subscriber WHERE id = (SELECT max(id) FROM subscriber)")
newsletter subscriber unsubscribe "$last" >/dev/null
sed -i 's/^rate=200.*/rate=2000/' "$site/newsletter.conf"
renew
newsletter campaign resume 1 >/dev/null
wait_for 60 campaign_is 1 'done'
is "the resumed campaign runs to its end" "$(campaign_state 1)" 'done'
read -r complete recipients copies ids <<<"$(python3 "$root/tests/daemon/sink_report.py" "$tmp"/sink/*)"
is "everybody was served, but for the one who left before their turn" "$recipients" $((people - 1))
is "nobody was served twice" "$copies" 0
is "every message arrived whole" "$complete" $((people - 1))
is "with one Message-ID each" "$ids" 0

article 'Worry time'
newsletter send --yes >/dev/null
wait_for 30 sink_reached $((people + 200))
newsletter campaign cancel 2 >/dev/null
comes_to_rest sink_count
ok "a cancelled campaign stops" $?
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''

# a configuration that does not load changes nothing
senders=$(role_pid sender)
conf_add relay colour=green
kill -HUP "$daemon"
wait_for 20 grep -q 'event=reload_refused' "$site/log"
ok "a misspelt key is refused with a line in the log" $?
is "and the roles go on as they are" "$(role_pid sender)" "$senders"
sed -i '$d' "$site/newsletter.conf"

kill -9 "$(role_pid http)"
answers() { curl -sf --max-time 10 -o /dev/null "$base/"; }
wait_for 20 answers
ok "a killed http role is started again" $?
stop_daemon
done_testing
