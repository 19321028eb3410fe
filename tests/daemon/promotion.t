#!/bin/bash
# promotion.t - a promotion leaves within its hours, in the site's zone, and never after its valid-until: not in the middle of sending, not later.
. "$(dirname "$0")/lib.sh"

promotion() { # NAME [front matter line…]
	printf -- '---\ntitle: %s\n' "$1" >"$tmp/$1.md"
	printf '%s\n' "${@:2}" --- 'Some words about it.' >>"$tmp/$1.md"
}
accepted() { sql "SELECT count(*) FROM delivery WHERE campaign_id = $1 AND state = 1"; }
reached() { [ "$(accepted "$1")" -ge "$2" ]; }
refused_with() { # NAME REGEX COMMAND…
	local out status=0
	out=$("${@:3}" 2>&1) || status=$?
	is "$1: exit status" "$status" 3
	like "$1: says why" "$out" "$2"
}

echo "# the hours, on the morning after the clocks changed in the site's zone"
make_site --timezone Europe/Madrid
conf_add campaign promotion_window=08:00-20:00
subscribers 3
awk -F, 'NR == 1 || /person1/' "$tmp/list.csv" >"$tmp/one.csv"
newsletter subscriber import "$tmp/one.csv" --consent 'test list' --topic promotions >/dev/null
promotion early
opens=$(date -d 2027-03-28T06:00:00Z +%s) # 08:00 there since that night; the day before it was 07:00Z
# clock_at SECONDS: our clock is so many seconds before the hours begin
clock_at() { export NEWSLETTER_CLOCK=+$((opens - $(date +%s) - $1)); }
clock_at 3000
article hello
newsletter send promotion "$tmp/early.md" >/dev/null 2>&1
newsletter send >/dev/null 2>&1
start_daemon
wait_for 20 campaign_is 2 'done'
is "articles do not wait" "$(campaign_state 2) $(accepted 2)" "done 3"
is "the promotion does" "$(campaign_state 1) $(accepted 1)" "sending 0"
stop_daemon
clock_at 3
start_daemon
wait_for 20 campaign_is 1 'done'
is "until its hours begin" "$(campaign_state 1) $(accepted 1)" "done 1"
at_least "in the site's zone, seconds after 08:00" "$(($(sql 'SELECT at FROM delivery WHERE campaign_id = 1') - opens))" 0
stop_daemon
unset NEWSLETTER_CLOCK

echo "# over in the middle of sending; the clerk, who ends it, is stopped"
rm -rf "$site" && make_site
need_peers
mkdir "$tmp/got"
start_relay --record "$tmp/got" --halt "$tmp/halt"
conf_add relay "url=smtp://127.0.0.1:$relay" tls=none connections=2 window=4
subscribers 300
start_daemon
nothing_claimed() { [ "$(sql 'SELECT count(*) FROM delivery WHERE state = 0')" = 0 ]; }
# Its end comes when some have it, however long that took. The same in its file.
ends() { # CAMPAIGN NAME SECONDS
	over=$(($(date +%s) + $3))
	sql "UPDATE campaign SET valid_until = $over WHERE id = $1"
	promotion "$2" "valid-until: $(date -u -d "@$over" +%FT%TZ)"
}
promotion spring "valid-until: $(date -u -d '1 hour' +%FT%TZ)"
halt_after 20
newsletter send promotion "$tmp/spring.md" --topic articles --key spring >/dev/null
wait_for 20 reached 1 10
is "some have it" $? 0
halt clerk
ends 1 spring 1
while [ "$(date +%s)" -le $((over + 2)) ]; do sleep 0.2; done
go_on # the relay would take all of them
wait_for 20 nothing_claimed
is "none is claimed" $? 0
had=$(accepted 1)
at_most "none was sent but what was on its way" "$had" 28
sleep 1
is "nor is it later" "$(accepted 1)" "$had"
kill -CONT "$halted"
wait_for 20 campaign_is 1 cancelled
is "then it is cancelled" "$(sql 'SELECT state, reason FROM campaign')" "cancelled|its offer was over before all had it"
refused_with "resume" "cancelled" newsletter campaign resume 1
refused_with "retry" "cancelled|no longer valid" newsletter campaign retry 1
refused_with "send" "valid-until was" newsletter send promotion "$tmp/spring.md" --topic articles --key spring-2
has "its key is used" "$(newsletter send promotion "$tmp/spring.md" --topic articles --key spring)" "has the key spring already"

echo "# over while it is paused"
promotion paused "valid-until: $(date -u -d '1 hour' +%FT%TZ)"
halt_after 20
newsletter send promotion "$tmp/paused.md" --topic articles >/dev/null
wait_for 20 reached 2 5
halt clerk
newsletter campaign pause 2 >/dev/null
ends 2 paused -1
go_on
wait_for 20 nothing_claimed
ok "what was on its way comes to its end" $?
had=$(accepted 2)
refused_with "resume of what is over" "no longer valid" newsletter campaign resume 2
sql "UPDATE campaign SET state = 'sending' WHERE id = 2" # as if it had been resumed a moment before
sleep 1.5
is "nor does the sender send it" "$(accepted 2)" "$had"
kill -CONT "$halted"
wait_for 20 campaign_is 2 cancelled
is "it ends" "$(campaign_state 2)" cancelled
is "the relay has had nothing that the ledger does not know" "$(find "$tmp/got" -name '*.eml' | wc -l)" "$(sql 'SELECT count(*) FROM delivery WHERE state = 1')"
stop_daemon
done_testing
