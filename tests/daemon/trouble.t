#!/bin/bash
# trouble.t - what goes wrong around a campaign loses nobody, repeats nobody, blocks nobody else, and costs no CPU:
# refusals at its end, a locked store, a relay that goes away, a parent that is killed, a message that cannot be read.
. "$(dirname "$0")/lib.sh"

need_peers
relay_port=$(free_port)
make_site
conf_add relay "url=smtp://127.0.0.1:$relay_port" tls=none connections=4 window=4 timeout=60

# relay_up [options]: smtp-sink, at the same address each time.
relay_up() {
	mail_folder
	sink_at "$relay_port" -D "$tmp/sink/mail." "$@"
}
relay_down() { kill -9 "$sink_pid" && wait "$sink_pid" 2>/dev/null; }
forget_mail() { rm -f "$tmp"/sink/*; }
relay_got() { grep -l "^X-Rcpt-Args: <$1>" "$tmp"/sink/* >/dev/null 2>&1; }
tally() { sql "SELECT accepted || ' ' || deferred || ' ' || refused || ' ' || unknown || ' ' || skipped FROM campaign WHERE id = $1"; }
tally_is() { [ "$(tally "$1")" = "$2" ]; }
# idles ROLE HUNDREDTHS: for two seconds, or however long a busy machine makes of them; it takes no more of a CPU than that in two seconds
idles() {
	local began used took
	began=$(date +%s%3N)
	used=$(ticks "$1")
	sleep 2
	used=$(($(ticks "$1") - used))
	took=$(($(date +%s%3N) - began))
	at_most "hundredths of a second of CPU that $3 takes in $took ms" $used $(($2 * took / 2000))
}
ticks() { awk '{ print $14 + $15 }' "/proc/$(role_pid "$1")/stat"; }	# hundredths of a second of CPU
due_now() { sql "UPDATE delivery SET next_at = unixepoch() WHERE state = 2; UPDATE outbox SET next_at = unixepoch() WHERE state = 'queued'"; }
logged() { grep -c "$1" "$site/log"; }
announce() { article "$1" && newsletter send --yes >/dev/null; }
lock_store() { hold_store "$site/store/newsletter.db" 'BEGIN EXCLUSIVE'; }

# The end of a campaign: the last ones are refused for now.
relay_up -r rcpt
subscribers 30
start_daemon
announce 'Refused for now'
wait_for 20 tally_is 1 '0 30 0 0 0'
is "everybody is deferred" "$(tally 1)" '0 30 0 0 0'
sleep 1
is "a campaign whose last messages are deferred is not over" "$(campaign_state 1)" sending
relay_down
relay_up
due_now
wait_for 20 campaign_is 1 'done'
is "and serves them once the relay takes them" "$(campaign_state 1) $(tally 1)" 'done 30 0 0 0 0'
wait_for 20 grep -q event=campaign_done "$site/log"
idles sender 20 "an idle sender"
is "the end is logged once" "$(logged event=campaign_done)" 1

# A confirmation whose reply was lost goes out again, though nobody else writes to the store.
relay_down
relay_up -q .
curl -s --max-time 60 -o /dev/null -d email=ann@example.org -d topic=articles "$base/subscribe"
wait_for 20 grep -q 'kind=confirm state=deferred' "$site/log"
ok "a confirmation's reply is lost" $?
relay_down
relay_up
mail_accepted() { grep -q 'kind=confirm state=accepted' "$site/log"; }
wait_for 25 mail_accepted
ok "and it is sent again" $?

# A confirmation that the relay refused does not keep its owner from asking again, some times.
ask() { curl -s --max-time 60 -o /dev/null -d email=ben@example.org -d topic=articles "$base/subscribe"; }
asked() { sql "SELECT group_concat(state) FROM (SELECT state FROM outbox WHERE id > 1 ORDER BY id)"; }
asked_is() { [ "$(asked)" = "$1" ]; }
relay_down
relay_up -f rcpt
ask
wait_for 20 asked_is refused
is "a confirmation is refused" "$(asked)" refused
relay_down
relay_up
ask
wait_for 20 asked_is refused,accepted
is "asking again brings another" "$(asked)" refused,accepted
ask
sleep 1
is "but no more once one has left" "$(asked)" refused,accepted

# Somebody has the store locked, and meanwhile the relay goes: whoever waited for the store must not keep others out.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	sql "UPDATE campaign SET state = 'sending', finished_at = NULL, accepted = 29, deferred = 1 WHERE id = 1;
		UPDATE delivery SET state = 2, next_at = unixepoch() + 2 WHERE campaign_id = 1 AND subscriber_id = 1"
	sleep 0.5
	lock_store
	# it was sent before: once more
	[ "$(sql 'SELECT count(*) FROM delivery WHERE campaign_id = 1 AND state = 2')" = 0 ] || break
	let_go
	wait_for 20 campaign_is 1 'done'
done
is_due() { [ "$(sql 'SELECT next_at < unixepoch() FROM delivery WHERE campaign_id = 1 AND subscriber_id = 1')" = 1 ]; }
wait_for 20 is_due
sleep 0.5
relay_down
sleep 0.5
let_go
sleep 2
timeout 60 "$BIN/newsletter" -C "$site" campaign pause 1 >/dev/null 2>&1
is "a sender that lost its relay while the store was locked keeps nobody from writing" $? 0
relay_up
newsletter campaign resume 1 >/dev/null
wait_for 20 campaign_is 1 'done'
is "and sends when both are back" "$(tally 1)" '30 0 0 0 0'

# A locked store in the middle of a campaign: nobody is lost or served twice.
forget_mail
lock_store
idles sender 60 "the sender of a locked store"
let_go
announce 'Locked'
lock_store
sleep 1
let_go
wait_for 20 campaign_is 2 'done'
is "a campaign goes on after the store was locked" "$(tally 2) $(cat "$tmp"/sink/* | grep -c '^X-Rcpt-Args:')" '30 0 0 0 0 30'

# Three campaigns made while nobody sends: one whose deadline passed while it was paused, one that is overdue, one that is damaged.
stop_daemon
for title in Deadline Overdue Damaged; do
	announce $title 2>/dev/null
done
sql "UPDATE campaign SET state = 'paused', started_at = unixepoch(), deadline = unixepoch() - 1, planned = 30,
		high_id = (SELECT max(id) FROM subscriber) WHERE id = 3;
	UPDATE campaign SET start_at = start_at - 90000 WHERE id = 4;
	UPDATE campaign_message SET compiled = x'00' WHERE campaign_id = 5"
start_daemon
wait_for 20 campaign_is 4 held
is "an overdue campaign is held" "$(campaign_state 4)" held
newsletter campaign resume 4 >/dev/null
wait_for 20 campaign_is 4 'done'
is "and goes once a person resumes it" "$(campaign_state 4) $(tally 4)" 'done 30 0 0 0 0'
wait_for 20 campaign_is 5 held
is "a campaign whose message cannot be read is held, and stops no other" "$(campaign_state 5)" held
newsletter campaign resume 3 >/dev/null
wait_for 20 campaign_is 3 'done'
is "a campaign resumed after its deadline leaves out nobody who was not reached" "$(campaign_state 3) $(tally 3)" 'done 30 0 0 0 0'

# The parent is killed while a visitor's request waits for the store, and started again at once: what its roles have to end keeps nothing from it.
begun=$(logged 'event=start ')
starts() { [ "$(logged 'event=start ')" -gt "$begun" ]; }
lock_store
curl -s --max-time 60 -o /dev/null -d email=eve@example.org -d topic=articles "$base/subscribe" &
sleep 0.5
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
"$BIN/newsletterd" -C "$site" 2>>"$site/log" &
daemon=$!
at_exit $daemon
wait_for 20 starts
ok "the port is free though a request waits" $? "$(tail -n 3 "$site/log")"
let_go
wait_for 20 curl -sf --max-time 30 -o /dev/null "$base/"
announce 'After the kill'
wait_for 20 campaign_is 6 'done'
is "a parent that was killed can be started again at once" "$(tally 6)" '30 0 0 0 0'
timeout 60 "$BIN/newsletterd" -C "$site" 2>"$tmp/second"
is "a second daemon on the same store gives up" $? 1
like "and says why" "$(cat "$tmp/second")" 'runs for .* already'

stop_daemon
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''

# A role that cannot start: the daemon does not claim to be ready.
mv "$site/keys" "$tmp/keys"
mkdir "$site/keys"
: >"$site/log"
began=$(date +%s%3N)
"$BIN/newsletterd" -C "$site" 2>>"$site/log" &
daemon=$!
at_exit $daemon
sleep 3
six_died() { [ "$(logged event=role_died)" -ge 6 ]; }
wait_for 20 six_died
stop_daemon
is "with roles that fail at once the daemon does not say that it is ready" "$(logged event=ready)" 0
died=$(logged event=role_died)
at_least "the roles that died are started again" "$died" 6
# the first in no time, the others 100, 200, 400 ms … later: six in three seconds
most=1 after=$(($(date +%s%3N) - began)) pause=100
while [ $after -ge $pause ]; do
	most=$((most + 1)) after=$((after - pause)) pause=$((pause * 2))
done
at_most "with back-off" "$died" $((4 * most))
done_testing
