#!/bin/bash
# clock.t - the machine's clock was an hour ahead, and is set right: nobody is left out, and nothing is an hour late.
. "$(dirname "$0")/lib.sh"

ahead() { NEWSLETTER_CLOCK=+3600 "$@"; }
# Both are put off, after so many attempts, the last one at a time that is $2 seconds ahead.
put_off() { [ "$(sql "SELECT count(*) FROM delivery WHERE state = 2 AND attempts = $1 AND abs(at - unixepoch() - $2) < 600")" = 2 ]; }
logged() { grep -q "$1" "$site/log"; }

start_sink -r rcpt
make_site
conf_add relay "url=smtp://$sink" tls=none
ahead newsletter subscriber add ann@example.org >/dev/null
newsletter subscriber add ben@example.org >/dev/null
is "one has joined at a time to come" "$(sql 'SELECT count(*) FROM subscription WHERE since > unixepoch() + 3000')" 1
article 'Sleeping better'
start_daemon
newsletter send --yes >/dev/null
wait_for 20 put_off 1 0
is "both are reached" "$(sql 'SELECT planned, (SELECT count(*) FROM delivery) FROM campaign')" '2|2'
stop_daemon

# What is put off now is put off by the clock that is ahead.
sql 'UPDATE delivery SET next_at = unixepoch()'
ahead start_daemon
wait_for 20 put_off 2 3600
is "they are to wait for more than an hour" "$(sql 'SELECT min(next_at) > unixepoch() + 3600 FROM delivery')" 1
stop_daemon
start_daemon
wait_for 20 logged 'event=clock_set_back seconds=0 sooner=2'
at_most "seconds until the next attempt, once the clock is right" "$(sql 'SELECT max(next_at) - unixepoch() FROM delivery')" 1000
at_least "which is still to come" "$(sql 'SELECT min(next_at) - unixepoch() FROM delivery')" 1
sql 'UPDATE delivery SET next_at = unixepoch()'
wait_for 20 put_off 3 0
is "and it is made" "$(sql 'SELECT group_concat(attempts) FROM delivery')" '3,3'
stop_daemon
done_testing
