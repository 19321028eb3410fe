#!/usr/bin/env bash
# drain.t - SIGTERM in the middle of a campaign loses and repeats nothing; SIGHUP replaces the roles one by one; pause, cancel and leaving act at once.
. "$(dirname "$0")/lib.sh"

people=3000
start_sink
make_site
conf_add relay "url=smtp://$sink" tls=none connections=4 rate=1000
subscribers $people
article 'Sleeping better'
start_daemon
newsletter send --yes >/dev/null

wait_for 30 sink_reached 300
before=$(date +%s%N)
stop_daemon
is $? 0 "SIGTERM in the middle of a campaign ends the daemon"
at_most $((($(date +%s%N) - before) / 1000000)) 10000 "milliseconds it took"
is "$(sql 'SELECT count(*) FROM delivery WHERE state = 0')" 0 "no message is left claimed"
start_daemon
wait_for 30 sink_reached 900

senders=$(role_pid sender)
kill -HUP "$daemon"
replaced() { [ -n "$(role_pid inbound)" ] && [ -n "$(role_pid sender)" ] && [ "$(role_pid sender)" != "$senders" ]; }
wait_for 20 replaced
ok $? "SIGHUP replaces the sender"
is "$(curl -s --max-time 10 -o /dev/null -w '%{http_code}' "$base/")" 200 "the pages are served meanwhile"

newsletter campaign pause 1 >/dev/null
sleep 1
paused_at=$(sink_count)
sleep 1
is "$(sink_count)" "$paused_at" "a paused campaign stops within a second"
last=$(sql "SELECT max(address) FROM subscriber WHERE id = (SELECT max(id) FROM subscriber)")
newsletter subscriber unsubscribe "$last" >/dev/null
newsletter campaign resume 1 >/dev/null
wait_for 60 campaign_is 1 'done'
is "$(campaign_state 1)" 'done' "the resumed campaign runs to its end"
read -r complete recipients copies ids <<<"$(python3 "$root/tests/daemon/sink_report.py" "$tmp"/sink/*)"
is "$recipients" $((people - 1)) "everybody was served, but for the one who left before their turn"
is "$copies" 0 "nobody was served twice"
is "$complete" $((people - 1)) "every message arrived whole"
is "$ids" 0 "with one Message-ID each"

article 'Worry time'
newsletter send --yes >/dev/null
wait_for 30 sink_reached $((people + 200))
newsletter campaign cancel 2 >/dev/null
sleep 1
cancelled_at=$(sink_count)
sleep 1
is "$(sink_count)" "$cancelled_at" "a cancelled campaign stops within a second"
is "$(sql <"$root/tests/invariants.sql")" '' "every invariant of the store holds"

# a configuration that does not load changes nothing
senders=$(role_pid sender)
conf_add relay colour=green
kill -HUP "$daemon"
wait_for 5 grep -q 'event=reload_refused' "$site/log"
ok $? "a misspelt key is refused with a line in the log"
is "$(role_pid sender)" "$senders" "and the roles go on as they are"
sed -i '$d' "$site/newsletter.conf"

kill -9 "$(role_pid http)"
answers() { curl -sf --max-time 2 -o /dev/null "$base/"; }
wait_for 5 answers
ok $? "a killed http role is started again"
stop_daemon
done_testing
