#!/bin/bash
# smtp_hostile.t - the SMTP engine against relays that lie, and addresses that are no relay.
. "$(dirname "$0")/smtp.sh"
need_peers

for mode in drip ok empty reader; do
	relay --hostile $mode
	send -n 6 -c 2
	stop_relay
	expect "hostile, $mode: works all the same" "$tmp/out" accepted=6 unknown=0 troubles=0
	expect "… each once" "$tmp/relay" accepted=6 distinct=6 damaged=0
done
relay --hostile mailmax
send -n 10 -c 1
stop_relay
expect "LIMITS MAILMAX=3" "$tmp/out" accepted=10 troubles=0
expect "… four connections, each with its QUIT" "$tmp/relay" connections=4 quits=4
relay --hostile idle421
send -n 4 -c 1 -r
stop_relay
expect "hostile, 421 later" "$tmp/out" accepted=4 unknown=0 left=0
for mode in extra stray354 garbage endless silent accept-all; do
	relay --hostile $mode
	send -n 1 -c 1 -t "$([ $mode = silent ] && echo 2 || echo 60)"
	stop_relay
	expect "hostile, $mode: unsent" "$tmp/out" accepted=0 unknown=0 unsent=1 troubles=1 "ms<=30000"
	expect "… and the relay saw no body" "$tmp/relay" accepted=0
done
for mode in mute closing busy babble; do
	relay --hostile $mode
	send -n 1 -c 3 -t 1 -x 3
	stop_relay
	expect "hostile, $mode: trouble, with back-off" "$tmp/out" accepted=0 left=1 troubles=3 "ms>=2000"
	expect "… one connection at a time" "$tmp/relay" "connections<=4" most=1
done
relay --hostile busy
send -n 1 -x 1
stop_relay
grep -q '421 4.7.0 too many connections from <address>' "$tmp/out"
ok "a greeting's reason is told, without the address in it" $? "$(cat "$tmp/out")"
relay --hostile noauth
send -n 1 -u ann -p secret -x 1
stop_relay
expect "credentials and no AUTH is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
expect "… and nothing was sent" "$tmp/relay" accepted=0

port=1
send -n 1 -x 1
expect "nobody listens" "$tmp/out" accepted=0 left=1 "troubles>=1" "troubles<=2"
for url in http://127.0.0.1 smtp://ann:pw@127.0.0.1 smtp://127.0.0.1/path "smtp://127.0.0.1/?q" file:///etc/passwd ""; do
	! "$driver" "$url" >"$tmp/out" 2>"$tmp/err" && grep -q 'smtp_driver: the relay' "$tmp/err"
	ok "not a relay: $url" $? "$(cat "$tmp/out" "$tmp/err")"
done
done_testing
