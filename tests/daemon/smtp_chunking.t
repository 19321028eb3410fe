#!/bin/bash
# smtp_chunking.t - windows of BDAT (RFC 3030): a relay that does them well, and wrong; Postfix.
. "$(dirname "$0")/smtp.sh"
need_peers

chunk_relay() {
	: >"$tmp/relay"
	node "$root/tests/daemon/chunk_relay.js" "$1" >"$tmp/relay" 2>"$tmp/relay.err" &
	relay_pid=$!
	at_exit $relay_pid
	wait_for 20 grep -q '^port' "$tmp/relay" || bail "chunk_relay.js did not come up: $(head -c 600 "$tmp/relay.err")"
	port=$(sed -n 's/^port //p' "$tmp/relay")
}
# chunk MODE driver-options…: what the relay counted comes into $tmp/relay
chunk() {
	chunk_relay "$1"
	shift
	send "$@"
	stop_relay
}
everybody() { expect "… each once, whole, from the right sender" "$tmp/relay" "accepted=$1" "distinct=$1" damaged=0 wrong_sender=0 "${@:2}"; }

chunk good -n 1000 -c 4 -E
expect "BDAT windows, one recipient in ten refused" "$tmp/out" accepted=900 550=100 rcpt=100 unknown=0 unsent=0 troubles=0
everybody 900 bdats=1000 datas=0 resets=0 quits=4 "ahead>=100"
chunk good -n 60 -c 1 -w 1
expect "… a window of one" "$tmp/out" accepted=54 550=6 troubles=0
everybody 54 bdats=60 ahead=0
chunk good -n 60 -c 2 -D pipelined
expect "… not used where the configuration says so" "$tmp/out" accepted=54 550=6 troubles=0
everybody 54 bdats=0 datas=60
chunk good -n 100 -c 3 -l 7
expect "… seven messages a connection, never more connections than three" "$tmp/out" accepted=90 550=10 unsent=0 unknown=0 troubles=0
everybody 90 "most<=3" "connections>=14"
chunk good -n 30 -c 2 -s 2000000
expect "… 2 MB each" "$tmp/out" accepted=27 troubles=0
everybody 27
chunk nested -n 300 -c 2 -r
expect "a failed BDAT leaves its transaction open: nobody is blamed for it" "$tmp/out" accepted=270 550=30 unknown=0 left=0
expect "… each once, whole, and only the first found another's sender in its place" "$tmp/relay" accepted=270 distinct=270 damaged=0 "wrong_sender<=8" "resets>=50" datas=0
for mode in unknown sequence; do
	chunk $mode -n 100 -c 3 -r
	expect "BDAT refused though offered ($mode): DATA, and nobody is refused" "$tmp/out" accepted=100 unknown=0 "unsent>=1" "unsent<=3" "troubles>=1" "troubles<=3" left=0
	everybody 100 "bdats<=3" "datas>=100"
done
chunk content -n 50 -c 1 -r
expect "a first message refused for its content is refused, and BDAT goes on" "$tmp/out" accepted=49 554=1 unsent=0 troubles=0
everybody 49 datas=0
chunk drop -n 50 -c 1 -r
expect "hangs up at BDAT: two unknown, then DATA" "$tmp/out" accepted=48 unknown=2 left=0
everybody 48 bdats=2
chunk window -n 50 -c 1 -r
expect "hangs up at a window: DATA" "$tmp/out" "accepted>=44" "unknown<=6" left=0
everybody "$(field accepted "$tmp/out")" "datas>=40"
for mode in improper hangup; do
	chunk $mode -n 50 -c 1 -r
	expect "pipelining does not work though offered ($mode): one command at a time" "$tmp/out" "unknown<=2" left=0 "unsent<=4" "ms<=30000"
	[ $(($(field accepted "$tmp/out") + $(field unknown "$tmp/out"))) = 50 ]
	ok "… and every message accounted for" $? "$(cat "$tmp/out" "$tmp/relay")"
	everybody "$(field accepted "$tmp/out")"
done
chunk limit -n 400 -c 2 -r
expect "closed without a word after ten: learned, with few unknown" "$tmp/out" left=0 "unknown<=64" "ms<=30000"
[ $(($(field accepted "$tmp/out") + $(field unknown "$tmp/out"))) = 400 ]
ok "… and every message accounted for" $? "$(cat "$tmp/out" "$tmp/relay")"
everybody "$(field accepted "$tmp/out")" "connections>=34"
chunk closing -n 100 -c 2 -r
expect "421 in a window: it counts for one message, and the others were not sent" "$tmp/out" unknown=0 left=0 "421>=4"
everybody "$(field accepted "$tmp/out")"
chunk drip -n 40 -c 2
expect "replies in single bytes and many lines" "$tmp/out" accepted=40 unknown=0 troubles=0
everybody 40
chunk slow -n 100 -c 2 -s 100000
expect "reads late and little" "$tmp/out" accepted=100 unknown=0 troubles=0
everybody 100
chunk size -n 20 -c 2
expect "larger than SIZE says: refused here" "$tmp/out" accepted=0 552=20 mail=20 "ms<=20000"
everybody 0 bdats=0

# --- Postfix ---
make_keys || bail "openssl: $(cat "$tmp/openssl")"
if [ "$(id -u)" = 0 ]; then
	port=$(free_port)
	postfix_at "$port"
	send -n 1500 -c 4 -E
	expect "Postfix, BDAT windows" "$tmp/out" accepted=1500 unknown=0 unsent=0 troubles=0
	queued() { [ "$(grep -c "postfix/qmgr.*from=<b+.*queue active" "$postfix/log")" = "$1" ]; }
	wait_for 20 queued 1500
	ok "… took each once" $? "$(tail -n 2 "$postfix/log")"
	[ "$(sed -n 's/.*from=<b+\([0-9]*\)@.*/\1/p' "$postfix/log" | sort -u | wc -l)" = 1500 ]
	ok "… from as many senders" $?
	send -n 100 -c 2 -D pipelined
	expect "Postfix, pipelined DATA" "$tmp/out" accepted=100 troubles=0
	send -n 20 -c 1 -D plain
	expect "Postfix, one command at a time" "$tmp/out" accepted=20 troubles=0
	kill "$postfix_pid" && wait "$postfix_pid" 2>/dev/null
	port=$(free_port)
	postfix_at "$port" 'smtpd_recipient_restrictions = check_recipient_access inline:{ {r000003@example.org=REJECT}, {r000007@example.org=DEFER} }, permit'
	send -n 40 -c 1
	expect "Postfix, refusals in a window" "$tmp/out" accepted=38 rcpt=2 554=1 unknown=0 unsent=0 troubles=0
	kill "$postfix_pid" && wait "$postfix_pid" 2>/dev/null
	port=$(free_port)
	postfix_at "$port" "smtpd_tls_cert_file = $tmp/cert.pem" "smtpd_tls_key_file = $tmp/key.pem" 'smtpd_tls_security_level = encrypt'
	send -n 300 -c 2 -T required -C "$tmp/ca.pem"
	expect "Postfix, STARTTLS, BDAT windows" "$tmp/out" accepted=300 unknown=0 unsent=0 troubles=0
	send -n 12 -c 2 -s 3000000 -T required -C "$tmp/ca.pem"
	expect "Postfix, STARTTLS, 3 MB each: writes that stop half-way" "$tmp/out" accepted=12 unknown=0 unsent=0 troubles=0
	kill "$postfix_pid" && wait "$postfix_pid" 2>/dev/null
else
	skip "Postfix" "its master must be root"
fi
done_testing
