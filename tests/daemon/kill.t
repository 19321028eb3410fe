#!/bin/bash
# kill.t - the contract: a sender that is killed loses nobody and repeats at most what was on the way, with the same Message-ID.
. "$(dirname "$0")/lib.sh"

people=5000
start_sink
make_site
# the rate keeps the campaign running long enough to be killed in its middle
conf_add relay "url=smtp://$sink" tls=none connections=4 window=16 rate=2500
subscribers $people
article 'Sleeping better'
start_daemon
newsletter send --yes >/dev/null

for reached in 700 1900 3300; do
	wait_for 60 sink_reached $reached
	victim=$(role_pid sender)
	kill -9 "$victim"
	ok "the sender is killed after $reached messages" $?
	another_sender() { [ -n "$(role_pid sender)" ] && [ "$(role_pid sender)" != "$victim" ]; }
	wait_for 10 another_sender
	ok "and started again" $?
done
wait_for 120 campaign_is 1 'done'
is "the campaign runs to its end" "$(campaign_state 1)" 'done'

read -r complete recipients copies ids <<<"$(python3 "$root/tests/daemon/sink_report.py" "$tmp"/sink/*)"
is "every subscriber was served" "$recipients" $people
at_least "whole messages" "$complete" $people
at_most "copies: connections x window for each kill" "$copies" $((3 * 4 * 16))
is "each copy carries its first one's Message-ID" "$ids" 0
is "the ledger has them all as accepted" "$(sql 'SELECT count(*) FROM delivery WHERE state = 1')" $people
is "and so has the campaign's row" "$(sql 'SELECT accepted, deferred, refused, unknown, skipped FROM campaign')" "$people|0|0|0|0"
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''

stop_daemon
is "SIGTERM ends the daemon in good order" $? 0
grep -q 'event=stopped' "$site/log"
ok "and it says so" $?
grep -q '@example.org' "$site/log"
is "no address is in the log" $? 1
done_testing
