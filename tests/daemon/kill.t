#!/usr/bin/env bash
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
	ok $? "the sender is killed after $reached messages"
	another_sender() { [ -n "$(role_pid sender)" ] && [ "$(role_pid sender)" != "$victim" ]; }
	wait_for 10 another_sender
	ok $? "and started again"
done
wait_for 120 campaign_is 1 'done'
is "$(campaign_state 1)" 'done' "the campaign runs to its end"

read -r complete recipients copies ids <<<"$(python3 "$root/tests/daemon/sink_report.py" "$tmp"/sink/*)"
is "$recipients" $people "every subscriber was served"
at_least "$complete" $people "whole messages"
at_most "$copies" $((3 * 4 * 16)) "copies: connections x window for each kill"
is "$ids" 0 "each copy carries its first one's Message-ID"
is "$(sql 'SELECT count(*) FROM delivery WHERE state = 1')" $people "the ledger has them all as accepted"
is "$(sql 'SELECT accepted, deferred, refused, unknown, skipped FROM campaign')" "$people|0|0|0|0" "and so has the campaign's row"
is "$(sql <"$root/tests/invariants.sql")" '' "every invariant of the store holds"

stop_daemon
is $? 0 "SIGTERM ends the daemon in good order"
grep -q 'event=stopped' "$site/log"
ok $? "and it says so"
if grep -q '@example.org' "$site/log"; then
	ok 1 "no address is in the log"
else
	ok 0 "no address is in the log"
fi
done_testing
